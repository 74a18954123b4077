"""A Lambda that changes, and a CloudTrail that records it late."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.answering import Seen, Step, as_json
from tests.fleet.lambdas import GONE, Lambda

START = datetime(2026, 11, 26, 7, tzinfo=UTC)


@dataclass
class Deployed:
    """One function: its timeout, the timeouts of its versions, its aliases and its configs' retries."""

    timeout: int = 30
    versions: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    configs: dict[str, int] = field(default_factory=dict)


@dataclass
class Recorded:
    """One event of the trail, and when it becomes visible."""

    time: datetime
    visible_at: datetime
    item: dict[str, Any]


class Trailed(Lambda):
    """A Lambda of `size` functions whose calls appear in a trail, each after a `delay`."""

    def __init__(
        self,
        size: int,
        delay: Callable[[], timedelta] = lambda: timedelta(0),
        suffix: str = "",
        now: datetime = START,
    ) -> None:
        super().__init__(size)
        self.deployed = {name: Deployed(configs={"$LATEST": 1}) for name in self.names}
        self.delay = delay
        self.suffix = suffix
        self.time = now
        self.events: list[Recorded] = []
        self.lookups: list[str] = []
        self.answers_lookup: Callable[[str], Step | None] = lambda name: None
        self.before_configs: Callable[[str], object] = lambda name: None

    def now(self) -> datetime:
        """Return the time of AWS's clock."""
        return self.time

    def record(self, event_name: str, function_name: str | None, **more: Any) -> None:
        """Add an event to the trail."""
        parameters = None if function_name is None else {"functionName": function_name}
        detail = {"eventSource": "lambda.amazonaws.com", "requestParameters": parameters, **more}
        item = {
            "EventId": str(len(self.events)),
            "EventName": event_name,
            "EventSource": "lambda.amazonaws.com",
            "EventTime": int(self.time.timestamp()),
            "Resources": [],
            "CloudTrailEvent": json.dumps(detail),
        }
        self.events.append(Recorded(self.time, self.time + self.delay(), item))

    def put(self, name: str, qualifier: str, retries: int) -> None:
        """Write a config."""
        self.deployed[name].configs[qualifier] = retries
        self.record(f"PutFunctionEventInvokeConfig{self.suffix}", name)

    def __call__(self, seen: Seen) -> Step:
        return self.found(json.loads(seen.body)) if seen.service == "cloudtrail" else super().__call__(seen)

    def right(self, seen: Seen, region: str, name: str) -> Step:
        parts, query = urlsplit(seen.path).path.split("/"), parse_qs(seen.path.partition("?")[2])
        if not name:
            return self.listed(region, query)
        if parts[-1] == "list":
            self.before_configs(name)
            self.record(f"ListFunctionEventInvokeConfigs{self.suffix}", name)
        if name not in self.deployed:
            return GONE
        one = self.deployed[name]
        if parts[-1] == "list":
            configs = [self.config_at(region, name, qualifier) for qualifier in one.configs]
            return as_json({"FunctionEventInvokeConfigs": configs})
        if parts[-1] == "aliases":
            return as_json({"Aliases": [{"Name": key, "FunctionVersion": one.aliases[key]} for key in one.aliases]})
        if parts[-1] == "versions":
            return as_json({"Versions": self.all_versions(region, name)})
        return self.described(region, name, query.get("Qualifier", ["$LATEST"])[0])

    def described(self, region: str, name: str, qualifier: str) -> Step:
        """Return a version, or the version of an alias."""
        one = self.deployed[name]
        version = one.aliases.get(qualifier, qualifier)
        timeout = one.timeout if version == "$LATEST" else one.versions.get(version)
        if timeout is None:
            return GONE
        arn = f"{self.arn(region, name)}:{qualifier}"
        configuration = self.function(region, name, FunctionArn=arn, Timeout=timeout, Version=version)
        return as_json({"Configuration": configuration})

    def listed(self, region: str, query: Mapping[str, list[str]]) -> Step:
        names, start = sorted(self.deployed), int(query.get("Marker", ["0"])[0])
        shown = names[start : start + 50]
        if "FunctionVersion" in query:
            functions = [version for name in shown for version in self.all_versions(region, name)]
        else:
            functions = [self.function(region, name, Timeout=self.deployed[name].timeout) for name in shown]
        more = {"NextMarker": str(start + 50)} if start + 50 < len(names) else {}
        return as_json({"Functions": functions, **more})

    def all_versions(self, region: str, name: str) -> list[dict[str, Any]]:
        timeouts = {"$LATEST": self.deployed[name].timeout, **self.deployed[name].versions}
        return [
            self.function(region, name, FunctionArn=f"{self.arn(region, name)}:{version}", Timeout=timeout)
            for version, timeout in timeouts.items()
        ]

    def config_at(self, region: str, name: str, qualifier: str) -> dict[str, Any]:
        arn, retries = f"{self.arn(region, name)}:{qualifier}", self.deployed[name].configs[qualifier]
        return self.config(region, name, FunctionArn=arn, MaximumRetryAttempts=retries)

    def found(self, asked: Mapping[str, Any]) -> Step:
        """Return the requested page of events."""
        name = asked["LookupAttributes"][0]["AttributeValue"]
        self.lookups.append(name)
        if other := self.answers_lookup(name):
            return other
        since, until = asked.get("StartTime", 0), asked.get("EndTime", float("inf"))
        wanted = [
            event.item
            for event in reversed(self.events)
            if event.item["EventName"] == name
            and event.visible_at <= self.time
            and since <= event.item["EventTime"] <= until
        ]
        start = int(asked.get("NextToken", 0))
        more = {"NextToken": str(start + 50)} if start + 50 < len(wanted) else {}
        return as_json({"Events": wanted[start : start + 50], **more})
