"""Which requests botocore retries, in both of its modes, against proxies and servers on 127.0.0.1."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

import eicnb
from eicnb.aws.retries import certainly_not_sent, may_have_arrived
from eicnb.errors import EicError
from eicnb.model.request import Request
from tests.answering import Answer, Answering, Cut, Seen, Silence, Step, config_answer, fault

THROTTLED = fault(429, "TooManyRequestsException", "Rate exceeded")
UNCERTAIN: dict[str, Step] = {
    "cut": Cut(),
    "timeout": Silence(3),
    "500": fault(500, "ServiceException", "boom"),
    "502": Answer(502, b"<html>bad gateway</html>"),
    "503": Answer(503),
    "504": Answer(504),
    "408": Answer(408),
    "302": Answer(302, b"", {"Location": "http://127.0.0.1:9/"}),
}
WRITES = ("put", "update", "delete")


@pytest.fixture(autouse=True, params=["legacy", "standard"])
def keys(request: pytest.FixtureRequest, no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    monkeypatch.setenv("AWS_RETRY_MODE", request.param)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")


def send(url: str, verb: str) -> EicError | None:
    """Send a request about my-function, and return its error."""
    connection = eicnb.connect(region="us-east-1", endpoint_url=url).derive(read_timeout=1)._connection
    settings: dict[str, Any] = {"maximum_retry_attempts": 0} if verb in {"put", "update"} else {}
    request: Request = connection.request(verb, "my-function", **settings)
    try:
        connection.send(request)
    except EicError as error:
        return error
    return None


@pytest.mark.parametrize("step", UNCERTAIN.values(), ids=UNCERTAIN)
@pytest.mark.parametrize("verb", WRITES)
def test_a_write_that_may_have_arrived_is_sent_once(verb: str, step: Step) -> None:
    with Answering([step]) as server:
        error = send(server.url, verb)
        assert len(server.seen) == 1
    assert error is not None
    assert may_have_arrived(error)


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_that_was_throttled_is_sent_again(verb: str) -> None:
    done = Answer(204) if verb == "delete" else config_answer()
    with Answering([THROTTLED, done]) as server:
        assert send(server.url, verb) is None
        assert len(server.seen) == 2


def test_botocore_decides_whether_a_read_is_retried() -> None:
    with Answering([Cut(), fault(500, "ServiceException", "boom"), config_answer()]) as server:
        assert send(server.url, "get") is None
        assert len(server.seen) == 3


@pytest.mark.parametrize("answer", [fault(400, "InvalidParameterValueException", "no"), fault(403, "AccessDenied", "")])
def test_a_refused_write_changed_nothing(answer: Answer) -> None:
    with Answering([answer]) as server:
        error = send(server.url, "put")
    assert error is not None
    assert not may_have_arrived(error)


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


UNREACHABLE: dict[str, Callable[[pytest.MonkeyPatch], str]] = {
    "a refused connection": lambda patch: f"http://127.0.0.1:{closed_port()}",
    "a name that does not resolve": lambda patch: "http://no-such-host.invalid:9",
    "a proxy that is not there": lambda patch: _behind(patch, f"http://127.0.0.1:{closed_port()}"),
}


def _behind(patch: pytest.MonkeyPatch, proxy: str) -> str:
    patch.setenv("HTTP_PROXY", proxy)
    patch.setenv("NO_PROXY", "")
    return "http://lambda.example.invalid"


@pytest.mark.parametrize("url", UNREACHABLE.values(), ids=UNREACHABLE)
def test_a_write_that_was_never_sent_did_not_arrive(
    monkeypatch: pytest.MonkeyPatch, url: Callable[[pytest.MonkeyPatch], str]
) -> None:
    error = send(url(monkeypatch), "put")
    assert error is not None
    assert error.message.startswith("PutFunctionEventInvokeConfig was not sent, so nothing was written: ")
    assert not may_have_arrived(error)


def test_a_proxy_that_reads_a_write_and_closes_may_have_passed_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def read_and_close() -> None:
            while True:
                with suppress(OSError):
                    client, _ = server.accept()
                    seen.append(client.recv(65536))
                    client.close()
                    continue
                return

        Thread(target=read_and_close, daemon=True).start()
        error = send(_behind(monkeypatch, f"http://127.0.0.1:{server.getsockname()[1]}"), "put")
        assert len(seen) == 1
    assert error is not None
    assert "got no response" in error.message
    assert may_have_arrived(error)


def test_a_tunnel_that_a_proxy_refuses_leaves_a_write_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    def no(_request: Seen) -> Step:
        return Answer(403, b"<html>blocked</html>")

    with Answering(no) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = send("https://lambda.example.invalid", "put")
    assert error is not None
    assert error.__cause__ is not None
    assert certainly_not_sent(error.__cause__)
    assert not may_have_arrived(error)
