"""The table of an explorer, drawn by itables: it works offline and shows no text as HTML.

itables cuts a table to 64 kB unless `maxBytes` is 0. The alternative, ipydatagrid, draws on a canvas that a screen
reader cannot read, selects rectangles of cells rather than rows, and needs bqplot.

Tested in tests/widgets/explorer/test_explorer.py and tests/browser/test_explorer.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd
from itables.widget import ITable

from eicnb.frames import catalogue
from eicnb.frames.catalogue import Shown
from eicnb.frames.words import STATE, Row
from eicnb.redaction import masks

MOST_ROWS = 10_000
"""The number of rows that a browser can search; of a larger frame, it gets the first matches of a search in Python."""

_ROWS_OF_A_PAGE = 15
_LIST_OF_AT_MOST = 40
_SHOWN_RANK = 5
_PLACES = ("Region", "Account")
_CONTEXT = ("region", "account_id", STATE)
"""The columns that the texts of other columns depend on."""
_KINDS = ("on_failure_type", "on_success_type")


@dataclass(frozen=True, slots=True)
class Words:
    """The displayed columns of a frame as text; those in `later` are hidden until the user chooses them."""

    columns: pd.DataFrame
    later: tuple[str, ...] = ()

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """Return a frame as text, without the columns that have the same value in all rows."""
        names = [str(name) for name in frame.columns]
        values = (frame.iloc[:, place] for place in range(len(names)))
        objects = [column.astype("object").where(column.notna(), None).tolist() for column in values]
        rows = [Row(dict(zip(names, row, strict=True))) for row in zip(*objects, strict=True)]
        shown, _ = catalogue.arranged(catalogue.shown_of(names), names)
        texts = {one.head: found for one in shown if not _is_redundant(one, found := _texts(one, rows))}
        for name in _KINDS:
            if name in names:
                head = f"{name.removesuffix('_type').replace('_', ' ').capitalize()}, kind"
                texts[head] = [row.values[name] or "none" for row in rows]  # noqa: PD011 # no frame of pandas
        later = tuple(one.head for one in shown if one.rank < _SHOWN_RANK and one.head in texts)
        return cls(pd.DataFrame(texts, dtype="object"), later)


def _texts(one: Shown, rows: Iterable[Row]) -> list[str]:
    """Return the texts of a column.

    They are computed once for all rows with the same values in it and in the columns that it depends on.
    """
    columns = tuple(dict.fromkeys((*one.of, *_CONTEXT)))
    found: dict[tuple[Any, ...], str] = {}
    texts = []
    for row in rows:
        key = tuple(map(row.values.get, columns))  # noqa: PD011 # no frame of pandas
        if key not in found:
            found[key] = one.cell(row).text
        texts.append(found[key])
    hidden = dict(zip(found.values(), masks.masked_together([*found.values()]), strict=True))
    return [hidden[text] for text in texts]


def _is_redundant(one: Shown, texts: Iterable[str]) -> bool:
    """Return whether a column adds nothing: all rows are fine, or in the same region or account."""
    different = set(texts)
    return different == {one.quiet} or (one.head in _PLACES and len(different) == 1)


class ExplorerTable:
    """The table widget, and the positions in the frame of its selected rows.

    `selected` is called when the selection changes.
    """

    def __init__(self, words: Words, selected: Callable[[], object]) -> None:
        self._places: Sequence[int] = range(len(words.columns))
        self.widget = ITable(words.columns, **_options(words))
        self._is_filling = False
        self.widget.observe(lambda _: None if self._is_filling else selected(), "selected_rows")

    @property
    def selection(self) -> list[int]:
        """The positions of the selected rows in the frame."""
        return [self._places[place] for place in self.widget.selected_rows]

    def show(self, words: pd.DataFrame, places: Sequence[int], selection: Iterable[int]) -> None:
        """Show the rows at some positions of the frame, and select those that are in `selection`."""
        wanted = {*selection}
        chosen = [number for number, place in enumerate(places) if place in wanted]
        self._is_filling = True
        try:
            self.widget.update(words, selected_rows=chosen)
        finally:
            self._places, self._is_filling = places, False


def _options(words: Words) -> dict[str, Any]:
    """Return the options of the table; columns with few values get a filter with a list."""
    columns = words.columns
    few = [place for place, name in enumerate(columns) if columns[name].nunique() <= _LIST_OF_AT_MOST]
    later = [place for place, name in enumerate(columns) if name in words.later]
    return {
        "maxBytes": 0,
        "allow_html": False,
        "showIndex": False,
        "select": "multi+shift",
        "classes": "display compact nowrap",
        "style": "width:100%;margin:0",
        "pageLength": _ROWS_OF_A_PAGE,
        "scrollX": True,
        "layout": {"topStart": "buttons", "topEnd": "search", "bottomStart": "info", "bottomEnd": "paging"},
        "buttons": [
            {"extend": "selectAll", "text": "Select all found", "selectorModifier": {"search": "applied"}},
            {"extend": "selectNone", "text": "Select none"},
            {"extend": "colvis", "text": "Columns"},
        ],
        "ordering": {"indicators": False, "handler": False},
        "columnControl": ["order", ["search"]],
        "columnDefs": [
            {"targets": few, "columnControl": ["order", ["searchList"]]},
            {"targets": later, "visible": False},
        ],
    }
