"""A function of the shop: its settings, its events, and their records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.local_aws.conftest import Shop

QUEUE = "shop-failures"


@cache
def _client(shop: Shop, service: str) -> Any:
    return shop.client(service)


@dataclass(frozen=True)
class Story:
    """A function of the shop, whose failures and successes go to a queue."""

    shop: Shop
    name: str = "reviews-moderation"

    def client(self, service: str = "lambda") -> Any:
        """Return a boto3 client, the same one for each service."""
        return _client(self.shop, service)

    def set(self, *, qualifier: str | None = None, **settings: Any) -> None:
        """Write the config of a qualifier, with the queue for both outcomes."""
        destination = {"Destination": self.shop.queue(QUEUE)}
        body = {"DestinationConfig": {"OnFailure": destination, "OnSuccess": destination}, **settings}
        assert self.shop.config_of("PUT", self.name, body, qualifier=qualifier).status == 200

    def send(self, payload: bytes = b"{}", qualifier: str | None = None) -> str:
        """Invoke the function asynchronously, and return the request id."""
        given = {"Qualifier": qualifier} if qualifier else {}
        response = self.client().invoke(FunctionName=self.name, InvocationType="Event", Payload=payload, **given)
        assert (response["StatusCode"], response["Payload"].read()) == (202, b"")
        return str(response["ResponseMetadata"]["RequestId"])

    def received(self) -> list[Any]:
        """Receive and delete every record in the queue."""
        return [json.loads(body) for body in self.bodies()]

    def bodies(self, queue: str = QUEUE) -> list[str]:
        """Receive and delete every message in a queue."""
        client, url = self.client("sqs"), f"{self.shop.sandbox.url}/{self.shop.account_id}/{queue}"
        bodies = []
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies
