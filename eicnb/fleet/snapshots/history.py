"""The verb `history`: what was added, removed and changed between the audits in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from eicnb.errors import EicError, UsageError
from eicnb.fleet.compare import Difference, in_words, order_of
from eicnb.fleet.compared_frame import COMPARED_COLUMNS, ComparedFrame, ComparedRow, Key
from eicnb.fleet.snapshots import parquet
from eicnb.fleet.snapshots.audit_folder import check_audit, parts_in, whole_audit
from eicnb.fleet.snapshots.parquet import why_unreadable
from eicnb.fleet.snapshots.saving import is_folder, path_of
from eicnb.fleet.snapshots.verb_columns import HISTORY_COLUMNS
from eicnb.frames.columns import SUMMARY, VERB, Scalar, common
from eicnb.frames.frame import Frame, to_frame

_COUNTS = ("added", "removed", "changed")


def history(folder: str | os.PathLike[str]) -> Frame:
    """Return what was added, removed and changed between the audits saved in a folder.

    >>> import tempfile
    >>> from eicnb.fleet.snapshots.saving import save
    >>> audits = tempfile.mkdtemp()
    >>> _ = save(eic.audit(progress=False), f"{audits}/monday.parquet")
    >>> _ = eic.put("my-function:BLUE", maximum_retry_attempts=1)
    >>> _ = save(eic.audit(progress=False), f"{audits}/tuesday.parquet")
    >>> history(audits).change.tolist()
    ['retries 0 -> 1, age 1h -> 6h (default)']

    An audit is a file that `save` wrote, or a folder that `eicnb.audit(folder=…)` wrote. Audits are compared in the
    order in which they were read, whatever their names. `from_time` is the time of the last audit with the config
    before the change, and `to_time` that of the first audit with the config after it. If an audit did not cover or
    could not read a row, the row is compared between the audits that did. Everything else in the folder is left out:
    `attrs["foreign"]` names it, with the reason. A folder without any audit raises UsageError.
    """
    with UsageError.about("folder"):
        return _history_of(path_of(folder))


def _history_of(place: Path) -> Frame:
    """Return the history of the audits in a folder."""
    if not is_folder(place):
        what = "is a file, not a folder" if place.is_file() else "does not exist"
        hint = str(place.parent) if place.is_file() else "name the folder of the saved audits"
        raise UsageError(f"the folder {str(place)!r} {what}", hint=hint)
    found = _FolderContent()
    audits = sorted(found.audits(place), key=lambda audit: (audit.time, audit.name))
    past = _Past()
    for audit in audits:
        try:
            frame = audit.frame()
            past.add(audit.time, ComparedFrame.of("the audit", frame, "function_arn"), frame.attrs)
        except UsageError as error:
            found.leave_out(audit.path, error)
    if not past.times:
        others = f"; left out: {found.foreign}" if found.foreign else ""
        message = f"the folder {str(place)!r} has no audit{others}"
        raise UsageError(message, hint=f"save one\neicnb.save(eicnb.audit(), {str(place / 'audit.parquet')!r})")
    return to_frame(past.rows(), HISTORY_COLUMNS, past.attrs(found))


@dataclass(frozen=True, slots=True)
class _SavedAudit:
    """An audit in a folder: one file, or the files of its accounts and regions."""

    path: Path
    parts: tuple[Path, ...]
    time: datetime

    @property
    def name(self) -> str:
        return self.path.name

    @classmethod
    def of(cls, path: Path, parts: Sequence[Path]) -> _SavedAudit:
        """Read the time of an audit, or raise UsageError if the files are not an audit."""
        described = [parquet.described(part) for part in parts]
        for part, one in zip(parts, described, strict=True):
            check_audit(part, one.attrs)
        read_at = [one.taken_at for one in described if one.taken_at]
        return cls(path, tuple(parts), max(read_at or [one.saved_at for one in described]))

    def frame(self) -> pd.DataFrame:
        """Read the columns that a comparison needs; if rows are missing, raise UsageError."""
        parts, snapshots = parquet.read_together(self.parts, COMPARED_COLUMNS)
        for part in parts:
            if part.attrs.get("rows", part.rows) != part.rows:
                raise parquet.unreadable(part.path, f"has {part.rows} of its audit's {part.attrs['rows']} rows")
        frames = [snapshot.frame for snapshot in snapshots]
        return frames[0] if self.parts == (self.path,) else whole_audit(parts, frames)


@dataclass(slots=True)
class _FolderContent:
    """The search for the audits in a folder; `left_out` has the reason for everything else."""

    left_out: dict[str, str] = field(default_factory=dict)

    def audits(self, folder: Path) -> Iterator[_SavedAudit]:
        """Yield the audits in a folder, which may itself be one, with a file per account and region."""
        own = parts_in(folder)
        for path in sorted({*folder.iterdir()} - {*own} | ({folder} if own else set())):
            try:
                if path == folder:
                    yield _SavedAudit.of(path, own)
                elif path.is_dir():
                    if parts := parts_in(path):
                        yield _SavedAudit.of(path, parts)
                    else:
                        self.left_out[path.name] = "is a folder without an audit"
                else:
                    yield _SavedAudit.of(path, [path])
            except (UsageError, OSError) as error:
                self.leave_out(path, error)

    def leave_out(self, path: Path, error: Exception) -> None:
        """Record why a file or folder is left out."""
        reason = why_unreadable(path, error) if isinstance(error, EicError) else f"can't be read: {error}"
        is_of_part = reason.startswith("the file ")
        self.left_out[path.name] = f"is incomplete: {reason}" if is_of_part else reason

    @property
    def foreign(self) -> str | None:
        """The names with their reasons, as an attr."""
        return "; ".join(f"{name} {reason}" for name, reason in self.left_out.items()) or None


class _KnownRow(NamedTuple):
    """A row of the last audit that read it, and the time of that audit."""

    row: ComparedRow
    time: datetime


class _FoundDifference(NamedTuple):
    """A difference between two audits, with their times."""

    found: Difference
    from_time: datetime
    to_time: datetime


class _Past:
    """The audits so far: the last known row of each function, version and alias, and its time."""

    def __init__(self) -> None:
        self.times: list[datetime] = []
        self._known: dict[Key, _KnownRow] = {}
        self._audits: list[ComparedFrame] = []
        self._found: list[_FoundDifference] = []
        self._attrs: list[Mapping[Any, Any]] = []

    def add(self, time: datetime, audit: ComparedFrame, attrs: Mapping[Any, Any]) -> None:
        """Compare an audit with the audits before it."""
        for key in dict.fromkeys((*self._known, *audit.rows)):
            now = audit.rows.get(key)
            before = self._known.get(key) or self._absent_before(key, now)
            if now is None and before is not None and _is_known_absent(audit, key, before.row):
                now = before.row._replace(settings=None)
            if now is None:
                continue
            if before is not None and before.row.settings != now.settings:
                difference = Difference(now, before.row.settings, now.settings)
                self._found.append(_FoundDifference(difference, before.time, time))
            self._known[key] = _KnownRow(now, time)
        self.times.append(time)
        self._audits.append(replace(audit, rows={}))
        self._attrs.append(attrs)

    def _absent_before(self, key: Key, row: ComparedRow | None) -> _KnownRow | None:
        """Return a new row without a config, from the last audit that covered it; None if none did."""
        if row is None:
            return None
        pairs = zip(reversed(self._audits), reversed(self.times), strict=True)
        time = next((time for audit, time in pairs if _is_known_absent(audit, key, row)), None)
        return None if time is None else _KnownRow(row._replace(settings=None), time)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the differences by time, and those of one audit in its order."""
        words = cache(in_words)
        for difference in sorted(self._found, key=lambda one: (one.to_time, order_of(one.found.row))):
            times = {"from_time": difference.from_time, "to_time": difference.to_time}
            yield {**difference.found.values(words), **times}

    def attrs(self, others: _FolderContent) -> dict[str, Scalar]:
        """Return the attrs: the accounts and regions, the counts, and what was left out."""
        places = sorted(set[tuple[str, str]]().union(*(audit.places for audit in self._audits)))
        counts = {name: sum(one.found.what == name for one in self._found) for name in _COUNTS}
        incomplete = sum(attrs.get("complete") is not True for attrs in self._attrs)
        return {
            VERB: "history",
            "account_id": common([account_id for account_id, _ in places]),
            "region": common([region for _, region in places]),
            "sandbox": common([bool(attrs.get("sandbox")) for attrs in self._attrs]),
            **counts,
            "audits": len(self.times),
            "incomplete": incomplete,
            "left_out": len(others.left_out),
            "foreign": others.foreign,
            SUMMARY: "; ".join(filter(None, [_counted(counts), self._span(), _notes(incomplete, others)])),
        }

    def _span(self) -> str:
        first, last = (f"{time:%Y-%m-%d %H:%M}" for time in (self.times[0], self.times[-1]))
        if len(self.times) == 1:
            return f"one audit, {first} UTC, so there is nothing to compare"
        return f"{len(self.times)} audits, {first} to {last} UTC"


def _is_known_absent(audit: ComparedFrame, key: Key, row: ComparedRow) -> bool:
    """Return whether an audit covered and read a function, but has no config for its row."""
    return key not in audit.rows and key not in audit.unread and audit.has_no(row)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def _notes(incomplete: int, others: _FolderContent) -> str:
    left_out = f"left out: {', '.join(others.left_out)}" if others.left_out else ""
    return "; ".join(filter(None, [f"{incomplete} incomplete" if incomplete else "", left_out]))
