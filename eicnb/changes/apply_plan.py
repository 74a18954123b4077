"""Apply a plan: validated and confirmed, a canary first, and each row with its outcome."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.changes.change import count
from eicnb.changes.columns import APPLIED_COLUMNS, OUTCOMES
from eicnb.changes.interrupts import Stop
from eicnb.changes.journal import one_run
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange
from eicnb.changes.reach import Reachable
from eicnb.changes.writer import PlanWriter, RowOutcome, Show, Step
from eicnb.errors import ApplyInterrupted, ConfigurationError, EicError, IncompleteApply, UsageError, shown
from eicnb.frames.frame import Frame, to_frame

LEAST_LIMIT = 25
"""How many changes any plan may have without a limit of its own."""

_SHARE_OF_THE_ROWS = 10  # one tenth of them
_MOST_ROWS = 5

Ask = Callable[[str], bool | None]
"""Asks a question: whether the reply was yes; None if no one can reply."""


def unanswered(_question: str) -> None:
    """Ask no one.

    >>> unanswered("Write it?")
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions of an apply: the most changes, how many are the canary, and how to ask.

    `confirms` is whether the whole plan is confirmed first; `ask` is also used after the canary.
    """

    limit: int | None = None
    canary: int = 0
    confirms: bool = False
    ask: Ask = unanswered

    @classmethod
    def parse(cls, *, limit: Any, canary: Any, confirms: bool, ask: Ask) -> Conditions:
        """Validate the arguments of an apply.

        >>> Conditions.parse(limit=None, canary=3, confirms=False, ask=unanswered).canary
        3
        """
        most = None if limit is None else _number("limit", limit)
        return cls(limit=most, canary=_number("canary", canary), confirms=confirms, ask=ask)


def _number(name: str, value: Any) -> int:
    with UsageError.about(name):
        try:
            number = -1 if isinstance(value, bool) else operator.index(value)
        except TypeError:
            number = -1
        if number < 0:
            raise UsageError(f"{name} is {shown(value)}, not a number of changes", hint=f"{name}=3")
        return number


def apply_plan(
    plan: Plan, reach: Reachable, conditions: Conditions, *, rate: float, show: Show, buckets: Buckets = BUCKETS
) -> Frame:
    """Write the changes of a plan and return its frame with the outcome of each row.

    Nothing is written if any change is invalid or out of reach, or if the plan is larger than the limit. If not all is
    applied, IncompleteApply has the frame as `result`; after Ctrl-C it is ApplyInterrupted.
    """
    _check_size(plan, conditions.limit)
    steps = _steps(plan, reach)
    if conditions.confirms and steps:
        _confirm(plan, conditions.ask)
    with one_run() as run, ExitStack() as shares, Stop() as stop:
        turns = {place: buckets.of(*place) for place in dict.fromkeys(step.place for step in steps)}
        for bucket in turns.values():
            shares.enter_context(bucket.shared_at(rate))
        writer = PlanWriter(turns=turns, show=show, stop=stop, total=len(steps))
        try:
            _write(writer, steps, conditions)
        except BaseException as error:
            error.add_note(f"Of the plan, {_in_words(_outcomes(plan, writer, steps))}.")
            raise
        if steps:
            show(writer.progress(is_over=True))
        outcomes = _outcomes(plan, writer, steps)
        result = _frame(plan, outcomes)
        result.attrs["run"] = run
    if stop.is_interrupted:
        hint = "apply the plan again: it does only what is missing"
        raise ApplyInterrupted(f"the apply was stopped: {_in_words(outcomes)}\nTry: {hint}", result)
    if any(outcome.word not in {"applied", "none"} for outcome in outcomes):
        raise _incomplete(plan, outcomes, result)
    return result


def _check_size(plan: Plan, limit: int | None) -> None:
    most = max(LEAST_LIMIT, len(plan.rows) // _SHARE_OF_THE_ROWS) if limit is None else limit
    if len(plan) > most:
        with UsageError.about("limit"):
            raise UsageError(
                f"the plan has {count(len(plan), 'change')}, but limit allows {most}; nothing was written",
                hint=f"review the plan, then allow them: limit={len(plan)} (--limit {len(plan)})",
            )


def _steps(plan: Plan, reach: Reachable) -> list[Step]:
    """Return the steps of a plan; a change that can't be made or reached is a UsageError."""
    steps = []
    for number, row in enumerate(plan.rows):
        if not row.writes or row.change is None:
            continue
        target = row.change.target
        connection = reach.at(target.account_id, target.region)
        if connection is None:
            raise UsageError(
                f"the plan is for account {target.account_id}, but this is account {reach.accounts}; "
                "nothing was written",
                hint="use a connection of its account\n%eic use --profile NAME",
            )
        request = row.change.request()
        steps.append(Step(number, row.change, replace(request, missing_ok=request.verb == "delete"), connection))
    return steps


