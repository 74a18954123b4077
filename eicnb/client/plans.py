"""The verbs `plan`, `apply` and `undo`, on the connection in use or on several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eicnb.changes.plan import Plan
from eicnb.client.connections import current
from eicnb.client.connections_argument import connections_of
from eicnb.client.docstrings import with_details_of
from eicnb.client.eic import Eic, connection_of
from eicnb.client.journal import undo_on
from eicnb.client.parameters import checked
from eicnb.client.planning import apply, plan_bound_to, plan_on
from eicnb.fleet.progress import Choice

__all__ = ["Plan", "apply", "plan", "undo"]


@with_details_of(Eic.plan)
@checked
def plan(
    desired: Any, *, rate: float | None = None, progress: Choice = True, connections: Iterable[Eic] | None = None
) -> Plan:
    """Plan the changes that give functions the configs in a DataFrame; nothing is written yet.

    >>> desired = eic.audit(progress=False)
    >>> desired.loc[desired.function_name == "newsletters", "on_failure"] = "sqs:shop-failures"
    >>> plan(desired, progress=False).lines()  # doctest: +ELLIPSIS
    ['%eic put arn:aws:lambda:us-east-1:123456789012:function:newsletters:$LATEST --on-failure ... --region us-east-1']

    `connections` reach the accounts of the frame, and the plan is applied through them. The default is the connection
    in use, in every region of its account. The other parameters are those of `Eic.plan`.
    """
    if connections is None:
        return plan_on([connection_of(current())], desired, rate=rate, progress=progress)
    return plan_bound_to(connections_of(connections), desired, rate=rate, progress=progress)


@checked
def undo(what: Any = None, *, functions: str | Sequence[str] | None = None) -> Plan:
    """Plan the changes that restore what the last run changed; nothing is written yet.

    >>> _ = eic.update("my-function:BLUE", maximum_retry_attempts=1)
    >>> undo().frame["change"].tolist()
    ['retries 1 -> 0']

    `what` is the id of a run (`"r-…"`), rows of the journal, or a time: `"2h"` ago, or `"2026-11-25 14:00"`, in UTC
    unless it has a zone. The configs in the journal that were written since that time become what they were then:
    deleted ones are written again, and new ones are deleted. The default is the latest run in the account of the
    connection in use that was not refused as a whole. Undoing an undo redoes it. `functions` are names and globs
    (`"shop-*"`).

    The current configs are read first. A config that another writer has changed since is a `conflict`. A write in
    another account or sandbox is `refused`, and so is one that did not read the previous config (with `;`, `--quiet` or
    `--output`). If the outcome of a write is unknown, the current config decides. If there is nothing to undo, the plan
    is empty.
    """
    return undo_on(connection_of(current()), what, functions)
