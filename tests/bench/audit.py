"""Benchmarks of the audit against a fake Lambda in another process, compared with boto3 and threads.

    python tests/bench/audit.py [limit] [cpu] [side-by-side] [faults] [memory] [--small]

Without a name, all five run, in about four minutes; `--small` takes a second or two for each. If a claim does not hold,
such as that no function is lost, the program exits with an AssertionError.

- limit: 450 functions, 100 of them with a config on an alias, behind 15 calls a second (GetFunction: 100) with 40 ms
  latency; the bound is (functions + pages) / rate. With GetFunction denied, aliases and versions are listed.
- cpu: 5,000 functions without limit or latency; CPU time of this process for each function, median of five runs.
- side-by-side: 100 account-regions with 100 functions each, at 10 calls a second and 20 ms latency, compared with one;
  and how many would keep one core busy.
- faults: 5 % 500s, 3 % cut connections, 1 % torn bodies, and one region of five that denies.
- memory: a frame of 100,000 functions, from the first call to the end, and typical questions to it in pandas.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import eicnb

ACCOUNT = "123456789012"
REGIONS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1")
MORE_REGIONS = (*REGIONS, "eu-central-1", "sa-east-1")
THREADS = 16
PAGE = 50
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sizes:
    """The number of functions, runs, accounts and regions to measure."""

    limited: int
    aliases: int
    unlimited: int
    turns: int
    side_by_side: tuple[int, int, int]
    faulty: int
    many: int


WHOLE = Sizes(limited=450, aliases=100, unlimited=5000, turns=5, side_by_side=(100, 10, 10), faulty=500, many=100_000)
SMALL = Sizes(limited=12, aliases=3, unlimited=1000, turns=1, side_by_side=(5, 2, 2), faulty=40, many=2_000)


@contextmanager
def fake_lambda(program: str = "fleet_server.py", **options: Any) -> Iterator[str]:
    """The URL of a fake Lambda in a process of its own."""
    named = {name.replace("_", "-"): value for name, value in options.items() if value is not False}
    words = [f"--{name}" if value is True else f"--{name}={value}" for name, value in named.items()]
    command = [sys.executable, str(HERE / program), *words]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


def counted(url: str) -> dict[str, int]:
    """The fake's counts so far."""
    with urlopen(f"{url}/") as answer:
        counts: dict[str, int] = json.load(answer)
    return counts


def session(account_id: str = ACCOUNT) -> boto3.Session:
    return boto3.Session(aws_access_key_id=account_id, aws_secret_access_key="secret", region_name="us-east-1")


def connection(url: str, account_id: str = ACCOUNT) -> eicnb.Eic:
    return eicnb.connect(boto3_session=session(account_id), endpoint_url=url)


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def with_boto3(url: str, mode: str, attempts: int) -> int:
    """Read the functions with one boto3 client and a thread pool, and return their number."""
    retries: Any = {"mode": mode, "total_max_attempts": attempts}
    client = session().client("lambda", endpoint_url=url, config=Config(retries=retries, max_pool_connections=THREADS))
    names = [
        function["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for function in page["Functions"]
    ]

    def is_read(name: str) -> bool:
        try:
            client.list_function_event_invoke_configs(FunctionName=name)
        except (ClientError, BotoCoreError):
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(is_read, names))


def limit(sizes: Sizes) -> None:
    functions, aliases = sizes.limited, sizes.aliases
    listed = math.ceil(functions / PAGE)
    print(f"limit: {functions} functions behind 15 calls/s, 40 ms latency, {aliases} with a config on an alias")
    for is_denied, name in ((False, "at 14/s"), (True, "by lists")):
        with fake_lambda(
            functions=functions, aliases=aliases, latency=0.04, limit=15, no_get_function=is_denied
        ) as url:
            started = time.perf_counter()
            frame = connection(url).audit(rate=14, progress=False)
            seconds = time.perf_counter() - started
            calls, throttled = frame.attrs["calls"], counted(url).get("throttled", 0)
            print(
                f"  eicnb {name:9}    {seconds:6.1f} s  {seconds / ((functions + listed) / 14):.3f} x bound  "
                f"{functions + aliases - frame.attrs['ok']:3} lost  {throttled / calls:.1%} of the calls answered 429"
            )
            assert frame.attrs["ok"] == functions + aliases, "no function is lost"
    for mode, attempts in (("standard", 5), ("adaptive", 10)):
        with fake_lambda(functions=functions, latency=0.04, limit=15) as url:
            started = time.perf_counter()
            read = with_boto3(url, mode, attempts)
            seconds = time.perf_counter() - started
            bound = (functions + listed) / 15
            print(f"  boto3 {mode:9}    {seconds:6.1f} s  {seconds / bound:.3f} x bound  {functions - read:3} lost")


