"""A write in the journal: one line before it is sent, and one line about its outcome.

Tested in tests/changes/test_journal.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

from eicnb.changes.change import SETTINGS, WRITES, Change, Unread
from eicnb.model.function import FunctionRef
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS
from eicnb.model.reported import ReportedConfig

VERSION = 1
"""The version of the line format; lines of a newer version are not read."""

WriteOutcome = Literal["applied", "failed", "unknown"]

NO_OUTCOME = "no outcome was recorded: the request is in flight, or its process was killed"

_COUNTS = {"maximum_retry_attempts": RETRY_ATTEMPTS, "maximum_event_age_in_seconds": EVENT_AGE_IN_SECONDS}

_NOT_READ, _UNTOUCHED = "not_read", "untouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The destination of a write: a region of AWS, of another endpoint, or of a sandbox.

    `endpoint` is set if it was not AWS itself, `sandbox` if it was an embedded AWS.
    """

    region: str | None = None
    endpoint: str | None = None
    sandbox: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request in the journal: its caller, its site, and its outcome as far as it is known.

    `identity` is unique, `run` groups the requests of one command, `%%eic` cell or plan, and `by` is the caller's ARN
    if it was known.
    """

    identity: str
    run: str
    time: datetime
    verb: str
    by: str | None = None
    site: Site = field(default_factory=Site)
    outcome: WriteOutcome = "unknown"
    error: str | None = NO_OUTCOME

    def _before(self, **members: Any) -> str:
        """Return the line to write before the request is sent."""
        shared = {"id": self.identity, "run": self.run, "time": self.time.isoformat(), "by": self.by, "verb": self.verb}
        site = {"region": self.site.region, "endpoint": self.site.endpoint, "sandbox": self.site.sandbox}
        return _line_of({**shared, **members, **site})

    def _after(self, **members: Any) -> str:
        """Return the line to write after the request."""
        shared = {"id": self.identity, "outcome": self.outcome, "error": self.error, "by": self.by}
        return _line_of({**shared, **members})

    @classmethod
    def _read(cls, line: Mapping[str, Any], verbs: Collection[str], **own: Any) -> Self:
        """Parse the first line of a request; KeyError, TypeError or ValueError if it is malformed."""
        if line["verb"] not in verbs:
            raise ValueError(line["verb"])
        return cls(
            identity=_text(line["id"]),
            run=_text(line["run"]),
            time=datetime.fromisoformat(line["time"]).astimezone(UTC),
            verb=line["verb"],
            by=text_or_none(line.get("by")),
            site=Site(**{name: text_or_none(line.get(name)) for name in ("region", "endpoint", "sandbox")}),
            **own,
        )

    def _ended_as(self, line: Mapping[str, Any], **own: Any) -> Self:
        """Return the request with the outcome from its second line."""
        if line["outcome"] not in get_args(WriteOutcome):
            raise ValueError(line["outcome"])
        by, error = text_or_none(line.get("by")), text_or_none(line.get("error"))
        return replace(self, outcome=line["outcome"], error=error, by=by or self.by, **own)

    def ended(self, outcome: WriteOutcome, error: str | None = None) -> Self:
        """Return the request with its outcome."""
        return replace(self, outcome=outcome, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(Recorded):
    """A write in the journal, with its change."""

    change: Change

    @property
    def target(self) -> FunctionRef:
        """The function, version or alias whose config is written."""
        return self.change.target

    def intent(self) -> str:
        """Return the line to write before the request is sent."""
        before, after = _to_json(self.change.before), _to_json(self.change.after)
        return self._before(function=str(self.change.target), before=before, after=after)

    def result(self) -> str:
        """Return the line to write after the request, with the config that AWS reported."""
        return self._after(function=str(self.change.target), after=_to_json(self.change.after))

    @classmethod
    def from_intent(cls, line: Mapping[str, Any]) -> Self:
        """Parse the first line of a write; KeyError, TypeError or ValueError if it is malformed."""
        target = FunctionRef.parse(line["function"])
        change = Change(target, _from_json(target, line["before"]), _after_in(target, line))
        return cls._read(line, WRITES, change=change)

    def with_result(self, line: Mapping[str, Any]) -> Self:
        """Return the write with the outcome from its second line."""
        target = FunctionRef.parse(line["function"])
        return self._ended_as(line, change=replace(self.change, target=target, after=_after_in(target, line)))

    def reported(self, config: ReportedConfig) -> Self:
        """Return the write with the config that AWS reported, whose ARN names the account."""
        return replace(self, change=replace(self.change, target=config.function, after=config))


def parse(text: str) -> Mapping[str, Any]:
    """Parse a line of the journal; a damaged line, or one of another version, is a ValueError."""
    line = json.loads(text)
    if not isinstance(line, dict) or line.get("eicnb_journal") != VERSION:
        raise ValueError(text)
    return line


def _line_of(content: Mapping[str, Any]) -> str:
    """Return a line of the journal, without the members that are None."""
    known = {name: value for name, value in content.items() if value is not None or name in {"before", "after"}}
    return json.dumps({"eicnb_journal": VERSION, **known}, ensure_ascii=True) + "\n"


def _to_json(config: ReportedConfig | Unread | None) -> dict[str, Any] | None:
    if config is None:
        return None
    if isinstance(config, Unread):
        return {_NOT_READ: config.reason, _UNTOUCHED: sorted(config.untouched)}
    modified = config.last_modified.isoformat() if config.last_modified else None
    return {**{name: getattr(config, name) for name in SETTINGS}, "last_modified": modified}


def _from_json(target: FunctionRef, value: Any) -> ReportedConfig | Unread | None:
    if value is None:
        return None
    if _NOT_READ in value:
        return Unread(_text(value[_NOT_READ]), frozenset(map(_text, value[_UNTOUCHED])))
    modified = value["last_modified"]
    return ReportedConfig(
        function=target,
        maximum_retry_attempts=_count(value, "maximum_retry_attempts"),
        maximum_event_age_in_seconds=_count(value, "maximum_event_age_in_seconds"),
        on_failure=text_or_none(value["on_failure"]),
        on_success=text_or_none(value["on_success"]),
        last_modified=datetime.fromisoformat(modified).astimezone(UTC) if modified else None,
    )


def _after_in(target: FunctionRef, line: Mapping[str, Any]) -> ReportedConfig | None:
    after = _from_json(target, line["after"])
    if isinstance(after, Unread):
        raise TypeError(after)
    return after


def _count(value: Mapping[str, Any], name: str) -> int | None:
    number = value[name]
    if number is not None and (type(number) is not int or number not in _COUNTS[name]):
        raise ValueError(number)
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def text_or_none(value: Any) -> str | None:
    """Return a member of a line that must be text or missing; any other type is a TypeError."""
    return None if value is None else _text(value)
