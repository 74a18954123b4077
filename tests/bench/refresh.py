"""A benchmark of a refresh: a second audit of many functions, of which a few changed, compared with the first.

    PYTHONPATH=. python tests/bench/refresh.py [--small]

The fake Lambda has a CloudTrail, and a clock of its own, on which two hours pass between the two. The program exits
with an AssertionError unless the refresh sends at most 5 % of the first audit's requests, reads only the functions that
changed, and returns the same rows as a third, complete audit.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3

import eicnb
from eicnb.fleet.audit import audit
from eicnb.fleet.refresh import refresh
from tests.answering import Answering
from tests.fleet.trailed import Deployed, Trailed

WHOLE, SMALL = (2000, 10), (1000, 5)
MOST = 0.05

Change = Callable[[Trailed, str], object]


def put(aws: Trailed, name: str) -> None:
    aws.put(name, "$LATEST", 0)


def delete_config(aws: Trailed, name: str) -> None:
    aws.deployed[name].configs.clear()
    aws.record("DeleteFunctionEventInvokeConfig", aws.arn("us-east-1", name))


def move_alias(aws: Trailed, name: str) -> None:
    aws.deployed[name].aliases["live"] = "2"
    aws.record("UpdateAlias20150331", f"{name}:live")


def recreate(aws: Trailed, name: str) -> None:
    aws.deployed[name] = Deployed()
    aws.record("DeleteFunction20150331", name)
    aws.record("CreateFunction20150331", name)


def reconfigure(aws: Trailed, name: str) -> None:
    aws.deployed[name].timeout += 1


CHANGES: tuple[Change, ...] = (put, delete_config, move_alias, recreate, reconfigure)


def measure(functions: int, changed: int) -> None:
    aws = Trailed(functions)
    for name in aws.names[::20]:
        aws.deployed[name] = Deployed(versions={"1": 10, "2": 20}, aliases={"live": "1"}, configs={"live": 1})
    session = boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="secret", region_name="us-east-1")
    with Answering(aws) as server:
        connections = [eicnb.connect(boto3_session=session, endpoint_url=server.url)._connection.aws]
        options: Any = {"rate": 1_000_000, "now": aws.now, "show": lambda progress: None}
        started = time.perf_counter()
        first = audit(connections, **options)
        between = time.perf_counter()
        aws.time += timedelta(hours=1)
        names = aws.names[:: functions // changed][:changed]
        for number, name in enumerate(names):
            CHANGES[number % len(CHANGES)](aws, name)
        aws.time += timedelta(hours=1)
        begun = time.perf_counter()
        second = refresh(first, connections, **options)
        ended = time.perf_counter()
        whole = audit(connections, **options)
    read = {*second[second.read_at == second.read_at.max()].function_name}
    requests, before = second.attrs["calls"], first.attrs["calls"]
    print(f"{functions:,} functions of which {changed} changed")
    print(f"  audit    {before:5} requests  {between - started:5.1f} s without a limit")
    print(f"  refresh  {requests:5} requests  {ended - begun:5.1f} s  {requests / before:.1%} of the audit's")
    assert read == set(names), "what changed is read, and nothing else"
    assert second.drop(columns="read_at").equals(whole.drop(columns="read_at")), "every row is right"
    assert requests <= MOST * before, "a refresh sends at most 5 % of the requests"


def main() -> None:
    parser = argparse.ArgumentParser(description="The figure of a refresh.")
    parser.add_argument("--small", action="store_true", help="fewer functions")
    measure(*(SMALL if parser.parse_args().small else WHOLE))


if __name__ == "__main__":
    main()
