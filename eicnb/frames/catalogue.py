"""How each known column is displayed: its short head, its wording and its rank.

Columns of low rank are hidden when there is no room. Unknown columns are displayed unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eicnb.frames import words
from eicnb.frames.words import Wording
from eicnb.model.age import compact
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS

ESSENTIAL = 9
"""The rank of columns that are always shown. The lowest ranks are hidden first."""

_OWN_RANK = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a display, made of one or more columns of the frame.

    It applies to a frame that has all columns in `of`; its tooltip names the first `named` of them. It is hidden in a
    frame that has all columns in `unless`. With `leads`, it comes first. With `folds`, a value that all rows share
    moves to the caption. If all rows have the text `quiet`, the column is left out. `wraps` lets long texts take
    several lines, `breaks` long names in a narrow terminal. `is_typed` marks lines to run.
    """

    head: str
    of: tuple[str, ...]
    cell: Wording
    rank: int = _OWN_RANK
    leads: bool = False
    folds: bool = False
    wraps: bool = False
    breaks: bool = False
    is_typed: bool = False
    quiet: str | None = None
    unless: tuple[str, ...] = ()
    named: int = 1

    @property
    def title(self) -> str:
        """The names of the columns in the frame."""
        return ", ".join(self.of[: self.named])


def _state(head: str, name: str, quiet: str | None = None) -> Shown:
    return Shown(head, (name,), words.state(name), ESSENTIAL, leads=True, quiet=quiet)


def _text(head: str, name: str, rank: int = ESSENTIAL, *, leads: bool = False, wraps: bool = True) -> Shown:
    return Shown(head, (name,), words.in_full(name), rank, leads=leads, wraps=wraps, quiet="")


def _number(head: str, name: str, rank: int = 7) -> Shown:
    return Shown(head, (name,), words.in_full(name), rank)


def _destination(head: str, name: str, rank: int) -> tuple[Shown, ...]:
    wording = words.target(name)
    return (
        Shown(head, (name, f"{name}_type"), wording, rank, folds=True, breaks=True),
        Shown(head, (name,), wording, rank, folds=True, breaks=True),
        Shown(f"{head}, kind", (f"{name}_type",), words.in_full(f"{name}_type")),
    )


def _setting(head: str, names: tuple[str, str], default: int, number_format: words.NumberFormat) -> tuple[Shown, ...]:
    own, effective = names
    of_both = words.setting(own, default, effective=effective, number_format=number_format)
    return (
        Shown(head, (own, effective), of_both, 8, folds=True),
        Shown(head, (own,), words.setting(own, default, number_format=number_format), 8, folds=True),
        Shown(head, (effective,), words.setting(effective, default, number_format=number_format), 8, folds=True),
    )


_PLACE = ("function_name", "region", "account_id")
_RETRIES = ("maximum_retry_attempts", "effective_retry_attempts")
_AGE = ("maximum_event_age_in_seconds", "effective_event_age_in_seconds")
_SETTINGS = ((_RETRIES[0], "Retries"), (_AGE[0], "Max age"), ("on_failure", "On failure"), ("on_success", "On success"))


def _of_a_side(side: str) -> Iterator[Shown]:
    for name, head in _SETTINGS:
        column = f"{side}_{name}"
        wording = words.target(column) if name.startswith("on_") else words.in_full(column)
        yield Shown(f"{head} {side}", (column,), wording, 2, unless=("change",))
    yield Shown(f"Configured {side}", (column := f"configured_{side}",), words.in_full(column), 1, unless=("change",))


