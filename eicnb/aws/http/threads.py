"""Blocking calls in threads, for asyncio code.

Tested in tests/fleet/test_audit.py and tests/fleet/test_places.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking call in a thread; neither the loop nor the process waits for it when they exit.

    >>> asyncio.run(in_thread(max, 1, 2))
    2
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if not outcome.done():
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)  # type: ignore[arg-type] # without an error there is a result

    def run() -> None:
        result, error = None, None
        try:
            result = call(*args, **kwargs)
        except BaseException as raised:  # noqa: BLE001 # it is raised where the result is awaited
            error = raised
        with suppress(RuntimeError):  # the loop is closed, so no one awaits the result
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="eicnb-blocking-call").start()
    return await outcome
