"""Loads the fixtures for `eicnb/` as well, whose doctests a conftest in `tests/` would not reach."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.plugin")
