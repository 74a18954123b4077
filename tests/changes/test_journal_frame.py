"""The journal as a frame: a row for each write, newest first, across processes and days."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.changes.journal_frame import JOURNAL_COLUMNS
from eicnb.errors import ConfigurationError, NotFound, UsageError
from tests.shell import Notebook, bare_notebook, notebook, sent

__all__ = ["bare_notebook", "notebook", "sent"]


def file() -> Path:
    [path] = Path(os.environ["EICNB_JOURNAL"]).iterdir()
    return path


def test_without_a_write_it_has_its_columns_and_no_row() -> None:
    frame = eicnb.journal()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {c.name: c.dtype for c in JOURNAL_COLUMNS}
    assert (len(frame), frame.attrs["damaged_lines"]) == (0, 0)


def test_a_row_has_the_caller_and_the_change(eic: eicnb.Eic) -> None:
    eic.update("my-function:BLUE", maximum_retry_attempts=1)
    row = eicnb.journal().iloc[0].to_dict()
    assert datetime.now(UTC) - row.pop("time") < timedelta(minutes=1)
    assert row.pop("run").startswith("r-")
    assert {name: None if pd.isna(value) else value for name, value in row.items()} == {
        "by": eic.whoami().identity_arn.item(),
        "verb": "update",
        "function_name": "my-function",
        "qualifier": "BLUE",
        "change": "retries 0 -> 1",
        "before_maximum_retry_attempts": 0,
        "before_maximum_event_age_in_seconds": 3600,
        "before_on_failure": None,
        "before_on_success": None,
        "after_maximum_retry_attempts": 1,
        "after_maximum_event_age_in_seconds": 3600,
        "after_on_failure": None,
        "after_on_success": None,
        "outcome": "applied",
        "error": None,
        "region": "us-east-1",
        "account_id": eic.account_id,
        "function_arn": f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:BLUE",
    }


def test_the_newest_is_first_and_a_cell_is_one_run(notebook: Notebook) -> None:
    notebook.run("%eic put my-function --retries 0")
    notebook.run("%%eic\nput my-function --retries 1\ndelete my-function")
    frame = notebook.run("%eic journal")
    assert frame.verb.tolist() == ["delete", "put", "put"]
    assert frame.run[0] == frame.run[1] != frame.run[2]
    assert eicnb.journal(run=frame.run[2]).verb.tolist() == ["put"]
    assert len(notebook.run(f"%eic journal --run {frame.run[0]}")) == 2


def test_a_silent_write_is_one_request_whose_previous_config_is_unknown(notebook: Notebook, sent: Any) -> None:
    notebook.run("%eic put my-function:BLUE --retries 1;")
    assert sent() == ["PutFunctionEventInvokeConfig"]
    row = eicnb.journal().iloc[0]
    assert pd.isna(row.before_maximum_retry_attempts)
    assert row.after_maximum_retry_attempts == 1
    assert row.change.endswith(", the previous config was not read")


def test_a_refused_write_is_a_row_with_an_error(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound):
        eic.put("nope", maximum_retry_attempts=0)
    row = eicnb.journal().iloc[0]
    assert (row.outcome, row.error, row.function_name) == ("failed", "The function doesn't exist.", "nope")


def test_a_period_is_since_and_until(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    day = timedelta(days=1)
    assert [len(eicnb.journal(since=since)) for since in ("1h", "2026-01-01", day, datetime.now(UTC) + day)] == [
        *(1, 1, 1),
        0,
    ]
    assert [len(eicnb.journal(until=until)) for until in ("1h", datetime.now(UTC) + day)] == [0, 1]


def test_a_wrong_time_or_run_is_refused() -> None:
    with pytest.raises(UsageError, match="since is 'soon', which is not a time"):
        eicnb.journal(since="soon")
    with pytest.raises(UsageError, match="run is 7, not the id of a run"):
        eicnb.journal(run=7)  # type: ignore[arg-type] # it is wrong on purpose


DAMAGE = [b"", b"{", b'{"eicnb_journal": 1, "id": "x", "run"', b"null", b"[]", b'{"eicnb_journal": 2}', b"\xff\x00"]


@pytest.mark.parametrize("line", DAMAGE)
def test_a_damaged_line_is_counted_and_hides_no_other(line: bytes, eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    content = file().read_bytes()
    file().write_bytes(line + b"\n" + content + line)
    frame = eicnb.journal()
    assert (frame.outcome.tolist(), frame.attrs["damaged_lines"]) == (["applied"], 2 if line else 0)


WRONG: dict[str, Any] = {
    "verb": "get",
    "time": "0001-01-01T00:00:00+23:59",
    "function": "no function",
    "before": {"maximum_retry_attempts": 7},
    "after": 7,
    "run": None,
    "id": [],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_line_with_a_wrong_value_is_a_damaged_one(name: str, eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    intent = json.loads(file().read_text().splitlines()[0])
    file().write_text(json.dumps({**intent, name: WRONG[name]}) + "\n")
    frame = eicnb.journal()
    assert (len(frame), frame.attrs["damaged_lines"]) == (0, 1)


def test_a_write_without_an_outcome_is_unknown(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    file().write_text(file().read_text().splitlines()[0] + "\n")
    row = eicnb.journal().iloc[0]
    assert row.outcome == "unknown"
    assert row.error == "no outcome was recorded: the request is in flight, or its process was killed"


def test_a_journal_that_is_off_has_no_frame(monkeypatch: pytest.MonkeyPatch, notebook: Notebook) -> None:
    monkeypatch.setenv("EICNB_JOURNAL", "off")
    with pytest.raises(ConfigurationError) as refused:
        eicnb.journal()
    assert str(refused.value) == "the journal is off\nTry: %env EICNB_JOURNAL="
    notebook.run("%env EICNB_JOURNAL=")
    assert eicnb.config().set_index("setting").source["journal"] == "default"


def test_the_frame_says_sandbox(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    assert repr(eicnb.journal()).endswith("the journal of all writes  SANDBOX  1 row")
