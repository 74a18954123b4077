"""Reserved concurrency, recursion and tags of the sandbox's functions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Shop
from tests.local_aws.model import complaints


def test_a_stopped_function_has_a_concurrency_of_0(seeded: Shop) -> None:
    client = seeded.client()
    assert client.get_function_concurrency(FunctionName="returns-label")["ReservedConcurrentExecutions"] == 0
    assert client.get_function(FunctionName="returns-label")["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="checkout")
    assert "Concurrency" not in client.get_function(FunctionName="checkout")


def test_concurrency_is_reserved_and_released(shop: Shop) -> None:
    client = shop.client()
    response = client.put_function_concurrency(FunctionName="checkout", ReservedConcurrentExecutions=7)
    assert complaints("lambda", "PutFunctionConcurrency", response) == []
    assert client.get_function(FunctionName="checkout:live")["Concurrency"] == {"ReservedConcurrentExecutions": 7}
    client.delete_function_concurrency(FunctionName="checkout")
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="checkout")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "ValidationException"),
        ({"ReservedConcurrentExecutions": -1}, "ValidationException"),
        ({"ReservedConcurrentExecutions": "1"}, "SerializationException"),
    ],
)
def test_a_concurrency_is_a_number_from_0(seeded: Shop, body: dict[str, Any], code: str) -> None:
    reply = seeded.send("PUT", "/2017-10-31/functions/checkout/concurrency", body)
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (400, code)


def test_loops_are_ended_unless_they_are_allowed(shop: Shop) -> None:
    client = shop.client()
    response = client.get_function_recursion_config(FunctionName="checkout")
    assert complaints("lambda", "GetFunctionRecursionConfig", response) == []
    assert response["RecursiveLoop"] == "Terminate"
    client.put_function_recursion_config(FunctionName="checkout", RecursiveLoop="Allow")
    assert client.get_function_recursion_config(FunctionName="checkout")["RecursiveLoop"] == "Allow"
    with pytest.raises(ClientError, match=r"satisfy enum value set: \[Allow, Terminate\]"):
        client.put_function_recursion_config(FunctionName="checkout", RecursiveLoop="Never")


def test_the_tags_name_the_stack(seeded: Shop) -> None:
    client = seeded.client()
    tags = client.get_function(FunctionName="payments-refund")["Tags"]
    assert tags["aws:cloudformation:stack-name"] == "shop-payments"
    assert client.list_tags(Resource=seeded.arn("payments-refund"))["Tags"] == tags
    assert "Tags" not in client.get_function(FunctionName="newsletters")
    assert client.list_tags(Resource=seeded.arn("newsletters"))["Tags"] == {}


def test_a_function_can_be_tagged(shop: Shop) -> None:
    shop.client().tag_resource(Resource=shop.arn("newsletters"), Tags={"team": "mail"})
    assert shop.client().get_function(FunctionName="newsletters")["Tags"] == {"team": "mail"}


@pytest.mark.parametrize("name", ["checkout", "checkout:live", "invoice-pdf", "returns-label"])
def test_get_function_answers_as_the_model_says(seeded: Shop, name: str) -> None:
    response = seeded.client().get_function(FunctionName=name)
    assert complaints("lambda", "GetFunction", response) == []
    is_image = name == "invoice-pdf"
    assert sorted(response["Code"]) == (
        ["ImageUri", "RepositoryType", "ResolvedImageUri"] if is_image else ["Location", "RepositoryType"]
    )
