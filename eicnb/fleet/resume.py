"""The usable rows of an earlier audit, so that only what is missing is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from eicnb.errors import UsageError, shown
from eicnb.fleet.listed_facts import Facts
from eicnb.fleet.row import SCAN_STATES
from eicnb.model.destination import destination_kind
from eicnb.model.function import LATEST, FunctionRef, check_qualifier
from eicnb.model.limits import (
    DEFAULT_EVENT_AGE_IN_SECONDS,
    DEFAULT_RETRY_ATTEMPTS,
    EVENT_AGE_IN_SECONDS,
    RETRY_ATTEMPTS,
)
from eicnb.model.reported import ReportedFunction

Row = Mapping[str, Any]

Purpose = Literal["resume", "refresh"]
"""Why an earlier audit is passed in."""

_ACCOUNT_DIGITS = 12
_NAMES = ("account_id", "region", "function_name", "qualifier")
_OF_A_CONFIG = (
    *("maximum_retry_attempts", "maximum_event_age_in_seconds", "last_modified"),
    *("on_failure", "on_failure_type", "on_success", "on_success_type"),
)
OF_A_FUNCTION = ("runtime", "timeout", "role_arn")
"""A listed function has a value in at least one of these columns."""

_ALL = ("all",)


NEEDS_ACCOUNTS = (
    "use a connection for each account of the frame, such as connections=eicnb.organization(role) "
    "(--organization --role ROLE)"
)
"""The hint if an audit of several accounts is continued without connections to all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRegion:
    """The knowledge of an earlier audit about one account and region.

    `known` has the listed functions; None means that the list must be read again. A refresh also passes the `facts`
    that the earlier list had of each settled function.
    """

    settled: frozenset[str] = frozenset()
    known: tuple[ReportedFunction, ...] | None = None
    facts: Mapping[str, Facts] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The usable rows of an earlier audit, and the missing parts by account and region.

    `gone` has the functions that were listed but did not exist when they were read. If they still don't exist, they
    count as read. A name that was in no list does not count as read, so all lists are read again for it. `is_listed`
    means that the lists include every function selected now, so that complete lists are not read again. `is_everywhere`
    means that the audit covered all regions.
    """

    rows: tuple[Row, ...] = ()
    functions: Mapping[tuple[str, str], Mapping[str, ReportedFunction]] = field(default_factory=dict)
    settled: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    unlisted: frozenset[tuple[str, str]] = frozenset()
    gone: frozenset[tuple[str, str, str]] = frozenset()
    is_listed: bool = True
    is_everywhere: bool = False
    purpose: Purpose = "resume"

    @classmethod
    def of_rows(
        cls, rows: Iterable[Row], *, is_whole: bool, is_everywhere: bool, purpose: Purpose = "resume"
    ) -> Earlier:
        """Read the rows of an audit frame; if rows were removed from it, read all its functions again."""
        rows = list(rows)
        by_place: dict[tuple[str, str], dict[str, list[Row]]] = {}
        unlisted = set()
        for row in rows:
            _check_row(row, purpose)
            if row["account_id"] is None:
                continue
            place = (row["account_id"], row["region"])
            named = by_place.setdefault(place, {})
            if row["function_name"] is None:
                unlisted.add(place)
            else:
                named.setdefault(row["function_name"], []).append(row)
                if not _is_reported(row):
                    unlisted.add(place)  # the list did not have it, or its entry was malformed
        _check_once(rows, purpose)
        settled = {
            place: frozenset(name for name, its in named.items() if is_whole and _is_settled(its))
            for place, named in by_place.items()
        }
        return cls(
            rows=tuple(row for place, named in by_place.items() for name in settled[place] for row in named[name]),
            functions={
                place: {name: _function(its) for name, its in named.items()} for place, named in by_place.items()
            },
            settled=settled,
            unlisted=frozenset(unlisted),
            gone=frozenset(
                (*place, name)
                for place, named in by_place.items()
                for name, its in named.items()
                if its[0]["scan_state"] == "gone" and _is_reported(its[0])
            ),
            is_listed=is_whole and not any(map(_is_unmatched, rows)),
            is_everywhere=is_everywhere,
            purpose=purpose,
        )

    def narrowed(self, wants: Callable[[ReportedFunction], object], *, has_all: bool) -> Earlier:
        """Return only the wanted functions; `has_all` means that these rows include all of them."""
        functions = {
            place: {name: function for name, function in named.items() if wants(function)}
            for place, named in self.functions.items()
        }
        return replace(
            self,
            rows=tuple(row for row in self.rows if row["function_name"] in functions[row["account_id"], row["region"]]),
            functions=functions,
            settled={place: names & functions[place].keys() for place, names in self.settled.items()},
            is_listed=self.is_listed and has_all,
        )

    def reported(self, function_name: str) -> ReportedFunction | None:
        """Return the listed function of this name; None if it was in no list."""
        named = (at[function_name] for at in self.functions.values() if function_name in at)
        return next((found for found in named if any(getattr(found, name) is not None for name in OF_A_FUNCTION)), None)

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The accounts and regions of the rows."""
        return frozenset(self.functions)

    def at(self, account_id: str, region: str) -> EarlierRegion:
        """Return what is known about an account and region."""
        place = (account_id, region)
        listed = self.is_listed and place in self.functions and place not in self.unlisted
        known = tuple(self.functions[place].values()) if listed else None
        return EarlierRegion(settled=self.settled.get(place, frozenset()), known=known)

    def regions_of(self, account_id: str, named: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Return the regions to audit in an account: those of the rows unless others are given.

        If the rows cover all regions and none can be missing, the account's regions are not requested again. Rows
        without a function prove nothing: the account may have denied access before its regions were known.
        """
        mine = self.regions_in(account_id)
        has_functions = any(self.functions[account_id, region] for region in mine)
        if not mine or (named == _ALL and not (self.is_everywhere and self.is_listed and has_functions)):
            return named
        if named is None or named == _ALL:
            return tuple(sorted(mine))
        if beyond := mine - set(named):
            raise _not_usable(
                self.purpose,
                f"the frame to {self.purpose} has rows of {min(beyond)}, which is not among the regions",
                hint="leave out regions=, or name all regions of the frame",
            )
        return named

    def regions_in(self, account_id: str) -> frozenset[str]:
        """Return the regions of an account that have rows."""
        return frozenset(region for account, region in self.places if account == account_id)

    def check_accounts(self, accounts: set[str]) -> None:
        """Reject rows of functions in an account that is not audited."""
        own = {account for (account, _), named in self.functions.items() if named}
        if beyond := own - accounts:
            other = min(beyond)
            raise _not_usable(
                self.purpose,
                f"the frame to {self.purpose} has rows of account {other}, "
                f"but the audit covers {', '.join(sorted(accounts)) or 'no account'}",
                hint=NEEDS_ACCOUNTS if len(own) > 1 else f"use a connection to account {other}",
            )


NOTHING = Earlier()
"""No earlier audit."""


def _not_usable(purpose: Purpose, message: str, hint: str) -> UsageError:
    error = UsageError(message, hint=hint)
    error.argument = purpose
    return error


def _is_settled(rows: list[Row]) -> bool:
    """Return whether a function was read: all its rows are `ok`, and `$LATEST` is among them."""
    return all(row["scan_state"] == "ok" for row in rows) and any(row["qualifier"] == LATEST for row in rows)


def _is_reported(row: Row) -> bool:
    """Return whether the function of a row was in a list of functions."""
    return row["scan_state"] == "ok" or any(row[name] is not None for name in OF_A_FUNCTION)


def _is_unmatched(row: Row) -> bool:
    """Return whether a row is about a name that was in no list of functions."""
    return row["scan_state"] == "gone" and not _is_reported(row)


def _function(rows: list[Row]) -> ReportedFunction:
    """Return the function as `ListFunctions` reported it, from the row of `$LATEST` if there is one."""
    row = next((row for row in rows if row["qualifier"] == LATEST), rows[0])
    return ReportedFunction(
        function=FunctionRef.parse(row["function_arn"]).without_qualifier(),
        runtime=row["runtime"],
        timeout=row["timeout"],
        dead_letter_arn=row["dead_letter_arn"],
        role_arn=row["role_arn"],
    )


def _check_row(row: Row, purpose: Purpose) -> None:
    """Reject a row that is not from an audit."""
    if why := _fault(row):
        raise _damaged(purpose, why)


def _check_once(rows: Iterable[Row], purpose: Purpose) -> None:
    """Reject two rows of one function and qualifier; a region that could not be read may have several."""
    times = Counter(tuple(row[name] for name in _NAMES) for row in rows if row["function_name"] is not None)
    if repeated := next((names for names, count in times.items() if count > 1), None):
        _, region, name, qualifier = repeated
        raise _damaged(purpose, f"{name}:{qualifier} in {region} has more than one row")


def _damaged(purpose: Purpose, why: str) -> UsageError:
    hint = "pass the frame as the audit returned it"
    return _not_usable(purpose, f"the frame to {purpose} is damaged: {why}", hint)


def _fault(row: Row) -> str | None:
    account_id, name = row["account_id"], row["function_name"]
    if row["scan_state"] not in SCAN_STATES:
        return f"a scan_state is {shown(row['scan_state'])}"
    if not row["region"]:
        return "a row has no region"
    if account_id is not None and not (account_id.isdecimal() and len(account_id) == _ACCOUNT_DIGITS):
        return f"an account_id is {shown(account_id)}"
    if name is None:
        return "a row without a function has scan_state 'ok'" if row["scan_state"] == "ok" else None
    if not _has_own_arn(row):
        return f"a row of {shown(name)} has the function_arn of another row"
    column = _implausible_column(row) if row["scan_state"] == "ok" else None
    return (
        column and f"the {column} of {shown(name)}, qualifier {row['qualifier']}, is not a value that an audit returns"
    )


def _has_own_arn(row: Row) -> bool:
    """Return whether the ARN of a row names the row's own function and qualifier."""
    try:
        function = FunctionRef.parse(row["function_arn"] or "")
        check_qualifier(row["qualifier"] or "")
    except UsageError:
        return False
    named = (function.account_id, function.region, function.function_name, function.qualifier)
    return named == tuple(row[name] for name in _NAMES)


def _implausible_column(row: Row) -> str | None:
    """Return the first column with an implausible value; None if all are plausible.

    A destination that AWS would reject today, such as a FIFO queue, is plausible: the config may be older.
    """
    configured, retries, age = (
        row[name] for name in ("configured", "maximum_retry_attempts", "maximum_event_age_in_seconds")
    )
    is_right = {
        "configured": configured is not None and bool(configured) == (row["last_modified"] is not None),
        "maximum_retry_attempts": _is_in(RETRY_ATTEMPTS, retries),
        "maximum_event_age_in_seconds": _is_in(EVENT_AGE_IN_SECONDS, age),
        "effective_retry_attempts": row["effective_retry_attempts"]
        == (DEFAULT_RETRY_ATTEMPTS if retries is None else retries),
        "effective_event_age_in_seconds": row["effective_event_age_in_seconds"]
        == (DEFAULT_EVENT_AGE_IN_SECONDS if age is None else age),
        "on_failure_type": _is_kind_of(row["on_failure_type"], row["on_failure"]),
        "on_success_type": _is_kind_of(row["on_success_type"], row["on_success"]),
        "error": row["error"] is None,
    }
    if not configured:
        is_right |= {name: row[name] is None for name in _OF_A_CONFIG}
    return next((name for name, right in is_right.items() if not right), None)


def _is_in(allowed: range, value: Any) -> bool:
    return value is None or allowed[0] <= value <= allowed[-1]


def _is_kind_of(kind: Any, destination: Any) -> bool:
    return bool(kind == (destination_kind(destination) if destination else None))
