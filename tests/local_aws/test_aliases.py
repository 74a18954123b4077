"""An alias may split its traffic between two versions, which both use the settings of the alias."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop
from tests.local_aws.model import complaints
from tests.local_aws.story import Story


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Sandbox(event_speed=0) as sandbox:
        yield Shop(sandbox)


def shared(shop: Shop, name: str = "prod", **changes: Any) -> Any:
    return Story(shop).client().update_alias(FunctionName="my-function", Name=name, **changes)


def weights(**version: float) -> dict[str, Any]:
    return {"AdditionalVersionWeights": {name.removeprefix("v"): weight for name, weight in version.items()}}


def test_an_alias_is_described_as_the_service_model_says(shop: Shop) -> None:
    client = Story(shop).client()
    updated = shared(shop, FunctionVersion="3", RoutingConfig=weights(v2=0.25))
    assert complaints("lambda", "UpdateAlias", updated) == []
    assert updated["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.25}}
    found = client.get_alias(FunctionName="my-function", Name="prod")
    assert complaints("lambda", "GetAlias", found) == []
    assert found["RoutingConfig"] == updated["RoutingConfig"]
    listed = client.list_aliases(FunctionName="my-function", FunctionVersion="3")["Aliases"]
    assert [alias.get("RoutingConfig") for alias in listed] == [updated["RoutingConfig"]]
    assert "RoutingConfig" not in shared(shop, RoutingConfig={})


@pytest.mark.parametrize(("share", "versions"), [(0.0, {"3"}), (1.0, {"2"}), (0.5, {"2", "3"})])
def test_events_run_on_the_versions_of_the_alias_by_weight(shop: Shop, share: float, versions: set[str]) -> None:
    shared(shop, RoutingConfig=weights(v2=share))
    story = Story(shop, "my-function")
    story.set(qualifier="prod")
    for _ in range(40):
        story.send(qualifier="prod")
    shop.sandbox.settle()
    records = story.received()
    assert {record["responseContext"]["executedVersion"] for record in records} == versions
    assert {record["requestContext"]["functionArn"] for record in records} == {shop.arn("my-function:prod")}


REFUSED = [
    ("none", {}, "ResourceNotFoundException", "Cannot find alias arn: {arn}:none"),
    ("prod", {"FunctionVersion": "9"}, "ResourceNotFoundException", "Function not found: {arn}:9"),
    ("prod", {"RoutingConfig": weights(v9=0.1)}, "ResourceNotFoundException", "Function not found: {arn}:9"),
    (
        "prod",
        {"RoutingConfig": weights(v1=0.1, v2=0.1)},
        "InvalidParameterValueException",
        "Number of items in AdditionalVersionWeights cannot be greater than 1",
    ),
    (
        "prod",
        {"RoutingConfig": weights(v3=0.1)},
        "InvalidParameterValueException",
        "Invalid function version 3. Function version 3 is already included in routing configuration.",
    ),
    (
        "prod",
        {"FunctionVersion": "$LATEST", "RoutingConfig": weights(v2=0.1)},
        "InvalidParameterValueException",
        "$LATEST is not supported for an alias pointing to more than 1 version",
    ),
]


@pytest.mark.parametrize(("name", "changes", "code", "message"), REFUSED)
def test_what_makes_no_sense_is_refused(
    shop: Shop, name: str, changes: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        shared(shop, name, **changes)
    expected = message.replace("{arn}", shop.arn("my-function"))
    assert caught.value.response["Error"] == {"Code": code, "Message": expected}
