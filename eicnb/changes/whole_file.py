"""Atomic file writes: if writing fails, an existing file is unchanged.

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
"""The modes of a file for its owner alone, and of a file whose permissions the umask decides."""

_LONGEST_START = 100

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def whole_file(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Write a temporary file next to `path`, and rename it to `path` once all of it is on disk.

    If it replaces a file, it grants no permission that the old file denied.
    """
    temporary = path.with_name(f".{path.name[:_LONGEST_START]}-{secrets.token_hex(4)}")
    with suppress(OSError):
        mode &= stat.S_IMODE(path.stat().st_mode) | PRIVATE
    descriptor = os.open(temporary, _NEW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
