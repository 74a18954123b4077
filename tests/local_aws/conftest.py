"""A sandbox that tests only read, sandboxes that they change, and clients for both."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from eicnb.local_aws.server import Sandbox

NOW = 1793534400.1239  # 2026-11-01, with more digits than AWS keeps


@dataclass(frozen=True)
class Reply:
    """A response as it was received."""

    status: int
    headers: dict[str, str]
    body: Any


@cache
def session_of(key: str) -> Any:
    """Return a session with these keys, which loads the model of each service once."""
    return boto3.Session(aws_access_key_id=key, aws_secret_access_key="sandbox", region_name="us-east-1")


class Shop:
    """A running sandbox and the ways to call it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.account_id = sandbox.account_id

    def client(self, service: str = "lambda", region: str = "us-east-1", key: str = "sandbox") -> Any:
        """Return a boto3 client that does not retry, and does not validate parameters."""
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, s3={"addressing_style": "path"})
        return session_of(key).client(service, region_name=region, endpoint_url=self.sandbox.url, config=config)

    def send(self, method: str, target: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Reply:
        """Send an unsigned request with exactly this target and body."""
        parts = urlsplit(self.sandbox.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.request(
            method,
            target,
            body if isinstance(body, (str, bytes, type(None))) else json.dumps(body),
            headers or {},
        )
        response = connection.getresponse()
        content = response.read()
        connection.close()
        is_json = response.headers.get("Content-Type") == "application/json"
        decoded = json.loads(content) if content and is_json else content.decode()
        return Reply(response.status, dict(response.headers.items()), decoded)

    def config_of(
        self, method: str, name: str, body: Any = None, *, qualifier: str | None = None, tail: str = ""
    ) -> Reply:
        """Send an unsigned request about an event-invoke config."""
        query = f"?Qualifier={qualifier}" if qualifier is not None else ""
        return self.send(method, f"/2019-09-25/functions/{name}/event-invoke-config{tail}{query}", body)

    def arn(self, name: str, region: str = "us-east-1") -> str:
        """Return the ARN of a function of the account."""
        return f"arn:aws:lambda:{region}:{self.account_id}:function:{name}"

    def queue(self, name: str, region: str = "us-east-1") -> str:
        """Return the ARN of a queue of the account."""
        return f"arn:aws:sqs:{region}:{self.account_id}:{name}"


@pytest.fixture(scope="session")
def seeded() -> Iterator[Shop]:
    """The sandbox as seeded, which tests only read."""
    with Sandbox(account_id="444455556666") as sandbox:
        yield Shop(sandbox)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A sandbox for one test, at a fixed time."""
    with Sandbox(now=lambda: NOW) as sandbox:
        yield Shop(sandbox)


@pytest.fixture
def open_shop() -> Iterator[Callable[[], Shop]]:
    """A function that starts more sandboxes, which are stopped after the test."""
    opened: list[Sandbox] = []

    def opening() -> Shop:
        opened.append(Sandbox().start())
        return Shop(opened[-1])

    yield opening
    for sandbox in opened:
        sandbox.stop()
