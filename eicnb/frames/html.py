"""The one writer of HTML tables, which escapes all text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_WRAPS = ' style="text-align: left"'

_BREAKS = 'style="overflow-wrap: anywhere"'

_WHOLE = 'style="white-space: nowrap"'

_HYPHENATED = re.compile(r"(?<!\S)(?=\S*-)\S{2,40}(?!\S)")
"""A hyphenated word that is narrower than a column of long texts."""

_LONG = re.compile(r"\S{21,}")
"""A text that is longer than any word, and so may be broken to fit a narrow column."""


@dataclass(frozen=True, slots=True)
class HtmlCell:
    """A cell of an HTML table: HTML with all text escaped, further attributes, and a tooltip.

    `names_row` marks the cell that names its row for a screen reader.
    """

    html: str
    attributes: str = ""
    title: str = ""
    names_row: bool = False

    def drawn(self, tag: str, scope: str = "") -> str:
        """Return the element of the cell."""
        scoped = f' scope="{scope}"' if scope else ""
        titled = f' title="{escaped(self.title)}"' if self.title else ""
        return f"<{tag}{scoped}{titled}{self.attributes}>{self.html}</{tag}>"


def html_table(heads: Iterable[HtmlCell], rows: Iterable[Iterable[HtmlCell]]) -> str:
    r"""Return a table of cells.

    >>> html_table([HtmlCell("a")], [[HtmlCell("b")]]).replace("\n", "")
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>'
    """
    names = "".join(head.drawn("th", "col") for head in heads)
    drawn = ["".join(cell.drawn("th", "row") if cell.names_row else cell.drawn("td") for cell in row) for row in rows]
    body = [f"<tr>{cells}</tr>" for cells in drawn]
    return "\n".join(["<table>", f"<thead><tr>{names}</tr></thead>", "<tbody>", *body, "</tbody>", "</table>"])


def html_table_of_texts(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text as a small HTML table; the first column names the rows.

    >>> html_table_of_texts(("a",), [("<b>",)]).count("&lt;b&gt;")
    1

    Long texts wrap between words and inside ARNs.
    """
    heads = [HtmlCell(escaped(name), _WRAPS) for name in head]
    cells = ([HtmlCell(_breakable(text), _WRAPS, names_row=at == 0) for at, text in enumerate(row)] for row in rows)
    return html_table(heads, cells)


def _breakable(text: str) -> str:
    """Escape a text, and let a narrow column break anything longer than a word, such as an ARN."""
    places = [0, *(place for found in _LONG.finditer(text) for place in found.span()), len(text)]
    pieces = [escaped(text[start:end]) for start, end in pairwise(places)]
    return "".join(f"<span {_BREAKS}>{piece}</span>" if at % 2 else piece for at, piece in enumerate(pieces))


def of_whole_words(text: str) -> str:
    """Escape a text that breaks only between words, not at hyphens; only very long words may break."""
    return _HYPHENATED.sub(lambda found: f"<span {_WHOLE}>{found[0]}</span>", escaped(text))


def escaped(text: str) -> str:
    """Escape a text for HTML, also inside an attribute."""
    return escape(text, quote=True)
