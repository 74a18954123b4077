"""What Lambda delivers to in an account: the queues, topics, buckets, buses and metrics of moto.

Tested in tests/local_aws/test_deliveries.py.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.backends import get_backend

Attributes = Mapping[str, Mapping[str, str]]


class Undeliverable(Exception):
    """A failed delivery: the target is missing or unsuitable, or the message is too large."""


class MotoTargets:
    """The targets of one account; methods that deliver raise Undeliverable on failure."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def send_message(self, arn: str, body: str, attributes: Attributes | None = None) -> None:
        """Send a message to a standard queue."""
        queue = self._queue(arn)
        if queue.fifo_queue or len(body.encode()) > queue.maximum_message_size:
            raise Undeliverable(arn)
        with _refusals(arn):
            self._backend("sqs", _region(arn)).send_message(queue.name, body, message_attributes=_copied(attributes))

    def publish(self, arn: str, message: str, attributes: Attributes | None = None) -> None:
        """Publish a message to a standard topic."""
        topic = self._topic(arn)
        if topic.fifo_topic or len(message.encode()) > _LONGEST_NOTIFICATION:
            raise Undeliverable(arn)
        with _refusals(arn):
            topic.publish(message, message_attributes=_notified(attributes))

    def put_object(self, arn: str, key: str, body: str) -> None:
        """Store an object in a bucket of this account."""
        bucket = self._bucket(arn)
        with _refusals(arn):
            self._backend("s3", "aws").put_object(bucket.name, key, body.encode())

    def put_event(self, arn: str, event: Mapping[str, Any], now: float) -> None:
        """Send an event to a bus, and so to the targets of the rules that match it."""
        region = _region(arn)
        bus = self._existing(self._backend("events", region).event_buses.get(_bus_name(arn)), arn)
        message = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "account": self._account_id,
            "time": now,
            "region": region,
            **event,
        }
        for rule in list(bus.rules.values()):
            is_transformed = any("InputTransformer" in target for target in rule.targets)
            if rule.state == "ENABLED":
                with _refusals(arn):
                    rule.send_to_targets(copy.deepcopy(message), transform_input=is_transformed)

    def key_of(self, arn: str) -> str | None:
        """Return the customer-managed key of a queue, topic or bucket, or None if it has none."""
        finders = {"sqs": self._queue_key, "sns": self._topic_key, "s3": self._bucket_key}
        find = finders.get(arn.split(":")[2])
        try:
            given = find(arn) if find else None
        except Undeliverable:
            return None
        if not given or given.startswith("alias/aws/"):
            return None
        if given.startswith("arn:"):
            return given
        resource = given if given.startswith("alias/") else f"key/{given}"
        return f"arn:{arn.split(':')[1]}:kms:{_region(arn)}:{self._account_id}:{resource}"

    def put_metrics(self, region: str, points: Iterable[dict[str, Any]]) -> None:
        """Add points to Lambda's metrics."""
        self._backend("cloudwatch", region).put_metric_data("AWS/Lambda", list(points))

    def _backend(self, service: Any, region: str) -> Any:
        return get_backend(service)[self._account_id][region]

    def _queue(self, arn: str) -> Any:
        found = self._backend("sqs", _region(arn)).queues.get(_name(arn))
        return self._existing(found, arn)

    def _topic(self, arn: str) -> Any:
        return self._existing(self._backend("sns", _region(arn)).topics.get(arn), arn)

    def _bucket(self, arn: str) -> Any:
        return self._existing(self._backend("s3", "aws").buckets.get(_name(arn)), arn)

    def _existing(self, found: Any, arn: str) -> Any:
        if found is None or arn.split(":")[4] not in {"", self._account_id}:
            raise Undeliverable(arn)
        return found

    def _queue_key(self, arn: str) -> str | None:
        return self._queue(arn).kms_master_key_id or None

    def _topic_key(self, arn: str) -> str | None:
        return self._topic(arn).kms_master_key_id or None

    def _bucket_key(self, arn: str) -> str | None:
        encryption: Any = self._bucket(arn).encryption or {}
        default = encryption.get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
        key: str | None = default.get("KMSMasterKeyID")
        return key


_LONGEST_NOTIFICATION = 256 * 1024


@contextmanager
def _refusals(arn: str) -> Iterator[None]:
    """Raise Undeliverable for any error of moto or of a subscriber."""
    try:
        yield
    except Exception as error:
        raise Undeliverable(arn) from error


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[1]


def _bus_name(arn: str) -> str:
    return arn.partition("event-bus/")[2]


def _copied(attributes: Attributes | None) -> dict[str, dict[str, str]] | None:
    return {name: dict(value) for name, value in attributes.items()} if attributes else None


def _notified(attributes: Attributes | None) -> dict[str, Any] | None:
    """Return attributes in the form in which moto passes them to a topic's subscribers."""
    if not attributes:
        return None
    return {name: {"Type": value["DataType"], "Value": value["StringValue"]} for name, value in attributes.items()}
