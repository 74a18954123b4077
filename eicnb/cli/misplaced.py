"""Errors about superfluous words, with the line that was probably meant.

Tested in tests/cli/test_misplaced.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from eicnb.cli.lexer import quote
from eicnb.cli.option import QUOTED_KINDS, Option, Verb
from eicnb.cli.source import Word
from eicnb.errors import UsageError
from eicnb.model.age import abbreviated, read_seconds

Given = tuple[Option, Word]
"""An option and the word that gives its value."""

_OF_TIMES = {"since", "until", "what"}
_NEGATIVE = re.compile(r"-(?P<rest>[0-9]+ *[a-z]+)")


def refuse_negative(option: Option, value: Word) -> None:
    """Raise a UsageError for a duration with a minus, such as `--since -7d`."""
    found = _NEGATIVE.fullmatch(value.text)
    if found and (_takes_duration(option) or _takes_seconds(option)):
        meant = abbreviated(found["rest"]) or found["rest"]
        with value.blamed():
            raise UsageError(f"{option.label} is {value.text}, which is negative", hint=_typed(option, meant))


def refuse_second_word(word: Word, given: Iterable[Given]) -> None:
    """Raise a UsageError for the second word of a value, such as the unit in `--since 7 days`."""
    before = _before(word, given)
    meant = before and _meant(before[0], before[1].text.removeprefix("-"), word.text)
    if before is None or meant is None:
        return
    with word.blamed():
        message = f"unexpected argument {word.raw!r}: {before[0].label} takes one word"
        raise UsageError(message, hint=_typed(before[0], meant))


def superfluous(word: Word, verb: Verb, given: Iterable[Given]) -> UsageError:
    """Return the error about a word that belongs to no option and no argument of the command."""
    if not verb.positionals:
        return UsageError(f"{verb.name} takes no {word.raw!r}", hint="leave it out")
    message = f"unexpected argument {word.raw!r}: {verb.positionals[-1].noun} was already given"
    before = _before(word, given)
    if before is not None and before[0].metavar.startswith("'"):
        return UsageError(message, hint=f"put single quotes around it: {before[0].metavar}")
    if before is None or before[0].kind not in QUOTED_KINDS:
        return UsageError(message, hint="leave it out")
    whole = quote(f"{before[1].text} {word.text}")
    return UsageError(message, hint=f"put quotes around a value with blanks: {_typed(before[0], whole)}")


def _before(word: Word, given: Iterable[Given]) -> Given | None:
    """Return the option whose value is right before a word."""
    ahead = [one for one in given if one[1].source is word.source and one[1].end <= word.start]
    last = max(ahead, key=lambda one: one[1].end, default=None)
    between = last and word.source.text[last[1].end : word.start]
    return last if between is not None and not between.strip() else None


def _meant(option: Option, first: str, second: str) -> str | None:
    """Return the value that two words of an option mean together, in the form to type."""
    together = f"{first} {second}"
    short = abbreviated(together)
    if short and _takes_duration(option):
        return short
    if short and _takes_seconds(option):
        seconds = read_seconds(short)
        return None if seconds is None else str(seconds)
    if option.argument in _OF_TIMES and _is_time(together):
        return f'"{together}"'
    return None


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _takes_duration(option: Option) -> bool:
    return option.kind in {"age", "seconds"} or option.argument in _OF_TIMES


def _takes_seconds(option: Option) -> bool:
    return option.kind == "integer" and option.metavar == "SECONDS"


def _typed(option: Option, value: str) -> str:
    return f"{option.name} {value}".strip()
