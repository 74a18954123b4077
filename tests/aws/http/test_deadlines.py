"""Running requests have a time limit, and another one for receiving no data."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import pytest

from eicnb.aws.http.deadlines import Deadlines


async def slow(deadlines: Deadlines, total: float | None, silence: float | None) -> None:
    with deadlines.limit(total, silence) as limit:
        limit.restart()
        await asyncio.sleep(30)


CASES = [
    (0.1, None, "it took longer than 0.1 seconds"),
    (30, 0.1, "no data came for 0.1 seconds"),
    (0.1, 30, "it took longer than 0.1 seconds"),
]


@pytest.mark.parametrize(("total", "silence", "message"), CASES)
def test_a_request_that_takes_too_long_is_cancelled(total: float, silence: float | None, message: str) -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError, match=f"^{message}$"):
        asyncio.run(slow(Deadlines(), total, silence))
    assert time.monotonic() - started < 20


def test_silence_counts_once_there_is_a_connection() -> None:
    async def connecting(deadlines: Deadlines) -> str:
        with deadlines.limit(30, 0.2):
            await asyncio.sleep(0.5)
            deadlines.connected()
            return "connected"

    assert asyncio.run(connecting(Deadlines())) == "connected"


def test_each_piece_of_data_restarts_the_limit() -> None:
    async def chatting(deadlines: Deadlines) -> str:
        with deadlines.limit(30, 0.4) as limit:
            for _ in range(4):
                limit.restart()
                await asyncio.sleep(0.15)
        return "answered"

    assert asyncio.run(chatting(Deadlines())) == "answered"


def test_only_the_slow_request_is_cancelled() -> None:
    async def both(deadlines: Deadlines) -> list[object]:
        async def quick() -> str:
            with deadlines.limit(30, None):
                await asyncio.sleep(0.4)
            return "quick"

        work: list[Awaitable[object]] = [slow(deadlines, 0.1, None), quick()]
        return await asyncio.gather(*work, return_exceptions=True)

    stopped, kept = asyncio.run(both(Deadlines()))
    assert isinstance(stopped, TimeoutError)
    assert kept == "quick"


def test_another_cancellation_is_not_a_timeout() -> None:
    async def main() -> BaseException | None:
        task = asyncio.ensure_future(slow(Deadlines(), 30, 30))
        await asyncio.sleep(0.05)
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        return outcome

    assert isinstance(asyncio.run(main()), asyncio.CancelledError)


def test_no_timer_is_left_without_running_requests() -> None:
    async def main() -> int:
        deadlines = Deadlines()
        with deadlines.limit(30, None):
            pass
        await asyncio.sleep(0.6)
        loop = asyncio.get_running_loop()
        return len([one for one in loop._scheduled if not one.cancelled()])  # type: ignore[attr-defined] # no loop counts the timers

    assert asyncio.run(main()) == 0
