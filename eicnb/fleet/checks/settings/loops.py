"""The check for functions whose destinations lead back to them.

Tested in tests/fleet/checks/test_loops.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.flow import DEAD_LETTERS, FAILURE, SUCCESS, edges_of
from eicnb.fleet.checks.graph import loops, shortest_loop
from eicnb.model.function import LATEST
from eicnb.model.pages import LOOP_GUIDE
from eicnb.model.reported import ReportedDestination


@check(
    "loop",
    severity="high",
    meaning="destinations that lead back to the function; through a queue only if its event source mappings were read",
    why="each event triggers another one, which costs money; AWS stops some loops after about 16 rounds, others never",
    source=LOOP_GUIDE,
)
def loop(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows that are part of a loop."""
    audit, edges = context.audit, edges_of(context.audit, context.evidence)
    of_arn = {audit.function_arns[row]: row for row in rows(audit.in_use)}
    for group in loops(edges):
        members = set(group)
        for arn in group:
            if arn in of_arn:
                onward = {column for other, column in edges[arn].items() if other in members}
                path = " -> ".join(map(_short, shortest_loop(arn, edges, members)))
                yield Finding(of_arn[arn], f"its events come back: {path}", _loop_fix(context, of_arn[arn], onward))


def _loop_fix(context: CheckContext, row: int, columns: set[str]) -> Fix:
    """Return the line that takes a row out of its loop and sends its failures elsewhere."""
    more = ("--on-success", "none") if SUCCESS in columns else ()
    if FAILURE in columns:
        if context.audit.dead_letters[row] is not None and DEAD_LETTERS not in columns:
            return context.fixes.dead_letters_only(row, *more)
        return context.fixes.keep_failures(row, *more)
    return context.fixes.set(row, *more) if more else context.fixes.without_dead_letters(row)


def _short(arn: str) -> str:
    """Return a function's name and qualifier, or a queue's name."""
    target = ReportedDestination.parse(arn)
    if target is None:
        return arn
    is_plain = target.qualifier in {None, LATEST}
    return target.name if is_plain else f"{target.name}:{target.qualifier}"
