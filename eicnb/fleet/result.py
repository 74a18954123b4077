"""The frame of an audit, with its counts, and the error of an incomplete one.

Tested in tests/fleet/test_audit.py and tests/fleet/test_resume.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

import pandas as pd

from eicnb.errors import IncompleteAudit
from eicnb.fleet.collection import without_collection
from eicnb.fleet.columns import AUDIT_COLUMNS, audit_row
from eicnb.fleet.resume import OF_A_FUNCTION
from eicnb.fleet.row import SCAN_STATES
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import is_glob
from eicnb.fleet.unmatched import closest
from eicnb.frames.columns import SEVERAL, Scalar
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.order import order

KNOWN_UNTIL = "known_until"
"""The attr with the time until which a refresh knows every change of its rows, in UTC."""

_MOST_ERRORS = 3

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of some rows of an audit; `still_gone` are those of functions that did not exist before either."""

    rows: int = 0
    functions: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    still_gone: int = 0

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], gone: Collection[tuple[str, str, str]]) -> Self:
        """Count rows; `gone` are the functions that an earlier audit did not find."""
        states = Counter(row["scan_state"] for row in rows)
        named = [(row["account_id"], row["region"], row["function_name"]) for row in rows if row["function_name"]]
        still_gone = sum(row["scan_state"] == "gone" and _name(row) in gone for row in rows) if gone else 0
        return cls(rows=states.total(), functions=len({*named}), states=states, still_gone=still_gone)

    @property
    def are_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.rows == self.states.get("ok", 0) + self.still_gone

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of these rows and of others, of other functions."""
        return Counts(
            rows=self.rows + other.rows,
            functions=self.functions + other.functions,
            states=Counter(self.states) + Counter(other.states),
            still_gone=self.still_gone + other.still_gone,
        )

    def attrs(self) -> dict[str, Scalar]:
        """Return the counts as attrs of a frame."""
        states: dict[str, Scalar] = {state: self.states.get(state, 0) for state in SCAN_STATES}
        return {"functions": self.functions, "rows": self.rows, **states, "complete": self.are_complete}


def _name(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["account_id"], row["region"], row["function_name"]


def to_audit_frame(running: Audit, more: Mapping[str, Scalar] = MappingProxyType({})) -> Frame:
    """Return all rows in their order, with their counts and `more` as attrs."""
    with without_collection():
        rows: Rows = [audit_row(row) for row in running.rows()]
        rows += [dict(row) for row in running.earlier_rows()]
        rows.sort(key=lambda row: order(row["account_id"], row["region"], row["function_name"], row["qualifier"]))
        counts = Counts.of(rows, running.earlier.gone)
        return to_frame(rows, AUDIT_COLUMNS, {**attrs_of(running, counts), **more})


def attrs_of(running: Audit, counts: Counts) -> dict[str, Scalar]:
    """Return the attrs of the frame of an audit."""
    connections = running.connections
    return {
        "verb": "audit",
        "account_id": _one_of(running.accounts() or [aws.known_account_id for aws in connections]),
        "region": _one_of(running.audited_regions() or [aws.region for aws in connections]),
        "sandbox": _one_of([aws.sandbox for aws in connections]),
        "regions": None if running.regions is None else ",".join(running.regions),
        "qualifiers": running.scope.qualifiers,
        "selected": running.scope.selection.as_attr,
        "unmatched": globs_of(running),
        **counts.attrs(),
        "calls": running.tally.calls,
        "throttled_calls": running.tally.throttles,
    }


def _one_of(values: Sequence[Any]) -> Any:
    """Return the value that all have in common, or `several`."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else SEVERAL


def is_resumable(result: Frame, running: Audit) -> bool:
    """Return whether an incomplete audit misses more than names that no list of functions has."""
    others = result[(result["scan_state"] != "ok") & ~_unmatched(result)]
    names = zip(others["account_id"], others["region"], others["function_name"], strict=True)
    return bool(others["scan_state"].ne("gone").any()) or any(name not in running.earlier.gone for name in names)


def _unmatched(result: pd.DataFrame) -> Any:
    """Return for each row whether it is about a name that no list of functions has."""
    return result["scan_state"].eq("gone") & result[list(OF_A_FUNCTION)].isna().all(axis=1)


def list_hint(line: str, running: Audit, usual: str | None, *, is_typed: bool) -> str:
    """Return the hint with the command that lists the functions of an audited region.

    `usual` is the connection's region; if the user typed it, the command repeats it.
    """
    audited = running.audited_regions() or [running.connections[0].region]
    region = usual if usual in audited else audited[0]
    return f"copy the name from the list\n{line}{f' --region {region}' if is_typed or region != usual else ''}"


def incomplete(result: Frame, running: Audit, hint: str) -> IncompleteAudit:
    """Return the error of an audit with unread rows, with its frame."""
    counts = result.attrs
    states = ", ".join(f"{counts[state]} {state}" for state in SCAN_STATES if state != "ok" and counts[state])
    error = IncompleteAudit(
        f"the audit is incomplete: {counts['rows'] - counts['ok']} of {counts['rows']} rows could not be read: {states}"
        + "".join(f"\n    {line}" for line in _first_errors(result, running))
        + '\nThe error has the frame as `result`; errors="rows" (--errors rows) returns it instead.',
        hint=hint,
    )
    error.result = result
    return error


def _first_errors(result: Frame, running: Audit) -> list[str]:
    """Return the first lines of the first errors, with the closest name for one that does not exist."""
    wrong = result[result["scan_state"] != "ok"]
    first = wrong.head(_MOST_ERRORS)
    lines = []
    for row, is_unmatched in zip(first.to_dict("records"), _unmatched(first), strict=True):
        where = "/".join(part for part in (row["region"], row["function_name"]) if isinstance(part, str))
        is_named = is_unmatched and isinstance(row["function_name"], str)
        near = closest(row["function_name"], running.listed_names()) if is_named else None
        meant = f"; the closest name is {near!r}" if near else ""
        lines.append(f"{where}: {str(row['error']).splitlines()[0]}{meant}")
    return [*lines, *(["…"] if len(wrong) > _MOST_ERRORS else [])]


def globs_of(running: Audit) -> str | None:
    """Return the globs that match no function, in one text; None if there are none."""
    return ", ".join(filter(is_glob, running.unmatched())) or None
