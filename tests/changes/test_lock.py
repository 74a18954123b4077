"""The lock on one config among the processes of one machine."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import pytest

from eicnb.changes.lock import locked
from eicnb.model.function import FunctionRef

TARGET = FunctionRef("my-function", "live")


def never() -> bool:
    return False


def test_one_at_a_time_holds_the_lock_on_a_config() -> None:
    held: list[str] = []

    def second() -> None:
        with locked(TARGET, never):
            held.append("second")

    with locked(TARGET, never):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        held.append("first")
    thread.join(10)
    assert held == ["first", "second"]


def test_a_stopped_wait_continues_without_the_lock() -> None:
    with locked(TARGET, never), locked(TARGET, lambda: True):
        pass


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with locked(TARGET, never):
        [folder] = tmp_path.iterdir()
        [file] = folder.iterdir()
    file.unlink()
    folder.chmod(0o777)
    with locked(TARGET, never), locked(TARGET, never):
        assert list(folder.iterdir()) == []
