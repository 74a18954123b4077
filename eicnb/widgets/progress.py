"""The display of progress: a line in the notebook or the terminal.

It draws any object with `is_over` and a line as its text: the progress of an audit, of writes, of records.

Tested in tests/notebook/test_audit.py.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TextIO

from eicnb.errors import UsageError, shown

ACCOUNTS = "accounts"
"""The value of `progress` that adds a line for each account below the total."""


class Drawable(Protocol):
    """Progress that can be drawn: its text is a line, and `is_over` marks the last event."""

    @property
    def is_over(self) -> bool:
        """Whether this is the last event."""


Draw = Callable[[Any], object]
"""Draws a progress event."""


def show_of(progress: Any) -> Draw:
    """Return the function that draws the progress.

    True draws a line, `"accounts"` adds a line for each account, False draws nothing, and a callable is used as it is.
    """
    if progress is True or progress == ACCOUNTS:
        return _line_for_front_end(_with_accounts if progress == ACCOUNTS else str)
    if progress is False or progress is None:
        return _nothing
    if not callable(progress):
        error = UsageError(
            f"progress is {shown(progress)}",
            hint='progress=True, progress=False, progress="accounts", or a callable that takes a Progress',
        )
        error.argument = "progress"
        raise error
    return progress  # type: ignore[no-any-return] # it is called with a Progress


def _nothing(progress: Drawable) -> None:
    pass


def _with_accounts(progress: Drawable) -> str:
    in_lines: Callable[[], list[str]] = getattr(progress, "accounts_in_lines", list)
    return "\n".join([str(progress), *in_lines()])


Text = Callable[[Any], str]
"""Returns the text of a progress event."""


def _line_for_front_end(text_of: Text) -> Draw:
    if threading.current_thread() is not threading.main_thread():
        return _nothing
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is not None:
        return line_of(shell, text_of) or _nothing
    return TerminalLine(sys.stderr, text_of) if sys.stderr is not None and sys.stderr.isatty() else _nothing


class TerminalLine:
    r"""A line in a terminal that is overwritten with each update; the last text stays.

    >>> import io
    >>> from eicnb.model.pace import Pace
    >>> text = io.StringIO()
    >>> line = TerminalLine(text)
    >>> line(Pace(done=1, known=2, what="functions", seconds=2))
    >>> text.getvalue()
    '\r 50%|█████     | 1/2 functions [00:02<00:02, 0.5/s]'
    """

    def __init__(self, stream: TextIO, text_of: Text = str) -> None:
        self._stream = stream
        self._text_of = text_of
        self._length = 0

    def __call__(self, progress: Drawable) -> None:
        text = self._text_of(progress).replace("\n", ";")
        end = "\n" if progress.is_over else ""
        self._stream.write(f"\r{text.ljust(self._length)}{end}")
        self._stream.flush()
        self._length = len(text)


_BETWEEN_UPDATES = 0.25


def line_of(shell: Any, text_of: Text = str) -> Draw | None:
    """Return the line for the running cell; None if no user sees it.

    A front end with a user declares for each cell that it accepts input. nbclient, and so papermill and nbconvert,
    declares that it does not; the saved notebook then has no line.
    """
    return NotebookLine(text_of=text_of) if getattr(shell.kernel, "_allow_stdin", False) else None


class NotebookLine:
    """A line of text in a notebook, updated a few times a second; the last text stays."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, text_of: Text = str) -> None:
        self._clock = clock
        self._text_of = text_of
        self._handle: Any = None
        self._drawn_at = float("-inf")

    def __call__(self, progress: Drawable) -> None:
        from IPython.display import display

        if not progress.is_over and self._clock() - self._drawn_at < _BETWEEN_UPDATES:
            return
        self._drawn_at = self._clock()
        line = {"text/plain": self._text_of(progress)}
        if self._handle is None:
            self._handle = display(line, raw=True, display_id=True)
        else:
            self._handle.update(line, raw=True)
