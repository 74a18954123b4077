"""The commands that take frames of the notebook: `compare` and `export`."""

from __future__ import annotations

from typing import Any

import pytest

import eicnb
from eicnb.changes.export.languages import LANGUAGES
from eicnb.cli.frame_verbs import COMPARE, EXPORT
from eicnb.errors import UsageError
from eicnb.fleet.compared import On
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
        "export needs the frame: a frame of the notebook",
        "%eic export ${FRAME} --language terraform",
    ),
    "no language": (
        "%eic export ${configs}",
        "export needs --language: what the text is for",
        "%eic export ${FRAME} --language terraform",
    ),
    "another language": (
        "%eic export ${configs} --language teraform",
        "--language is 'teraform', which is not one of its values",
        "terraform",
    ),
    "a name alone": (
        "%eic export configs --language aws",
        "the frame is 'configs', not a frame",
        "${audit}, a name of the notebook",
    ),
    "a number": ("%eic export ${number} --language aws", "3 is not a frame of configs", 'eicnb.list("my-function")'),
    "one frame": (
        "%eic compare ${configs}",
        "compare needs the after: another one, of a later day or of another account",
        "%eic compare ${BEFORE} ${AFTER}",
    ),
    "another key": (
        "%eic compare ${configs} ${configs} --on function",
        "--on is 'function', which is not one of its values",
        "function_arn",
    ),
    "no frame to compare": ("%eic compare ${configs} ${number}", "after is 3, not a frame of configs", "eicnb.audit()"),
    "a variable of a shell": (
        "%eic export QUEUE=lost",
        "QUEUE=… sets a variable of a shell, and no shell reads this line",
        'name the value in a Python cell; `$QUEUE` then stands for it here\nQUEUE = "lost"',
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


def test_the_options_have_the_values_of_the_python_api() -> None:
    assert EXPORT[0].choices == tuple(language.name for language in LANGUAGES)
    assert COMPARE[0].choices == On.__args__  # type: ignore[attr-defined] # a Literal has them
