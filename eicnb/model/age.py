"""Durations: parsed from text, and formatted in words, in short form, or as an option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eicnb.errors import UsageError
from eicnb.model.limits import EVENT_AGE_IN_SECONDS
from eicnb.model.pages import SETTINGS_RULE

_UNITS = ((3600, "h", "h", "hour"), (60, "m", "min", "minute"), (1, "s", "s", "second"))
"""The seconds in each unit, and its name in an option, in short form, and in words."""

_IN_WORDS = re.compile(
    r"([0-9]{1,9})\s*(s|m|h|d|w)(?:(?<=s)ec(?:ond)?s?|(?<=m)in(?:ute)?s?|(?<=h)(?:r|our)s?|(?<=d)ays?|(?<=w)eeks?)?"
    r"(?:\s+ago)?"
)


def abbreviated(text: str) -> str | None:
    """Shorten a duration such as `7 days` to a number and a letter; return None for any other text.

    >>> abbreviated("7 days"), abbreviated("90 min"), abbreviated("2h"), abbreviated("a week")
    ('7d', '90m', '2h', None)
    """
    found = _IN_WORDS.fullmatch(text.strip())
    return f"{found[1]}{found[2]}" if found else None


def read_seconds(text: str) -> int | None:
    """Return the seconds in `6h`, `90m`, `3600s`, `3600` or `2 hours`; None for any other text.

    duration = 1*9digit [ "h" / "m" / "s" ]

    >>> read_seconds("90m"), read_seconds("2 hours"), read_seconds("soon")
    (5400, 7200, None)
    """
    found = re.fullmatch(r"([0-9]{1,9})([hms]?)", abbreviated(text) or text.strip())
    sizes = {letter: size for size, letter, *_ in _UNITS}
    return int(found[1]) * sizes[found[2] or "s"] if found else None


def read_age(text: str, what: str, written: str) -> int:
    """Parse a maximum event age into seconds, or raise UsageError.

    `what` and `written` are the option and its value, as the message names them.

    >>> read_age("90m", "--max-age", "'90m'")
    5400
    """
    seconds = read_seconds(text)
    if seconds is None:
        hint = f"6h, 90m, 3600s or 3600: from {age(EVENT_AGE_IN_SECONDS[0])} to {age(EVENT_AGE_IN_SECONDS[-1])}"
        raise UsageError(f"{what} is {written}, which is not an age", hint=hint, rule=SETTINGS_RULE)
    return seconds


def human(seconds: int) -> str:
    """Return a duration in words.

    >>> human(5400), human(61)
    ('1 hour 30 minutes', '1 minute 1 second')
    """
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, _, unit in _counts(seconds)) or "0 seconds"


def compact(seconds: int) -> str:
    """Return a duration in short form, without units that are zero.

    >>> compact(21600), compact(5400), compact(45)
    ('6 h', '1 h 30 min', '45 s')
    """
    return " ".join(f"{count} {unit}" for count, unit, _ in _counts(seconds)) or "0 s"


def _counts(seconds: int) -> Iterator[tuple[int, str, str]]:
    """Yield each non-zero unit of a duration: its count, its short name and its full name."""
    for size, _, short, full in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            yield count, short, full


def brief(seconds: float) -> str:
    """Return a duration in its two largest units.

    >>> brief(59.4), brief(125), brief(7325)
    ('59 s', '2 min 5 s', '2 h 2 min')
    """
    whole = round(seconds)
    fitting = [unit for unit in _UNITS if whole >= unit[0]] or [_UNITS[-1]]
    parts = []
    for size, _, unit, _ in fitting[:2]:
        count, whole = divmod(whole, size)
        parts.append(f"{count} {unit}")
    return " ".join(parts)


def age(seconds: int) -> str:
    """Return a duration as `--max-age` accepts it.

    >>> age(5400), age(21600), age(61)
    ('90m', '6h', '61s')
    """
    return next(f"{seconds // size}{letter}" for size, letter, *_ in _UNITS if seconds % size == 0)
