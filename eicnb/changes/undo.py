"""The plan that undoes writes: each config gets back the settings from before the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.change import Change, Unread, described, is_same, place_of
from eicnb.changes.journal import site_of
from eicnb.changes.journal_entry import JournalEntry
from eicnb.changes.journal_frame import Entry, entries_of
from eicnb.changes.new_destinations import noting_missing
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange, why_unread
from eicnb.changes.planning import ReadsConfigs, without_missing
from eicnb.changes.reach import Reachable
from eicnb.errors import EicError, UsageError, shown
from eicnb.model.function import FunctionRef
from eicnb.model.misspelling import typing_errors
from eicnb.model.moment import read_moment
from eicnb.model.order import Order, order
from eicnb.model.reported import ReportedConfig

_RUN = re.compile(r"r-[0-9a-f]+")

State = ReportedConfig | Unread | None


def undo_of(entries: Sequence[JournalEntry], reach: Reachable, reader: ReadsConfigs) -> Plan:
    """Return the plan that restores the configs from before some writes.

    Each current config is read. If it is not what the writes left behind, another writer changed it, and the row is a
    conflict. If the account is out of reach or the previous config is unknown, the row is refused. Failed writes
    changed nothing and are ignored.
    """
    writes: dict[str, list[JournalEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.time):
        if entry.outcome != "failed":
            writes.setdefault(str(entry.change.target), []).append(entry)
    restores = [_Restore.of(of_one, reach) for of_one in writes.values()]
    targets = {one.target: one.connection for one in restores if one.connection is not None and not one.refusal}
    current = reader.configs(targets) if targets else {}
    rows = [one.planned(current.get(one.target)) for one in restores]
    rows.sort(key=_order)
    noted, notes = noting_missing(without_missing(rows, targets, reader), reach)
    return Plan(noted, reach.sandbox, notes=notes)


def _order(row: PlannedChange) -> Order:
    """Return the sort key of a row, as in an audit: versions by number."""
    target = row.change.target if row.change else None
    names = (target.function_name, target.qualifier) if target else (None, None)
    return order(row.account_id, row.region or "", *names)


@dataclass(frozen=True, slots=True)
class _Restore:
    """One config to restore: its original settings, and those that the writes may have left behind."""

    target: FunctionRef
    original: State
    left: tuple[State, ...]
    connection: Connection | None
    refusal: str = ""
    conflict: str = ""

    @classmethod
    def of(cls, writes: Sequence[JournalEntry], reach: Reachable) -> _Restore:
        """Work out what to restore, given the writes to one config, oldest first."""
        first, target = writes[0].change, writes[-1].change.target
        left: tuple[State, ...] = (first.before,)
        conflict = ""
        for entry in writes:
            before, after = entry.change.before, entry.change.after
            if not (isinstance(before, Unread) or any(is_same(before, one) for one in left)):
                conflict = f"another writer changed the config between these writes, before {entry.time:%Y-%m-%d %H:%M}"
            left = (after,) if entry.outcome == "applied" else (*left, after)
        connection, refusal = _reached(writes[-1], reach)
        if isinstance(first.before, Unread):
            refusal = refusal or f"the config before the write is unknown: {first.before.reason}"
        return cls(target, first.before, left, connection, refusal, conflict)

    def planned(self, now: ReportedConfig | EicError | None) -> PlannedChange:
        """Return the row of the plan, given the current config."""
        if isinstance(now, EicError):
            return self._refused(why_unread(now))
        if self.refusal or isinstance(self.original, Unread):
            return self._refused(self.refusal)
        change = Change(self.target, now, self.original)
        if is_same(now, self.original):
            return PlannedChange.of(Change(self.target, now, now))
        if not any(is_same(now, one) for one in self.left):
            words = described(now, place_of(self.target))
            return PlannedChange.conflict(change, f"the config was changed since: it is now {words}")
        return PlannedChange.conflict(change, self.conflict) if self.conflict else PlannedChange.of(change)

    def _refused(self, reason: str) -> PlannedChange:
        return PlannedChange.refused(Change(self.target, Unread(reason), None), reason)


def _reached(entry: JournalEntry, reach: Reachable) -> tuple[Connection | None, str]:
    """Return the connection that reaches a write's config, or the reason why none does."""
    target = entry.change.target
    if target.account_id is None:
        return None, "the account of the write is unknown"
    if not is_within(entry, reach):
        where = "in another sandbox" if entry.site.sandbox else f"at {entry.site.endpoint or 'AWS'}"
        return None, f"it was written {where}, not through this connection"
    try:
        connection = reach.at(target.account_id, target.region)
    except UsageError as error:
        return None, error.message
    if connection is None:
        return None, f"account {target.account_id} is out of reach: connected to {reach.accounts}"
    return connection, ""


