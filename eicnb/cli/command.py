"""A parsed and validated command.

Tested in tests/cli/test_parser.py.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eicnb.cli.output import Query
from eicnb.cli.source import Word
from eicnb.errors import UsageError

_ARGUMENT = re.compile(r'(?<![\w.$(])([a-z_]+)=(?:"([^"]+)"|([0-9]+)|\["([^"]+)", …\]|True|(?![^\s,;.:]))')
"""An argument in Python's spelling: `name="text"`, `name=30`, `name=True`, `name=["first", …]`, or `name=` alone."""


@dataclass(frozen=True, slots=True)
class Command:
    """A validated command: a verb, and the arguments for the Python function of that name.

    `connection` has the connection options that were given, `paging` the paging options of a list, and `more` the
    request members that only the service model knows. `output` is the output format; None returns a frame, or the
    selection of `query`. `is_ended` is whether its line ends with a `;`, which silences it in a notebook.
    """

    verb: str
    arguments: Mapping[str, Any]
    connection: Mapping[str, str]
    words: tuple[Word, ...]
    argument_words: Mapping[str, Word]
    paging: Mapping[str, Any]
    skeleton: str | None = None
    output: str | None = None
    query: Query | None = None
    color: str = "auto"
    debug: bool = False
    dry_run: bool = False
    quiet: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)
    is_ended: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_ended", _is_last_before_a_semicolon(self.words[-1]))

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Make an error raised inside point at the value that caused it, or at the whole command."""
        try:
            yield
        except UsageError as error:
            raise self.blamed_for(error) from error.__cause__

    def blamed_for(self, error: UsageError) -> UsageError:
        """Make an error point at the value that caused it, or at the whole command."""
        error.hint = error.hint and _typed(error.hint)
        return self.argument_words.get(error.argument or "", whole(self.words)).blamed_for(error)

    def __str__(self) -> str:
        return " ".join(word.raw for word in self.words)


def _is_last_before_a_semicolon(word: Word) -> bool:
    """Return whether a `;` follows a word on its line, with nothing after it but a comment."""
    behind = word.source.text[word.end :].partition("\n")[0].strip()
    return behind.startswith(";") and behind.strip("; \t\r").partition("#")[0] == ""


def _typed(hint: str) -> str:
    """Rewrite the Python arguments in a hint as options, unless the hint already has an option.

    >>> _typed('qualifier="$LATEST"'), _typed('regions=["us-east-1", …]'), _typed("leave out regions=")
    ("--qualifier '$LATEST'", '--regions us-east-1,…', 'leave out --regions')
    >>> _typed("timeout=30"), _typed("overwrite=True"), _typed("leave out client=: the rows are read without it")
    ('--timeout 30', '--overwrite', 'leave out --client: the rows are read without it')
    """
    return hint if "--" in hint else _ARGUMENT.sub(_option, hint)


def _option(argument: re.Match[str]) -> str:
    name, text, number, first = argument.groups()
    value = f"{first},…" if first else shlex.quote(text) if text else number or ""
    return f"--{name.replace('_', '-')} {value}".strip()


def whole(words: Sequence[Word]) -> Word:
    """Return all words of a command as a single word, for errors to point at."""
    first, last = words[0], words[-1]
    text = first.source.text[first.start : last.end]
    return Word(first.source, text, first.start, last.end, ((0, first.start),))
