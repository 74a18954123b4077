"""CloudTrail's events about Lambda's operations, as LookupEvents returns them.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from eicnb.aws.responses import items, malformed
from eicnb.errors import EicError, UsageError, shown
from eicnb.model.function import FunctionRef
from eicnb.model.trail import EVENTS_A_PAGE, SOURCE, UNCERTAIN
from eicnb.model.verbs import Operation

_FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEvent:
    """One call of Lambda's API.

    `error_code` is None for a successful call, and `function` is None for one that changed nothing.
    """

    name: str
    time: datetime
    function: FunctionRef | None
    error_code: str | None

    @property
    def has_failed(self) -> bool:
        """Whether the call failed and certainly changed nothing."""
        return self.error_code is not None and self.error_code not in UNCERTAIN

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> TrailEvent | None:
        """Parse an event, or raise EicError if it is malformed; return None for another service's."""
        detail = _detail(item)
        source, time = item.get("EventSource") or detail.get("eventSource"), item.get("EventTime")
        if not isinstance(source, str):
            raise _malformed("an event has no EventSource")
        if source != SOURCE:
            return None
        if not isinstance(time, datetime) or time.tzinfo is None:
            raise _malformed(f"the time of an event is {shown(time)}")
        code = detail.get("errorCode")
        event = cls(
            name=str(item.get("EventName")),
            time=time.astimezone(UTC),
            function=None,
            error_code=None if code is None else str(code),
        )
        return event if event.has_failed else replace(event, function=_function(item, detail))


def lookup_of(name: str, since: datetime, until: datetime | None = None) -> dict[str, Any]:
    """Return the parameters of LookupEvents for the events with a name, newest first.

    >>> lookup_of("UpdateAlias20150331", datetime(2026, 11, 26, tzinfo=UTC))["MaxResults"]
    50
    """
    period = {"StartTime": since, **({} if until is None else {"EndTime": until})}
    attributes = [{"AttributeKey": "EventName", "AttributeValue": name}]
    return {"LookupAttributes": attributes, "MaxResults": EVENTS_A_PAGE, **period}


def events_in(page: Mapping[str, Any]) -> list[TrailEvent]:
    """Return Lambda's events in a page, or raise EicError if one of them is malformed."""
    found = map(TrailEvent.from_api, items(page, "Events", Operation.LOOKUP_EVENTS))
    return [event for event in found if event is not None]


def _detail(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parse the JSON record inside an event."""
    text = item.get("CloudTrailEvent")
    try:
        detail = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise _malformed(f"the CloudTrailEvent of an event is not JSON: {error}") from error
    if not isinstance(detail, dict):
        raise _malformed(f"the CloudTrailEvent of an event is {shown(detail)}")
    return detail


def _function(item: Mapping[str, Any], detail: Mapping[str, Any]) -> FunctionRef:
    """Return the function that an event is about, from its request or its resources."""
    for text in _names(item, detail):
        try:
            return FunctionRef.parse(text)
        except UsageError as error:
            raise _malformed(f"an event is about {shown(text)}, which is not a function") from error
    raise _malformed("an event names no function")


def _names(item: Mapping[str, Any], detail: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that an event has for its function: a name, an ARN or a partial ARN."""
    parameters = detail.get("requestParameters")
    if isinstance(parameters, Mapping) and isinstance(parameters.get("functionName"), str):
        yield parameters["functionName"]
    for resources, kind, name in (
        (item.get("Resources"), "ResourceType", "ResourceName"),
        (detail.get("resources"), "type", "ARN"),
    ):
        for resource in resources if isinstance(resources, list) else ():
            if isinstance(resource, Mapping) and resource.get(kind) == _FUNCTION:
                yield str(resource.get(name))


def _malformed(why: str) -> EicError:
    return malformed(Operation.LOOKUP_EVENTS, why)
