"""Bad input is rejected before the first request."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import UsageError

RATE = "Try: give calls a second as a number above 0; AWS allows each account 15 per region, shared by all callers"
REGIONS = 'Try: regions=["us-east-1", …]'
BAD: list[tuple[dict[str, Any], str]] = [
    ({"rate": 0}, f"the rate is 0\n{RATE}"),
    ({"rate": -1.5}, f"the rate is -1.5\n{RATE}"),
    ({"rate": float("nan")}, f"the rate is nan\n{RATE}"),
    ({"rate": float("inf")}, f"the rate is inf\n{RATE}"),
    ({"rate": "10"}, f"the rate is '10'\n{RATE}"),
    ({"rate": True}, f"the rate is True\n{RATE}"),
    ({"regions": []}, f"regions is empty\n{REGIONS}"),
    ({"regions": ""}, f"regions contains '', which is not a name\n{REGIONS}"),
    ({"regions": [1]}, f"regions contains 1, which is not a name\n{REGIONS}"),
    ({"regions": 1}, f"regions is 1, not a list of names\n{REGIONS}"),
    ({"regions": {"us-east-1": 1}}, f"regions is a dict, not a list of names\n{REGIONS}"),
    ({"regions": pd.DataFrame({"region": ["us-east-1"]})}, f"regions is a DataFrame, not a list of names\n{REGIONS}"),
    ({"regions": ["all", "us-east-1"]}, 'regions contains "all" and other names\nTry: regions="all"'),
    ({"regions": "us east"}, "'us east' is not the name of a region\nTry: us-east-1"),
    ({"functions": []}, 'functions is empty\nTry: functions=["checkout-*", …]'),
    (
        {"functions": "my-function:live"},
        "'my-function:live' is not just the name of a function\nTry: functions=\"my-function\"",
    ),
    ({"qualifiers": "some"}, 'qualifiers is \'some\'\nTry: qualifiers="configured" or qualifiers="all"'),
    ({"errors": "ignore"}, 'errors is \'ignore\'\nTry: errors="raise" or errors="rows"'),
    (
        {"progress": 7},
        'progress is 7\nTry: progress=True, progress=False, progress="accounts", or a callable that takes a Progress',
    ),
]


@pytest.mark.parametrize(("options", "message"), BAD, ids=lambda value: str(value).partition("\n")[0])
def test_bad_input_is_rejected_and_nothing_is_sent(eic: Eic, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        eic.audit(**options)
    assert str(raised.value) == message
    assert eic.server is not None
    assert eic.server.requests() == []


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("us-east-11", "us-east-1"),
        ("eu-wset-1", "eu-west-1"),
        ("mars-1", 'read every region of the account\n    regions="all"'),
    ],
)
def test_an_unknown_region_is_refused(eic: Eic, region: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        eic.audit(regions=["us-east-1", region], progress=False)
    assert str(raised.value) == f"there is no region {region!r}\nTry: {hint}"
    assert eic.server is not None
    assert "ListFunctions" not in {request.operation for request in eic.server.requests()}


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ([], "connections is empty"),
        ("prod", "connections is 'prod'"),
        (["prod"], "'prod' is not a connection"),
        (3, "connections is 3"),
    ],
    ids=str,
)
def test_invalid_connections_are_rejected(connections: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.audit(connections=connections)
    assert str(raised.value) == f"{message}\nTry: connections=[eicnb.connect(…), …]"


def test_the_same_account_and_region_twice_is_refused(eic: Eic) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.audit(connections=[eic, eic.derive(region="us-east-1")], progress=False)
    assert str(raised.value) == (
        f"two of the connections are to account {eic.account_id} in us-east-1\nTry: name each account and region once"
    )
    with pytest.raises(UsageError, match="two of the connections"):
        eicnb.audit(connections=[eic, eic.derive(region="eu-west-1")], regions=["us-east-1"], progress=False)


def test_if_regions_may_not_be_listed_the_error_says_what_to_type(eic: Eic) -> None:
    from tests.answering import Answer, Answering, Seen, Step, identity

    denied = (
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error>"
        "</Errors><RequestID>1</RequestID></Response>"
    )

    def answer(seen: Seen) -> Step:
        return identity("123456789012") if seen.service == "sts" else Answer(403, denied.encode())

    with Answering(answer) as server, pytest.raises(eicnb.AwsError) as raised:
        eicnb.connect(region="us-east-1", endpoint_url=server.url).audit(regions="all", progress=False)
    assert "You are not authorized" in raised.value.message
    assert raised.value.hint == (
        "name the regions: --regions us-east-1,eu-west-1; or use a role that may call ec2:DescribeRegions"
    )
