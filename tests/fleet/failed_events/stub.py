"""A queue and Lambda in memory, with any number of messages and the faults that a test chooses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.answering import Answer, Seen, Step, as_json, identity

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout"

Fault = Callable[[str, Seen], tuple[Step, bool] | None]
"""What to say to an operation instead, and whether it is carried out all the same."""


@dataclass
class Stub:
    """The script of a server; `receipts` has the current receipt of each message that is hidden."""

    messages: dict[str, str]
    fault: Fault = lambda _operation, _request: None
    attributes: Mapping[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    count: int = 0

    def __call__(self, request: Seen) -> Step:
        operation = _operation(request)
        instead = self.fault(operation, request)
        if instead is None:
            return self._carried_out(operation, request)
        step, is_carried_out = instead
        if is_carried_out:
            self._carried_out(operation, request)
        return step

    def _carried_out(self, operation: str, request: Seen) -> Answer:
        if operation == "GetCallerIdentity":
            return identity(ACCOUNT)
        answer: Answer = getattr(self, f"_{operation}")(json.loads(request.body or b"{}"), request)
        return answer

    def _GetQueueAttributes(self, _body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        hidden = len(self.receipts)
        counts = {"ApproximateNumberOfMessages": str(len(self.messages) - hidden)}
        counts["ApproximateNumberOfMessagesNotVisible"] = str(hidden)
        return as_json({"Attributes": {**counts, **self.attributes}})

    def _ReceiveMessage(self, body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        some: list[dict[str, Any]] = []
        for message_id, text in self.messages.items():
            if len(some) == body["MaxNumberOfMessages"]:
                break
            if message_id not in self.receipts:
                self.count += 1
                self.receipts[message_id] = f"{message_id}/{self.count}"
                some.append({"MessageId": message_id, "ReceiptHandle": self.receipts[message_id], "Body": text})
        return as_json({"Messages": some} if some else {})

    def _ChangeMessageVisibilityBatch(self, body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        for entry in body["Entries"]:
            self._give_back(entry["ReceiptHandle"])
        return as_json({"Successful": [{"Id": entry["Id"]} for entry in body["Entries"]], "Failed": []})

    def _give_back(self, receipt: str) -> None:
        message_id = receipt.partition("/")[0]
        if self.receipts.get(message_id) == receipt:
            del self.receipts[message_id]

    def _DeleteMessage(self, body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        message_id = body["ReceiptHandle"].partition("/")[0]
        if self.receipts.get(message_id) == body["ReceiptHandle"]:  # AWS accepts an old one, but deletes nothing
            del self.receipts[message_id], self.messages[message_id]
            self.deleted.append(message_id)
        return as_json({})

    def _GetFunction(self, _body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        return as_json({"Configuration": {"FunctionArn": f"{FUNCTION}:$LATEST", "FunctionName": "checkout"}})

    def _List(self, _body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        config = {
            "FunctionArn": f"{FUNCTION}:$LATEST",
            "LastModified": 1793534400.123,
            "DestinationConfig": {"OnFailure": {"Destination": QUEUE}, "OnSuccess": {}},
        }
        return as_json({"FunctionEventInvokeConfigs": [config]})

    def _Invoke(self, body: Any, _request: Seen) -> Answer:  # noqa: N802 # AWS's name
        self.accepted.append(f"m{body['order']}")
        return Answer(202, b"", {"x-amzn-RequestId": f"new-{len(self.accepted)}"})


def _operation(request: Seen) -> str:
    target = {name.lower(): value for name, value in request.headers.items()}.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    if b"GetCallerIdentity" in request.body:
        return "GetCallerIdentity"
    ends = {"/invocations": "Invoke", "/event-invoke-config/list": "List"}
    return next((name for end, name in ends.items() if end in request.path), "GetFunction")
