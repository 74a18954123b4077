"""The commands that take frames of the notebook: `compare` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.changes.export.languages import LANGUAGES
from eicnb.cli.frame_verbs import COMPARE, EXPORT
from eicnb.errors import UsageError
from eicnb.fleet.compared_frame import On
from tests.shell import Notebook


def test_two_frames_are_compared(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("before = %eic list my-function")
    notebook.run("%eic put my-function:BLUE --retries 1 --quiet")
    notebook.run("after = %eic list my-function")
    notebook.run("changed = %eic compare ${before} ${after}")
    assert notebook["changed"].change.tolist() == ["retries 0 -> 1, age 1h -> 6h (default)"]
    notebook.run("named = %eic compare ${before} ${after} --on function_name")
    assert notebook["named"].attrs["on"] == "function_name"


def test_a_text_is_shown_as_it_is_and_assigned_as_text(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("configs = %eic list my-function")
    shown = notebook.run("%eic export ${configs} --language eic")
    lines = eicnb.commands_for(eic.list("my-function"))
    assert notebook.printed().endswith("\n".join(lines) + "\n")
    assert str(shown) == "".join(f"{line}\n" for line in lines)
    notebook.run("text = %eic export ${configs} --language terraform")
    assert isinstance(notebook["text"], str)
    assert str(notebook["text"]) == eicnb.export(eic.list("my-function"), "terraform")


def test_a_shown_text_is_masked(notebook: Notebook, eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook.run("configs = %eic list my-function")
    monkeypatch.setenv("EICNB_REDACT", "1")
    notebook.run("%eic export ${configs} --language aws")
    assert str(eic.account_id) not in notebook.printed()


BAD: dict[str, tuple[str, str, str]] = {
    "no frame": (
        "%eic export",
        "export needs a frame, such as ${FRAME}",
        "%eic export ${FRAME} --language terraform",
    ),
    "no language": (
        "%eic export ${configs}",
        "export needs --language: language of the text",
        "%eic export ${configs} --language terraform",
    ),
    "another language": (
        "%eic export ${configs} --language teraform",
        "--language cannot be 'teraform'",
        "terraform",
    ),
    "a name alone": (
        "%eic export configs --language aws",
        "the frame is 'configs', which is text, not a DataFrame",
        "%eic export ${configs} --language aws",
    ),
    "a number": ("%eic export ${number} --language aws", "3 is not a frame of configs", 'eicnb.list("my-function")'),
    "one frame": (
        "%eic compare ${configs}",
        "compare needs a later frame, such as ${AFTER}",
        "%eic compare ${configs} ${AFTER}",
    ),
    "another key": (
        "%eic compare ${configs} ${configs} --on function",
        "--on cannot be 'function'",
        "function_arn",
    ),
    "no frame to compare": ("%eic compare ${configs} ${number}", "after is 3, not a frame of configs", "eicnb.audit()"),
    "a variable of a shell": (
        "%eic export QUEUE=lost",
        "QUEUE=… sets a shell variable, but no shell reads this line",
        'assign it in a Python cell, then write `$QUEUE` here\nQUEUE = "lost"',
    ),
}


@pytest.mark.parametrize(("line", "message", "hint"), BAD.values(), ids=BAD)
def test_a_line_that_cannot_be_run_says_what_to_type(
    notebook: Notebook, eic: eicnb.Eic, line: str, message: str, hint: str
) -> None:
    notebook.run("configs = %eic list my-function\nnumber = 3")
    error: Any = notebook.fail(line)
    assert isinstance(error, UsageError)
    assert (error.message, error.hint) == (message, hint)


PATHS = {
    "plan a.csv": ("the frame to plan", "a.csv", ['desired = pd.read_csv("a.csv")', "%eic plan ${desired}"]),
    "plan a.xlsx": ("the frame to plan", "a.xlsx", ['desired = pd.read_excel("a.xlsx")', "%eic plan ${desired}"]),
    "check a.parquet": ("the audit", "a.parquet", ["audit = %eic load a.parquet", "%eic check ${audit}"]),
    "explore a.json": ("the frame", "a.json", ['frame = pd.read_json("a.json")', "%eic explore ${frame}"]),
    "picture --kind settings a.csv": (
        "the frame",
        "a.csv",
        ['frame = pd.read_csv("a.csv")', "%eic picture --kind settings ${frame}"],
    ),
    "losses a.csv --since 7d": (
        "the audit",
        "a.csv",
        ['audit = pd.read_csv("a.csv")', "%eic losses ${audit} --since 7d"],
    ),
    "audit --resume a.csv": ("--resume", "a.csv", ['resume = pd.read_csv("a.csv")', "%eic audit --resume ${resume}"]),
    "compare a.csv b.csv": (
        "the earlier frame",
        "a.csv",
        ['before = pd.read_csv("a.csv")', 'after = pd.read_csv("b.csv")', "%eic compare ${before} ${after}"],
    ),
    "compare ${configs} b.csv": (
        "the later frame",
        "b.csv",
        ['after = pd.read_csv("b.csv")', "%eic compare ${configs} ${after}"],
    ),
}


@pytest.mark.parametrize(("line", "expected"), PATHS.items())
def test_a_path_in_place_of_a_frame_is_read_first(
    notebook: Notebook, eic: eicnb.Eic, line: str, expected: tuple[str, str, list[str]]
) -> None:
    label, path, typed = expected
    notebook.run("configs = %eic list my-function")
    error: Any = notebook.fail(f"%eic {line}")
    assert error.message == f"{label} is {path!r}, which is a file, not a DataFrame"
    imports = ["import pandas as pd"] if any("pd." in one for one in typed) else []
    assert error.hint.splitlines() == ["read the file first", *imports, *typed]


def test_the_lines_that_read_a_file_work_when_they_are_typed(
    notebook: Notebook, eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook.run("configs = %eic list my-function\nconfigs.to_csv('a b.csv', index=False)")
    for line in ("compare 'a b.csv' ${configs}", "plan 'a b.csv'", "export 'a b.csv' --language eic"):
        error: Any = notebook.fail(f"%eic {line}")
        notebook.run(error.hint.removeprefix("read the file first\n"))
    error = notebook.fail("%eic show configz")
    notebook.run(error.hint)


def test_a_name_that_no_frame_has_is_assigned_first(notebook: Notebook, eic: eicnb.Eic) -> None:
    error: Any = notebook.fail("%eic show ok")
    assert error.hint == "assign a DataFrame to a name first\naudit = %eic audit\n%eic show ${audit}"
    error = notebook.fail("%eic replay failed")
    made = "records = %eic records sqs:NAME"
    assert error.hint == f"assign a DataFrame to a name first\n{made}\n%eic replay ${{records}}"


def test_the_options_have_the_values_of_the_python_api() -> None:
    assert EXPORT[0].choices == tuple(language.name for language in LANGUAGES)
    assert COMPARE[0].choices == On.__args__  # type: ignore[attr-defined] # a Literal has them
