"""Starting, listening, stopping, and the responses to invalid requests."""

from __future__ import annotations

import http.client
import inspect
import io
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

import eicnb
from eicnb.errors import ConfigurationError
from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop

SERVED = (
    "PutFunctionEventInvokeConfig, UpdateFunctionEventInvokeConfig, GetFunctionEventInvokeConfig, "
    "DeleteFunctionEventInvokeConfig, ListFunctionEventInvokeConfigs, ListFunctions, GetFunction, "
    "GetFunctionConfiguration, ListAliases, GetAlias, UpdateAlias, ListVersionsByFunction, Invoke, "
    "GetFunctionConcurrency, "
    "PutFunctionConcurrency, DeleteFunctionConcurrency, GetFunctionRecursionConfig, PutFunctionRecursionConfig, "
    "ListTags, TagResource, GetPolicy, AddPermission, RemovePermission, ListEventSourceMappings, "
    "CreateEventSourceMapping, DeleteEventSourceMapping"
)


def test_it_listens_on_127_0_0_1_only(seeded: Shop) -> None:
    port = urlsplit(seeded.sandbox.url).port
    assert seeded.sandbox.url == f"http://127.0.0.1:{port}"
    # All of 127/8 is this machine, so a server on 0.0.0.0 would respond here too.
    with pytest.raises(OSError, match=r"refused|timed out|assign|unreachable"):
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_a_connection_is_kept_alive(seeded: Shop) -> None:
    parts = urlsplit(seeded.sandbox.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    ports = set()
    for method, path in [
        ("GET", "/2015-03-31/functions"),
        ("PUT", "/2019-09-25/functions/nope/event-invoke-config"),
        ("GET", "/no-such-bucket"),
        ("HEAD", "/no-such-bucket"),
        ("GET", "/2015-03-31/functions/my-function"),
    ]:
        connection.request(method, path, body="{}" if method == "PUT" else None)
        connection.getresponse().read()
        ports.add(connection.sock.getsockname()[1])
    connection.close()
    assert len(ports) == 1


def test_stopping_closes_open_connections_and_frees_the_port() -> None:
    sandbox = Sandbox().start()
    port = urlsplit(sandbox.url).port or 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/2015-03-31/functions")
    connection.getresponse().read()
    sandbox.stop()
    sandbox.stop()
    assert connection.sock.recv(1) == b""
    connection.close()
    with Sandbox(port=port) as again:
        assert again.url == f"http://127.0.0.1:{port}"


def test_a_stopped_sandbox_can_be_started_again() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            assert Shop(sandbox).send("GET", "/2015-03-31/functions").status == 200
            assert len(sandbox.requests()) == 1


def test_a_sandbox_that_does_not_run_has_no_url() -> None:
    with pytest.raises(ConfigurationError) as caught:
        _ = Sandbox().url
    assert str(caught.value) == "The sandbox is not running.\nTry: Sandbox().start()"


def test_a_port_in_use_is_named(seeded: Shop) -> None:
    port = urlsplit(seeded.sandbox.url).port or 0
    with pytest.raises(ConfigurationError) as caught:
        Sandbox(port=port).start()
    assert str(caught.value).startswith(f"The sandbox cannot listen on port {port}: ")
    assert str(caught.value).endswith(".\nTry: use port 0, which takes a free one")


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Sandbox(port=port)
    assert str(caught.value) == (
        f"The sandbox cannot listen on port {port}: the highest port is 65535.\nTry: use port 0, which takes a free one"
    )


def test_a_start_that_fails_takes_no_account(seeded: Shop) -> None:
    port = urlsplit(seeded.sandbox.url).port or 0
    with pytest.raises(ConfigurationError):
        Sandbox(port=port, account_id="111122223333").start()
    with Sandbox(account_id="111122223333") as sandbox:
        assert len(Shop(sandbox).client("sqs").list_queues()["QueueUrls"]) == 8


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/2015-03-31/functions"),
        ("POST", "/2014-11-13/functions/my-function/invoke-async/"),
        ("PATCH", "/2019-09-25/functions/my-function/event-invoke-config"),
        ("PUT", "/2015-03-31/event-source-mappings/a-mapping"),
        ("GET", "/2019-09-25/functions/a/b/event-invoke-config"),
    ],
)
def test_other_lambda_operations_are_refused_by_name(seeded: Shop, method: str, path: str) -> None:
    reply = seeded.send(method, path)
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (501, "NotImplementedException")
    message = f"The eicnb sandbox does not serve {method} {path}. Its Lambda operations are {SERVED}."
    assert reply.body == {"Type": "User", "message": message}


def test_a_signed_lambda_call_never_reaches_moto(seeded: Shop) -> None:
    client = seeded.client()
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.create_function(FunctionName="f", Role="r", Handler="h", Code={"ZipFile": b""}, Runtime="x")
    assert caught.value.response["Error"]["Code"] == "NotImplementedException"


def test_a_path_that_lambda_never_had_is_unknown(seeded: Shop) -> None:
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=k/20261101/us-east-1/lambda/aws4_request, x"}
    reply = seeded.send("GET", "/functions", headers=signed)
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


