"""Invocation records, which Lambda sends to destinations, and dead-letter messages.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.decoder import scanstring  # type: ignore[attr-defined] # the stubs lack it
from typing import Any, Final, Self

from eicnb.errors import UsageError
from eicnb.model.function import LATEST, FunctionRef

RECORD_FORMATS: Mapping[str, str] = {
    "sqs": "a JSON record as the body of a message",
    "sns": "a JSON record as the message",
    "s3": "a JSON record as an object under aws/lambda/async/",
    "lambda": "a JSON record as the payload of an asynchronous invocation",
    "events": "an event from the source `lambda`, with the JSON record as its detail",
}
"""What each kind of destination receives."""

RECORD_PARTS = (
    "the event (requestPayload), the condition and the number of attempts (requestContext), and the last response"
)
"""What a record contains."""

DEAD_LETTER = (
    "the event itself, without a record, with the attributes RequestID, ErrorCode and ErrorMessage; "
    "if there is an on-failure destination too, both receive the event"
)
"""What a dead-letter queue or topic receives."""

THROTTLED = (
    "Throttles and Lambda's own errors do not count as retries: the event goes back to the queue and is tried again, "
    "after 1 second at first and 5 minutes at most, until its maximum age."
)
"""What happens to an event that Lambda could not run."""

CONDITIONS: Final = ("RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency", "Success")
"""The reasons for a record: why an event was dropped, or that it succeeded."""

_BLANK = " \t\r\n"
_LARGEST = 2**31
_YEARS = range(1678, 2262)
"""The years that a pandas timestamp can represent."""

_DIGITS = 18


def _short_number(text: str) -> int | None:
    """Return a whole number, or None for one that no member of a record can have."""
    return int(text) if len(text) <= _DIGITS else None


_DECODER = json.JSONDecoder(parse_int=_short_number)


class NotARecord(ValueError):
    """A text that is not an invocation record, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationRecord:
    """An event that Lambda dropped or that succeeded, with the details from its record.

    `payload` is the exact text of the event in the record: numbers keep their digits, and keys their order.
    `function` is None for a dead-letter message, which does not name it. Anyone who may send to a queue can write
    records, so members that make no sense are None.
    """

    payload: str
    time: datetime | None = None
    function: FunctionRef | None = None
    condition: str | None = None
    attempts: int | None = None
    status_code: int | None = None
    error_type: str | None = None
    error_message: str | None = None
    request_id: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        r"""Parse a record, alone or in an envelope of SNS or EventBridge, or raise NotARecord.

        >>> arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout:live"
        >>> context = f'{{"requestId": "1", "functionArn": "{arn}", "condition": "RetriesExhausted"}}'
        >>> record = InvocationRecord.parse(f'{{"requestContext": {context}, "requestPayload": {{"a": 1.50}}}}')
        >>> str(record.function), record.payload
        ('arn:aws:lambda:us-east-1:123456789012:function:checkout:live', '{"a": 1.50}')
        """
        members = _unwrapped(_Members.of(text))
        context, response = members.mapping("requestContext"), members.mapping("responseContext")
        error = members.mapping("responsePayload")
        function = _function(context.get("functionArn"))
        if function is None or "requestPayload" not in members.texts:
            raise NotARecord("it has no requestContext.functionArn or no requestPayload")
        return cls(
            payload=members.texts["requestPayload"],
            time=_time(members.value("timestamp")),
            function=function,
            condition=_text(context.get("condition")),
            attempts=_number(context.get("approximateInvokeCount")),
            status_code=_number(response.get("statusCode")),
            error_type=_text(error.get("errorType")) or _text(response.get("functionError")),
            error_message=_text(error.get("errorMessage")),
            request_id=_text(context.get("requestId")),
        )

    @classmethod
    def of_message(cls, body: str, attributes: Mapping[str, str], sent_at: datetime | None) -> Self:
        """Parse a queue's message: a record, or a dead letter, which has AWS's three attributes.

        >>> attributes = {"RequestID": "1", "ErrorCode": "200", "ErrorMessage": "boom"}
        >>> InvocationRecord.of_message('{"order": 1}', attributes, None).status_code
        200

        A dead letter may itself look like a record, if the function that failed is another function's destination.
        """
        if not attributes.keys() >= {"RequestID", "ErrorCode"}:
            return cls.parse(body)
        code = attributes["ErrorCode"]
        return cls(
            payload=body,
            time=sent_at,
            status_code=_number(_short_number(code)) if code.isdecimal() else None,
            error_message=_text(attributes.get("ErrorMessage")),
            request_id=_text(attributes["RequestID"]),
        )

    @property
    def qualifier(self) -> str | None:
        """The version or alias that the event was sent to; None for a dead-letter message."""
        return None if self.function is None else self.function.qualifier or LATEST


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a JSON object, each as its text."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, text: str) -> Self:
        try:
            return cls(dict(_members(text)))
        except NotARecord:
            raise
        except (ValueError, RecursionError, IndexError) as error:
            raise NotARecord(f"it is not JSON: {error}") from None

    def value(self, name: str) -> Any:
        """Return the value of a member; None without it."""
        return _DECODER.decode(self.texts[name]) if name in self.texts else None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return a member that is an object; an empty mapping if it is not one."""
        found = self.value(name)
        return found if isinstance(found, Mapping) else {}


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Yield the members of an object as names and texts.

    object = "{" [ name ":" value *( "," name ":" value ) ] "}"
    """
    place = _after_blank(text, 0)
    if text[place] != "{":
        raise NotARecord("it is not a JSON object")
    place = _after_blank(text, place + 1)
    while text[place] != "}":
        if text[place] != '"':
            raise json.JSONDecodeError("a name is missing", text, place)
        name, place = scanstring(text, place + 1)
        place = _after(text, place, ":")
        _, end = _DECODER.raw_decode(text, place)
        yield name, text[place:end]
        place = _after_blank(text, end)
        if text[place] != "}":
            place = _after(text, place, ",")
    if text[place + 1 :].strip(_BLANK):
        raise json.JSONDecodeError("something follows the object", text, place + 1)


def _after(text: str, place: int, mark: str) -> int:
    place = _after_blank(text, place)
    if text[place] != mark:
        raise json.JSONDecodeError(f"{mark!r} is missing", text, place)
    return _after_blank(text, place + 1)


def _after_blank(text: str, place: int) -> int:
    while text[place] in _BLANK:
        place += 1
    return place


def _unwrapped(members: _Members) -> _Members:
    """Return the record in an SNS notification or an EventBridge event, or else the members unchanged."""
    if "detail-type" in members.texts and "detail" in members.texts:
        return _Members.of(members.texts["detail"])
    if members.texts.get("Type") == '"Notification"' and isinstance(message := members.value("Message"), str):
        return _Members.of(message)
    return members


def _function(arn: Any) -> FunctionRef | None:
    if not isinstance(arn, str):
        return None
    try:
        function = FunctionRef.parse(arn)
    except UsageError:
        return None
    return function if function.partition else None


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def _text(value: Any) -> str | None:
    """Return a text with lone surrogates replaced, which files and Arrow columns cannot store."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and abs(value) < _LARGEST else None
