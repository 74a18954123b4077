"""One row of an audit: a function at a version or alias, or a region that could not be read.

Tested in tests/fleet/test_faults.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from eicnb.errors import AccessDenied, EicError, NotFound, Throttled
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig, ReportedFunction

ScanState = Literal["ok", "denied", "throttled", "gone", "failed", "unread"]
SCAN_STATES: tuple[ScanState, ...] = get_args(ScanState)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of an audit; without a `function` it is about a whole region or account.

    `runs` is what the qualifier runs; None if that could not be read or no longer exists. If `scan_state` is not `ok`,
    `error` gives the reason, and the config is unknown if it is None. `read_at` is a time just before the row's first
    request; None if the row could not be read.
    """

    region: str
    account_id: str | None
    function: FunctionRef | None = None
    qualifier: str | None = None
    runs: ReportedFunction | None = None
    config: ReportedConfig | None = None
    scan_state: ScanState = "ok"
    error: str | None = None
    read_at: datetime | None = None


def failure(error: Exception) -> tuple[ScanState, str]:
    """Return the scan state and the text of an exception.

    >>> failure(EicError("no response"))
    ('failed', 'no response')
    >>> failure(KeyError("Name"))
    ('failed', "KeyError: 'Name'")
    """
    text = str(error) if isinstance(error, EicError) else f"{type(error).__name__}: {error}"
    kinds: tuple[tuple[type[EicError], ScanState], ...] = (
        (AccessDenied, "denied"),
        (Throttled, "throttled"),
        (NotFound, "gone"),
    )
    state: ScanState = next((state for kind, state in kinds if isinstance(error, kind)), "failed")
    return state, text.encode(errors="backslashreplace").decode()


def function_failure(function: FunctionRef, error: Exception, runs: ReportedFunction | None = None) -> AuditRow:
    """Return the row of a function, or of one of its versions or aliases, that could not be read."""
    state, text = failure(error)
    return AuditRow(
        region=function.region or "",
        account_id=function.account_id,
        function=function.without_qualifier(),
        qualifier=function.qualifier or LATEST,
        runs=runs,
        scan_state=state,
        error=text,
    )


def region_failure(account_id: str | None, region: str, error: Exception) -> AuditRow:
    """Return the row of a region that could not be read; its state is never `gone`."""
    state, text = failure(error)
    return AuditRow(region=region, account_id=account_id, scan_state="failed" if state == "gone" else state, error=text)
