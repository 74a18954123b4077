"""Checks for destinations that receive nothing, cause a loop, or are in another account or region.

Tested in tests/fleet/checks/test_table.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.model.destination import KINDS
from eicnb.model.pages import DESTINATION_RULE
from eicnb.model.reported import ReportedDestination

Predicate = Callable[[ReportedDestination, int], bool]

_TARGETS = {"on_failure": "on-failure", "on_success": "on-success", "dead_letter_arn": "dead-letter target"}


@check(
    "fifo-destination",
    severity="high",
    meaning="a FIFO queue or topic as a destination or dead-letter target",
    why="Lambda does not deliver to FIFO queues and topics: nothing ever arrives there",
    source=DESTINATION_RULE,
)
def fifo_destination(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with a FIFO queue or topic."""
    for row, wrong in _rows_with(context.audit, lambda target, _: target.is_fifo).items():
        named = " and ".join(f"{_TARGETS[name]} {target.name}" for name, target in wrong.items())
        fifo = KINDS[next(iter(wrong.values())).kind]
        yield Finding(
            row,
            f"a FIFO {fifo.partition(' ')[2]}, which receives nothing: {named}",
            _replacement_fix(context, row, wrong),
        )


@check(
    "s3-on-success",
    severity="high",
    meaning="a bucket as the on-success destination",
    why="Lambda delivers to buckets on failure only: no record of a success arrives",
    source=DESTINATION_RULE,
)
def s3_on_success(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose on-success destination is a bucket."""
    wrong = _rows_with(context.audit, lambda target, _: target.kind == "s3")
    for row, targets in wrong.items():
        if "on_success" in targets:
            text = f"on-success is the bucket {targets['on_success'].name}"
            yield Finding(row, text, context.fixes.set(row, "--on-success", "none"))


@check(
    "to-itself",
    severity="high",
    meaning="a function that is its own destination",
    why="each event triggers another one, which costs money until AWS stops the loop",
    source=DESTINATION_RULE,
)
def to_itself(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose destination is their own function, at any qualifier."""
    audit = context.audit

    def is_itself(target: ReportedDestination, row: int) -> bool:
        own = (audit.function_names[row], *audit.place(row))
        return target.kind == "lambda" and (target.name, target.account_id, target.region) == own

    for row, wrong in _rows_with(audit, is_itself).items():
        named = " and ".join(_TARGETS[name] for name in wrong)
        yield Finding(row, f"{named} is the function itself", _replacement_fix(context, row, wrong))


@check(
    "other-account",
    severity="medium",
    meaning="a destination in another account",
    why="the other account decides whether records arrive, who reads them and how long they are stored",
    source=DESTINATION_RULE,
)
def other_account(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with a destination in another account."""
    audit = context.audit
    wrong = _rows_with(audit, lambda target, row: target.account_id not in {None, audit.account_ids[row]})
    for row, targets in wrong.items():
        named = " and ".join(f"{_TARGETS[name]} is in account {target.account_id}" for name, target in targets.items())
        yield Finding(row, named, _own_queue_fix(context, row, targets))


@check(
    "other-region",
    severity="medium",
    meaning="a destination in another region",
    why="records leave the region, and stop arriving if the other region is unavailable or its queue is moved",
    source=DESTINATION_RULE,
)
def other_region(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with a destination in another region."""
    audit = context.audit
    wrong = _rows_with(audit, lambda target, row: target.region not in {None, audit.regions[row]})
    for row, targets in wrong.items():
        named = " and ".join(f"{_TARGETS[name]} is in {target.region}" for name, target in targets.items())
        yield Finding(row, named, _own_queue_fix(context, row, targets))


Targets = dict[str, ReportedDestination]
"""The wrong targets of a row, by their column."""


def _rows_with(audit: Audited, is_wrong: Predicate) -> dict[int, Targets]:
    """Return the rows with wrong targets."""
    found: dict[int, Targets] = {}
    columns = {"on_failure": audit.on_failure, "on_success": audit.on_success, "dead_letter_arn": audit.dead_letters}
    for name, arns in columns.items():
        for row in rows(audit.in_use & audit.has(name)):
            target = audit.destination(arns[row])
            if target is not None and is_wrong(target, row):
                found.setdefault(row, {})[name] = target
    return found


def _replacement_fix(context: CheckContext, row: int, wrong: Targets) -> Fix:
    """Return the line that replaces the wrong destinations of a row."""
    if "on_failure" in wrong:
        return context.fixes.keep_failures(row, *(("--on-success", "none") if "on_success" in wrong else ()))
    if "on_success" in wrong:
        return context.fixes.set(row, "--on-success", "none")
    return context.fixes.without_dead_letters(row)


def _own_queue_fix(context: CheckContext, row: int, wrong: Targets) -> Fix:
    """Return the line that sends failures to a queue in the row's own account and region, if there is one."""
    if "on_failure" in wrong and context.fixes.failure_queue(row) is not None:
        return context.fixes.keep_failures(row)
    return Fix("nothing, if the records belong there; otherwise choose a destination in this account and region")
