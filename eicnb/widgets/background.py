"""Work in threads, whose results are passed to the kernel's event loop.

Only the loop may display anything, because the output of a thread belongs to no cell.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Background(Protocol):
    """A way to do work now or later, and to pass its result to a callback."""

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work, and call `done` with its result."""

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        """Call `action` after some seconds; return a function that cancels it."""


class AtOnce:
    """Work done immediately, without threads, for code without an event loop.

    >>> AtOnce().start(lambda: 1 + 1, print)
    2
    """

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work, and call `done` with its result."""
        done(work())

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:  # noqa: ARG002 # no wait here
        """Call `action` immediately."""
        action()
        return lambda: None


class Threads:
    """Work in threads, with callbacks in an event loop and in the context of the form's cell."""

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
        """Call `action` in the loop after some seconds; return a function that cancels it."""
        is_cancelled = threading.Event()

        def act() -> None:
            if not is_cancelled.is_set():
                action()

        def set_timer() -> None:
            self._loop.call_later(seconds, act, context=self._context.copy())

        self._loop.call_soon_threadsafe(set_timer)
        return is_cancelled.set


def here() -> Background:
    """Return threads for the running event loop; without a loop, work is done at once."""
    try:
        return Threads(asyncio.get_running_loop())
    except RuntimeError:
        return AtOnce()
