"""`file://` and `fileb://`: values from files, read through a reader that the caller passes in.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from eicnb.errors import UsageError

ReadFile = Callable[[str], bytes]
"""A function that returns the content of a file, or raises an OSError."""

_LARGEST = 100_000


def read_file(path: str) -> bytes:
    """Read a local file, up to one byte more than the limit."""
    with open(path, "rb", opener=_without_waiting) as file:  # a Path has no opener
        return file.read(_LARGEST + 1) or b""


def _without_waiting(path: str, flags: int) -> int:
    """Open a file without blocking; a pipe without a writer then reads as empty."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def is_file(value: object) -> bool:
    """Return whether a value names a file."""
    return isinstance(value, str) and value.startswith(("file://", "fileb://"))


def content(value: str, read: ReadFile, *, binary: bool = False) -> str:
    r"""Return the text of the file that a value names, or raise a UsageError with the reason.

    >>> content("file://greeting.txt", {"greeting.txt": b"hello"}.__getitem__)
    'hello'

    `~` and `$NAME` in the path are expanded, as in the AWS CLI. A byte order mark is removed, and `\r\n` becomes
    `\n`; a final newline stays. `binary` allows `fileb://` too.
    """
    scheme, _, path = value.partition("://")
    if scheme == "fileb" and not binary:
        hint = f"file://{path}"
        raise UsageError("fileb:// reads bytes, but no value here is binary", hint=hint, culprit=value)
    try:
        found = read(os.path.expandvars(Path(path).expanduser()))
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(
            f"{value!r} cannot be read: {why}", hint="check the path of the file", culprit=value
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{value!r} cannot be read: {error}", hint="check the path of the file", culprit=value
        ) from error
    if len(found) > _LARGEST:
        raise UsageError(
            f"{value!r} has more than {_LARGEST:,} bytes", hint="name a file with one config", culprit=value
        )
    try:
        text = found.decode(os.environ.get("AWS_CLI_FILE_ENCODING", "utf-8"))
    except (UnicodeDecodeError, LookupError) as error:
        hint = "save the file as UTF-8, or name its encoding in AWS_CLI_FILE_ENCODING"
        raise UsageError(f"{value!r} is not text in its encoding: {error}", hint=hint, culprit=value) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
