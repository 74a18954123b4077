"""Checks for events that were lost in the last week, or soon will be.

Rows whose config changed within the week are skipped, since today's settings do not explain their losses.
Tested in tests/fleet/checks/test_metrics.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise

from eicnb.fleet.async_events import EventCounts
from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.deliveries import Delivery, deliveries
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.metrics.layer import METRICS, MetricsKey, Week, week_until
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.fleet.losses import has_nowhere_to_go
from eicnb.model.age import age, brief, human
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, LONGEST_RETENTION_IN_SECONDS
from eicnb.model.pages import METRICS_GUIDE, RETENTION_RULE

_NEAR = 0.8
"""The share of the maximum age, or of the retention, at which an event or a message is near its expiry."""

_DAY = 86_400
_DAYS_OF_GROWTH = 3
_SHARE_OF_A_DAY = 0.9
"""The share of a day by which the oldest message must age within a day to count as the same message."""

_CAUSE = "find the cause: %eic check ${audit} --look targets,roles"


@check(
    "losing-events",
    severity="critical",
    meaning="events that Lambda dropped in the last week, with nowhere to go",
    why="these events are lost: nothing received them, and no record of them remains",
    source=METRICS_GUIDE,
    layers="metrics",
)
def losing_events(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose dropped events left no record."""
    for row, counts in _counts_by_row(context):
        if counts.dropped and has_nowhere_to_go(context.audit, row):
            text = f"{_events(counts.dropped)} dropped in the last 7 days, with nowhere to go"
            yield Finding(row, text, context.fixes.keep_failures(row))


@check(
    "destination-fails",
    severity="critical",
    meaning="records that a destination or dead-letter queue did not accept in the last week",
    why="these records are lost: Lambda does not deliver them again",
    source=METRICS_GUIDE,
    layers="metrics",
)
def destination_fails(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows whose destination or dead-letter queue did not accept records."""
    for row, counts in _counts_by_row(context):
        failed = [
            f"{_records(count)} not accepted by its {where}"
            for count, where in (
                (counts.destination_failures, _destinations_in_words(context, row)),
                (counts.dead_letter_failures, "dead-letter queue"),
            )
            if count
        ]
        if failed:
            yield Finding(row, f"{' and '.join(failed)} in the last 7 days", _queue_fix(context, row))


def _destinations_in_words(context: CheckContext, row: int) -> str:
    names = [
        name
        for name, texts in (("on-failure", context.audit.on_failure), ("on-success", context.audit.on_success))
        if texts[row]
    ]
    return f"{' or '.join(names)} destination"


def _queue_fix(context: CheckContext, row: int) -> Fix:
    """Return the line that switches to the usual failure queue, or a hint if the row already uses it."""
    queue = context.fixes.failure_queue(row)
    if queue is None or context.fixes.queue_arn(row, queue) == context.audit.on_failure[row]:
        return Fix(_CAUSE)
    return context.fixes.keep_failures(row)


@check(
    "queue-near-expiry",
    severity="high",
    meaning="events that waited 80 % of the maximum age or longer in the last week",
    why="Lambda drops an event that reaches the maximum age, even if the function would have succeeded",
    source=METRICS_GUIDE,
    layers="metrics",
)
def queue_near_expiry(context: CheckContext) -> Iterator[Finding]:
    """Yield the rows with events that came close to their maximum age."""
    ages = context.audit.ages
    for row, counts in _counts_by_row(context):
        longest, oldest = int(ages[row]), counts.oldest_seconds or 0
        if oldest >= _NEAR * longest:
            text = f"an event waited {brief(oldest)} in the last 7 days; Lambda drops it after {human(longest)}"
            yield Finding(row, text, _age_fix(context, row, longest))


def _age_fix(context: CheckContext, row: int, seconds: int) -> Fix:
    longest = EVENT_AGE_IN_SECONDS[-1]
    if seconds < longest:
        return context.fixes.set(row, "--max-age", age(min(longest, 2 * seconds)))
    return Fix("let more events run at once: raise the function's reserved concurrency, or the account's quota")


@check(
    "nobody-reads-it",
    severity="medium",
    meaning="a failure queue whose oldest message is near the end of its retention, or has been the same for days",
    why="SQS deletes a message at the end of its retention, and the record of the failure is lost",
    source=RETENTION_RULE,
    layers="metrics",
)
def nobody_reads_it(context: CheckContext) -> Iterator[Finding]:
    """Yield the failure queues that nothing seems to read."""
    weeks, targets = context.evidence.of(METRICS), context.evidence.of(TARGETS)
    for delivery in deliveries(context.audit):
        week = weeks.get(MetricsKey(delivery.text, is_queue=True))
        if week is None or not week.oldest_message or not delivery.keeps_failures:
            continue
        target = targets.get(delivery.key)
        text = _fault_of(delivery, week, None if target is None else target.retention_seconds)
        if text is not None:
            yield Finding(delivery.row, text, _retention_fix(delivery, week.queue_url))


def _fault_of(delivery: Delivery, week: Week, retention: int | None) -> str | None:
    """Return what is wrong with a queue, if anything; `retention` is known if the targets were read."""
    oldest = week.oldest_message[-1]
    if retention is not None and oldest >= _NEAR * retention:
        return f"{delivery} has a message that is {brief(oldest)} old, and deletes it after {human(retention)}"
    days = _days_of_growth(week)
    if days >= _DAYS_OF_GROWTH:
        return f"{delivery} has had the same oldest message for {days} days; it is {brief(oldest)} old"
    return None


def _days_of_growth(week: Week) -> int:
    """Return the number of days for which the oldest message has been the same."""
    days = 0
    for newer, older in pairwise(reversed(week.oldest_message)):
        if newer - older < _SHARE_OF_A_DAY * min(_DAY, week.period.step):
            break
        days += 1
    return days


def _retention_fix(delivery: Delivery, url: str) -> Fix:
    """Return the line that sets the longest retention of a queue."""
    region = delivery.text.split(":")[3]
    where = f"--queue-url {shlex.quote(url)} --region {shlex.quote(region)}"
    keeps = f"--attributes MessageRetentionPeriod={LONGEST_RETENTION_IN_SECONDS}"
    return Fix(f"aws sqs set-queue-attributes {where} {keeps}", "aws")


def _counts_by_row(context: CheckContext) -> Iterator[tuple[int, EventCounts]]:
    """Yield the event counts of each row whose config did not change within the week."""
    audit, found = context.audit, context.evidence.of(METRICS)
    changed = set(rows(audit.changed_within(week_until(context.now))))
    for key, [row, *_] in METRICS.subjects(audit).items():
        week = None if key.is_queue else found.get(key)
        if week is not None and row not in changed:
            yield row, week.counts


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
