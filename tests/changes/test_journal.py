"""The journal, which has every write before it is sent, its outcome afterwards, and no secret."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

import eicnb
from eicnb.changes import journal
from eicnb.errors import AwsError, ConfigurationError


def folder() -> Path:
    return Path(os.environ["EICNB_JOURNAL"])


def lines() -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder().iterdir()) for line in path.read_text().splitlines()]


def test_a_write_is_two_lines_of_one_file(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    intent, outcome = lines()
    arn = f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:BLUE"
    assert (intent["function"], intent["verb"], intent["by"]) == (arn, "put", eic.whoami().identity_arn.item())
    assert intent["before"] | {"last_modified": None} == {  # type: ignore[operator] # it is an object
        "maximum_retry_attempts": 0,
        "maximum_event_age_in_seconds": 3600,
        "on_failure": None,
        "on_success": None,
        "last_modified": None,
    }
    assert (outcome["id"], outcome["outcome"]) == (intent["id"], "applied")


def test_folder_and_file_are_for_their_owner_alone(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=1)
    [file] = folder().iterdir()
    assert (stat.S_IMODE(folder().stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o700, 0o600)


def test_a_refused_write_is_recorded_as_failed(eic: eicnb.Eic) -> None:
    with pytest.raises(AwsError):
        eic.update("my-function:GREEN", on_failure="lambda:nope")
    [entry] = journal.read().entries
    assert entry.outcome == "failed"
    assert entry.error is not None
    assert "is invalid" in entry.error


def test_without_a_place_for_it_nothing_is_written(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_JOURNAL", "/proc/journal")
    with pytest.raises(ConfigurationError) as refused:
        eic.put("my-function:BLUE", maximum_retry_attempts=2)
    assert str(refused.value) == (
        "nothing was written: the journal in /proc/journal cannot be written: No such file or directory\n"
        "Try: name another folder, or write without a journal\n    %env EICNB_JOURNAL=off"
    )
    monkeypatch.setenv("EICNB_JOURNAL", "~nobody-of-this-name/journal")
    with pytest.raises(ConfigurationError, match="there is no home folder for '~nobody-of-this-name/journal'"):
        eic.put("my-function:BLUE", maximum_retry_attempts=2)
    assert eic.get("my-function:BLUE").maximum_retry_attempts.item() == 0
    monkeypatch.setenv("EICNB_JOURNAL", "off")
    assert eic.put("my-function:BLUE", maximum_retry_attempts=2).maximum_retry_attempts.item() == 2
