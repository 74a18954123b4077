"""Connections share what costs memory and sockets, and drop what they no longer use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.aws.boto import Aws
from eicnb.aws.clients import _MOST_CLIENTS
from tests.answering import Answering, config_answer


@pytest.fixture(autouse=True)
def _profiles(own_aws_files: None, tmp_path: Path) -> None:
    keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
    (tmp_path / "config").write_text("".join(f"[profile p{number}]\n{keys}" for number in range(3)))


def aws(profile: str = "p0", region: str = "us-east-1") -> Aws:
    return eicnb.connect(profile=profile, region=region, endpoint_url="http://127.0.0.1:9")._connection.aws


def http_of(of: Aws) -> Any:
    return of._client("lambda")._endpoint.http_session


def test_a_client_is_made_once_for_a_region() -> None:
    one = aws()
    assert one._client("lambda") is one._client("lambda")
    assert one._client("lambda") is not one._client("sts")
    other = one.derived(region="eu-west-1", options={})
    assert other._client("lambda") is not one._client("lambda")
    assert other.derived(region="us-east-1", options={})._client("lambda") is one._client("lambda")


def test_connections_share_the_service_models_and_the_sockets() -> None:
    one, other = aws("p0"), aws("p1")
    loaders = {id(of.session._session.get_component("data_loader")) for of in (one, other)}
    assert len(loaders) == 1
    assert http_of(one) is http_of(other)


@pytest.mark.parametrize(
    "options",
    [{"read_timeout": 5}, {"connect_timeout": 5}, {"no_verify_ssl": True}],
    ids=lambda options: next(iter(options)),
)
def test_connections_with_other_transports_have_their_own_sockets(options: dict[str, Any]) -> None:
    one = aws()
    assert http_of(one.derived(options=options)) is not http_of(one)


def test_clients_that_were_not_used_lately_are_dropped() -> None:
    one = aws()
    first = one._client("lambda")
    others = [aws("p1", f"xx-test-{number}") for number in range(_MOST_CLIENTS)]
    for other in others:
        other._client("lambda")
    assert sum(len(other._login.clients) for other in others) == _MOST_CLIENTS
    assert len(one._login.clients) == 0
    assert one._client("lambda") is not first


def test_every_connection_signs_with_its_own_keys(tmp_path: Path) -> None:
    keys = "aws_access_key_id = AKID{0}\naws_secret_access_key = b\n"
    (tmp_path / "config").write_text("".join(f"[profile p{number}]\n{keys.format(number)}" for number in range(3)))
    with Answering([config_answer()]) as server:
        several = [
            eicnb.connect(profile=f"p{number}", region="us-east-1", endpoint_url=server.url) for number in (0, 1, 2)
        ]
        for eic in [*several, *reversed(several)]:
            eic.get("my-function")
        assert [seen.access_key for seen in server.seen] == [f"AKID{number}" for number in (0, 1, 2, 2, 1, 0)]
