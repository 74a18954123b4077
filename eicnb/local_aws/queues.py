"""moto's SQS queues with AWS's rules for receipts, and fast with thousands of messages.

Only the latest receipt of a message is valid, until the message is visible again; moto accepts older ones too. AWS
reports success for a deletion with an older receipt, but may not delete the message
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html).
Tested in tests/local_aws/test_queues.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend


class ShopQueue(Queue):
    """A queue of a sandbox, faster than moto's, which reads the time twice for every message."""

    message_retention_period: int

    @property
    def messages(self) -> list[Message]:
        """The messages that can be received now."""
        now = _now()
        return [one for one in self._messages if one.visible_at < now and one.delayed_until <= now]

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """The number of messages that are in flight."""
        now = _now()
        return sum(one.visible_at >= now for one in self._messages)

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """The number of messages that cannot be received yet."""
        now = _now()
        return sum(one.delayed_until > now for one in self._messages)

    def delete_message(self, receipt_handle: str) -> None:
        """Delete a message with its latest receipt; an older one deletes nothing."""
        with self._messages_lock:
            message = self._of(receipt_handle)
            if message is not None:
                self._messages.remove(message)
                self._pending_messages.discard(message)
                self.deleted_messages.update(filter(None, message.all_receipt_handles))

    def hide(self, receipt_handle: str, change: Callable[[], None]) -> None:
        """Change the visibility of a message with its latest receipt; any other is invalid."""
        with self._messages_lock:
            if self._of(receipt_handle) is None:
                raise ReceiptHandleIsInvalid
            change()
            self._messages_lock.notify_all()

    def receive(self, receive: Callable[[], list[Message]]) -> list[Message]:
        """Receive messages under the lock, so that no two readers receive the same message."""
        with self._messages_lock:
            return receive()

    def _of(self, receipt_handle: str) -> Message | None:
        """Return the message in flight with this receipt, or None if the receipt is no longer valid."""
        latest = next((one for one in self._messages if one.receipt_handle == receipt_handle), None)
        if latest is not None:
            return latest if latest.visible_at >= _now() else None
        was_valid = receipt_handle in self.deleted_messages or any(
            one.had_receipt_handle(receipt_handle) for one in self._messages
        )
        if not was_valid:
            raise ReceiptHandleIsInvalid
        return None


class ShopQueues(SQSBackend):
    """The queues of a sandbox in one region."""

    __module__ = SQSBackend.__module__  # moto finds the paths of a service by the module of its backend

    def create_queue(self, name: str, tags: dict[str, str] | None = None, **attributes: Any) -> Queue:
        """Create a queue, or return the existing one with these attributes."""
        queue = super().create_queue(name, tags, **attributes)
        queue.__class__ = ShopQueue  # type: ignore[type-abstract] # moto's method names its own class
        return queue

    def get_queue(self, queue_name: str) -> ShopQueue:
        """Return a queue."""
        queue = super().get_queue(queue_name)
        assert isinstance(queue, ShopQueue), "every queue is made by create_queue"
        return queue

    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Message]:
        """Receive messages; wait for the first one if the queue is empty."""
        queue, ends_at = self.get_queue(queue_name), time.monotonic() + wait_seconds_timeout
        receive = super().receive_message
        while True:
            found = queue.receive(lambda: receive(queue_name, count, 0, visibility_timeout, message_attribute_names))
            if found or time.monotonic() >= ends_at:
                return found
            queue.wait_for_messages(1)

    def change_message_visibility(self, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        """Change for how long a message in flight stays hidden."""
        change = super().change_message_visibility
        self.get_queue(queue_name).hide(receipt_handle, lambda: change(queue_name, receipt_handle, visibility_timeout))

    def is_message_valid_based_on_retention_period(self, queue_name: str, message: Message) -> bool:
        """Return whether a message is within its queue's retention; moto's version counts all messages."""
        retention = self.get_queue(queue_name).message_retention_period * 1000
        return message.sent_timestamp is None or message.sent_timestamp + retention > _now()


def _now() -> float:
    """Return the time in moto's unit, milliseconds since 1970."""
    return time.time() * 1000
