"""What is displayed of a frame: which columns and how many rows, as settings and callers choose it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eicnb.errors import UsageError, nearest, shown
from eicnb.frames.columns import NAME_COLUMNS

AUTO, ALL = "auto", "all"

_NAMES = frozenset(column.name for column in NAME_COLUMNS)


@dataclass(frozen=True, slots=True)
class View:
    """The columns and rows of a display.

    `columns` is `auto` for those that fit, `all`, or names. `rows` is the most rows, or `all`. With `says_hidden` the
    caption counts the columns that are not among the names.

    >>> View(rows=0)
    Traceback (most recent call last):
    eicnb.errors.UsageError: rows is 0
    Try: a whole number, 1 or more, or "all"
    """

    columns: str | tuple[str, ...] = AUTO
    rows: int | str = 60
    says_hidden: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", check_columns(self.columns))
        is_number = isinstance(self.rows, int) and not isinstance(self.rows, bool) and self.rows > 0
        if not is_number and self.rows != ALL:
            raise UsageError(f"rows is {shown(self.rows)}", hint='a whole number, 1 or more, or "all"')

    def most(self, total: int) -> int:
        """Return how many of so many rows are displayed."""
        return self.rows if isinstance(self.rows, int) else total

    def within(self, columns: Collection[str]) -> View:
        """Return the view of a frame with these columns: of chosen names those it has.

        If these only name the function and others are missing, it is what fits.
        """
        if isinstance(self.columns, str):
            return self
        there = tuple(name for name in self.columns if name in columns)
        is_useless = there != self.columns and _NAMES.issuperset(there)
        return replace(self, columns=AUTO if is_useless else there, says_hidden=True)

    def named_in(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the chosen columns that a frame has, or raise UsageError for one that it lacks."""
        chosen = self.columns if isinstance(self.columns, tuple) else ()
        for name in chosen:
            if name not in columns:
                hint = nearest(name, [*columns, ALL, AUTO]) or ", ".join(columns)
                raise UsageError(f"the frame has no column {name!r}", hint=hint)
        return chosen


def check_columns(columns: Any) -> str | tuple[str, ...]:
    """Return a choice of columns as a `View` takes it: `auto`, `all`, or names as a tuple.

    >>> check_columns(["function_name", "region"]), check_columns("function_name, region")
    (('function_name', 'region'), ('function_name', 'region'))
    """
    hint = 'set "auto", "all" or a list of names, such as ["function_name", "on_failure"]'
    if isinstance(columns, str):
        if columns.strip() in {AUTO, ALL}:
            return columns.strip()
        columns = [name for name in columns.split(",") if name.strip()]
    if not isinstance(columns, list | tuple) or not columns:
        raise UsageError(f"columns is {shown(columns) if columns else 'empty'}", hint=hint)
    for name in columns:
        if not isinstance(name, str) or not name.strip():
            raise UsageError(f"columns has {shown(name)}, which is not a name", hint=hint)
    return tuple(dict.fromkeys(name.strip() for name in columns))


class ViewSwitch:
    """The view of every display of the process; `choose` takes a function that returns it."""

    def __init__(self) -> None:
        self._tell: Callable[[], View] = View

    def choose(self, tell: Callable[[], View]) -> None:
        """Call this from now on."""
        self._tell = tell

    def current(self) -> View:
        """Return the view at this moment."""
        return self._tell()


VIEW = ViewSwitch()
"""The process's switch, which the settings push."""
