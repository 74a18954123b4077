"""One event in the journal: a line before it is sent to a function, and a line about its outcome; never its payload.

Tested in tests/changes/test_journal_event.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, get_args

from eicnb.changes.journal_entry import NO_OUTCOME, Site, WriteOutcome, line_of
from eicnb.model.function import FunctionRef

EVENT_VERBS = ("send", "replay")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """An event that was sent to a function; of a replay with the source and the id of its message.

    With the outcome `applied` Lambda accepted it; an error then says that its message could not be deleted.
    """

    identity: str
    run: str
    time: datetime
    verb: str
    target: FunctionRef
    by: str | None = None
    site: Site = field(default_factory=Site)
    source: str | None = None
    message_id: str | None = None
    request_id: str | None = None
    outcome: WriteOutcome = "unknown"
    error: str | None = NO_OUTCOME

    @property
    def words(self) -> str:
        """What was sent, in words."""
        return f"message {self.message_id}" if self.message_id else "an event"

    @property
    def may_have_arrived(self) -> bool:
        """Whether Lambda accepted the event, or may have."""
        return self.outcome != "failed"

    def intent(self) -> str:
        """Return the line that is written before the event is sent."""
        return line_of(
            {
                "id": self.identity,
                "run": self.run,
                "time": self.time.isoformat(),
                "by": self.by,
                "verb": self.verb,
                "function": str(self.target),
                "source": self.source,
                "message": self.message_id,
                "region": self.site.region,
                "endpoint": self.site.endpoint,
                "sandbox": self.site.sandbox,
            }
        )

    def result(self) -> str:
        """Return the line that is written afterwards."""
        return line_of(
            {
                "id": self.identity,
                "outcome": self.outcome,
                "error": self.error,
                "by": self.by,
                "request": self.request_id,
            }
        )

    @classmethod
    def from_intent(cls, line: Mapping[str, Any]) -> Self:
        """Read the first line of an event; KeyError, TypeError or ValueError for another."""
        if line["verb"] not in EVENT_VERBS:
            raise ValueError(line["verb"])
        return cls(
            identity=str(line["id"]),
            run=str(line["run"]),
            time=datetime.fromisoformat(line["time"]).astimezone(UTC),
            verb=line["verb"],
            target=FunctionRef.parse(line["function"]),
            by=_text_or_none(line.get("by")),
            site=Site(**{name: _text_or_none(line.get(name)) for name in ("region", "endpoint", "sandbox")}),
            source=_text_or_none(line.get("source")),
            message_id=_text_or_none(line.get("message")),
        )

    def with_result(self, line: Mapping[str, Any]) -> Self:
        """Return the event with the outcome in its second line."""
        if line["outcome"] not in get_args(WriteOutcome):
            raise ValueError(line["outcome"])
        error, by, request_id = (_text_or_none(line.get(name)) for name in ("error", "by", "request"))
        return replace(self, outcome=line["outcome"], error=error, by=by or self.by, request_id=request_id)

    def ended(self, outcome: WriteOutcome, error: str | None = None) -> Self:
        """Return the event with its outcome."""
        return replace(self, outcome=outcome, error=error)


def _text_or_none(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError(value)
    return value
