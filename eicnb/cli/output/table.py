"""`--output table`: boxes inside boxes, for people.

    ------------------------------------------------
    |         GetFunctionEventInvokeConfig         |
    +------------------------------+---------------+
    |         FunctionArn          | MaximumRetr…  |
    +------------------------------+---------------+
    |  arn:aws:lambda:…:f:$LATEST  |  1            |
    +------------------------------+---------------+
    ||                 OnFailure                  ||
    |+--------------+-----------------------------+|
    ||  Destination |  arn:aws:sqs:…:lost         ||
    |+--------------+-----------------------------+|

Each structure and each list is a section titled with its name, one bar deeper than the section around it. Its scalars
are columns, sorted by name; its inner structures are sections below it. A structure with one scalar is a row of name
and value. If the table is wider than 80 columns, each section with headers and a single row is transposed: it has a
row for each header. Finally, all sections are stretched to the width of the widest.

Tested in tests/cli/test_output.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from typing import Any
from unicodedata import east_asian_width

from eicnb.errors import EicError

_TERMINAL = 80
_PADDING = 4
_MARGIN = 2
_RESET = "\x1b[0m"
_BLUE = "\x1b[1m\x1b[34m"
_YELLOW = "\x1b[2m\x1b[33m"

COLORS = (_RESET, _BLUE, _YELLOW)
"""The control sequences in a table with colors."""

_Paint = Callable[[str], str]
_Place = Callable[[str, int, str], str]


def dump(title: str, value: Any, *, color: bool = False) -> str:
    """Draw a value as a table under a title, or nothing for an empty value, null or zero.

    >>> print(dump("Numbers", ["one", "two"]), end="")
    ---------
    |Numbers|
    +-------+
    |  one  |
    |  two  |
    +-------+

    A scalar draws only the title. Rows of unequal length are an EicError.
    """
    sections = _Outline().read(title, value).sections
    if not sections:
        return ""
    if _width(sections) > _TERMINAL:
        sections = [section.transposed() for section in sections]
    width = _width(sections)
    return _colored(sections, width) if color else _plain(sections, width)


def _width(sections: Iterable[_Section]) -> int:
    return max(section.width() for section in sections)


def _plain(sections: Iterable[_Section], width: int) -> str:
    lines = [f"{bars}{line}{bars}\n" for bars, line in _lines(sections, width, "|", str)]
    return "-" * width + "\n" + "".join(lines)


def _colored(sections: Iterable[_Section], width: int) -> str:
    """Draw yellow bars and blue cells, with the CLI's extra colour reset after each piece."""
    bar = f"{_YELLOW}|{_RESET}"
    drawn = _lines(sections, width, bar, lambda cell: f"{_BLUE}{cell}{_RESET}")
    pieces = [piece for bars, line in drawn for piece in (bars, line, bars, "\n")]
    return "".join(piece + _RESET for piece in ["-" * width + "\n", *pieces])


def _lines(sections: Iterable[_Section], width: int, bar: str, paint: _Paint) -> Iterator[tuple[str, str]]:
    for section in sections:
        for line in section.lines(width - 2 * section.depth, paint):
            yield bar * section.depth, line


@dataclass(frozen=True)
class _Section:
    """A box: a title, headers and rows of equal length, `depth` bars away from the edge."""

    title: str
    depth: int
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def add(self, rows: Iterable[Iterable[Any]]) -> None:
        for row in rows:
            cells = [str(cell) for cell in row]
            expected = len(self.rows[0]) if self.rows else len(cells)
            if len(cells) != expected:
                raise EicError(
                    f"a table cannot show rows of unequal length: here {expected} and {len(cells)} cells",
                    hint="use --output json or yaml, or a --query that selects the same members for each row",
                )
            self.rows.append(cells)

    def transposed(self) -> _Section:
        """Return the section with a row for each header, if it has a single row."""
        if not self.headers or len(self.rows) != 1:
            return self
        return replace(self, headers=[], rows=[list(pair) for pair in zip(self.headers, self.rows[0], strict=True)])

    def width(self) -> int:
        """Return the width that the section needs, including the bars of the sections around it."""
        needed = max(_columns(self.title), sum(wide + _PADDING for wide in self._widest()))
        return needed + 2 + 2 * self.depth

    def lines(self, width: int, paint: _Paint) -> Iterator[str]:
        widths = _stretched([wide + _PADDING for wide in self._widest()], width)
        if self.title:
            yield _centered(self.title, width, "|")
            yield from [] if self.rows else [_rule([width])]
        if self.headers:
            yield _rule(widths)
            yield _row(self.headers, widths, _centered)
        if widths:
            yield _rule(widths)
            yield from (_row(row, widths, partial(_aligned, paint=paint)) for row in self.rows)
            yield _rule(widths)

    def _widest(self) -> list[int]:
        """Return the width of the widest cell of each column."""
        drawn = [self.headers, *self.rows] if self.headers else self.rows
        return [max(map(_columns, column)) for column in zip(*drawn, strict=True)]


