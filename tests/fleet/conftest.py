"""Fake keys, and an audit with short patience and its own rate limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from eicnb.aws.http.rate_limit import Buckets
from eicnb.aws.http.sender import Patience
from eicnb.client.eic import Eic
from eicnb.fleet.audit import audit
from eicnb.fleet.progress import Progress
from eicnb.frames.frame import Frame

SHORT = Patience(throttled=1.5, failed=1.0, pause=0.02, longest_pause=0.1, response=2.0)

Run = Callable[..., Frame]


@pytest.fixture(autouse=True)
def _known_keys(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def run() -> Run:
    """An audit at 1,000 calls a second that gives up early."""
    buckets = Buckets(time.monotonic)

    def running(connections: Eic | Sequence[Eic], patience: Patience = SHORT, **options: Any) -> Frame:
        several = [connections] if isinstance(connections, Eic) else connections
        options = {"rate": 1000, "show": ignored, "buckets": buckets, **options}
        return audit([eic._connection.aws for eic in several], patience=patience, **options)

    return running


def ignored(progress: Progress) -> None:
    """Draw nothing."""
