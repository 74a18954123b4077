"""The CloudTrail of a sandbox: the event history of the Lambda API, as LookupEvents returns it.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import Any

from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.faults import ServiceFault

OPERATION = "LookupEvents"

DELAY = 15 * 60
"""The seconds within which AWS adds an event to its event history."""

_PAGE = 50
_RETENTION = 90 * 86400
_OK = 300
_SOURCE, _USER = "lambda.amazonaws.com", "moto"
_KEYS = {"EventName", "EventSource", "ReadOnly", "Username"}

# Data events are never in the event history.
_NOT_RECORDED = {"Invoke"}

_SECOND_EDITIONS = {"GetFunction", "GetFunctionConfiguration", "GetPolicy", "AddPermission", "RemovePermission"}
_OF_2015 = {
    *("ListFunctions", "ListAliases", "GetAlias", "UpdateAlias", "ListVersionsByFunction"),
    *("ListEventSourceMappings", "CreateEventSourceMapping", "DeleteEventSourceMapping"),
}
_DATED: Mapping[str, str] = {
    **dict.fromkeys(_OF_2015, "20150331"),
    **dict.fromkeys(_SECOND_EDITIONS, "20150331v2"),
    **dict.fromkeys(("PutFunctionConcurrency", "DeleteFunctionConcurrency"), "20171031"),
    "ListTags": "20170331",
    "TagResource": "20170331v2",
}
"""The API dates that CloudTrail appends to the names of older operations."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One recorded call of the Lambda API."""

    number: int
    time: float
    operation: str
    region: str
    parameters: Mapping[str, Any]
    error: tuple[str, str] | None
    user_agent: str
    is_read_only: bool


@dataclass(slots=True)
class TrailSettings:
    """How the CloudTrail of a sandbox behaves, in all its accounts.

    An event appears `delay` seconds after it happened, by the clock of the sandbox. `suffix`, such as `20190925`, is
    appended to the names of the event-invoke-config operations, since AWS does not document what they end in. With
    `is_denied`, LookupEvents is denied. In the regions of `off` the history is empty.
    """

    delay: float = DELAY
    suffix: str = ""
    is_denied: bool = False
    off: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Trail:
    """The event history of one account: the latest reads and the latest writes of each region."""

    account_id: str
    now: Callable[[], float]
    settings: TrailSettings = field(default_factory=TrailSettings)
    most_reads: int = 20_000
    most_writes: int = 50_000
    _reads: dict[str, deque[RecordedCall]] = field(default_factory=dict)
    _writes: dict[str, deque[RecordedCall]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def record(self, call: Call, reply: Reply) -> None:
        """Record a call of the Lambda API with its outcome."""
        if call.operation in _NOT_RECORDED or call.region in self.settings.off:
            return
        is_read_only = call.operation.startswith(("Get", "List"))
        error = (reply.headers.get("x-amzn-ErrorType", "ServiceException"), _message(reply))
        with self._lock:
            recorded = RecordedCall(
                number=next(self._numbers),
                time=self.now(),
                operation=call.operation,
                region=call.region,
                parameters=_parameters(call),
                error=None if reply.status < _OK else error,
                user_agent=call.headers.get("user-agent", ""),
                is_read_only=is_read_only,
            )
            events, most = (self._reads, self.most_reads) if is_read_only else (self._writes, self.most_writes)
            events.setdefault(call.region, deque(maxlen=most)).append(recorded)

    def lookup(self, region: str, body: bytes) -> dict[str, Any]:
        """Return one page of events, the newest first."""
        if self.settings.is_denied:
            raise _denied(self.account_id)
        query = _LookupRequest.parse(body)
        if region in self.settings.off:
            return {"Events": []}
        with self._lock:
            found = [*self._reads.get(region, ()), *self._writes.get(region, ())]
        until = self.now() - self.settings.delay
        since = until + self.settings.delay - _RETENTION
        wanted = [
            event for event in found if since <= event.time <= until and query.wants(event, self._name(event.operation))
        ]
        wanted.sort(key=lambda event: event.number, reverse=True)
        page = wanted[: query.size]
        more = {"NextToken": _token(page[-1].number)} if len(wanted) > query.size else {}
        return {"Events": [self._described(event) for event in page], **more}

    def _name(self, operation: str) -> str:
        return operation + (self.settings.suffix if "EventInvokeConfig" in operation else _DATED.get(operation, ""))

    def _described(self, event: RecordedCall) -> dict[str, Any]:
        identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.account_id}:{event.number}")
        detail = {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser",
                "arn": f"arn:aws:iam::{self.account_id}:user/moto",
                "accountId": self.account_id,
                "userName": _USER,
            },
            "eventTime": f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": _SOURCE,
            "eventName": self._name(event.operation),
            "awsRegion": event.region,
            "sourceIPAddress": "127.0.0.1",
            "userAgent": event.user_agent,
            **({"errorCode": event.error[0], "errorMessage": event.error[1]} if event.error else {}),
            "requestParameters": dict(event.parameters) or None,
            "responseElements": None,
            "eventID": str(identity),
            "readOnly": event.is_read_only,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account_id,
            "eventCategory": "Management",
        }
        return {
            "EventId": str(identity),
            "EventName": self._name(event.operation),
            "ReadOnly": _word(event),
            "EventTime": int(event.time),
            "EventSource": _SOURCE,
            "Username": _USER,
            "Resources": [],
            "CloudTrailEvent": json.dumps(detail),
        }


