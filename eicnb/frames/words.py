"""The wording of a frame's values in a display, without pandas or a notebook."""

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
"""The text for a missing value in each column; in other columns it is `<NA>`, as in pandas."""

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
    """One cell of a display: its text, its tooltip, and the tone that decides its colour."""

    text: str
    title: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a frame.

    `values` maps columns to values; a missing one is None. `is_removed` marks a row whose config was deleted.
    """

    values: Mapping[str, Any]
    is_removed: bool = False

    @property
    def was_read(self) -> bool:
        """Whether the row could be read; True if the frame has no states."""
        return STATE not in self.values or self.values[STATE] == READ

    @property
    def place(self) -> tuple[str, str] | None:
        """The region and account of the row's function; None if the row does not name them."""
        region, account = self.values.get("region"), self.values.get("account_id")
        if region is None or account is None:
            _, _, _, region, account, *_ = f"{self.values.get('function_arn') or ''}:::::".split(":")
        return (str(region), str(account)) if region and account else None


NumberFormat = Callable[[int], str]
"""Returns a number of a setting as text."""

Wording = Callable[[Row], Cell]
"""Returns the cell of a row in one column of a display."""


def _absent(name: str) -> str:
    """Return the text for a missing value in a column."""
    return ABSENT.get(setting_of(name), ABSENT["*"])


def text_of(column: str, value: Any, absent: str = "<NA>") -> str:
    """Return a value as text, in the wording of its column.

    >>> text_of("on_failure_type", "events"), text_of("maximum_retry_attempts", None, "not set")
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


def in_full(name: str) -> Wording:
    """Display the values of a column in full: numbers as numbers, ARNs as ARNs.

    >>> in_full("on_failure")(Row({"on_failure": None})).text
    'none'
    """

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if value is not None:
            return _marked(row, text_of(name, value)) if name in SETTING_NAMES else Cell(text_of(name, value))
        if not row.was_read and name != "error":
            return Cell(NOT_READ, tone="quiet")
        # A destination whose kind is unknown is not missing.
        is_of_a_kind = name in {"on_failure_type", "on_success_type"} and row.values.get(name.removesuffix("_type"))
        return Cell("another service" if is_of_a_kind else _absent(name))

    return cell


_LONGEST = 60


def excerpt(name: str) -> Wording:
    """Display the start of long texts, such as error messages, on one line.

    >>> excerpt("error_message")(Row({"error_message": "no " * 40})).text
    'no no no no no no no no no no no no no no no no no no no no …'
    """

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return Cell(_absent(name), tone="quiet")
        text = text_of(name, str(value)[: _LONGEST + 1])
        return Cell(text) if len(text) <= _LONGEST else Cell(f"{text[:_LONGEST]}…")

    return cell


def payload(row: Row) -> Cell:
    """Display the start of an event, and its size if it is longer.

    >>> payload(Row({"payload": "1" * 5000})).text.rpartition("1")[2]
    '… (4.9 KB)'
    """
    start, text = excerpt("payload")(row), str(row.values["payload"] or "")
    size = len(text.encode("utf-8", "replace"))
    return replace(start, text=f"{start.text} ({size / 1024:.1f} KB)") if len(text) > _LONGEST else start


def setting_of(column: str) -> str:
    """Return the name of a column without `before_` or `after_`.

    >>> setting_of("before_on_failure"), setting_of("on_failure")
    ('on_failure', 'on_failure')
    """
    return column.removeprefix(BEFORE).removeprefix(AFTER)


def _marked(row: Row, text: str, title: str = "") -> Cell:
    """Mark a setting whose config was deleted; the frame keeps its value."""
    return Cell(f"{text} (removed)", title, "removed") if row.is_removed else Cell(text, title)


def function(row: Row) -> Cell:
    """Display a function with its qualifier.

    >>> function(Row({"function_name": "checkout", "qualifier": "live"})).text
    'checkout:live'
    """
    name, qualifier = row.values["function_name"], row.values["qualifier"]
    if name is None and qualifier is None:
        return Cell("not read" if not row.was_read else "<NA>", tone="quiet")
    return Cell(text_of("", f"{'' if name is None else name}{'' if qualifier is None else f':{qualifier}'}"))


def setting(name: str, default: int, *, effective: str | None = None, number_format: NumberFormat = str) -> Wording:
    """Display a number that AWS has a default for.

    >>> setting("maximum_retry_attempts", 2)(Row({"maximum_retry_attempts": None})).text
    '2 (default)'
    """

    def cell(row: Row) -> Cell:
        if not row.was_read:
            return Cell(NOT_READ, tone="quiet")
        value = row.values[name]
        if value is not None:
            return _marked(row, _formatted(value, number_format), str(value))
        counted = default if effective is None else row.values[effective]
        return Cell(f"{_formatted(default if counted is None else counted, number_format)} (default)", tone="quiet")

    return cell


def duration(name: str) -> Wording:
    """Display seconds as a duration.

    >>> duration("timeout")(Row({"timeout": 90})).text
    '1 min 30 s'
    """

    def cell(row: Row) -> Cell:
        value = row.values[name]
        return in_full(name)(row) if value is None else Cell(_formatted(value, compact), str(value))

    return cell


def _formatted(value: Any, number_format: NumberFormat) -> str:
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return number_format(int(value)) if is_whole else text_of("", value)


def target(name: str) -> Wording:
    """Display ARNs as kind and name; those in another account or region in full.

    >>> queue = "arn:aws:sqs:us-east-1:123456789012:shop-failures"
    >>> target("on_failure")(Row({"on_failure": queue, "region": "us-east-1", "account_id": "123456789012"})).text
    'sqs shop-failures'
    """

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return in_full(name)(row) if not row.was_read else Cell(_absent(name), tone="quiet")
        arn = text_of(name, value)
        short = _short_target(arn, row.place)
        text, title = (arn, "") if short is None else (short, arn)
        return _marked(row, text, title) if name in SETTING_NAMES else Cell(text, title)

    return cell


def _short_target(arn: str, own: tuple[str, str] | None) -> str | None:
    """Return the kind and name of an ARN in the row's own place; None if it must be shown in full."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] not in {*KINDS, "iam"}:  # noqa: PLR2004 # the parts of an ARN
        return None
    _, _, service, region, account, resource = parts
    place = (region or (own or ("",))[0], account or (own or ("", ""))[1])
    if own is None or place != own:
        return None
    name = resource.removeprefix("function:").removeprefix("event-bus/")
    return name.rpartition("/")[2] if service == "iam" else f"{service} {name}"


