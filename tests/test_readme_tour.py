"""The blocks of the README's tour run on the sandbox as they stand, where they can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import eicnb
from tests.shell import Notebook, bare_notebook, notebook
from tests.test_readme import README

__all__ = ["bare_notebook", "notebook"]

TOUR = README.partition("\n## A tour\n")[2].partition("\n# Reference\n")[0]
BLOCKS = re.findall(r"(?:^ {4}\S.*\n(?: {4}.*\n)*)", TOUR, re.MULTILINE)
ELSEWHERE = ("--profile", "yesterday", "canary")
"""What no fresh sandbox has: profiles, the frame of another day, and a person to confirm a canary."""


def runnable(block: str) -> str:
    """The lines of a block without its margin and without those that need another place."""
    lines = [line.removeprefix("    ") for line in block.splitlines()]
    return "\n".join(line for line in lines if not any(word in line for word in ELSEWHERE))


def is_to_type(block: str) -> bool:
    return not block.lstrip().startswith(("UsageError", "put "))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_tour_runs_on_the_sandbox(
    notebook: Notebook, eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("audits").mkdir()
    notebook.run("import eicnb\n%config EicMagics.progress = False")
    cells = [cell for cell in map(runnable, filter(is_to_type, BLOCKS)) if cell.strip()]
    assert len(cells) > len(BLOCKS) // 2
    for cell in cells:
        notebook.run(cell)
    assert notebook["text"].startswith("# us-east-1, account ")
