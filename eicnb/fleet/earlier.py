"""What an earlier audit read, so that only the rest is asked again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eicnb.arn import LATEST, FunctionRef, check_qualifier
from eicnb.errors import UsageError, shown
from eicnb.finding import SCAN_STATES
from eicnb.model import ReportedFunction

Row = Mapping[str, Any]

_ACCOUNT_DIGITS = 12
_NAMES = ("account_id", "region", "function_name", "qualifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRegion:
    """What is known of one account and region: `known` is None where the list of functions is to be read again."""

    settled: frozenset[str] = frozenset()
    known: tuple[ReportedFunction, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The rows of an earlier audit that are good, and by account and region what is missing.

    `gone` are the functions that were gone then: found gone again, they count as read. `is_whole` says that no row
    was lost since, so that a list that came to its end need not be read again.
    """

    rows: tuple[Row, ...] = ()
    functions: Mapping[tuple[str, str], Mapping[str, ReportedFunction]] = field(default_factory=dict)
    settled: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    unlisted: frozenset[tuple[str, str]] = frozenset()
    gone: frozenset[tuple[str, str, str]] = frozenset()
    is_whole: bool = True

    @classmethod
    def of_rows(cls, rows: Iterable[Row], *, functions: int | None) -> Earlier:
        """Read the rows of an audit frame; `functions` is how many functions it had when it was made."""
        by_place: dict[tuple[str, str], dict[str, list[Row]]] = {}
        unlisted = set()
        for row in rows:
            _check_row(row)
            if row["account_id"] is None:
                continue
            place = (row["account_id"], row["region"])
            named = by_place.setdefault(place, {})
            if row["function_name"] is None:
                unlisted.add(place)
            else:
                named.setdefault(row["function_name"], []).append(row)
        settled = {
            place: frozenset(name for name, its in named.items() if _is_settled(its))
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
                if its[0]["scan_state"] == "gone"
            ),
            is_whole=functions is not None and functions == sum(map(len, by_place.values())),
        )

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The accounts and regions that the rows are of."""
        return frozenset(self.functions)

    def at(self, account_id: str, region: str) -> EarlierRegion:
        """What is known of an account and region."""
        place = (account_id, region)
        listed = self.is_whole and place in self.functions and place not in self.unlisted
        known = tuple(self.functions[place].values()) if listed else None
        return EarlierRegion(settled=self.settled.get(place, frozenset()), known=known)

    def regions_of(self, account_id: str, asked: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """The regions to audit in an account: those of the rows unless others are asked for."""
        mine = {region for account, region in self.places if account == account_id}
        if not mine or (asked == ("all",) and not self.is_whole):
            return asked
        if asked is None or asked == ("all",):
            return tuple(sorted(mine))
        if beyond := mine - set(asked):
            raise _not_resumable(
                f"the frame to go on with has rows of {min(beyond)}, which is not among the regions",
                hint="resume= without regions=, or with all of the frame's regions",
            )
        return asked

    def check_accounts(self, accounts: set[str]) -> None:
        """Refuse rows of an account that is not audited."""
        if beyond := {account for account, _ in self.places} - accounts:
            raise _not_resumable(
                f"the frame to go on with has rows of account {min(beyond)}, "
                f"but the audit is of {', '.join(sorted(accounts)) or 'no account'}",
                hint="a connection for each account of the frame, or another frame",
            )


NOTHING = Earlier(is_whole=True)
"""No earlier audit."""


def _not_resumable(message: str, hint: str) -> UsageError:
    error = UsageError(message, hint=hint)
    error.argument = "resume"
    return error


def _is_settled(rows: list[Row]) -> bool:
    """Whether a function is read: all its rows are, and `$LATEST`, which every function has, is among them."""
    return all(row["scan_state"] == "ok" for row in rows) and any(row["qualifier"] == LATEST for row in rows)


def _function(rows: list[Row]) -> ReportedFunction:
    """The function as `ListFunctions` reported it, from the row of `$LATEST` where there is one."""
    row = next((row for row in rows if row["qualifier"] == LATEST), rows[0])
    return ReportedFunction(
        function=FunctionRef.parse(row["function_arn"]).without_qualifier(),
        runtime=row["runtime"],
        timeout=row["timeout"],
        dead_letter_arn=row["dead_letter_arn"],
        role_arn=row["role_arn"],
    )


def _check_row(row: Row) -> None:
    """Refuse a row that no audit could have made."""
    why = _fault(row)
    if why:
        raise _not_resumable(
            f"the frame to go on with is damaged: {why}", hint="the frame of an audit, as the audit returned it"
        )


def _fault(row: Row) -> str | None:
    account_id, name = row["account_id"], row["function_name"]
    if row["scan_state"] not in SCAN_STATES:
        return f"a scan_state is {shown(row['scan_state'])}"
    if not row["region"]:
        return "a row has no region"
    if account_id is not None and not (account_id.isdecimal() and len(account_id) == _ACCOUNT_DIGITS):
        return f"an account_id is {shown(account_id)}"
    if name is None:
        return "a row without a function is ok" if row["scan_state"] == "ok" else None
    return None if _is_consistent(row) else f"a row of {shown(name)} does not fit its function_arn or its scan_state"


def _is_consistent(row: Row) -> bool:
    """Whether a function's row names the same function twice, and has settings where it is ok."""
    try:
        function = FunctionRef.parse(row["function_arn"] or "")
        check_qualifier(row["qualifier"] or "")
    except UsageError:
        return False
    said = (function.account_id, function.region, function.function_name, function.qualifier)
    has_settings = None not in {row["configured"], row["effective_retry_attempts"]}
    return said == tuple(row[name] for name in _NAMES) and (has_settings or row["scan_state"] != "ok")
