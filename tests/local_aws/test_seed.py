"""The seeded account has what newcomers and the documentation rely on."""

from __future__ import annotations

import re

import pytest

from eicnb.local_aws.seed_words import ShopFunction, ShopRegion
from eicnb.local_aws.shop import REGIONS, ROLES, SHOP
from tests.local_aws.conftest import Shop

FUNCTIONS = [(region, function) for region in SHOP for function in region.functions]
EACH = pytest.mark.parametrize(("region", "function"), FUNCTIONS, ids=[f"{r.name}-{f.name}" for r, f in FUNCTIONS])


def test_there_are_about_40_functions_in_two_regions() -> None:
    assert REGIONS == ("us-east-1", "eu-west-1")
    assert [len(region.functions) for region in SHOP] == [26, 14]


@EACH
def test_every_function_is_sound(region: ShopRegion, function: ShopFunction) -> None:
    versions = [str(number) for number in range(1, function.versions + 1)]
    assert re.fullmatch(r"[a-z-]{1,64}", function.name)
    assert function.remark
    assert function.role in {role.name for role in ROLES}
    assert set(function.aliases.values()) <= set(versions)
    assert set(function.configs) <= {"$LATEST", *versions, *function.aliases}
    for setting in function.configs.values():
        assert setting.retries in {None, 0, 1, 2}
        assert setting.age is None or 60 <= setting.age <= 21600


def test_only_a_queue_and_a_bucket_point_at_nothing() -> None:
    dangling = []
    for region, function in FUNCTIONS:
        there = {
            *(f"sqs:{queue}" for queue in region.queues),
            *(f"sns:{topic}" for topic in region.topics),
            *(f"lambda:{other.name}" for other in region.functions),
            f"s3:{region.bucket}",
            f"events:{region.event_bus}",
        }
        wanted = {end for s in function.configs.values() for end in (s.on_failure, s.on_success)}
        dangling += [end for end in wanted | {function.dead_letter} if end and end not in there]
    assert dangling == ["sqs:thumbnails-failed-2024", "s3:shop-erased"]


def test_the_commands_of_awss_documentation_work(shop: Shop) -> None:
    client = shop.client()
    blue = client.get_function_event_invoke_config(FunctionName="my-function:BLUE")
    assert (blue["MaximumRetryAttempts"], blue["MaximumEventAgeInSeconds"]) == (0, 3600)
    client.delete_function_event_invoke_config(FunctionName="my-function:GREEN")
    client.put_function_event_invoke_config(
        FunctionName="my-function", MaximumEventAgeInSeconds=3600, MaximumRetryAttempts=0
    )
    queue = "arn:aws:sqs:us-east-2:123456789012:destination"
    updated = client.update_function_event_invoke_config(
        FunctionName="my-function", DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    assert updated["DestinationConfig"]["OnFailure"] == {"Destination": queue}
    assert len(client.list_function_event_invoke_configs(FunctionName="my-function")["FunctionEventInvokeConfigs"]) == 2


def test_my_function_has_three_versions_and_four_aliases(seeded: Shop) -> None:
    client = seeded.client()
    versions = client.list_versions_by_function(FunctionName="my-function")["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "1", "2", "3"]
    configured = client.list_function_event_invoke_configs(FunctionName="my-function")
    arns = [config["FunctionArn"] for config in configured["FunctionEventInvokeConfigs"]]
    assert arns == [seeded.arn("my-function:BLUE"), seeded.arn("my-function:GREEN")]


@pytest.mark.parametrize("region", SHOP, ids=lambda region: region.name)
def test_everything_around_the_functions_exists(seeded: Shop, region: ShopRegion) -> None:
    urls = seeded.client("sqs", region.name).list_queues()["QueueUrls"]
    topics = seeded.client("sns", region.name).list_topics()["Topics"]
    buses = seeded.client("events", region.name).list_event_buses()["EventBuses"]
    buckets = seeded.client("s3", region.name).list_buckets()["Buckets"]
    roles = seeded.client("iam", region.name).list_roles()["Roles"]
    assert sorted(url.rpartition("/")[2] for url in urls) == sorted(region.queues)
    assert sorted(topic["TopicArn"].rpartition(":")[2] for topic in topics) == sorted(region.topics)
    assert [bus["Name"] for bus in buses] == ["default", region.event_bus]
    assert f"{region.bucket}-{region.name}-{seeded.account_id}" in [bucket["Name"] for bucket in buckets]
    assert {role["RoleName"] for role in roles} == {role.name for role in ROLES}


def test_what_is_seeded_today_is_seeded_tomorrow(seeded: Shop, shop: Shop) -> None:
    def seen(which: Shop) -> str:
        functions = which.send("GET", "/2015-03-31/functions").body
        configs = [which.config_of("GET", f["FunctionName"], tail="/list").body for f in functions["Functions"]]
        described = re.sub(r'"(CodeSha256|RevisionId|CodeSize)": ("[^"]*"|\d+)', "", str((functions, configs)))
        return described.replace(which.account_id, "account")

    assert len(seen(seeded)) > 10_000
    drop = re.compile(r"'(CodeSha256|RevisionId|CodeSize|NextMarker)': [^,}]*")
    assert drop.sub("", seen(seeded)) == drop.sub("", seen(shop))


def test_times_are_fixed_and_carry_milliseconds(seeded: Shop) -> None:
    assert seeded.config_of("GET", "my-function:BLUE").body["LastModified"] == 1770024600.479
    function = seeded.client().get_function_configuration(FunctionName="my-function")
    assert function["LastModified"] == "2026-02-02T09:30:00.000+0000"
