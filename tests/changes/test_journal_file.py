"""The folder and files of the journal: private, without links, safe for processes and threads."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import eicnb
from eicnb.changes import journal_file
from eicnb.errors import ConfigurationError


def folder() -> Path:
    return Path(os.environ["EICNB_JOURNAL"])


def put(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)


def refused(eic: eicnb.Eic) -> str:
    assert eic.server is not None
    sent = len(eic.server.requests())
    with pytest.raises(ConfigurationError) as caught:
        put(eic)
    operations = [request.operation for request in eic.server.requests()[sent:]]
    assert "PutFunctionEventInvokeConfig" not in operations
    assert caught.value.hint == "name another folder, or write without a journal\n%env EICNB_JOURNAL=off"
    return caught.value.message.replace(str(folder()), "FOLDER")


def test_a_symbolic_link_as_the_folder_is_refused(eic: eicnb.Eic, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder().symlink_to(tmp_path / "elsewhere")
    assert refused(eic) == (
        "nothing was written: the journal in FOLDER cannot be written: "
        f"it is a symbolic link to {tmp_path / 'elsewhere'}"
    )
    assert list((tmp_path / "elsewhere").iterdir()) == []
    with pytest.raises(ConfigurationError, match=r"cannot be read: it is a symbolic link to"):
        eicnb.journal()


def test_a_symbolic_link_as_a_file_is_not_read(eic: eicnb.Eic, tmp_path: Path) -> None:
    put(eic)
    [own] = folder().iterdir()
    foreign = tmp_path / "foreign"
    foreign.write_text(own.read_text().replace("r-", "r-0"))
    (folder() / "20260101T000000-1-aa.jsonl").symlink_to(foreign)
    os.mkfifo(folder() / "20260101T000000-2-aa.jsonl")
    frame = eicnb.journal()
    assert (len(frame), frame.attrs["unread_files"]) == (1, 2)


def test_a_file_as_the_folder_is_refused(eic: eicnb.Eic) -> None:
    folder().write_text("no folder")
    assert refused(eic) == "nothing was written: the journal in FOLDER cannot be written: Not a directory"


def test_an_open_folder_of_its_own_is_closed_to_others(eic: eicnb.Eic) -> None:
    folder().mkdir()
    folder().chmod(0o755)
    put(eic)
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


@pytest.mark.parametrize(("mode", "name"), [(0o755, "thesis.txt"), (0o777, "x.jsonl"), (0o1777, "x.jsonl")])
def test_a_folder_that_others_use_is_left_as_it_is(mode: int, name: str, eic: eicnb.Eic) -> None:
    folder().mkdir()
    (folder() / name).touch()
    folder().chmod(mode)
    reason = f"other users have access to it (mode {mode:04o})"
    assert refused(eic) == f"nothing was written: the journal in FOLDER cannot be written: {reason}"
    assert stat.S_IMODE(folder().stat().st_mode) == mode


@contextmanager
def full_disk() -> Iterator[None]:
    """Limit the journal's file to a few more bytes."""
    [file] = folder().iterdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_on_a_full_disk_nothing_is_written_and_no_part_of_a_line_stays(eic: eicnb.Eic) -> None:
    put(eic)
    with full_disk():
        message = refused(eic)
    assert message == "nothing was written: the journal in FOLDER cannot be written: File too large"
    put(eic)
    frame = eicnb.journal()
    assert (frame.outcome.tolist(), frame.attrs["damaged_lines"]) == (["applied", "applied"], 0)


def test_an_outcome_that_cannot_be_recorded_is_reported_and_the_result_is_not_lost(
    eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = journal_file.append

    def full(folder: Path, line: str, *, is_synced: bool) -> None:
        if not is_synced:
            raise OSError(28, "No space left on device")
        append(folder, line, is_synced=is_synced)

    monkeypatch.setattr(journal_file, "append", full)
    with pytest.warns(UserWarning, match="shows it as unknown: No space left on device") as warned:
        frame = eic.put("my-function", maximum_retry_attempts=0)
    assert frame.maximum_retry_attempts.tolist() == [0]
    assert str(warned[0].message).startswith("the outcome of the put of my-function, applied, could not be recorded")
    assert eicnb.journal().outcome.tolist() == ["unknown"]


def test_a_removed_file_or_folder_is_made_again(eic: eicnb.Eic) -> None:
    put(eic)
    [file] = folder().iterdir()
    file.unlink()
    put(eic)
    assert len(eicnb.journal()) == 1
    for one in folder().iterdir():
        one.unlink()
    folder().rmdir()
    put(eic)
    assert len(eicnb.journal()) == 1


def test_threads_share_the_file_of_their_process(eic: eicnb.Eic) -> None:
    threads = [threading.Thread(target=put, args=(eic,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frame = eicnb.journal()
    assert (frame.outcome.tolist(), frame.run.nunique(), frame.attrs["damaged_lines"]) == (["applied"] * 8, 8, 0)
    assert len(list(folder().iterdir())) == 1


FORKING = """
import os, sys, pathlib
from eicnb.changes import journal_file
folder = pathlib.Path(sys.argv[1])
for number in range(50):
    journal_file.append(folder, "x" * 900 + chr(10), is_synced=number % 10 == 0)
    if number == 9:
        child = os.fork()
if child:
    sys.exit(os.waitpid(child, 0)[1])
"""


def test_processes_and_their_forks_write_side_by_side() -> None:
    command = [sys.executable, "-c", FORKING, str(folder())]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    files = [path.read_text().splitlines() for path in folder().iterdir()]
    assert sorted(map(len, files)) == [40, 40, 50, 50]
    assert {line for lines in files for line in lines} == {"x" * 900}


SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEXAMPLETOKEN",
}


def test_no_secret_is_in_the_journal(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for url in (str(eic.endpoint_url), "http://127.0.0.1:9"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url.replace("://", "://user:p4ssw0rd@"))
        eicnb.use(eicnb.connect(region="us-east-1"))
        with suppress(eicnb.EicError):
            eicnb.run("put my-function --retries 1 --quiet")
    text = "".join(path.read_text() for path in folder().iterdir())
    assert '"outcome"' in text
    assert [secret for secret in ("p4ssw0rd", *SECRETS.values()) if secret in text] == []
