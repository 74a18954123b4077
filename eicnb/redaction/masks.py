"""Masks in place of account ids, listed names and secrets; a text has one mask in the whole process.

Only displays are masked: the values in a DataFrame, the attributes of an error and exported files stay real.
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
"""Between texts that are checked together: a character of no word, no name and no display."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """The choice of what displays hide: secrets always; account ids and the listed names if it is on.

    >>> Redaction(on=True).hidden("account 123456789012", Masks())
    'account ACCOUNT-0001'
    """

    on: bool = False
    names: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Redaction:
        """Read the choice from the environment; a switch that is neither yes nor no is on, to be safe."""
        names = (name.strip() for name in environment.get(NAMES, "").split(","))
        return cls(environment.get(SWITCH, "").strip().lower() not in OFF, tuple(name for name in names if name))

    def hidden(self, text: str, masks: Masks) -> str:
        """Return the text with masks in it."""
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
    """The masks given so far, numbered in order of request: nothing can be derived from them.

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
        """Return the number in the mask of a text, for where only a number may stand."""
        return int(self.of(kind, text).rpartition("-")[2])

    def given(self, kind: Kind, text: str) -> bool:
        """Return whether a text has a mask already."""
        with self._lock:
            return (kind.word, text) in self._given


def names_in(names: Iterable[object]) -> tuple[str, ...]:
    """Return the names to mask, without the blanks around them; a ValueError shows none of them.

    >>> names_in(["acme", " shop "])
    ('acme', 'shop')
    """
    if isinstance(names, str):
        raise ValueError("redact_names is one text", 'give a list of names, such as ["my-company"]')  # noqa: TRY004 # one kind of error
    listed = tuple(names)
    for number, name in enumerate(listed, start=1):
        if not isinstance(name, str):
            raise ValueError(f"name {number} of {len(listed)} to redact is a {type(name).__name__}", "give a text")  # noqa: TRY004 # one kind of error
        if not name.strip():
            raise ValueError(f"name {number} of {len(listed)} to redact is empty", "remove the empty name")
    return tuple(str(name).strip() for name in listed)


def replaced(text: str, found: list[Span], masks: Masks, *places: int) -> tuple[str, list[int]]:
    """Return a text with masks for what was found, and where some places of the old text are in it.

    >>> replaced("f 123456789012 g", spans("f 123456789012 g", [ACCOUNT]), Masks(), 15)
    ('f ACCOUNT-0001 g', [15])

    A place inside what was found is at the start of its mask.
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
    """The choice for this process, which overrides the environment, and the masks of the process."""

    def __init__(self) -> None:
        self.on: bool | None = None
        self.names: tuple[str, ...] | None = None
        self.masks = Masks()
        self.resolved: tuple[Any, Redaction] = (None, Redaction())


_active = _Active()


def choose(*, on: bool | None, names: tuple[str, ...] | None) -> None:
    """Choose what to redact, whatever the environment says; None leaves it to the environment."""
    _active.on, _active.names = on, names


def active() -> Redaction:
    """Return what displays hide at this moment; the environment is read again only when it changes."""
    key = (os.environ.get(SWITCH), os.environ.get(NAMES), _active.on, _active.names)
    known, redaction = _active.resolved
    if key != known:
        asked = Redaction.from_environment(os.environ)
        redaction = Redaction(
            asked.on if _active.on is None else _active.on, asked.names if _active.names is None else _active.names
        )
        _active.resolved = (key, redaction)
    return redaction


def masked(text: str) -> str:
    """Return a text as it may be shown.

    >>> masked("https://sqs.us-east-1.amazonaws.com/?X-Amz-Signature=" + 64 * "a")
    'https://sqs.us-east-1.amazonaws.com/?X-Amz-Signature=SIGNATURE-0001'
    """
    return active().hidden(text, _active.masks)


def masked_together(texts: Sequence[str]) -> list[str]:
    """Return texts as they may be shown, such as the cells of a table, all checked in one pass.

    >>> masked_together(["a", "AKIA1111111111111111"])
    ['a', 'KEY-0001']
    """
    together = masked(_BOUNDARY.join(texts)).split(_BOUNDARY)
    return together if len(together) == len(texts) else [masked(text) for text in texts]


def printed(text: str) -> str:
    r"""Return a text as a line or a message may print it: with its masks, and without control characters.

    >>> printed("no function my\x1b[2Jname")
    'no function my\\u001b[2Jname'
    """
    shown = masked(text)
    return shown if shown.isprintable() else printable(shown)


def masked_number(number: float, name: str = "") -> float:
    """Return a JSON number as it may be shown, under the name that it has there: it is a number still.

    >>> masked_number(137438953472, "bytes"), masked_number(123456789012.0, "account_id")
    (137438953472, 123456789012.0)

    With redaction on, an account id becomes the number of its mask.
    """
    digits = digits_of(number)
    if not active().on or digits is None or not (names_an_account(name) or _active.masks.given(ACCOUNT, digits)):
        return number
    return type(number)(_active.masks.number_of(ACCOUNT, digits))


def masked_at(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return a text as it may be shown, and where a part of it then begins and ends."""
    text, (start, end) = replaced(text, active().spans(text), _active.masks, start, end)
    return text, start, end
