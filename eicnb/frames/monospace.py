"""A table as text in columns of fixed width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from eicnb.errors import width_of

GAP = "  "

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class TextColumn:
    """One column: the lines of each cell, the head first, padded to one width.

    >>> TextColumn.of(["Why", "no queue"], limit=5).cells
    (('Why  ',), ('no   ', 'queue'))
    """

    cells: tuple[tuple[str, ...], ...]
    width: int

    @classmethod
    def of(cls, texts: Sequence[str], *, is_right: bool = False, limit: int | None = None) -> TextColumn:
        """Pad texts to one width; with a limit, wrap longer texts and split longer words."""
        cells = [[text] if limit is None else _wrapped(text, limit) for text in texts]
        width = max(width_of(line) for cell in cells for line in cell)
        return cls(tuple(tuple(_padded(line, width, is_right=is_right) for line in cell) for cell in cells), width)


def _wrapped(text: str, limit: int) -> list[str]:
    return textwrap.wrap(text, max(limit, 1), break_long_words=True, break_on_hyphens=True) or [""]


def _padded(line: str, width: int, *, is_right: bool) -> str:
    gap = " " * (width - width_of(line))
    return gap + line if is_right else line + gap


def laid_out(columns: Sequence[TextColumn], page: int, below: Sequence[str] = ()) -> str:
    """Lay columns out side by side; those that do not fit continue below, next to the first column.

    `below` has a line to print unbroken under each row, the head first.

    >>> print(laid_out([TextColumn.of(["Function", "checkout"]), TextColumn.of(["Retries", "2"])], 80))
    Function  Retries
    checkout  2
    """
    *others, last = _blocks(columns, page)
    texts = [*(_lines(block, ()) for block in others), _lines(last, below)]
    return "\n\n".join("\n".join(lines) for lines in texts)


def _blocks(columns: Sequence[TextColumn], page: int) -> Iterator[list[TextColumn]]:
    first, *others = columns
    block = [first]
    for column in others:
        if len(block) > 1 and sum(one.width + len(GAP) for one in block) + column.width > page:
            yield block
            block = [first]
        block.append(column)
    yield block


def _lines(block: Sequence[TextColumn], below: Sequence[str]) -> Iterator[str]:
    for place, cells in enumerate(zip(*(column.cells for column in block), strict=True)):
        for parts in zip_longest(*cells):
            words = (" " * column.width if part is None else part for column, part in zip(block, parts, strict=True))
            yield GAP.join(words).rstrip()
        if below and below[place]:
            yield f"{_INDENT}{below[place]}"
