"""The rules that tell account ids from other numbers of twelve digits.

In text, twelve digits are an account id unless their surroundings show otherwise: masking a number is better than a
leak. Most JSON numbers are sizes and times. A JSON number is therefore an account id only if its name says so, or if
the same notebook also has it as text. Tested in tests/redaction/test_patterns.py.
"""

from __future__ import annotations

import re

PATTERN = re.compile(
    r"(?:(?<![0-9])|(?<=%[0-9]{2}))[0-9]{12}(?:\.0+(?![\w-]|\.[0-9])|(?![0-9]))"
    r"|(?<![0-9A-Za-z.-])[0-9]{4}-[0-9]{4}-[0-9]{4}(?![0-9A-Za-z]|-[0-9A-Fa-f]{4})"
)

_SEEN = 64  # How many characters around a match are checked: the length of a SHA-256 digest.
_MAY_BE_IN_A_NUMBER = re.compile(r"[0-9A-Za-z.+\N{MINUS SIGN}-]")
_SIGN = re.compile(r"(?:^|[^\w\-)\].%/])[+\N{MINUS SIGN}-]$")
_MANTISSA = re.compile(r"(?<![\w.])[0-9.]+[eE][+-]?$")
_EXPONENT = re.compile(r"(?:\.[0-9]+)?[eE][+-]?[0-9]+(?![\w-])")
_FRACTION = re.compile(r"\.[0-9]+[A-Za-z%\N{MICRO SIGN}]{0,3}(?![\w-]|\.\w)")
_UUID_HEAD = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-$")
_ESCAPE = re.compile(r"(?:%[0-9a-fA-F]{2}|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[a-z]))$")
_WORD_BEFORE = re.compile(r"[0-9A-Za-z]*$")
_WORD_AFTER = re.compile(r"[0-9A-Za-z]*")
_HEX = re.compile(r"0[xX][0-9a-fA-F]+|[0-9a-fA-F]*[a-fA-F][0-9a-fA-F]*")
_ABBREVIATION = "acc"

_BEFORE_A_BARE_NUMBER = re.compile(r"[\[:,(=]\s{0,8}$")
_BEHIND_A_BARE_NUMBER = re.compile(r"\s{0,8}[\],)};]")

_NAME = re.compile(r"(?:account|owner)(?:id|no|number)?s?", re.IGNORECASE)
_FEWEST, _MOST = 10**11, 10**12


def is_account(found: re.Match[str]) -> bool:
    """Return whether a match stands alone, and is not part of a number, a UUID or hexadecimal digits."""
    if "-" in found[0]:
        return True
    before = found.string[max(0, found.start() - _SEEN) : found.start()]
    behind = found.string[found.end() : found.end() + _SEEN]
    if not _MAY_BE_IN_A_NUMBER.search(before[-1:]) and not _MAY_BE_IN_A_NUMBER.search(behind[:1]):
        return True
    if before.endswith(".") or _SIGN.search(before) or _MANTISSA.search(before) or _UUID_HEAD.search(before):
        return False
    if _EXPONENT.match(behind) or _FRACTION.match(behind):
        return False
    return not _is_in_hexadecimal(before, found[0].partition(".")[0], behind)


def _is_in_hexadecimal(before: str, digits: str, behind: str) -> bool:
    escape = _ESCAPE.search(before)
    head = "" if escape else _WORD_BEFORE.search(before)[0]  # type: ignore[index] # it matches nothing, too
    tail = _WORD_AFTER.match(behind)[0]  # type: ignore[index] # the same
    if head.lower() == _ABBREVIATION and not tail:
        return False
    return _HEX.fullmatch(head + digits + tail) is not None


def is_bare_number(text: str, start: int, end: int) -> bool:
    """Return whether a part of a script is a number rather than part of a quoted text.

    >>> is_bare_number('{"size": 137438953472}', 9, 21), is_bare_number('{"arn": "::137438953472:q"}', 11, 23)
    (True, False)
    """
    before = text[max(0, start - _SEEN) : start]
    return bool(_BEFORE_A_BARE_NUMBER.search(before) and _BEHIND_A_BARE_NUMBER.match(text, end))


def digits_of(number: float) -> str | None:
    """Return the digits of a JSON number that may be an account id, otherwise None.

    >>> digits_of(123456789012), digits_of(123456789012.0), digits_of(123456789012.5)
    ('123456789012', '123456789012', None)
    """
    may_be = not isinstance(number, bool) and _FEWEST <= number < _MOST and number == int(number)
    return str(int(number)) if may_be else None


def names_an_account(name: str) -> bool:
    """Return whether a member of this name holds an account id.

    >>> names_an_account("AccountId"), names_an_account("account_balance"), names_an_account("ACCOUNT-0001")
    (True, False, False)
    """
    if _MASK.fullmatch(name):
        return False
    words = re.sub(r"[^a-z]+", "", name.lower())
    return _NAME.search(words) is not None and _NAME.sub("", words, count=1) in _PREFIXES


_MASK = re.compile(r"[A-Z]+-[0-9]{4,}")
"""A mask in place of a member's name, which says nothing about the value."""

_PREFIXES = {"", "aws", "caller", "source", "target", "recipient", "member", "management", "master", "function", "my"}
