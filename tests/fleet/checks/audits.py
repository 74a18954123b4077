"""Audits as frames; a test gives only the values that matter to a check."""

from __future__ import annotations

from typing import Any

from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.row import SCAN_STATES
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.destination import destination_kind
from eicnb.model.place import partition_of

ACCOUNT = "123456789012"
SETTINGS = ("maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success")

SHORT = {"retries": "maximum_retry_attempts", "age": "maximum_event_age_in_seconds", "dead_letter": "dead_letter_arn"}


def arn(text: str, region: str = "us-east-1", account_id: str = ACCOUNT) -> str:
    """Return the ARN of a short form such as `sqs:NAME`, and any other text unchanged."""
    kind, _, name = text.partition(":")
    prefix = {"lambda": "function:", "events": "event-bus/"}.get(kind, "")
    if kind not in {"sqs", "sns", "s3", "lambda", "events"}:
        return text
    place = ":" if kind == "s3" else f"{region}:{account_id}"
    return f"arn:{partition_of(region)}:{kind}:{place}:{prefix}{name}"


def row(function_name: str | None = "f", qualifier: str | None = "$LATEST", **given: Any) -> dict[str, Any]:
    """Return a row that was read and exists, and is configured if it has a setting."""
    given = {SHORT.get(name, name): value for name, value in given.items()}
    region, account_id = given.get("region", "us-east-1"), given.get("account_id", ACCOUNT)
    for name in ("on_failure", "on_success", "dead_letter_arn"):
        if name in given:
            given[name] = arn(given[name], region, account_id)
    configured = any(given.get(name) is not None for name in SETTINGS)
    found: dict[str, Any] = {
        **{column.name: None for column in AUDIT_COLUMNS},
        "function_name": function_name,
        "qualifier": qualifier,
        "region": region,
        "account_id": account_id,
        "function_arn": function_name
        and f"arn:{partition_of(region)}:lambda:{region}:{account_id}:function:{function_name}:{qualifier}",
        "configured": configured,
        "runtime": "python3.13",
        "timeout": 3,
        "role_arn": f"arn:{partition_of(region)}:iam::{account_id}:role/basic",
        "scan_state": "ok",
        **given,
    }
    for name in ("on_failure", "on_success"):
        found[f"{name}_type"] = destination_kind(found[name]) if found[name] else None
    return found


def audit_of(*rows: dict[str, Any], qualifiers: str = "all", **attrs: Any) -> Frame:
    """Return an audit with these rows."""
    states: dict[str, Any] = {state: sum(one["scan_state"] == state for one in rows) for state in SCAN_STATES}
    return to_frame(
        rows, AUDIT_COLUMNS, {"verb": "audit", "qualifiers": qualifiers, "rows": len(rows), **states, **attrs}
    )
