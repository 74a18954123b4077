"""The columns of an audit, and its rows."""

from __future__ import annotations

from typing import Any

from eicnb.fleet.row import Finding
from eicnb.frames.columns import (
    CONFIG_COLUMNS,
    Column,
)
from eicnb.frames.frame import (
    config_row,
)
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS

AUDIT_COLUMNS = (
    *CONFIG_COLUMNS,
    Column("configured", "boolean", "whether a config exists; `<NA>`: it could not be read"),
    Column("effective_retry_attempts", "Int64", "what AWS will do: the default where unset"),
    Column("effective_event_age_in_seconds", "Int64", "the same, for the age"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take"),
    Column("role_arn", "string", "role that the function runs with"),
    Column("scan_state", "string", "`ok`, or why it could not be read: `denied`, `throttled`, `gone`, `failed`"),
    Column("error", "string", "what went wrong; `<NA>`: nothing"),
)


def audit_row(finding: Finding) -> dict[str, Any]:
    """A finding as a row of `AUDIT_COLUMNS`."""
    function, config, was_read = finding.function, finding.config, finding.scan_state == "ok"
    row: dict[str, Any] = dict.fromkeys(_AUDIT_NAMES)
    if config is not None:
        row.update(config_row(config))
    row.update(
        region=finding.region,
        account_id=finding.account_id,
        qualifier=finding.qualifier,
        scan_state=finding.scan_state,
        error=finding.error,
    )
    if function is not None:
        row.update(
            function_name=function.function.function_name,
            function_arn=f"{function.function}:{finding.qualifier}",
            dead_letter_arn=function.dead_letter_arn,
            runtime=function.runtime,
            timeout=function.timeout,
            role_arn=function.role_arn,
        )
    if was_read:
        retries, age = row["maximum_retry_attempts"], row["maximum_event_age_in_seconds"]
        row.update(
            configured=config is not None,
            effective_retry_attempts=DEFAULT_RETRY_ATTEMPTS if retries is None else retries,
            effective_event_age_in_seconds=DEFAULT_EVENT_AGE_IN_SECONDS if age is None else age,
        )
    return row


_AUDIT_NAMES = tuple(column.name for column in AUDIT_COLUMNS)
