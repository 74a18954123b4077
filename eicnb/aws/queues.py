"""The messages of SQS queues: receiving, releasing and deleting them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
Tested in tests/fleet/failed_events/test_queue_records.py and tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items, malformed
from eicnb.model.limits import MESSAGES_A_REQUEST
from eicnb.model.verbs import Operation

_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_REDRIVE = "RedrivePolicy"
_SENT = "SentTimestamp"
_OF_DEAD_LETTERS = ("RequestID", "ErrorCode", "ErrorMessage")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The state of a queue; the numbers are approximate.

    With a redrive policy, a message moves to `moves_to`, the ARN of another queue, after `most_receives` receives.
    """

    visible: int
    in_flight: int
    most_receives: int | None = None
    moves_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A received message, with the receipt handle of that receive."""

    message_id: str
    receipt: str = field(repr=False)
    body: str = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict)
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue at its URL."""

    call: CallAws
    url: str

    def state(self) -> QueueState:
        """Read how many messages it holds, and its redrive policy."""
        operation = Operation.GET_QUEUE_ATTRIBUTES
        page = self._only(operation, AttributeNames=[*_COUNTS, _REDRIVE])
        found = page.get("Attributes") or {}
        visible, in_flight = (_count(found.get(name), operation, name) for name in _COUNTS)
        policy = _policy(found.get(_REDRIVE), operation)
        if policy is None:
            return QueueState(visible=visible, in_flight=in_flight)
        most = _count(policy.get("maxReceiveCount"), operation, "maxReceiveCount")
        moves_to = str(policy.get("deadLetterTargetArn") or "another queue")
        return QueueState(visible=visible, in_flight=in_flight, most_receives=most, moves_to=moves_to)

    def receive(self, *, most: int = MESSAGES_A_REQUEST, hold: int, wait: int = 0) -> list[Message]:
        """Receive messages and hide them for `hold` seconds; wait up to `wait` seconds for the first.

        Without a wait, SQS queries only some of its servers, and may return nothing although there are messages.
        """
        page = self._only(
            Operation.RECEIVE,
            MaxNumberOfMessages=min(most, MESSAGES_A_REQUEST),
            VisibilityTimeout=hold,
            WaitTimeSeconds=wait,
            AttributeNames=[_SENT],
            MessageAttributeNames=list(_OF_DEAD_LETTERS),
        )
        return [_message(item) for item in items({"Messages": [], **page}, "Messages", Operation.RECEIVE)]

    def give_back(self, messages: Sequence[Message]) -> int:
        """Make messages visible again, and return how many of them SQS left hidden."""
        failed = 0
        for start in range(0, len(messages), MESSAGES_A_REQUEST):
            some = messages[start : start + MESSAGES_A_REQUEST]
            entries = [
                {"Id": str(number), "ReceiptHandle": message.receipt, "VisibilityTimeout": 0}
                for number, message in enumerate(some)
            ]
            page = self._only(Operation.CHANGE_VISIBILITY, Entries=entries)
            failed += len(page.get("Failed") or ())
        return failed

    def delete(self, message: Message) -> None:
        """Delete a message.

        Its receipt must be that of the last receive: SQS accepts an older one without deleting the message.
        """
        self._only(Operation.DELETE_MESSAGE, ReceiptHandle=message.receipt)

    def _only(self, operation: Operation, **parameters: Any) -> Mapping[str, Any]:
        return next(self._pages(operation, **parameters))

    def _pages(self, operation: Operation, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        return self.call(operation, QueueUrl=self.url, **parameters)


def _count(value: Any, operation: Operation, name: str) -> int:
    if not str(value).isdecimal():
        raise malformed(operation, f"its {name} is {value!r}")
    return int(value)


def _policy(text: Any, operation: Operation) -> Mapping[str, Any] | None:
    if not text:
        return None
    try:
        policy = json.loads(text)
    except (TypeError, ValueError):
        policy = None
    if not isinstance(policy, Mapping):
        raise malformed(operation, f"its {_REDRIVE} is {text!r}")
    return policy


def _message(item: Mapping[str, Any]) -> Message:
    message_id, receipt, body = (item.get(name) for name in ("MessageId", "ReceiptHandle", "Body"))
    if not (isinstance(message_id, str) and isinstance(receipt, str)):
        raise malformed(Operation.RECEIVE, "a message has no MessageId or no ReceiptHandle")
    attributes = {
        name: str(value.get("StringValue") or "") for name, value in (item.get("MessageAttributes") or {}).items()
    }
    sent = str((item.get("Attributes") or {}).get(_SENT))
    return Message(
        message_id=message_id,
        receipt=receipt,
        body=body if isinstance(body, str) else "",
        attributes=attributes,
        sent_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent.isdecimal() else None,
    )
