"""`%eic audit --refresh` in cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import eicnb
from tests.shell import Notebook


def test_yesterday_s_audit_is_brought_up_to_date(notebook: Notebook, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    notebook.run("yesterday = %eic audit --regions all --no-progress")
    eic.server.pass_time(86400)
    notebook.run("%eic put newsletters --retries 0")
    eic.server.pass_time(20 * 60)
    notebook.run("today = %eic audit --refresh ${yesterday} --no-progress")
    assert notebook.run("%eic compare ${yesterday} ${today}").function_name.tolist() == ["newsletters"]
    assert notebook["today"].attrs["calls"] < notebook["yesterday"].attrs["calls"]


@pytest.mark.parametrize("option", ["refresh", "resume"])
def test_the_summary_of_an_audit_into_a_folder_is_loaded_first(
    notebook: Notebook, eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook.run("summary = %eic audit --folder 'all of it' --no-progress")
    error: Any = notebook.fail(f"%eic audit --{option} ${{summary}}")
    assert error.message == f"the frame to {option} is the summary of an audit into a folder, without its rows"
    assert error.hint == "load the rows first\naudit = %eic load 'all of it'"
    notebook.run(error.hint.splitlines()[1])
    assert len(notebook["audit"]) == notebook["summary"].attrs["rows"]
