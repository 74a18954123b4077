"""A Lambda that answers a fleet, and goes wrong where a test wants it to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.answering import Answer, Seen, Step, as_json, fault, identity

ACCOUNT = "123456789012"
DENIED = fault(403, "AccessDeniedException", "User: me is not authorized to perform: lambda:ListFunctions")
GONE = fault(404, "ResourceNotFoundException", "The function doesn't exist.")
BROKEN = fault(500, "ServiceException", "An error occurred")
EXPIRED = fault(403, "ExpiredTokenException", "The security token included in the request is expired")
THROTTLED = Answer(429, b'{"message": "Rate exceeded"}', {"x-amzn-ErrorType": "TooManyRequestsException"})

Twist = Callable[[Seen, str, str], Step | None]
"""From a request, its region and its function ("" for a list of functions) to another answer than the right one."""


def region_of(seen: Seen) -> str:
    found = re.search(r"/\d{8}/([^/]+)/", seen.headers.get("Authorization", ""))
    return found[1] if found else "us-east-1"


class Lambda:
    """`size` functions a region, 50 a page; each `$LATEST` has a config that retries once."""

    def __init__(
        self, size: int = 3, twist: Twist = lambda seen, region, name: None, account_id: str = ACCOUNT
    ) -> None:
        self.names = [f"f{number:04}" for number in range(size)]
        self.twist = twist
        self.account_id = account_id
        self.asked: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "sts":
            return identity(self.account_id)
        region, path = region_of(seen), urlsplit(seen.path).path
        name = "" if path == "/2015-03-31/functions" else unquote(path.split("/")[3])
        with self._lock:
            self.asked[name] += 1
        return self.twist(seen, region, name) or self.right(seen, region, name)

    def arn(self, region: str, name: str) -> str:
        return f"arn:aws:lambda:{region}:{self.account_id}:function:{name}"

    def right(self, seen: Seen, region: str, name: str) -> Step:
        if name:
            return as_json({"FunctionEventInvokeConfigs": [self.config(region, name)]})
        start = int(parse_qs(seen.path.partition("?")[2]).get("Marker", ["0"])[0])
        page: dict[str, Any] = {"Functions": [self.function(region, name) for name in self.names[start : start + 50]]}
        if start + 50 < len(self.names):
            page["NextMarker"] = str(start + 50)
        return as_json(page)

    def function(self, region: str, name: str, **changes: Any) -> dict[str, Any]:
        return {
            "FunctionName": name,
            "FunctionArn": self.arn(region, name),
            "Runtime": "python3.12",
            "Timeout": 30,
            "Role": f"arn:aws:iam::{self.account_id}:role/a",
            **changes,
        }

    def config(self, region: str, name: str, **changes: Any) -> dict[str, Any]:
        return {
            "LastModified": 1793534400.123,
            "FunctionArn": f"{self.arn(region, name)}:$LATEST",
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
            **changes,
        }
