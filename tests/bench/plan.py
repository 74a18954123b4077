"""A benchmark of a plan and its writes against a server in another process, compared with the rate limit.

    PYTHONPATH=. python tests/bench/plan.py [plan] [apply] [--small]

- plan: 1,000 functions, with one request each, at 10 requests a second.
- apply: 100 changes, with a read and a write each, at 10 requests a second.

The baseline in the same run is a boto3 client that reads one function after another at the same rate. If a time is more
than 1.05 times requests / rate, the program exits with an AssertionError, unless the baseline took even longer because
the machine is busy. `--small` takes half a minute.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

import eicnb
from tests.bench.audit import counted, fake_lambda, run, session

ALLOWED = 1.05


@dataclass(frozen=True)
class Sizes:
    """The number of functions to plan and to change, and the rate."""

    functions: int
    changes: int
    rate: float


WHOLE = Sizes(functions=1000, changes=100, rate=10)
SMALL = Sizes(functions=60, changes=30, rate=10)


def measured(url: str, work: Callable[[], object]) -> tuple[float, int]:
    """The seconds and requests of some work."""
    before, started = counted(url)["requests"], time.perf_counter()
    work()
    return time.perf_counter() - started, counted(url)["requests"] - before


def with_boto3(url: str, requests: int, rate: float) -> float:
    """The seconds of the same number of reads, one after another at the rate."""
    client = session().client("lambda", endpoint_url=url)
    started = time.perf_counter()
    for number in range(requests):
        time.sleep(max(0.0, started + number / rate - time.perf_counter()))
        client.list_function_event_invoke_configs(FunctionName=f"function-{number:06}")
    return time.perf_counter() - started


def row(what: str, seconds: float, requests: int, rate: float) -> float:
    share = seconds / (requests / rate)
    print(f"  {what:10} {seconds:6.1f} s  {requests:5} requests  {share:.3f} x requests/rate")
    return share


def desired(count: int) -> pd.DataFrame:
    names = [f"function-{number:06}" for number in range(count)]
    return pd.DataFrame({"function_name": names, "maximum_retry_attempts": 0})


def plan(sizes: Sizes) -> None:
    print(f"plan: {sizes.functions:,} functions at {sizes.rate:g} requests/s")
    with fake_lambda("plan_server.py", functions=sizes.functions) as url:
        eic = eicnb.connect(boto3_session=session(), endpoint_url=url)
        frame = desired(sizes.functions)
        eic.plan(frame[:1], rate=1000, progress=False)
        seconds, requests = measured(url, lambda: eic.plan(frame, rate=sizes.rate, progress=False))
        share = row("eicnb", seconds, requests, sizes.rate)
        small = min(sizes.functions, 100)
        usual = row("boto3", with_boto3(url, small, sizes.rate), small, sizes.rate)
        assert requests == sizes.functions, "each function is one request"
        assert share <= max(ALLOWED, usual), "planning takes no longer than its requests"


def apply(sizes: Sizes) -> None:
    print(f"apply: {sizes.changes} changes at {sizes.rate:g} requests/s")
    with fake_lambda("plan_server.py", functions=sizes.changes) as url:
        eic = eicnb.use(eicnb.connect(boto3_session=session(), endpoint_url=url))
        made = eic.plan(desired(sizes.changes), rate=1000, progress=False)
        assert len(made) == sizes.changes
        time.sleep(1)

        def work() -> object:
            return made.apply(limit=sizes.changes, rate=sizes.rate, progress=False)

        seconds, requests = measured(url, work)
        share = row("eicnb", seconds, requests, sizes.rate)
        usual = row("boto3", with_boto3(url, sizes.changes, sizes.rate), sizes.changes, sizes.rate)
        assert requests == 2 * sizes.changes, "each change is a read and a write"
        assert share <= max(ALLOWED, usual), "applying takes no longer than its requests"


FIGURES = {"plan": plan, "apply": apply}


if __name__ == "__main__":
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    run(__doc__, FIGURES, WHOLE, SMALL)
