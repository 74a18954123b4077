"""Work in threads, with results handed to the kernel's event loop.

Only the loop may display anything: the output of a thread belongs to no cell.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Background(Protocol):
    """A way to do work now or later, and to get its result in a callback."""

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work, and call `done` with its result."""

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        """Call `action` after so many seconds; return a function that cancels it."""


class AtOnce:
    """Work without a background, done when it is started; for code without an event loop.

    >>> AtOnce().start(lambda: 1 + 1, print)
    2
    """

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work, and call `done` with its result."""
        done(work())

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:  # noqa: ARG002 # no wait here
        """Call `action` now."""
        action()
        return lambda: None


class Threads:
    """Work in threads, with results in an event loop and in the context of the form's cell."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._context = contextvars.copy_context()

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work in a thread, and call `done` with its result in the loop."""

        def run() -> None:
            result = work()
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(done, result, context=self._context.copy())

        threading.Thread(target=run, name="eicnb-form", daemon=True).start()

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        """Call `action` in the loop after so many seconds; return a function that cancels it."""
        is_cancelled = threading.Event()

        def act() -> None:
            if not is_cancelled.is_set():
                action()

        def set_timer() -> None:
            self._loop.call_later(seconds, act, context=self._context.copy())

        self._loop.call_soon_threadsafe(set_timer)
        return is_cancelled.set


def here() -> Background:
    """Return threads for the running event loop; without a loop, no background."""
    try:
        return Threads(asyncio.get_running_loop())
    except RuntimeError:
        return AtOnce()
