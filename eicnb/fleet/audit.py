"""The verb `audit`, from its arguments to its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pandas as pd

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience
from eicnb.errors import AuditInterrupted, ConfigurationError, UsageError, shown
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.interrupts import Interrupts
from eicnb.fleet.parts.divided_audit import DividedAudit
from eicnb.fleet.parts.run import audit_in_parts
from eicnb.fleet.places import errors_naming
from eicnb.fleet.progress import Show
from eicnb.fleet.region import utc_now
from eicnb.fleet.result import KNOWN_UNTIL, Lines, how_far, incomplete, to_audit_frame, warn_about
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import ALL_REGIONS, CHOSEN, Credentials, Scope, Selection, check_choice, check_regions
from eicnb.frames.columns import Scalar
from eicnb.frames.frame import Frame, rows_of


def audit(
    connections: Sequence[Aws],
    *,
    regions: Any = None,
    functions: Any = None,
    qualifiers: Any = "configured",
    rate: Any = None,
    errors: Any = "raise",
    resume: Any = None,
    client: Any = None,
    folder: Any = None,
    credentials: Any = "workers",
    show: Show,
    line: str = "%eic audit",
    list_line: str = "%eic functions",
    patience: Patience = PATIENCE,
    buckets: Buckets = BUCKETS,
    now: Callable[[], datetime] = utc_now,
) -> Frame:
    """Audit the account of every connection; the arguments are those of `Eic.audit`.

    All arguments are validated before the first request. The hints of errors are built from `line`, the command that
    audits the same accounts, and from `list_line`, which lists their functions and has no region.
    """
    check_choice("errors", errors, ("raise", "rows"))
    _check_credentials(credentials, client)
    named = check_regions(regions)
    scope = Scope.parse(functions=functions, qualifiers=qualifiers, rate=rate)
    earlier, frame = NOTHING, None
    if resume is not None:
        with UsageError.about("resume"):
            _check_resume(client, folder)
            frame = frame_in(resume, "resume")
            earlier = _earlier(frame, connections)
            earlier, scope = _with_earlier_arguments(earlier, scope, frame.attrs)
            named = named or check_regions(frame.attrs.get("regions"))
    placed = [with_region(aws, named) for aws in connections]
    lines = Lines(line, list_line, connections[0].known_region)
    timing: dict[str, Any] = {"patience": patience, "buckets": buckets, "now": now}
    if client is not None or folder is not None:
        where = {"client": client, "folder": folder, "credentials": credentials}
        parts = DividedAudit.parse(placed, named, scope, **where, **timing)
        return audit_in_parts(parts, show=show, errors=errors, lines=lines)
    running = Audit(connections=placed, regions=named, scope=scope, earlier=earlier, **timing)
    known = {} if frame is None else {name: frame.attrs[name] for name in (KNOWN_UNTIL,) if name in frame.attrs}
    return finished(running, show, frame, errors=errors, lines=lines, more=lambda: known)


def finished(
    running: Audit,
    show: Show,
    earlier: Any,
    *,
    errors: str,
    lines: Lines,
    again: str = "resume",
    more: Callable[[], Mapping[str, Scalar]] = dict,
) -> Frame:
    """Run an audit and return its frame with `more` attrs, or raise its error.

    If the audit is stopped before its accounts and regions are known, its result is the frame `earlier`, and the hint
    repeats the command with the option `again`.
    """
    with Interrupts() as interrupts:
        interrupt = interrupts.run(lambda: running.run(show))
        is_before_the_start = interrupt is not None and earlier is not None and not running.is_placed
        result: Frame = earlier if is_before_the_start else to_audit_frame(running, more())
    if interrupt is not None or interrupts.has_held_back:
        start = lines.again(again) if is_before_the_start else lines.resume
        message = f"the audit was stopped: {how_far(running, result)}\nTry: {start}"
        raise AuditInterrupted(message, result) from interrupt
    warn_about(running)
    if errors == "raise" and not result.attrs["complete"]:
        raise incomplete(result, running, lines)
    return result


def _check_credentials(credentials: Any, client: Any) -> None:
    """Reject an unknown choice of credentials, and `send` without a cluster."""
    check_choice("credentials", credentials, get_args(Credentials))
    if client is None and credentials == "send":
        with UsageError.about("credentials"):
            raise UsageError(
                'credentials="send" is for the workers of a cluster, but client= is missing',
                hint="leave out credentials=, or add client=client",
            )


def _check_resume(client: Any, folder: Any) -> None:
    """Reject resuming on a cluster or into a folder."""
    if folder is not None:
        raise UsageError(
            "an audit into a folder cannot be resumed from a frame",
            hint="leave out resume=: an audit into the same folder reads only what is missing",
        )
    if client is not None:
        raise UsageError(
            "an audit cannot be resumed on a cluster", hint="leave out client=: the rows are read without it"
        )


def with_region(aws: Aws, regions: tuple[str, ...] | None) -> Aws:
    """Return a connection; if it has no region, give it the first audited one."""
    try:
        with errors_naming(aws):
            _ = aws.region
    except ConfigurationError:
        if regions is None or regions == (ALL_REGIONS,):
            raise
        return aws.derived(region=regions[0], options={})
    return aws


def frame_in(given: Any, argument: str) -> Any:
    """Return the frame of an earlier audit, given itself or as the `result` of an error."""
    frame = getattr(given, "result", None) if isinstance(given, BaseException) else given
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"{argument} is {shown(given)}, not a frame of an audit",
            hint="pass the frame of an audit, or the IncompleteAudit that it raised",
        )
    return frame


def rows_in(frame: Any, connections: Sequence[Aws]) -> list[dict[str, Any]]:
    """Return the rows of an earlier audit's frame, except those of accounts that are suspended by now."""
    rows = rows_of(frame, AUDIT_COLUMNS, "audit again: the frame is from an earlier version, or has lost columns")
    inactive = frozenset[str]().union(*(aws.inactive_accounts for aws in connections))
    return [row for row in rows if row["account_id"] not in inactive]


def _earlier(frame: Any, connections: Sequence[Aws]) -> Earlier:
    """Read the rows of a frame; if it has lost rows since its audit, it counts as incomplete."""
    is_whole = frame.attrs.get("rows") == len(frame)
    is_everywhere = frame.attrs.get("regions") == ALL_REGIONS
    return Earlier.of_rows(rows_in(frame, connections), is_whole=is_whole, is_everywhere=is_everywhere)


def _with_earlier_arguments(earlier: Earlier, scope: Scope, attrs: Mapping[Any, Any]) -> tuple[Earlier, Scope]:
    """Fill in arguments omitted on resume; keep the earlier rows that still apply.

    Two callables cannot be compared, so with a callable the functions are listed again.
    """
    qualifiers, before = attrs.get("qualifiers"), attrs.get("selected")
    if qualifiers == "configured" and scope.wants_all_qualifiers:
        raise UsageError('the frame to resume has qualifiers="configured"', hint='qualifiers="configured"')
    if qualifiers == "all":
        scope = replace(scope, qualifiers="all")
    selected = scope.selection.as_attr
    if selected is None and before == CHOSEN:
        raise UsageError(
            "the functions of the frame to resume were chosen by a callable",
            hint="pass the callable again as functions=",
        )
    if selected is None and before is not None:
        return earlier, replace(scope, selection=Selection.from_attr(before))
    if selected == before != CHOSEN:
        return earlier, scope
    return earlier.narrowed(scope.selection.wants, has_all=before is None), scope
