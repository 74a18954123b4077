"""The frame of an audit with its counts, and the error of an incomplete one.

Tested in tests/fleet/test_audit.py and tests/fleet/test_resume.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, Self

import pandas as pd

from eicnb.aws.boto import Aws
from eicnb.aws.http.sender import Tally
from eicnb.errors import IncompleteAudit
from eicnb.fleet.columns import AUDIT_COLUMNS, audit_row
from eicnb.fleet.gc_pause import without_collection
from eicnb.fleet.resume import OF_A_FUNCTION, Earlier
from eicnb.fleet.row import SCAN_STATES, AuditRow
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import Scope, is_glob
from eicnb.fleet.unmatched_names import closest
from eicnb.frames.columns import SEVERAL, Scalar, common
from eicnb.frames.frame import Frame, rows_of, to_frame
from eicnb.model.order import order
from eicnb.redaction.warn import warn

KNOWN_UNTIL = "known_until"
"""The attr with the time, in UTC, up to which a refreshed audit includes every change."""

MOST_ERRORS = 3
"""How many row errors the message of an incomplete audit shows."""

_ORDER = ("account_id", "region", "function_name", "qualifier")

_CHUNK = 10_000

Rows = list[dict[str, Any]]


class AnyAudit(Protocol):
    """An audit, running or finished, whole or divided into parts."""

    @property
    def connections(self) -> Sequence[Aws]: ...
    @property
    def regions(self) -> tuple[str, ...] | None: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def earlier(self) -> Earlier: ...
    @property
    def is_part(self) -> bool: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def is_whole(self) -> bool: ...
    @property
    def has_listed(self) -> bool: ...
    @property
    def handlers(self) -> frozenset[str]: ...
    def accounts(self) -> list[str]: ...
    def audited_regions(self) -> list[str]: ...
    def unmatched(self) -> tuple[str, ...]: ...
    def listed_names(self) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of some rows of an audit.

    `still_gone` counts the rows of functions that did not exist in the earlier audit either.
    """

    rows: int = 0
    functions: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    still_gone: int = 0

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], gone: Collection[tuple[str, str, str]]) -> Self:
        """Count rows; `gone` has the functions that an earlier audit did not find."""
        states: Counter[str] = Counter()
        functions = set()
        still_gone = 0
        for row in rows:
            states[row["scan_state"]] += 1
            name = _name(row)
            if row["function_name"]:
                functions.add(name)
            still_gone += row["scan_state"] == "gone" and name in gone
        return cls(rows=states.total(), functions=len(functions), states=states, still_gone=still_gone)

    @classmethod
    def in_attrs(cls, attrs: Mapping[Any, Any]) -> Self:
        """Read the counts in the attrs of a frame."""
        states: dict[str, int] = {state: int(attrs[state]) for state in SCAN_STATES}
        rows = int(attrs["rows"])
        still_gone = rows - states["ok"] if attrs["complete"] else 0
        return cls(rows=rows, functions=int(attrs["functions"]), states=states, still_gone=still_gone)

    @property
    def are_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.rows == self.states.get("ok", 0) + self.still_gone

    def __add__(self, other: Counts) -> Counts:
        """Return the sum with the counts of other rows, which must be of other functions."""
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
    """Return all rows in order, with their counts and `more` as attrs."""
    with without_collection():
        found: list[AuditRow | Mapping[str, Any]] = [*running.rows(), *running.earlier_rows()]
        found.sort(key=lambda row: order(*_names(row)))
        frames, counts = [], Counts()
        for chunk in _chunks(found):
            rows: Rows = [audit_row(row) if isinstance(row, AuditRow) else dict(row) for row in chunk]
            frames.append(to_frame(rows, AUDIT_COLUMNS, {}))
            counts += Counts.of(rows, running.earlier.gone)
        return in_order(frames, {**attrs_of(running, counts), **more}, is_ordered=True)


def _names(row: AuditRow | Mapping[str, Any]) -> tuple[str | None, str, str | None, str | None]:
    if isinstance(row, AuditRow):
        function_name = None if row.function is None else row.function.function_name
        return row.account_id, row.region, function_name, row.qualifier
    return row["account_id"], row["region"], row["function_name"], row["qualifier"]


