"""Audits of a few functions, without an AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.row import SCAN_STATES
from eicnb.frames.frame import Frame, to_frame

ACCOUNT, REGION = "123456789012", "us-east-1"


def at(day: int, hour: int = 8) -> datetime:
    """Return a time in November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def audit_of(
    day: int, *, account: str = ACCOUNT, region: str = REGION, attrs: dict[str, Any] | None = None, **functions: Any
) -> Frame:
    """Return a day's audit: each function's retries, None or a scan state; `_` is the region itself."""
    rows = [_row(day, account, region, name, settings) for name, settings in functions.items()]
    states = {state: sum(row["scan_state"] == state for row in rows) for state in SCAN_STATES}
    return to_frame(
        rows,
        AUDIT_COLUMNS,
        {
            "verb": "audit",
            "account_id": account,
            "region": region,
            "sandbox": False,
            "regions": region,
            "qualifiers": "configured",
            "selected": None,
            "unmatched": None,
            "functions": len(rows),
            "rows": len(rows),
            **{str(state): count for state, count in states.items()},
            "complete": states["ok"] == len(rows),
            "calls": 2 * len(rows),
            "throttled_calls": 0,
            **(attrs or {}),
        },
    )


def _row(day: int, account: str, region: str, name: str, settings: Any) -> dict[str, Any]:
    state = settings if isinstance(settings, str) else "ok"
    retries = settings if isinstance(settings, int) else None
    was_read, is_region = state == "ok", name == "_"
    row = {
        "function_name": None if is_region else name,
        "qualifier": None if is_region else "$LATEST",
        "maximum_retry_attempts": retries,
        "last_modified": at(1) if retries is not None else None,
        "region": region,
        "account_id": account,
        "function_arn": None if is_region else f"arn:aws:lambda:{region}:{account}:function:{name}:$LATEST",
        "configured": retries is not None if was_read else None,
        "effective_retry_attempts": (2 if retries is None else retries) if was_read else None,
        "effective_event_age_in_seconds": 21600 if was_read else None,
        "runtime": "python3.13",
        "timeout": 3,
        "role_arn": f"arn:aws:iam::{account}:role/lambda",
        "scan_state": state,
        "error": None if was_read else "no",
        "read_at": at(day) if was_read else None,
    }
    return {**dict.fromkeys(column.name for column in AUDIT_COLUMNS), **row}
