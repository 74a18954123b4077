"""Where an audit's progress is drawn: the notebook's own drawer, a line in a terminal, or nowhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from eicnb.errors import UsageError, shown
from eicnb.fleet.progress import Progress, Show

FindDrawer = Callable[[], Show | None]
"""Gives what draws one audit's progress, or None where this is not the place for it."""


def show_of(progress: Any) -> Show:
    """What draws the progress: nothing for False, the caller's own callable, or for True what fits the place."""
    if progress is True:
        return _fitting()
    if progress is False or progress is None:
        return _nothing
    if not callable(progress):
        error = UsageError(f"progress is {shown(progress)}", hint="True, False, or a callable")
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
        from eicnb.notebook.progress import line_of

        return line_of(shell) or _nothing
    return TerminalLine(sys.stderr) if sys.stderr is not None and sys.stderr.isatty() else _nothing


class TerminalLine:
    r"""One line that is written over and over; the last text stays.

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
