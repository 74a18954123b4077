"""A process that writes to a sandbox of another process and is killed at a chosen point."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import eicnb
from eicnb.aws.connection import Connection
from eicnb.changes import journal_file

POINTS = ("before the intent", "after the intent", "before the request", "after the response", "after the outcome")


def die() -> None:
    """Stop at once, like `kill -9` or a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies_at(point: str, which: int) -> None:
    """Make the process die at a point of its write number `which`."""
    append, send = journal_file.append, Connection.send
    seen = {"intents": 0, "writes": 0}

    def appended(folder: Any, line: str, *, is_synced: bool) -> None:
        seen["intents"] += is_synced
        now = seen["intents"] == which
        if now and is_synced and point == "before the intent":
            die()
        append(folder, line, is_synced=is_synced)
        if now and point == ("after the intent" if is_synced else "after the outcome"):
            die()

    def sent(connection: Connection, request: Any) -> Any:
        is_write = request.verb in {"put", "update", "delete"}
        seen["writes"] += is_write
        now = is_write and seen["writes"] == which
        if now and point == "before the request":
            die()
        response = send(connection, request)
        if now and point == "after the response":
            die()
        return response

    journal_file.append = appended
    Connection.send = sent  # type: ignore[method-assign, assignment] # it stops the process in the middle of a write


def main() -> None:
    """Make the writes that the arguments describe."""
    url, point, which, what = sys.argv[1:]
    eicnb.settings.choose(progress=False)
    eic = eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=url))
    frame = eic.list("my-function")
    plan = eic.plan(frame.assign(maximum_event_age_in_seconds=77), progress=False) if what == "plan" else None
    dies_at(point, int(which))
    if plan is not None:
        print(json.dumps(plan.apply(progress=False).outcome.tolist()))
    else:
        eicnb.run(what)


if __name__ == "__main__":
    main()
