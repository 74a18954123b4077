"""Random command lines: any text is parsed or refused, and completed.

    python tests/fuzz/command_lines.py [-max_total_time=60]    # with atheris, guided by coverage

The tests do the same with hypothesis.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from eicnb.cli.cell import parse_cell
from eicnb.cli.completion import Known, complete
from eicnb.cli.source import Source
from eicnb.errors import EicError

SLOWEST = 5.0  # CPU seconds of this thread, so that other programs do not matter
NAMES: dict[str, Any] = {"n": 1, "name": "my-function", "rows": [{"a": "b"}]}
KNOWN = Known(functions=["my-function"], qualifiers={"my-function": ["live"]}, names=list(NAMES))


def no_file(path: str) -> bytes:
    """Read nothing from this machine."""
    raise FileNotFoundError(2, "No such file or directory", path)


def survive(text: str) -> None:
    """Parse a cell and complete it; anything but a result or a printable EicError is a bug."""
    started = time.thread_time()
    try:
        shown = [str(command) for command in parse_cell(Source(text, "%%eic ", first_line=1), NAMES, no_file)]
    except EicError as error:
        shown = [str(error)]
    assert time.thread_time() - started < SLOWEST, "it takes too long"
    assert all(shown)
    for cursor in {0, len(text) // 2, len(text)}:
        complete(text, cursor, KNOWN)


def main() -> None:
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore] # not a dependency, so it may be missing

    def one(raw: bytes) -> None:
        survive(atheris.FuzzedDataProvider(raw).ConsumeUnicodeNoSurrogates(sys.maxsize))

    atheris.instrument_all()
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
