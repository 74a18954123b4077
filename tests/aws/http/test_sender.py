"""An audit sends its requests to botocore's endpoint, with the connection's options."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.aws.http.sender import Patience
from eicnb.errors import EicError
from tests.answering import Answer, Answering, Seen, Silence, Step
from tests.fleet.conftest import Run
from tests.fleet.lambdas import Lambda
from tests.golden.replay import write_certificate

PLACES = {
    "us-east-1": "https://lambda.us-east-1.amazonaws.com",
    "cn-north-1": "https://lambda.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1": "https://lambda.us-gov-west-1.amazonaws.com",
    "eusc-de-east-1": "https://lambda.eusc-de-east-1.amazonaws.eu",
}


@pytest.mark.parametrize("region", PLACES)
def test_the_endpoint_is_the_partition_s(region: str) -> None:
    route = eicnb.connect(region=region)._connection.aws.route(region)
    assert (route.url, route.region, route.service) == (PLACES[region], region, "lambda")
    assert isinstance(route.tls, ssl.SSLContext)
    assert route.tls.verify_mode == ssl.CERT_REQUIRED
    assert route.tls.check_hostname


@pytest.mark.parametrize(
    ("setting", "value", "url"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "true", "https://lambda-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true", "https://lambda.us-east-1.api.aws"),
        ("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:4566/base", "http://127.0.0.1:4566/base"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566", "http://127.0.0.1:4566"),
    ],
)
def test_settings_of_the_environment_apply(monkeypatch: pytest.MonkeyPatch, setting: str, value: str, url: str) -> None:
    monkeypatch.setenv(setting, value)
    assert eicnb.connect(region="us-east-1")._connection.aws.route("us-east-1").url == url


def test_a_proxy_of_the_environment_is_used_except_for_this_machine(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    with Answering(Lambda()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        frame = run(eicnb.connect(region="us-east-1", endpoint_url="http://lambda.example"))
        assert len(frame) == 3
        assert all(seen.path.startswith("http://lambda.example") for seen in proxy.seen)
    with Answering(Lambda()) as server:
        assert len(run(eicnb.connect(region="us-east-1", endpoint_url=server.url))) == 3


def test_no_part_of_a_call_shows_a_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "VERYSECRET")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "VERYTOKEN")
    eic = eicnb.connect(region="us-east-1", endpoint_url="http://127.0.0.1:9")
    shown = repr(eic._connection.aws.keys()) + repr(eic._connection.aws.route("us-east-1"))
    assert "VERY" not in shown


def test_unsigned_calls_have_no_signature(run: Run) -> None:
    with Answering(Lambda()) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url).derive(no_sign_request=True)
        eic._connection.aws.note_account("123456789012")
        assert len(run(eic)) == 3
        assert not [seen for seen in server.seen if "Authorization" in seen.headers]


def test_a_path_in_the_endpoint_stays_in_front(run: Run) -> None:
    service = Lambda()

    def below(seen: Seen) -> Step:
        assert seen.service == "sts" or seen.path.startswith("/base/2")
        return service(replace(seen, path=seen.path.removeprefix("/base")))

    with Answering(below) as server:
        assert len(run(eicnb.connect(region="us-east-1", endpoint_url=f"{server.url}/base"))) == 3


@pytest.fixture
def tls_server(tmp_path: Path) -> Any:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    write_certificate(certificate, key)
    answering = Answering(Lambda())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    answering._server.socket = context.wrap_socket(answering._server.socket, server_side=True)
    with answering:
        yield answering.url.replace("http:", "https:"), certificate


@pytest.mark.parametrize("way", ["ca_bundle", "no_verify_ssl", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")  # botocore calls STS, and warns
def test_a_connection_decides_which_certificates_are_trusted(
    run: Run, tls_server: Any, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = tls_server
    eic = eicnb.connect(region="us-east-1", endpoint_url=url)
    if way.isupper():
        monkeypatch.setenv(way, str(certificate))
    else:
        eic = eic.derive(ca_bundle=str(certificate)) if way == "ca_bundle" else eic.derive(no_verify_ssl=True)
    assert len(run(eic)) == 3


def test_a_certificate_of_no_trusted_authority_is_refused(run: Run, tls_server: Any) -> None:
    url, _ = tls_server
    eic = eicnb.connect(region="us-east-1", endpoint_url=url)
    eic._connection.aws.note_account("123456789012")
    frame = run(eic, errors="rows")
    assert list(frame.scan_state) == ["failed"]
    assert "CERTIFICATE_VERIFY_FAILED" in frame.error[0]


def test_a_given_session_keeps_its_timeouts() -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    assert eicnb.connect(boto3_session=session)._connection.aws.route("us-east-1").read_timeout == 60
    assert eicnb.connect(region="us-east-1")._connection.aws.route("us-east-1").read_timeout == 60
    patient = eicnb.connect(region="us-east-1").derive(read_timeout=0, connect_timeout=7)
    assert patient._connection.aws.route("us-east-1").read_timeout is None
    assert patient._connection.aws.route("us-east-1").connect_timeout == 7


def test_a_key_that_no_header_can_contain_is_refused_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID\nX: y")
    with pytest.raises(EicError, match="the access key has a space, a line break") as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url="http://127.0.0.1:9"))
    assert "X: y" not in str(raised.value)


def test_a_refused_certificate_is_one_line_and_is_not_tried_again(run: Run, tls_server: Any) -> None:
    url, _ = tls_server
    frame = run(eicnb.connect(region="us-east-1", endpoint_url=url), errors="rows")
    [error], reason = frame.error, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
    assert error.splitlines() == [
        f"ListFunctions was not sent: the TLS certificate of {url.removeprefix('https://')} was refused: {reason}",
        "Try: give the certificates that your network uses: --ca-bundle PATH, or the variable AWS_CA_BUNDLE",
    ]
    assert frame.attrs["calls"] == 1


@pytest.mark.parametrize("speaks_tls", [False, None], ids=["no TLS", "nothing"])
def test_another_failure_of_the_connection_is_one_line_too(run: Run, *, speaks_tls: bool | None) -> None:
    with Answering(Lambda()) as server:
        port = server.url.rpartition(":")[2] if speaks_tls is False else "9"
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=f"https://127.0.0.1:{port}"), errors="rows")
    [error] = frame.error
    assert error.startswith(f"ListFunctions got no response: cannot connect to 127.0.0.1:{port}: ")
    assert len(error.splitlines()) == 2
    assert " object at 0x" not in error


PAGE = Answer(403, b"<html><body>Blocked by policy 4711</body></html>", {"Content-Type": "text/html"})


def test_the_error_page_of_a_proxy_is_shown(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    with Answering([PAGE]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        frame = run(eicnb.connect(region="us-east-1", endpoint_url="http://lambda.example"), errors="rows")
    assert "Blocked by policy 4711" in frame.error[0]


def test_a_tunnel_that_a_proxy_refuses_is_one_line_and_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    with Answering([PAGE]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        frame = run(eicnb.connect(region="us-east-1", endpoint_url="https://lambda.example"), errors="rows")
    assert frame.error[0].splitlines()[0] == (
        "ListFunctions got no response: the proxy refused the connection with 403 Forbidden"
    )
    assert frame.attrs["calls"] == 1


def test_a_silent_proxy_runs_into_the_connect_timeout(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    with Answering([Silence(60)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        eic = eicnb.connect(region="us-east-1", endpoint_url="https://lambda.example").derive(connect_timeout=1)
        started = time.monotonic()
        frame = run(eic, errors="rows", patience=Patience(failed=0.5, response=120))
    assert time.monotonic() - started < 20
    assert frame.error[0].startswith("ListFunctions got no response: Connection timeout to host")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("call", ["get", "audit"])
def test_a_proxy_that_never_responds_runs_into_the_timeouts(
    scheme: str, call: str, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        monkeypatch.setenv(f"{scheme}_proxy", url)
        eic = eicnb.connect(region="us-east-1", endpoint_url=f"{scheme}://lambda.test")
        eic = eic.derive(connect_timeout=1, read_timeout=1)
        eic._connection.aws.note_account("123456789012")
        started = time.monotonic()
        if call == "get":
            with pytest.raises(EicError):
                eic.get("my-function")
        else:
            assert list(run(eic, errors="rows").scan_state) == ["failed"]
        assert time.monotonic() - started < 20
