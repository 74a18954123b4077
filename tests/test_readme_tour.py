"""The blocks of the README's tour run on the sandbox unchanged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import eicnb
from tests.shell import Notebook, bare_notebook, notebook
from tests.test_readme import README

__all__ = ["bare_notebook", "notebook"]

TOUR = README.partition("\n## A tour\n")[2].partition("\n# Reference\n")[0]
LINES_OF_TWO_SCREENS = 2 * 50
BLOCKS = re.findall(r"(?:^ {4}\S.*\n(?: {4}.*\n)*)", TOUR, re.MULTILINE)


def cell_of(block: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in block.splitlines())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_tour_runs_on_the_sandbox(
    notebook: Notebook, eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook.run("%config EicMagics.progress = False")
    cells = [cell_of(block) for block in BLOCKS if "UsageError" not in block]
    assert len(cells) == len(BLOCKS) - 1
    values = [notebook.run(cell) for cell in cells]
    assert str(values[-1]).startswith("# us-east-1, account ")


def test_the_mistake_of_the_tour_is_the_error_that_it_shows(notebook: Notebook, eic: eicnb.Eic) -> None:
    (shown,) = (cell_of(block) for block in BLOCKS if "UsageError" in block)
    line = next(line.strip() for line in shown.splitlines() if "%eic" in line)
    error = notebook.fail(line)
    assert f"{type(error).__name__}: {error}" == shown


def test_the_tour_takes_at_most_two_screens() -> None:
    assert len(TOUR.splitlines()) <= LINES_OF_TWO_SCREENS
