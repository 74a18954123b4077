"""Only the latest receipt of a message in flight can delete it or change its visibility."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    with Sandbox() as sandbox:
        yield Shop(sandbox).client("sqs")


@pytest.fixture
def queue(sqs: Any, request: pytest.FixtureRequest) -> str:
    """A queue with one message."""
    name = f"q-{abs(hash(request.node.name))}"
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")
    return url


def receipt(sqs: Any, queue: str, seconds: int = 30) -> str:
    """Receive the message, which then stays hidden for some seconds, and return its receipt."""
    [message] = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=seconds)["Messages"]
    handle: str = message["ReceiptHandle"]
    return handle


def give_back(sqs: Any, queue: str, handle: str) -> None:
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)


def messages(sqs: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(map(int, sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values()))


def test_the_latest_receipt_deletes(sqs: Any, queue: str) -> None:
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=receipt(sqs, queue))
    assert messages(sqs, queue) == 0


def test_a_receipt_that_was_given_back_deletes_nothing(sqs: Any, queue: str) -> None:
    handle = receipt(sqs, queue)
    give_back(sqs, queue, handle)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert messages(sqs, queue) == 1


def test_an_older_receipt_deletes_nothing_while_another_holds_the_message(sqs: Any, queue: str) -> None:
    older = receipt(sqs, queue)
    give_back(sqs, queue, older)
    latest = receipt(sqs, queue)
    response = sqs.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "ReceiptHandle": older}])
    assert [entry["Id"] for entry in response["Successful"]] == ["1"]
    assert messages(sqs, queue) == 1
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=latest)
    assert messages(sqs, queue) == 0


def test_a_receipt_runs_out_with_its_visibility(sqs: Any, queue: str) -> None:
    handle = receipt(sqs, queue, seconds=0)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert messages(sqs, queue) == 1


def test_an_older_receipt_holds_nothing(sqs: Any, queue: str) -> None:
    older = receipt(sqs, queue)
    give_back(sqs, queue, older)
    receipt(sqs, queue)
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        give_back(sqs, queue, older)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_deleting_twice_is_no_error(sqs: Any, queue: str) -> None:
    handle = receipt(sqs, queue)
    for _ in range(2):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert messages(sqs, queue) == 0