def _parameters(call: Call) -> dict[str, Any]:
    """Return the parameters of a request in camel case, as CloudTrail records them."""
    given: dict[str, Any] = {"functionName": call.function_name, "name": call.item, **call.query}
    try:
        given |= call.json()
    except ServiceFault:
        given["body"] = None
    return {name[:1].lower() + name[1:]: value for name, value in given.items() if value is not None and value != ""}


def _message(reply: Reply) -> str:
    body = reply.body or {}
    return str(body.get("message") or body.get("Message") or "")


@dataclass(frozen=True, slots=True)
class _LookupRequest:
    """The members of one request."""

    attribute: tuple[str, str] | None
    since: float
    until: float
    size: int
    before: float

    @classmethod
    def parse(cls, body: bytes) -> _LookupRequest:
        try:
            given = json.loads(body or b"{}")
            attributes = [(one["AttributeKey"], one["AttributeValue"]) for one in given.get("LookupAttributes") or ()]
            since, until = float(given.get("StartTime") or 0.0), float(given.get("EndTime") or "inf")
            size, token = int(given.get("MaxResults") or _PAGE), given.get("NextToken")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refused("SerializationException", str(error)) from error
        if len(attributes) > 1 or any(key not in _KEYS for key, _ in attributes):
            raise _refused("InvalidLookupAttributesException", "You can use one lookup attribute of a known key.")
        if since > until:
            raise _refused("InvalidTimeRangeException", "Start time must be before end time.")
        if not 1 <= size <= _PAGE:
            raise _refused("InvalidMaxResultsException", f"MaxResults must be between 1 and {_PAGE}.")
        return cls(next(iter(attributes), None), since, until, size, _position(token))

    def wants(self, event: RecordedCall, name: str) -> bool:
        if event.number >= self.before or not self.since <= int(event.time) <= self.until:
            return False
        values = {"EventName": name, "EventSource": _SOURCE, "ReadOnly": _word(event), "Username": _USER}
        return self.attribute is None or values[self.attribute[0]] == self.attribute[1]


def _word(event: RecordedCall) -> str:
    return "true" if event.is_read_only else "false"


def _token(number: int) -> str:
    return urlsafe_b64encode(f"before:{number}".encode()).decode()


def _position(token: str | None) -> float:
    if token is None:
        return float("inf")
    try:
        word, number = urlsafe_b64decode(token.encode()).decode().split(":")
        if word == "before":
            return int(number)
    except ValueError:
        pass
    raise _refused("InvalidNextTokenException", "The token is invalid.")


def _refused(code: str, message: str) -> ServiceFault:
    return ServiceFault(400, code, {"message": message})


def _denied(account_id: str) -> ServiceFault:
    text = (
        f"User: arn:aws:iam::{account_id}:user/moto is not authorized to perform: cloudtrail:{OPERATION} "
        f"because no identity-based policy allows the cloudtrail:{OPERATION} action"
    )
    return ServiceFault(400, "AccessDeniedException", {"message": text})


def throttled() -> ServiceFault:
    """Return the fault for a call beyond the quota."""
    return _refused("ThrottlingException", "Rate exceeded")
