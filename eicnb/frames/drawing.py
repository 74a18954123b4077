"""How a table is drawn: cells in words, and the whole as HTML and as text. It knows of no pandas and no notebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any

from eicnb.errors import width_of
from eicnb.frames.columns import AFTER, BEFORE, SETTING_NAMES
from eicnb.model.destination import KINDS

ABSENT = {
    "maximum_retry_attempts": "not set",
    "maximum_event_age_in_seconds": "not set",
    "on_failure_type": "none",
    "on_failure": "none",
    "on_success_type": "none",
    "on_success": "none",
    "dead_letter_arn": "none",
    "last_modified": "never",
    "runtime": "container image",
    "error": "",
    "*": "<NA>",
}
"""What a missing value means, column by column; in any other column it is `<NA>`, as in pandas."""

_NOT_READ = {"error": "", "*": "not read"}

STATE, READ = "scan_state", "ok"

_GAP = "  "

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"

_SCROLLS = 'style="overflow-x: auto"'

_LEFT = 'style="text-align: left; white-space: nowrap; padding: 0.2em 0.7em"'

_RIGHT = 'style="text-align: right; white-space: nowrap; padding: 0.2em 0.7em"'

_WRAPS = 'style="text-align: left"'

_BREAKS = 'style="overflow-wrap: anywhere"'

_LONG = re.compile(r"\S{21,}")
"""A text that may be broken to fit a narrow column; a word is not."""

_CAPTION = 'style="caption-side: top; text-align: left; white-space: pre; padding: 0.2em 0.7em"'


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of a frame that are drawn: all, or so many, those that could not be read first.

    >>> cut = Cut.of(["ok", "denied", "ok"], most=2)
    >>> cut.places, str(cut)
    ((1, 0), '3 rows, 1 of them not shown; errors first')
    """

    places: tuple[int, ...]
    total: int
    errors: int

    @classmethod
    def of(cls, states: Sequence[Any], most: int) -> Cut:
        """Return the cut of rows that have these scan states; `ok` where rows have none."""
        places = list(range(len(states)))
        if len(states) > most:
            places = sorted(places, key=lambda place: bool(states[place] == READ))[:most]
        return cls(tuple(places), len(states), sum(state != READ for state in states))

    def __str__(self) -> str:
        rows = "no rows" if not self.total else "1 row" if self.total == 1 else f"{self.total} rows"
        drawn = len(self.places)
        if drawn == self.total:
            return rows
        unseen = f", {self.errors - drawn} of {self.errors} errors not shown" if self.errors > drawn else ""
        return f"{rows}, {self.total - drawn} of them not shown{'; errors first' if self.errors else ''}{unseen}"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns and the drawn rows of a frame; a missing value is None.

    >>> print(Table("us-east-1  1 row", ("qualifier", "on_failure_type"), ("0",), (("live", "sqs"),)).to_text())
      qualifier  on_failure_type
    0 live       SQS queue
    us-east-1  1 row

    `labels` are those of the index. Columns beyond `width` characters go on below. `removed` are the numbers of the
    rows whose config was deleted. `hide` puts the masks into all texts at once.
    """

    caption: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    index_name: str = ""
    width: int = 80
    removed: frozenset[int] = frozenset()
    hide: Callable[[Sequence[str]], Sequence[str]] = list

    def to_html(self, name: str = "") -> str:
        """Return HTML without scripts and colours, whose every text is escaped; it scrolls sideways.

        `name` tells this table from others of the same caption to those who hear the page.
        """
        (caption, index_name, *names), rows = self._shown()
        styles = [_LEFT, *(_RIGHT if self._is_of_numbers(place) else _LEFT for place in range(len(self.columns)))]
        label = _escaped(f"{name}: {caption}" if name else caption)
        drawn = html_table([index_name or "row", *names], rows, caption=caption, styles=styles)
        return f'<div role="region" aria-label="{label}" tabindex="0" {_SCROLLS}>\n{drawn}\n</div>'

    def to_text(self) -> str:
        """Return the table as text, as wide as its longest words; columns that do not fit go on below."""
        (caption, *names), rows = self._shown()
        if not rows:
            return caption
        labels, *columns = (
            _column([name, *words], right=place > 0 and self._is_of_numbers(place - 1))
            for place, (name, *words) in enumerate(zip(names, *rows, strict=True))
        )
        blocks = [_beside(block) for block in _blocks(labels, columns, self.width)]
        return "\n".join(["\n\n".join(blocks), caption])

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        """Return the caption and the names, and the rows behind their labels, all with their masks."""
        texts = [self.caption, self.index_name, *self.columns]
        for place, (label, row) in enumerate(zip(self.labels, self.rows, strict=True)):
            words = self._words(row)
            texts += [label, *(self._marked(row, words) if place in self.removed else words)]
        hidden, width = list(self.hide(texts)), len(self.columns) + 1
        head, body = hidden[: width + 1], hidden[width + 1 :]
        return head, [body[start : start + width] for start in range(0, len(body), width)]

    def _marked(self, row: tuple[Any, ...], words: Sequence[str]) -> Iterator[str]:
        """Mark the settings of a config that was deleted; the frame keeps their values."""
        for name, value, word in zip(self.columns, row, words, strict=True):
            yield f"{word} (removed)" if name in SETTING_NAMES and value is not None else word

    def _is_of_numbers(self, place: int) -> bool:
        return any(_is_number(row[place]) for row in self.rows)

    def _was_read(self, row: tuple[Any, ...]) -> bool:
        return STATE not in self.columns or row[self.columns.index(STATE)] == READ

    def _words(self, row: tuple[Any, ...]) -> list[str]:
        absent = dict(ABSENT if self._was_read(row) else _NOT_READ)
        present = {name for name, value in zip(self.columns, row, strict=True) if value is not None}
        # A destination of a kind that cannot be set today is no missing one.
        absent.update({f"{name}_type": "another service" for name in ("on_failure", "on_success") if name in present})
        return [
            word_of(name, value, absent.get(setting_of(name), absent["*"]))
            for name, value in zip(self.columns, row, strict=True)
        ]


def setting_of(column: str) -> str:
    """Return the setting of a column with its value before or after a change; any other name as it is.

    >>> setting_of("before_on_failure"), setting_of("on_failure")
    ('on_failure', 'on_failure')
    """
    return column.removeprefix(BEFORE).removeprefix(AFTER)


def word_of(column: str, value: Any, absent: str = "<NA>") -> str:
    """Return a value as it is read in its column.

    >>> word_of("on_failure_type", "events"), word_of("maximum_retry_attempts", None, "not set")
    ('EventBridge bus', 'not set')
    """
    if value is None:
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
    else:
        text = KINDS.get(value, value) if column.endswith("_type") and isinstance(value, str) else str(value)
    return "".join(c if c.isprintable() else " " if c.isspace() else _UNREADABLE for c in text)


def html_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "", styles: Sequence[str] = ()
) -> str:
    """Return rows of text as an HTML table, every text escaped; the first column names the rows.

    >>> html_table(("a",), [("<b>",)]).count("&lt;b&gt;")
    1

    Without `styles`, one for each column, a long text is wrapped between its words, and inside an ARN.
    """
    if not styles:
        styles, rows = [_WRAPS] * len(head), ([_breakable(word) for word in words] for words in rows)
    else:
        rows = ([_escaped(word) for word in words] for words in rows)
    names = "".join(f'<th scope="col" {style}>{_escaped(name)}</th>' for style, name in zip(styles, head, strict=True))
    return "\n".join(
        [
            "<table>",
            *([f"<caption {_CAPTION}>{_escaped(caption)}</caption>"] if caption else []),
            f"<thead><tr>{names}</tr></thead>",
            "<tbody>",
            *(_html_row(words, styles) for words in rows),
            "</tbody>",
            "</table>",
        ]
    )


def _breakable(text: str) -> str:
    """Escape a text and let a narrow column break what is longer than any word, such as an ARN."""
    places = [0, *(place for found in _LONG.finditer(text) for place in found.span()), len(text)]
    pieces = [_escaped(text[start:end]) for start, end in pairwise(places)]
    return "".join(f"<span {_BREAKS}>{piece}</span>" if at % 2 else piece for at, piece in enumerate(pieces))


def _html_row(words: Sequence[str], styles: Sequence[str]) -> str:
    first, *others = styles
    label, *cells = words
    shown = "".join(f"<td {style}>{cell}</td>" for style, cell in zip(others, cells, strict=True))
    return f'<tr><th scope="row" {first}>{label}</th>{shown}</tr>'


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _escaped(text: str) -> str:
    return escape(text, quote=True)


def _column(words: Sequence[str], *, right: bool = False) -> list[str]:
    widths = [width_of(word) for word in words]
    gaps = [" " * (max(widths) - width) for width in widths]
    return [gap + word if right else word + gap for word, gap in zip(words, gaps, strict=True)]


def _blocks(labels: list[str], columns: list[list[str]], page: int) -> Iterator[list[list[str]]]:
    """Yield the columns in groups that fit a page, each behind the labels; a wide one stands alone."""
    block, width = [labels], width_of(labels[0])
    for column in columns:
        wider = len(_GAP) + width_of(column[0])
        if len(block) > 1 and width + wider > page:
            yield block
            block, width = [labels], width_of(labels[0])
        block.append(column)
        width += wider
    yield block


def _beside(block: list[list[str]]) -> str:
    labels, *columns = block
    lines = zip(*columns, strict=True) if columns else [() for _ in labels]
    return "\n".join(f"{label} {_GAP.join(cells)}".rstrip() for label, cells in zip(labels, lines, strict=True))
