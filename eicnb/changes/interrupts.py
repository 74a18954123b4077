"""Ctrl-C while changes are being written: the write in flight finishes, and no other starts.

Tested in tests/changes/test_apply_plan.py.
"""

from __future__ import annotations

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_GIVES_UP = 2


class CtrlC(ABC):
    """A handler of Ctrl-C in the main thread while it is open; no other thread receives it."""

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> Self:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    @abstractmethod
    def _interrupt(self, number: int, frame: FrameType | None, /) -> None:
        """Handle one Ctrl-C."""


class Stop(CtrlC):
    """A request to stop, from Ctrl-C or from code; after a second Ctrl-C, nothing is waited for.

    Inside the `with` block, Ctrl-C raises no exception. It is caught only if the main thread entered the block.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requested = threading.Event()
        self._interrupts = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Let Ctrl-C interrupt a question to the user."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        try:
            yield
        except KeyboardInterrupt:
            self.interrupt()
        finally:
            if self._before is not None:
                signal.signal(signal.SIGINT, self._interrupt)

    @property
    def is_interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._interrupts > 0

    @property
    def gives_up(self) -> bool:
        """Whether Ctrl-C was pressed twice, so that the write in flight is not waited for."""
        return self._interrupts >= _GIVES_UP

    def interrupt(self) -> None:
        """Register a Ctrl-C that other code has caught."""
        self._interrupts += 1
        self.requested.set()

    def _interrupt(self, _number: int, _frame: FrameType | None, /) -> None:
        self.interrupt()
