r"""Shell words with their positions: bash's quoting, `\\` continuations, comments, and references.

    line      = *( blank / comment ) [ word *( blank word ) ] [ ";" ]
    word      = 1*( plain / "'" text "'" / '"' *( text / escape / reference ) '"' / escape / reference )
    reference = "${" expression "}" / "$" name / "{" name "}"
    comment   = "#" text                      ; only where a word could start
    silence   = ">/dev/null" / "2>&1" / "| Out-Null" / …   ; a word that `Word.silences` marks
    `$LATEST`, `$LATEST.PUBLISHED` and anything in single quotes are always literal.

Anything else that bash would act on (a pipe, a redirection to a file, `$(…)`) is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eicnb.cli import shell, shell_words
from eicnb.cli.references import Reference
from eicnb.cli.source import EXPRESSION, Silences, Source, Word
from eicnb.errors import UsageError


def split(source: Source) -> list[list[Word]]:
    r"""Split a text into commands, and each command into words.

    >>> [[word.text for word in words] for words in split(Source("get a  # why\nget 'b c'"))]
    [['get', 'a'], ['get', 'b c']]
    """
    return _Lexer(source).commands()


def body(source: Source, start: int) -> Word:
    r"""Return the text from an offset to its end as one word.

    Only `${…}` and `$name` are special in it.

    >>> body(Source("put\nFunctionName: my-function\n"), 4).text
    'FunctionName: my-function'
    """
    return _Lexer(source).body(start)


def quote(text: str) -> str:
    r"""Quote a word so that `split` reads it back unchanged.

    >>> quote("my queue's")
    '\'my queue\'"\'"\'s\''
    """
    if text and re.fullmatch(r"[\w@%+=:,./\[\]-]+", text, re.ASCII):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


_REST_OF_LINE = re.compile(r"(?:\\\r?\n|[^\n])*")
_LONGEST_WORD = 100_000
_MOST_WORDS = 1_000
_LATEST = r"\$LATEST(?:\.PUBLISHED)?(?!\w)"
_NOWHERE = r"""["']?(?:/dev/null|\$null|(?i:nul))["']?(?=[\s;|&<>)]|\Z)"""
_CURLY = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a"
_OUTSIDE = re.compile(
    rf"""
    (?P<plain>(?![0-9*]>)[^\s'"\\$`^|&;<>(){{}}\#{_CURLY}\ufeff]+)
  | (?P<join>\\\r?\n) | (?P<loose_join>\\[^\S\n]+\n) | (?P<end>\r?\n) | (?P<blank>[^\S\n]+|\ufeff)
  | (?P<silence>(?=[0-9*>&|$])(?:(?:(?<!\S)[0-9*])?(?:>[&|]?|&>)>?[^\S\n]*{_NOWHERE}
      |(?:(?<!\S)[0-9*])?>&[0-9-](?=[\s;|&<>)]|\Z)
      |\|[^\S\n]*(?i:out-null)(?![\w-])|(?<![^\s;])\$null[^\S\n]*=(?=\s)))
  | (?P<fence>(?:```|~~~)[^\n]*) | (?P<late_comment>\\[^\S\n]+\#) | (?P<wrong_join>[`^][^\S\n]*(?:\r?\n|\Z))
  | (?P<curly>[{_CURLY}])
  | (?P<latest>{_LATEST}) | (?P<braced>\$\{{)
  | (?P<named>\$[^\W\d]\w*) | (?P<scalar>\{{[^\W\d]\w*\}}) | (?P<escape>\\\$\{{[^\W\d]\w*\}}|\\.)
  | (?P<single>') | (?P<double>") | (?P<shell>\$\(|`|\|\||\||&&|&|>>|>|<|\(|\)|\$') | (?P<stop>;) | (?P<comment>\#)
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
_EXPRESSION = re.compile(EXPRESSION)

_STRAIGHT: dict[str, str | int | None] = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a", "'"),
}


def straightened(text: str) -> str:
    """Replace the typographic quotes in a text with straight ones."""
    return text.translate(str.maketrans(_STRAIGHT))


_BEFORE_INPUT = ("<", ">", ">>", "$(", "|")
"""Operators with which a shell line may pass a document to a command."""


class _Lexer:
    """A single pass over the text. Each rule is a method named after its group in the patterns above.

    One class, because every rule reads and advances the same position.
    """

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
            raise self.source.error(message, self.start, self.start + 1, hint="shorten it: no config is that long")

    def _end_word(self, end: int) -> None:
        if self.start is not None:
            text = "".join(self.pieces)
            self.words.append(Word(self.source, text, self.start, end, tuple(self.runs), self.references))
            if len(self.words) > _MOST_WORDS:
                message = f"a command of more than {_MOST_WORDS:,} words"
                raise self.source.error(message, self.start, end, hint="write each command on its own line")
        self._clear()

    def _end_command(self, end: int | None = None) -> None:
        self._end_word(len(self.text) if end is None else end)
        if self.words:
            self.done.append(self.words)
            self.words = []

    def _join(self, found: re.Match[str]) -> None:
        r"""Continue the word on the next line after a `\\`."""

    def _loose_join(self, found: re.Match[str]) -> None:
        r"""Continue on the next line even if blanks follow the `\\`, as they do after pasting."""
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
                "the last line ends in a `\\`, but no line follows",
                found.start(),
                found.end(),
                hint="remove the `\\`",
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
            f"the quote {mark} is not closed", at, at + 1, hint=f"add a second {mark} where the text ends"
        )

    def _braced(self, found: re.Match[str]) -> None:
        if not self.source.interpolates:
            self._plain(found)
            return
        body = _EXPRESSION.match(self.text, self.at)
        assert body is not None, "the pattern matches an empty text"
        if self.text[body.end() : body.end() + 1] != "}":
            name = re.match(r"[\w.]*", body[0])
            end = found.end() + (name.end() if name else 0)
            hint = f"${{{name[0] if name and name[0] else 'name'}}}"
            raise self.source.error("the reference ${ is not closed", found.start(), end, hint=hint)
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

    def _silence(self, found: re.Match[str]) -> None:
        """silence = [ descriptor ] ">" nowhere / ">&" descriptor / "| Out-Null" / "$null ="."""
        self._end_word(found.start())
        text = found[0].lstrip()
        silences: Silences = "messages" if text.startswith("2") else "output"
        if re.search(r">&[0-9-]\Z", text):
            silences = "nothing"
        start = found.start() + len(found[0]) - len(text)
        self.words.append(Word(self.source, text, start, found.end(), silences=silences))

    def _fence(self, found: re.Match[str]) -> None:
        raise self._error("a Markdown fence is not a command", found, "remove the lines of the fence")

    def _late_comment(self, found: re.Match[str]) -> None:
        message = "a comment follows the `\\`, which must be the last character of its line"
        raise self._error(message, found, "move the comment to a line above the command")

    def _wrong_join(self, found: re.Match[str]) -> None:
        """Reject a line continued as in PowerShell or cmd. A `^` inside a word is literal."""
        mark = found[0][0]
        if mark == "^" and self.start is not None:
            self.at = found.start() + 1
            self._add(mark, found.start())
            return
        program = "PowerShell" if mark == "`" else "cmd"
        message = f"{mark!r} continues a line in {program} only"
        raise self.source.error(message, found.start(), found.start() + 1, hint="end the line with a `\\`")

    def _curly(self, found: re.Match[str]) -> None:
        line = self._line_around(found.start())
        hint = f"type straight quotes\n{shell.magic(straightened(line))}"
        raise self._error(f"{found[0]} is a typographic quote", found, hint)

    def _shell(self, found: re.Match[str]) -> None:
        left = self._so_far(found.start())
        if found[0] in _BEFORE_INPUT and (given := shell.of_input(found[0], left, self.text[found.end() :])):
            raise self._error(given.message, found, given.hint)
        if not (found[0] in {"$(", "`"} and shell.assigned_to(shell.joined(left))):
            self._refuse_script()
        rest = _REST_OF_LINE.match(self.text, found.end())
        advice = shell.of_operator(found[0], left, re.sub(r"\\\r?\n", " ", rest[0] if rest else ""))
        sentence, *lines = advice.hint.split("\n")
        if found[0] in "|&<>" and self.words and advice.may_be_quoted:
            sentence += f", or quote the `{found[0]}`"
        raise self._error(advice.message, found, "\n".join([sentence, *lines]))

    def _refuse_script(self) -> None:
        """Raise an error if a line is a piece of a shell script, before any error about its parts."""
        for words in [*self.done, self.words]:
            if (
                words
                and shell_words.is_word(words[0].raw)
                and (advice := shell_words.of_words([word.raw for word in words]))
            ):
                raise self.source.error(advice.message, words[0].start, words[0].end, hint=advice.hint)

    def _so_far(self, end: int) -> str:
        """Return the text of the current command, up to an offset."""
        start = self.words[0].start if self.words else end if self.start is None else self.start
        return self.text[start:end]

    def _line_around(self, offset: int) -> str:
        end = self.text.find("\n", offset)
        return self._so_far(offset) + self.text[offset : end if end >= 0 else len(self.text)]

    def _error(self, message: str, found: re.Match[str], hint: str) -> UsageError:
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        return self.source.error(message, start, found.end(), hint=hint)
