"""The rule for which existing name a misspelled name probably means.

Tested in tests/model/test_misspelling.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")

_SHORT = 2
"""The most letters of a part, such as `eu`, in which another letter makes another word."""

_MEDIUM = 6
"""The most letters of a part in which only one typing error is likely."""


def likely_name(typed: str, existing: Iterable[str]) -> str | None:
    """Return the existing name of which the typed one is a likely misspelling, or None.

    >>> likely_name("my-functoin", ["my-function", "checkout"])
    'my-function'
    >>> likely_name("payments-capture", ["payments-refund"])

    Each part of a name, such as `eu` in `orders-eu`, may have few typing errors. Another number is another name.
    """
    likely = [(typing_errors(typed.lower(), name.lower()), name) for name in existing if _is_likely(typed, name)]
    return min(likely)[1] if likely else None


def _is_likely(typed: str, name: str) -> bool:
    if typed.lower() == name.lower():
        return True
    parts, others = _PART.findall(typed), _PART.findall(name)
    if len(parts) != len(others):
        return typing_errors(typed.lower(), name.lower()) <= 1
    return all(map(_is_likely_part, parts, others))


def _is_likely_part(typed: str, part: str) -> bool:
    if typed.isdecimal() or part.isdecimal():
        return typed.isdecimal() and part.isdecimal() and int(typed) == int(part)
    longest = max(len(typed), len(part))
    most = 0 if longest <= _SHORT else 1 if longest <= _MEDIUM else 2
    return typing_errors(typed.lower(), part.lower()) <= most


def typing_errors(word: str, name: str) -> int:
    """Count the typing errors between two words.

    An error is a missing, extra or wrong letter, or two swapped letters.

    >>> typing_errors("lsit", "list"), typing_errors("putt", "put"), typing_errors("tag", "get")
    (1, 1, 3)
    """
    if abs(len(word) - len(name)) > len("lsi"):
        return len(word) + len(name)
    before: list[int] = []
    current = list(range(len(name) + 1))
    for row, letter in enumerate(word, 1):
        before, last, current = current, before, [row]
        for column, other in enumerate(name, 1):
            cost = min(before[column] + 1, current[-1] + 1, before[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == name[column - 2] and word[row - 2] == other
            current.append(min(cost, last[column - 2] + 1) if swapped else cost)
    return current[-1]
