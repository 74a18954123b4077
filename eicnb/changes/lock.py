"""A lock on one config among a user's processes on one machine; AWS has no such lock.

If two kernels apply overlapping plans, neither writes between the other's read and write. The lock is best effort: it
does not cover other machines, and if no lock file can be made, nothing is locked.
"""

from __future__ import annotations

import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eicnb.model.function import FunctionRef

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment] # there is no lock then

_FILES = 64
_PAUSE = 0.005
_LONGEST_WAIT = 120.0


@contextmanager
def locked(target: FunctionRef, is_stopped: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock on a config; after an interrupted or very long wait, continue without it.

    >>> with locked(FunctionRef("my-function", "live"), lambda: False):
    ...     pass
    """
    handle = _opened(zlib.crc32(str(target).encode()) % _FILES)
    if handle is None:
        yield
        return
    try:
        _wait(handle, is_stopped)
        yield
    finally:
        os.close(handle)  # closing it releases the lock


def _wait(handle: int, is_stopped: Callable[[], bool]) -> None:
    gives_up_at = time.monotonic() + _LONGEST_WAIT
    while not is_stopped() and time.monotonic() < gives_up_at:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError:
            return  # a file system without locks
        else:
            return


def _opened(number: int) -> int | None:
    """Open a lock file in the user's private folder, or return None if that is impossible."""
    if fcntl is None:
        return None
    folder = Path(tempfile.gettempdir()) / f"eicnb-locks-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        is_private = found.st_uid == os.getuid() and not found.st_mode & 0o077 and not folder.is_symlink()
        if is_private:
            return os.open(folder / f"{number:02}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return None
