"""A benchmark of audit files: CPU time and memory of saving and loading one, and of the history of three.

    PYTHONPATH=. python tests/bench/snapshots.py [--rows 100000] [--small]

Each step runs in its own process, to measure its own peak; importing pandas and pyarrow alone takes 135 MB. It fails
if saving or loading 100,000 rows takes 300 MB.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import eicnb
from tests.fleet.snapshots.audits import audit_of

MOST_MEGABYTES = 300
ACCOUNTS = 100


def make(folder: Path, rows: int) -> None:
    """Make the folder of one audit, with a file for each account."""
    for account in range(ACCOUNTS):
        functions: dict[str, Any] = {f"function-{number}": number % 3 for number in range(rows // ACCOUNTS)}
        eicnb.save(audit_of(1, account=f"{account:012d}", **functions), folder / f"{account:012d}.us-east-1.parquet")


def save(folder: Path) -> None:
    """Load the parts and save them as one file, and two copies with other names."""
    audit = eicnb.load(folder)
    started = time.process_time()
    for name in "abc":
        (folder / "history").mkdir(exist_ok=True)
        eicnb.save(audit, folder / "history" / f"{name}.parquet")
    print(f"{(time.process_time() - started) / 3:6.2f} s of CPU time", end="")


def load(folder: Path) -> None:
    """Load one file."""
    started = time.process_time()
    eicnb.load(folder / "history" / "a.parquet")
    print(f"{time.process_time() - started:6.2f} s of CPU time", end="")


def history(folder: Path) -> None:
    """Compare the three files."""
    started = time.process_time()
    assert eicnb.history(folder / "history").attrs["audits"] == 3
    print(f"{time.process_time() - started:6.2f} s of CPU time", end="")


STEPS: dict[str, Callable[[Path], None]] = {"save": save, "load": load, "history": history}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--small", action="store_true", help="a few seconds, to see that it holds")
    arguments.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.step:
        step, folder = asked.step
        STEPS[step](Path(folder))
        print(f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
        return
    rows = 20_000 if asked.small else asked.rows
    with tempfile.TemporaryDirectory() as made:
        make(Path(made), rows)
        for name in STEPS:
            command = [sys.executable, __file__, "--step", name, made]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            print(f"{name:8} {rows:,} rows: {printed}", end="")
            assert name == "history" or float(printed.split()[-2]) < MOST_MEGABYTES


if __name__ == "__main__":
    main()
