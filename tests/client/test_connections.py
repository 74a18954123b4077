"""Each connection has a name, and shows its account and region."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.errors import UsageError
from tests.answering import Answering, Seen, Silence, Step, config_answer, identity

KEYS = "aws_access_key_id = a\naws_secret_access_key = b\n"
ROLE = "arn:aws:iam::222222222222:role/audit"


@pytest.fixture(autouse=True)
def _profiles(own_aws_files: None, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(f"[profile a]\nregion = us-east-1\n{KEYS}[profile b]\nregion = us-east-1\n{KEYS}")


def names() -> list[str]:
    return list(eicnb.connections().name)


def test_a_role_does_not_take_the_name_of_another_connection() -> None:
    as_role = eicnb.use(eicnb.connect(profile="a", role_arn=ROLE))
    plain = eicnb.use(eicnb.connect(profile="a"))
    assert names() == ["a/audit", "a"]
    assert eicnb.use("a") is plain
    assert eicnb.use("a/audit") is as_role
    table = eicnb.connections().set_index("name")
    assert table.role_arn["a/audit"] == ROLE
    assert table.role_arn.isna()["a"]


def test_every_connection_gets_its_own_name() -> None:
    several: tuple[dict[str, Any], ...] = (
        {"profile": "a"},
        {"profile": "a", "role_arn": ROLE},
        {"profile": "a", "role_arn": ROLE.replace("222222222222", "333333333333")},
        {"profile": "a", "endpoint_url": "http://127.0.0.1:4566"},
        {"profile": "b"},
    )
    for options in several:
        eicnb.use(eicnb.connect(**options))
    eicnb.use(eicnb.connect(profile="a").derive(read_timeout=5))
    assert len(set(names())) == 6
    assert names()[0] == "a"


def test_the_same_connection_keeps_its_name() -> None:
    for _ in range(2):
        eicnb.use(eicnb.connect(profile="a"))
        eicnb.use(eicnb.connect(profile="b"), name="prod")
    assert names() == ["a", "prod"]


def test_the_name_of_another_connection_is_refused() -> None:
    first = eicnb.use(eicnb.connect(profile="a"), name="prod")
    with pytest.raises(UsageError) as raised:
        eicnb.use(eicnb.connect(profile="b"), name="prod")
    assert str(raised.value) == (
        "the name 'prod' belongs to another connection, Eic(region='us-east-1', profile='a')\nTry: --as prod-2"
    )
    assert eicnb.use("prod") is first


def test_role_and_endpoint_are_shown() -> None:
    eic = eicnb.connect(profile="a", role_arn=ROLE, endpoint_url="http://127.0.0.1:4566")
    assert repr(eic) == (
        f"Eic(region='us-east-1', profile='a', role_arn='{ROLE}', endpoint_url='http://127.0.0.1:4566')"
    )


def test_whoami_has_no_alias_if_iam_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(seen: Seen) -> Step:
        return identity("222222222222") if seen.service == "sts" else Silence(60)

    with Answering(script) as server:
        started = time.monotonic()
        row = eicnb.connect(profile="a", endpoint_url=server.url).whoami().iloc[0]
        assert time.monotonic() - started < 20
    assert (row.account_id, row.isna().account_alias) == ("222222222222", True)


def test_a_user_in_the_endpoint_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering([config_answer()]) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url.replace("//", "//me:secret@"))
        assert len(eicnb.connect(profile="a").get("my-function")) == 1
