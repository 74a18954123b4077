"""The commands `save`, `load` and `history` in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import UsageError
from tests.shell import Notebook


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_frame_is_saved_and_loaded(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("configs = %eic list my-function")
    assert notebook.run("%eic save ${configs} configs.parquet") == Path("configs.parquet")
    notebook.run("again = %eic load configs.parquet")
    pd.testing.assert_frame_equal(notebook["again"], notebook["configs"])


def test_the_name_of_a_file_is_a_value_of_the_notebook(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("from pathlib import Path\nday = '2026-11-25'\npath = Path('audit.parquet')")
    notebook.run("configs = %eic list my-function")
    notebook.run("%eic save ${configs} $day.parquet")
    notebook.run("%eic save ${configs} ${path}")
    assert sorted(path.name for path in Path().glob("*.parquet")) == ["2026-11-25.parquet", "audit.parquet"]


def test_a_file_is_replaced_with_its_option_alone(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("configs = %eic list my-function")
    notebook.run("%eic save ${configs} a.parquet")
    error: Any = notebook.fail("%eic save ${configs} a.parquet")
    assert str(error) == (
        "the file 'a.parquet' exists\n"
        "    %eic save ${configs} a.parquet\n"
        "                         ^^^^^^^^^\n"
        "Try: --overwrite"
    )
    notebook.run(f"%eic save ${{configs}} a.parquet {error.hint}")


@pytest.mark.parametrize("line", ["load nowhere.parquet", "history nowhere", "save ${configs} nowhere/a.parquet"])
def test_an_error_points_at_the_path(notebook: Notebook, eic: eicnb.Eic, line: str) -> None:
    notebook.run("configs = %eic list my-function")
    typed, caret = str(notebook.fail(f"%eic {line}")).splitlines()[1:3]
    assert typed[caret.index("^") : caret.rindex("^") + 1] == line.rsplit(maxsplit=1)[-1]


def test_what_changed_from_audit_to_audit(notebook: Notebook, eic: eicnb.Eic) -> None:
    Path("audits").mkdir()
    for retries in (0, 1):
        notebook.run(f"%eic put my-function:BLUE --retries {retries} --quiet")
        notebook.run("audit = %eic audit --functions my-function --no-progress --rate 1000")
        notebook.run(f"%eic save ${{audit}} audits/{retries}.parquet")
    changed = notebook.run("%eic history audits")
    assert changed.change.tolist() == ["retries 0 -> 1"]


BAD: dict[str, tuple[str, str, str]] = {
    "no file": (
        "%eic save ${configs}",
        "save needs the file: Parquet file, such as audit.parquet",
        "%eic save ${configs} FILE",
    ),
    "no frame": (
        "%eic save a.parquet",
        "the frame to save is 'a.parquet', which is a file, not a DataFrame",
        "read the file first\nframe = %eic load a.parquet\n%eic save ${frame}",
    ),
    "a name alone": (
        "%eic save configs a.parquet",
        "the frame to save is 'configs', which is text, not a DataFrame",
        "%eic save ${configs} a.parquet",
    ),
    "a file that does not exist": ("%eic load b.parquet", "the file 'b.parquet' does not exist", "a.parquet"),
    "a folder": (
        "%eic load audits",
        "the folder 'audits' has no file ACCOUNT.REGION.parquet, so it is not one audit",
        "give a file that eicnb.save wrote",
    ),
    "no folder": ("%eic history nowhere", "the folder 'nowhere' does not exist", "name the folder of the saved audits"),
}


@pytest.mark.parametrize(("line", "message", "hint"), BAD.values(), ids=BAD)
def test_a_line_that_cannot_be_run_says_what_to_type(
    notebook: Notebook, eic: eicnb.Eic, line: str, message: str, hint: str
) -> None:
    Path("audits").mkdir()
    notebook.run("configs = %eic list my-function")
    notebook.run("%eic save ${configs} a.parquet")
    error: Any = notebook.fail(line)
    assert isinstance(error, UsageError)
    assert (error.message, error.hint) == (message, hint)


@pytest.mark.parametrize("line", ["%eic load nosuch", "%eic history nosuch"])
def test_the_error_about_a_file_or_folder_points_at_it(notebook: Notebook, eic: eicnb.Eic, line: str) -> None:
    error: Any = notebook.fail(line)
    assert str(error.excerpt).splitlines() == [f"    {line}", " " * (4 + line.index("nosuch")) + "^" * len("nosuch")]
