from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eicnb.errors import EicError, UsageError
from eicnb.scrub.files import Saved
from tests.scrub.conftest import Save, code, notebook_of, stream

SAVED = "Try: give a file that Jupyter saved"
AGAIN = "Try: open it in Jupyter and save it"
NOT_A_NOTEBOOK = [
    (b"", f"is not a notebook: it is not JSON: Expecting value in line 1, column 1\n{SAVED}"),
    (b"print(1)\n", f"is not a notebook: it is not JSON: Expecting value in line 1, column 1\n{SAVED}"),
    (b'{"cells": [', f"is not a notebook: it is not JSON: Expecting value in line 1, column 12\n{SAVED}"),
    (b"\xff\xfe", f"is not a notebook: it is not UTF-8\n{SAVED}"),
    (b"[" * 100_000, f"is not a notebook: it is nested too deeply\n{SAVED}"),
    (b"1" * 5000, f"is not a notebook: a number in it is too long\n{SAVED}"),
    (b"[]", f"is not a notebook: it has no nbformat\n{SAVED}"),
    (b'{"name": "x"}', f"is not a notebook: it has no nbformat\n{SAVED}"),
    (b'{"nbformat": "4"}', f"is not a notebook: it has no nbformat\n{SAVED}"),
    (
        b'{"nbformat": 3, "worksheets": []}',
        ("has notebook format 3; eicnb reads format 4\nTry: jupyter nbconvert --to notebook --inplace NOTEBOOK"),
    ),
    (b'{"nbformat": 5}', "has notebook format 5; eicnb reads format 4\nTry: pip install --upgrade eicnb"),
    (b'{"nbformat": 4}', f"is not a notebook: it has no list of cells\n{AGAIN}"),
    (b'{"nbformat": 4, "cells": [1]}', f"is not a notebook: it has no list of cells\n{AGAIN}"),
    (b'{"nbformat": 4, "cells": [], "metadata": []}', f"is not a notebook: its metadata is not an object\n{AGAIN}"),
    (b'{"nbformat": 4, "cells": [{}]}', f"is not a notebook: cell 1 has no source\n{AGAIN}"),
]
BAD_CELLS: list[tuple[dict[str, Any], str]] = [
    ({"source": [1]}, "has no source"),
    ({"metadata": None}, "has metadata that is not an object"),
    ({"outputs": {}}, "has outputs that are not a list of objects"),
    ({"outputs": ["x"]}, "has outputs that are not a list of objects"),
    ({"outputs": [{"data": []}]}, "has an invalid output"),
    ({"outputs": [{"text": 1}]}, "has an invalid output"),
    ({"attachments": []}, "has attachments that are not objects"),
    ({"attachments": {"x.png": "x"}}, "has attachments that are not objects"),
]


@pytest.mark.parametrize(("content", "message"), NOT_A_NOTEBOOK)
def test_anything_but_a_notebook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        Saved.read(path)
    assert str(caught.value) == f"{path} {message}"
    assert path.read_bytes() == content


@pytest.mark.parametrize(("cell", "fault"), BAD_CELLS)
def test_the_first_invalid_cell_is_named(save: Save, cell: dict[str, Any], fault: str) -> None:
    path = save(code(), {**code(), **cell})
    with pytest.raises(UsageError) as caught:
        Saved.read(path)
    assert str(caught.value) == f"{path} is not a notebook: cell 2 {fault}\n{AGAIN}"


@pytest.mark.parametrize("kind", ["missing", "directory"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "directory" else tmp_path / "missing.ipynb"
    why = "Is a directory" if kind == "directory" else "No such file or directory"
    with pytest.raises(EicError) as caught:
        Saved.read(path)
    assert str(caught.value) == f"{path} cannot be read: {why}\nTry: check the path"


def test_a_file_that_cannot_be_written_is_unchanged(save: Save, tmp_path: Path) -> None:
    path = save(code(stream("x")))
    saved = Saved.read(path)
    path.rename(tmp_path / "moved.ipynb")
    with pytest.raises(EicError) as caught:
        saved.write(saved.notebook)
    assert str(caught.value).startswith(f"{path} cannot be written: ")
    assert [file.name for file in tmp_path.iterdir()] == ["moved.ipynb"]


def test_a_byte_order_mark_is_ignored(save: Save) -> None:
    path = save()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert Saved.read(path).notebook == notebook_of()


def test_a_lone_surrogate_is_written_as_it_was_read(save: Save) -> None:
    path = save(code())
    path.write_text(path.read_text().replace('"1"', r'"\ud83d é"'), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    saved = Saved.read(path)
    saved.write(saved.notebook)
    assert path.read_text(encoding="utf-8") == before
