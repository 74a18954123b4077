"""A process that replays the records of a queue and is killed at a chosen point of the first event."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import eicnb
from eicnb.aws.queues import Queue
from eicnb.fleet.failed_events import replayer
from eicnb.fleet.failed_events.invocations import invoke


def die() -> None:
    """Stop at once, as with `kill -9` or in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Replay, and die once Lambda has accepted the event, or once its message is deleted."""
    url, queue, point = sys.argv[1:]
    eic = eicnb.connect(region="us-east-1", endpoint_url=url)
    frame = eic.records(f"sqs:{queue}", progress=False)
    delete = Queue.delete

    def invoked(*arguments: Any) -> str:
        request_id = invoke(*arguments)
        if point == "after it was accepted":
            die()
        return request_id

    def deleted(*arguments: Any) -> None:
        delete(*arguments)
        die()

    vars(replayer)["invoke"] = invoked
    Queue.delete = deleted  # type: ignore[method-assign, assignment] # the process dies in it
    eic.replay(frame, progress=False)


if __name__ == "__main__":
    main()
