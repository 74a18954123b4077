"""The typed text, and its words with their positions.

Tested in tests/cli/test_lexer.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from eicnb.cli.references import Reference
from eicnb.errors import Excerpt, UsageError


@dataclass(frozen=True, slots=True)
class Source:
    """The typed text, how errors show its lines, and whether `${…}` is a reference."""

    text: str
    prompt: str = ""
    first_line: int | None = None
    interpolates: bool = True

    def excerpt(self, start: int, end: int) -> Excerpt:
        """Return the line that contains `start`, with the characters up to `end` marked."""
        begin = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", start)
        line = self.text[begin : stop if stop >= 0 else len(self.text)].rstrip("\r")
        number = None if self.first_line is None else self.first_line + self.text.count("\n", 0, start)
        prompt = self.prompt if begin == 0 else ""
        shift = len(prompt) - begin
        return Excerpt(prompt + line, start + shift, max(end, start + 1) + shift, number)

    def error(self, message: str, start: int, end: int, *, hint: str | None = None) -> UsageError:
        """Return a UsageError that points at a part of the text."""
        return UsageError(message, hint=hint, excerpt=self.excerpt(start, end))


EXPRESSION = r"""(?:[^'"{}\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")*"""
"""The expression in the braces of `${…}`."""

REFERENCE = re.compile(rf"\$\{{{EXPRESSION}\}}|\$\w+|\{{\w+\}}")

Silences = Literal["", "nothing", "messages", "output"]
"""The output that a redirection hides: `2>&1` hides nothing, `2>/dev/null` messages, `>/dev/null` all."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a shell would read it, with a private-use character in place of each reference.

    `runs` map stretches of `text` to the source: pairs of an offset in `text` and its offset in the source. A word with
    `silences` is a redirection to nowhere and has no other effect.
    """

    source: Source
    text: str
    start: int
    end: int
    runs: tuple[tuple[int, int], ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    silences: Silences = ""

    def joined(self, other: Word, separator: str = "") -> Word:
        """Join this word and a later one, for names separated by blanks or commas."""
        shift = len(self.text) + len(separator)
        runs = (*(self.runs or ((0, self.start),)), *((at + shift, there) for at, there in other.runs))
        references = {**self.references, **other.references}
        return replace(self, text=self.text + separator + other.text, end=other.end, runs=runs, references=references)

    def part(self, begin: int) -> Word:
        """Return the part of the word after an offset, such as the value in `--option=value`."""
        runs = tuple((max(0, at - begin), there + max(0, begin - at)) for at, there in self._runs_from(begin))
        return replace(self, text=self.text[begin:], start=self._there(begin), runs=runs)

    @property
    def raw(self) -> str:
        """The word as it was typed."""
        return self.source.text[self.start : self.end]

    def fill(self, names: Mapping[str, Any]) -> Any:
        """Return the word's value; if the word is a single reference, its value keeps its type."""
        return self.fill_text(self.text, names)

    def fill_text(self, text: str, names: Mapping[str, Any]) -> Any:
        """Replace the references in a part of this word with their values."""
        if text in self.references:
            return self._look_up(text, Reference.value, names)
        if not self.references:
            return text
        return "".join(self._look_up(c, Reference.text, names) if c in self.references else c for c in text)

    def _look_up(self, mark: str, read: Callable[[Reference, Mapping[str, Any]], Any], names: Mapping[str, Any]) -> Any:
        """Return the value of a reference; a UsageError points at the reference."""
        try:
            return read(self.references[mark], names)
        except UsageError as error:
            error.culprit = error.culprit or mark
            raise

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Make a UsageError raised inside point at this word, or at the part that is wrong."""
        try:
            yield
        except UsageError as error:
            raise self.blamed_for(error) from error.__cause__

    def blamed_for(self, error: UsageError) -> UsageError:
        """Make an error point at this word, or at the part that is wrong."""
        return error.at(self._excerpt_of(error))

    def _excerpt_of(self, error: UsageError) -> Excerpt:
        if error.culprit and error.culprit in self.references and error.culprit in self.text:
            start = self._there(self.text.index(error.culprit))
            typed = REFERENCE.match(self.source.text, start)
            return self.source.excerpt(start, typed.end() if typed else self.end)
        begin, length = error.position, 1
        if error.culprit and self.text.count(error.culprit) == 1:
            begin, length = self.text.index(error.culprit), len(error.culprit)
        if begin is None or (self.references and not error.culprit):
            return self.source.excerpt(self.start, self.end)
        start = self._there(begin)
        return self.source.excerpt(start, min(max(start + 1, self._there(begin + length)), self.end))

    def _runs_from(self, begin: int) -> tuple[tuple[int, int], ...]:
        first = bisect_right(self.runs, (begin, len(self.source.text))) - 1
        return self.runs[max(0, first) :]

    def _there(self, offset: int) -> int:
        """Convert an offset in this word to an offset in the source."""
        if not self.runs:
            return self.start
        at, there = self._runs_from(offset)[0]
        return there + offset - at