def signed_for(service: str, region: str = "us-east-1") -> dict[str, str]:
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=k/20261101/{region}/{service}/aws4_request"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", signed_for("no-such-service")),
        ("POST", "/", signed_for("sqs", "xx-nowhere-9")),
        ("POST", "/", {**signed_for("dynamodb")}),
        ("GET", "/", {"Authorization": "garbage"}),
        ("GET", "/moto-api/data.json", {}),
        ("POST", "/moto-api/reset", {}),
        ("GET", "/%ff%fe/%00", {}),
        ("DELETE", "//../..", {}),
        ("GET", "/2015-03-31/functions/%ff%00", {}),
        ("GET", "/2019-09-25/functions//event-invoke-config", {}),
        ("GET", "/2019-09-25/functions/my-function/event-invoke-config/list?MaxItems=many", {}),
    ],
)
def test_garbage_is_answered_with_a_clean_4xx(
    seeded: Shop, capfd: pytest.CaptureFixture[str], method: str, path: str, headers: dict[str, str]
) -> None:
    reply = seeded.send(method, path, headers=headers)
    assert 400 <= reply.status < 500
    assert "Traceback" not in str(reply.body)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"PUT / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_hardly_http_is_answered_and_cut(seeded: Shop, capfd: pytest.CaptureFixture[str], sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(seeded.sandbox.url).port), timeout=5) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"400" in answer.partition(b"\r\n")[0] or b"Error code: 400" in answer
    assert capfd.readouterr() == ("", "")


def test_many_callers_at_once_lose_nothing(shop: Shop) -> None:
    def put(version: int) -> int:
        return shop.config_of("PUT", f"order-events:{version}", {"MaximumRetryAttempts": 0}).status

    with ThreadPoolExecutor(16) as callers:
        assert set(callers.map(put, range(1, 61))) == {200}
    pages = shop.client().get_paginator("list_function_event_invoke_configs").paginate(FunctionName="order-events")
    assert [c["MaximumRetryAttempts"] for page in pages for c in page["FunctionEventInvokeConfigs"]] == [0] * 60


def test_requests_are_remembered_without_their_credentials(shop: Shop) -> None:
    shop.client(region="eu-west-1").get_function_configuration(FunctionName="checkout-eu", Qualifier="live")
    shop.client("sqs").list_queues()
    shop.client("sts").get_caller_identity()
    shop.send("GET", "/bucket?prefix=p&X-Amz-Credential=k&X-Amz-Signature=secret")
    log = shop.sandbox.requests()
    assert [(r.method, r.service, r.operation, r.region, r.status) for r in log] == [
        ("GET", "lambda", "GetFunctionConfiguration", "eu-west-1", 200),
        ("POST", "sqs", "ListQueues", "us-east-1", 200),
        ("POST", "sts", "GetCallerIdentity", "us-east-1", 200),
        ("GET", None, None, "us-east-1", 404),
    ]
    assert (log[0].path, log[0].query) == (
        "/2015-03-31/functions/checkout-eu/configuration",
        "Qualifier=live",
    )
    assert log[3].query == "prefix=p"


def test_importing_it_loads_neither_moto_nor_werkzeug() -> None:
    code = (
        "import sys; from eicnb.local_aws.server import Sandbox; Sandbox()\n"
        "sys.exit(bool({'moto', 'werkzeug', 'flask', 'boto3', 'botocore'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_moto_the_message_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['moto'] = None\n"
        "from eicnb.local_aws.server import Sandbox\n"
        "try: Sandbox().start()\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "ConfigurationError The sandbox needs moto.\nTry: pip install 'eicnb[sandbox]'\n"


def test_a_missing_profile_of_the_environment_does_not_disturb_it() -> None:
    code = (
        "import os\nos.environ.update(AWS_PROFILE='nope', AWS_CONFIG_FILE=os.devnull)\n"
        "from eicnb.local_aws.server import Sandbox\n"
        "with Sandbox() as sandbox: print(sandbox.account_id, os.environ['AWS_PROFILE'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "123456789012 nope\n"


def test_the_verb_starts_one_and_makes_it_the_connection_in_use() -> None:
    eic = eicnb.sandbox(region="eu-west-1")
    assert (eic.is_sandbox, eic.region, eicnb.current() is eic) == (True, "eu-west-1", True)
    assert list(inspect.signature(eicnb.sandbox).parameters) == ["region", "requests_per_second", "event_speed"]
    assert eic.server is not None
    eic.server.stop()


def test_objects_of_any_size_go_in_and_come_out(shop: Shop) -> None:
    client = shop.client("s3")
    bucket, content = f"shop-events-us-east-1-{shop.account_id}", bytes(range(256)) * 20_000
    client.upload_fileobj(io.BytesIO(content), bucket, "large")
    assert client.head_object(Bucket=bucket, Key="large")["ContentLength"] == len(content)
    assert client.get_object(Bucket=bucket, Key="large")["Body"].read() == content
