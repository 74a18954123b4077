"""The wording of an undo: what its plan undoes, or why it is empty.

Tested in tests/changes/test_undo.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eicnb.changes.change import count
from eicnb.changes.journal_entry import JournalEntry
from eicnb.changes.journal_event import EventEntry
from eicnb.changes.reach import Reachable
from eicnb.changes.undo import is_own, is_within


def heading(writes: Sequence[JournalEntry]) -> str:
    """Return a line about the writes that a plan undoes, or "" if there are none."""
    done = _done(writes)
    if not done:
        return ""
    first, last = (_worded(of(entry.time for entry in done)) for of in (min, max))
    runs = list(dict.fromkeys(entry.run for entry in done))
    if len(runs) == 1:
        return f"Undoes the run {runs[0]} of {first}: {count(len(done), 'write')}"
    return f"Undoes {count(len(done), 'write')} of {len(runs)} runs, from {first} to {last}"


def sent_events(events: Sequence[EventEntry]) -> Iterator[str]:
    """Yield a line about events that were sent as well, which no plan can undo."""
    if events:
        were = "was" if len(events) == 1 else "were"
        yield f"{count(len(events), 'event')} {were} sent to a function, which cannot be undone."


@dataclass(frozen=True, slots=True)
class UndoWords:
    """The inputs of an undo that its wording depends on: journal, connections, time and functions."""

    entries: Sequence[JournalEntry]
    reach: Reachable
    since: datetime | None
    functions: Sequence[str] = ()

    def why_empty(self, found: Sequence[JournalEntry]) -> str:
        """Return why nothing is undone, given the writes found before the choice of functions."""
        done = _done(found)
        if found and not done:
            return f"Nothing to undo: {count(len(found), 'write')} failed and changed nothing."
        period = f" since {_worded(self.since)}" if self.since else ""
        if done:
            runs = {entry.run for entry in done}
            of_run = f" of the run {runs.pop()}" if len(runs) == 1 and not period else ""
            return f"Nothing to undo: no write{period}{of_run} was to {', '.join(self.functions)}."
        return f"Nothing to undo: the journal has no write{period} in account {self.reach.accounts}."

    def left_out(self, what: Any, *, is_empty: bool) -> Iterator[str]:
        """Yield a line about writes in other accounts or sandboxes, which are left out."""
        if self.since is not None:
            others = [one for one in self.entries if one.time > self.since and not is_within(one, self.reach)]
        else:
            others = [one for one in self.entries if is_empty and what is None and not is_own(one, self.reach)]
        if number := len(_done(others)):
            are = "is" if number == 1 else "are"
            yield f"{count(number, 'write')} in other accounts or sandboxes {are} left out."


def _done(entries: Sequence[JournalEntry]) -> list[JournalEntry]:
    """Return the writes that may have changed something."""
    return [entry for entry in entries if entry.outcome != "failed"]


def _worded(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
