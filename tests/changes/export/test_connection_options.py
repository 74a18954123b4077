from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.changes.export.connection_options import Way
from eicnb.client.eic import Eic

ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture(autouse=True)
def profiles(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = eu-west-1\n[profile test]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def between(used: Eic, other: Eic) -> Way:
    return Way.between(used._connection, other._connection)


def connected(profile: str | None = None, **options: Any) -> eicnb.Eic:
    return eicnb.connect(profile, **{"region": "us-east-1", **options})


Make = Callable[[], eicnb.Eic]
WAYS: list[tuple[Make, Callable[[eicnb.Eic], eicnb.Eic], Way]] = [
    (connected, lambda used: used, Way()),
    (connected, lambda used: used.derive(region="eu-west-1"), Way({"region": "eu-west-1"})),
    (connected, lambda used: used.derive(region=None, read_timeout=0), Way({"read_timeout": 0})),
    (connected, lambda used: used.derive(role_arn=ROLE), Way({"role_arn": ROLE}, is_whole=False)),
    (connected, lambda _: connected(), Way(is_whole=False)),
    (connected, lambda _: connected("prod"), Way({"profile": "prod", "region": "us-east-1"})),
    (
        lambda: connected("test"),
        lambda _: connected("prod", role_arn=ROLE),
        Way({"profile": "prod", "region": "us-east-1"}, is_whole=False),
    ),
    (lambda: connected("test"), lambda _: connected(), Way(is_whole=False)),
    (
        lambda: connected(endpoint_url="http://127.0.0.1:1"),
        lambda _: connected("prod"),
        Way({"profile": "prod", "region": "us-east-1"}, is_whole=False),
    ),
]


@pytest.mark.parametrize(("used", "other", "way"), WAYS)
def test_the_way_from_the_connection_in_use(used: Make, other: Callable[[eicnb.Eic], eicnb.Eic], way: Way) -> None:
    here = used()
    assert between(here, other(here)) == way


def test_the_way_back_and_to_another_sandbox(eic: eicnb.Eic) -> None:
    europe = eic.derive(region="eu-west-1")
    assert between(europe, eic) == Way({"region": "us-east-1"})
    assert between(europe, eic.derive(region="us-west-2")) == Way({"region": "us-west-2"})
    other = eicnb.sandbox()
    assert between(eic, other) == Way(is_whole=False)
    assert between(eic, connected("prod")) == Way(is_whole=False)
    assert between(connected(), eic) == Way(is_whole=False)
