"""An audit from its arguments to its frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

import pandas as pd

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience
from eicnb.errors import AuditInterrupted, ConfigurationError, IncompleteAudit, UsageError, shown
from eicnb.fleet.collection import without_collection
from eicnb.fleet.columns import AUDIT_COLUMNS, audit_row
from eicnb.fleet.interrupts import Interrupts
from eicnb.fleet.places import naming
from eicnb.fleet.progress import Show
from eicnb.fleet.region import utc_now
from eicnb.fleet.resume import NOTHING, OF_A_FUNCTION, Earlier
from eicnb.fleet.row import SCAN_STATES
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import ALL_REGIONS, CHOSEN, Scope, Selection, check_choice, check_regions, is_glob
from eicnb.fleet.unmatched import closest
from eicnb.frames.columns import SEVERAL, Scalar
from eicnb.frames.frame import Frame, rows_of, to_frame
from eicnb.model.order import order
from eicnb.redaction.warn import warn

_MOST_ERRORS = 3

Rows = list[dict[str, Any]]


def audit(
    connections: Sequence[Aws],
    *,
    regions: Any = None,
    functions: Any = None,
    qualifiers: Any = "configured",
    rate: Any = 10,
    errors: Any = "raise",
    resume: Any = None,
    show: Show,
    line: str = "%eic audit",
    list_line: str = "%eic functions",
    patience: Patience = PATIENCE,
    buckets: Buckets = BUCKETS,
    now: Callable[[], datetime] = utc_now,
) -> Frame:
    """Audit every connection's account; the arguments are those of `Eic.audit`.

    They are all validated before anything is sent. `line` is the command that reaches the same accounts, for the hint
    that resumes, and `list_line` the one that lists their functions, without a region.
    """
    check_choice("errors", errors, ("raise", "rows"))
    named = check_regions(regions)
    scope = Scope.parse(functions=functions, qualifiers=qualifiers, rate=rate)
    earlier, frame = NOTHING, cast("Any", None)
    if resume is not None:
        with UsageError.about("resume"):
            frame = frame_in(resume, "resume")
            earlier = _earlier(frame)
            earlier, scope = _as_before(earlier, scope, frame.attrs)
            named = named or check_regions(frame.attrs.get("regions"))
    placed = [somewhere(aws, named) for aws in connections]
    running = Audit(
        connections=placed, regions=named, scope=scope, earlier=earlier, patience=patience, buckets=buckets, now=now
    )
    return finished(running, show, frame, errors=errors, line=line, list_line=list_line)


def finished(
    running: Audit,
    show: Show,
    earlier: Any,
    *,
    errors: str,
    line: str,
    list_line: str,
    again: str = "resume",
    more: Callable[[], Mapping[str, Scalar]] = dict,
) -> Frame:
    """Run an audit and return its frame, with `more` attrs; raise its errors.

    `earlier` is the frame that is still right if it is stopped before the start, with the option to begin `again`.
    """
    hint = f"{line} --resume ${{sys.last_value}}"
    with Interrupts() as interrupts:
        interrupt = _run(running, show, interrupts)
        is_before_the_start = interrupt is not None and earlier is not None and not running.is_placed
        result: Frame = earlier if is_before_the_start else to_audit_frame(running, more())
    if interrupt is not None or interrupts.came:
        start = f"{line} --{again} ${{sys.last_value}}" if is_before_the_start else hint
        message = f"the audit was stopped: {_how_far(running, result)}\nTry: {start}"
        raise AuditInterrupted(message, result) from interrupt
    _warn_of_globs(running)
    _warn_of_handlers(running)
    if errors == "raise" and not result.attrs["complete"]:
        usual = running.connections[0].known_region
        listing = _list_hint(list_line, running, usual, is_typed=" --region " in line)
        raise _incomplete(result, running, hint if _is_resumable(result, running) else listing)
    return result


def _run(running: Audit, show: Show, interrupts: Interrupts) -> KeyboardInterrupt | None:
    """Run an audit, and return the Ctrl-C that stopped it; later ones wait until its rows are returned."""
    try:
        running.run(show)
        interrupts.hold()
    except KeyboardInterrupt as interrupt:
        interrupts.hold()
        return interrupt
    return None


def _how_far(running: Audit, result: Frame) -> str:
    """Return how far an audit was when it was stopped, in words."""
    if not (running.has_listed or result["scan_state"].eq("ok").any() or result.attrs.get("complete")):
        return "no function was listed yet"
    return f"{int(result['scan_state'].eq('ok').sum())} of {len(result)} rows were read"


def _warn_of_globs(running: Audit) -> None:
    if globs := _globs(running):
        lists = "" if running.is_whole else "; not every list of functions could be read"
        warn(f"no function matches {globs}{lists}")


def _warn_of_handlers(running: Audit) -> None:
    modules = sorted({module for aws in running.connections for module in aws.handlers})
    if modules:
        warn(f"the audit was sent with botocore, which is slower, because of event handlers of {', '.join(modules)}")


def _globs(running: Audit) -> str | None:
    """Return the globs that match no function, in one text; None if there are none."""
    return ", ".join(filter(is_glob, running.unmatched())) or None


def somewhere(aws: Aws, regions: tuple[str, ...] | None) -> Aws:
    """Return a connection; one without a region gets the first audited one."""
    try:
        with naming(aws):
            _ = aws.region
    except ConfigurationError:
        if regions is None or regions == (ALL_REGIONS,):
            raise
        return aws.derived(region=regions[0], options={})
    return aws


def frame_in(given: Any, argument: str) -> Any:
    """Return the frame of an earlier audit: a frame, or that of an error."""
    frame = getattr(given, "result", None) if isinstance(given, BaseException) else given
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"{argument} is {shown(given)}, not a frame of an audit",
            hint="pass the frame of an audit, or the IncompleteAudit that it raised",
        )
    return frame


def _earlier(frame: Any) -> Earlier:
    """Return the rows of a frame; one with fewer rows than its audit had is incomplete."""
    is_whole = frame.attrs.get("rows") == len(frame)
    is_everywhere = frame.attrs.get("regions") == ALL_REGIONS
    return Earlier.of_rows(rows_of(frame, AUDIT_COLUMNS), is_whole=is_whole, is_everywhere=is_everywhere)


def _as_before(earlier: Earlier, scope: Scope, attrs: Mapping[Any, Any]) -> tuple[Earlier, Scope]:
    """Fill in arguments omitted on resume; keep the earlier rows that still apply.

    A callable cannot be compared with the one before, so the functions are listed again for it.
    """
    qualifiers, before = attrs.get("qualifiers"), attrs.get("selected")
    if qualifiers == "configured" and scope.wants_all_qualifiers:
        raise UsageError('the frame to resume has qualifiers="configured"', hint='qualifiers="configured"')
    if qualifiers == "all":
        scope = replace(scope, qualifiers="all")
    selected = scope.selection.as_attr
    if selected is None and before == CHOSEN:
        raise UsageError(
            "the functions of the frame to resume were chosen by a callable", hint="pass the callable as functions="
        )
    if selected is None and before is not None:
        return earlier, replace(scope, selection=Selection.from_attr(before))
    if selected == before != CHOSEN:
        return earlier, scope
    return earlier.narrowed(scope.selection.wants, has_all=before is None), scope


def to_audit_frame(running: Audit, more: Mapping[str, Scalar] = MappingProxyType({})) -> Frame:
    """Return all rows in their order, with their counts and `more` as attrs."""
    with without_collection():
        rows: Rows = [audit_row(row) for row in running.rows()]
        rows += [dict(row) for row in running.earlier_rows()]
        rows.sort(key=lambda row: order(row["account_id"], row["region"], row["function_name"], row["qualifier"]))
        return to_frame(rows, AUDIT_COLUMNS, {**_attrs(running, rows), **more})


def _attrs(running: Audit, rows: Rows) -> dict[str, Scalar]:
    states = Counter(row["scan_state"] for row in rows)
    still_gone = sum(
        row["scan_state"] == "gone" and (row["account_id"], row["region"], row["function_name"]) in running.earlier.gone
        for row in rows
    )
    connections = running.connections
    return {
        "verb": "audit",
        "account_id": _one_of(running.accounts() or [aws.known_account_id for aws in connections]),
        "region": _one_of(running.audited_regions() or [aws.region for aws in connections]),
        "sandbox": _one_of([aws.sandbox for aws in connections]),
        "regions": None if running.regions is None else ",".join(running.regions),
        "qualifiers": running.scope.qualifiers,
        "selected": running.scope.selection.as_attr,
        "unmatched": _globs(running),
        "functions": len({(r["account_id"], r["region"], r["function_name"]) for r in rows if r["function_name"]}),
        "rows": len(rows),
        **{state: states[state] for state in SCAN_STATES},
        "complete": len(rows) == states["ok"] + still_gone,
        "calls": running.tally.calls,
        "throttled_calls": running.tally.throttles,
    }


def _one_of(values: Sequence[Any]) -> Any:
    """Return the value that all have in common, or `several`."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else SEVERAL


