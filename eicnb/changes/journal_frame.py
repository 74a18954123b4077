"""The journal as a DataFrame, and the writes behind its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eicnb.changes.change import Unread, place_of
from eicnb.changes.columns import side_of
from eicnb.changes.journal import Entries
from eicnb.changes.journal_entry import JournalEntry
from eicnb.changes.journal_event import EventEntry
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import BEFORE_AND_AFTER, CONFIG_COLUMNS, SEVERAL, Column
from eicnb.frames.frame import Frame, rows_of, to_frame
from eicnb.model.function import LATEST

Entry = JournalEntry | EventEntry

_BY_NAME = {column.name: column for column in CONFIG_COLUMNS}

TIME = Column("time", "datetime64[ns, UTC]", "just before the request was sent")
RUN = Column("run", "string", "id of the run: the writes of one command, `%%eic` cell or plan")

JOURNAL_COLUMNS = (
    TIME,
    RUN,
    Column("by", "string", "ARN of the caller, or of its role; `<NA>`: not known at the time"),
    Column("verb", "string", "`put`, `update` or `delete`; for events, `send` or `replay`"),
    _BY_NAME["function_name"],
    _BY_NAME["qualifier"],
    Column("change", "string", "the change in words; for a replay, the id of the message"),
    *BEFORE_AND_AFTER,
    Column("outcome", "string", "`applied`, `failed` or `unknown`"),
    Column("error", "string", "what went wrong, or why the outcome is unknown; `<NA>`: nothing"),
    *(_BY_NAME[name] for name in ("region", "account_id", "function_arn")),
)

_OF_A_ROW = (TIME, RUN, _BY_NAME["function_name"], _BY_NAME["qualifier"])


def journal_frame(found: Entries) -> Frame:
    """Return the writes and events as a frame of `JOURNAL_COLUMNS`, newest first.

    >>> journal_frame(Entries((), damaged_lines=0, unread_files=0)).attrs["verb"]
    'journal'

    `attrs` counts the damaged lines and the files that could not be read.
    """
    everything: list[Entry] = [*found.entries, *found.events]
    of_sandboxes = {entry.site.sandbox is not None for entry in everything}
    rows = [_row(entry) for entry in everything]
    rows.sort(key=lambda row: row["time"], reverse=True)
    return to_frame(
        rows,
        JOURNAL_COLUMNS,
        {
            "verb": "journal",
            "scope": f"the journal of all writes{_sandbox_mark(of_sandboxes)}",
            "sandbox": SEVERAL if len(of_sandboxes) > 1 else True in of_sandboxes,
            "damaged_lines": found.damaged_lines,
            "unread_files": found.unread_files,
        },
    )


def _sandbox_mark(of_sandboxes: set[bool]) -> str:
    return "" if True not in of_sandboxes else "  SANDBOX" if len(of_sandboxes) == 1 else "  SANDBOX and others"


def _row(entry: Entry) -> dict[str, Any]:
    return _write_row(entry) if isinstance(entry, JournalEntry) else _event_row(entry)


def _write_row(entry: JournalEntry) -> dict[str, Any]:
    change = entry.change
    words = change.words(place_of(change.target)) or "no change"
    return {**_of_any(entry), "change": words, **side_of(change.before, "before"), **side_of(change.after, "after")}


_UNKNOWN = Unread("an event has no config")


def _event_row(entry: EventEntry) -> dict[str, Any]:
    sides = {**side_of(_UNKNOWN, "before"), **side_of(_UNKNOWN, "after")}
    return {**_of_any(entry), "change": entry.words, **sides}


def _of_any(entry: Entry) -> dict[str, Any]:
    """Return the values of the columns that writes and events share."""
    target = entry.target
    return {
        "time": entry.time,
        "run": entry.run,
        "by": entry.by,
        "verb": entry.verb,
        "function_name": target.function_name,
        "qualifier": target.qualifier or LATEST,
        "outcome": entry.outcome,
        "error": entry.error,
        "region": target.region or entry.site.region,
        "account_id": target.account_id,
        "function_arn": str(target) if target.account_id else None,
    }


def entries_of(frame: Any, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the writes and events behind rows of the journal; an unknown row is a UsageError."""
    if "columns" not in dir(frame):
        raise UsageError(f"{shown(frame)} is neither a run, a time nor rows of the journal", hint="%eic journal")
    known = {_key(_row(entry)): entry for entry in entries}
    found = []
    for label, row in zip(frame.index, rows_of(frame, _OF_A_ROW), strict=True):
        if (entry := known.get(_key(row))) is None:
            raise UsageError(f"row {label} ({row['run']}) is not in the journal", hint="%eic journal")
        found.append(entry)
    return tuple({entry.identity: entry for entry in found}.values())


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    time = row["time"]
    return (time.timestamp() if time is not None else None, row["run"], row["function_name"], row["qualifier"])
