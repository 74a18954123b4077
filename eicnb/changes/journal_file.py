"""The journal's folder: appends to this process's file, and reads the lines of all files.

The folder has mode 0700 and each file 0600. Neither may be a symbolic link, so that no other user can redirect the
writes. Each process has a separate file, even after a fork.
"""

from __future__ import annotations

import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

ENDING = ".jsonl"

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

_BY_DESCRIPTOR = os.open in os.supports_dir_fd
"""Whether a file can be opened relative to an open folder; not on Windows, which lacks these modes too."""

_OF_OTHERS, _WRITABLE_BY_ALL = 0o077, 0o002


class _ProcessFile:
    """This process's file in one folder, open for appending."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}{ENDING}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _NO_LINKS
        _make(folder)
        with _opened(folder) as directory:
            if directory is not None:
                _make_private(directory)
            name = self.path if directory is None else self.path.name
            self.descriptor = os.open(name, flags, 0o600, dir_fd=directory)
            if directory is not None:
                os.fsync(directory)

    def is_in_place(self) -> bool:
        """Return whether the file is still in its folder; lines appended to an unlinked file would be lost."""
        try:
            return os.path.samestat(os.lstat(self.path), os.fstat(self.descriptor))
        except OSError:
            return False

    def append(self, line: bytes, *, is_synced: bool) -> None:
        """Append a line; if only part of it fits on the disk, remove that part again."""
        size = os.fstat(self.descriptor).st_size
        try:
            written = 0
            while written < len(line):
                written += os.write(self.descriptor, line[written:])
            if is_synced:
                os.fsync(self.descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self.descriptor, size)
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)


class _ProcessFiles:
    """The open files of this process, by folder."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_folder: dict[Path, _ProcessFile] = {}

    def current(self, folder: Path) -> _ProcessFile:
        """Return this process's file in a folder, or a new one if it was removed."""
        file = self.by_folder.get(folder)
        if file is not None and not file.is_in_place():
            self.by_folder.pop(folder).close()
            file = None
        return file or self.by_folder.setdefault(folder, _ProcessFile(folder))


_files = _ProcessFiles()


def _forget_after_fork() -> None:
    """Make a forked process start new files and a new lock, which a lost thread may have held."""
    inherited = _files.by_folder.values()
    _files.__init__()  # type: ignore[misc] # in place, because functions refer to this object
    for file in inherited:
        with suppress(OSError):
            file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def append(folder: Path, line: str, *, is_synced: bool) -> None:
    """Append a line to this process's file, or raise an OSError; `is_synced` forces it to disk."""
    with _files.lock:
        _files.current(folder).append(line.encode("ascii"), is_synced=is_synced)


def lines(folder: Path) -> Iterator[list[str] | None]:
    """Yield the lines of each file in a folder, oldest file first; a missing folder has none.

    A file that cannot be read, such as a symbolic link, yields None. A folder that is a link is an OSError.
    """
    if not os.path.lexists(folder):
        return
    with _opened(folder) as directory:
        for name in _names(folder if directory is None else directory):
            if name.endswith(ENDING):
                yield _read(folder / name if directory is None else name, directory)


def _read(name: str | Path, directory: int | None) -> list[str] | None:
    flags = os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(name, flags, dir_fd=directory)
        with closing(os.fdopen(descriptor, encoding="utf-8", errors="replace")) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return file.read().split("\n")
    except OSError:
        return None


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        return


@contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """Open a folder that is not a symbolic link, or yield None on a system that cannot open folders."""
    if not _BY_DESCRIPTOR:
        yield None
        return
    if folder.is_symlink():
        raise NotADirectoryError(0, f"it is a symbolic link to {os.path.realpath(folder)}")
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NO_LINKS)
    try:
        yield directory
    finally:
        os.close(directory)


def _names(folder: Path | int) -> list[str]:
    with os.scandir(folder) as found:
        return sorted(entry.name for entry in found)


def _make_private(directory: int) -> None:
    """Remove other users' permissions on the folder; refuse a folder with foreign files or owner."""
    found = os.fstat(directory)
    if found.st_uid != os.geteuid() and os.geteuid() != 0:
        raise PermissionError(0, "it belongs to another user")
    if not found.st_mode & _OF_OTHERS:
        return
    is_its_own = all(name.endswith(ENDING) for name in _names(directory))
    if found.st_mode & _WRITABLE_BY_ALL or not is_its_own:
        raise PermissionError(0, f"other users have access to it (mode {stat.S_IMODE(found.st_mode):04o})")
    os.fchmod(directory, 0o700)
