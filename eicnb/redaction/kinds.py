"""The kinds of text that should not be shared, and where they occur in a text.

Tested in tests/redaction/test_patterns.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text that should not be shared: its name, the word in its masks, and its pattern.

    If the pattern has a group `value`, only that group is hidden, otherwise the whole match. `accept` makes the final
    decision. A text that contains none of the `signs`, in any case, is not searched.
    """

    name: str
    word: str
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool] = bool
    signs: tuple[str, ...] = ()

    def spans(self, text: str, folded: str) -> Iterator[Span]:
        """Yield the matches in a text; `folded` is the text in lower case."""
        if self.signs and not any(sign in folded for sign in self.signs):
            return
        group = "value" if "value" in self.pattern.groupindex else 0
        for found in self.pattern.finditer(text):
            if self.accept(found):
                yield Span(*found.span(group), self)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, and its kind."""

    start: int
    end: int
    kind: Kind

    def contains(self, other: Span) -> bool:
        """Return whether the other span is inside this one, which is longer."""
        inside = self.start <= other.start and other.end <= self.end
        return inside and self.end - self.start > other.end - other.start

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share a character."""
        return self.start < other.end and other.start < self.end

    def joined(self, other: Span) -> Span:
        """Return the union of both spans, with the kind of the longer one."""
        longer = max(self, other, key=lambda span: span.end - span.start)
        return Span(min(self.start, other.start), max(self.end, other.end), longer.kind)
