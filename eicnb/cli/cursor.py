r"""The cursor in a half-typed command line: the word around it and the other words of the command.

    text    = command *( ( newline / ";" ) command )
    command = *( word / blank / comment ) ; a word, a quote or a comment may be open at the end

Tested in tests/cli/test_completion.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from eicnb.cli.lexer import quote
from eicnb.cli.source import EXPRESSION

CandidateKind = Literal["verb", "option", "value", "function", "qualifier", "destination", "profile", "region", "name"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to insert at the cursor, with its kind and meaning."""

    text: str
    kind: CandidateKind
    meaning: str = ""


_PIECE = re.compile(
    rf"""
    (?P<join>\\\r?\n) | (?P<end>\r?\n|;) | (?P<blank>[^\S\n]+|\\[^\S\n]+\n) | (?P<comment>(?<![^\s;])\#[^\n]*)
  | (?P<single>'[^']*') | (?P<open_single>'[^']*\Z) | (?P<escape>\\.)
  | (?P<double>"(?:[^"\\]|\\.)*") | (?P<open_double>"(?:[^"\\]|\\.)*\Z)
  | (?P<plain>(?:\$\{{{EXPRESSION}\}}|[^\s'"\\;])+) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\$`])')
_REST = re.compile(r"[^\s;'\"\\]*")
_SAFE = re.compile(r"[\w@%+=:,./{\[\]$-]+")


class _TypedWord:
    """A word, possibly unfinished; `quote` is the quote left open at its end, or "#" in a comment."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.end = -1
        self.quote = ""

    def __str__(self) -> str:
        return "".join(self.pieces)

    def add(self, found: re.Match[str]) -> None:
        self.end = found.end()
        match found.lastgroup:
            case "single":
                self.pieces.append(found[0][1:-1])
            case "double":
                self.pieces.append(_ESCAPED.sub(r"\1", found[0][1:-1]))
            case "open_single" | "open_double" | "escape":
                self.quote = found[0][0].strip("\\")
                self.pieces.append(found[0][1:])
            case "comment":
                self.quote = "#"
            case "plain" | "other":
                self.pieces.append(found[0])


def _commands(text: str, start: int, stop: int) -> Iterator[list[_TypedWord]]:
    """Yield the list of words of each command, at least one list.

    A comment counts as a word only if it ends the text, that is, while it is being typed.
    """
    command: list[_TypedWord] = []
    apart = True
    for found in _PIECE.finditer(text, start, stop):
        kind = found.lastgroup
        if kind == "end":
            yield command
            command = []
        if kind in {"end", "blank"} or (kind == "comment" and found.end() < len(text)):
            apart = True
        elif not (kind == "join" and apart):
            if apart:
                command.append(_TypedWord())
            command[-1].add(found)
            apart = False
    yield command


@dataclass(frozen=True, slots=True)
class CursorPlace:
    """The position of the cursor: a half-typed word, and the other words of its command."""

    before: list[str]
    typed: str
    quote: str
    rest: str
    after: list[str]

    @classmethod
    def of(cls, text: str, cursor: int) -> CursorPlace:
        """Return the position of a cursor in a text of commands."""
        *_, before = _commands(text[:cursor], 0, cursor)
        word = before.pop() if before and before[-1].end == cursor else _TypedWord()
        behind = _behind(text, cursor, word.quote)
        after = [str(other) for other in next(_commands(text, behind, len(text))) if other.quote != "#"]
        adjoining = after and not text[behind].isspace()
        rest = (_REST.match(text, cursor) or [""])[0]
        return cls(list(map(str, before)), str(word), word.quote, rest, after[1 if adjoining else 0 :])

    def fitting(self, typed: str, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates that fit the text after the cursor, quoted where needed."""
        for candidate in candidates:
            text = self._joined(typed, self._quoted(candidate.text))
            if text is not None:
                yield candidate if text == candidate.text else replace(candidate, text=text)

    def _quoted(self, text: str) -> str | None:
        if self.quote:
            return None if re.search(r"['\"\\`\n]", text) else text
        return text if _SAFE.fullmatch(text) else quote(text)

    def _joined(self, typed: str, text: str | None) -> str | None:
        """Return the part of a candidate that comes before the text after the cursor, which stays."""
        if text is None or not self.rest:
            return text
        part = re.split(r"[:={},\]]", self.rest)[0]
        for end in (self.rest, part or self.rest[0]):
            if text.endswith(end) and len(text) - len(end) >= len(typed):
                return text[: -len(end)] if len(text) - len(end) > len(typed) else None
        return None if part else text


def _behind(text: str, cursor: int, mark: str) -> int:
    """Return where the next word may begin: after the closing quote, if the cursor is inside quotes."""
    line = text[cursor:].partition("\n")[0]
    return cursor + 1 + line.find(mark) if mark else cursor