CATALOGUE: tuple[Shown, ...] = (
    Shown("Verb", ("verb",), words.in_full("verb"), ESSENTIAL, leads=True),
    Shown("Time", ("time",), words.moment("time"), ESSENTIAL),
    Shown("From", ("from_time",), words.moment("from_time"), 4, leads=True),
    Shown("To", ("to_time",), words.moment("to_time"), ESSENTIAL, leads=True),
    _state("Severity", "severity"),
    _state("Outcome", "outcome"),
    _state("Action", "action"),
    _state("What", "what"),
    _state("State", words.STATE, quiet=words.signed(words.READ)),
    _state("State", "state", quiet=words.signed(words.READ)),
    Shown("Reason", ("error",), words.message("error"), ESSENTIAL, leads=True, wraps=True, quiet=""),
    _text("Reason", "reason"),
    Shown("Function", ("function_name", "qualifier"), words.function, ESSENTIAL, named=2),
    Shown("Function", ("function_name",), words.in_full("function_name"), ESSENTIAL),
    Shown("Qualifier", ("qualifier",), words.in_full("qualifier"), ESSENTIAL),
    _text("Change", "change"),
    _text("Finding", "finding"),
    Shown("Why", ("why",), words.reason("why"), 5, wraps=True),
    Shown("Fix", ("fix",), words.in_full("fix"), 7, wraps=True, is_typed=True, quiet=""),
    _text("Muted", "muted", 7),
    Shown("Check", ("check",), words.in_full("check"), 5),
    Shown("Kind of fix", ("fix_kind",), words.in_full("fix_kind"), 1, unless=("fix",)),
    Shown("Source", ("source",), words.in_full("source"), 1, unless=("finding", "fix")),
    *_setting("Retries", _RETRIES, DEFAULT_RETRY_ATTEMPTS, str),
    *_setting("Max age", _AGE, DEFAULT_EVENT_AGE_IN_SECONDS, compact),
    *_destination("On failure", "on_failure", 8),
    *_destination("On success", "on_success", 7),
    Shown("DLQ", ("dead_letter_arn",), words.target("dead_letter_arn"), 7, folds=True, breaks=True),
    Shown("Region", ("region",), words.in_full("region"), 8, folds=True),
    Shown("Account", ("account_id",), words.in_full("account_id"), 8, folds=True),
    Shown("Changed", ("last_modified",), words.moment("last_modified"), 4),
    Shown("Runtime", ("runtime",), words.in_full("runtime"), 3, folds=True),
    Shown("Timeout", ("timeout",), words.duration("timeout"), 3, folds=True),
    Shown("Role", ("role_arn",), words.target("role_arn"), 2, folds=True),
    Shown("Configured", ("configured",), words.in_full("configured"), 1, unless=_RETRIES[:1]),
    Shown("ARN", ("function_arn",), words.in_full("function_arn"), 1, unless=_PLACE),
    *_of_a_side("before"),
    *_of_a_side("after"),
    _number("Received", "received"),
    _number("Dropped", "dropped"),
    _number("Lost", "lost", ESSENTIAL),
    Shown("Lost, share", ("lost_share",), words.share("lost_share"), 8),
    Shown("Oldest", ("oldest_seconds",), words.duration("oldest_seconds"), 5),
    _number("Delivery failed", "destination_failures"),
    _number("DLQ failed", "dead_letter_failures"),
    Shown("By", ("by",), words.last_part("by"), 5, folds=True),
    Shown("Run", ("run",), words.in_full("run"), 7),
    *(
        Shown(head, (name,), words.in_full(name), 8)
        for head, name in (("Name", "name"), ("In use", "in_use"), ("Profile", "profile"), ("Sandbox", "sandbox"))
    ),
    Shown("Account name", ("account_name",), words.in_full("account_name"), 8, folds=True),
    Shown("Endpoint", ("endpoint_url",), words.in_full("endpoint_url"), 8),
    Shown("Condition", ("condition",), words.in_full("condition"), 8, folds=True),
    _number("Attempts", "attempts"),
    _number("Status", "status_code", 3),
    Shown("Error", ("error_type",), words.excerpt("error_type"), 8),
    Shown("Error message", ("error_message",), words.excerpt("error_message"), 6),
    Shown("Payload", ("payload", "payload_bytes"), words.payload, 1, unless=("message_id",)),
    Shown("Payload", ("payload",), words.payload, 1, unless=("message_id",)),
    Shown("Bytes", ("payload_bytes",), words.in_full("payload_bytes"), 2),
    Shown("Request", ("request_id",), words.in_full("request_id"), 2),
    Shown("Message", ("message_id",), words.in_full("message_id"), 1),
    Shown("Read", ("read_at",), words.moment("read_at"), 1, unless=_PLACE),
    _number("Rows", "rows"),
    *(_number(state.capitalize(), state) for state in ("ok", "denied", "throttled", "gone", "failed", "unread")),
    Shown("File", ("file",), words.in_full("file"), 5),
)
"""The known columns. If several entries apply to a column of a frame, the first one is used."""

_UNCHANGED = (
    *("account_alias", "partition", "identity_arn", "expires_at", "setting", "value"),
    *("step", "earliest_seconds", "latest_seconds", "happens"),
)

KNOWN = frozenset([*(name for one in CATALOGUE for name in one.of), *_UNCHANGED])
"""The names of all columns that a frame of a verb can have."""


def under_head(head: str) -> str | None:
    """Return the column that is displayed under a head, ignoring case.

    >>> under_head("retries"), under_head("DLQ")
    ('maximum_retry_attempts', 'dead_letter_arn')
    """
    return next((one.of[0] for one in CATALOGUE if one.head.lower() == head.lower()), None)


def shown_of(columns: Sequence[str]) -> list[Shown]:
    """Return the columns of the display for the columns of a frame, in their order.

    >>> [one.head for one in shown_of(["function_name", "qualifier", "on_failure_type", "on_failure", "team"])]
    ['Function', 'On failure', 'team']
    """
    present, done, found = frozenset(columns), set[str](), list[Shown]()
    for name in columns:
        if name not in done:
            one = next((one for one in CATALOGUE if name in one.of and present.issuperset(one.of)), None)
            found.append(one or under_own_name(name, head=name.replace("_", " ")))
            done |= set(found[-1].of)
    return found


def under_own_name(name: str, head: str = "") -> Shown:
    """Return a column of the display that has its own name and, except for a payload, its values in full."""
    return Shown(head or name, (name,), words.payload if name == "payload" else words.in_full(name))


def arranged(shown: Iterable[Shown], columns: Iterable[str]) -> tuple[list[Shown], int]:
    """Return the columns of the display in order, without hidden ones, and the number of those."""
    present = frozenset(columns)
    visible, hidden = list[Shown](), 0
    for one in shown:
        if one.unless and present.issuperset(one.unless):
            hidden += len(one.of)
        else:
            visible.append(one)
    return sorted(visible, key=lambda one: not one.leads), hidden
