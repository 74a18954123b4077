"""The drawing of a table, as HTML and as text, without pandas or a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eicnb.errors import width_of
from eicnb.frames.catalogue import ESSENTIAL
from eicnb.frames.html import HtmlCell, escaped, html_table, of_whole_words
from eicnb.frames.monospace import GAP, TextColumn, laid_out
from eicnb.frames.style import BOX, CAPTION, CELL, NUMBER, STYLE, TONES, WRAPPED
from eicnb.frames.view import SHOW_COMMAND
from eicnb.frames.words import Cell

_ROOM = 130
"""The characters that fit in a row of a notebook's output, in a window of 1,400 pixels."""

_PADDING = 3
"""The space between two columns in HTML, in characters."""

_NARROWEST = 22
"""The minimum width of a column of long texts, or of long names in a terminal."""

_SHORTEST = 80
"""The minimum width of a remark's lines, so that the code to type in it stays on one line."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of a frame to draw: all, or a number of them with the unread ones first.

    >>> cut = Cut.of([True, False, True], most=2)
    >>> cut.places, str(cut)
    ((1, 0), '3 rows, 1 of them not shown; errors first')
    """

    places: tuple[int, ...]
    total: int
    errors: int

    @classmethod
    def of(cls, were_read: Sequence[bool], most: int) -> Cut:
        """Choose the rows to draw, `most` at most; `were_read` has whether each row could be read."""
        places: Sequence[int] = range(len(were_read))
        if len(were_read) > most:
            places = sorted(places, key=were_read.__getitem__)[:most]
        return cls(tuple(places), len(were_read), len(were_read) - sum(were_read))

    @property
    def is_whole(self) -> bool:
        """Whether all rows are drawn."""
        return len(self.places) == self.total

    def __str__(self) -> str:
        rows = "no rows" if not self.total else "1 row" if self.total == 1 else f"{self.total} rows"
        drawn = len(self.places)
        if self.is_whole:
            return rows
        unseen = f", {self.errors - drawn} of {self.errors} errors not shown" if self.errors > drawn else ""
        return f"{rows}, {self.total - drawn} of them not shown{'; errors first' if self.errors else ''}{unseen}"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column of a table.

    `title` has the names of the frame's columns that it shows, and `covers` their number. The lowest `rank` is hidden
    first. `names` marks the column that names the rows. A column that `wraps` has long texts. One that `breaks` has
    long names, which take several lines in a narrow terminal. One that `is_typed` has lines to run, which are never
    wrapped in text.
    """

    text: str
    title: str = ""
    rank: int = ESSENTIAL
    covers: int = 1
    names: bool = False
    is_of_numbers: bool = False
    wraps: bool = False
    breaks: bool = False
    is_typed: bool = False

    @property
    def wraps_as_text(self) -> bool:
        """Whether a cell may have several lines of text."""
        return (self.wraps or self.breaks) and not self.is_typed


@dataclass(frozen=True, slots=True)
class Table:
    """The displayed columns and rows of a frame, in words.

    >>> heads = (Head("Function"), Head("Retries"))
    >>> print(Table("us-east-1  1 row", heads, ((Cell("checkout"), Cell("2")),)).to_text())
    Function  Retries
    checkout  2
    us-east-1  1 row

    Columns that do not fit are hidden. With `shows_all`, they continue below in text. `same` are values that all rows
    share. `hidden` counts the columns that are hidden already. `hide` masks all texts at once.
    """

    caption: str
    heads: tuple[Head, ...]
    rows: Sequence[tuple[Cell, ...]]
    same: tuple[str, ...] = ()
    hidden: int = 0
    has_all_rows: bool = True
    shows_all: bool = False
    width: int = 80
    hide: Callable[[Sequence[str]], Sequence[str]] = list

    def to_html(self, name: str = "") -> str:
        """Return the caption and a scrolling table as HTML, without scripts and with all text escaped.

        For screen readers, `name` distinguishes this table from others with the same caption.
        """
        table = self.masked().fitting(_ROOM, _PADDING, breaks=False)
        lines = [table.caption, *table.remarks()]
        label = escaped(f"{name}: {table.caption}" if name else table.caption)
        heads = [HtmlCell(escaped(head.text or "row"), _attributes(head), head.title) for head in table.heads]
        return "\n".join(
            [
                f'<div class="eicnb-frame">{STYLE}',
                *(f'<div class="eicnb-caption"{CAPTION}>{escaped(line)}</div>' for line in lines),
                f'<div class="eicnb-box" role="region" aria-label="{label}" tabindex="0"{BOX}>',
                html_table(heads, (_html_cells(table.heads, row) for row in table.rows)),
                "</div>",
                "</div>",
            ]
        )

    def to_text(self) -> str:
        """Return the table as text of `width` characters, or more if the essential columns need them."""
        table, below = self.masked(), list[str]()
        if not self.shows_all:
            table, below = table.with_lines_below()
            table = table.fitting(self.width, len(GAP), breaks=True)
        caption = "\n".join([*table.remarks(self.width), table.caption])
        if not table.rows:
            return caption
        return "\n".join([laid_out(table.text_columns(), self.width, below), caption])

    def masked(self) -> Table:
        """Return the table with all texts masked."""
        heads = [text for head in self.heads for text in (head.text, head.title)]
        cells = [text for row in self.rows for cell in row for text in (cell.text, cell.title)]
        hidden = iter(self.hide([self.caption, *self.same, *heads, *cells]))
        caption, same = next(hidden), tuple(next(hidden) for _ in self.same)
        shown = tuple(_replaced(head, next(hidden), next(hidden)) for head in self.heads)
        rows = [tuple(Cell(next(hidden), next(hidden), cell.tone) for cell in row) for row in self.rows]
        return replace(self, caption=caption, same=same, heads=shown, rows=rows, hide=list)

    def with_lines_below(self) -> tuple[Table, list[str]]:
        """Return the table without a typed column that does not fit, and that column's lines, head first."""
        widths = [self._width_of(place, breaks=True) for place in range(len(self.heads))]
        typed = next((place for place, head in enumerate(self.heads) if head.is_typed), None)
        if typed is None or len(self.heads) == 1 or sum(widths) + len(GAP) * (len(widths) - 1) <= self.width:
            return self, []
        kept = [place for place in range(len(self.heads)) if place != typed]
        return self._of(kept), [self.heads[typed].text, *(row[typed].text for row in self.rows)]

    def _of(self, places: Sequence[int]) -> Table:
        heads = tuple(self.heads[place] for place in places)
        return replace(self, heads=heads, rows=[tuple(row[place] for place in places) for row in self.rows])

    def fitting(self, room: int, gap: int, *, breaks: bool) -> Table:
        """Hide the columns of the lowest ranks until the others fit."""
        if self.shows_all:
            return self
        widths = [self._width_of(place, breaks=breaks) for place in range(len(self.heads))]
        kept = list(range(len(self.heads)))
        while sum(widths[place] + gap for place in kept) - gap > room:
            droppable = [place for place in kept if self.heads[place].rank < ESSENTIAL]
            if not droppable or len(kept) == 1:
                break
            kept.remove(min(reversed(droppable), key=lambda place: self.heads[place].rank))
        dropped = [head for place, head in enumerate(self.heads) if place not in kept]
        return replace(self._of(kept), hidden=self.hidden + sum(head.covers for head in dropped))

    def _width_of(self, place: int, *, breaks: bool) -> int:
        head = self.heads[place]
        natural = max(map(width_of, [head.text, *(row[place].text for row in self.rows)]))
        may_wrap = head.wraps_as_text if breaks else head.wraps
        return min(natural, _NARROWEST) if may_wrap else natural

    def remarks(self, width: int = 0) -> list[str]:
        """Return remarks for the caption: what all rows share, what is hidden, and how to show it."""
        same = f"in every row: {', '.join(self.same)}" if self.same else ""
        columns = f"{self.hidden} column{'' if self.hidden == 1 else 's'} hidden" if self.hidden else ""
        options = ["columns"] * bool(columns) + ["rows"] * (not self.has_all_rows)
        how = f"{SHOW_COMMAND.with_all(options)} shows all {'of them' if columns else 'rows'}" if options else ""
        lines = [line for line in (same, "; ".join(filter(None, [columns, how]))) if line]
        if not width:
            return lines
        return [part for line in lines for part in textwrap.wrap(line, max(width, _SHORTEST), break_long_words=False)]

    def text_columns(self) -> list[TextColumn]:
        """Return the columns as lines of text; columns of long texts share the remaining room."""
        widths = [self._width_of(place, breaks=True) for place in range(len(self.heads))]
        wrapping = sum(head.wraps_as_text for head in self.heads)
        spare = max(0, self.width - sum(widths) - len(GAP) * (len(widths) - 1)) // max(1, wrapping)
        columns = []
        for place, head in enumerate(self.heads):
            texts = [head.text, *(row[place].text for row in self.rows)]
            limit = widths[place] + spare if head.wraps_as_text and not self.shows_all else None
            columns.append(TextColumn.of(texts, is_right=head.is_of_numbers, limit=limit))
        return columns


def _replaced(head: Head, text: str, title: str) -> Head:
    return replace(head, text=text, title=title)


def _attributes(head: Head) -> str:
    return NUMBER if head.is_of_numbers else WRAPPED if head.wraps else CELL


def _html_cells(heads: Sequence[Head], row: Sequence[Cell]) -> Iterator[HtmlCell]:
    for head, cell in zip(heads, row, strict=True):
        title = cell.title if cell.title != cell.text else ""
        tone = TONES.get(cell.tone, "")
        text = of_whole_words(cell.text) if head.is_typed else escaped(cell.text)
        html = f"<span{tone}>{text}</span>" if tone else text
        yield HtmlCell(html, _attributes(head), title, names_row=head.names)
