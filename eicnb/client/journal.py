"""The journal of writes as a frame, and plans that undo some of them.

Tested in tests/changes/test_journal_frame.py and tests/changes/test_undo.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.journal import read
from eicnb.changes.journal_entry import JournalEntry
from eicnb.changes.journal_event import EventEntry
from eicnb.changes.journal_frame import journal_frame
from eicnb.changes.plan import Plan
from eicnb.changes.reach import Reachable
from eicnb.changes.undo import about, chosen, no_such_run, since_of, undo_of
from eicnb.changes.undo_words import UndoWords, heading, sent_events
from eicnb.client import settings
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.fleet.configs import ConfigReader
from eicnb.fleet.scope import names_in
from eicnb.frames.frame import Frame
from eicnb.model.moment import read_moment
from eicnb.widgets.progress import show_of


@checked
def journal(
    *,
    since: str | datetime | timedelta | None = None,
    until: str | datetime | timedelta | None = None,
    run: str | None = None,
) -> Frame:
    """List the writes and sent events of this user, the newest first, across days and notebooks.

    >>> _ = eic.update("my-function:BLUE", maximum_retry_attempts=1)
    >>> journal(since="1h")[["verb", "change", "outcome"]].values.tolist()
    [['update', 'retries 0 -> 1', 'applied']]

    `since` and `until` are times, in UTC unless they have a zone, or how long ago (`"7d"`, `"12h"`). `run` is the id
    that the writes of one command, `%%eic` cell or plan share. The outcome is `unknown` if the request is in flight,
    its process was killed or its response was lost. `by` is the caller, if it was known at the time. The columns are
    `eicnb.changes.journal_frame.JOURNAL_COLUMNS`.
    """
    now, found = datetime.now(UTC), read()
    since_then = None if since is None else read_moment(since, "since", now)
    until_then = None if until is None else read_moment(until, "until", now)
    if run is not None and not isinstance(run, str):
        with UsageError.about("run"):
            raise UsageError(f"run is {shown(run)}, not the id of a run", hint="%eic journal")

    known = {*(entry.run for entry in found.entries), *(event.run for event in found.events)}
    if run is not None and run not in known:
        with UsageError.about("run"):
            raise no_such_run(run, known, "%eic journal --run")

    def is_wanted(entry: JournalEntry | EventEntry) -> bool:
        is_in_time = since_then is None or entry.time >= since_then
        return is_in_time and (until_then is None or entry.time < until_then) and (run is None or entry.run == run)

    entries = tuple(entry for entry in found.entries if is_wanted(entry))
    events = tuple(entry for entry in found.events if is_wanted(entry))
    return journal_frame(replace(found, entries=entries, events=events))


def undo_on(connection: Connection, what: Any, functions: Any) -> Plan:
    """Return the plan that undoes writes, for a connection.

    >>> len(undo_on(connection, None, None))
    0
    """
    names = None if functions is None else names_in("functions", functions, "my-function")
    reach = Reachable.of([connection])
    journaled, now = read(), datetime.now(UTC)
    selected = chosen(what, (*journaled.entries, *journaled.events), reach, now)
    found = tuple(entry for entry in selected if isinstance(entry, JournalEntry))
    writes = found if names is None else about(found, names)
    plan = undo_of(writes, reach, ConfigReader(rate=settings.chosen_rate(), show=show_of(settings.current().progress)))
    words = UndoWords(journaled.entries, reach, since_of(what, now), tuple(names or ()))
    events = [entry for entry in selected if isinstance(entry, EventEntry) and entry.may_have_arrived]
    notes = (
        *plan.notes,
        *([] if plan.rows or (events and not found) else [words.why_empty(found)]),
        *sent_events(events),
        *words.left_out(what, is_empty=not plan.rows),
    )
    return replace(plan, about=heading(writes), notes=notes)
