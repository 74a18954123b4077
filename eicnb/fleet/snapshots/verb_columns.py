"""The columns that each verb's frames have in this release.

Tested in tests/fleet/snapshots/test_parquet.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eicnb.changes.columns import PLAN_COLUMNS
from eicnb.changes.journal_frame import JOURNAL_COLUMNS
from eicnb.fleet.checks.finding import FINDING_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.compare import COMPARE_COLUMNS
from eicnb.fleet.failed_events.columns import RECORD_COLUMNS
from eicnb.fleet.losses import LOSS_COLUMNS
from eicnb.frames.columns import CONFIG_COLUMNS, FUNCTION_COLUMNS, IDENTITY_COLUMNS, Column

HISTORY_COLUMNS = (
    *COMPARE_COLUMNS,
    Column("from_time", "datetime64[ns, UTC]", "time of the last audit with the config before the change"),
    Column("to_time", "datetime64[ns, UTC]", "time of the first audit with the config after it"),
)

_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    **dict.fromkeys(("put", "update", "get", "list", "delete"), CONFIG_COLUMNS),
    "audit": AUDIT_COLUMNS,
    "check": FINDING_COLUMNS,
    "compare": COMPARE_COLUMNS,
    "functions": FUNCTION_COLUMNS,
    "history": HISTORY_COLUMNS,
    "journal": JOURNAL_COLUMNS,
    "losses": LOSS_COLUMNS,
    "plan": PLAN_COLUMNS,
    "records": RECORD_COLUMNS,
    "whoami": IDENTITY_COLUMNS,
}


def columns_of_verb(verb: Any) -> tuple[Column, ...]:
    """Return the columns of a verb's frames; none if they are loaded exactly as saved.

    >>> columns_of_verb("audit")[0].name, columns_of_verb("explain")
    ('function_name', ())
    """
    return _COLUMNS.get(verb, ()) if isinstance(verb, str) else ()


def dtype_in_words(column: Column) -> str:
    """Return the dtype of a column as one string, with its categories.

    >>> dtype_in_words(Column("severity", "category", "", ("low", "high")))
    'category: low < high'
    """
    return f"{column.dtype}: {' < '.join(column.categories)}" if column.categories else column.dtype
