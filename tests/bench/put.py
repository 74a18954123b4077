"""One put through `%eic`, against the same call with a bare boto3 client and with the `aws` command.

    python tests/bench/put.py [--rounds 200]

The sandbox serves from a process of its own. `%eic` and boto3 run as cells of one warm IPython shell and take
turns, so that a change of the machine's speed meets both; the `aws` command (from EICNB_AWS_CLI or PATH) runs as a
process, a tenth as often, and is left out where there is none.
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

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

KEYS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_DEFAULT_REGION": "us-east-1"}
EIC = "answer = %eic put my-function --maximum-retry-attempts 0 --maximum-event-age-in-seconds 3600"
BOTO3 = (
    "answer = client.put_function_event_invoke_config("
    "FunctionName='my-function', MaximumRetryAttempts=0, MaximumEventAgeInSeconds=3600)"
)
AWS = (
    "lambda put-function-event-invoke-config --function-name my-function "
    "--maximum-retry-attempts 0 --maximum-event-age-in-seconds 3600"
)


@contextmanager
def sandbox() -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-m", "eicnb.sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None, "the sandbox says where it is"
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def warm_shell(url: str) -> Callable[[str], None]:
    """A shell in which `client` and `%eic` speak to the sandbox; returns what runs a cell in it."""
    options = Config()
    options.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=options)

    def run(cell: str) -> None:
        shell.run_cell(cell).raise_error()

    run("%load_ext eicnb")
    run(f"import boto3, eicnb\nclient = boto3.client('lambda', endpoint_url='{url}')")
    run(f"_ = eicnb.use(eicnb.connect(endpoint_url='{url}'))")
    return run


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def report(name: str, times: list[float], baseline: float) -> None:
    median = statistics.median(times)
    print(f"{name:<22}{median:>9.2f} ms   {median / baseline:>6.2f} x boto3   ({len(times)} calls)")


def main() -> None:
    rounds = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    rounds.add_argument("--rounds", type=int, default=200)
    count = rounds.parse_args().rounds
    os.environ.update(KEYS)
    with sandbox() as url:
        run = warm_shell(url)
        for cell in (EIC, BOTO3) * 20:
            run(cell)
        pairs = [(milliseconds(lambda: run(EIC)), milliseconds(lambda: run(BOTO3))) for _ in range(count)]
        eic, boto3 = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        baseline = statistics.median(boto3)
        report("%eic put", eic, baseline)
        report("boto3 client", boto3, baseline)
        aws = os.environ.get("EICNB_AWS_CLI") or shutil.which("aws")
        if aws:
            command = [aws, "--endpoint-url", url, *AWS.split()]
            times = [
                milliseconds(lambda: subprocess.run(command, check=True, capture_output=True))
                for _ in range(max(3, count // 10))
            ]
            report("aws command (process)", times, baseline)


if __name__ == "__main__":
    main()
