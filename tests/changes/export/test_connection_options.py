from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.client.eic import Eic

ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture(autouse=True)
def profiles(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = eu-west-1\n[profile test]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def between(used: Eic, other: Eic) -> ConnectionOptions:
    return ConnectionOptions.between(used._connection, other._connection)


def connected(profile: str | None = None, **options: Any) -> eicnb.Eic:
    return eicnb.connect(profile, **{"region": "us-east-1", **options})


Make = Callable[[], eicnb.Eic]
CASES: list[tuple[Make, Callable[[eicnb.Eic], eicnb.Eic], ConnectionOptions]] = [
    (connected, lambda used: used, ConnectionOptions()),
    (connected, lambda used: used.derive(region="eu-west-1"), ConnectionOptions({"region": "eu-west-1"})),
    (connected, lambda used: used.derive(region=None, read_timeout=0), ConnectionOptions({"read_timeout": 0})),
    (connected, lambda used: used.derive(role_arn=ROLE), ConnectionOptions({"role_arn": ROLE}, is_complete=False)),
    (connected, lambda _: connected(), ConnectionOptions(is_complete=False)),
    (connected, lambda _: connected("prod"), ConnectionOptions({"profile": "prod", "region": "us-east-1"})),
    (
        lambda: connected("test"),
        lambda _: connected("prod", role_arn=ROLE),
        ConnectionOptions({"profile": "prod", "region": "us-east-1"}, is_complete=False),
    ),
    (lambda: connected("test"), lambda _: connected(), ConnectionOptions(is_complete=False)),
    (
        lambda: connected(endpoint_url="http://127.0.0.1:1"),
        lambda _: connected("prod"),
        ConnectionOptions({"profile": "prod", "region": "us-east-1"}, is_complete=False),
    ),
]


@pytest.mark.parametrize(("used", "other", "options"), CASES)
def test_the_options_from_the_connection_in_use(
    used: Make, other: Callable[[eicnb.Eic], eicnb.Eic], options: ConnectionOptions
) -> None:
    here = used()
    assert between(here, other(here)) == options


def test_the_way_back_and_to_another_sandbox(eic: eicnb.Eic) -> None:
    europe = eic.derive(region="eu-west-1")
    assert between(europe, eic) == ConnectionOptions({"region": "us-east-1"})
    assert between(europe, eic.derive(region="us-west-2")) == ConnectionOptions({"region": "us-west-2"})
    other = eicnb.sandbox()
    assert between(eic, other) == ConnectionOptions(is_complete=False)
    assert between(eic, connected("prod")) == ConnectionOptions(is_complete=False)
    assert between(connected(), eic) == ConnectionOptions(is_complete=False)
