"""Mutes: the findings that a team accepts, each with a reason and an optional expiry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import Any

from eicnb.errors import nearest, shown
from eicnb.fleet.checks.documents import DocumentEntry, entries_in

MUTE_VALUES = ("check", "functions", "qualifiers", "reason", "expiry")
"""The values of a mute, as columns of a DataFrame or as keys in YAML."""

UNREAD = "not-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """An accepted finding: the check, or `*` for all, a glob of functions, the reason and the expiry.

    A mute without an `expiry` applies forever. `not-read` cannot be muted.
    """

    check: str
    functions: str
    reason: str
    qualifiers: str = "*"
    expiry: datetime | None = None

    def covers(self, check: str, function_name: str | None, qualifier: str | None) -> bool:
        """Return whether the mute covers a finding, regardless of its expiry."""
        is_of_check = self.check == check or (self.check == "*" and check != UNREAD)
        return (
            is_of_check
            and fnmatchcase(function_name or "", self.functions)
            and fnmatchcase(qualifier or "", self.qualifiers)
        )

    def has_expired(self, now: datetime) -> bool:
        """Return whether the mute no longer applies."""
        return self.expiry is not None and self.expiry <= now


def mutes_in(given: Any, checks: Collection[str]) -> tuple[Mute, ...]:
    """Parse the argument `mute`, a DataFrame or the path of a YAML file; `checks` are the known names.

    >>> accepted = {"check": "loop", "functions": "courier-*", "reason": "it stops by itself"}
    >>> mutes_in([accepted], ["loop"])[0].covers("loop", "courier-tracker", "$LATEST")
    True
    """
    return tuple(_mute(entry, checks) for entry in entries_in("mute", given, MUTE_VALUES))


def _mute(entry: DocumentEntry, known: Collection[str]) -> Mute:
    name = entry.required("check", "nowhere-to-go")
    if name != "*" and name not in known:
        raise entry.error(f"there is no check {name!r}", nearest(name, known) or "%eic help checks")
    if name == UNREAD:
        raise entry.error("a row that was not read cannot be muted", "read it: %eic audit --resume ${audit}")
    return Mute(
        check=name,
        functions=entry.required("functions", "payments-*"),
        reason=entry.required("reason", "why it is accepted"),
        qualifiers=entry.text("qualifiers") or "*",
        expiry=_expiry(entry),
    )


def _expiry(entry: DocumentEntry) -> datetime | None:
    """Return when a mute expires: a time, or the start of a day in UTC."""
    value = entry.values.get("expiry")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = entry.values["expiry"]
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=UTC)
    if value is not None:
        raise entry.error(f"its expiry is {shown(value)}, not a date", "expiry: 2027-01-31")
    return None
