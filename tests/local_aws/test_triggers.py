"""Policies per qualifier, and event source mappings, of the sandbox's functions."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Shop
from tests.local_aws.model import complaints


def test_each_qualifier_has_a_policy_of_its_own(seeded: Shop) -> None:
    client = seeded.client()
    response = client.get_policy(FunctionName="inventory-sync", Qualifier="live")
    assert complaints("lambda", "GetPolicy", response) == []
    assert json.loads(response["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [
            {
                "Sid": "events",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": seeded.arn("inventory-sync:live"),
                "Condition": {"StringEquals": {"AWS:SourceAccount": seeded.account_id}},
            }
        ],
    }
    with pytest.raises(ClientError) as caught:
        client.get_policy(FunctionName="inventory-sync")
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "The resource you requested does not exist.",
    }


def test_a_permission_is_added_once_and_removed(shop: Shop) -> None:
    client = shop.client()
    given = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "210987654321"}
    added = client.add_permission(FunctionName="checkout", **given, SourceArn=shop.queue("q"))
    assert complaints("lambda", "AddPermission", added) == []
    statement = json.loads(added["Statement"])
    assert statement["Principal"] == {"AWS": "arn:aws:iam::210987654321:root"}
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": shop.queue("q")}}
    assert json.loads(client.get_policy(FunctionName="checkout")["Policy"])["Statement"] == [statement]
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.add_permission(FunctionName="checkout", **given)
    client.remove_permission(FunctionName="checkout", StatementId="s")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_policy(FunctionName="checkout")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.remove_permission(FunctionName="checkout", StatementId="s")


def test_a_permission_has_a_name_an_action_and_a_principal(seeded: Shop) -> None:
    reply = seeded.send("POST", "/2015-03-31/functions/checkout/policy", {"Action": "lambda:InvokeFunction"})
    assert reply.status == 400
    assert "Value null at 'statementId'" in reply.body["message"]
    assert "Value null at 'principal'" in reply.body["message"]


@pytest.mark.parametrize(
    ("region", "source", "function"),
    [
        ("us-east-1", ":dynamodb:us-east-1:", "price-feed"),
        ("eu-west-1", ":sqs:eu-west-1:", "exchange-rates"),
    ],
)
def test_the_story_has_a_stream_and_a_loop_through_a_queue(
    seeded: Shop, region: str, source: str, function: str
) -> None:
    response = seeded.client(region=region).list_event_source_mappings()
    assert complaints("lambda", "ListEventSourceMappings", response) == []
    [mapping] = response["EventSourceMappings"]
    assert source in mapping["EventSourceArn"]
    assert mapping["FunctionArn"] == seeded.arn(function, region)
    assert mapping["State"] == "Enabled"


def test_mappings_are_made_listed_and_deleted(shop: Shop) -> None:
    client, source = shop.client(), shop.queue("order-failures")
    made = client.create_event_source_mapping(FunctionName="order-events:live", EventSourceArn=source)
    assert complaints("lambda", "CreateEventSourceMapping", made) == []
    assert (made["State"], made["BatchSize"]) == ("Creating", 10)
    for query in ({"EventSourceArn": source}, {"FunctionName": "order-events:live"}):
        [listed] = client.list_event_source_mappings(**query)["EventSourceMappings"]
        assert listed["UUID"] == made["UUID"]
    assert client.list_event_source_mappings(FunctionName="order-events")["EventSourceMappings"] == []
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.create_event_source_mapping(FunctionName="order-events:live", EventSourceArn=source)
    client.delete_event_source_mapping(UUID=made["UUID"])
    assert client.list_event_source_mappings(EventSourceArn=source)["EventSourceMappings"] == []
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_event_source_mapping(UUID=made["UUID"])


def test_mappings_come_in_pages(shop: Shop) -> None:
    client = shop.client()
    for number in range(101):
        client.create_event_source_mapping(FunctionName="checkout", EventSourceArn=shop.queue(f"q-{number}"))
    pages = client.get_paginator("list_event_source_mappings").paginate()
    assert [len(page["EventSourceMappings"]) for page in pages] == [100, 2]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"FunctionName": "nope", "EventSourceArn": "arn:aws:sqs:us-east-1:1:q"}, "InvalidParameterValueException"),
        (
            {"FunctionName": "nope", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q"},
            "ResourceNotFoundException",
        ),
        ({"FunctionName": "checkout"}, "InvalidParameterValueException"),
        ({"EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q"}, "ValidationException"),
        (
            {"FunctionName": "checkout", "EventSourceArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s"},
            "InvalidParameterValueException",
        ),
    ],
)
def test_a_mapping_needs_a_source_and_a_function(seeded: Shop, given: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        seeded.client().create_event_source_mapping(**given)
    assert caught.value.response["Error"]["Code"] == code
