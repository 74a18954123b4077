"""A fake Lambda with a fleet of functions, which fails where a test wants it to."""

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
"""Given a request, its region and its function ("" for a list), returns a response in place of the right one."""


def region_of(seen: Seen) -> str:
    found = re.search(r"/\d{8}/([^/]+)/", seen.headers.get("Authorization", ""))
    return found[1] if found else "us-east-1"


SECRETS = {"Environment": {"Variables": {"PASSWORD": "s3cret-value"}}}
CODE = {"Location": "https://tasks.s3.amazonaws.com/code?X-Amz-Signature=s3cret-link"}


class Lambda:
    """A Lambda with `size` functions per region, 50 per page; each `$LATEST` has a config that retries once.

    `published` has the versions and aliases of a function, with the version of each. `configured` has the qualifiers
    with a config, if not only `$LATEST`.
    """

    def __init__(
        self, size: int = 3, twist: Twist = lambda seen, region, name: None, account_id: str = ACCOUNT
    ) -> None:
        self.names = [f"f{number:04}" for number in range(size)]
        self.twist = twist
        self.account_id = account_id
        self.published: dict[str, dict[str, str]] = {}
        self.configured: dict[str, tuple[str, ...]] = {}
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
        if name and "/2019-09-25/" not in seen.path:
            return self._published(seen, region, name)
        if name:
            qualifiers = self.configured.get(name, ("$LATEST",))
            arns = [f"{self.arn(region, name)}:{qualifier}" for qualifier in qualifiers]
            return as_json({"FunctionEventInvokeConfigs": [self.config(region, name, FunctionArn=arn) for arn in arns]})
        query = parse_qs(seen.path.partition("?")[2])
        start, wants_all = int(query.get("Marker", ["0"])[0]), "FunctionVersion" in query
        listed = [one for name in self.names[start : start + 50] for one in self._listed(region, name, wants_all)]
        page: dict[str, Any] = {"Functions": listed}
        if start + 50 < len(self.names):
            page["NextMarker"] = str(start + 50)
        return as_json(page)

    def _published(self, seen: Seen, region: str, name: str) -> Step:
        path, _, query = seen.path.partition("?")
        published = self.published.get(name, {})
        if path.endswith("/aliases"):
            aliases = [(alias, version) for alias, version in published.items() if alias != version]
            return as_json({"Aliases": [{"Name": alias, "FunctionVersion": version} for alias, version in aliases]})
        if path.endswith("/versions"):
            versions = ["$LATEST", *(version for version in published if version.isdecimal())]
            return as_json({"Versions": [self.version(region, name, version, version) for version in versions]})
        qualifier = parse_qs(query).get("Qualifier", ["$LATEST"])[0]
        version = {"$LATEST": "$LATEST", **published}.get(qualifier)
        if version is None:
            return fault(404, "ResourceNotFoundException", f"Function not found: {self.arn(region, name)}:{qualifier}")
        return as_json(
            {"Configuration": {**self.version(region, name, qualifier, version), **SECRETS}, "Code": CODE, "Tags": {}}
        )

    def _listed(self, region: str, name: str, wants_all: bool) -> list[dict[str, Any]]:  # noqa: FBT001 # the query decides it
        versions = [version for version in self.published.get(name, {}) if version.isdecimal() and wants_all]
        return [self.function(region, name), *(self.version(region, name, version, version) for version in versions)]

    def version(self, region: str, name: str, qualifier: str, version: str) -> dict[str, Any]:
        """Return a version, or the version of an alias; the timeout shows which one it is."""
        changes = {"FunctionArn": f"{self.arn(region, name)}:{qualifier}", "Version": version}
        timeout = 30 if version == "$LATEST" else 100 + int(version)
        return self.function(region, name, Timeout=timeout, **changes)

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
