"""Blocking calls from an asyncio loop.

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


async def aside(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking call in a thread that neither the loop nor the process waits for at its end.

    >>> asyncio.run(aside(max, 1, 2))
    2
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if not outcome.done():
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)  # type: ignore[arg-type] # there is a result where there is no error

    def run() -> None:
        result, error = None, None
        try:
            result = call(*args, **kwargs)
        except BaseException as raised:  # noqa: BLE001 # it is raised where the result is awaited
            error = raised
        with suppress(RuntimeError):  # the loop is closed, and no one waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="eicnb-aside").start()
    return await outcome
