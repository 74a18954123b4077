"""The values of a frame's row in words, for its display, without pandas or a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eicnb.frames.columns import AFTER, BEFORE, SETTING_NAMES
from eicnb.model.age import compact
from eicnb.model.destination import KINDS

ABSENT = {
    "maximum_retry_attempts": "not set",
    "maximum_event_age_in_seconds": "not set",
    "on_failure_type": "none",
    "on_failure": "none",
    "on_success_type": "none",
    "on_success": "none",
    "dead_letter_arn": "none",
    "role_arn": "none",
    "last_modified": "never",
    "runtime": "container image",
    "error": "",
    "muted": "",
    "reason": "",
    "*": "<NA>",
}
"""What a missing value means, column by column; in any other column it is `<NA>`, as in pandas."""

STATE, READ = "scan_state", "ok"

NOT_READ = "not read"

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"

_GOOD, _BAD, _WARNING, _NEUTRAL = (
    ("\N{CHECK MARK}", "good"),
    ("\N{BALLOT X}", "bad"),
    ("!", "warning"),
    ("·", "neutral"),
)

STATES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("ok", "applied", "kept", "delivered", "accepted"), _GOOD),
    **dict.fromkeys(("denied", "failed", "refused", "nowhere-to-go", "destination-fails", "high"), _BAD),
    **dict.fromkeys(
        ("throttled", "gone", "unread", "conflict", "not tried", "not-read", "no-record", "medium"), _WARNING
    ),
    "critical": ("\N{BALLOT X}\N{BALLOT X}", "bad"),
    "unknown": ("?", "bad"),
    "added": ("+", "good"),
    "removed": ("-", "bad"),
    "changed": ("~", "warning"),
    "put": ("~", "neutral"),
    "delete": ("-", "warning"),
    **dict.fromkeys(("none", "low", "info", "no-events"), _NEUTRAL),
}
"""The sign and the tone of each state, severity, action and outcome."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a display: its text, what its tooltip adds, and the tone that its colour follows."""

    text: str
    title: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a frame.

    `values` are by column, None for a missing one. `is_removed` marks a row whose config was deleted.
    """

    values: Mapping[str, Any]
    is_removed: bool = False

    @property
    def was_read(self) -> bool:
        """Whether the row could be read; true where rows have no state."""
        return STATE not in self.values or self.values[STATE] == READ

    @property
    def place(self) -> tuple[str, str] | None:
        """The region and account of the row's function; None if the row does not name them."""
        region, account = self.values.get("region"), self.values.get("account_id")
        if region is None or account is None:
            _, _, _, region, account, *_ = f"{self.values.get('function_arn') or ''}:::::".split(":")
        return (str(region), str(account)) if region and account else None


Spelled = Callable[[int], str]
"""Writes a number of a setting."""

Word = Callable[[Row], Cell]
"""Returns what a column of a display has for a row."""


def _absent(name: str) -> str:
    """Return what a missing value of a column means."""
    return ABSENT.get(setting_of(name), ABSENT["*"])


def word_of(column: str, value: Any, absent: str = "<NA>") -> str:
    """Return a value as it is read in its column.

    >>> word_of("on_failure_type", "events"), word_of("maximum_retry_attempts", None, "not set")
    ('EventBridge bus', 'not set')
    """
    if value is None:
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
    else:
        text = KINDS.get(value, value) if column.endswith("_type") and isinstance(value, str) else str(value)
    return "".join(c if c.isprintable() else " " if c.isspace() else _UNREADABLE for c in text)


def in_full(name: str) -> Word:
    """Return the word of one column as it is: numbers as numbers, ARNs whole.

    >>> in_full("on_failure")(Row({"on_failure": None})).text
    'none'
    """

    def word(row: Row) -> Cell:
        value = row.values[name]
        if value is not None:
            return _marked(row, word_of(name, value)) if name in SETTING_NAMES else Cell(word_of(name, value))
        if not row.was_read and name != "error":
            return Cell(NOT_READ, tone="quiet")
        # A destination of a kind that cannot be set today is not missing.
        is_of_a_kind = name in {"on_failure_type", "on_success_type"} and row.values.get(name.removesuffix("_type"))
        return Cell("another service" if is_of_a_kind else _absent(name))

    return word


_LONGEST = 60


