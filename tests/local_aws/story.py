"""One function of the shop: its settings, its events, and the records that they leave."""

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
    """One function of the shop, whose failures and successes go to a queue."""

    shop: Shop
    name: str = "reviews-moderation"

    def client(self, service: str = "lambda") -> Any:
        """A boto3 client, made once."""
        return _client(self.shop, service)

    def set(self, *, qualifier: str | None = None, **settings: Any) -> None:
        """Write the config of a qualifier, with the queue for both outcomes."""
        destination = {"Destination": self.shop.queue(QUEUE)}
        body = {"DestinationConfig": {"OnFailure": destination, "OnSuccess": destination}, **settings}
        assert self.shop.config_of("PUT", self.name, body, qualifier=qualifier).status == 200

    def send(self, payload: bytes = b"{}", qualifier: str | None = None) -> str:
        """Invoke it asynchronously, and return the id of the request."""
        given = {"Qualifier": qualifier} if qualifier else {}
        response = self.client().invoke(FunctionName=self.name, InvocationType="Event", Payload=payload, **given)
        assert (response["StatusCode"], response["Payload"].read()) == (202, b"")
        return str(response["ResponseMetadata"]["RequestId"])

    def received(self) -> list[Any]:
        """Take every record out of the queue."""
        return [json.loads(body) for body in self.bodies()]

    def bodies(self, queue: str = QUEUE) -> list[str]:
        """Take every message out of a queue."""
        client, url = self.client("sqs"), f"{self.shop.sandbox.url}/{self.shop.account_id}/{queue}"
        bodies = []
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies
