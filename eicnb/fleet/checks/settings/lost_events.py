"""Checks for failed events that leave no record, and for configs that events bypass.

Tested in tests/fleet/checks/test_table.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from eicnb.fleet.checks.audited import Audited, Mask, rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding
from eicnb.fleet.checks.triggers.layer import triggers_of
from eicnb.model.pages import ALIAS_GUIDE, DESTINATION_RULE, SETTINGS_GUIDE


@check(
    "nowhere-to-go",
    severity="high",
    meaning="neither an on-failure destination nor a dead-letter queue",
    why="an event that fails for the last time or grows too old is lost, and no record of it remains",
    source=DESTINATION_RULE,
)
def nowhere_to_go(context: CheckContext) -> Iterator[Finding]:
    """Yield the functions, versions and aliases whose failed events are lost."""
    audit, fixes = context.audit, context.fixes
    for row in rows(audit.in_use & ~audit.has("on_failure") & ~audit.has("dead_letter_arn")):
        config = "a config" if audit.configured[row] else "no config"
        yield Finding(row, f"{config}, no on-failure destination and no dead-letter queue", fixes.keep_failures(row))


@check(
    "alias-bypass",
    severity="high",
    meaning="an alias without a config, while `$LATEST` has one; versions, and the reverse, only if they are invoked",
    why="a config acts only on the qualifier that is invoked: events of the other one get AWS's defaults",
    source=ALIAS_GUIDE,
)
def alias_bypass(context: CheckContext) -> Iterator[Finding]:
    """Yield the qualifiers without a config, if another qualifier of the function has one.

    Versions and `$LATEST` count only if something is known to invoke them, since old versions would be noise.
    """
    audit, invoked = context.audit, triggers_of(context.audit, context.evidence).keys()
    latest = set(rows(audit.is_latest))
    of_latest = _first_of_functions(audit, audit.configured & audit.exists & audit.is_latest)
    of_alias = _first_of_functions(audit, audit.configured & audit.exists & audit.is_alias)
    aliases, functions = set(rows(audit.is_alias)), audit.functions.tolist()
    for row in rows(audit.exists & ~audit.configured):
        if row in aliases or audit.function_arns[row] in invoked:
            source = (of_alias if row in latest else of_latest).get(functions[row])
            if source is not None:
                text = f"{audit.named(row)} has no config, but {audit.named(source)} has one"
                yield Finding(row, text, context.fixes.copy(row, source))


def _first_of_functions(audit: Audited, mask: Mask) -> dict[int, int]:
    """Return the first row for which a mask is true, by function."""
    functions = audit.functions.tolist()
    return {functions[row]: row for row in reversed(rows(mask))}


@check(
    "orphan-config",
    severity="medium",
    meaning="a config of a version or alias that no longer exists",
    why="it does nothing until someone creates an alias of that name, which then silently gets these settings",
    source=SETTINGS_GUIDE,
)
def orphan_config(context: CheckContext) -> Iterator[Finding]:
    """Yield the configs whose version or alias was deleted."""
    audit = context.audit
    for row in rows(audit.configured & ~audit.exists):
        text = f"a config for {audit.qualifiers[row]}, which no longer exists"
        yield Finding(row, text, context.fixes.delete(row))
