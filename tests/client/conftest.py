"""The AWS files of a test, and one attempt a request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_aws_files(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Read settings and credentials from `config` and `credentials` in the test's own directory."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
