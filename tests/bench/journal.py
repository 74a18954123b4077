"""A benchmark of the journal: the same puts with and without it, compared with an fsync of such a line.

    PYTHONPATH=. python tests/bench/journal.py [--rounds 300] [--small]

The sandbox runs in a separate process. The three alternate, so that a change in the machine's speed affects all of
them. It fails if the journal adds more than one fsync and 1 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import eicnb
from eicnb.changes.apply import write
from eicnb.client.eic import connection_of
from tests.bench.put import KEYS, milliseconds, sandbox

MOST_BESIDES_THE_FSYNC = 1.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=300)
    arguments.add_argument("--small", action="store_true", help="a few seconds, to see that it holds")
    asked = arguments.parse_args()
    rounds = 60 if asked.small else asked.rounds
    os.environ.update(KEYS)
    with sandbox() as url, tempfile.TemporaryDirectory(dir=".") as folder:
        connection = connection_of(eicnb.connect(endpoint_url=url))
        request = connection.request("put", "my-function", maximum_retry_attempts=0)
        journal = Path(folder) / "journal"
        descriptor = os.open(Path(folder) / "line", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def put(setting: str) -> None:
            os.environ["EICNB_JOURNAL"] = setting
            write(connection, request, reads=False)

        def synced() -> None:
            os.write(descriptor, b"x" * 700 + b"\n")
            os.fsync(descriptor)

        cases: dict[str, Callable[[], object]] = {
            "fsync": synced,
            "off": lambda: put("off"),
            "on": lambda: put(str(journal)),
        }
        for case in [*cases.values()] * 10:
            case()
        turns = [{name: milliseconds(case) for name, case in cases.items()} for _ in range(rounds)]
        os.close(descriptor)
    fsync, off, on = (statistics.median(turn[name] for turn in turns) for name in cases)
    added = statistics.median(turn["on"] - turn["off"] for turn in turns)
    print(f"a bare fsync            {fsync:6.2f} ms")
    print(f"a put without a journal {off:6.2f} ms")
    print(f"a put with it           {on:6.2f} ms   ({rounds} rounds)")
    print(f"the journal adds        {added:6.2f} ms: one fsync and {added - fsync:.2f} ms")
    assert added <= fsync + MOST_BESIDES_THE_FSYNC, "one fsync and 1 ms"


if __name__ == "__main__":
    main()
