"""Notes about missing destinations, from reads that are cheap, allowed and in the right account."""

from __future__ import annotations

import boto3
import pytest

import eicnb
from eicnb.changes.targets import exists, missing_note, targets_of
from eicnb.client.eic import connection_of
from eicnb.model.destination import DestinationArn
from tests.answering import Answering, Seen, Silence, Step, as_json, identity

MISSING = [
    ("sqs:nope", "the SQS queue nope does not exist in us-east-1"),
    ("sns:nope", "the SNS topic nope does not exist in us-east-1"),
    ("events:nope", "the EventBridge bus nope does not exist in us-east-1"),
    ("lambda:nope", "the Lambda function nope does not exist in us-east-1"),
    ("lambda:checkout:nope", "the Lambda function checkout:nope does not exist in us-east-1"),
    ("s3:no-bucket-of-anyone", "the S3 bucket no-bucket-of-anyone does not exist"),
]

PRESENT = ["sqs:shop-failures", "events:shop", "events:default", "lambda:checkout", "lambda:checkout:live"]


def _noted(eic: eicnb.Eic, destination: str) -> str:
    connection = connection_of(eic)
    return missing_note(connection, targets_of(connection.request("put", "my-function", on_failure=destination)))


@pytest.mark.parametrize(("destination", "note"), MISSING)
def test_a_missing_destination_of_each_kind_is_noted(eic: eicnb.Eic, destination: str, note: str) -> None:
    assert _noted(eic, destination) == f"Note: {note}. Until it does, Lambda cannot deliver to it."


@pytest.mark.parametrize("destination", PRESENT)
def test_a_destination_that_exists_is_not_noted(eic: eicnb.Eic, destination: str) -> None:
    assert _noted(eic, destination) == ""


def test_a_destination_that_exists_is_read_once_per_connection(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    assert [_noted(eic, "sqs:shop-failures") for _ in range(3)] == 3 * [""]
    assert [request.operation for request in eic.server.requests()] == ["GetQueueUrl"]


def test_a_note_ends_when_the_destination_has_been_created(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    assert _noted(eic, "sqs:later")
    session = boto3.Session("any", "any", region_name="us-east-1")
    session.client("sqs", endpoint_url=eic.server.url).create_queue(QueueName="later")
    assert _noted(eic, "sqs:later") == ""


def test_a_destination_of_another_account_or_region_is_not_read(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    own, other = eic.account_id, "999999999999"
    for place in (f"us-east-1:{other}", f"eu-west-1:{own}"):
        assert exists(connection_of(eic), DestinationArn.parse(f"arn:aws:sqs:{place}:nope")) is None
    assert eic.server.requests() == []


DENIED = as_json({"__type": "AccessDenied", "message": "no"}, 403)


@pytest.mark.parametrize("step", [DENIED, Silence(30)])
def test_a_destination_that_cannot_be_read_is_neither_a_note_nor_an_error(
    monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    queue = DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:nope")

    def script(seen: Seen) -> Step:
        return identity("123456789012") if seen.service == "sts" else step

    with Answering(script) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        assert [exists(connection_of(eic), queue) for _ in range(2)] == [None, None]
        assert [seen.service for seen in server.seen] == ["sts", "sqs"]
