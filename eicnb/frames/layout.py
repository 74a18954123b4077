"""The layout of a frame's table: which columns, in which order, in which words.

Tested in tests/frames/test_frame.py and tests/frames/test_layout.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from eicnb.frames import catalogue
from eicnb.frames.catalogue import Shown
from eicnb.frames.drawing import Cut, Head, Table
from eicnb.frames.view import ALL, AUTO, View
from eicnb.frames.words import READ, STATE, Cell, Row
from eicnb.redaction import masks
from eicnb.redaction.control_characters import printable


@dataclass(frozen=True, slots=True)
class Layout:
    """A frame, the rows of it to draw, and how to display them."""

    frame: pd.DataFrame
    columns: tuple[str, ...]
    cut: Cut
    view: View

    @classmethod
    def of(cls, frame: pd.DataFrame, view: View) -> Layout:
        """Choose the rows of a frame to draw."""
        columns = tuple(str(name) for name in frame.columns)
        were_read = [True] * len(frame)
        if STATE in columns:
            were_read = (frame.iloc[:, columns.index(STATE)] == READ).fillna(value=False).astype(bool).tolist()
        return cls(frame, columns, Cut.of(were_read, view.most(len(frame))), view)

    @property
    def drawn(self) -> pd.DataFrame:
        """The rows that are drawn."""
        return self.frame.iloc[list(self.cut.places)]

    def table(self, caption: str, stated: Mapping[str, str], removed: Collection[int], width: int) -> Table:
        """Return the table under a caption.

        `stated` has the values that the caption states for all rows, by column. `removed` are the positions of the
        drawn rows whose config was deleted.
        """
        drawn = self.drawn
        values = drawn.itertuples(index=False, name=None)
        rows = [
            Row(dict(zip(self.columns, map(plain, row), strict=True)), place in removed)
            for place, row in enumerate(values)
        ]
        shown, same, hidden = self._chosen(rows, stated)
        heads, cells = [_head(one, rows) for one in shown], [[one.cell(row) for one in shown] for row in rows]
        if self._shows_index:
            heads.insert(
                0, Head(" ".join(str(name) for name in self.frame.index.names if name is not None), names=True)
            )
            for row, label in zip(cells, drawn.index, strict=True):
                row.insert(0, Cell(printable(str(label))))
        return Table(
            caption=printable(caption),
            heads=_named(heads),
            rows=[tuple(row) for row in cells],
            same=tuple(map(printable, same)),
            hidden=hidden,
            has_all_rows=self.cut.is_whole,
            shows_all=self.view.columns != AUTO,
            width=width,
            hide=masks.masked_together,
        )

    @property
    def _shows_index(self) -> bool:
        """Whether the index is more than row numbers."""
        index = self.frame.index
        is_numbers = index.nlevels == 1 and pd.api.types.is_integer_dtype(index.dtype)
        return self.view.columns == ALL or not is_numbers or index.name is not None or not self.columns

    def _chosen(self, rows: Sequence[Row], stated: Mapping[str, str]) -> tuple[list[Shown], list[str], int]:
        """Return the columns to display, the values that all rows share, and the number of hidden columns."""
        if self.view.columns == ALL:
            return [catalogue.under_own_name(name) for name in self.columns], [], 0
        if chosen := self.view.named_in(self.columns):
            return catalogue.shown_of(chosen), [], len(self.columns) - len(chosen) if self.view.says_hidden else 0
        candidates, hidden = catalogue.arranged(catalogue.shown_of(self.columns), self.columns)
        shown, same = [], []
        for one in candidates:
            text = self._shared(one, rows)
            is_redundant = text is not None and (text == one.quiet or text == stated.get(one.title))
            if is_redundant and len(candidates) > 1:
                continue
            if text is not None and one.folds and len(self.frame) > 1 and "function_name" in self.columns:
                same.append(f"{one.head if one.head.isupper() else one.head.lower()} {text}")
            else:
                shown.append(one)
        return shown or candidates, same if shown else [], hidden

    def _shared(self, one: Shown, rows: Sequence[Row]) -> str | None:
        """Return the text that all rows have in a column; None if they differ or there are no rows."""
        texts = {one.cell(row).text for row in rows}
        if len(texts) != 1 or not (one.folds or one.quiet is not None):
            return None
        if not self.cut.is_whole:
            # The words of an ARN depend on the function's own region and account.
            place = ("region", "account_id") if one.breaks and texts != {"none"} else ()
            about = {*one.of, *({*place, STATE} & {*self.columns} if one.folds else ())}
            if not all(self._is_constant(name) for name in about):
                return None
        return texts.pop()

    def _is_constant(self, name: str) -> bool:
        values = self.frame.iloc[:, self.columns.index(name)]
        first = values.iloc[0]
        if not pd.api.types.is_scalar(first):
            return False
        if pd.isna(first):
            return bool(values.isna().all())
        return bool((values == first).fillna(value=False).all())


def _head(one: Shown, rows: Sequence[Row]) -> Head:
    cells = [(row.values[one.of[0]], one.cell(row).text) for row in rows]  # noqa: PD011 # not a pandas frame
    return Head(
        text=one.head,
        title=one.title,
        rank=one.rank,
        covers=len(one.of),
        names="function_name" in one.of,
        is_of_numbers=not one.folds and any(_is_number(value) and text == str(value) for value, text in cells),
        wraps=one.wraps,
        is_typed=one.is_typed,
        breaks=one.breaks,
    )


def _named(heads: Sequence[Head]) -> tuple[Head, ...]:
    """Mark the one column that names the rows: the index, the function, or else the first."""
    naming = next((place for place, head in enumerate(heads) if head.names), 0)
    return tuple(replace(head, names=place == naming) for place, head in enumerate(heads))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def plain(value: Any) -> Any:
    """Return a pandas or NumPy scalar as a plain Python value; a missing one as None."""
    if not pd.api.types.is_scalar(value):
        return value
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value
