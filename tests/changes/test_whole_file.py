"""Atomic file writes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from eicnb.changes.whole_file import SHARED, whole_file


def test_a_file_is_there_once_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with whole_file(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"one", [path])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"before")
    with pytest.raises(TypeError, match="bytes"), whole_file(path) as file:
        file.writelines([b"after", "text"])  # type: ignore[list-item] # what fails midway
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"before", [path])


def test_a_new_version_of_a_private_file_is_private_too(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    path.touch(0o600)
    with whole_file(path, SHARED) as file:
        file.write(b"after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 255)
    with whole_file(path) as file:
        file.write(b"one")
    assert path.read_bytes() == b"one"
