"""An audit from its arguments to its frame."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import Buckets
from eicnb.aws.http.sender import PATIENCE, Patience
from eicnb.errors import AuditInterrupted, ConfigurationError, IncompleteAudit, UsageError, shown
from eicnb.fleet.columns import AUDIT_COLUMNS, audit_row
from eicnb.fleet.progress import Show
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.row import SCAN_STATES, order
from eicnb.fleet.scan import BUCKETS, Audit, naming
from eicnb.fleet.scope import ALL_REGIONS, Scope, Selection, check_choice, check_regions
from eicnb.frames.columns import SEVERAL, Scalar
from eicnb.frames.frame import Frame, rows_of, to_frame
from eicnb.redaction.warn import warn

_MOST_ERRORS_TOLD = 3
_CHOSEN = "callable"

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
    patience: Patience = PATIENCE,
    buckets: Buckets = BUCKETS,
) -> Frame:
    """Audit every connection's account; the arguments are those of `Eic.audit`, all checked before anything is sent."""
    check_choice("errors", errors, ("raise", "rows"))
    asked = check_regions(regions)
    scope = Scope.parse(functions=functions, qualifiers=qualifiers, rate=rate)
    earlier, frame = NOTHING, None
    if resume is not None:
        with UsageError.about("resume"):
            frame = _frame_in(resume)
            earlier = _earlier(frame)
            earlier, scope = _as_before(earlier, scope, frame.attrs)
            asked = asked or check_regions(frame.attrs.get("regions"))
    connections = [_somewhere(aws, asked) for aws in connections]
    running = Audit(
        connections=connections, regions=asked, scope=scope, earlier=earlier, patience=patience, buckets=buckets
    )
    try:
        running.run(show)
    except KeyboardInterrupt as interrupt:
        result = _to_frame(running, connections) if running.is_placed or frame is None else frame
        read = int((result["scan_state"] == "ok").sum())
        message = f"the audit was stopped: {read} of {len(result)} rows were read\nTry: resume=, to go on"
        raise AuditInterrupted(message, result) from interrupt
    result = _to_frame(running, connections)
    if scope.selection.patterns and not len(result):
        patterns = ", ".join(scope.selection.patterns)
        warn(f"no function fits {patterns}")
    if errors == "raise" and not result.attrs["complete"]:
        raise _incomplete(result)
    return result


def _somewhere(aws: Aws, regions: tuple[str, ...] | None) -> Aws:
    """A connection that has no region of its own asks for its account in the first that is audited."""
    try:
        with naming(aws):
            _ = aws.region
    except ConfigurationError:
        if regions is None or regions == (ALL_REGIONS,):
            raise
        return aws.derived(region=regions[0], options={})
    return aws


def _frame_in(resume: Any) -> Any:
    """The frame to go on with: a frame, or an error that carries one."""
    frame = getattr(resume, "result", None) if isinstance(resume, BaseException) else resume
    if type(frame).__name__ not in {"Frame", "DataFrame"}:
        raise UsageError(f"resume is {shown(resume)}", hint="the frame of an audit, or the IncompleteAudit it raised")
    return frame


def _earlier(frame: Any) -> Earlier:
    """What the rows say; a frame that has fewer of them than its audit, or does not know, is not whole."""
    is_whole = frame.attrs.get("rows") == len(frame)
    is_everywhere = frame.attrs.get("regions") == ALL_REGIONS
    return Earlier.of_rows(rows_of(frame, AUDIT_COLUMNS), is_whole=is_whole, is_everywhere=is_everywhere)


def _as_before(earlier: Earlier, scope: Scope, attrs: Mapping[Any, Any]) -> tuple[Earlier, Scope]:
    """What is asked for where that is not said again, and what the earlier audit has of it.

    A callable cannot be compared with the one before, so that the functions are listed again for it.
    """
    qualifiers, before = attrs.get("qualifiers"), attrs.get("selected")
    if qualifiers == "configured" and scope.wants_all_qualifiers:
        raise UsageError('the frame to go on with is of qualifiers="configured"', hint='qualifiers="configured"')
    if qualifiers == "all":
        scope = replace(scope, qualifiers="all")
    selected = _selected(scope.selection)
    if selected is None and before == _CHOSEN:
        raise UsageError("the frame to go on with is of functions that a callable chose", hint="functions= again")
    if selected is None and before is not None:
        return earlier, replace(scope, selection=Selection(patterns=tuple(json.loads(before))))
    if selected == before != _CHOSEN:
        return earlier, scope
    return earlier.narrowed(scope.selection.wants, has_all=before is None), scope


def _selected(selection: Selection) -> str | None:
    """A selection as it stands in attrs; None for all functions."""
    return _CHOSEN if selection.choose else json.dumps(selection.patterns) if selection.patterns else None


def _to_frame(running: Audit, connections: Sequence[Aws]) -> Frame:
    """All rows in their order, and their counts as attrs."""
    rows: Rows = [audit_row(finding) for finding in running.findings()]
    rows += [dict(row) for row in running.earlier.rows]
    rows.sort(key=lambda row: order(row["account_id"], row["region"], row["function_name"], row["qualifier"]))
    return to_frame(rows, AUDIT_COLUMNS, _attrs(running, connections, rows))


def _attrs(running: Audit, connections: Sequence[Aws], rows: Rows) -> dict[str, Scalar]:
    states = Counter(row["scan_state"] for row in rows)
    still_gone = sum(
        row["scan_state"] == "gone" and (row["account_id"], row["region"], row["function_name"]) in running.earlier.gone
        for row in rows
    )
    return {
        "verb": "audit",
        "account_id": _one_of([aws.known_account_id for aws in connections]),
        "region": _one_of([*running.audited_regions()] or [aws.region for aws in connections]),
        "sandbox": _one_of([aws.sandbox for aws in connections]),
        "regions": None if running.regions is None else ",".join(running.regions),
        "qualifiers": running.scope.qualifiers,
        "selected": _selected(running.scope.selection),
        "functions": len({(r["account_id"], r["region"], r["function_name"]) for r in rows if r["function_name"]}),
        "rows": len(rows),
        **{state: states[state] for state in SCAN_STATES},
        "complete": len(rows) == states["ok"] + still_gone,
        "calls": running.tally.calls,
        "throttled_calls": running.tally.throttles,
    }


def _one_of(values: Sequence[Any]) -> Any:
    """What they all are, or `several`."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else SEVERAL


def _incomplete(result: Frame) -> IncompleteAudit:
    counts = result.attrs
    states = ", ".join(f"{counts[state]} {state}" for state in SCAN_STATES if state != "ok" and counts[state])
    error = IncompleteAudit(
        f"the audit is incomplete: {counts['rows'] - counts['ok']} of {counts['rows']} rows could not be read: {states}"
        + "".join(f"\n    {line}" for line in _told(result)),
        hint='errors="rows" (--errors rows) for the frame all the same; the error has it as `result`, '
        "and resume=error asks for the rest",
    )
    error.result = result
    return error


def _told(result: Frame) -> list[str]:
    """The first lines of what went wrong, the same ones only once."""
    wrong = result[result["scan_state"] != "ok"]
    lines = [
        f"{'/'.join(part for part in (row['region'], row['function_name']) if isinstance(part, str))}: "
        f"{str(row['error']).splitlines()[0]}"
        for row in wrong.head(_MOST_ERRORS_TOLD).to_dict("records")
    ]
    return [*lines, *(["…"] if len(wrong) > _MOST_ERRORS_TOLD else [])]
