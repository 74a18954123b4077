"""The columns of a frame of records, and records as its rows.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import pandas as pd
from pandas.api.types import is_numeric_dtype

from eicnb.errors import UsageError
from eicnb.frames.columns import Column
from eicnb.frames.frame import Frame, columns_of
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.record import CONDITIONS, InvocationRecord, NotARecord

IS_RECORD, NO_RECORD = "ok", "no-record"
"""The states of a row."""

RECORD_COLUMNS = (
    Column("time", "datetime64[ns, UTC]", "when the event was dropped or succeeded; other messages: when sent"),
    Column("function_name", "string", "the function; `<NA>`: a dead-letter message, which names none"),
    Column("qualifier", "string", "the version or alias that the event was sent to"),
    Column("condition", "string", f"{', '.join(f'`{one}`' for one in CONDITIONS)}; `<NA>`: a dead-letter message"),
    Column("attempts", "Int64", "how often the function was invoked, approximately"),
    Column("status_code", "Int64", "HTTP status of the last response; `<NA>`: the function never ran"),
    Column("error_type", "string", "type of the function's error, or `Unhandled`"),
    Column("error_message", "string", "the function's error, or why a row is not a record"),
    Column("payload", "string", "the event, as written in the record; for `no-record`, the whole text"),
    Column("payload_bytes", "Int64", "size of the payload"),
    Column("request_id", "string", "id of the asynchronous invocation"),
    Column("source", "string", "ARN of the queue, or URL of the object (`s3://BUCKET/KEY`)"),
    Column("message_id", "string", "id of the message, or key of the object"),
    Column("state", "string", f"`{IS_RECORD}`, or `{NO_RECORD}`: neither a record nor a dead-letter message"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, ending in the qualifier"),
)

SENT_STATES = ("accepted", "delivered", "unknown")
"""The states of a sent event: Lambda queued it, a record about it was found, or the response was lost."""

SENT_COLUMNS = tuple(
    replace(column, meaning=", ".join(f"`{state}`" for state in SENT_STATES)) if column.name == "state" else column
    for column in RECORD_COLUMNS
)

REPLAY_OUTCOMES = ("accepted", "not deleted", "gone", "refused", "failed", "not tried", "unknown")
"""What can happen to an event; `not deleted` means accepted too, but another replay would send it twice."""

REPLAYED_ADDED = (
    Column("outcome", "string", ", ".join(f"`{outcome}`" for outcome in REPLAY_OUTCOMES)),
    Column("error", "string", "what went wrong, or why the event was not sent; `<NA>`: nothing"),
)
"""The columns that a replay adds to the records."""


_OF_THE_ARN: Mapping[str, Callable[[FunctionRef], str | None]] = {
    "function_name": lambda function: function.function_name,
    "qualifier": lambda function: function.qualifier or LATEST,
    "region": lambda function: function.region,
    "account_id": lambda function: function.account_id,
}
"""The columns that repeat a part of the ARN."""


def restored(frame: Any) -> Frame:
    """Return a copy of a frame of records with its original dtypes, which some files do not preserve.

    CSV and Excel turn account ids and versions into numbers, but not ARNs. A column with invalid values stays as it is.
    """
    result = Frame(pd.DataFrame(frame).copy())
    arns = [_function(arn) for arn in result["function_arn"]]
    for column in RECORD_COLUMNS:
        if column.name not in result:
            continue
        with suppress(UsageError, TypeError, ValueError, OverflowError):
            if column.name in _OF_THE_ARN and is_numeric_dtype(result[column.name]):
                part = _OF_THE_ARN[column.name]
                result[column.name] = pd.array([part(arn) if arn else None for arn in arns], dtype="string")
            elif column.name == "time":
                times = result["time"].astype(object)
                result["time"] = pd.to_datetime(times, utc=True, format="ISO8601").dt.as_unit("ns")
            else:
                result[column.name] = columns_of(result, [column])[column.name].array
    return result


def _function(arn: Any) -> FunctionRef | None:
    try:
        return FunctionRef.parse(arn) if isinstance(arn, str) else None
    except UsageError:
        return None


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record found in a source, or a text that is not a record, with the `fault`."""

    source: str
    message_id: str
    record: InvocationRecord
    fault: str = ""

    @classmethod
    def in_message(
        cls, source: str, message_id: str, body: str, attributes: dict[str, str], sent_at: datetime | None
    ) -> Self:
        """Parse the body of a message or an object."""
        try:
            return cls(source, message_id, InvocationRecord.of_message(body, attributes, sent_at))
        except NotARecord as error:
            return cls.damaged(source, message_id, str(error), body, sent_at)

    @classmethod
    def damaged(cls, source: str, message_id: str, fault: str, body: str = "", at: datetime | None = None) -> Self:
        """Return a text that is not a record, with the reason."""
        return cls(source, message_id, InvocationRecord(payload=body, time=at), fault)

    def row(self) -> dict[str, Any]:
        """Return it as a row of `RECORD_COLUMNS`."""
        record, function = self.record, self.record.function
        return {
            "time": record.time,
            "function_name": function and function.function_name,
            "qualifier": record.qualifier,
            "condition": record.condition,
            "attempts": record.attempts,
            "status_code": record.status_code,
            "error_type": record.error_type,
            "error_message": self.fault or record.error_message,
            "payload": record.payload,
            "payload_bytes": len(record.payload.encode("utf-8", "replace")),
            "request_id": record.request_id,
            "source": self.source,
            "message_id": self.message_id,
            "state": NO_RECORD if self.fault else IS_RECORD,
            "region": function and function.region,
            "account_id": function and function.account_id,
            "function_arn": function and str(function.without_qualifier().with_qualifier(record.qualifier)),
        }
