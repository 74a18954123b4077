"""A simulated audit of an organisation: 5,000 account-regions with 400 functions each, two million in all.

    PYTHONPATH=. python tests/bench/organisation.py [--regions 5000] [--functions 400] [--small]

The code is that of an audit, but a fake Lambda in this process replaces sockets, and a virtual clock, which jumps to
the next event, replaces time. The quotas (15 requests a second in each account and region, GetFunction 100) are
therefore simulated exactly, however slow this machine is. The time is that of an audit that the CPU does not limit. The
CPU time is that of the audit without HTTP and without the fake. `tests/bench/audit.py cpu` measures a request with
HTTP. As with `folder=`, there is room for 80,000 functions at once, and the rows of an account-region are dropped once
it is read. The baseline lists aliases and versions, as an audit does if GetFunction is denied.

`--small` reads 50 account-regions of 40 functions. If a claim does not hold, the program exits with an AssertionError.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import selectors
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from urllib.parse import unquote

from yarl import URL

from eicnb.aws.failures import Attempt
from eicnb.aws.http.deadlines import Deadlines
from eicnb.aws.http.keyring import FixedKeys
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.route import Route
from eicnb.aws.http.sender import Sender, Tally
from eicnb.aws.keys import Keys
from eicnb.fleet.list_entry import Home
from eicnb.fleet.parts.memory_limit import MemoryLimit
from eicnb.fleet.region import RegionWalk, readers_of_each
from eicnb.fleet.scope import Scope
from eicnb.fleet.versions import Details, Grant
from eicnb.model.limits import GET_FUNCTION_A_SECOND, REQUESTS_A_SECOND

RATE = 10
PAGE = 50
LATENCY = 0.04
WITH_ALIAS = 4
"""One of this many functions has a config on an alias."""

_DENIED = json.dumps({"message": "User is not authorized to perform: lambda:GetFunction"}).encode()
_REFUSED = json.dumps({"message": "Rate exceeded"}).encode()


class JumpingSelector(selectors.SelectSelector):
    """A selector that advances the clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Advance the clock, and return what is ready."""
        self.now += timeout or 0.0
        return super().select(0)


def in_virtual_time(main: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """Run a coroutine in a loop whose clock jumps, and return its seconds."""
    selector = JumpingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign] # to replace the clock
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    return selector.now


@dataclass
class Answered:
    """A response like aiohttp's."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    async def read(self) -> bytes:
        """Return the body."""
        return self.body


