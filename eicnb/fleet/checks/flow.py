"""The graph of functions, destinations and event source mappings along which events travel.

Tested in tests/fleet/checks/test_loops.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.evidence import Evidence
from eicnb.fleet.checks.graph import reached
from eicnb.fleet.checks.targets.layer import may_exist
from eicnb.fleet.checks.triggers.layer import event_sources
from eicnb.model.function import LATEST

Edges = dict[str, dict[str, str]]
"""The ARNs that each ARN sends to, with the column that names them; a function's ARN ends in its qualifier."""

FAILURE, SUCCESS, DEAD_LETTERS, EVENT_SOURCE = "on_failure", "on_success", "dead_letter_arn", "event source"


def edges_of(audit: Audited, evidence: Evidence) -> Edges:
    """Return the graph of what each row and event source mapping sends to.

    A row whose destination is its own function, at any qualifier, gets no edge for it.
    """
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
    for source in event_sources(evidence):
        if source.source_arn is not None:
            edges.setdefault(source.source_arn, {})[source.qualified_arn] = EVENT_SOURCE
    return edges


def usable(audit: Audited, evidence: Evidence) -> Callable[[int, str], bool]:
    """Return a predicate for queues that may exist and do not lead back to the sending row."""
    edges = lru_cache(maxsize=1)(lambda: edges_of(audit, evidence))
    beyond = lru_cache(maxsize=None)(lambda queue: reached(queue, edges()))

    def is_usable(row: int, queue: str) -> bool:
        return may_exist(evidence, queue) and audit.function_arns[row] not in beyond(queue)

    return is_usable
