"""The columns of the summary of an audit that is written to a folder.

Tested in tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

from eicnb.fleet.row import SCAN_STATES
from eicnb.frames.columns import Column

SUMMARY_COLUMNS = (
    Column("account_id", "string", "account; `<NA>`: it could not be determined"),
    Column("region", "string", "region"),
    Column("rows", "Int64", "rows of the audit here"),
    *(Column(state, "Int64", f"rows whose `scan_state` is `{state}`") for state in SCAN_STATES),
    Column("file", "string", "file with the rows, for `eicnb.load`; `<NA>`: none was written"),
    Column("error", "string", "first error of the rows; `<NA>`: none"),
)
