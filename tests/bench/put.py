"""A benchmark of a put through `%eic` in a warm kernel, compared with boto3 and the `aws` command.

    python tests/bench/put.py [--rounds 200] [--small]

The sandbox runs in a separate process. `%eic` and boto3 run as alternating cells of one real kernel, so that a change
in the machine's speed affects both. A cell's time is from the request until the kernel is idle again. The journal is
off unless EICNB_JOURNAL names a folder, because it adds a write to the disk. The `aws` command (from EICNB_AWS_CLI or
PATH) runs as a process, a tenth as often, and is skipped if it is not installed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from jupyter_client.manager import start_new_kernel

KEYS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_DEFAULT_REGION": "us-east-1"}
EIC = "answer = %eic put my-function --maximum-retry-attempts 0 --maximum-event-age-in-seconds 3600;"
EIC_WITH_LINE = EIC.removesuffix(";")
BOTO3 = (
    "answer = client.put_function_event_invoke_config("
    "FunctionName='my-function', MaximumRetryAttempts=0, MaximumEventAgeInSeconds=3600)"
)
BOTO3_WITH_READ = f"before = client.get_function_event_invoke_config(FunctionName='my-function'); {BOTO3}"
AWS = (
    "lambda put-function-event-invoke-config --function-name my-function "
    "--maximum-retry-attempts 0 --maximum-event-age-in-seconds 3600"
)
SETUP = """
%load_ext eicnb
import boto3, eicnb
client = boto3.client("lambda", endpoint_url="URL")
connection = eicnb.use(eicnb.connect(endpoint_url="URL"))
"""


@contextmanager
def sandbox() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "eicnb", "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None, "the sandbox says where it is"
        yield found[0]
    finally:
        server.terminate()
        server.wait()


@contextmanager
def warm_kernel(url: str) -> Iterator[Callable[[str], None]]:
    """A function that runs a cell in a kernel in which `client` and `%eic` use the sandbox."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(cell: str) -> None:
        reply = client.execute_interactive(cell, silent=False, store_history=False, output_hook=lambda message: None)
        assert reply["content"]["status"] == "ok", reply["content"]

    try:
        run(SETUP.replace("URL", url))
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def report(name: str, times: list[float], baseline: float) -> None:
    median = statistics.median(times)
    print(f"{name:<24}{median:>9.2f} ms   {median / baseline:>6.2f} x boto3   ({len(times)} calls)")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--small", action="store_true", help="a few seconds, to see that it runs")
    asked = arguments.parse_args()
    rounds = 5 if asked.small else asked.rounds
    os.environ.update(KEYS)
    os.environ.setdefault("EICNB_JOURNAL", "off")
    with sandbox() as url, warm_kernel(url) as run:
        cells = {
            "%eic put …;": EIC,
            "boto3, a put": BOTO3,
            "%eic put": EIC_WITH_LINE,
            "boto3, a get and a put": BOTO3_WITH_READ,
        }
        for cell in [*cells.values()] * 20:
            run(cell)
        rounds_of = [[milliseconds(partial(run, cell)) for cell in cells.values()] for _ in range(rounds)]
        times = dict(zip(cells, map(list, zip(*rounds_of, strict=True)), strict=True))
        for name, baseline in (("%eic put …;", "boto3, a put"), ("%eic put", "boto3, a get and a put")):
            report(name, times[name], statistics.median(times[baseline]))
            report(baseline, times[baseline], statistics.median(times[baseline]))
        baseline = statistics.median(times["boto3, a put"])
        if aws := os.environ.get("EICNB_AWS_CLI") or shutil.which("aws"):
            command = [aws, "--endpoint-url", url, *AWS.split()]
            processes = [
                milliseconds(lambda: subprocess.run(command, check=True, capture_output=True))
                for _ in range(max(3, rounds // 10))
            ]
            report("aws command (process)", processes, baseline)


if __name__ == "__main__":
    main()