def cpu(sizes: Sizes) -> None:
    functions = sizes.unlimited
    print(f"cpu: {functions:,} functions, no limit, no latency; CPU time of the client's process")
    with fake_lambda(functions=functions) as url:
        eic = connection(url)
        ways: dict[str, Callable[[], object]] = {
            "eicnb": lambda: eic.audit(rate=1_000_000, progress=False).attrs["ok"],
            "boto3": lambda: with_boto3(url, "standard", 3),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(sizes.turns + 1):
            for way, run in ways.items():
                before = cpu_seconds()
                assert run() == functions, "no function is lost"
                if turn > 0:  # the first one imports what it needs
                    taken[way].append((cpu_seconds() - before) / functions * 1000)
    medians = {way: statistics.median(times) for way, times in taken.items()}
    for way, median in medians.items():
        print(f"  {way}  {median:.3f} ms a function  {median / medians['boto3']:.3f} x boto3")
    assert medians["eicnb"] < medians["boto3"], "an audit takes less CPU time than boto3"


def side_by_side(sizes: Sizes) -> None:
    functions, accounts, regions = sizes.side_by_side
    print(f"side-by-side: {functions} functions in each account and region at 10 calls/s, 20 ms latency")
    alone = _audited([ACCOUNT], MORE_REGIONS[:1], functions)
    print(f"  1 account-region    {alone:6.2f} s")
    before = cpu_seconds()
    together = _audited([f"{number:012}" for number in range(1, accounts + 1)], MORE_REGIONS[:regions], functions)
    cpu, count = cpu_seconds() - before, accounts * regions
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {count} account-regions  {together:6.2f} s  {together / alone:.3f} x alone  {cpu:.1f} s of CPU time, "
        f"which fills a core at {count * alone / cpu:.0f}; process at its peak {peak:.0f} MB"
    )


def _audited(accounts: Sequence[str], regions: Sequence[str], functions: int) -> float:
    with fake_lambda(functions=functions, latency=0.02) as url:
        connections = [connection(url, account_id) for account_id in accounts]
        started = time.perf_counter()
        frame = eicnb.audit(connections=connections, regions=regions, rate=10, progress=False)
        seconds = time.perf_counter() - started
    assert frame.attrs["ok"] == functions * len(accounts) * len(regions), "no function is lost"
    return seconds


def faults(sizes: Sizes) -> None:
    functions = sizes.faulty
    print(f"faults: {functions} functions in each of 5 regions; 5 % 500s, 3 % cut, 1 % torn, one region denies")
    with fake_lambda(functions=functions, failures=0.05, cuts=0.03, torn=0.01, denied="us-west-2") as url:
        started = time.perf_counter()
        frame = connection(url).audit(regions=REGIONS[:5], rate=200, errors="rows", progress=False)
        seconds = time.perf_counter() - started
        states = frame.scan_state.value_counts().to_dict()
        print(f"  {seconds:.1f} s, {len(frame)} rows: {states}; the fake: {counted(url)}")
        assert states == {"ok": 4 * functions, "denied": 1}, "no function is lost"


MEMORY = """
import resource, sys, time
import eicnb
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
eic = eicnb.connect(endpoint_url=sys.argv[1])
frame = eic.audit(rate=1_000_000, progress=False)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert len(frame) == int(sys.argv[2]), "no function is lost"
print(f"  {len(frame):,} rows: process at its peak {peak / 1024:.0f} MB (at the start {before / 1024:.0f} MB), "
      f"frame {frame.memory_usage(deep=True).sum() / 2**20:.0f} MB")
for name, question in {
    "groupby region, mean retries": lambda: frame.groupby("region").effective_retry_attempts.mean(),
    "filter on on_failure": lambda: frame[frame.on_failure.isna() & frame.dead_letter_arn.isna()],
    "value_counts of runtime": lambda: frame.runtime.value_counts(),
    "sort by age": lambda: frame.sort_values("effective_event_age_in_seconds"),
    "merge with itself": lambda: frame.merge(frame, on=["function_arn"]),
    "contains": lambda: frame[frame.function_name.str.contains("0042")],
}.items():
    started = time.perf_counter()
    question()
    print(f"    {name:<30}{(time.perf_counter() - started) * 1000:7.1f} ms")
"""


def memory(sizes: Sizes) -> None:
    print(f"memory: {sizes.many:,} functions in one region")
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    with fake_lambda(functions=sizes.many) as url:
        subprocess.run([sys.executable, "-c", MEMORY, url, str(sizes.many)], check=True, env={**os.environ, **keys})


FIGURES = {"limit": limit, "cpu": cpu, "side-by-side": side_by_side, "faults": faults, "memory": memory}


def run(description: str, figures: Mapping[str, Callable[[Any], None]], whole: object, small: object) -> None:
    """Run the benchmarks named on the command line, or all, in full or small size."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(figures))
    parser.add_argument("--small", action="store_true", help="some seconds for each, to see that the claims hold")
    arguments = parser.parse_args()
    for name in arguments.figures or list(figures):
        figures[name](small if arguments.small else whole)


if __name__ == "__main__":
    run(__doc__, FIGURES, WHOLE, SMALL)
