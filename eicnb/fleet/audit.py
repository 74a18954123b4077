"""An audit from its arguments to its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pandas as pd

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience
from eicnb.errors import AuditInterrupted, ConfigurationError, UsageError, shown
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.interrupts import Interrupts
from eicnb.fleet.places import naming
from eicnb.fleet.progress import Show
from eicnb.fleet.region import utc_now
from eicnb.fleet.result import KNOWN_UNTIL, globs_of, incomplete, is_resumable, list_hint, to_audit_frame
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import ALL_REGIONS, CHOSEN, Scope, Selection, check_choice, check_regions
from eicnb.frames.columns import Scalar
from eicnb.frames.frame import Frame, rows_of
from eicnb.redaction.warn import warn


def audit(
    connections: Sequence[Aws],
    *,
    regions: Any = None,
    functions: Any = None,
    qualifiers: Any = "configured",
    rate: Any = None,
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
    known = {} if frame is None else {name: frame.attrs[name] for name in (KNOWN_UNTIL,) if name in frame.attrs}
    return finished(running, show, frame, errors=errors, line=line, list_line=list_line, more=lambda: known)


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
        listing = list_hint(list_line, running, usual, is_typed=" --region " in line)
        raise incomplete(result, running, hint if is_resumable(result, running) else listing)
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
    if globs := globs_of(running):
        lists = "" if running.is_whole else "; not every list of functions could be read"
        warn(f"no function matches {globs}{lists}")


def _warn_of_handlers(running: Audit) -> None:
    modules = sorted({module for aws in running.connections for module in aws.handlers})
    if modules:
        warn(f"the audit was sent with botocore, which is slower, because of event handlers of {', '.join(modules)}")


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
