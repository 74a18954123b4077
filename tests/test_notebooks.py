"""Every notebook runs from top to bottom in a new kernel, with the same outputs as committed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAME = re.compile(r"\b(?:p-[0-9a-f]{12}|r-[0-9a-f]{8,12})\b")
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\+00:00)?")


def shown(notebook: Any) -> Iterator[tuple[str, str]]:
    """The source of each code cell, and its outputs without times and names of plans and runs."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts = [
                output.get("text") or output.get("data", {}).get("text/plain") or "\n".join(output.get("traceback", ()))
                for output in cell.outputs
            ]
            text = re.sub(r" +", " ", NAME.sub("NAME", TIME.sub("TIME", "\n".join(parts))))
            yield cell.source, re.sub(r"\n+", "\n", text)  # a stream arrives in parts of varying size


def hurried(path: Path) -> Any:
    """A notebook whose audits do not wait, since the embedded AWS has no rate limit."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = re.sub(r"^rate = 10 ", "rate = 500 ", cell.source, flags=re.MULTILINE)
    return notebook


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_run_again_shows_what_was_committed(path: Path, warm_kernels: None) -> None:
    committed, again = hurried(path), hurried(path)
    NotebookClient(
        again, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    assert list(shown(again)) == list(shown(committed))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_committed_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count is None] == []
    assert not re.search(r"file:///|/home/|127\.0\.0\.1:\d+", path.read_text(encoding="utf-8"))
