r"""Shell words with positions: bash's quoting, `\\` continuations and comments, and references to notebook values.

    line      = *( blank / comment ) [ word *( blank word ) ] [ ";" ]
    word      = 1*( plain / "'" text "'" / '"' *( text / escape / reference ) '"' / escape / reference )
    reference = "${" expression "}" / "$" name / "{" name "}"
    comment   = "#" text                      ; only where a word could start
    `$LATEST` and `$LATEST.PUBLISHED` are always themselves; single quotes are literal.

What else bash would act on (a pipe, a redirect, `$(…)`) is named in an error, never passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from eicnb.cli.references import Reference
from eicnb.cli.source import Source
from eicnb.errors import Excerpt, UsageError


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the shell sees it, in which every reference is still one mark (a private-use character).

    `runs` are pairs of an offset in `text` and the offset in the source from which that stretch was taken.
    """

    source: Source
    text: str
    start: int
    end: int
    runs: tuple[tuple[int, int], ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)

    def part(self, begin: int) -> Word:
        """The rest of the word from an offset on, such as the value in `--option=value`."""
        runs = tuple((max(0, at - begin), there + max(0, begin - at)) for at, there in self._runs_from(begin))
        return replace(self, text=self.text[begin:], start=self._there(begin), runs=runs)

    @property
    def raw(self) -> str:
        """The word as it was typed."""
        return self.source.text[self.start : self.end]

    def fill(self, names: Mapping[str, Any]) -> Any:
        """The word's value: a word that is one whole reference keeps the type of what it names."""
        return self.fill_text(self.text, names)

    def fill_text(self, text: str, names: Mapping[str, Any]) -> Any:
        """Put the values in place of the marks in a text that was cut out of this word."""
        if text in self.references:
            return self.references[text].value(names)
        if not self.references:
            return text
        return "".join(self.references[c].text(names) if c in self.references else c for c in text)

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Let a UsageError that is raised inside point at this word, or at the part of it that is wrong."""
        try:
            yield
        except UsageError as error:
            raise error.at(self._excerpt_of(error)) from error.__cause__

    def _excerpt_of(self, error: UsageError) -> Excerpt:
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
        """The offset in the source of an offset in this word."""
        if not self.runs:
            return self.start
        at, there = self._runs_from(offset)[0]
        return there + offset - at


def split(source: Source) -> list[list[Word]]:
    r"""Cut a text into commands, and each command into words.

    >>> [[word.text for word in words] for words in split(Source("get a  # why\nget 'b c'"))]
    [['get', 'a'], ['get', 'b c']]
    """
    return _Lexer(source).commands()


def body(source: Source, start: int) -> Word:
    r"""The rest of a text from an offset on, as one word in which only `${…}` and `$name` are more than they are.

    >>> body(Source("put\nFunctionName: my-function\n"), 4).text
    'FunctionName: my-function'
    """
    return _Lexer(source).body(start)


def quote(text: str) -> str:
    r"""Write a word so that `split` reads it back as it is.

    >>> quote("my queue's")
    '\'my queue\'"\'"\'s\''
    """
    if text and re.fullmatch(r"[\w@%+=:,./\[\]-]+", text, re.ASCII):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


_LONGEST_WORD = 100_000
_MOST_WORDS = 1_000
_LATEST = r"\$LATEST(?:\.PUBLISHED)?(?!\w)"
_OUTSIDE = re.compile(
    rf"""
    (?P<join>\\\r?\n) | (?P<loose_join>\\[^\S\n]+\n) | (?P<end>\r?\n) | (?P<blank>[^\S\n]+)
  | (?P<latest>{_LATEST}) | (?P<braced>\$\{{)
  | (?P<named>\$[^\W\d]\w*) | (?P<scalar>\{{[^\W\d]\w*\}}) | (?P<escape>\\\$\{{[^\W\d]\w*\}}|\\.)
  | (?P<single>') | (?P<double>") | (?P<shell>\$\(|`|\|\||\||&&|&|>>|>|<|\(|\)|\$') | (?P<stop>;) | (?P<comment>\#)
  | (?P<plain>[^\s'"\\$`|&;<>(){{}}#]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_INSIDE = re.compile(
    rf"""
    (?P<join>\\\r?\n) | (?P<double>") | (?P<latest>{_LATEST}) | (?P<braced>\$\{{) | (?P<named>\$[^\W\d]\w*)
  | (?P<scalar>\{{[^\W\d]\w*\}}) | (?P<escape>\\\$\{{[^\W\d]\w*\}}|\\["\\$`])
  | (?P<shell>\$\(|`) | (?P<plain>[^"\\${{`]+) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BODY = re.compile(
    rf"(?P<latest>{_LATEST})|(?P<braced>\$\{{)|(?P<named>\$[^\W\d]\w*)|(?P<plain>[^$]+)|(?P<other>.)", re.DOTALL
)
_EXPRESSION = re.compile(r"""(?:[^'"{}\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")*""")

_INSTEAD = {
    "|": "x = %eic …, then work on the DataFrame x",
    "||": "a command a line; eicnb stops at the first failure",
    "&&": "a command a line; the cell stops at the first failure",
    "&": "the command without it; a notebook runs one thing after another",
    ">": "x = %eic …, then x.to_csv(…) or x.to_json(…)",
    ">>": "x = %eic …, then x.to_csv(…, mode='a')",
    "<": "the value itself, or ${name} for a value of the notebook",
    "$(": "the value in a cell of its own, then ${name}",
    "`": "the value in a cell of its own, then ${name}",
    "(": "single quotes around it",
    ")": "single quotes around it",
    "$'": "plain single quotes",
}


class _Lexer:
    """Walks once over the text; each rule is named as its group in the patterns above."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.done: list[list[Word]] = []
        self.words: list[Word] = []
        escaped = (chr(int(code, 16)) for code in re.findall(r"\\u([0-9a-fA-F]{4})", self.text))
        taken = {*self.text, *escaped}
        self.marks = (chr(c) for c in range(0xE000, 0xF8FF) if chr(c) not in taken)
        self._clear()

    def _clear(self) -> None:
        self.start: int | None = None
        self.pieces: list[str] = []
        self.length = 0
        self.runs: list[tuple[int, int]] = []
        self.references: dict[str, Reference] = {}

    def commands(self) -> list[list[Word]]:
        while self.at < len(self.text):
            self._step(_OUTSIDE)
        self._end_command()
        return self.done

    def body(self, start: int) -> Word:
        empty = re.compile(r"(?:[^\S\n]*\n)*").match(self.text, start)
        self.at = empty.end() if empty else start
        self.text = self.text.rstrip()
        self._add("", self.at)
        while self.at < len(self.text):
            self._step(_BODY)
        self._end_word(len(self.text))
        return self.words[0]

    def _step(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        assert found is not None, "the patterns match any character"
        self.at = found.end()
        getattr(self, f"_{found.lastgroup}")(found)

    def _add(self, text: str, there: int) -> None:
        if self.start is None:
            self.start = there
        self.runs.append((self.length, there))
        self.pieces.append(text)
        self.length += len(text)
        if max(self.length, len(self.runs)) > _LONGEST_WORD:
            message = f"a word of more than {_LONGEST_WORD:,} characters"
            raise self.source.error(message, self.start, self.start + 1, hint="no config is as long as that")

    def _end_word(self, end: int) -> None:
        if self.start is not None:
            text = "".join(self.pieces)
            self.words.append(Word(self.source, text, self.start, end, tuple(self.runs), self.references))
            if len(self.words) > _MOST_WORDS:
                message = f"a command of more than {_MOST_WORDS:,} words"
                raise self.source.error(message, self.start, end, hint="a line for each command")
        self._clear()

    def _end_command(self, end: int | None = None) -> None:
        self._end_word(len(self.text) if end is None else end)
        if self.words:
            self.done.append(self.words)
            self.words = []

    def _join(self, found: re.Match[str]) -> None:
        r"""A `\\` at the end of a line joins it to the next."""

    def _loose_join(self, found: re.Match[str]) -> None:
        r"""Blanks behind that `\\` are nobody's wish: they come with pasting."""
        self._end_word(found.start())

    def _end(self, found: re.Match[str]) -> None:
        self._end_command(found.start())

    def _stop(self, found: re.Match[str]) -> None:
        self._end_command(found.start())

    def _blank(self, found: re.Match[str]) -> None:
        self._end_word(found.start())

    def _comment(self, found: re.Match[str]) -> None:
        if self.start is not None:
            self._add("#", found.start())
            return
        line_end = self.text.find("\n", self.at)
        self.at = line_end if line_end >= 0 else len(self.text)

    def _plain(self, found: re.Match[str]) -> None:
        self._add(found[0], found.start())

    _latest = _plain

    def _other(self, found: re.Match[str]) -> None:
        if found[0] == "\\" and self.at >= len(self.text):
            raise self.source.error(
                "the last line ends in a `\\`, so the command goes on, but nothing follows",
                found.start(),
                found.end(),
                hint="the line without the `\\`",
            )
        self._add(found[0], found.start())

    def _escape(self, found: re.Match[str]) -> None:
        self._add(found[0][1:], found.start() + 1)

    def _single(self, found: re.Match[str]) -> None:
        end = self.text.find("'", self.at)
        if end < 0:
            raise self._unclosed("'", found.start())
        self._add(self.text[self.at : end], self.at)
        self.start = min(self.start if self.start is not None else found.start(), found.start())
        self.at = end + 1

    def _double(self, found: re.Match[str]) -> None:
        self._add("", found.start())
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                self.at += 1
                return
            self._step(_INSIDE)
        raise self._unclosed('"', found.start())

    def _unclosed(self, mark: str, at: int) -> UsageError:
        return self.source.error(
            f"the quote {mark} is not closed", at, at + 1, hint=f"a second {mark} where the text ends"
        )

    def _braced(self, found: re.Match[str]) -> None:
        if not self.source.interpolates:
            self._plain(found)
            return
        body = _EXPRESSION.match(self.text, self.at)
        assert body is not None, "the pattern matches nothing, too"
        if self.text[body.end() : body.end() + 1] != "}":
            raise self.source.error("the reference ${ is not closed", found.start(), found.end(), hint="${name}")
        self.at = body.end() + 1
        self._reference(found.start(), lambda: Reference.parse(body[0]))

    def _named(self, found: re.Match[str]) -> None:
        self._reference_or_text(found, lambda: Reference(found[0][1:]))

    def _scalar(self, found: re.Match[str]) -> None:
        self._reference_or_text(found, lambda: Reference(found[0][1:-1], scalar_only=True))

    def _reference_or_text(self, found: re.Match[str], read: Callable[[], Reference]) -> None:
        if self.source.interpolates:
            self._reference(found.start(), read)
        else:
            self._plain(found)

    def _reference(self, start: int, read: Callable[[], Reference]) -> None:
        try:
            reference = read()
        except UsageError as error:
            raise error.at(self.source.excerpt(start, self.at)) from error.__cause__
        mark = next(self.marks, None)
        if mark is None:
            raise self.source.error("the line has too many references", start, self.at)
        self._add(mark, start)
        self.references[mark] = reference

    def _shell(self, found: re.Match[str]) -> None:
        raise self.source.error(
            f"{found[0]!r} is for a shell, and no shell reads this line",
            found.start(),
            found.end(),
            hint=_INSTEAD[found[0]] + "; or quotes, where the character itself is meant" * (found[0] in "|&<>"),
        )
