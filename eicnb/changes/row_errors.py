"""One error about all the faulty rows of a frame, each with its row and column.

Tested in tests/changes/test_desired.py and tests/changes/export/test_frame_changes.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from eicnb.errors import UsageError

_MOST_FAULTS = 10


class RowFault(Exception):
    """The reason why a row can't be used, a hint, and the column if a single one is wrong."""

    def __init__(self, why: str, hint: str, column: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint
        self.column = column

    def at(self, row: str) -> str:
        """Return the fault prefixed with its row and column.

        >>> RowFault("it is empty", "edit the row", "qualifier").at("row 3 (my-function)")
        "row 3 (my-function), column 'qualifier': it is empty"
        """
        column = f", column {self.column!r}" if self.column else ""
        return f"{row}{column}: {self.why}"


def faults_error(faults: Mapping[str, str], what: str) -> UsageError:
    """Return one error that lists the first ten faults and has the hint of the first.

    >>> print(faults_error({"row 1: no": "edit it", "row 2: no": "edit it"}, "planned"))
    2 rows can't be planned:
        row 1: no
        row 2: no
    Try: edit it
    """
    first, hint = next(iter(faults.items()))
    if len(faults) == 1:
        return UsageError(first, hint=hint)
    listed = [f"    {text}" for text in list(faults)[:_MOST_FAULTS]]
    more = len(faults) - len(listed)
    rest = [f"    and {more} more"] if more else []
    return UsageError("\n".join([f"{len(faults)} rows can't be {what}:", *listed, *rest]), hint=hint)
