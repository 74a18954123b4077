"""Ctrl-C during an audit: the first one stops it, later ones wait until its rows are returned.

Tested in tests/runners/test_interrupts.py and tests/fleet/test_interrupts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from eicnb.changes.interrupts import CtrlC


class Interrupts(CtrlC):
    """A handler of Ctrl-C in the main thread during an audit; no other thread receives it.

    `has_held_back` is true if a Ctrl-C was held back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.has_held_back = False
        self._is_held = False

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

    def _interrupt(self, number: int, frame: FrameType | None, /) -> None:
        """Raise the first Ctrl-C as usual, and hold back the others."""
        if self._is_held:
            self.has_held_back = True
            return
        try:
            self._before(number, frame)
        except BaseException:
            self._is_held = True
            raise
