"""The limit on the functions in memory."""

from __future__ import annotations

import asyncio

from eicnb.fleet.parts.memory_limit import MemoryLimit


def test_a_large_region_makes_others_wait_and_is_always_admitted() -> None:
    async def main() -> None:
        limit, counts = MemoryLimit(most=10_000), {"a": 9_000, "b": 10}
        inside: list[str] = []

        async def enter(name: str) -> None:
            async with limit.admit(lambda: (counts[name], True)):
                inside.append(name)
                await asyncio.sleep(0.05)
                assert inside == (["a"] if name == "a" else ["a", "b"])

        await asyncio.gather(enter("a"), enter("b"))

    asyncio.run(main())


def test_small_regions_are_read_in_parallel() -> None:
    async def main() -> None:
        limit, inside = MemoryLimit(most=10_000), []

        async def enter(number: int) -> None:
            async with limit.admit(lambda: (10, True)):
                inside.append(number)
                await asyncio.sleep(0.05)

        await asyncio.wait_for(asyncio.gather(*map(enter, range(50))), 1)
        assert len(inside) == 50

    asyncio.run(main())


def test_thousands_wait_in_line_and_only_the_first_one_polls() -> None:
    async def main() -> None:
        limit, looks = MemoryLimit(most=5_000), [0]

        def known() -> tuple[int, bool]:
            looks[0] += 1
            return 5_000, True

        async def enter() -> None:
            async with limit.admit(known):
                await asyncio.sleep(0.3)

        waiting = [asyncio.ensure_future(enter()) for _ in range(2_000)]
        await asyncio.sleep(0.5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert 0 < looks[0] < 20

    asyncio.run(main())


def test_finished_regions_show_how_many_fit() -> None:
    async def main() -> None:
        limit, inside, most = MemoryLimit(most=10_000), [0], [0]

        async def enter() -> None:
            listed = False
            async with limit.admit(lambda: (10, listed)):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                await asyncio.sleep(0.01)
                listed = True
                inside[0] -= 1

        await asyncio.gather(*(enter() for _ in range(16)))
        assert most == [2]
        await asyncio.gather(*(enter() for _ in range(100)))
        assert most == [50]

    asyncio.run(main())
