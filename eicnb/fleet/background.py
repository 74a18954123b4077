"""A coroutine that runs in a separate thread while the caller's thread draws the progress.

Tested in tests/fleet/test_audit.py and tests/fleet/test_interrupts.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

_BETWEEN_DRAWINGS = 0.1
_LONGEST_STOP = 0.3


class LoopThread:
    """A thread with an event loop for one coroutine, since the caller's thread may run a loop already."""

    def __init__(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._main = main
        self._over = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False
        self._error: BaseException | None = None

    def run(self, draw: Callable[[], object]) -> None:
        """Draw the progress until the coroutine is done, and raise its exception.

        An exception while drawing, such as Ctrl-C, stops the coroutine at once.
        """
        try:
            threading.Thread(target=self._in_a_loop, daemon=True, name="eicnb-audit").start()
            while not self._over.wait(_BETWEEN_DRAWINGS):
                draw()
        except BaseException:
            self._stop()
            raise
        if self._error is not None:
            raise self._error

    def _stop(self) -> None:
        self._is_stopped = True
        if self._task is not None:
            with suppress(RuntimeError):  # the loop has closed in the meantime
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)
            self._over.wait(_LONGEST_STOP)

    def _in_a_loop(self) -> None:
        try:
            asyncio.run(self._start())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 # it is raised in the caller's thread
            self._error = error
        finally:
            self._over.set()

    async def _start(self) -> None:
        self._task = asyncio.current_task()
        if not self._is_stopped:
            await self._main()
