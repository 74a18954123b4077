"""The verbs `records` and `replay`, on the connection in use or on several.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from eicnb.changes.progress import WriteProgress
from eicnb.client.connections import connections_or_current
from eicnb.client.dialog import ask_at_the_keyboard
from eicnb.client.docstrings import with_details_of
from eicnb.client.eic import Eic
from eicnb.client.failed_event_verbs import records_on, replay_on
from eicnb.client.parameters import checked
from eicnb.fleet.progress import Choice
from eicnb.frames.frame import Frame
from eicnb.model.destination import DestinationArn, DestinationName
from eicnb.model.function import FunctionRef

if TYPE_CHECKING:
    from pandas import DataFrame


@with_details_of(Eic.records)
@checked
def records(
    source: str | DestinationArn | DestinationName | DataFrame,
    *,
    most: int = 1000,
    seconds: float = 10,
    since: str | date | timedelta | None = None,
    until: str | date | timedelta | None = None,
    spend_receives: bool = False,
    rate: float | None = None,
    progress: Choice = True,
    connections: Iterable[Eic] | None = None,
) -> Frame:
    """Read the failed events in a queue or bucket, or in all destinations of an audit's functions.

    >>> records("sqs:shop-failures", progress=False, connections=[eic.derive(region="us-east-1")]).attrs["held"]
    0

    `connections` reach the source; the default is the connection in use, in every region of its account. The other
    parameters are those of `Eic.records`.
    """
    return records_on(
        connections_or_current(connections),
        source,
        most=most,
        seconds=seconds,
        since=since,
        until=until,
        spend_receives=spend_receives,
        rate=rate,
        progress=progress,
    )


@with_details_of(Eic.replay)
@checked
def replay(
    records: DataFrame,
    *,
    to: str | FunctionRef | None = None,
    keep: bool = False,
    dry_run: bool = False,
    limit: int | None = None,
    canary: int = 0,
    wait: float | None = 60,
    confirm: bool | Callable[[str], bool] | None = None,
    rate: float | None = None,
    progress: bool | Callable[[WriteProgress], object] = True,
    connections: Iterable[Eic] | None = None,
) -> Frame:
    """Send the events of failed records again, and return the frame with the `outcome` of each row.

    >>> found = eic.records("sqs:shop-failures", progress=False)
    >>> len(replay(found, dry_run=True, progress=False, connections=[eic]))
    0

    `connections` reach the sources and functions; the default is the connection in use, in every region of its account.
    The other parameters are those of `Eic.replay`.
    """
    return replay_on(
        connections_or_current(connections),
        records,
        to=to,
        keep=keep,
        dry_run=dry_run,
        limit=limit,
        canary=canary,
        wait=wait,
        confirm=confirm,
        rate=rate,
        progress=progress,
        ask=ask_at_the_keyboard,
    )
