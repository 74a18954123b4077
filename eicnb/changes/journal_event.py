"""An event in the journal: one line before it is sent, and one line about its outcome.

The payload is never recorded.

Tested in tests/changes/test_journal_event.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from eicnb.changes.journal_entry import Recorded, text_or_none
from eicnb.model.function import FunctionRef

EVENT_VERBS = ("send", "replay")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry(Recorded):
    """An event that was sent to a function; for a replay, with the source and id of its message.

    The outcome `applied` means that Lambda accepted the event. If there is an error too, its message could not be
    deleted.
    """

    target: FunctionRef
    source: str | None = None
    message_id: str | None = None
    request_id: str | None = None

    @property
    def words(self) -> str:
        """A few words about what was sent."""
        return f"message {self.message_id}" if self.message_id else "an event"

    @property
    def may_have_arrived(self) -> bool:
        """Whether Lambda accepted the event, or may have."""
        return self.outcome != "failed"

    def intent(self) -> str:
        """Return the line to write before the event is sent."""
        return self._before(function=str(self.target), source=self.source, message=self.message_id)

    def result(self) -> str:
        """Return the line to write after the event was sent."""
        return self._after(request=self.request_id)

    @classmethod
    def from_intent(cls, line: Mapping[str, Any]) -> Self:
        """Parse the first line of an event; KeyError, TypeError or ValueError if it is malformed."""
        source, message_id = (text_or_none(line.get(name)) for name in ("source", "message"))
        target = FunctionRef.parse(line["function"])
        return cls._read(line, EVENT_VERBS, target=target, source=source, message_id=message_id)

    def with_result(self, line: Mapping[str, Any]) -> Self:
        """Return the event with the outcome from its second line."""
        return self._ended_as(line, request_id=text_or_none(line.get("request")))