def excerpt(name: str) -> Word:
    """Return the word of a column of texts that others wrote: its start, on one line.

    >>> excerpt("error_message")(Row({"error_message": "no " * 40})).text
    'no no no no no no no no no no no no no no no no no no no no …'
    """

    def word(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return Cell(_absent(name), tone="quiet")
        text = word_of(name, str(value)[: _LONGEST + 1])
        return Cell(text) if len(text) <= _LONGEST else Cell(f"{text[:_LONGEST]}…")

    return word


def payload(row: Row) -> Cell:
    """Return the start of an event, with its size if it is longer.

    >>> payload(Row({"payload": "1" * 5000})).text.rpartition("1")[2]
    '… (4.9 KB)'
    """
    start, text = excerpt("payload")(row), str(row.values["payload"] or "")
    size = len(text.encode("utf-8", "replace"))
    return replace(start, text=f"{start.text} ({size / 1024:.1f} KB)") if len(text) > _LONGEST else start


def setting_of(column: str) -> str:
    """Return the setting of a column with its value before or after a change; any other name as it is.

    >>> setting_of("before_on_failure"), setting_of("on_failure")
    ('on_failure', 'on_failure')
    """
    return column.removeprefix(BEFORE).removeprefix(AFTER)


def _marked(row: Row, text: str, title: str = "") -> Cell:
    """Mark a setting whose config was deleted; the frame keeps its value."""
    return Cell(f"{text} (removed)", title, "removed") if row.is_removed else Cell(text, title)


def function(row: Row) -> Cell:
    """Return the function with its qualifier.

    >>> function(Row({"function_name": "checkout", "qualifier": "live"})).text
    'checkout:live'
    """
    name, qualifier = row.values["function_name"], row.values["qualifier"]
    if name is None and qualifier is None:
        return Cell("not read" if not row.was_read else "<NA>", tone="quiet")
    return Cell(word_of("", f"{'' if name is None else name}{'' if qualifier is None else f':{qualifier}'}"))


def setting(name: str, default: int, *, effective: str | None = None, spelled: Callable[[int], str] = str) -> Word:
    """Return the word of a number that AWS has a default for.

    >>> setting("maximum_retry_attempts", 2)(Row({"maximum_retry_attempts": None})).text
    '2 (default)'
    """

    def word(row: Row) -> Cell:
        if not row.was_read:
            return Cell(NOT_READ, tone="quiet")
        value = row.values[name]
        if value is not None:
            return _marked(row, _spelled(value, spelled), str(value))
        counted = default if effective is None else row.values[effective]
        return Cell(f"{_spelled(default if counted is None else counted, spelled)} (default)", tone="quiet")

    return word


def duration(name: str) -> Word:
    """Return the word of a column of seconds.

    >>> duration("timeout")(Row({"timeout": 90})).text
    '1 min 30 s'
    """

    def word(row: Row) -> Cell:
        value = row.values[name]
        return in_full(name)(row) if value is None else Cell(_spelled(value, compact), str(value))

    return word


def _spelled(value: Any, spelled: Callable[[int], str]) -> str:
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return spelled(int(value)) if is_whole else word_of("", value)


def target(name: str) -> Word:
    """Return the word of a column of ARNs: kind and name, or the ARN itself in another account or region.

    >>> queue = "arn:aws:sqs:us-east-1:123456789012:shop-failures"
    >>> target("on_failure")(Row({"on_failure": queue, "region": "us-east-1", "account_id": "123456789012"})).text
    'sqs shop-failures'
    """

    def word(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return in_full(name)(row) if not row.was_read else Cell(_absent(name), tone="quiet")
        arn = word_of(name, value)
        short = _short_target(arn, row.place)
        text, title = (arn, "") if short is None else (short, arn)
        return _marked(row, text, title) if name in SETTING_NAMES else Cell(text, title)

    return word


def _short_target(arn: str, own: tuple[str, str] | None) -> str | None:
    """Return kind and name of an ARN in this place; None if it must be spelled out."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] not in {*KINDS, "iam"}:  # noqa: PLR2004 # the parts of an ARN
        return None
    _, _, service, region, account, resource = parts
    place = (region or (own or ("",))[0], account or (own or ("", ""))[1])
    if own is None or place != own:
        return None
    name = resource.removeprefix("function:").removeprefix("event-bus/")
    return name.rpartition("/")[2] if service == "iam" else f"{service} {name}"


def state(name: str) -> Word:
    """Return the word of a column of states: with a sign, and a tone for its colour.

    >>> state("scan_state")(Row({"scan_state": "denied"}))
    Cell(text='✗ denied', title='', tone='bad')
    """

    def word(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return Cell(_absent(name) if row.was_read or name == "error" else NOT_READ)
        return Cell(signed(word_of(name, value)), tone=STATES.get(str(value), _NEUTRAL)[1])

    return word


def signed(value: str) -> str:
    """Return a state behind its sign.

    >>> signed("ok")
    '✓ ok'
    """
    return f"{STATES.get(value, _NEUTRAL)[0]} {value}"


def reason(name: str) -> Word:
    """Return the word of a column that has a known state or a sentence."""
    of_state, of_text = state(name), in_full(name)
    return lambda row: (of_state if row.values[name] in STATES else of_text)(row)


def moment(name: str) -> Word:
    """Return the word of a column of times, to the minute; the tooltip has it in full."""

    def word(row: Row) -> Cell:
        value = row.values[name]
        if not isinstance(value, datetime):
            return in_full(name)(row)
        return Cell(value.strftime("%Y-%m-%d %H:%M"), word_of(name, value))

    return word


def message(name: str) -> Word:
    r"""Return the word of a column of errors: their first line, in a tooltip all of them.

    >>> message("error")(Row({"error": "no\n    AccessDenied, answered to GetPolicy"})).text
    'no'
    """

    def word(row: Row) -> Cell:
        first, *more = str(row.values[name] or "").splitlines() or [""]
        return Cell(word_of(name, first), word_of(name, row.values[name])) if more else in_full(name)(row)

    return word


def share(name: str) -> Word:
    """Return the word of a column of shares, as a percentage."""

    def word(row: Row) -> Cell:
        value = row.values[name]
        return Cell(f"{value:.1%}", str(value)) if isinstance(value, int | float) else in_full(name)(row)

    return word


def last_part(name: str) -> Word:
    """Return the word of a column of ARNs or paths whose last part says enough."""

    def word(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return in_full(name)(row)
        text = word_of(name, value)
        return Cell(text.rpartition("/")[2], text)

    return word
