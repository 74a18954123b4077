"""The records in a queue, whose messages are received, made visible again, and never deleted.

Tested in tests/fleet/failed_events/test_queue_records.py.
"""

from __future__ import annotations

import time
from collections.abc import Sized
from dataclasses import dataclass, field, replace

from eicnb.aws.queues import Message, Queue
from eicnb.changes.interrupts import Stop
from eicnb.errors import EicError, UsageError
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.progress import Progress

_WAIT = 1
"""The seconds of a long poll; a queue that returns nothing within them counts as empty."""


@dataclass(slots=True)
class Sample:
    """The records received from a queue, and how many messages it has by SQS's estimate.

    `hidden` counts the messages that could not be made visible again, and stay hidden until their visibility timeout.
    """

    found: list[FoundRecord] = field(default_factory=list)
    held: int = 0
    in_flight: int = 0
    hidden: int = 0
    reason: str = ""


def read_queue(queue: Queue, source: str, reading: ReadOptions, stop: Stop) -> Sample:
    """Receive messages until they are enough, the time is up or none is left; make them visible again.

    Raise UsageError for a queue with a redrive policy, unless the caller allows its receives to be spent.
    """
    state = queue.state()
    if state.most_receives is not None and not reading.may_spend:
        times = f"{state.most_receives} time{'s' if state.most_receives != 1 else ''}"
        with UsageError.about("source"):
            raise UsageError(
                f"the queue {source.rpartition(':')[2]} lets each message be received {times}, then moves it to "
                f"{state.moves_to}; reading counts as a receive",
                hint="spend_receives=True (--spend-receives)",
            )
    received: dict[str, Message] = {}
    sample = Sample(held=state.visible, in_flight=state.in_flight)
    try:
        _receive(queue, received, state.visible, reading, stop)
    finally:
        _give_back(queue, received, sample)
    found = [
        FoundRecord.in_message(source, one.message_id, one.body, dict(one.attributes), one.sent_at)
        for one in received.values()
    ]
    sample.found = [one for one in found if reading.covers(one.record.time)]
    return sample


def _receive(queue: Queue, received: dict[str, Message], visible: int, reading: ReadOptions, stop: Stop) -> None:
    """Fill `received`; a message that is received twice gets its latest receipt."""
    started, wait, batch = time.monotonic(), 0, list[Message]()
    while len(received) < reading.most and time.monotonic() - started < reading.seconds and not stop.requested.is_set():
        batch = queue.receive(most=reading.most - len(received), hold=reading.hold, wait=wait)
        received.update((one.message_id, one) for one in batch)
        reading.show(_progress(received, visible, reading, time.monotonic() - started))
        if not batch and (wait or len(received) >= visible):
            break
        wait = 0 if batch else _WAIT
    reading.show(replace(_progress(received, visible, reading, time.monotonic() - started), is_over=True))


def _give_back(queue: Queue, received: dict[str, Message], sample: Sample) -> None:
    try:
        sample.hidden = queue.give_back([*received.values()])
    except EicError as error:
        sample.hidden, sample.reason = len(received), error.message


def _progress(received: Sized, visible: int, reading: ReadOptions, seconds: float) -> Progress:
    return Progress(
        functions_done=len(received),
        functions_known=min(max(visible, len(received)), reading.most),
        regions_done=0,
        regions=0,
        calls=reading.tally.calls,
        throttles=reading.tally.throttles,
        seconds=seconds,
        seconds_left=None,
        what="messages",
    )
