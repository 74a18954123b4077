"""Checks for settings that have no effect, or duplicate another one.

Tested in tests/fleet/checks/test_table.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding
from eicnb.fleet.checks.targets.layer import may_exist
from eicnb.model.age import age, human
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS, EVENT_AGE_IN_SECONDS
from eicnb.model.pages import DESTINATION_RULE, RETRY_RULE, SETTINGS_GUIDE
from eicnb.model.timeline import age_for, retries_within, seconds_until


@check(
    "retries-cannot-happen",
    severity="medium",
    meaning="a maximum event age that is too short for the retries, if each run takes the function's timeout",
    why="Lambda drops an event if its next retry would come after its maximum age",
    source=RETRY_RULE,
)
def retries_cannot_happen(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose maximum age leaves no time for all retries."""
    audit = context.audit
    short = audit.exists & audit.configured & (audit.retries > 0) & (audit.ages <= _LONGEST_WAIT)
    for row in rows(short):
        retries, seconds, run = int(audit.retries[row]), int(audit.ages[row]), int(audit.timeouts[row])
        happen = retries_within(seconds, retries, run)
        if happen < retries:
            its = "its retry" if retries == 1 else f"its {retries} retries"
            fits = f"leaves time for the first of {its} only" if happen else f"leaves no time for {its}"
            is_sure = retries_within(seconds, retries) == happen
            runs = "" if is_sure else f", if each run takes its timeout of {human(run)}"
            text = f"an age of {human(seconds)} {fits}{runs}"
            yield Finding(row, text, context.fixes.set(row, "--max-age", age(age_for(retries, run))))


_LONGEST_RUN = 900
_LONGEST_WAIT = min(seconds_until(2, _LONGEST_RUN), EVENT_AGE_IN_SECONDS[-1])
"""The longest maximum age that can be too short, in seconds."""


@check(
    "two-safety-nets",
    severity="low",
    meaning="both a dead-letter queue and an on-failure destination",
    why="each failed event arrives twice, in two formats, and a replay of both runs it twice",
    source=DESTINATION_RULE,
)
def two_safety_nets(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with a dead-letter target and a different on-failure destination."""
    audit = context.audit
    for row in _rows_with_both_nets(context):
        if audit.on_failure[row] != audit.dead_letters[row]:
            text = f"failed events go to {_name(audit.on_failure[row])} and also to {_name(audit.dead_letters[row])}"
            yield Finding(row, text, context.fixes.without_dead_letters(row))


@check(
    "same-safety-net",
    severity="low",
    meaning="the dead-letter queue is also the on-failure destination",
    why="the queue gets each failed event twice, in two formats that a reader must tell apart",
    source=DESTINATION_RULE,
)
def same_safety_net(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose dead-letter target is their on-failure destination."""
    audit = context.audit
    for row in _rows_with_both_nets(context):
        if audit.on_failure[row] == audit.dead_letters[row]:
            text = f"failed events go to {_name(audit.on_failure[row])} twice"
            yield Finding(row, text, context.fixes.without_dead_letters(row))


def _rows_with_both_nets(context: CheckContext) -> Iterator[int]:
    """Yield the rows with both safety nets, unless one is FIFO or known to be missing."""
    audit = context.audit
    for row in rows(audit.in_use & audit.has("on_failure") & audit.has("dead_letter_arn")):
        nets = {audit.on_failure[row], audit.dead_letters[row]}
        if not any(_is_fifo(audit, net) or not may_exist(context.evidence, net) for net in nets):
            yield row


def _is_fifo(audit: Audited, net: str) -> bool:
    target = audit.destination(net)
    return target is not None and target.is_fifo


@check(
    "says-nothing",
    severity="info",
    meaning="a config that is empty, or has AWS's defaults only",
    why="events are treated as if there were no config, which the next reader has to find out",
    source=SETTINGS_GUIDE,
)
def says_nothing(context: CheckContext) -> Iterator[Finding]:
    """Yield the configs that change nothing."""
    audit = context.audit
    has_defaults = (audit.retries == DEFAULT_RETRY_ATTEMPTS) & (audit.ages == DEFAULT_EVENT_AGE_IN_SECONDS)
    has_destination = audit.has("on_failure") | audit.has("on_success")
    is_set = audit.has("maximum_retry_attempts") | audit.has("maximum_event_age_in_seconds")
    for row in rows(audit.exists & audit.configured & has_defaults & ~has_destination):
        text = "the config has AWS's defaults only" if is_set[row] else "the config is empty"
        is_kept = audit.dead_letters[row] is not None
        yield Finding(row, text, context.fixes.delete(row) if is_kept else context.fixes.keep_failures(row))


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
