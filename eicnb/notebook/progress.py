"""An audit's progress in a notebook: one output that is updated in place."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from IPython.display import display

from eicnb.fleet.progress import Progress, Show

_BETWEEN_UPDATES = 0.25


def line_of(shell: Any) -> Show | None:
    """The line for the cell that is running; None where nobody watches it.

    A front end with a person says with each cell that it can ask for input; nbclient, and with it papermill and
    nbconvert, says that it cannot, and keeps no line that was only there to be watched.
    """
    return NotebookLine() if getattr(shell.kernel, "_allow_stdin", False) else None


class NotebookLine:
    """One line of text, updated a few times a second; the last one stays."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._handle: Any = None
        self._drawn_at = float("-inf")

    def __call__(self, progress: Progress) -> None:
        if not progress.is_over and self._clock() - self._drawn_at < _BETWEEN_UPDATES:
            return
        self._drawn_at = self._clock()
        line = {"text/plain": str(progress)}
        if self._handle is None:
            self._handle = display(line, raw=True, display_id=True)
        else:
            self._handle.update(line, raw=True)
