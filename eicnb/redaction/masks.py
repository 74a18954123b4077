"""Masks in place of account ids, listed names and secrets; the same text always has the same mask.

Only displays are masked. The values in a DataFrame, the attributes of an error and exported files are real.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eicnb.redaction.accounts import digits_of, names_an_account
from eicnb.redaction.control_characters import printable
from eicnb.redaction.kinds import Kind, Span
from eicnb.redaction.patterns import ACCOUNT, SECRETS, SIGNS, WITHOUT_SIGNS
from eicnb.redaction.search import spans

SWITCH = "EICNB_REDACT"
NAMES = "EICNB_REDACT_NAMES"
OFF = frozenset({"", "0", "false", "no", "off"})

_BOUNDARY = "\0"
"""The separator of texts that are checked together; no text contains it."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """The texts that displays hide: secrets always, and account ids and the listed names if it is on.

    >>> Redaction(on=True).hidden("account 123456789012", Masks())
    'account ACCOUNT-0001'
    """

    on: bool = False
    names: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Redaction:
        """Read the choice from the environment; to be safe, any value but a clear no switches it on."""
        names = (name.strip() for name in environment.get(NAMES, "").split(","))
        return cls(environment.get(SWITCH, "").strip().lower() not in OFF, tuple(name for name in names if name))

    def hidden(self, text: str, masks: Masks) -> str:
        """Return the text with masks."""
        return replaced(text, self.spans(text), masks)[0]

    def spans(self, text: str) -> list[Span]:
        """Return what must be masked in a text."""
        if self.on:
            return spans(text, (*SECRETS, ACCOUNT), self.names)
        return spans(text, SECRETS) if _may_contain_secrets(text) else []


def _may_contain_secrets(text: str) -> bool:
    """Return whether a text needs a search for secrets; most lines do not."""
    folded = text.lower()
    return any(sign in folded for sign in SIGNS) or any(pattern.search(text) for pattern in WITHOUT_SIGNS)


class Masks:
    """The masks of texts, numbered in the order of use, so that nothing can be derived from them.

    >>> masks = Masks()
    >>> masks.of(ACCOUNT, "123456789012"), masks.of(ACCOUNT, "210987654321"), masks.of(ACCOUNT, "1234-5678-9012")
    ('ACCOUNT-0001', 'ACCOUNT-0002', 'ACCOUNT-0001')

    `after` is the highest number in use. An account id has the same mask with dashes and as a float, `123456789012.0`.
    """

    def __init__(self, after: int = 0) -> None:
        self._lock = threading.Lock()
        self._given: dict[tuple[str, str], str] = {}
        self._last: dict[str, int] = {}
        self._after = after

    def of(self, kind: Kind, text: str) -> str:
        """Return the mask of a text, a new one the first time."""
        key = (kind.word, text.replace("-", "").partition(".")[0] if kind is ACCOUNT else text)
        with self._lock:
            if key not in self._given:
                number = self._last[kind.word] = self._last.get(kind.word, self._after) + 1
                self._given[key] = f"{kind.word}-{number:04}"
            return self._given[key]

    def number_of(self, kind: Kind, text: str) -> int:
        """Return the number in the mask of a text, for places that take only a number."""
        return int(self.of(kind, text).rpartition("-")[2])

    def given(self, kind: Kind, text: str) -> bool:
        """Return whether a text already has a mask."""
        with self._lock:
            return (kind.word, text) in self._given


def names_in(names: Iterable[object]) -> tuple[str, ...]:
    """Return the names to mask, stripped; a ValueError shows none of them.

    >>> names_in(["acme", " shop "])
    ('acme', 'shop')
    """
    if isinstance(names, str):
        raise ValueError("redact_names is a single string", 'give a list of names, such as ["my-company"]')  # noqa: TRY004 # one kind of error
    listed = tuple(names)
    for number, name in enumerate(listed, start=1):
        if not isinstance(name, str):
            raise ValueError(f"name {number} of {len(listed)} to redact is a {type(name).__name__}", "give a string")  # noqa: TRY004 # one kind of error
        if not name.strip():
            raise ValueError(f"name {number} of {len(listed)} to redact is empty", "remove the empty name")
    return tuple(str(name).strip() for name in listed)


def replaced(text: str, found: list[Span], masks: Masks, *places: int) -> tuple[str, list[int]]:
    """Return a text with its spans masked, and the new offsets of some places in it.

    >>> replaced("f 123456789012 g", spans("f 123456789012 g", [ACCOUNT]), Masks(), 15)
    ('f ACCOUNT-0001 g', [15])

    A place inside a span moves to the start of its mask.
    """
    pieces: list[str] = []
    moved, end, length = list(places), 0, 0
    for span in found:
        mask = masks.of(span.kind, text[span.start : span.end])
        pieces += [text[end : span.start], mask]
        length += span.start - end
        for number, place in enumerate(places):
            if place >= span.end:
                moved[number] = place - span.end + length + len(mask)
            elif place > span.start:
                moved[number] = length
            elif place > end:
                moved[number] = length - (span.start - place)
        end, length = span.end, length + len(mask)
    return "".join([*pieces, text[end:]]), moved


class _Active:
    """The choice for this process, which overrides the environment, and the process's masks."""

    def __init__(self) -> None:
        self.on: bool | None = None
        self.names: tuple[str, ...] | None = None
        self.masks = Masks()
        self.resolved: tuple[Any, Redaction] = (None, Redaction())


