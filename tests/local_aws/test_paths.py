"""moto's private API cannot be reached, however its path is written."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from eicnb.local_aws.paths import is_private
from tests.local_aws.conftest import Shop

DISGUISES = [
    "/moto-api/{}",
    "/%6doto-api/{}",
    "/%6Doto%2Dapi/{}",
    "/%6d%6f%74%6f%2d%61%70%69/{}",
    "/%256doto-api/{}",
    "/%25256doto-api/{}",
    "/Moto-API/{}",
    "//moto-api/{}",
    "///moto-api//{}",
    "/%2fmoto-api/{}",
    "/%2Fmoto-api%2F{}",
    "/./moto-api/{}",
    "/%2e/moto-api/{}",
    "/../moto-api/{}",
    "/x/../moto-api/{}",
    "/x/%2e%2e/moto-api/{}",
    "/x/%252e%252e/moto-api/{}",
    "/x%2f..%2fmoto-api/{}",
    "/x/..\\moto-api/{}",
    "/moto-api/./{}",
    "/moto-api/x/../{}",
    "http://127.0.0.1/moto-api/{}",
    "http:/moto-api/{}",
    "x:/moto-api/{}",
    "//127.0.0.1/../moto-api/{}",
]
ENDS = ["", "data.json", "reset", "recorder/start-recording", "recorder/download-recording", "config", "seed?a=1"]


def sent(shop: Shop, method: str, target: str, service: str | None = None) -> bytes:
    """Send a request line unchanged, and return the response."""
    signed = f"Authorization: AWS4-HMAC-SHA256 Credential=k/20261101/us-east-1/{service}/aws4_request\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(shop.sandbox.url).port), timeout=60) as connection:
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{signed if service else ''}"
        connection.sendall(f"{head}Content-Length: 0\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("end", ENDS)
def test_a_private_path_is_told_from_others_in_any_spelling(disguise: str, end: str) -> None:
    path = disguise.removeprefix("http://127.0.0.1").removeprefix("http:").removeprefix("x:")
    assert is_private(path.format(end.partition("?")[0]))


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("service", [None, "s3", "motoapi"])
def test_no_spelling_reads_or_resets_moto(seeded: Shop, disguise: str, service: str | None) -> None:
    for method, end in (("GET", "data.json"), ("POST", "reset")):
        status, _, rest = sent(seeded, method, disguise.format(end), service).partition(b"\r\n")
        assert status.startswith(b"HTTP/1.1 404 ")
        assert b"is not an operation of the Lambda API" in rest or b"<Code>UnknownOperationException" in rest
    assert len(seeded.client("sqs").list_queues()["QueueUrls"]) == 8


def test_no_page_writes_a_file_into_the_folder(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_shop: Callable[[], Shop]
) -> None:
    monkeypatch.chdir(tmp_path)
    for disguise in DISGUISES:
        sent(shop, "POST", disguise.format("recorder/start-recording"))
        sent(shop, "POST", disguise.format("recorder/upload-recording"))
    open_shop().client("sqs").list_queues()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["/latest/meta-data/iam/security-credentials/", "/%6catest/api/token", "//latest/meta-data", "/favicon.ico"]
)
def test_an_instances_credentials_are_not_served(seeded: Shop, path: str) -> None:
    assert seeded.send("GET", path).status == 404


@pytest.mark.parametrize(
    "path", ["/", "/my-bucket/moto-api", "/my-bucket/latest/api", "/latest/report.csv", "/motorway"]
)
def test_other_paths_are_not_private(path: str) -> None:
    assert not is_private(path)


def test_a_key_with_any_characters_is_stored_under_its_own_name(shop: Shop) -> None:
    client, bucket = shop.client("s3"), f"shop-events-us-east-1-{shop.account_id}"
    keys = ["moto-api/reset", "a%2Fb", "100%25", "é ü", "a//b", "MiXed", "latest/meta-data/x"]
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert {client.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys} == {*keys}
