"""Two sandboxes in one process share no state, and a stopped one leaves none behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from eicnb.errors import ConfigurationError
from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop

Open = Callable[[], Shop]


def test_each_sandbox_is_an_account_of_its_own(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    assert one.account_id != other.account_id
    for shop in (one, other):
        assert shop.client("sts").get_caller_identity()["Account"] == shop.account_id
        assert shop.client("sts", key="AKIAANOTHER").get_caller_identity()["Account"] == shop.account_id


def test_lambda_configs_stay_apart(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    one.config_of("PUT", "newsletters", {"MaximumRetryAttempts": 0})
    assert one.config_of("GET", "newsletters").status == 200
    assert other.config_of("GET", "newsletters").status == 404


def test_queues_buckets_topics_and_buses_stay_apart(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    one.client("sqs").create_queue(QueueName="mine")
    one.client("s3").create_bucket(Bucket="mine-alone")
    one.client("sns").create_topic(Name="mine")
    one.client("events").create_event_bus(Name="mine")
    queues = other.client("sqs").list_queues()["QueueUrls"]
    buckets = [bucket["Name"] for bucket in other.client("s3").list_buckets()["Buckets"]]
    topics = [topic["TopicArn"] for topic in other.client("sns").list_topics()["Topics"]]
    buses = [bus["Name"] for bus in other.client("events").list_event_buses()["EventBuses"]]
    assert not [name for name in (*queues, *buckets, *topics, *buses) if "mine" in name]
    assert buckets == [f"shop-events-{region}-{other.account_id}" for region in ("us-east-1", "eu-west-1")]


def test_a_stopped_sandbox_gives_its_account_back_empty(open_shop: Open) -> None:
    first = open_shop()
    account_id = first.account_id
    first.client("s3").create_bucket(Bucket="left-behind")
    first.client("s3").put_object(Bucket="left-behind", Key="k", Body=b"x")
    first.client("sqs").create_queue(QueueName="left-behind")
    first.client("dynamodb").create_table(
        TableName="left-behind",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    first.sandbox.stop()
    second = open_shop()
    assert second.account_id == account_id
    assert second.client("dynamodb").list_tables()["TableNames"] == []
    assert "QueueUrls" not in second.client("sqs").list_queues(QueueNamePrefix="left")
    second.client("s3").create_bucket(Bucket="left-behind")
    assert second.client("s3").list_objects_v2(Bucket="left-behind")["KeyCount"] == 0


def test_stopping_one_leaves_the_objects_of_the_other(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    bucket = f"shop-events-us-east-1-{other.account_id}"
    other.client("s3").put_object(Bucket=bucket, Key="k", Body=b"kept")
    one.sandbox.stop()
    assert other.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"kept"


def test_an_account_id_may_be_asked_for_and_is_then_taken() -> None:
    with Sandbox(account_id="210987654321") as sandbox:
        assert sandbox.account_id == "210987654321"
        with pytest.raises(ConfigurationError) as caught:
            Sandbox(account_id="210987654321").start()
    assert str(caught.value) == (
        "Account 210987654321 belongs to a sandbox that is running.\n"
        "Try: stop that sandbox first, or leave account_id out"
    )
    with Sandbox(account_id="210987654321") as again:
        assert again.account_id == "210987654321"


def test_an_account_id_has_12_digits() -> None:
    with pytest.raises(ConfigurationError, match=r"^'12345' is not an AWS account id\.\nTry: give 12 digits$"):
        Sandbox(account_id="12345").start()


def test_a_bucket_of_one_is_not_there_in_another(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    one.client("s3").create_bucket(Bucket="only-here")
    one.client("s3").put_object(Bucket="only-here", Key="note", Body=b"mine")
    for call in ("head_bucket", "list_objects_v2", "delete_bucket"):
        with pytest.raises(ClientError, match=r"NoSuchBucket|404"):
            getattr(other.client("s3"), call)(Bucket="only-here")
    assert one.client("s3").get_object(Bucket="only-here", Key="note")["Body"].read() == b"mine"


def test_a_name_that_looks_like_a_region_is_a_name(open_shop: Open) -> None:
    lookup = open_shop().client("lambda").get_function_event_invoke_config
    with pytest.raises(ClientError, match="function:my-function-1:live doesn't have an EventInvokeConfig"):
        lookup(FunctionName="my-function-1:live")
