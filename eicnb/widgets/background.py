"""Work beside the notebook: done in a thread, its result handed to the kernel's own loop.

Only there may anything be displayed: what a thread sends of its own has no cell that it belongs to.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Background(Protocol):
    """Does work now or later, and calls back with what came of it."""

    def start(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do the work, and call `done` with its result."""

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        """Call `action` after so many seconds; what is returned calls it off."""


class AtOnce:
    """No background at all: work is done when it is started. For where there is no loop.

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
    """Work in threads, results in a loop, in the context of the cell that the form was made in."""

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
        """Call `action` in the loop after so many seconds; what is returned calls it off."""
        called_off = threading.Event()

        def act() -> None:
            if not called_off.is_set():
                action()

        def set_timer() -> None:
            self._loop.call_later(seconds, act, context=self._context.copy())

        self._loop.call_soon_threadsafe(set_timer)
        return called_off.set


def here() -> Background:
    """Threads beside the running loop, or nothing beside when none runs."""
    try:
        return Threads(asyncio.get_running_loop())
    except RuntimeError:
        return AtOnce()
