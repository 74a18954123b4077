"""The receipts of SQS messages: of those that a message ever had, only the latest counts.

A receipt counts until its message is visible again or received again; moto accepts the older ones too. AWS reports
success for a deletion with an older one, and may not delete
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html).
Tested in tests/local_aws/test_receipts.py.
"""

from __future__ import annotations

import time
from typing import Any

from moto.backends import get_backend

OPERATIONS = {
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
}
"""The operations that take receipts."""


def retire(account_id: str) -> None:
    """Make moto ignore deletions with receipts that no longer count."""
    regions: Any = get_backend("sqs")[account_id]
    now = time.time() * 1000
    for region in list(regions.values()):
        for queue in list(region.queues.values()):
            for message in list(queue._messages):  # noqa: SLF001  # moto has no public list of all messages
                _retire(queue, message, is_visible=message.visible_at <= now)


def _retire(queue: Any, message: Any, *, is_visible: bool) -> None:
    # moto takes a receipt in `deleted_messages` for one of a message that is deleted already.
    older = message._old_receipt_handles  # noqa: SLF001  # moto has no public list of them
    queue.deleted_messages.update(older)
    older.clear()
    if is_visible and message.receipt_handle is not None:
        queue.deleted_messages.add(message.receipt_handle)
        message.receipt_handle = None
