"""Checks for settings that no asynchronous event reaches, and for events at another qualifier.

Tested in tests/fleet/checks/test_triggers.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding
from eicnb.fleet.checks.triggers.layer import TRIGGERS, SourcesKey, triggers_of
from eicnb.model.pages import ALIAS_GUIDE, TRIGGER_GUIDE
from eicnb.model.trigger import Trigger


@check(
    "settings-do-not-act",
    severity="info",
    meaning="settings of a function that is invoked only by streams, queues or callers that wait for the response",
    why="they apply to asynchronous events: an event source mapping has its own settings, and a caller gets the error",
    source=TRIGGER_GUIDE,
    layers="triggers",
)
def settings_do_not_act(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with settings that are invoked, but never asynchronously."""
    audit, facts, triggers = context.audit, context.evidence.of(TRIGGERS), triggers_of(context.audit, context.evidence)
    for row in rows(audit.exists & (audit.configured | audit.has("dead_letter_arn"))):
        arn = str(audit.function_arns[row])
        if arn not in facts or SourcesKey(*map(str, audit.place(row))) not in facts:
            continue
        found = triggers.get(arn, ())
        if found and all(trigger.invocation == "synchronous" for trigger in found):
            yield Finding(row, f"it is invoked by {_named(found)} only, synchronously")


@check(
    "invoked-elsewhere",
    severity="high",
    meaning="asynchronous events for a version or alias without a config, while another qualifier has one",
    why="a config acts only on the qualifier that is invoked: these events get AWS's defaults",
    source=ALIAS_GUIDE,
    layers="triggers",
)
def invoked_elsewhere(context: CheckContext) -> Iterator[Finding]:
    """Yield the qualifiers without a config that are invoked asynchronously."""
    audit, triggers = context.audit, triggers_of(context.audit, context.evidence)
    configured, bare = set(rows(audit.configured & audit.exists)), set(rows(audit.exists & ~audit.configured))
    for of_function in audit.rows_of_functions.values():
        source = next((row for row in of_function if row in configured), None)
        for row in of_function if source is not None else ():
            found = [one for one in triggers.get(str(audit.function_arns[row]), ()) if one.invocation == "asynchronous"]
            if row in bare and found and source is not None:
                text = f"{audit.named(row)} is invoked by {_named(found)} and has no config"
                yield Finding(row, f"{text}, but {audit.named(source)} has one", context.fixes.copy(row, source))


def _named(triggers: Sequence[Trigger]) -> str:
    names = [*dict.fromkeys(trigger.name for trigger in triggers)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