def _chunks(rows: Sequence[AuditRow | Mapping[str, Any]]) -> Iterator[Sequence[AuditRow | Mapping[str, Any]]]:
    """Yield rows in chunks that never split a function; without rows, yield one empty chunk.

    Converting all rows to values at once would take most of an audit's memory.
    """
    start = 0
    while start < max(len(rows), 1):
        end = start + _CHUNK
        while end < len(rows) and _names(rows[end])[:3] == _names(rows[end - 1])[:3]:
            end += 1
        yield rows[start:end]
        start = end


def with_rows(frame: pd.DataFrame, added: Sequence[AuditRow]) -> Frame:
    """Return the frame of an audit with added rows, which must be about other functions."""
    rows = [*rows_of(frame, AUDIT_COLUMNS), *map(audit_row, added)]
    counts = Counts.in_attrs(frame.attrs) + Counts.of(rows[len(frame) :], ())
    return in_order([to_frame(rows, AUDIT_COLUMNS, {})], {**frame.attrs, **counts.attrs()})


def in_order(frames: Sequence[pd.DataFrame], attrs: Mapping[Any, Any], *, is_ordered: bool = False) -> Frame:
    """Concatenate frames of an audit and sort the rows.

    With `is_ordered`, the frames are already in order and are only concatenated.
    """
    whole = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    if not is_ordered:
        keys = [order(*names) for names in zip(*(_texts(whole, name) for name in _ORDER), strict=True)]
        whole = whole.take(sorted(range(len(keys)), key=keys.__getitem__)).reset_index(drop=True)
    ordered = Frame(whole)
    ordered.attrs = dict(attrs)
    return ordered


def _texts(frame: pd.DataFrame, name: str) -> list[Any]:
    texts: list[Any] = frame[name].array.to_numpy(dtype=object, na_value=None).tolist()
    return texts


def attrs_of(running: AnyAudit, counts: Counts) -> dict[str, Scalar]:
    """Return the attrs of the frame of an audit."""
    connections = running.connections
    return {
        "verb": "audit",
        "account_id": common(running.accounts() or [aws.known_account_id for aws in connections]),
        "region": common(running.audited_regions() or [aws.region for aws in connections]),
        "sandbox": common([aws.sandbox for aws in connections]),
        "accounts": names_of_several(running.accounts()),
        "regions": None if running.regions is None else ",".join(running.regions),
        "qualifiers": running.scope.qualifiers,
        "selected": running.scope.selection.as_attr,
        "unmatched": None if running.is_part else globs_of(running),
        **counts.attrs(),
        "calls": running.tally.calls,
        "throttled_calls": running.tally.throttles,
    }


def names_of_several(accounts: Iterable[str | None]) -> str | None:
    """Return the accounts of an audit as an attr; None if there is only one.

    >>> names_of_several(["210987654321", "123456789012"]), names_of_several(["123456789012"])
    ('123456789012,210987654321', None)
    """
    known = sorted({account_id for account_id in accounts if account_id})
    return ",".join(known) if len(known) > 1 else None


def _is_resumable(result: Frame, running: AnyAudit) -> bool:
    """Return whether an incomplete audit lacks more than names that are in no list of functions."""
    others = result[(result["scan_state"] != "ok") & ~_unmatched(result)]
    names = zip(others["account_id"], others["region"], others["function_name"], strict=True)
    return bool(others["scan_state"].ne("gone").any()) or any(name not in running.earlier.gone for name in names)


def _unmatched(result: pd.DataFrame) -> Any:
    """Return for each row whether it is about a name that is in no list of functions."""
    return result["scan_state"].eq("gone") & result[list(OF_A_FUNCTION)].isna().all(axis=1)


@dataclass(frozen=True, slots=True)
class Lines:
    """The commands in the hints of an audit: one audits again, one lists the functions.

    `functions` has no region yet. `region` is that of the first connection, if it has one.
    """

    audit: str
    functions: str
    region: str | None = None

    @property
    def resume(self) -> str:
        """The command that reads what is missing."""
        return self.again("resume")

    def again(self, option: str) -> str:
        """Return the command that continues with the frame of the last error."""
        return f"{self.audit} --{option} ${{sys.last_value}}"

    def listing(self, running: AnyAudit) -> str:
        """Return the hint with the command that lists the functions of an audited region.

        If the user typed the connection's region, the command repeats it.
        """
        usual = self.region
        audited = running.audited_regions() or [running.connections[0].region]
        region = usual if usual in audited else audited[0]
        is_typed = " --region " in self.audit
        option = f" --region {region}" if is_typed or region != usual else ""
        return f"copy the name from the list\n{self.functions}{option}"


