"""A file written as a whole: if that fails, the file is what it was before.

Tested in tests/changes/test_whole_file.py.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE, SHARED = 0o600, 0o666
"""The mode of a file for its owner alone, and of one that the process's umask decides about."""

_LONGEST_START = 100

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def whole_file(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Write a new file next to `path`, and put it in place once all of it is on the disk.

    A file that is replaced gives no one a permission that it denied before.
    """
    beside = path.with_name(f".{path.name[:_LONGEST_START]}-{secrets.token_hex(4)}")
    with suppress(OSError):
        mode &= stat.S_IMODE(path.stat().st_mode) | PRIVATE
    descriptor = os.open(beside, _NEW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
