"""The columns of frames about changes: plans, their outcomes, and any before and after.

Tested in tests/changes/test_plan.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from eicnb.changes.change import UNKNOWN, Unread, settings_of
from eicnb.frames.columns import BEFORE_AND_AFTER, CONFIG_COLUMNS, SETTING_NAMES, Column
from eicnb.model.reported import ReportedConfig

_BY_NAME = {column.name: column for column in CONFIG_COLUMNS}

Side = Literal["before", "after"]

PLAN_COLUMNS = (
    Column("action", "string", "`put`, `delete`, `none`, `conflict` or `refused`"),
    _BY_NAME["function_name"],
    _BY_NAME["qualifier"],
    Column("change", "string", "the change in words"),
    *BEFORE_AND_AFTER,
    Column("configured_before", "boolean", "whether a config exists now; `<NA>`: unknown"),
    Column("configured_after", "boolean", "whether a config exists after the change"),
    Column("last_modified", _BY_NAME["last_modified"].dtype, "when the config before the change was written"),
    Column("reason", "string", "why a row is refused or a conflict, or a note about the change"),
    *(_BY_NAME[name] for name in ("region", "account_id", "function_arn")),
)

OUTCOMES = ("applied", "none", "conflict", "refused", "failed", "not tried", "unknown")
"""The possible outcomes of a row of a plan."""

APPLIED_COLUMNS = (
    *PLAN_COLUMNS,
    Column("outcome", "string", ", ".join(f"`{outcome}`" for outcome in OUTCOMES)),
    Column("error", "string", "what went wrong; `<NA>`: nothing"),
)


def side_of(config: ReportedConfig | Unread | None, side: Side) -> Mapping[str, Any]:
    """Return the settings of a config as values of the four columns of a side; an unknown one is None.

    >>> side_of(None, "before")["before_on_failure"]
    """
    values = settings_of(config)
    return {f"{side}_{name}": None if values[name] is UNKNOWN else values[name] for name in SETTING_NAMES}