_active = _Active()


def choose(*, on: bool | None, names: tuple[str, ...] | None) -> None:
    """Choose what to redact, over the environment; None leaves a choice to the environment."""
    _active.on, _active.names = on, names


def active() -> Redaction:
    """Return what displays hide now; the environment is read again only when it changes."""
    key = (os.environ.get(SWITCH), os.environ.get(NAMES), _active.on, _active.names)
    known, redaction = _active.resolved
    if key != known:
        environment = Redaction.from_environment(os.environ)
        redaction = Redaction(
            environment.on if _active.on is None else _active.on,
            environment.names if _active.names is None else _active.names,
        )
        _active.resolved = (key, redaction)
    return redaction


def masked(text: str) -> str:
    """Return a text with masks, as it may be shown.

    >>> masked("https://sqs.us-east-1.amazonaws.com/?X-Amz-Signature=" + 64 * "a")
    'https://sqs.us-east-1.amazonaws.com/?X-Amz-Signature=SIGNATURE-0001'
    """
    return active().hidden(text, _active.masks)


def masked_together(texts: Sequence[str]) -> list[str]:
    """Return texts with masks, such as the cells of a table, all checked in one pass.

    >>> masked_together(["a", "AKIA1111111111111111"])
    ['a', 'KEY-0001']
    """
    together = masked(_BOUNDARY.join(texts)).split(_BOUNDARY)
    return together if len(together) == len(texts) else [masked(text) for text in texts]


def printed(text: str) -> str:
    r"""Return a text as a line or message may print it: with masks and without control characters.

    >>> printed("no function my\x1b[2Jname")
    'no function my\\u001b[2Jname'
    """
    shown = masked(text)
    return shown if shown.isprintable() else printable(shown)


def masked_number(number: float, name: str = "") -> float:
    """Return a JSON number as it may be shown; the result is a number too.

    >>> masked_number(137438953472, "bytes"), masked_number(123456789012.0, "account_id")
    (137438953472, 123456789012.0)

    `name` is that of its member. With redaction on, an account id becomes the number of its mask.
    """
    digits = digits_of(number)
    if not active().on or digits is None or not (names_an_account(name) or _active.masks.given(ACCOUNT, digits)):
        return number
    return type(number)(_active.masks.number_of(ACCOUNT, digits))


def masked_at(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return a text with masks, and the new start and end of a part of it."""
    text, (start, end) = replaced(text, active().spans(text), _active.masks, start, end)
    return text, start, end
