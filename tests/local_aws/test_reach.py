"""A sandbox cannot read, change or reset another one in the same process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop


@pytest.fixture(scope="module")
def one() -> Iterator[Shop]:
    with Sandbox(account_id="777711112222") as sandbox:
        yield Shop(sandbox)


@pytest.fixture(scope="module")
def other() -> Iterator[Shop]:
    """Another sandbox, with a resource in each service that the first one must not reach."""
    with Sandbox(account_id="777733334444") as sandbox:
        shop = Shop(sandbox)
        shop.client("s3").create_bucket(Bucket="of-the-other")
        shop.client("s3").put_object(Bucket="of-the-other", Key="note", Body=b"mine")
        yield shop


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/of-the-other/note", {}),
        ("GET", "//of-the-other/note", {}),
        ("GET", "/%6ff-the-other/note", {}),
        ("GET", "/x/../of-the-other/note", {}),
        ("GET", "/of-the-other?list-type=2", {}),
        ("GET", "/of-the-other/note?X-Amz-Credential=k/20261101/us-east-1/s3/aws4_request&X-Amz-Signature=0", {}),
        ("GET", "/note", {"Host": "of-the-other.localhost"}),
        ("GET", "/note", {"Host": "www.OF-the-other.localhost:80"}),
        ("PUT", "/of-the-other/note", {}),
        ("DELETE", "/of-the-other/note", {}),
        ("GET", "/of-the-other/note", {"X-Moto-Account-Id": "777733334444"}),
    ],
)
def test_a_bucket_of_another_is_not_there(
    one: Shop, other: Shop, method: str, target: str, headers: dict[str, str]
) -> None:
    reply = one.send(method, target, "new" if method == "PUT" else None, headers=headers)
    assert reply.status == 404
    assert "NoSuchBucket" in reply.body
    assert other.client("s3").get_object(Bucket="of-the-other", Key="note")["Body"].read() == b"mine"


def test_an_object_of_another_is_not_copied(one: Shop, other: Shop) -> None:
    bucket = f"shop-events-us-east-1-{one.account_id}"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        one.client("s3").copy_object(Bucket=bucket, Key="stolen", CopySource="of-the-other/note")


REACHES: list[tuple[str, Callable[[object, str], object]]] = [
    ("sns", lambda sns, arn: sns.get_topic_attributes(TopicArn=arn)),  # type: ignore[attr-defined] # boto3 makes them
    ("sns", lambda sns, arn: sns.delete_topic(TopicArn=arn)),  # type: ignore[attr-defined] # boto3 makes them
    ("sns", lambda sns, arn: sns.publish(TopicArn=arn, Message="x")),  # type: ignore[attr-defined] # boto3 makes them
    (
        "events",
        lambda events, arn: events.put_events(  # type: ignore[attr-defined] # boto3 makes them
            Entries=[{"EventBusName": arn, "Source": "s", "DetailType": "d", "Detail": "{}"}]
        ),
    ),
]


@pytest.mark.parametrize(("service", "call"), REACHES)
def test_an_arn_of_another_is_refused(
    one: Shop, other: Shop, service: str, call: Callable[[object, str], object]
) -> None:
    kind = "shop-alerts" if service == "sns" else "event-bus/shop"
    with pytest.raises(ClientError) as caught:
        call(one.client(service), f"arn:aws:{service}:us-east-1:{other.account_id}:{kind}")
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        f"Account {other.account_id} belongs to another eicnb sandbox, which grants no access across accounts."
    )
    assert len(other.client("sns").list_topics()["Topics"]) == 3


def test_a_queue_url_of_another_is_a_queue_of_ones_own(one: Shop, other: Shop) -> None:
    other.client("sqs").create_queue(QueueName="of-the-other")
    url = f"{one.sandbox.url}/{other.account_id}/of-the-other"
    with pytest.raises(ClientError, match=r"NonExistentQueue|does not exist"):
        one.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])


def test_a_message_may_name_any_account(one: Shop, other: Shop) -> None:
    sqs = one.client("sqs")
    url = sqs.get_queue_url(QueueName="shop-failures")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=other.arn("checkout"))
    bucket = f"shop-events-us-east-1-{one.account_id}"
    one.client("s3").put_object(Bucket=bucket, Key="k", Body=other.arn("checkout").encode())
    assert one.client("s3").head_object(Bucket=bucket, Key="k")["ContentLength"] > 0
