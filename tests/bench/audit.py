"""The audit's figures, each against a fake Lambda in another process, beside the usual way with boto3 and threads.

    python tests/bench/audit.py [limit] [cpu] [side-by-side] [faults] [memory]

Without a name all five are measured, in about four minutes:

- limit: 450 functions behind 15 calls a second with 40 ms latency; the bound is calls / rate.
- cpu: 5,000 functions without limit or latency; CPU time of this process for each function, median of five turns.
- side-by-side: 40 account-regions with 100 functions each, at 10 calls a second and 20 ms latency, against one.
- faults: 5 % 500s, 3 % cut connections, 1 % torn bodies, and one region of five that denies.
- memory: a frame of 100,000 functions, from the first call to the end, and what pandas takes for usual questions.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
HERE = Path(__file__).parent


@contextmanager
def fake_lambda(**options: Any) -> Iterator[str]:
    """The URL of a fake Lambda in a process of its own."""
    words = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, str(HERE / "fleet_server.py"), *words]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


def counted(url: str) -> dict[str, int]:
    """What the fake did so far."""
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
    """How many functions the usual way reads: one client, and a thread pool over the functions."""
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


def limit() -> None:
    print("limit: 450 functions behind 15 calls/s, 40 ms latency")
    with fake_lambda(functions=450, latency=0.04, limit=15) as url:
        started = time.perf_counter()
        frame = connection(url).audit(rate=14, progress=False)
        seconds = time.perf_counter() - started
        calls, throttled = frame.attrs["calls"], counted(url).get("throttled", 0)
        print(
            f"  eicnb at 14/s      {seconds:6.1f} s  {seconds / (calls / 14):.3f} x bound  "
            f"{450 - frame.attrs['ok']:3} lost  {throttled / calls:.1%} of the calls answered 429"
        )
    for mode, attempts in (("standard", 5), ("adaptive", 10)):
        with fake_lambda(functions=450, latency=0.04, limit=15) as url:
            started = time.perf_counter()
            read = with_boto3(url, mode, attempts)
            seconds = time.perf_counter() - started
            print(f"  boto3 {mode:9}    {seconds:6.1f} s  {seconds / (459 / 15):.3f} x bound  {450 - read:3} lost")


def cpu(turns: int = 5) -> None:
    print("cpu: 5,000 functions, no limit, no latency; CPU time of the client's process")
    with fake_lambda(functions=5000) as url:
        eic = connection(url)
        ways: dict[str, Callable[[], object]] = {
            "eicnb": lambda: eic.audit(rate=1_000_000, progress=False),
            "boto3": lambda: with_boto3(url, "standard", 3),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(turns):
            for way, run in ways.items():
                before = cpu_seconds()
                run()
                taken[way].append((cpu_seconds() - before) / 5000 * 1000)
    medians = {way: statistics.median(times) for way, times in taken.items()}
    for way, median in medians.items():
        print(f"  {way}  {median:.3f} ms a function  {median / medians['boto3']:.3f} x boto3")


def side_by_side() -> None:
    print("side-by-side: 100 functions in each account and region at 10 calls/s, 20 ms latency")
    alone = _audited([ACCOUNT], MORE_REGIONS[:1])
    print(f"  1 account-region    {alone:6.2f} s")
    together = _audited([f"{number:012}" for number in range(1, 5)], MORE_REGIONS)
    print(f"  40 account-regions  {together:6.2f} s  {together / alone:.3f} x alone")


def _audited(accounts: Sequence[str], regions: Sequence[str]) -> float:
    with fake_lambda(functions=100, latency=0.02) as url:
        connections = [connection(url, account_id) for account_id in accounts]
        started = time.perf_counter()
        frame = eicnb.audit(connections=connections, regions=regions, rate=10, progress=False)
        seconds = time.perf_counter() - started
    assert frame.attrs["ok"] == 100 * len(accounts) * len(regions)
    return seconds


def faults() -> None:
    print("faults: 500 functions in each of 5 regions; 5 % 500s, 3 % cut, 1 % torn, one region denies")
    with fake_lambda(functions=500, failures=0.05, cuts=0.03, torn=0.01, denied="us-west-2") as url:
        started = time.perf_counter()
        try:
            connection(url).audit(regions=REGIONS[:5], rate=200, progress=False)
        except eicnb.IncompleteAudit as error:
            attrs = error.result.attrs
        seconds = time.perf_counter() - started
        states = {state: attrs[state] for state in ("ok", "denied", "throttled", "gone", "failed")}
        print(f"  {seconds:.1f} s, {attrs['rows']} rows: {states}; the fake: {counted(url)}")


MEMORY = """
import resource, sys, time
import eicnb
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
eic = eicnb.connect(endpoint_url=sys.argv[1])
frame = eic.audit(rate=1_000_000, progress=False)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
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


def memory() -> None:
    print("memory: 100,000 functions in one region")
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    with fake_lambda(functions=100_000) as url:
        subprocess.run([sys.executable, "-c", MEMORY, url], check=True, env={**os.environ, **keys})


FIGURES = {"limit": limit, "cpu": cpu, "side-by-side": side_by_side, "faults": faults, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    chosen = parser.parse_args().figures or list(FIGURES)
    for name in chosen:
        FIGURES[name]()


if __name__ == "__main__":
    main()