def state(name: str) -> Wording:
    """Display states with a sign, and with a tone for their colour.

    >>> state("scan_state")(Row({"scan_state": "denied"}))
    Cell(text='✗ denied', title='', tone='bad')
    """

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return Cell(_absent(name) if row.was_read or name == "error" else NOT_READ)
        return Cell(signed(text_of(name, value)), tone=STATES.get(str(value), _NEUTRAL)[1])

    return cell


def signed(value: str) -> str:
    """Return a state with its sign in front.

    >>> signed("ok")
    '✓ ok'
    """
    return f"{STATES.get(value, _NEUTRAL)[0]} {value}"


def reason(name: str) -> Wording:
    """Display a column in which each value is a known state or a sentence."""
    of_state, of_text = state(name), in_full(name)
    return lambda row: (of_state if row.values[name] in STATES else of_text)(row)


def moment(name: str) -> Wording:
    """Display times to the minute, and in full in the tooltip."""

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if not isinstance(value, datetime):
            return in_full(name)(row)
        return Cell(value.strftime("%Y-%m-%d %H:%M"), text_of(name, value))

    return cell


def message(name: str) -> Wording:
    r"""Display the first line of error messages, and all lines in the tooltip.

    >>> message("error")(Row({"error": "no\n    AccessDenied, returned by GetPolicy"})).text
    'no'
    """

    def cell(row: Row) -> Cell:
        first, *more = str(row.values[name] or "").splitlines() or [""]
        return Cell(text_of(name, first), text_of(name, row.values[name])) if more else in_full(name)(row)

    return cell


def share(name: str) -> Wording:
    """Display shares as percentages."""

    def cell(row: Row) -> Cell:
        value = row.values[name]
        return Cell(f"{value:.1%}", str(value)) if isinstance(value, int | float) else in_full(name)(row)

    return cell


def last_part(name: str) -> Wording:
    """Display only the last part of ARNs or paths, and all of it in the tooltip."""

    def cell(row: Row) -> Cell:
        value = row.values[name]
        if value is None:
            return in_full(name)(row)
        text = text_of(name, value)
        return Cell(text.rpartition("/")[2], text)

    return cell
