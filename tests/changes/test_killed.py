"""A process that is killed during a write; the journal, apply and undo of the next one stay correct."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.errors import NotFound
from tests.changes.killed import POINTS

Killed = Callable[..., None]

KEYS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}


@pytest.fixture
def killed(url: str, warm_python: str) -> Killed:
    """Kill a process at a point of its write."""

    def run(point: str, what: str, which: int = 1) -> None:
        command = [warm_python, "-m", "tests.changes.killed", url, point, str(which), what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == -9, done.stderr

    return run


@pytest.fixture
def url(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a sandbox that outlives the killed process and is also this process's connection."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    eicnb.settings.choose(progress=False)
    assert eic.endpoint_url is not None
    eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=eic.endpoint_url))
    return eic.endpoint_url


def settings_of(name: str) -> dict[str, Any] | None:
    try:
        return dict(eicnb.get(name).drop(columns="last_modified").astype(object).fillna("").iloc[0])
    except NotFound:
        return None


OUTCOMES = {
    "before the intent": ([], False),
    "after the intent": (["unknown"], False),
    "before the request": (["unknown"], False),
    "after the response": (["unknown"], True),
    "after the outcome": (["applied"], True),
}
"""The journal of the next process at each point, and whether the write was carried out."""

LINES = {
    "put over a config": ("my-function:BLUE", "put my-function:BLUE --retries 2"),
    "put without one": ("my-function", "put my-function --retries 2"),
    "delete": ("my-function:BLUE", "delete my-function:BLUE"),
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("line", LINES)
def test_a_killed_write_is_recorded_correctly_and_can_be_undone(line: str, point: str, killed: Killed) -> None:
    name, command = LINES[line]
    outcomes, is_written = OUTCOMES[point]
    before = settings_of(name)
    killed(point, command)
    assert eicnb.journal().outcome.tolist() == outcomes
    assert (settings_of(name) != before) == is_written
    assert len(eicnb.undo()) == int(is_written)
    eicnb.undo().apply()
    assert settings_of(name) == before


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_apply_is_recorded_correctly_and_can_be_repeated_and_undone(
    point: str, which: int, killed: Killed
) -> None:
    before = [settings_of(f"my-function:{name}") for name in ("BLUE", "GREEN")]
    plan = eicnb.plan(eicnb.list("my-function").assign(maximum_event_age_in_seconds=77))
    killed(point, "plan", which)
    outcomes, is_written = OUTCOMES[point]
    assert eicnb.journal().outcome.tolist() == outcomes + ["applied"] * (which - 1)
    done = which - 1 + int(is_written)
    runs = set(eicnb.journal().run)
    assert len(runs) == min(1, len(eicnb.journal()))
    undo = eicnb.undo()
    assert len(undo) == done
    assert plan.apply().outcome.tolist() == ["none"] * done + ["applied"] * (2 - done)
    for run in eicnb.journal().run.drop_duplicates():
        eicnb.undo(run).apply()
    assert [settings_of(f"my-function:{name}") for name in ("BLUE", "GREEN")] == before
