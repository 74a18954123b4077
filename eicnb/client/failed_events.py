"""The verbs of a connection that are about failed events.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from eicnb.aws.connection import Connection
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
        rate: float = 10,
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

    defaults = {"most": 1000, "seconds": 10, "since": None, "until": None, "spend_receives": False, "rate": 10}
    wanted = Wanted.parse(**{**defaults, **options}, show=show_of(progress))
    return read(source, wanted, connections)
