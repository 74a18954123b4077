"""Notebooks as Jupyter saves them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Notebook = dict[str, Any]
Save = Callable[..., Path]
NUMBERS = itertools.count()


def code(*outputs: dict[str, Any], source: str = "1", **cell: Any) -> Notebook:
    """Return a code cell with outputs."""
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": f"a{next(NUMBERS)}",
        "metadata": {},
        "outputs": list(outputs),
        "source": [source],
        **cell,
    }


def stream(*lines: str) -> dict[str, Any]:
    """Return a stream output."""
    return {"name": "stdout", "output_type": "stream", "text": list(lines)}


def shown(**bundle: Any) -> dict[str, Any]:
    """Return a display output by MIME type, with `_` for `/` and `__` for `+`."""
    forms = {kind.replace("__", "+").replace("_", "/"): value for kind, value in bundle.items()}
    return {"output_type": "display_data", "data": forms, "metadata": {}}


def notebook_of(*cells: Notebook, **metadata: Any) -> Notebook:
    """Return a notebook with these cells."""
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Return a function that saves a notebook as Jupyter does, and returns its path."""

    def saved(*cells: Notebook, name: str = "runbook.ipynb", indent: int = 1, **metadata: Any) -> Path:
        path = tmp_path / name
        text = json.dumps(notebook_of(*cells, **metadata), indent=indent, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")
        return path

    return saved
