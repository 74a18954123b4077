"""The room for functions in memory."""

from __future__ import annotations

import asyncio

from eicnb.fleet.parts.room import Room


def test_a_large_region_makes_others_wait_and_is_never_refused_itself() -> None:
    async def main() -> None:
        room, counts = Room(most=10_000), {"a": 9_000, "b": 10}
        inside: list[str] = []

        async def enter(name: str) -> None:
            async with room.of(lambda: (counts[name], True)):
                inside.append(name)
                await asyncio.sleep(0.05)
                assert inside == (["a"] if name == "a" else ["a", "b"])

        await asyncio.gather(enter("a"), enter("b"))

    asyncio.run(main())


def test_small_regions_are_read_side_by_side() -> None:
    async def main() -> None:
        room, inside = Room(most=10_000), []

        async def enter(number: int) -> None:
            async with room.of(lambda: (10, True)):
                inside.append(number)
                await asyncio.sleep(0.05)

        await asyncio.wait_for(asyncio.gather(*map(enter, range(50))), 1)
        assert len(inside) == 50

    asyncio.run(main())
