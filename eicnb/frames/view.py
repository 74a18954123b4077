"""The columns and the number of rows in a display, as settings and callers choose them."""

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

    `columns` is `auto` for those that fit, `all`, or names. `rows` is the maximum number of rows, or `all`. With
    `says_hidden`, the caption counts the columns that were not chosen.

    >>> View(rows=0)
    Traceback (most recent call last):
    eicnb.errors.UsageError: rows is 0; it must be a whole number, 1 or more, or all
    Try: rows="all"
    """

    columns: str | tuple[str, ...] = AUTO
    rows: int | str = 60
    says_hidden: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", check_columns(self.columns))
        is_number = isinstance(self.rows, int) and not isinstance(self.rows, bool) and self.rows > 0
        if not is_number and self.rows != ALL:
            message = f"rows is {shown(self.rows)}; it must be a whole number, 1 or more, or all"
            with UsageError.about("rows"):
                raise UsageError(message, hint=f'rows="{ALL}"')

    def most(self, total: int) -> int:
        """Return the maximum number of rows to display of a frame with `total` rows."""
        return self.rows if isinstance(self.rows, int) else total

    def within(self, columns: Collection[str]) -> View:
        """Restrict the chosen columns to those that a frame has.

        If some are missing and the rest only name the function, choose the columns that fit.
        """
        if isinstance(self.columns, str):
            return self
        present = tuple(name for name in self.columns if name in columns)
        is_useless = present != self.columns and _NAMES.issuperset(present)
        return replace(self, columns=AUTO if is_useless else present, says_hidden=True)

    def named_in(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the chosen columns, or raise UsageError for one that the frame lacks."""
        chosen = self.columns if isinstance(self.columns, tuple) else ()
        for name in chosen:
            if name not in columns:
                hint = nearest(name, [*columns, ALL, AUTO]) or ", ".join(columns)
                raise UsageError(f"the frame has no column {name!r}", hint=hint)
        return chosen


def check_columns(columns: Any) -> str | tuple[str, ...]:
    """Validate a choice of columns, and return `auto`, `all`, or the names as a tuple.

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
    """The view of all displays in this process."""

    def __init__(self) -> None:
        self._find_view: Callable[[], View] = View

    def choose(self, find_view: Callable[[], View]) -> None:
        """Use this function to find the current view."""
        self._find_view = find_view

    def current(self) -> View:
        """Return the current view."""
        return self._find_view()


VIEW = ViewSwitch()
"""The switch of this process, set through `eicnb.settings`."""


class ShowCommand:
    """The command in captions that shows all rows and columns.

    It is `%eic show` while the magics are loaded, otherwise `eicnb.show`.
    """

    def __init__(self) -> None:
        self.is_magic = False

    def with_all(self, options: Sequence[str]) -> str:
        """Return the command with each option set to `all`; the frame is a placeholder.

        >>> ShowCommand().with_all(["columns"])
        'eicnb.show(frame, columns="all")'
        """
        if self.is_magic:
            return " ".join(["%eic show ${frame}", *(f"--{option} {ALL}" for option in options)])
        arguments = [f'{option}="{ALL}"' for option in options]
        return f"eicnb.show({', '.join(['frame', *arguments])})"


SHOW_COMMAND = ShowCommand()
"""The command of this process, switched by the magics."""
