"""Counts of what was found in a notebook, by place and kind; the findings themselves are never shown.

Tested in tests/scrub/test_cleaning.py and tests/scrub/test_program.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a notebook: the source, outputs or metadata of a cell, or the notebook's metadata.

    >>> str(Part(3, "source")), str(Part(None, "metadata"))
    ('cell 3, source', 'notebook, metadata')
    """

    cell: int | None
    part: str

    @property
    def is_source(self) -> bool:
        """Whether a person wrote this, so it is not changed; the names of attachments count too."""
        return self.part == "source"

    def __str__(self) -> str:
        return f"{'notebook' if self.cell is None else f'cell {self.cell}'}, {self.part}"


@dataclass(slots=True)
class Report:
    r"""The number of findings, and of parts that could not be searched, by place and kind.

    >>> report = Report()
    >>> report.found[Part(2, "output"), "account id"] += 2
    >>> report.unread[Part(3, "output"), "picture"] += 1
    >>> print("\n".join(report.lines()))
    cell 2, output: 2 account ids
    cell 3, output: 1 picture not searched
    """

    found: Counter[tuple[Part, str]] = field(default_factory=Counter)
    unread: Counter[tuple[Part, str]] = field(default_factory=Counter)

    @property
    def to_clean(self) -> int:
        """The number of findings that can be masked."""
        return sum(count for (place, _), count in self.found.items() if not place.is_source)

    @property
    def in_sources(self) -> int:
        """The number of findings in sources, which are not changed."""
        return self.found.total() - self.to_clean

    def lines(self) -> Iterator[str]:
        """Yield a line for each place, from the top of the notebook to the bottom."""
        places = dict.fromkeys(place for place, _ in self.found)
        for place in sorted(places, key=lambda place: (place.cell is None, place.cell or 0)):
            if counts := [_counted(kind, n) for (where, kind), n in self.found.items() if where == place]:
                yield f"{place}: {', '.join(counts)}{' (left: edit the cell)' if place.is_source else ''}"
        for (place, kind), count in self.unread.items():
            yield f"{place}: {_counted(kind, count)} not searched"


def _counted(kind: str, count: int) -> str:
    """Return a number with its noun, in the plural where needed.

    >>> _counted("user in a path", 2), _counted("secret key", 1)
    ('2 users in paths', '1 secret key')
    """
    plural = {
        "user in a path": "users in paths",
        "password in a URL": "passwords in URLs",
        "access key id": "access key ids",
    }
    return f"{count} {kind if count == 1 else plural.get(kind, f'{kind}s')}"
