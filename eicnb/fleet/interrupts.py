"""Ctrl-C during an audit: the first one stops it, later ones wait until its rows are returned.

Tested in tests/runners/test_interrupts.py and tests/fleet/test_interrupts.py.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """A handler of Ctrl-C in the main thread during an audit; no other thread receives it.

    `has_held_back` is true if a Ctrl-C was held back.
    """

    def __init__(self) -> None:
        self.has_held_back = False
        self._is_held = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._before = before
                signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def run(self, work: Callable[[], object]) -> KeyboardInterrupt | None:
        """Run some work, and return the Ctrl-C that stopped it; hold back later ones."""
        try:
            work()
            self.hold()
        except KeyboardInterrupt as interrupt:
            self.hold()
            return interrupt
        return None

    def hold(self) -> None:
        """Hold back every Ctrl-C from now on."""
        self._is_held = True

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Raise the first Ctrl-C as usual, and hold back the others."""
        if self._is_held:
            self.has_held_back = True
            return
        try:
            self._before(number, frame)
        except BaseException:
            self._is_held = True
            raise
