"""The columns of an audit, and its rows as values of these columns.

Tested in tests/fleet/test_audit.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.fleet.row import AuditRow
from eicnb.frames.columns import CONFIG_COLUMNS, Column
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS

AUDIT_COLUMNS = (
    *CONFIG_COLUMNS,
    Column("configured", "boolean", "whether a config exists; `<NA>`: it could not be read"),
    Column("effective_retry_attempts", "Int64", "retries that AWS will make: the default if unset"),
    Column("effective_event_age_in_seconds", "Int64", "maximum age that AWS will apply: the default if unset"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take; `<NA>`: the version or alias no longer exists"),
    Column("role_arn", "string", "execution role of the function"),
    Column(
        "scan_state",
        "string",
        "`ok`, or why it could not be read: `denied`, `throttled`, `gone`, `failed`, `unread` (the audit was stopped)",
    ),
    Column("error", "string", "what went wrong; `<NA>`: nothing"),
    Column("read_at", "datetime64[ns, UTC]", "when the row was read, just before its first request; `<NA>`: not read"),
)


def audit_row(row: AuditRow) -> dict[str, Any]:
    """Return a row as values of `AUDIT_COLUMNS`.

    The dict is built in one expression, for speed: an interrupted audit converts all its rows before it returns.
    """
    function, runs, config, was_read = row.function, row.runs, row.config, row.scan_state == "ok"
    retries = None if config is None else config.maximum_retry_attempts
    age = None if config is None else config.maximum_event_age_in_seconds
    return {
        "function_name": None if function is None else function.function_name,
        "qualifier": row.qualifier,
        "maximum_retry_attempts": retries,
        "maximum_event_age_in_seconds": age,
        "on_failure_type": None if config is None else config.on_failure_type,
        "on_failure": None if config is None else config.on_failure,
        "on_success_type": None if config is None else config.on_success_type,
        "on_success": None if config is None else config.on_success,
        "last_modified": None if config is None else config.last_modified,
        "region": row.region,
        "account_id": row.account_id,
        "function_arn": None if function is None else f"{function}:{row.qualifier}",
        "configured": (config is not None) if was_read else None,
        "effective_retry_attempts": _effective(retries, DEFAULT_RETRY_ATTEMPTS) if was_read else None,
        "effective_event_age_in_seconds": _effective(age, DEFAULT_EVENT_AGE_IN_SECONDS) if was_read else None,
        "dead_letter_arn": None if runs is None else runs.dead_letter_arn,
        "runtime": None if runs is None else runs.runtime,
        "timeout": None if runs is None else runs.timeout,
        "role_arn": None if runs is None else runs.role_arn,
        "scan_state": row.scan_state,
        "error": row.error,
        "read_at": row.read_at if was_read else None,
    }


def _effective(setting: int | None, default: int) -> int:
    return default if setting is None else setting
