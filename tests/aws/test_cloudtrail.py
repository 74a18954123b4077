"""CloudTrail's events name a function in many ways, and a malformed one is never skipped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from eicnb.aws.cloudtrail import TrailEvent
from eicnb.errors import EicError

AT = datetime(2026, 11, 26, 7, tzinfo=UTC)
ARN = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
RESOURCE = {"ResourceType": "AWS::Lambda::Function", "ResourceName": ARN}


def item(detail: Any, **changes: Any) -> Mapping[str, Any]:
    text = detail if isinstance(detail, str) else json.dumps(detail)
    event = {"EventName": "PutFunctionEventInvokeConfig", "EventSource": "lambda.amazonaws.com", "EventTime": AT}
    return {**event, "CloudTrailEvent": text, **changes}


def named(text: str) -> dict[str, Any]:
    return {"requestParameters": {"functionName": text}}


NAMES = [
    item(named("checkout")),
    item(named("checkout:live")),
    item(named("123456789012:function:checkout")),
    item(named(ARN)),
    item(named(f"{ARN}:7")),
    item({"requestParameters": None}, Resources=[{"ResourceType": "AWS::KMS::Key"}, RESOURCE]),
    item({}, Resources=[RESOURCE | {"ResourceName": "checkout"}]),
    item({"resources": [{"type": "AWS::Lambda::Function", "ARN": ARN}]}),
]


@pytest.mark.parametrize("given", NAMES)
def test_the_function_is_found_however_it_is_named(given: Mapping[str, Any]) -> None:
    event = TrailEvent.from_api(given)
    assert event is not None
    assert event.function is not None
    assert (event.function.function_name, event.time, event.has_failed) == ("checkout", AT, False)


FAILURES = [
    ("AccessDenied", True),
    ("ResourceNotFoundException", True),
    ("TooManyRequestsException", True),
    ("ServiceException", False),
]


@pytest.mark.parametrize(("code", "has_failed"), FAILURES)
def test_a_refused_call_changed_nothing_but_a_failed_one_may_have(code: str, *, has_failed: bool) -> None:
    event = TrailEvent.from_api(item({**named("checkout"), "errorCode": code}))
    assert event is not None
    assert (event.has_failed, event.function is None) == (has_failed, has_failed)


def test_denied_calls_have_no_parameters_and_other_services_are_ignored() -> None:
    denied = TrailEvent.from_api(item({"requestParameters": None, "errorCode": "AccessDenied"}))
    assert denied is not None
    assert TrailEvent.from_api(item({}, EventSource="kms.amazonaws.com")) is None


MALFORMED = {
    "an event names no function": item({"requestParameters": {"name": "live"}}),
    "an event is about 'a b', which is not a function": item(named("a b")),
    "an event has no EventSource": item({}, EventSource=None),
    "the time of an event is None": item(named("checkout"), EventTime=None),
    "the CloudTrailEvent of an event is None": item({}, CloudTrailEvent=None),
    "the CloudTrailEvent of an event is a list": item("[1]"),
    "the CloudTrailEvent of an event is not JSON: Expecting value: line 1 column 1 (char 0)": item("<html>"),
}


@pytest.mark.parametrize("why", MALFORMED)
def test_a_malformed_event_is_an_error(why: str) -> None:
    with pytest.raises(EicError) as raised:
        TrailEvent.from_api(MALFORMED[why])
    assert raised.value.message == f"the response to LookupEvents is malformed: {why}"