def _is_resumable(result: Frame, running: Audit) -> bool:
    """Return whether an incomplete audit misses more than names that no list of functions has."""
    others = result[(result["scan_state"] != "ok") & ~_unmatched(result)]
    names = zip(others["account_id"], others["region"], others["function_name"], strict=True)
    return bool(others["scan_state"].ne("gone").any()) or any(name not in running.earlier.gone for name in names)


def _unmatched(result: pd.DataFrame) -> Any:
    """Return for each row whether it is about a name that no list of functions has."""
    return result["scan_state"].eq("gone") & result[list(OF_A_FUNCTION)].isna().all(axis=1)


def _list_hint(line: str, running: Audit, usual: str | None, *, is_typed: bool) -> str:
    """Return the hint with the command that lists the functions of an audited region.

    `usual` is the connection's region; if the user typed it, the command repeats it.
    """
    audited = running.audited_regions() or [running.connections[0].region]
    region = usual if usual in audited else audited[0]
    return f"copy the name from the list\n{line}{f' --region {region}' if is_typed or region != usual else ''}"


def _incomplete(result: Frame, running: Audit, hint: str) -> IncompleteAudit:
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
        near = closest(row["function_name"], running.walks) if is_named else None
        meant = f"; the closest name is {near!r}" if near else ""
        lines.append(f"{where}: {str(row['error']).splitlines()[0]}{meant}")
    return [*lines, *(["…"] if len(wrong) > _MOST_ERRORS else [])]