def _confirm(plan: Plan, ask: Ask) -> None:
    reply = ask(f"About to write:\n{plan.text(_MOST_ROWS)}\nWrite it? [y/N] ")
    if reply is None:
        raise ConfigurationError(
            "confirm is on, but this notebook cannot ask for a confirmation; nothing was written",
            hint="%config EicMagics.confirm = False",
        )
    if not reply:
        raise EicError("not confirmed: nothing was written", hint="apply the plan again and reply y")


def _write(writer: PlanWriter, steps: Sequence[Step], conditions: Conditions) -> None:
    """Write the canary and the rest; after the canary, ask whether to go on, or stop."""
    if conditions.canary:
        writer.write(steps, most=conditions.canary)
        tried = [step for step in steps if step.number in writer.outcomes]
        written = [step for step in tried if writer.outcomes[step.number].word == "applied"]
        left = len(steps) - len(tried)
        if not left or writer.stop.requested.is_set():
            return
        if any(writer.outcomes[step.number].word not in {"applied", "none"} for step in tried):
            writer.reason = "the canary was not applied as a whole"
        elif not writer.is_as_written(written):
            writer.reason = "the canary could not be read back as it was written"
        else:
            question = f"{count(len(written), 'change')} written and read back as the canary. Write the other {left}?"
            writer.reason = "stopped after the canary"
            with writer.stop.asking():
                if conditions.ask(f"{question} [y/N] "):
                    writer.reason = ""
        if writer.reason:
            return
    writer.write([step for step in steps if step.number not in writer.outcomes])


def _outcomes(plan: Plan, writer: PlanWriter, steps: Sequence[Step]) -> list[RowOutcome]:
    """Return the outcome of each row of a plan."""
    known: Mapping[int, RowOutcome] = {
        **{step.number: outcome for step, outcome in writer.left(steps)},
        **dict(writer.outcomes),
    }
    return [known.get(number) or _unwritten(row) for number, row in enumerate(plan.rows)]


def _unwritten(row: PlannedChange) -> RowOutcome:
    if row.action == "conflict":
        return RowOutcome("conflict", row.reason)
    return RowOutcome("refused", row.reason) if row.action == "refused" else RowOutcome("none")


def _frame(plan: Plan, outcomes: Sequence[RowOutcome]) -> Frame:
    rows = [
        {**row.row(), "outcome": outcome.word, "error": outcome.error or None}
        for row, outcome in zip(plan.rows, outcomes, strict=True)
    ]
    counts: Counter[str] = Counter(outcome.word for outcome in outcomes)
    attrs = {**plan.attrs("apply"), **{word: counts[word] for word in OUTCOMES}}
    return to_frame(rows, APPLIED_COLUMNS, attrs)


def _in_words(outcomes: Sequence[RowOutcome]) -> str:
    counts: Counter[str] = Counter(outcome.word for outcome in outcomes)
    return ", ".join(f"{counts[word]} {word}" for word in OUTCOMES if counts[word]) or "nothing was to be done"


def _incomplete(plan: Plan, outcomes: Sequence[RowOutcome], result: Frame) -> IncompleteApply:
    wrong = [
        f"    {row.subject}: {outcome.word}{f': {outcome.error.splitlines()[0]}' if outcome.error else ''}"
        for row, outcome in zip(plan.rows, outcomes, strict=True)
        if outcome.word not in {"applied", "none"}
    ]
    more = [f"    and {len(wrong) - _MOST_ROWS} more"] if len(wrong) > _MOST_ROWS else []
    error = IncompleteApply(
        "\n".join(
            [
                f"not all of the plan is applied: {_in_words(outcomes)}",
                *wrong[:_MOST_ROWS],
                *more,
                "The error has the frame as `result`.",
            ]
        ),
        hint="apply the plan again: it does only what is missing; for conflicts and refused rows make a new plan",
    )
    error.result = result
    return error