def is_within(entry: Entry, reach: Reachable) -> bool:
    """Return whether a write went to the same AWS, endpoint or sandbox as the connections."""
    sites = {(site.endpoint, site.sandbox) for site in map(site_of, reach.connections)}
    return (entry.site.endpoint, entry.site.sandbox) in sites


def chosen(what: Any, entries: Sequence[Entry], reach: Reachable, now: datetime) -> tuple[Entry, ...]:
    """Return the writes and events of a run, of rows, or since a time; `what` defaults to the last run.

    The last run is the most recent one in the connections' accounts that may have changed something.
    """
    if what is None:
        writes = (entry for entry in entries if isinstance(entry, JournalEntry))
        last = next((entry for entry in writes if entry.outcome != "failed" and is_own(entry, reach)), None)
        return tuple(entry for entry in entries if last is not None and entry.run == last.run)
    if _is_run(what):
        run = tuple(entry for entry in entries if entry.run == what.strip())
        if not run:
            raise no_such_run(what.strip(), {entry.run for entry in entries}, "%eic undo")
        return run
    moment = since_of(what, now)
    if moment is None:
        return entries_of(what, entries)
    return tuple(entry for entry in entries if entry.time > moment and is_within(entry, reach))


def since_of(what: Any, now: datetime) -> datetime | None:
    """Return the time that `what` gives, or None if it is a run, rows or missing."""
    if what is None or _is_run(what) or "columns" in dir(what):
        return None
    moment = _moment(what, now)
    if moment > now:
        raise UsageError(f"{what!s} is in the future", hint="%eic journal")
    return moment


def _moment(what: Any, now: datetime) -> datetime:
    try:
        return read_moment(what, "what", now)
    except UsageError as error:
        hint = f"{error.hint}, or give a run or rows of the journal\n%eic journal"
        with UsageError.about("what"):
            raise UsageError(f"{shown(what)} is not a run, rows of the journal or a time", hint=hint) from error


def _is_run(what: Any) -> bool:
    return isinstance(what, str) and _RUN.fullmatch(what.strip()) is not None


def no_such_run(run: str, known: Iterable[str], command: str) -> UsageError:
    """Return the error about a run that is not in the journal; its hint suggests the most similar one.

    >>> print(no_such_run("r-1a2b3c4d5f", ["r-1a2b3c4d5e"], "%eic undo"))
    there is no run 'r-1a2b3c4d5f' in the journal
    Try: %eic undo r-1a2b3c4d5e
    """
    similar = next((one for one in known if typing_errors(run, one) <= 1), None)
    hint = f"{command} {similar}" if similar else "%eic journal"
    return UsageError(f"there is no run {run!r} in the journal", hint=hint)


def about(entries: Iterable[JournalEntry], functions: Sequence[str]) -> tuple[JournalEntry, ...]:
    """Return the writes to functions that match these names or globs."""
    return tuple(entry for entry in entries if _matches(entry.change.target, functions))


def is_own(entry: JournalEntry, reach: Reachable) -> bool:
    """Return whether a write went to the connections' AWS and to one of their accounts."""
    accounts = {home.account_id for home in reach.homes}
    return is_within(entry, reach) and entry.change.target.account_id in {*accounts, None}


def _matches(target: FunctionRef, patterns: Sequence[str]) -> bool:
    names = (target.function_name, f"{target.function_name}:{target.qualifier}")
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
