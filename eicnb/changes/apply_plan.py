"""The application of a plan: checks, confirmation, canary, writes, and an outcome for each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.changes.change import count
from eicnb.changes.columns import APPLIED_COLUMNS, OUTCOMES
from eicnb.changes.conditions import Conditions, Size, Unconfirmed, confirm
from eicnb.changes.interrupts import Stop
from eicnb.changes.journal import one_run
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange
from eicnb.changes.reach import Reachable
from eicnb.changes.writer import PlanWriter, RowOutcome, Show, Step
from eicnb.errors import ApplyInterrupted, IncompleteApply, UsageError
from eicnb.frames.frame import Frame, to_frame

_MOST_ROWS = 5

_IN_WORDS = {"none": "unchanged", "conflict": "changed meanwhile"}

_AGAIN = "apply the plan again: it writes only what is missing"

_UNCONFIRMED = Unconfirmed("nothing was written", "apply the plan again and reply y")


def apply_plan(
    plan: Plan, reach: Reachable, conditions: Conditions, *, rate: float | None, show: Show, buckets: Buckets = BUCKETS
) -> Frame:
    """Write the changes of a plan and return its frame with the outcome of each row.

    Nothing is written if any change is invalid or out of reach, or if the plan is larger than the limit. If some
    changes are not applied, it raises IncompleteApply with the frame as `result`, or ApplyInterrupted after Ctrl-C.
    """
    Size("the plan", "change").check(len(plan), rows=len(plan.rows), limit=conditions.limit)
    steps = _steps(plan, reach)
    if conditions.confirms and steps:
        confirm(f"About to write:\n{plan.text(_MOST_ROWS)}\nWrite it?", conditions.ask, _UNCONFIRMED)
    with one_run() as run, ExitStack() as shares, Stop() as stop:
        turns = {step.place: buckets.of(*step.place) for step in steps}
        for place, connection in {step.place: step.connection for step in steps}.items():
            shares.enter_context(turns[place].shared_at(rate or connection.aws.usual_rate))
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
        raise ApplyInterrupted(f"the apply was stopped: {_in_words(outcomes)}\nTry: {_AGAIN}", result)
    if any(outcome.word not in {"applied", "none"} for outcome in outcomes):
        raise _incomplete(plan, outcomes, result)
    return result


def _steps(plan: Plan, reach: Reachable) -> list[Step]:
    """Return the steps of a plan; a change that is invalid or out of reach is a UsageError."""
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
                hint=f"connect to account {target.account_id} and name that connection: plan.apply(connections=[…])",
            )
        request = row.change.request()
        steps.append(Step(number, row.change, replace(request, missing_ok=request.verb == "delete"), connection))
    return steps


def _write(writer: PlanWriter, steps: Sequence[Step], conditions: Conditions) -> None:
    """Write the canary, then the rest if the canary succeeded and the user agrees."""
    if conditions.canary:
        writer.write(steps, most=conditions.canary)
        tried = [step for step in steps if step.number in writer.outcomes]
        written = [step for step in tried if writer.outcomes[step.number].word == "applied"]
        left = len(steps) - len(tried)
        if not left or writer.stop.requested.is_set():
            return
        if any(writer.outcomes[step.number].word not in {"applied", "none"} for step in tried):
            writer.reason = "not all of the canary was applied"
        elif not writer.is_as_written(written):
            writer.reason = "the canary could not be confirmed by reading it back"
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
    return (
        ", ".join(f"{counts[word]} {_IN_WORDS.get(word, word)}" for word in OUTCOMES if counts[word]) or "nothing to do"
    )


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
        hint=_hint(outcomes),
    )
    error.result = result
    return error


def _hint(outcomes: Sequence[RowOutcome]) -> str:
    """Return the hint of the first failure that a retry would not fix, or else advice to retry."""
    words = {outcome.word for outcome in outcomes}
    fix = next((outcome.hint for outcome in outcomes if outcome.hint), "")
    if fix:
        return f"{fix}\nThen {_AGAIN}."
    if not words & {"failed", "not tried", "unknown"}:
        return "make a new plan: applying this one again skips conflicts and refused rows"
    return f"{_AGAIN}; for conflicts and refused rows make a new plan" if words & {"conflict", "refused"} else _AGAIN
