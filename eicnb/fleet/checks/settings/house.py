"""What a team wants: breaches of its rules, and mutes that have expired.

These two always run. Tested in tests/fleet/checks/test_rules.py and tests/fleet/checks/test_mutes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import Inspection, check
from eicnb.fleet.checks.finding import Fix, Found
from eicnb.fleet.checks.rules import HouseRule, matches
from eicnb.model.pages import SETTINGS_GUIDE


@check(
    "house-rule",
    severity="medium",
    meaning="a breach of a rule that was given with `rules`; its severity is the rule's",
    why="the team wants other settings for it",
    source=SETTINGS_GUIDE,
)
def house_rule(seen: Inspection) -> Iterator[Found]:
    """Yield each breach of each rule."""
    audit = seen.audit
    in_use = rows(audit.in_use)
    for rule in seen.rules:
        applies = lru_cache(maxsize=None)(rule.applies_to)
        for row in in_use:
            if applies(audit.function_names[row] or "", audit.qualifiers[row] or ""):
                for text, options in rule.breaches(audit, row):
                    fix = _wanted(seen, row, rule) if options is None else seen.fixes.set(row, *options)
                    yield Found(row, text, fix, severity=rule.severity, why=rule.reason)


def _wanted(seen: Inspection, row: int, rule: HouseRule) -> Fix:
    """Return the line with a failure queue that the rule's glob allows, if there is one."""
    queue = seen.fixes.failure_queue(row)
    is_asked = rule.on_failure is not None and not matches(rule.on_failure, seen.audit.on_failure[row])
    if is_asked and queue and matches(str(rule.on_failure), seen.fixes.whole(row, queue)):
        return seen.fixes.keep_failures(row)
    return Fix(f"name a destination that the rule allows: {rule.on_failure or rule.on_success}")


@check(
    "expired-mute",
    severity="medium",
    meaning="a mute whose expiry has passed: it no longer counts",
    why="what it accepted is a finding again",
    source=SETTINGS_GUIDE,
)
def expired_mute(seen: Inspection) -> Iterator[Found]:
    """Yield the mutes that no longer count."""
    for mute in seen.mutes:
        if mute.expiry is not None and mute.has_expired(seen.now):
            text = f"the mute of {mute.check} for {mute.functions} expired on {mute.expiry:%Y-%m-%d}: {mute.reason}"
            yield Found(None, text, Fix("remove the mute, or sign it off again with a later expiry"))
