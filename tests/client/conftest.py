"""A sandbox for many tests at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import eicnb
from eicnb.client import connections
from eicnb.client.eic import Eic


@pytest.fixture(scope="module")
def shared() -> Iterator[Eic]:
    """Return a sandbox that the tests of a module share; it is not the connection in use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_in_use", type(connections._in_use)())
        connection = eicnb.sandbox()
    yield connection
    assert connection.server is not None
    connection.server.stop()


@pytest.fixture(autouse=True)
def own_aws_files(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Read settings and credentials from `config` and `credentials` in the test's own directory."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def one_attempt(own_aws_files: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off botocore's retries, so that failures are immediate."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
