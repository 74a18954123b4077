"""Changes as lines of a `%%eic` cell.

Tested in tests/changes/export/test_languages.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from eicnb.changes.change import Change
from eicnb.changes.export.command_lines import change_line


def eic_text(changes: Sequence[Change], region: str | None) -> str:
    """Return a line for each change, with the function's ARN so that it cannot run in another account."""
    return "".join(f"{change_line(change, region)}\n" for change in changes)
