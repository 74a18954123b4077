"""A server on 127.0.0.1 that returns scripted responses and records the requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

REQUEST_ID = "11111111-2222-3333-4444-555555555555"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST"


@dataclass(frozen=True)
class Answer:
    """A complete response."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The connection is closed without a response."""


@dataclass(frozen=True)
class Silence:
    """The connection stays silent for some seconds and is then closed."""

    seconds: float


@dataclass(frozen=True)
class Stall:
    """The headers and first bytes of a response arrive, but never the rest."""

    body: bytes
    seconds: float


Step = Answer | Cut | Silence | Stall


@dataclass(frozen=True)
class Seen:
    """A received request."""

    method: str
    path: str
    access_key: str | None
    service: str | None
    headers: Mapping[str, str]
    body: bytes


Script = Callable[[Seen], Step]


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """A response in JSON."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def config_answer(**changes: Any) -> Answer:
    """The response to a get, put or update of my-function, with some members changed; None leaves one out."""
    members = {
        "LastModified": 1793534400.123,
        "FunctionArn": FUNCTION_ARN,
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
        **changes,
    }
    return as_json({key: value for key, value in members.items() if value is not None})


def fault(status: int, code: str, message: str) -> Answer:
    """An error response of Lambda."""
    headers = {"x-amzn-ErrorType": code, "x-amzn-RequestId": REQUEST_ID}
    return as_json({"Type": "User", "message": message}, status, **headers)


def identity(account_id: str) -> Answer:
    """STS's response to GetCallerIdentity."""
    xml = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{account_id}:user/me</Arn><UserId>me</UserId><Account>{account_id}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    return Answer(200, xml.encode(), {"Content-Type": "text/xml"})


class Answering:
    """The server; `script` is a list of responses, the last of which repeats, or a function of the request."""

    def __init__(self, script: Script | Sequence[Step]) -> None:
        self._script = script
        self._seen: list[Seen] = []
        self._lock = Lock()
        self.over = Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.answering = self

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def seen(self) -> list[Seen]:
        """The requests so far, in the order of arrival."""
        with self._lock:
            return list(self._seen)

    def step(self, request: Seen) -> Step:
        """Record a request, and return the next response."""
        with self._lock:
            self._seen.append(request)
            if isinstance(self._script, Sequence):
                return self._script[min(len(self._seen), len(self._script)) - 1]
            return self._script(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    answering: Answering

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnected during a request."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        step = self.server.answering.step(self._seen())
        match step:
            case Answer():
                self._say(step.status, step.headers, step.body, length=len(step.body))
            case Cut():
                self.close_connection = True
            case Silence():
                self.server.answering.over.wait(step.seconds)
                self.close_connection = True
            case Stall():
                self._say(200, {"Content-Type": "application/json"}, step.body, length=len(step.body) + 1000)
                self.server.answering.over.wait(step.seconds)
                self.close_connection = True

    def _seen(self) -> Seen:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request", self.headers.get("Authorization") or "")
        key, service = scope.groups() if scope else (None, None)
        return Seen(self.command, self.path, key, service, dict(self.headers.items()), body)

    def _say(self, status: int, headers: Mapping[str, str], body: bytes, *, length: int) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        has_body = status not in {204, 304}
        if has_body:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if has_body:
            self.wfile.write(body)
        self.wfile.flush()
