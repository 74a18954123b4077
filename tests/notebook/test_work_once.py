"""The work of a warm put: the files that it touches, the reads of settings, and the checks of redaction."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import eicnb
from tests.shell import Notebook

PACKAGE = Path(eicnb.__file__).parent
PUT = "put my-function --maximum-retry-attempts 0 --maximum-event-age-in-seconds 3600"


@contextmanager
def traced() -> Iterator[Counter[str]]:
    """Count the calls of this thread by file and function; the embedded AWS runs in other threads."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _argument: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE):
            calls[f"{path.relative_to(PACKAGE)}:{frame.f_code.co_name}"] += 1

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


@dataclass(frozen=True)
class Work:
    """The most that a warm put may do: files touched, reads of settings, and checks for masks."""

    files: int
    with_journal: int
    settings: int
    checks: int


WARM = [
    (f"x = %eic {PUT};", Work(files=19, with_journal=23, settings=2, checks=0)),
    (f"x = %eic {PUT}", Work(files=21, with_journal=23, settings=2, checks=1)),
    (f"%eic {PUT}", Work(files=36, with_journal=38, settings=6, checks=3)),
]


@pytest.mark.parametrize("journal", ["off", ""])
@pytest.mark.parametrize(("cell", "work"), WARM)
def test_a_warm_put_does_its_work_once(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, cell: str, work: Work, journal: str
) -> None:
    if journal:
        monkeypatch.setenv("EICNB_JOURNAL", journal)
    for _ in range(2):
        notebook.run(cell)
    with traced() as calls:
        notebook.run(cell)
    files = {name.partition(":")[0] for name in calls}
    assert calls["client/settings.py:from_environment"] == calls["redaction/masks.py:from_environment"] == 0
    assert (calls["client/settings.py:current"], calls["redaction/masks.py:hidden"]) == (work.settings, work.checks)
    assert len(files) <= (work.files if journal else work.with_journal), sorted(files)
