"""Region and profile are found as in the AWS CLI, even where boto3 differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.errors import ConfigurationError, UsageError
from tests.answering import Answer, Answering, Seen, Step, config_answer

CONFIG = """
[default]
region = eu-north-1
aws_access_key_id = DEFAULT
aws_secret_access_key = s
[profile one]
region = eu-west-1
aws_access_key_id = ONE
aws_secret_access_key = s
[profile two]
region = eu-west-2
aws_access_key_id = TWO
aws_secret_access_key = s
[profile bare]
aws_access_key_id = BARE
aws_secret_access_key = s
"""


@pytest.fixture(autouse=True)
def _config(own_aws_files: None, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(CONFIG)


PRECEDENCE: list[tuple[dict[str, str], str, str]] = [
    ({}, "eu-north-1", "DEFAULT"),
    ({"AWS_REGION": "us-west-1"}, "us-west-1", "DEFAULT"),
    ({"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2", "DEFAULT"),
    ({"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-west-1", "DEFAULT"),
    ({"AWS_PROFILE": "one"}, "eu-west-1", "ONE"),
    ({"AWS_DEFAULT_PROFILE": "two"}, "eu-west-2", "TWO"),
    ({"AWS_PROFILE": "one", "AWS_DEFAULT_PROFILE": "two"}, "eu-west-1", "ONE"),
    ({"AWS_PROFILE": "one", "AWS_REGION": "us-west-1"}, "us-west-1", "ONE"),
    (
        {"AWS_PROFILE": "one", "AWS_ACCESS_KEY_ID": "KEYS", "AWS_SECRET_ACCESS_KEY": "s"},
        "eu-west-1",
        "KEYS",
    ),
]


@pytest.mark.parametrize(("environment", "region", "key"), PRECEDENCE, ids=str)
def test_the_environment_counts_as_for_the_aws_cli(
    environment: dict[str, str], region: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    aws = eicnb.current()._connection.aws
    assert (aws.region, aws.keys().access_key) == (region, key)


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ({"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "environment, AWS_REGION"),
        ({"AWS_DEFAULT_REGION": "us-west-2"}, "environment, AWS_DEFAULT_REGION"),
        ({}, "AWS config file"),
    ],
    ids=str,
)
def test_config_names_the_variable_that_gives_the_region(
    environment: dict[str, str], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert eicnb.config().set_index("setting").source["region"] == source


def test_a_given_profile_overrides_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEYS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert eicnb.connect(profile="two")._connection.aws.keys().access_key == "TWO"


def instance(seen: Seen) -> Step:
    """The metadata service of an EC2 instance."""
    if seen.method == "PUT":
        return Answer(200, b"token", {"x-aws-ec2-metadata-token-ttl-seconds": "21600"})
    if seen.path.endswith("/placement/availability-zone/"):
        return Answer(200, b"ap-south-1b")
    return Answer(404)


@pytest.fixture
def on_an_instance(monkeypatch: pytest.MonkeyPatch) -> object:
    with Answering(instance) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
        yield server


def test_the_region_of_the_instance_comes_last(on_an_instance: Answering) -> None:
    eic = eicnb.connect(profile="bare")
    assert repr(eic) == "Eic(profile='bare')"
    assert eicnb.use(eic) is eic
    assert on_an_instance.seen == []
    assert eic.region == "ap-south-1"
    assert eicnb.connect(profile="one").region == "eu-west-1"


def test_without_an_instance_no_region_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError) as raised:
        _ = eicnb.connect(profile="bare").region
    assert str(raised.value) == "no AWS region is set\nTry: --region us-east-1, connect(region=…) or AWS_REGION"


@pytest.mark.parametrize(
    ("region", "nearest"), [("us-west-9", "us-west-2"), ("eu-wst-1", "eu-west-1"), ("us-east1", "us-east-1")]
)
def test_an_unknown_region_is_refused_with_the_nearest(region: str, nearest: str) -> None:
    choices: tuple[Callable[[str], eicnb.Eic], ...] = (
        lambda name: eicnb.connect(region=name),
        lambda name: eicnb.connect(region="us-east-1").derive(region=name),
        lambda name: eicnb.use(eicnb.connect(boto3_session=boto3.Session(region_name=name))),
        lambda name: eicnb.sandbox(region=name),
    )
    for choose in choices:
        with pytest.raises(UsageError) as raised:
            choose(region)
        assert str(raised.value) == f"there is no region {region!r} that botocore knows\nTry: {nearest}"
        assert raised.value.argument == "region"


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_an_unknown_region_of_the_environment_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "us-west-9")
    assert eicnb.connect(region="us-west-2").region == "us-west-2"
    calls: tuple[Callable[[], Any], ...] = (
        lambda: eicnb.connect().get("my-function"),
        lambda: eicnb.connect().functions(),
    )
    for call in calls:
        with pytest.raises(UsageError) as raised:
            call()
        assert str(raised.value) == "there is no region 'us-west-9' that botocore knows\nTry: us-west-2"


def test_an_endpoint_of_the_config_file_may_have_regions_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering([config_answer()]) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", server.url)
        assert len(eicnb.connect(region="on-prem-1").get("my-function")) == 1


def test_an_endpoint_may_have_regions_of_its_own() -> None:
    with Answering([config_answer()]) as server:
        eic = eicnb.use(eicnb.connect(region="on-prem-1", endpoint_url=server.url))
        assert len(eic.get("my-function")) == 1


@pytest.mark.parametrize(("profile", "shown"), [(3, "3"), (["p"], "a list"), (b"p", "a bytes")])
def test_a_profile_that_is_not_text_is_refused(profile: Any, shown: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.connect(profile=profile)
    assert raised.value.message == f"the profile is {shown}, not text"


@pytest.mark.parametrize("name", ["region", "profile", "endpoint_url", "role_arn", "ca_bundle", "read_timeout"])
def test_an_option_of_several_values_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.connect(region="us-east-1").derive(**{name: ["a"]})
    assert raised.value.message == f"the {name} is a list, not a single value"
