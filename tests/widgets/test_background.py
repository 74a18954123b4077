from __future__ import annotations

import asyncio
import threading

from eicnb.widgets.background import AtOnce, Threads, here


def test_work_is_done_in_a_thread_and_its_result_arrives_in_the_loop() -> None:
    async def run() -> tuple[str, str]:
        arrived: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

        def done(worker: str) -> None:
            arrived.set_result((worker, threading.current_thread().name))

        here().start(lambda: threading.current_thread().name, done)
        return await arrived

    assert asyncio.run(run()) == ("eicnb-form", threading.current_thread().name)


def test_an_action_comes_later_unless_it_is_cancelled() -> None:
    async def run() -> list[str]:
        background, seen = Threads(asyncio.get_running_loop()), []
        background.later(0.01, lambda: seen.append("second"))
        background.later(0.01, lambda: seen.append("cancelled"))()
        seen.append("first")
        await asyncio.sleep(0.1)
        return seen

    assert asyncio.run(run()) == ["first", "second"]


def test_without_a_loop_work_is_done_at_once() -> None:
    assert isinstance(here(), AtOnce)
