"""The columns of an audit, and its rows as values of these columns.

Tested in tests/fleet/test_audit.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.fleet.row import AuditRow
from eicnb.frames.columns import CONFIG_COLUMNS, Column
from eicnb.frames.frame import config_row
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS

AUDIT_COLUMNS = (
    *CONFIG_COLUMNS,
    Column("configured", "boolean", "whether a config exists; `<NA>`: it could not be read"),
    Column("effective_retry_attempts", "Int64", "what AWS will do: the default where unset"),
    Column("effective_event_age_in_seconds", "Int64", "the same, for the age"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take; `<NA>`: the version or alias no longer exists"),
    Column("role_arn", "string", "role that the function runs with"),
    Column(
        "scan_state",
        "string",
        "`ok`, or why it could not be read: `denied`, `throttled`, `gone`, `failed`, `unread` (the audit was stopped)",
    ),
    Column("error", "string", "what went wrong; `<NA>`: nothing"),
)


def audit_row(row: AuditRow) -> dict[str, Any]:
    """Return a row as values of `AUDIT_COLUMNS`."""
    function, runs, config, was_read = row.function, row.runs, row.config, row.scan_state == "ok"
    values: dict[str, Any] = dict.fromkeys(_NAMES)
    if config is not None:
        values.update(config_row(config))
    values.update(
        region=row.region,
        account_id=row.account_id,
        qualifier=row.qualifier,
        scan_state=row.scan_state,
        error=row.error,
    )
    if function is not None:
        values.update(function_name=function.function_name, function_arn=f"{function}:{row.qualifier}")
    if runs is not None:
        values.update(
            dead_letter_arn=runs.dead_letter_arn, runtime=runs.runtime, timeout=runs.timeout, role_arn=runs.role_arn
        )
    if was_read:
        retries, age = values["maximum_retry_attempts"], values["maximum_event_age_in_seconds"]
        values.update(
            configured=config is not None,
            effective_retry_attempts=DEFAULT_RETRY_ATTEMPTS if retries is None else retries,
            effective_event_age_in_seconds=DEFAULT_EVENT_AGE_IN_SECONDS if age is None else age,
        )
    return values


_NAMES = tuple(column.name for column in AUDIT_COLUMNS)
