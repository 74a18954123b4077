"""Durations: read from text, and written in words or as `--max-age` takes them."""

from __future__ import annotations

import re

from eicnb.errors import UsageError
from eicnb.model.config import (
    SETTINGS_RULE,
)

_SECONDS = {"h": 3600, "m": 60, "s": 1, "": 1}


def read_age(text: str, what: str, told: str) -> int:
    """age = 1*digit [ "h" / "m" / "s" ]

    >>> read_age("90m", "--max-age", "'90m'")
    5400
    """
    found = re.fullmatch(r"([0-9]{1,9})([hms]?)", text.strip())
    if not found:
        hint = "6h, 90m, 3600s or 3600: from 60s to 6h"
        raise UsageError(f"{what} is {told}, which is not an age", hint=hint, rule=SETTINGS_RULE)
    return int(found[1]) * _SECONDS[found[2]]


_PLACES = ((3600, "hour"), (60, "minute"), (1, "second"))


def human(seconds: int) -> str:
    """An age in words.

    >>> human(5400), human(61)
    ('1 hour 30 minutes', '1 minute 1 second')
    """
    parts = []
    for size, unit in _PLACES:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {unit}{'' if count == 1 else 's'}"] if count else []
    return " ".join(parts) or "0 seconds"


_UNITS = ((3600, "h"), (60, "m"), (1, "s"))


def age(seconds: int) -> str:
    """An age as `--max-age` takes it.

    >>> age(5400), age(21600), age(61)
    ('90m', '6h', '61s')
    """
    return next(f"{seconds // size}{unit}" for size, unit in _UNITS if seconds % size == 0)
