"""A web page cannot use a sandbox, whatever its host name or origin; programs can."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.local_aws.conftest import Shop

CONFIG = "/2019-09-25/functions/my-function/event-invoke-config"
FUNCTIONS = "/2015-03-31/functions"
FOREIGN_HOSTS = [
    "example.com",
    "example.com:{port}",
    "127.0.0.1.example.com:{port}",
    "localhost.example.com:{port}",
    "localhost:{port}.example.com",
    "127.0.0.1@example.com:{port}",
    "notlocalhost:{port}",
    "0.0.0.0:{port}",
    "192.168.0.10:{port}",
    "[::]:{port}",
    "[2001:db8::1]:{port}",
    "127.0.0.1:{port},example.com",
    "127.0.0.1:{port}/x",
    "",
]
OWN_HOSTS = [
    "127.0.0.1:{port}",
    "127.0.0.1",
    "127.0.0.1.:{port}",
    "127.1.2.3:{port}",
    "localhost:{port}",
    "LOCALHOST:{port}",
    "LocalHost.:{port}",
    "my-bucket.localhost:{port}",
    "[::1]:{port}",
    "[0:0:0:0:0:0:0:1]:{port}",
    "[::ffff:127.0.0.1]:{port}",
]
FOREIGN_ORIGINS = [
    "null",
    "",
    "https://example.com",
    "http://example.com:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:8888",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1.example.com:{port}",
    "http://127.0.0.1:{port}.example.com",
    "http://127.0.0.1:{port}, https://example.com",
    "file://",
    "chrome-extension://127.0.0.1:{port}",
]
OWN_ORIGINS = ["http://127.0.0.1:{port}", "http://localhost:{port}", "HTTP://LOCALHOST:{port}"]
PAGES = ["cross-site", "Cross-Site", "same-site", "cross-site, none", ""]


def of(shop: Shop, text: str) -> str:
    """Return the text with the sandbox's port filled in."""
    return text.format(port=urlsplit(shop.sandbox.url).port)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_host_that_is_not_this_machine_is_refused(seeded: Shop, host: str) -> None:
    host = of(seeded, host)
    reply = seeded.send("GET", FUNCTIONS, headers={"Host": host})
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    reason = f"its Host is '{host}', and only names of this machine are served"
    assert reply.body == {"Type": "User", "message": f"The eicnb sandbox refuses this request: {reason}."}


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_a_host_of_this_machine_is_served_in_any_spelling(seeded: Shop, host: str) -> None:
    assert seeded.send("GET", FUNCTIONS, headers={"Host": of(seeded, host)}).status == 200


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_page_of_another_origin_is_refused(seeded: Shop, origin: str) -> None:
    reply = seeded.send("GET", FUNCTIONS, headers={"Origin": of(seeded, origin)})
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")


@pytest.mark.parametrize("origin", OWN_ORIGINS)
def test_a_page_of_the_sandbox_itself_is_served(seeded: Shop, origin: str) -> None:
    headers = {"Origin": of(seeded, origin), "Sec-Fetch-Site": "same-origin"}
    assert seeded.send("GET", FUNCTIONS, headers=headers).status == 200


@pytest.mark.parametrize("site", PAGES)
def test_a_request_that_a_browser_marks_as_a_pages_is_refused(seeded: Shop, site: str) -> None:
    assert seeded.send("GET", FUNCTIONS, headers={"Sec-Fetch-Site": site}).status == 403


def test_an_address_typed_into_a_browser_is_served(seeded: Shop) -> None:
    assert seeded.send("GET", FUNCTIONS, headers={"Sec-Fetch-Site": "none"}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("PUT", CONFIG, "text/plain"),
        ("POST", CONFIG, "text/plain"),
        ("DELETE", CONFIG, ""),
        ("OPTIONS", CONFIG, ""),
        ("POST", "/?Action=CreateQueue&QueueName=from-a-page", "application/x-www-form-urlencoded"),
        ("PUT", "/from-a-page", ""),
    ],
)
def test_a_page_changes_nothing(shop: Shop, method: str, path: str, content_type: str) -> None:
    headers = {"Origin": "https://example.com", "Content-Type": content_type}
    before = shop.config_of("GET", "my-function").status, shop.client("sqs").list_queues()["QueueUrls"]
    assert shop.send(method, path, {"MaximumRetryAttempts": 0}, headers=headers).status == 403
    assert (shop.config_of("GET", "my-function").status, shop.client("sqs").list_queues()["QueueUrls"]) == before
    assert "from-a-page" not in [bucket["Name"] for bucket in shop.client("s3").list_buckets()["Buckets"]]


@pytest.mark.parametrize("path", [FUNCTIONS, "/", "/no-such-bucket", "/moto-api/data.json"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("origin", [None, "https://example.com", "http://127.0.0.1:{port}"])
def test_no_response_lets_a_page_read_it(seeded: Shop, method: str, path: str, origin: str | None) -> None:
    preflight = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Private-Network": "true"}
    headers = {**preflight, **({"Origin": of(seeded, origin)} if origin else {})}
    reply = seeded.send(method, path, headers=headers)
    assert [name for name in reply.headers if name.lower().startswith("access-control-")] == []
