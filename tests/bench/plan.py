"""A benchmark of a plan and its writes against a server in another process, compared with the rate limit.

    python tests/bench/plan.py [plan] [apply] [--small]

- plan: 1,000 functions, with one request each, at 10 requests a second.
- apply: 100 changes, with a read and a write each, at 10 requests a second.

The baseline in the same run is a boto3 client that reads one function after another at the same rate. If a time is more
than 1.05 times requests / rate, the program exits with an AssertionError, unless the baseline took even longer because
the machine is busy. `--small` takes half a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import boto3
import pandas as pd

import eicnb

ACCOUNT = "123456789012"
ALLOWED = 1.05
SERVER = Path(__file__).parent / "plan_server.py"


@dataclass(frozen=True)
class Sizes:
    """The number of functions to plan and to change, and the rate."""

    functions: int
    changes: int
    rate: float


WHOLE = Sizes(functions=1000, changes=100, rate=10)
SMALL = Sizes(functions=60, changes=30, rate=10)


@contextmanager
def served(functions: int) -> Iterator[str]:
    """The URL of a fake Lambda with a number of functions, in a separate process."""
    command = [sys.executable, str(SERVER), f"--functions={functions}"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


def counted(url: str) -> int:
    """The number of requests to Lambda that the server has received."""
    with urlopen(f"{url}/") as answer:
        return int(json.load(answer)["requests"])


def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="secret", region_name="us-east-1")


def measured(url: str, work: Callable[[], object]) -> tuple[float, int]:
    """The seconds and requests of some work."""
    before, started = counted(url), time.perf_counter()
    work()
    return time.perf_counter() - started, counted(url) - before


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
    with served(sizes.functions) as url:
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
    with served(sizes.changes) as url:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []])
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    for name in arguments.figures or FIGURES:
        FIGURES[name](SMALL if arguments.small else WHOLE)


if __name__ == "__main__":
    main()
