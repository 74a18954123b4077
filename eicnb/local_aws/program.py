"""`python -m eicnb sandbox`: serves the embedded AWS to any client until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from threading import Event
from typing import TextIO

from eicnb.errors import EicError
from eicnb.local_aws.server import Sandbox


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal, and return the exit code."""
    options = _parser().parse_args(arguments)
    done = Event()
    # Ctrl-C is handled like SIGTERM, so that it does not interrupt a request.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    try:
        sandbox = Sandbox(
            port=options.port,
            requests_per_second=options.requests_per_second,
            account_id=options.account_id,
            event_speed=options.event_speed,
        )
        with sandbox:
            _print(_greeting(sandbox), to=sys.stdout)
            _wait(done)
    except EicError as error:
        _print(str(error), to=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eicnb sandbox", description="Serve an embedded AWS on 127.0.0.1 until Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port to listen on (default: a free one)")
    parser.add_argument("--account-id", metavar="ID", help="the account's 12 digits (default: 123456789012)")
    parser.add_argument(
        "--requests-per-second",
        type=float,
        metavar="R",
        help="throttle Lambda's control plane; AWS's limit is 15 (default: none)",
    )
    parser.add_argument(
        "--event-speed",
        type=float,
        metavar="S",
        help="how many times faster than real time the waits between retries pass (default: 300)",
    )
    return parser


def _greeting(sandbox: Sandbox) -> str:
    return (
        f"SANDBOX {sandbox.url}  account {sandbox.account_id}  regions {', '.join(sandbox.regions)}\n"
        "Point the aws command at it, with any credentials:\n"
        "  AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox AWS_DEFAULT_REGION=us-east-1 \\\n"
        f"  aws --endpoint-url {sandbox.url} lambda get-function-event-invoke-config "
        "--function-name my-function:BLUE\n"
        "Ctrl-C stops it."
    )


def _print(text: str, *, to: TextIO) -> None:
    to.write(f"{text}\n")
    to.flush()


def _wait(done: Event) -> None:
    # On Windows, Ctrl-C does not interrupt a wait without a timeout.
    while not done.wait(timeout=1):
        pass
