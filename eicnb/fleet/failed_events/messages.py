"""The records in a queue: received, made visible again at once, and never deleted.

Tested in tests/fleet/failed_events/test_messages.py.
"""

from __future__ import annotations

import time
from collections.abc import Sized
from dataclasses import dataclass, field, replace

from eicnb.aws.queues import Message, Queue
from eicnb.changes.interrupts import Stop
from eicnb.errors import EicError, UsageError
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.request import Wanted
from eicnb.fleet.progress import Progress

_WAIT = 1
"""The seconds after which a queue that returned nothing is taken as empty."""


@dataclass(slots=True)
class Sample:
    """What was received from a queue, and how many messages it holds as far as SQS says.

    `hidden` are messages that could not be given back: they stay invisible until their receive times out.
    """

    found: list[FoundRecord] = field(default_factory=list)
    held: int = 0
    in_flight: int = 0
    hidden: int = 0
    reason: str = ""


def read_queue(queue: Queue, source: str, wanted: Wanted, stop: Stop) -> Sample:
    """Receive messages until enough came, the time is over or none is left; then make them visible again.

    A queue with a redrive policy is a UsageError unless its receives may be spent.
    """
    state = queue.state()
    if state.most_receives is not None and not wanted.may_spend:
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
        _receive(queue, received, state.visible, wanted, stop)
    finally:
        _give_back(queue, received, sample)
    found = [
        FoundRecord.in_message(source, one.message_id, one.body, dict(one.attributes), one.sent_at)
        for one in received.values()
    ]
    sample.found = [one for one in found if wanted.has(one.record.time)]
    return sample


def _receive(queue: Queue, received: dict[str, Message], visible: int, wanted: Wanted, stop: Stop) -> None:
    """Fill `received`; a message that comes twice has the receipt of its last receive."""
    started, wait, came = time.monotonic(), 0, list[Message]()
    while len(received) < wanted.most and time.monotonic() - started < wanted.seconds and not stop.requested.is_set():
        came = queue.receive(most=wanted.most - len(received), hold=wanted.hold, wait=wait)
        received.update((one.message_id, one) for one in came)
        wanted.show(_progress(received, visible, wanted, time.monotonic() - started))
        if not came and (wait or len(received) >= visible):
            break
        wait = 0 if came else _WAIT
    wanted.show(replace(_progress(received, visible, wanted, time.monotonic() - started), is_over=True))


def _give_back(queue: Queue, received: dict[str, Message], sample: Sample) -> None:
    try:
        sample.hidden = queue.give_back([*received.values()])
    except EicError as error:
        sample.hidden, sample.reason = len(received), error.message


def _progress(received: Sized, visible: int, wanted: Wanted, seconds: float) -> Progress:
    return Progress(
        functions_done=len(received),
        functions_known=min(max(visible, len(received)), wanted.most),
        regions_done=0,
        regions=0,
        calls=wanted.tally.calls,
        throttles=wanted.tally.throttles,
        seconds=seconds,
        seconds_left=None,
        what="messages",
    )
