"""Checks for breaches of the team's rules, and for expired mutes.

Both always run. Tested in tests/fleet/checks/test_rules.py and tests/fleet/checks/test_mutes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.rules import HouseRule, matches
from eicnb.model.pages import SETTINGS_GUIDE


@check(
    "house-rule",
    severity="medium",
    meaning="a breach of one of the `rules`, with the severity of that rule",
    why="the team prescribes other settings",
    source=SETTINGS_GUIDE,
)
def house_rule(context: CheckContext) -> Iterator[Finding]:
    """Yield each breach of each rule."""
    audit = context.audit
    in_use = rows(audit.in_use)
    for rule in context.rules:
        applies = lru_cache(maxsize=None)(rule.applies_to)
        for row in in_use:
            if applies(audit.function_names[row] or "", audit.qualifiers[row] or ""):
                for text, options in rule.breaches(audit, row):
                    fix = (
                        _allowed_queue_fix(context, row, rule) if options is None else context.fixes.set(row, *options)
                    )
                    yield Finding(row, text, fix, severity=rule.severity, why=rule.reason)


def _allowed_queue_fix(context: CheckContext, row: int, rule: HouseRule) -> Fix:
    """Return the line that sets a failure queue matching the rule's glob, if there is one."""
    queue = context.fixes.failure_queue(row)
    is_breached = rule.on_failure is not None and not matches(rule.on_failure, context.audit.on_failure[row])
    if is_breached and queue and matches(str(rule.on_failure), context.fixes.queue_arn(row, queue)):
        return context.fixes.keep_failures(row)
    return Fix(f"choose a destination that the rule allows: {rule.on_failure or rule.on_success}")


@check(
    "expired-mute",
    severity="medium",
    meaning="a mute that has expired, and no longer applies",
    why="the findings that it accepted count again",
    source=SETTINGS_GUIDE,
)
def expired_mute(context: CheckContext) -> Iterator[Finding]:
    """Yield the mutes that have expired."""
    for mute in context.mutes:
        if mute.expiry is not None and mute.has_expired(context.now):
            text = f"the mute of {mute.check} for {mute.functions} expired on {mute.expiry:%Y-%m-%d}: {mute.reason}"
            yield Finding(None, text, Fix("remove the mute, or renew it with a later expiry"))
