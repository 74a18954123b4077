"""A benchmark of parsing a command line, without sending anything.

    python tests/bench/parse.py [--rounds 2000] [--small]

The baseline is `shlex.split`, which only splits the line into words. The times are medians; a line may take 1 ms.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import time
from collections.abc import Callable

from eicnb.cli import parser
from eicnb.cli.source import Source

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost-events"
LINES = {
    "shorthand of our own": "put my-function --retries 0 --max-age 1h --on-failure sqs:lost-events",
    "the AWS CLI's example": (
        "aws lambda put-function-event-invoke-config --function-name my-function "
        "--maximum-event-age-in-seconds 3600 --maximum-retry-attempts 0"
    ),
    "a destination config": (
        "update my-function:live --destination-config "
        f"'OnFailure={{Destination={QUEUE}}},OnSuccess={{Destination={QUEUE}}}'"
    ),
    "the same as JSON": (
        f"""update my-function:live --destination-config '{{"OnFailure": {{"Destination": "{QUEUE}"}}}}'"""
    ),
    "a YAML document": "put --cli-input-yaml 'FunctionName: my-function\nMaximumRetryAttempts: 0'",
    "references": "put ${name} --retries ${retries} --on-failure ${queue}",
    "output and query": "list my-function --output table --query 'FunctionEventInvokeConfigs[].FunctionArn'",
}
MOST = 1000.0
"""The most microseconds that a line may take, at the median."""

NAMES = {"name": "my-function", "retries": 0, "queue": QUEUE}


def microseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=2000)
    arguments.add_argument("--small", action="store_true", help="a second at most")
    asked = arguments.parse_args()
    rounds = 50 if asked.small else asked.rounds
    for name, line in LINES.items():
        source = Source(line, "%eic ")
        parser.parse(source, NAMES)
        pairs = [
            (microseconds(lambda: parser.parse(source, NAMES)), microseconds(lambda: shlex.split(line)))  # noqa: B023 # called at once
            for _ in range(rounds)
        ]
        ours, words = (statistics.median(times) for times in zip(*pairs, strict=True))
        print(f"{name:<24}{ours:>8.0f} µs   {ours / words:>5.1f} x shlex.split")
        assert ours < MOST, f"{name} takes {ours:.0f} µs"


if __name__ == "__main__":
    main()
