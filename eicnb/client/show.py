"""Frames displayed differently from the default.

Tested in tests/notebook/test_show.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.frames.frame import FrameDisplay
from eicnb.frames.view import VIEW, View
from eicnb.widgets.shown_frame import show_now


@checked
def show(frame: Any, *, columns: Any = None, rows: Any = None) -> None:
    """Show a frame now, with other columns or more rows than by default.

    >>> show(eic.list("my-function"), columns=["qualifier", "on_failure"])
    Qualifier  On failure
    BLUE       none
    GREEN      sqs shop-failures
    SANDBOX  account 123456789012  us-east-1  2 rows

    `columns` are names, `"auto"` for those that fit, or `"all"`, which shows real names and whole values. `rows` is the
    maximum number of rows, or `"all"`. The defaults are the settings `columns` and `max_rows`. Any DataFrame can be
    shown. An invalid value, or a column that the frame lacks, is a UsageError.
    """
    show_now(displayed(frame, columns=columns, rows=rows))


def displayed(frame: Any, *, columns: Any = None, rows: Any = None) -> FrameDisplay:
    """Return what `show` shows; a notebook displays it as the result of a cell."""
    if not hasattr(frame, "itertuples"):
        raise UsageError(f"show takes a frame, not {shown(frame)}", hint="eicnb.show(audit), with a frame of a verb")
    names = [str(name) for name in frame.columns]
    view = VIEW.current().within(names)
    chosen = View(
        view.columns if columns is None else columns,
        view.rows if rows is None else _rows(rows),
        says_hidden=columns is None and view.says_hidden,
    )
    return FrameDisplay(frame, chosen)


def _rows(rows: Any) -> Any:
    """Convert a number in text to an int; return everything else unchanged."""
    return int(rows) if isinstance(rows, str) and rows.isascii() and rows.removeprefix("-").isdecimal() else rows
