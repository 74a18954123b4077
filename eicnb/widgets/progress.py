"""The display of an audit's progress: a line in the notebook or the terminal, or none.

Tested in tests/notebook/test_audit.py.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO

from eicnb.errors import UsageError, shown
from eicnb.fleet.progress import Progress, Show

FindDrawer = Callable[[], Show | None]
"""Returns the function that draws one audit's progress; None if it cannot be drawn here."""


def show_of(progress: Any) -> Show:
    """Return the function that draws the progress: the caller's, none for False, a line for True."""
    if progress is True:
        return _fitting()
    if progress is False or progress is None:
        return _nothing
    if not callable(progress):
        error = UsageError(
            f"progress is {shown(progress)}", hint="progress=True, progress=False, or a callable that takes a Progress"
        )
        error.argument = "progress"
        raise error
    return progress  # type: ignore[no-any-return] # it is called with a Progress


def _nothing(progress: Progress) -> None:
    pass


def _fitting() -> Show:
    if threading.current_thread() is not threading.main_thread():
        return _nothing
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is not None:
        return line_of(shell) or _nothing
    return TerminalLine(sys.stderr) if sys.stderr is not None and sys.stderr.isatty() else _nothing


class TerminalLine:
    r"""A line in a terminal that is overwritten with each update; the last text stays.

    >>> import io
    >>> text = io.StringIO()
    >>> line = TerminalLine(text)
    >>> line(Progress(functions_done=1, functions_known=2, regions_done=0, regions=1, calls=3, throttles=0, seconds=2,
    ...               seconds_left=None))
    >>> text.getvalue()
    '\r1 of 2 functions, 0 of 1 regions, 1.5 calls/s'
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._length = 0

    def __call__(self, progress: Progress) -> None:
        text = str(progress)
        end = "\n" if progress.is_over else ""
        self._stream.write(f"\r{text.ljust(self._length)}{end}")
        self._stream.flush()
        self._length = len(text)


_BETWEEN_UPDATES = 0.25


def line_of(shell: Any) -> Show | None:
    """Return the line for the running cell; None if no user sees it.

    A front end with a user states for each cell that it can take input. nbclient, and so papermill and
    nbconvert, states that it cannot, and then the saved notebook has no line.
    """
    return NotebookLine() if getattr(shell.kernel, "_allow_stdin", False) else None


class NotebookLine:
    """A line of text in a notebook, updated a few times a second; the last text stays."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._handle: Any = None
        self._drawn_at = float("-inf")

    def __call__(self, progress: Progress) -> None:
        from IPython.display import display

        if not progress.is_over and self._clock() - self._drawn_at < _BETWEEN_UPDATES:
            return
        self._drawn_at = self._clock()
        line = {"text/plain": str(progress)}
        if self._handle is None:
            self._handle = display(line, raw=True, display_id=True)
        else:
            self._handle.update(line, raw=True)
