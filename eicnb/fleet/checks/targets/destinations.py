"""Checks for destinations that do not exist, keep records too briefly, or drop what no rule matches.

Tested in tests/fleet/checks/test_targets.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace

from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.deliveries import Delivery, deliveries, distinct_deliveries
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.model.age import human
from eicnb.model.destination import A_KIND, DestinationArn
from eicnb.model.event_pattern import PATTERN_OF_RECORDS, Outcome, record_of
from eicnb.model.limits import DEFAULT_RETENTION_IN_SECONDS, LONGEST_RETENTION_IN_SECONDS
from eicnb.model.pages import DESTINATION_RULE, RETENTION_RULE, RULES_GUIDE
from eicnb.model.target import Target

_KEEPS_LONG = f"--attributes MessageRetentionPeriod={LONGEST_RETENTION_IN_SECONDS}"

_CREATES: Mapping[str, str] = {
    "sqs": f"aws sqs create-queue --queue-name {{name}} {_KEEPS_LONG}",
    "sns": "aws sns create-topic --name {name}",
    "events": "aws events create-event-bus --name {name}",
    "s3": "aws s3api create-bucket --bucket {name}",
}
"""The line that creates a destination of each kind; there is none for a function."""

_WITHOUT_LOCATION = "us-east-1"  # the only region that S3 refuses as a LocationConstraint

_TAKEN_OVER = "the payloads are lost until an account, maybe someone else's, creates a bucket of that name"


@check(
    "dangling-destination",
    severity="high",
    meaning="a missing destination or dead-letter queue, or a bucket of another account; critical for buckets",
    why="Lambda drops the records that it cannot deliver",
    source=DESTINATION_RULE,
    layers="targets",
)
def dangling_destination(context: CheckContext) -> Iterator[Finding]:
    """Yield the destinations that do not exist, and the buckets that belong to another account."""
    targets = context.evidence.of(TARGETS)
    for delivery in distinct_deliveries(context.audit):
        target = targets.get(delivery.key)
        if target is None or (target.exists and not target.is_foreign):
            continue
        if target.is_foreign:
            text = f"{delivery} belongs to an account other than {delivery.owner}"
            why = "the records, with their payloads, go to another account or are lost"
            yield Finding(delivery.row, text, _replacement_fix(context, delivery), "critical", why)
        elif target.arn.kind == "s3":
            text = f"{delivery} does not exist: anyone can create it and receive the payloads"
            yield Finding(delivery.row, text, _creation_fix(context, delivery, target.arn), "critical", _TAKEN_OVER)
        else:
            text = f"{delivery} does not exist"
            yield Finding(delivery.row, text, _creation_fix(context, delivery, target.arn))


def _creation_fix(context: CheckContext, delivery: Delivery, arn: DestinationArn) -> Fix:
    """Return the line that creates a destination, or replaces it if it is a function."""
    if arn.kind not in _CREATES:
        return _replacement_fix(context, delivery)
    region = arn.region or str(context.audit.regions[delivery.row])
    line = f"{_CREATES[arn.kind].format(name=shlex.quote(arn.name))} --region {shlex.quote(region)}"
    if arn.kind == "s3" and region != _WITHOUT_LOCATION:
        line += f" --create-bucket-configuration LocationConstraint={shlex.quote(region)}"
    return Fix(line, "aws")


def _replacement_fix(context: CheckContext, delivery: Delivery) -> Fix:
    """Return the line that replaces a destination, for failures by the usual queue."""
    if delivery.use == "on-success destination":
        return context.fixes.set(delivery.row, "--on-success", "none")
    return context.fixes.keep_failures(delivery.row)


@check(
    "short-retention",
    severity="low",
    meaning="a queue that keeps failures for less than four days, SQS's default",
    why="a record that no one reads in time, for example over a long weekend, is lost",
    source=RETENTION_RULE,
    layers="targets",
)
def short_retention(context: CheckContext) -> Iterator[Finding]:
    """Yield the failure queues whose retention is shorter than SQS's default."""
    targets = context.evidence.of(TARGETS)
    for delivery in distinct_deliveries(context.audit):
        target = targets.get(delivery.key)
        seconds = None if target is None else target.retention_seconds
        if target is None or seconds is None or not delivery.keeps_failures:
            continue
        if seconds < DEFAULT_RETENTION_IN_SECONDS:
            yield Finding(delivery.row, f"{delivery} keeps a record for only {human(seconds)}", _retention_fix(target))


def _retention_fix(queue: Target) -> Fix:
    where = f"--queue-url {shlex.quote(queue.url or '')} --region {shlex.quote(queue.arn.region or '')}"
    return Fix(f"aws sqs set-queue-attributes {where} {_KEEPS_LONG}", "aws")


@check(
    "unheard-bus",
    severity="low",
    meaning=f"{A_KIND['events']} without an enabled rule that could match Lambda's records",
    why="EventBridge drops an event that no rule matches; the targets of rules are not checked",
    source=RULES_GUIDE,
    layers="targets",
)
def unheard_bus(context: CheckContext) -> Iterator[Finding]:
    """Yield the buses without a rule that could match the records of a row."""
    targets = context.evidence.of(TARGETS)
    for delivery in deliveries(context.audit):
        target = targets.get(replace(delivery.key, rules=True))
        if target is None or target.rules is None:
            continue
        outcome: Outcome = "failure" if delivery.keeps_failures else "success"
        record = record_of(delivery.text, str(context.audit.function_arns[delivery.row]), outcome)
        if not any(rule.could_match(record) for rule in target.rules):
            yield Finding(delivery.row, f"{delivery} has {_rules_in_words(target)}", _rule_fix(target))


def _rules_in_words(bus: Target) -> str:
    enabled = sum(rule.is_enabled for rule in bus.rules or ())
    if not bus.rules:
        return "no rule"
    return f"no rule that could match: {len(bus.rules)} in all, {enabled} of them enabled"


def _rule_fix(bus: Target) -> Fix:
    pattern, name = shlex.quote(PATTERN_OF_RECORDS), shlex.quote(bus.arn.name)
    line = f"aws events put-rule --name lambda-records --event-bus-name {name} --event-pattern {pattern}"
    return Fix(f"{line} --region {shlex.quote(bus.arn.region or '')}", "aws")
