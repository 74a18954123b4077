"""The explanation of what happens to one event, as text, rows and a figure.

Tested in tests/client/test_explain.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eicnb.errors import ConfigurationError
from eicnb.frames.columns import NAME_COLUMNS, Column, Scalar
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.age import compact
from eicnb.model.destination import DestinationArn, destination_kind, is_fifo_destination, name_of
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.model.place import Where
from eicnb.model.record import DEAD_LETTER, RECORD_FORMATS, RECORD_PARTS, THROTTLED
from eicnb.model.timeline import RETRY_DELAYS, EventAttempt, attempts
from eicnb.redaction import masks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXPLAINED_COLUMNS = (
    Column("step", "string", "`first attempt`, `retry 1`, `retry 2` or `end`"),
    Column("earliest_seconds", "Int64", "seconds after the event's arrival, if each run fails at once"),
    Column("latest_seconds", "Int64", "the same, if each run takes the function's whole timeout"),
    Column("happens", "string", "`always`, `if runs are short` or `never`"),
    Column("why", "string", "what comes before it, or why it does not happen"),
    *NAME_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Explained:
    """The function that receives the event, and what is known about it."""

    function: FunctionRef
    where: Where
    is_configured: bool
    others: tuple[str, ...] = ()
    versions: tuple[tuple[str, float], ...] = ()
    on_failure: str | None = None
    on_success: str | None = None
    dead_letter_arn: str | None = None
    knows_dead_letters: bool = True
    unread: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function with its qualifier."""
        return f"{self.function.function_name}:{self.function.qualifier or LATEST}"


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """The course of one event if every run of the function fails.

    >>> print(str(Explanation(maximum_retry_attempts=2, maximum_event_age_in_seconds=60)).splitlines()[3])
     01:00  retry 1: never, the event would reach its maximum age (1 min) first
    """

    maximum_retry_attempts: int | None = None
    maximum_event_age_in_seconds: int | None = None
    timeout: int | None = None
    of: Explained | None = field(default=None)

    @property
    def retries(self) -> int:
        """The number of retries that AWS makes."""
        retries = self.maximum_retry_attempts
        return DEFAULT_RETRY_ATTEMPTS if retries is None else retries

    @property
    def age(self) -> int:
        """The maximum age that AWS enforces, in seconds."""
        age = self.maximum_event_age_in_seconds
        return DEFAULT_EVENT_AGE_IN_SECONDS if age is None else age

    @property
    def attempts(self) -> tuple[EventAttempt, ...]:
        """The first attempt and the retries; a retry that happens only if runs are short is included."""
        return tuple(attempt for attempt in self._all() if attempt.happens != "never")

    def _all(self) -> tuple[EventAttempt, ...]:
        return attempts(self.age, self.retries, self.timeout or 0)

    @property
    def condition(self) -> str:
        """The `condition` in the event's record when every run fails."""
        return "EventAgeExceeded" if self._all()[-1].happens == "never" else "RetriesExhausted"

    @property
    def frame(self) -> Frame:
        """A row for each attempt, including those that never happen, and one for the end."""
        of = self.of
        names: dict[str, Any] = dict.fromkeys(column.name for column in NAME_COLUMNS)
        attrs: dict[str, Scalar] = {"verb": "explain", "scope": "one event, if every run fails"}
        if of is not None:
            qualifier = of.function.qualifier or LATEST
            names = {
                "function_name": of.function.function_name,
                "qualifier": qualifier,
                "region": of.where.region,
                "account_id": of.where.account_id,
                "function_arn": str(of.function.without_qualifier().with_qualifier(qualifier)),
            }
            attrs |= {"region": of.where.region, "account_id": of.where.account_id, "sandbox": of.where.sandbox}
        rows = [
            {
                "step": _step(attempt),
                "earliest_seconds": attempt.earliest,
                "latest_seconds": attempt.latest,
                "happens": attempt.happens,
                "why": self._why(attempt),
                **names,
            }
            for attempt in self._all()
        ]
        last = self.attempts[-1]
        end = {"step": "end", "earliest_seconds": last.earliest, "happens": "always", "why": self._end(), **names}
        rows.append({**end, "latest_seconds": last.latest + (self.timeout or 0)})
        return to_frame(rows, EXPLAINED_COLUMNS, attrs)

    def figure(self) -> Figure:
        """Draw the attempts over time; needs the extra `eicnb[plots]`."""
        try:
            from eicnb.widgets.pictures.one_event import draw_event
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "matplotlib":
                raise
            raise ConfigurationError("figures need matplotlib", hint="pip install 'eicnb[plots]'") from error
        subject = self.of.name if self.of else "a function"
        return draw_event(self._all(), self.age, f"An event sent to {subject}, if every run fails", self._end())

    def __str__(self) -> str:
        lines = [self._settings(), *self._applies(), *self._steps(), *self._ends()]
        return masks.printed("\n".join(lines))

    __repr__ = __str__

    def _settings(self) -> str:
        subject = f"An event sent to {self.of.name}" if self.of else "An event"
        default = " (AWS's default)"
        times = _TIMES[self.retries] + (default if self.maximum_retry_attempts is None else "")
        age = compact(self.age) + (default if self.maximum_event_age_in_seconds is None else "")
        return f"{subject} has {times}, and its maximum age is {age}."

    def _applies(self) -> Iterator[str]:
        """Name the config that applies, and explain why."""
        of = self.of
        if of is None:
            return
        if of.is_configured:
            yield f"The config of {of.name} applies, because the event is sent to that name."
        else:
            others = f" The configs of {', '.join(of.others)} do not apply: nothing is inherited." if of.others else ""
            yield f"{of.name} has no config, so AWS's defaults apply.{others}"
        if len(of.versions) > 1:
            shares = " or ".join(f"version {version} ({weight:.0%})" for version, weight in of.versions)
            yield f"The alias runs {shares}; the alias's config applies to both, and their own configs do not."
        elif of.versions:
            yield f"The alias runs version {of.versions[0][0]}, whose own config does not apply."
        yield from (f"Not read: {reason}." for reason in of.unread)

    def _steps(self) -> Iterator[str]:
        yield "If every run fails:"
        for attempt in self._all():
            how = "" if attempt.happens == "always" else f": {attempt.happens}"
            why = self._why(attempt)
            yield f" {_clock(attempt)}  {_step(attempt)}{how}{', ' if how and why else ': ' if why else ''}{why}"
        if self.retries and len(self.attempts) == 1:
            yield "No retry happens: Lambda drops an event that would be too old by the next attempt."
        yield THROTTLED

    def _why(self, attempt: EventAttempt) -> str:
        if attempt.happens == "never":
            return f"the event would reach its maximum age ({compact(self.age)}) first"
        if attempt.happens != "always":
            return f"else it would reach its maximum age ({compact(self.age)}) first"
        if attempt.number == 0:
            return f"up to {compact(self.timeout)}" if self.timeout else ""
        return f"{compact(RETRY_DELAYS[attempt.number - 1])} after the previous run failed"

    def _ends(self) -> Iterator[str]:
        yield f"At the end ({self.condition}): {self._end()}."
        of = self.of
        if of is None:
            return
        if of.dead_letter_arn and not is_fifo_destination(of.dead_letter_arn):
            yield f"The dead-letter target {_short(of.dead_letter_arn, of.where)} receives {DEAD_LETTER}."
        if of.on_failure and not is_fifo_destination(of.on_failure):
            yield f"The record contains {RECORD_PARTS}."
        if of.on_success:
            yield f"After a run that succeeds, {_received(of.on_success, of.where)}."

    def _end(self) -> str:
        """Return where the event goes after the last attempt."""
        of = self.of
        if of is None:
            return "the event goes to the on-failure destination and the dead-letter queue; without both it is lost"
        if of.on_failure:
            return _received(of.on_failure, of.where)
        if of.dead_letter_arn and is_fifo_destination(of.dead_letter_arn):
            return f"the event is lost: {_received(of.dead_letter_arn, of.where)}"
        if of.dead_letter_arn:
            return f"the event goes to the dead-letter target {_short(of.dead_letter_arn, of.where)}"
        if not of.knows_dead_letters:
            return "the event is lost, unless there is a dead-letter queue, which was not read"
        return "the event is lost: there is no on-failure destination and no dead-letter queue"


_TIMES = ("no retries", "up to 1 retry", "up to 2 retries")


def _step(attempt: EventAttempt) -> str:
    return f"retry {attempt.number}" if attempt.number else "first attempt"


def _clock(attempt: EventAttempt) -> str:
    early, late = (f"{seconds // 60:02}:{seconds % 60:02}" for seconds in (attempt.earliest, attempt.latest))
    return early if early == late else f"{early} to {late}"


def _short(arn: str, where: Where) -> str:
    """Return a destination by kind and name, or its ARN if it is elsewhere or no longer allowed."""
    if is_fifo_destination(arn) or destination_kind(arn) is None:
        return arn
    return name_of(DestinationArn.parse(arn), where) or arn


def _received(arn: str, where: Where) -> str:
    if is_fifo_destination(arn):
        return f"{arn} receives nothing: Lambda does not deliver to FIFO queues and topics"
    return f"{_short(arn, where)} receives {RECORD_FORMATS.get(destination_kind(arn) or '', 'a record')}"
