"""The audit sends requests to the same endpoint, proxy and TLS as botocore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.loaders import create_loader

import eicnb
from eicnb.aws.http.route import Route
from eicnb.errors import UsageError

CLOUD = "https://lambda.us-east-1.amazonaws.com"
PROXY = "http://127.0.0.1:3128"
MODELS = create_loader()  # botocore caches what it has read


@pytest.fixture(autouse=True)
def _keys(own_aws_files: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def route(region: str = "us-east-1", **options: Any) -> Route:
    return eicnb.connect(region=region, **options)._connection.aws.route(region)


def of_botocore(region: str) -> tuple[str, str | None]:
    """The URL and the proxy of a plain client's request."""
    session = botocore.session.Session()
    session.register_component("data_loader", MODELS)
    client = boto3.Session(botocore_session=session).client("lambda", region_name=region)
    seen: list[str] = []

    class Empty:
        def stream(self) -> Any:
            yield b"{}"

    def store(request: Any, **_: Any) -> Any:
        seen.append(request.url)
        return AWSResponse(request.url, 200, {}, Empty())  # type: ignore[arg-type] # a fake

    client.meta.events.register("before-send", store)
    client.list_functions()
    endpoint: Any = client._endpoint
    return seen[0], endpoint.http_session._proxy_config.proxy_url_for(seen[0])


ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"HTTPS_PROXY": "127.0.0.1:3128"},
    {"HTTPS_PROXY": "//127.0.0.1:3128"},
    {"https_proxy": PROXY},
    {"HTTPS_PROXY": "http://me:p%40ss@127.0.0.1:3128"},
    {"HTTPS_PROXY": PROXY, "NO_PROXY": "amazonaws.com"},
    {"HTTPS_PROXY": PROXY, "NO_PROXY": "lambda.eu-west-1.amazonaws.com"},
    {"HTTP_PROXY": PROXY},
    {"HTTP_PROXY": PROXY, "AWS_ENDPOINT_URL": "http://localstack.test:4566"},
    {"AWS_ENDPOINT_URL_LAMBDA": "https://vpce-1.lambda.us-east-1.vpce.amazonaws.com/base"},
    {"AWS_ENDPOINT_URL": "http://a.test", "AWS_ENDPOINT_URL_LAMBDA": "http://b.test"},
    {"AWS_ENDPOINT_URL": "http://a.test", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    {"AWS_USE_FIPS_ENDPOINT": "true"},
    {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    {"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true", "HTTPS_PROXY": PROXY},
]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1", "us-west-9"])
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_a_request_goes_to_the_endpoint_of_botocore(
    environment: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if region == "us-west-9" and not any(name.startswith("AWS_ENDPOINT_URL") for name in environment):
        with pytest.raises(UsageError, match="there is no region 'us-west-9' that botocore knows"):
            route(region)
        return
    url, proxy = of_botocore(region)
    found = route(region)
    assert (f"{found.url}/2015-03-31/functions", found.proxy) == (url, proxy)
    assert (found.region, found.service, bool(found.tls)) == (region, "lambda", url.startswith("https:"))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-east-1"])
def test_one_client_has_a_route_to_every_region(region: str) -> None:
    aws = eicnb.connect(region="ap-south-1")._connection.aws
    assert (aws.route(region).url, aws.route(region).region) == (route(region).url, region)
    assert aws.route("ap-south-1").url == "https://lambda.ap-south-1.amazonaws.com"
    assert len(aws._login.clients) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://127.8.9.1:9"])
@pytest.mark.parametrize("way", ["an option", "AWS_ENDPOINT_URL"])
def test_no_proxy_is_used_for_this_machine(url: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    if way == "AWS_ENDPOINT_URL":
        monkeypatch.setenv(way, url)
    aws = eicnb.connect(region="us-east-1", endpoint_url=url if way == "an option" else None)._connection.aws
    assert aws.route("us-east-1").proxy is None
    endpoint: Any = aws._client("lambda")._endpoint
    assert endpoint.http_session._proxy_config.proxy_url_for(url) is None


def test_a_user_in_the_endpoint_of_the_environment_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://me:secret@localstack.test:4566/base")
    assert route().url == "http://localstack.test:4566/base"


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_of_certificates_that_changes_is_read_again(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    trusted = Path(boto3.__file__).parents[1] / "botocore" / "cacert.pem"
    certificates = trusted.read_text().split("-----END CERTIFICATE-----")
    bundle.write_text("-----END CERTIFICATE-----".join([*certificates[:1], ""]))
    monkeypatch.setenv(variable, str(bundle))
    first: Any = route().tls
    assert len(first.get_ca_certs()) == 1
    assert route().tls is first
    bundle.write_text(trusted.read_text())
    second: Any = route().tls
    assert len(second.get_ca_certs()) > 10


def test_a_given_session_decides_on_proxy_and_timeouts() -> None:
    session = boto3.Session(region_name="us-east-1")
    config = Config(connect_timeout=3, read_timeout=4, proxies={"https": "proxy.test:8080"})
    session._session.set_default_client_config(config)
    found = route(boto3_session=session)
    assert (found.connect_timeout, found.read_timeout, found.proxy) == (3, 4, "http://proxy.test:8080")


def test_the_timeouts_are_those_of_the_aws_cli_unless_they_are_given() -> None:
    aws = eicnb.connect(region="us-east-1")._connection.aws
    assert (aws.route("us-east-1").connect_timeout, aws.route("us-east-1").read_timeout) == (60, 60)
    other = eicnb.connect(region="us-east-1").derive(connect_timeout=7, read_timeout=0)._connection.aws
    assert (other.route("us-east-1").connect_timeout, other.route("us-east-1").read_timeout) == (7, None)