class _Outline:
    """The sections of a value, from the outside in."""

    def __init__(self) -> None:
        self.sections: list[_Section] = []

    def read(self, title: str, value: Any, depth: int = 0) -> _Outline:
        if value:
            self.sections.append(_Section(title, depth))
            if isinstance(value, Mapping):
                self._structure(value, depth)
            elif isinstance(value, list):
                self._list(value, title, depth)
        return self

    def _structure(self, value: Mapping[str, Any], depth: int) -> None:
        """Add a row of the scalars, or the name and value of a lone scalar, then the inner sections."""
        headers = _names([value], scalar=True)
        if len(headers) == 1:
            self.sections[-1].add([[headers[0], value[headers[0]]]])
        elif headers:
            self._rows(headers, [value])
        self._inner(value, _names([value], scalar=False), depth)

    def _list(self, values: list[Any], title: str, depth: int) -> None:
        """Add rows to the current section: one for each scalar, and one for each list of scalars."""
        if values and isinstance(values[0], Mapping):
            self._structures(values, title, depth)
            return
        for value in values:
            if _is_scalar(value):
                self.sections[-1].add([[value]])
            elif all(map(_is_scalar, value)):
                self.sections[-1].add([value])
            else:
                self._list(value, "", 0)

    def _structures(self, values: list[Any], title: str, depth: int) -> None:
        """Add a row for each structure under common headers; repeat the section after inner sections."""
        if not all(isinstance(value, Mapping) for value in values):
            raise EicError(
                "a table cannot show a list that holds both structures and other values",
                hint="use --output json or yaml, or a --query that selects the members of the structures",
            )
        headers, inner = _names(values, scalar=True), _names(values, scalar=False)
        for number, value in enumerate(values):
            if number and inner:
                self.sections.append(_Section(title, depth))
            self._rows(headers, [value])
            self._inner(value, inner, depth)

    def _rows(self, headers: list[str], values: list[Mapping[str, Any]]) -> None:
        section = self.sections[-1]
        section.add([value.get(header, "") for header in headers] for value in values)
        section.headers[:] = headers

    def _inner(self, value: Mapping[str, Any], names: list[str], depth: int) -> None:
        for name in names:
            self.read(name, value.get(name), depth + 1)


def _names(values: Iterable[Mapping[str, Any]], *, scalar: bool) -> list[str]:
    """Return the sorted names of all members that are scalars, or of all that are not."""
    return sorted({name for value in values for name, member in value.items() if _is_scalar(member) is scalar})


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _columns(cell: str) -> int:
    """Return the width of a text in a terminal, where an East Asian character takes two columns."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in cell)


def _stretched(widths: list[int], total: int) -> list[int]:
    """Scale the widths to a total.

    After rounding, missing columns are added from the end and extra ones removed from the start.
    """
    if not widths:
        return []
    scale = total / sum(widths)
    scaled = [round(scale * width) for width in widths]
    surplus = sum(scaled) - total
    columns = range(len(widths)) if surplus > 0 else range(len(widths) - 1, -1, -1)
    for column in islice(cycle(columns), abs(surplus)):
        scaled[column] -= 1 if surplus > 0 else -1
    return scaled


def _rule(widths: list[int]) -> str:
    """Return the line between rows; only the first width includes both of its edges."""
    first, *others = widths
    return "+" + "-" * (first - 2) + "+" + "".join("-" * (width - 1) + "+" for width in others)


def _row(cells: list[str], widths: list[int], place: _Place) -> str:
    edges = ["|", *[""] * (len(cells) - 1)]
    return "".join(place(cell, width, edge) for cell, width, edge in zip(cells, widths, edges, strict=True))


def _centered(cell: str, width: int, edge: str) -> str:
    before = width // 2 - _columns(cell) // 2 - 1
    after = width - 1 - len(edge) - before - _columns(cell)
    return f"{edge}{' ' * before}{cell}{' ' * after}|"


def _aligned(cell: str, width: int, edge: str, paint: _Paint) -> str:
    """Return a left-aligned cell, indented by two blanks if there is room."""
    room = width - _columns(cell) - len(edge) - 1
    before = _MARGIN if room >= _MARGIN else 0
    return f"{edge}{' ' * before}{paint(cell)}{' ' * (room - before)}|"
