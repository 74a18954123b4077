"""The verbs of a connection for failed events: `records`, `send` and `replay`.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from eicnb.aws.connection import Connection
from eicnb.changes.conditions import Conditions
from eicnb.changes.progress import WriteProgress
from eicnb.changes.reach import Reachable
from eicnb.changes.waiting import aloud
from eicnb.client.parameters import checked
from eicnb.client.planning import asking
from eicnb.fleet.progress import Choice
from eicnb.frames.frame import Frame
from eicnb.model.destination import DestinationArn, DestinationName
from eicnb.model.event import event_text
from eicnb.model.function import FunctionRef
from eicnb.widgets.progress import show_of

if TYPE_CHECKING:
    from pandas import DataFrame


class FailedEventVerbs:
    """The verbs of a connection for failed events."""

    _connection: Connection

    @checked
    def records(
        self,
        source: str | DestinationArn | DestinationName | DataFrame,
        *,
        most: int = 1000,
        seconds: float = 10,
        since: str | date | timedelta | None = None,
        until: str | date | timedelta | None = None,
        spend_receives: bool = False,
        rate: float | None = None,
        progress: Choice = True,
    ) -> Frame:
        """Read the failed events in a queue or bucket, or in all destinations of an audit's functions.

        >>> frame = eic.records("sqs:shop-failures", progress=False)
        >>> frame.groupby(["function_name", "error_type"]).size().to_dict()
        {}

        `source` is `"sqs:NAME"`, `"s3:BUCKET"`, `"s3://BUCKET/PREFIX"`, an ARN, or the frame of an audit. `most` limits
        the records of each source. The rows are the newest first, with the columns
        `eicnb.fleet.failed_events.columns.RECORD_COLUMNS`. Dead-letter messages are rows too. A message or object that
        is not a record has the state `no-record`. Payloads stay text. `rate` and `progress` are as in `audit`.

        Nothing is deleted. While a queue is read, its messages are hidden from other consumers, for `seconds` at most,
        and are released afterwards. SQS returns a sample; `attrs["held"]` is roughly how many messages the queue has.
        Each read counts as a receive, so a queue with a redrive policy is a UsageError unless `spend_receives=True`. In
        a bucket, `since` and `until` select objects by the time in their keys before any is read.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        """
        return records_on(
            [self._connection],
            source,
            most=most,
            seconds=seconds,
            since=since,
            until=until,
            spend_receives=spend_receives,
            rate=rate,
            progress=progress,
        )

    @checked
    def send(
        self,
        function_name: str | FunctionRef,
        payload: Any,
        *,
        qualifier: str | None = None,
        wait: float | None = None,
        confirm: bool | Callable[[str], bool] | None = None,
    ) -> Frame:
        """Send one event to a function asynchronously; the function runs, and its settings apply.

        >>> eic.send("my-function", {"order": 1}, qualifier="BLUE").state.tolist()
        This runs my-function:BLUE with an event of 12 bytes in us-east-1, account 123456789012 (SANDBOX)
        ['accepted']

        `payload` is JSON text, or a value to encode as JSON. The result is one row with the columns of `records`. Its
        `state` is `accepted` once Lambda has queued the event. With `wait=60`, the function's queues and buckets are
        searched for the event's record for up to 60 seconds; if it is found, the state is `delivered`. If the response
        was lost, the state is `unknown`, and the event is not sent again. `confirm=True` asks first; a callable gets
        the question and returns whether to send.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
        """
        return send_on(
            self._connection, function_name, payload, qualifier=qualifier, wait=wait, confirm=confirm, read=input
        )

    @checked
    def replay(
        self,
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
    ) -> Frame:
        """Send the events of failed records again, and return the frame with the `outcome` of each row.

        Each event goes asynchronously to the function and qualifier that it was first sent to, or to the function in
        `to`. The message is received again, and its payload is the one that is sent. Once Lambda accepts the event, the
        message is deleted; with `keep=True` it stays, and objects in a bucket always do. Anyone who may send to a queue
        can forge a record. Without `to`, a function is therefore invoked only if its config or dead-letter queue names
        the source. Dead-letter messages name no function, so they need `to`.

        All rows are validated before the first event is sent. A row is refused if its event is too large, or if its
        function does not exist or has no concurrency. Without `to`, it is also refused if the event succeeded, or if an
        earlier replay sent it or may have sent it.

        `dry_run` shows how many events go where. More events than `limit` are a UsageError; the default limit is 25, or
        a tenth of the rows if that is more. `canary=1` sends one event, waits `wait` seconds, and stops if it fails
        again. Otherwise it asks whether to continue, and stops if no one can reply. `confirm=True` asks before the
        first event too, and a callable gets each question and returns whether to continue.

        Outcomes are `accepted`, `not deleted`, `gone`, `refused`, `failed`, `not tried` and `unknown`. `not deleted` is
        accepted too, but the message is still in the queue. `unknown` means that the response was lost; the event is
        not sent again. If not all events are accepted, IncompleteReplay is raised with the frame as `result`. Ctrl-C
        raises ReplayInterrupted, also with the frame. The journal records each message by its id.
        """
        return replay_on(
            [self._connection],
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
        )


def replay_on(
    connections: Sequence[Connection],
    records: Any,
    *,
    to: Any = None,
    keep: Any = False,
    dry_run: Any = False,
    limit: Any = None,
    canary: Any = 0,
    wait: Any = 60,
    confirm: Any = None,
    rate: Any = None,
    progress: Any = True,
    ask: Callable[[str], str] = input,
) -> Frame:
    """Replay events through some connections, with the arguments of `Eic.replay`; `ask` asks the user.

    >>> len(replay_on([connection], eic.records("sqs:shop-failures", progress=False), progress=False))
    0
    """
    from eicnb.fleet.failed_events.read_options import ReadOptions, check_flag, check_seconds
    from eicnb.fleet.failed_events.replay import ReplayOptions, replay

    show: Any = show_of(progress)  # it draws the progress of writes too
    asked = asking(confirm, ask)
    options = ReplayOptions(
        to=to,
        keep=check_flag("keep", keep),
        dry_run=check_flag("dry_run", dry_run),
        wait=check_seconds("wait", wait) if wait else 0.0,
        conditions=Conditions.parse(limit=limit, canary=canary, confirms=bool(confirm), ask=asked),
        reading=ReadOptions.parse(
            most=1000, seconds=10, since=None, until=None, spend_receives=False, rate=rate, show=show_of(None)
        ),
        show=show,
    )
    return replay(records, options, Reachable.of(connections))


def send_on(
    connection: Connection,
    function_name: str | FunctionRef,
    payload: Any,
    *,
    qualifier: str | None = None,
    wait: Any = None,
    confirm: Any = None,
    read: Callable[[str], str] = input,
) -> Frame:
    """Send an event through a connection, with the arguments of `Eic.send`; `read` asks the user.

    >>> send_on(connection, "my-function", "{}", confirm=lambda question: False)
    Traceback (most recent call last):
    eicnb.errors.EicError: not confirmed: nothing was sent
    Try: send it again and reply y
    """
    from eicnb.fleet.failed_events.read_options import check_seconds
    from eicnb.fleet.failed_events.send import send

    request = connection.request("get", function_name, qualifier=qualifier)
    text, seconds = event_text(payload), None if wait is None else check_seconds("wait", wait)
    ask = asking(confirm, read) if confirm else None
    return send(connection, request, text, seconds, ask=ask, say=aloud)


def records_on(connections: Sequence[Connection], source: Any, *, progress: Choice = True, **options: Any) -> Frame:
    """Read records through some connections; the options are those of `Eic.records`.

    >>> len(records_on([connection], "sqs:shop-failures", progress=False))
    0
    """
    from eicnb.fleet.failed_events.read_options import ReadOptions
    from eicnb.fleet.failed_events.records import records as read

    defaults = {"most": 1000, "seconds": 10, "since": None, "until": None, "spend_receives": False, "rate": None}
    reading = ReadOptions.parse(**{**defaults, **options}, show=show_of(progress))
    return read(source, reading, connections)
