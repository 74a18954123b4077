"""Events that were lost in the last week, and those that are about to be.

Losses of the past are not judged by today's settings if the config changed within the week.
Tested in tests/fleet/checks/test_metrics.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise

from eicnb.fleet.async_events import EventCounts
from eicnb.fleet.checks.audited import rows
from eicnb.fleet.checks.check import Inspection, check
from eicnb.fleet.checks.deliveries import Delivery, deliveries
from eicnb.fleet.checks.finding import Fix, Found
from eicnb.fleet.checks.metrics.layer import METRICS, MetricsKey, Week, week_until
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.fleet.losses import has_nowhere_to_go
from eicnb.model.age import age, brief, human
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, LONGEST_RETENTION_IN_SECONDS
from eicnb.model.pages import METRICS_GUIDE, RETENTION_RULE

_NEAR = 0.8
"""The share of its longest life at which an event or a message is near its end."""

_DAY = 86_400
_DAYS_OF_GROWTH = 3
_SHARE_OF_A_DAY = 0.9
"""How much of a day the oldest message must age in a day, to be the same message."""

_CAUSE = "find the cause: %eic check ${audit} --look targets,roles"


@check(
    "losing-events",
    severity="critical",
    meaning="events that Lambda dropped in the last week, with nowhere to go",
    why="these events are lost: nothing received them, and no record of them remains",
    source=METRICS_GUIDE,
    layers="metrics",
)
def losing_events(seen: Inspection) -> Iterator[Found]:
    """Yield the rows whose dropped events nothing received."""
    for row, counts in _weeks(seen):
        if counts.dropped and has_nowhere_to_go(seen.audit, row):
            text = f"{_events(counts.dropped)} dropped in the last 7 days, with nowhere to go"
            yield Found(row, text, seen.fixes.keep_failures(row))


@check(
    "destination-fails",
    severity="critical",
    meaning="records that a destination or dead-letter queue did not accept in the last week",
    why="what it does not accept is lost: Lambda does not try again",
    source=METRICS_GUIDE,
    layers="metrics",
)
def destination_fails(seen: Inspection) -> Iterator[Found]:
    """Yield the rows whose destination or dead-letter queue did not accept what Lambda sent."""
    for row, counts in _weeks(seen):
        failed = [
            f"{_records(count)} not accepted by its {where}"
            for count, where in (
                (counts.destination_failures, _destinations(seen, row)),
                (counts.dead_letter_failures, "dead-letter queue"),
            )
            if count
        ]
        if failed:
            yield Found(row, f"{' and '.join(failed)} in the last 7 days", _instead(seen, row))


def _destinations(seen: Inspection, row: int) -> str:
    names = [
        name
        for name, texts in (("on-failure", seen.audit.on_failure), ("on-success", seen.audit.on_success))
        if texts[row]
    ]
    return f"{' or '.join(names)} destination"


def _instead(seen: Inspection, row: int) -> Fix:
    """Return the line that takes the usual queue for failures, unless the row has it already."""
    queue = seen.fixes.failure_queue(row)
    if queue is None or seen.fixes.whole(row, queue) == seen.audit.on_failure[row]:
        return Fix(_CAUSE)
    return seen.fixes.keep_failures(row)


@check(
    "queue-near-expiry",
    severity="high",
    meaning="events that waited 80 % of the maximum age or longer in the last week",
    why="an event that reaches the maximum age is dropped, whether the function would have worked or not",
    source=METRICS_GUIDE,
    layers="metrics",
)
def queue_near_expiry(seen: Inspection) -> Iterator[Found]:
    """Yield the rows whose events nearly grew too old."""
    ages = seen.audit.ages
    for row, counts in _weeks(seen):
        longest, oldest = int(ages[row]), counts.oldest_seconds or 0
        if oldest >= _NEAR * longest:
            text = f"an event was {brief(oldest)} old in the last 7 days, of the {human(longest)} that Lambda keeps it"
            yield Found(row, text, _longer(seen, row, longest))


def _longer(seen: Inspection, row: int, seconds: int) -> Fix:
    longest = EVENT_AGE_IN_SECONDS[-1]
    if seconds < longest:
        return seen.fixes.set(row, "--max-age", age(min(longest, 2 * seconds)))
    return Fix("let more of them run at once: raise the function's reserved concurrency, or the account's quota")


@check(
    "nobody-reads-it",
    severity="medium",
    meaning="a queue of failures whose oldest message is near its retention, or grew older for days",
    why="SQS deletes a message at the end of its retention, and the failure is lost after all",
    source=RETENTION_RULE,
    layers="metrics",
)
def nobody_reads_it(seen: Inspection) -> Iterator[Found]:
    """Yield the queues of failures that nothing reads."""
    weeks, targets = seen.evidence.of(METRICS), seen.evidence.of(TARGETS)
    for delivery in deliveries(seen.audit):
        week = weeks.get(MetricsKey(delivery.text, is_queue=True))
        if week is None or not week.oldest_message or not delivery.keeps_failures:
            continue
        target = targets.get(delivery.key)
        text = _unread(delivery, week, None if target is None else target.retention_seconds)
        if text is not None:
            yield Found(delivery.row, text, _kept_longer(delivery, week.queue_url))


def _unread(delivery: Delivery, week: Week, retention: int | None) -> str | None:
    """Return what is wrong with a queue, in words; the retention is known if the targets were looked at."""
    oldest = week.oldest_message[-1]
    if retention is not None and oldest >= _NEAR * retention:
        return f"{delivery} has a message of {brief(oldest)}, and deletes it after {human(retention)}"
    days = _days_of_growth(week)
    if days >= _DAYS_OF_GROWTH:
        return f"{delivery} has had the same oldest message for {days} days; it is {brief(oldest)} old"
    return None


def _days_of_growth(week: Week) -> int:
    """Return for how many days up to now the oldest message has aged as time passes."""
    days = 0
    for newer, older in pairwise(reversed(week.oldest_message)):
        if newer - older < _SHARE_OF_A_DAY * min(_DAY, week.period.step):
            break
        days += 1
    return days


def _kept_longer(delivery: Delivery, url: str) -> Fix:
    """Return the line that gives people the most time to read a queue."""
    region = delivery.text.split(":")[3]
    where = f"--queue-url {shlex.quote(url)} --region {shlex.quote(region)}"
    keeps = f"--attributes MessageRetentionPeriod={LONGEST_RETENTION_IN_SECONDS}"
    return Fix(f"aws sqs set-queue-attributes {where} {keeps}", "aws")


def _weeks(seen: Inspection) -> Iterator[tuple[int, EventCounts]]:
    """Yield the counts of each row whose config is older than the week."""
    audit, found = seen.audit, seen.evidence.of(METRICS)
    changed = set(rows(audit.changed_within(week_until(seen.now))))
    for key, [row, *_] in METRICS.subjects(audit).items():
        week = None if key.is_queue else found.get(key)
        if week is not None and row not in changed:
            yield row, week.counts


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
