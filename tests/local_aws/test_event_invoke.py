"""The five operations on event-invoke configs respond like AWS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.conftest import NOW, Shop

UNSET: dict[str, Any] = {"OnSuccess": {}, "OnFailure": {}}


def test_put_answers_with_the_whole_config_and_the_qualified_arn(shop: Shop) -> None:
    reply = shop.config_of("PUT", "my-function", {"MaximumRetryAttempts": 0})
    assert (reply.status, reply.body) == (
        200,
        {
            "LastModified": round(NOW, 3),
            "FunctionArn": shop.arn("my-function:$LATEST"),
            "MaximumRetryAttempts": 0,
            "DestinationConfig": UNSET,
        },
    )


def test_put_forgets_what_is_left_out_and_update_keeps_it(shop: Shop) -> None:
    failure = {"OnFailure": {"Destination": shop.queue("shop-failures")}}
    shop.config_of("PUT", "my-function", {"MaximumRetryAttempts": 1, "DestinationConfig": failure})
    updated = shop.config_of("POST", "my-function", {"MaximumEventAgeInSeconds": 90}).body
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (1, 90)
    assert updated["DestinationConfig"] == {"OnSuccess": {}, **failure}
    overwritten = shop.config_of("PUT", "my-function", {"MaximumEventAgeInSeconds": 120}).body
    assert "MaximumRetryAttempts" not in overwritten
    assert overwritten["DestinationConfig"] == UNSET


def test_update_replaces_the_destination_config_as_one_field(shop: Shop) -> None:
    failure = {"OnFailure": {"Destination": shop.queue("shop-failures")}}
    success = {"OnSuccess": {"Destination": shop.queue("order-failures")}}
    shop.config_of("PUT", "my-function", {"DestinationConfig": failure})
    updated = shop.config_of("POST", "my-function", {"DestinationConfig": success}).body
    assert updated["DestinationConfig"] == {"OnFailure": {}, **success}


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ({"DestinationConfig": {"OnSuccess": {}}}, {}),
        ({"DestinationConfig": {"OnFailure": {"Destination": ""}}}, {}),
        ({"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": None}, {"MaximumRetryAttempts": 2}),
    ],
)
def test_absent_empty_and_explicit_are_three_states(shop: Shop, body: dict[str, Any], numbers: dict[str, int]) -> None:
    assert shop.config_of("GET", "my-function").status == 404
    shop.config_of("PUT", "my-function", body)
    reply = shop.config_of("GET", "my-function").body
    assert reply == {
        "LastModified": round(NOW, 3),
        "FunctionArn": shop.arn("my-function:$LATEST"),
        "DestinationConfig": UNSET,
        **numbers,
    }


def test_each_qualifier_has_a_config_of_its_own(shop: Shop) -> None:
    for retries, qualifier in enumerate(("%24LATEST", "2", "prod")):
        shop.config_of("PUT", "my-function", {"MaximumRetryAttempts": retries}, qualifier=qualifier)
    answer = shop.client().list_function_event_invoke_configs(FunctionName="my-function")
    found = {
        c["FunctionArn"].rpartition(":")[2]: c.get("MaximumRetryAttempts") for c in answer["FunctionEventInvokeConfigs"]
    }
    assert found == {"$LATEST": 0, "2": 1, "BLUE": 0, "GREEN": 2, "prod": 2}
    assert list(found) == ["$LATEST", "2", "BLUE", "GREEN", "prod"]


def test_delete_removes_one_qualifier_and_answers_with_nothing(shop: Shop) -> None:
    reply = shop.config_of("DELETE", "my-function:GREEN")
    assert (reply.status, reply.body) == (204, "")
    assert shop.config_of("GET", "my-function:GREEN").status == 404
    assert shop.config_of("GET", "my-function:BLUE").status == 200


NAME_FORMS = [
    "{name}:{q}",
    "{account}:function:{name}:{q}",
    "us-east-1:{account}:function:{name}:{q}",
    "arn:aws:lambda:us-east-1:{account}:function:{name}:{q}",
    "function:{name}:{q}",
    "my-function%3ABLUE",
    "arn%3Aaws%3Alambda%3Aus-east-1%3A{account}%3Afunction%3A{name}%3A{q}",
]


@pytest.mark.parametrize("form", NAME_FORMS)
def test_every_name_form_finds_the_same_config(seeded: Shop, form: str) -> None:
    name = form.format(name="my-function", q="BLUE", account=seeded.account_id)
    assert seeded.config_of("GET", name).body["FunctionArn"] == seeded.arn("my-function:BLUE")


@pytest.mark.parametrize("form", [form.removesuffix(":{q}") for form in NAME_FORMS if form.endswith(":{q}")])
def test_every_name_form_takes_its_qualifier_from_the_query(seeded: Shop, form: str) -> None:
    name = form.format(name="my-function", account=seeded.account_id)
    reply = seeded.config_of("GET", name, qualifier="GREEN")
    assert reply.body["FunctionArn"] == seeded.arn("my-function:GREEN")


def test_latest_is_the_same_with_and_without_its_name(shop: Shop) -> None:
    shop.config_of("PUT", "my-function:%24LATEST", {"MaximumRetryAttempts": 1}, qualifier="%24LATEST")
    assert shop.config_of("GET", "my-function").body["MaximumRetryAttempts"] == 1


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("mx-central-1", "aws"),
    ],
)
def test_other_regions_are_empty_and_name_their_partition(seeded: Shop, region: str, partition: str) -> None:
    client = seeded.client(region=region)
    assert client.list_functions()["Functions"] == []
    arn = f"arn:{partition}:lambda:{region}:{seeded.account_id}:function:nope:$LATEST"
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_function_event_invoke_config(FunctionName=arn)
    assert caught.value.response["Error"]["Message"] == f"The function {arn} doesn't have an EventInvokeConfig"


def test_the_region_of_the_signature_decides(seeded: Shop) -> None:
    client = seeded.client(region="eu-west-1")
    config = client.get_function_event_invoke_config(FunctionName="checkout-eu:live")
    assert config["FunctionArn"] == seeded.arn("checkout-eu:live", "eu-west-1")


def test_configs_come_in_pages_of_50_at_most(seeded: Shop) -> None:
    pages = seeded.client().get_paginator("list_function_event_invoke_configs").paginate(FunctionName="order-events")
    arns = [[config["FunctionArn"] for config in page["FunctionEventInvokeConfigs"]] for page in pages]
    assert [len(page) for page in arns] == [50, 10]
    assert [arn for page in arns for arn in page] == [seeded.arn(f"order-events:{version}") for version in range(1, 61)]


def test_a_page_may_be_smaller_and_the_marker_goes_on_from_there(seeded: Shop) -> None:
    client = seeded.client()
    first = client.list_function_event_invoke_configs(FunctionName="my-function", MaxItems=1)
    rest = client.list_function_event_invoke_configs(FunctionName="my-function", Marker=first["NextMarker"])
    assert [c["FunctionArn"] for c in rest["FunctionEventInvokeConfigs"]] == [seeded.arn("my-function:GREEN")]
    assert "NextMarker" not in rest


def test_a_role_that_gains_the_permission_may_be_used(shop: Shop) -> None:
    body = {"DestinationConfig": {"OnFailure": {"Destination": shop.queue("shop-failures")}}}
    assert shop.config_of("PUT", "customer-export", body).status == 400
    statement = '{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}'
    policy = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    shop.client("iam").put_role_policy(RoleName="shop-basic", PolicyName="p", PolicyDocument=policy)
    assert shop.config_of("PUT", "customer-export", body).status == 200