def incomplete(result: Frame, running: AnyAudit, lines: Lines) -> IncompleteAudit:
    """Return the error of an audit with unread rows; its `result` is the frame."""
    error = IncompleteAudit(
        what_is_missing(result.attrs)
        + "".join(f"\n    {line}" for line in _first_errors(result, running))
        + '\nThe error has the frame as `result`; errors="rows" (--errors rows) returns it instead.',
        hint=_after_granting(running, lines.resume) if _is_resumable(result, running) else lines.listing(running),
    )
    error.result = result
    return error


def _after_granting(running: AnyAudit, resume: str) -> str:
    """Return the hint to resume an audit, after its unassumed roles were created."""
    roles = [role for aws in running.connections if (role := aws.unassumed_role)]
    if not roles:
        return resume
    more = f" and {len(roles) - 1} more" if len(roles) > 1 else ""
    return (
        f"create the role {roles[0]}{more}, and let it trust the caller; or leave the account out with --accounts; "
        f"then read the rest\n{resume}"
    )


def what_is_missing(counts: Mapping[Any, Any]) -> str:
    """Describe how many rows of an audit could not be read; `counts` are the audit's attrs."""
    states = ", ".join(f"{counts[state]} {state}" for state in SCAN_STATES if state != "ok" and counts[state])
    missing, rows = counts["rows"] - counts["ok"], counts["rows"]
    return f"the audit is incomplete: {missing} of {rows} rows could not be read ({states})"


def _first_errors(result: Frame, running: AnyAudit) -> list[str]:
    """Return the first errors, a line each, and an ellipsis if there are more."""
    lines = error_lines(result, MOST_ERRORS, running.listed_names)
    return [*lines, *(["…"] if int((result["scan_state"] != "ok").sum()) > MOST_ERRORS else [])]


def error_lines(
    result: Frame, most: int, listed_names: Callable[[], Iterable[str]] = tuple, *, of_one_place: bool = False
) -> list[str]:
    """Return the first errors of an audit, a line each.

    A name that is in no list comes with the closest listed name. With `of_one_place`, the lines leave out the region.
    """
    wrong = result["scan_state"] != "ok"
    if not wrong.any():
        return []
    first, lines = result[wrong].head(most), []
    is_of_several = result.attrs.get("account_id") == SEVERAL
    for row, is_unmatched in zip(first.to_dict("records"), _unmatched(first), strict=True):
        parts = (None if of_one_place else row["region"], row["function_name"])
        where = "/".join(part for part in parts if isinstance(part, str))
        is_named = is_unmatched and isinstance(row["function_name"], str)
        near = closest(row["function_name"], listed_names()) if is_named else None
        meant = f"; the closest name is {near!r}" if near else ""
        account = f"{row['account_id']}, " if is_of_several and isinstance(row["account_id"], str) else ""
        first_line = f"{str(row['error']).splitlines()[0]}{meant}"
        lines.append(f"{account}{where}: {first_line}" if where else first_line)
    return lines


def globs_of(running: AnyAudit) -> str | None:
    """Return the globs that match no function, separated by commas; None if there are none."""
    return ", ".join(filter(is_glob, running.unmatched())) or None


def how_far(running: AnyAudit, result: Frame) -> str:
    """Describe how far an audit got before it was stopped."""
    if not (running.has_listed or result["scan_state"].eq("ok").any() or result.attrs.get("complete")):
        return "no function was listed yet"
    return f"{int(result['scan_state'].eq('ok').sum())} of {len(result)} rows were read"


def warn_about(running: AnyAudit) -> None:
    """Warn about globs that match no function, and about event handlers that slow the audit down."""
    if globs := globs_of(running):
        lists = "" if running.is_whole else "; not every list of functions could be read"
        warn(f"no function matches {globs}{lists}")
    if modules := sorted(running.handlers):
        warn(f"the audit was sent through botocore, which is slower, because of event handlers in {', '.join(modules)}")
