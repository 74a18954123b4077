"""Functions whose destinations lead back to them.

Tested in tests/fleet/checks/test_loops.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.check import Inspection, check
from eicnb.fleet.checks.finding import Fix, Found
from eicnb.fleet.checks.graph import loops, way_round
from eicnb.fleet.checks.triggers.layer import event_sources
from eicnb.model.function import LATEST
from eicnb.model.pages import LOOP_GUIDE
from eicnb.model.reported import ReportedDestination

Edges = dict[str, dict[str, str]]
"""For each ARN the ARNs that it sends to, and how; the ARN of a function ends in its qualifier."""

FAILURE, SUCCESS, DEAD_LETTERS, EVENT_SOURCE = "on_failure", "on_success", "dead_letter_arn", "event source"


@check(
    "loop",
    severity="high",
    meaning="destinations that lead back to the function; through a queue only if its event source mappings were read",
    why="each event makes another one, which costs money; AWS stops some loops after about 16 turns, others never",
    source=LOOP_GUIDE,
)
def loop(seen: Inspection) -> Iterator[Found]:
    """Yield the rows that are part of a loop."""
    audit, edges = seen.audit, _sent(seen.audit)
    for source in event_sources(seen.evidence):
        if source.source_arn is not None:
            edges.setdefault(source.source_arn, {})[source.qualified_arn] = EVENT_SOURCE
    of_arn = {audit.function_arns[row]: row for row in rows(audit.in_use)}
    for group in loops(edges):
        members = set(group)
        for arn in group:
            if arn in of_arn:
                onward = {column for other, column in edges[arn].items() if other in members}
                path = " -> ".join(map(_short, way_round(arn, edges, members)))
                yield Found(of_arn[arn], f"its events come back: {path}", _cut(seen, of_arn[arn], onward))


def _sent(audit: Audited) -> Edges:
    """Return what each row sends to, as a graph; other functions than its own only."""
    edges: Edges = {}
    for column, arns in ((SUCCESS, audit.on_success), (FAILURE, audit.on_failure), (DEAD_LETTERS, audit.dead_letters)):
        for row in rows(audit.in_use & audit.has(column)):
            target = audit.destination(arns[row])
            own = ("lambda", audit.function_names[row], *audit.place(row))
            if target is None or (target.kind, target.name, target.account_id, target.region) == own:
                continue
            is_bare = target.kind == "lambda" and target.qualifier is None
            arn = f"{arns[row]}:{LATEST}" if is_bare else arns[row]
            edges.setdefault(audit.function_arns[row], {})[arn] = column
    return edges


def _cut(seen: Inspection, row: int, columns: set[str]) -> Fix:
    """Return the line that takes a row out of its loop."""
    more = ("--on-success", "none") if SUCCESS in columns else ()
    if FAILURE in columns:
        return seen.fixes.set(row, "--on-failure", "none", *more)
    return seen.fixes.set(row, *more) if more else seen.fixes.without_dead_letters(row)


def _short(arn: str) -> str:
    """Return a function's name and qualifier, or a queue's name."""
    target = ReportedDestination.parse(arn)
    if target is None:
        return arn
    is_plain = target.qualifier in {None, LATEST}
    return target.name if is_plain else f"{target.name}:{target.qualifier}"
