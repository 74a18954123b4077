"""The verbs of a connection that are about failed events.

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


class FailedEvents:
    """The verbs of a connection that are about failed events."""

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
        """Read the failed events that a queue or bucket holds, or all that an audit's functions send to.

        >>> frame = eic.records("sqs:shop-failures", progress=False)
        >>> frame.groupby(["function_name", "error_type"]).size().to_dict()
        {}

        `source` is `"sqs:NAME"`, `"s3:BUCKET"`, `"s3://BUCKET/PREFIX"`, an ARN, or the frame of an audit. The rows
        (`eicnb.fleet.failed_events.columns.RECORD_COLUMNS`) are the newest first. Dead-letter messages are rows too,
        and so is what is not a record, with the state `no-record`. Payloads stay text.

        Nothing is deleted. Messages of a queue are hidden from others while they are read, for `seconds` at most, and
        visible again at once. SQS returns samples: `attrs["held"]` is how many messages it holds, approximately. Each
        reading counts as a receive, so a queue with a redrive policy is a UsageError unless `spend_receives=True`. Of
        a bucket, `since` and `until` select by the time in the key before anything is read. `most` is for each source.
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
        """Send one event to a function asynchronously: the function runs, and its settings apply.

        >>> eic.send("my-function", {"order": 1}, qualifier="BLUE").state.tolist()
        This runs my-function:BLUE with an event of 12 bytes in us-east-1, account 123456789012 (SANDBOX)
        ['accepted']

        `payload` is JSON as a text, or a value to write as JSON. The row is that of a record, and its `state` is
        `accepted` once Lambda queued the event. With `wait`, so many seconds are spent looking for the record about it
        in the function's queues and buckets, by its request id: then it is `delivered`. It is `unknown` if the response
        was lost; nothing is sent twice. `confirm=True` asks first; a callable gets the question.
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
        """Send the events of a frame of records again, and return it with the `outcome` of each row.

        Each event goes to its function asynchronously, at the qualifier that it was sent to, or with `to` to the
        function that you name. The message is received again, held while the function is invoked, and deleted once
        Lambda accepted the event (`keep=True` keeps it; objects of a bucket are never deleted). The payload is that of
        the message. Anyone who may send to a queue chooses what a record says: without `to`, only a function whose
        config or dead-letter queue names the source is invoked. Dead-letter messages name none, so they need `to`.

        Nothing is sent before all rows are validated: refused rows have too large an event, a function that does not
        exist or has no concurrency, or, unless `to` names the function, an event that succeeded or that an earlier
        replay sent, or may have sent. `dry_run` says how many events go where. `limit` is the most events; by default
        25, or a tenth of the rows. `canary=1` sends one, waits `wait` seconds for it to fail again, which stops the
        rest, and then asks whether to go on, or stops if no one can reply. `confirm=True` asks before the first too,
        and a callable gets each question.

        Outcomes are `accepted`, `not deleted` (accepted too, and would be sent twice), `gone`, `refused`, `failed`,
        `not tried` and `unknown`: the response was lost, and nothing is sent twice. If not all are accepted,
        IncompleteReplay has the frame as `result`, after Ctrl-C ReplayInterrupted. The journal has each message by id.
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
    """Send events again through some connections, with the arguments of `Eic.replay`; `ask` asks the user.

    >>> len(replay_on([connection], eic.records("sqs:shop-failures", progress=False), progress=False))
    0
    """
    from eicnb.fleet.failed_events.replay import ReplayOptions, replay
    from eicnb.fleet.failed_events.request import Wanted, check_flag, check_seconds

    show: Any = show_of(progress)  # it draws any progress that has words
    asked = asking(confirm, ask)
    options = ReplayOptions(
        to=to,
        keep=check_flag("keep", keep),
        dry_run=check_flag("dry_run", dry_run),
        wait=check_seconds("wait", wait) if wait else 0.0,
        conditions=Conditions.parse(limit=limit, canary=canary, confirms=bool(confirm), ask=asked),
        wanted=Wanted.parse(
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
    from eicnb.fleet.failed_events.request import check_seconds
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
    from eicnb.fleet.failed_events.records import records as read
    from eicnb.fleet.failed_events.request import Wanted

    defaults = {"most": 1000, "seconds": 10, "since": None, "until": None, "spend_receives": False, "rate": None}
    wanted = Wanted.parse(**{**defaults, **options}, show=show_of(progress))
    return read(source, wanted, connections)
