"""The sandbox records the calls of its Lambda API, and LookupEvents returns them as CloudTrail does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.server import Sandbox
from eicnb.local_aws.trail import Trail, TrailSettings
from tests.local_aws.conftest import NOW, Shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Sandbox(now=lambda: NOW) as sandbox:
        yield Shop(sandbox)


def names(shop: Shop, region: str = "us-east-1", **options: Any) -> list[str]:
    pages = shop.client("cloudtrail", region).get_paginator("lookup_events").paginate(**options)
    return [event["EventName"] for page in pages for event in page["Events"]]


def by_name(name: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}


def test_an_event_is_there_a_quarter_of_an_hour_after_it_happened(shop: Shop) -> None:
    shop.client().put_function_event_invoke_config(FunctionName="checkout:live", MaximumRetryAttempts=0)
    at = shop.sandbox.time
    shop.sandbox.pass_time(15 * 60 - 1)
    assert names(shop, **by_name("PutFunctionEventInvokeConfig")) == []
    shop.sandbox.pass_time(1)
    page = shop.client("cloudtrail").lookup_events(**by_name("PutFunctionEventInvokeConfig"))
    (event,) = page["Events"]
    assert (event["EventSource"], event["ReadOnly"]) == ("lambda.amazonaws.com", "false")
    assert event["EventTime"].timestamp() == int(at)
    detail = json.loads(event["CloudTrailEvent"])
    assert detail["requestParameters"] == {"functionName": "checkout:live", "maximumRetryAttempts": 0}
    assert detail["eventTime"] == f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert "errorCode" not in detail


def test_a_refused_call_is_there_with_its_error(shop: Shop) -> None:
    with pytest.raises(ClientError):
        shop.client().delete_function_event_invoke_config(FunctionName="newsletters")
    shop.sandbox.pass_time(3600)
    (event,) = shop.client("cloudtrail").lookup_events(**by_name("DeleteFunctionEventInvokeConfig"))["Events"]
    assert json.loads(event["CloudTrailEvent"])["errorCode"] == "ResourceNotFoundException"


def test_older_operations_have_their_date_and_those_of_2019_what_is_chosen(shop: Shop) -> None:
    client = shop.client("lambda", "ap-south-1")
    client.list_functions()
    with pytest.raises(ClientError):
        client.get_function(FunctionName="nothing")
    with pytest.raises(ClientError):
        client.list_function_event_invoke_configs(FunctionName="nothing")
    shop.sandbox.pass_time(3600)
    older = ["GetFunction20150331v2", "ListFunctions20150331"]
    assert names(shop, "ap-south-1") == ["ListFunctionEventInvokeConfigs", *older]
    shop.sandbox.trail.suffix = "20190925"
    assert names(shop, "ap-south-1") == ["ListFunctionEventInvokeConfigs20190925", *older]
    shop.sandbox.trail.suffix = ""


def test_pages_have_fifty_events_and_none_twice(shop: Shop) -> None:
    client = shop.client("lambda", "eu-north-1")
    for _ in range(120):
        client.list_functions()
    shop.sandbox.pass_time(3600)
    pages = list(shop.client("cloudtrail", "eu-north-1").get_paginator("lookup_events").paginate())
    assert [len(page["Events"]) for page in pages] == [50, 50, 20]
    assert len({event["EventId"] for page in pages for event in page["Events"]}) == 120


def test_a_period_has_its_own_events_only(shop: Shop) -> None:
    client = shop.client("lambda", "eu-south-1")
    client.list_functions()
    between = shop.sandbox.time + 1800
    shop.sandbox.pass_time(3600)
    client.get_paginator("list_functions").paginate().build_full_result()
    shop.sandbox.pass_time(3600)
    moment = datetime.fromtimestamp(between, UTC)
    assert len(names(shop, "eu-south-1")) == 2
    assert len(names(shop, "eu-south-1", StartTime=moment)) == len(names(shop, "eu-south-1", EndTime=moment)) == 1
    shop.sandbox.pass_time(90 * 86400)
    assert names(shop, "eu-south-1") == []


def test_each_region_has_its_own_trail_which_may_be_off(shop: Shop) -> None:
    shop.client("lambda", "eu-west-2").list_functions()
    shop.sandbox.pass_time(3600)
    assert names(shop, "eu-west-3") == []
    assert names(shop, "eu-west-2") == ["ListFunctions20150331"]
    shop.sandbox.trail.off.add("eu-west-2")
    assert names(shop, "eu-west-2") == []


TWO = [{"AttributeKey": key, "AttributeValue": "x"} for key in ("EventName", "ReadOnly")]

LATER = datetime(2026, 2, 1, tzinfo=UTC)

REFUSALS = [
    ({"LookupAttributes": TWO}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "Colour", "AttributeValue": "x"}]}, "InvalidLookupAttributesException"),
    ({"StartTime": LATER, "EndTime": LATER - timedelta(days=1)}, "InvalidTimeRangeException"),
    ({"MaxResults": 51}, "InvalidMaxResultsException"),
    ({"NextToken": "x"}, "InvalidNextTokenException"),
]


@pytest.mark.parametrize(("options", "code"), REFUSALS)
def test_what_it_refuses_has_aws_s_code(shop: Shop, options: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as raised:
        shop.client("cloudtrail").lookup_events(**options)
    assert raised.value.response["Error"]["Code"] == code


def test_it_can_be_denied_and_is_throttled_on_its_own(shop: Shop) -> None:
    client = shop.client("cloudtrail")
    shop.sandbox.trail.is_denied = True
    with pytest.raises(ClientError, match="is not authorized to perform: cloudtrail:LookupEvents"):
        client.lookup_events()
    shop.sandbox.trail.is_denied = False
    shop.sandbox.throttle(1.5)  # LookupEvents then has 0.2 per second
    codes = []
    for _ in range(4):
        try:
            client.lookup_events()
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    shop.sandbox.throttle(None)
    assert set(codes) == {"ThrottlingException"}


def test_its_memory_is_bounded_and_reads_do_not_drive_out_writes() -> None:
    history = Trail("123456789012", lambda: NOW, TrailSettings(delay=0), most_reads=10)
    history.record(Call("UpdateAlias", "us-east-1", "checkout", item="live"), Reply(200))
    for _ in range(30):
        history.record(Call("ListFunctions", "us-east-1"), Reply(200))
    events = history.lookup("us-east-1", b"{}")["Events"]
    assert (len(events), events[-1]["EventName"]) == (11, "UpdateAlias20150331")