@dataclass
class FakeQuota:
    """AWS's token bucket: it serves `rate` requests a second, and as many at once."""

    rate: float
    tokens: float = 0.0
    filled_at: float = -1.0

    def admits(self, now: float) -> bool:
        """Return whether a request is served."""
        self.tokens = min(self.rate, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class FakeRegion:
    """The Lambda of one account and region, in place of an aiohttp session."""

    home: Home
    functions: int
    denies: bool
    counts: Counter[str]
    spent: list[float]
    joint: FakeQuota = field(default_factory=lambda: FakeQuota(REQUESTS_A_SECOND))
    own: FakeQuota = field(default_factory=lambda: FakeQuota(GET_FUNCTION_A_SECOND))

    async def get(self, url: URL, **_: Any) -> Answered:
        """Return a response after the latency."""
        began = time.thread_time()
        answer = self._answer(url)
        self.spent[0] += time.thread_time() - began
        await asyncio.sleep(LATENCY)
        return answer

    def _answer(self, url: URL) -> Answered:
        parts = url.raw_path.split("/")
        kind = {"aliases": "aliases", "versions": "versions", "list": "configs"}.get(parts[-1], "functions")
        kind = "function" if len(parts) == 4 else kind
        quota = self.own if kind == "function" else self.joint
        self.counts[kind] += 1
        if not quota.admits(asyncio.get_running_loop().time()):
            self.counts["throttled"] += 1
            return Answered(429, _REFUSED, {"x-amzn-ErrorType": "TooManyRequestsException", "Retry-After": "1"})
        if kind == "function" and self.denies:
            return Answered(403, _DENIED, {"x-amzn-ErrorType": "AccessDeniedException"})
        if kind == "functions":
            return Answered(200, json.dumps(self._page(int(url.query.get("Marker", "0")))).encode())
        arn = str(self.home.function(unquote(parts[3])))
        return Answered(200, json.dumps(self._of_function(kind, arn)).encode())

    def _page(self, start: int) -> dict[str, Any]:
        numbers = range(start, min(start + PAGE, self.functions))
        more = {"NextMarker": str(start + PAGE)} if start + PAGE < self.functions else {}
        return {"Functions": [self._described(str(self.home.function(f"f{number:05}"))) for number in numbers], **more}

    def _of_function(self, kind: str, arn: str) -> dict[str, Any]:
        if kind == "aliases":
            return {"Aliases": [{"Name": "live", "FunctionVersion": "1"}]}
        if kind == "versions":
            return {"Versions": [self._described(f"{arn}:1")]}
        if kind == "function":
            return {"Configuration": {**self._described(f"{arn}:live"), "Version": "1"}, "Code": {}, "Tags": {}}
        qualifiers = ["$LATEST", "live"] if int(arn[-5:]) % WITH_ALIAS == 0 else ["$LATEST"]
        return {
            "FunctionEventInvokeConfigs": [{"LastModified": 1.5e9, "FunctionArn": f"{arn}:{q}"} for q in qualifiers]
        }

    def _described(self, arn: str) -> dict[str, Any]:
        role = f"arn:aws:iam::{self.home.account_id}:role/a"
        return {"FunctionArn": arn, "Runtime": "python3.12", "Timeout": 30, "Role": role}


@dataclass
class Simulation:
    """Concurrent account-regions, as in an audit; `denies` is whether GetFunction is denied."""

    regions: int
    functions: int
    denies: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    spent: list[float] = field(default_factory=lambda: [0.0])
    limit: MemoryLimit = field(default_factory=MemoryLimit)
    rows: int = 0
    ok: int = 0
    slowest: float = 0.0
    """The seconds of the slowest account-region."""

    async def main(self) -> None:
        """Read everything."""
        rooms = asyncio.Semaphore(10**9)
        async with asyncio.TaskGroup() as group:
            for number in range(self.regions):
                group.create_task(self._region(number, rooms))

    async def _region(self, number: int, room: asyncio.Semaphore) -> None:
        home = Home(f"{number // 12 + 1:012}", f"eu-west-{number % 12 + 1}", "aws")
        loop = asyncio.get_running_loop()
        session = FakeRegion(home, self.functions, self.denies, self.counts, self.spent)
        attempt = partial(Attempt, region=home.region, place=home.region)

        def sender(rate: float) -> Sender:
            turns = TokenBucket(loop.time)
            shares.enter_context(turns.shared_at(rate))
            return Sender(
                route=Route(url=f"https://lambda.{home.region}.amazonaws.com", region=home.region),
                keyring=FixedKeys(Keys(home.account_id, "secret")),
                turns=turns,
                session=cast("Any", session),
                room=room,
                deadlines=Deadlines(),
                attempt_at=cast("Any", attempt),
                tally=self.tally,
                clock=loop.time,
            )

        shares = ExitStack()
        details = Details(sender=sender(RATE * GET_FUNCTION_A_SECOND / REQUESTS_A_SECOND), grant=Grant())
        scope = Scope.parse(functions=None, qualifiers="configured", rate=RATE)
        walk = RegionWalk(
            home=home,
            sender=sender(RATE),
            scope=scope,
            details=details,
            most_readers=readers_of_each(self.regions),
            now=lambda: datetime.now(UTC),
        )
        async with self.limit.admit(lambda: (len(walk.functions), walk.is_listed)):
            began = loop.time()
            with shares:
                await walk.run()
            self.slowest = max(self.slowest, loop.time() - began)
        found = walk.found()
        self.rows += len(found)
        self.ok += sum(row.scan_state == "ok" for row in found)


def measured(simulation: Simulation, title: str) -> float:
    """Run a simulation, print its results, and return the slowest account-region's time relative to its bound."""
    cpu = time.process_time()
    seconds = in_virtual_time(simulation.main)
    cpu = time.process_time() - cpu - simulation.spent[0]
    functions = simulation.regions * simulation.functions
    bound = (simulation.functions + math.ceil(simulation.functions / PAGE)) / RATE
    counts = simulation.counts
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{title}: {simulation.regions:,} account-regions, {functions:,} functions, {simulation.rows:,} rows\n"
        f"  {seconds:.1f} s of virtual time; an account-region takes {simulation.slowest:.1f} s at most, "
        f"{simulation.slowest / bound:.3f} x (functions + pages) / rate\n"
        f"  {simulation.tally.calls:,} requests, {counts['function']:,} of them GetFunction, "
        f"{counts['throttled']} throttled\n"
        f"  {cpu:.1f} s of CPU time, {cpu / functions * 1000:.3f} ms a function; peak {peak:.0f} MB"
    )
    assert simulation.ok == simulation.rows >= functions, "no function is lost"
    assert not counts["throttled"], "a polite audit meets no limit"
    return simulation.slowest / bound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--regions", type=int, default=5000)
    parser.add_argument("--functions", type=int, default=400)
    parser.add_argument("--small", action="store_true", help="a few seconds, to see that the claims hold")
    arguments = parser.parse_args()
    regions, functions = (50, 40) if arguments.small else (arguments.regions, arguments.functions)
    share = measured(Simulation(regions, functions), "GetFunction")
    few = min(regions, 50)
    baseline = measured(Simulation(few, functions, denies=True), "baseline, lists of aliases and versions")
    assert share < baseline, "GetFunction spares the joint quota"
    assert share < 1.03, "the joint quota is the only limit"


if __name__ == "__main__":
    main()
