"""Checks for rows and evidence that could not be read, so that they never look clean.

Both always run. Tested in tests/fleet/checks/test_table.py and tests/fleet/checks/test_run.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from eicnb.fleet.checks import catalog
from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.evidence import Layer, Unreadable
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.model.pages import ALIAS_GUIDE, PERMISSION_GUIDE

_UNKNOWN = "nothing is known about it: it may lose every event"


@check(
    "not-read",
    severity="high",
    meaning="a row that the audit could not read",
    why=_UNKNOWN,
    source=PERMISSION_GUIDE,
)
def not_read(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows that the audit could not read."""
    audit = context.audit
    for row in rows(~audit.was_read):
        reason = str(audit.errors[row] or "").split("\n")[0]
        state = audit.states[row] or "no scan_state"
        text = f"it was not read: {state}{f': {reason}' if reason else ''}"
        yield Finding(row, text, Fix("read the missing rows: %eic audit --resume ${audit}"))


@check(
    "not-checked",
    severity="medium",
    meaning="what could not be checked: aliases that the audit left out, or evidence that could not be read",
    why=_UNKNOWN,
    source=PERMISSION_GUIDE,
)
def not_checked(context: CheckContext) -> Iterator[Finding]:
    """Yield the regions whose aliases were not audited, and the rows whose evidence is missing."""
    audit = context.audit
    for place in audit.places_without_aliases:
        yield Finding(
            None,
            "aliases and versions without a config were not audited",
            Fix("audit them too: %eic audit --qualifiers all"),
            why="events of an alias without a config get AWS's defaults",
            place=place,
            source=ALIAS_GUIDE,
        )
    for layer in catalog.layers().values():
        if context.evidence.has(layer.name):
            yield from _missing_evidence(context, layer)


def _missing_evidence(context: CheckContext, layer: Layer[Any, Any]) -> Iterator[Finding]:
    """Yield findings for evidence that could not be read.

    A reason that affects only a few functions yields a finding for each, and otherwise one for their region.
    """
    audit, facts, functions = context.audit, context.evidence.facts[layer.name], context.audit.functions.tolist()
    found: dict[tuple[Any, Unreadable], dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    first: dict[int, int] = {}
    for key, of_key in layer.subjects(audit).items():
        reason = facts.get(key, _SKIPPED)
        if isinstance(reason, Unreadable):
            for row in of_key:
                first.setdefault(functions[row], row)
                found[audit.place(row), reason][functions[row]].append(key)
    for (place, reason), of_functions in found.items():
        if len(of_functions) <= _MOST_NAMED:
            for function, keys in of_functions.items():
                named = ", ".join(map(str, dict.fromkeys(keys)))
                yield Finding(first[function], f"{layer.name} not read: {reason.reason}: {named}", _fix_for(reason))
        else:
            text = f"{layer.name} not read for {len(of_functions)} functions: {reason.reason}"
            yield Finding(None, text, _fix_for(reason), place=place)


_SKIPPED = Unreadable("it was skipped")

_MOST_NAMED = 3


def _fix_for(reason: Unreadable) -> Fix:
    if reason.action is None:
        return Fix(reason.hint)
    return Fix(f'{{"Effect": "Allow", "Action": "{reason.action}", "Resource": "*"}}', "iam")
