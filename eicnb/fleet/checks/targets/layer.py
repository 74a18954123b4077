"""The layer `targets`: each destination and dead-letter queue, read once for all its functions.

Tested in tests/fleet/checks/test_targets.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from eicnb.aws.targets import read_target
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.concurrent_reads import CallsTo, connection_to, read_in_threads, unreadable
from eicnb.fleet.checks.deliveries import TargetKey, deliveries
from eicnb.fleet.checks.evidence import Evidence, Layer, Reading, Unreadable
from eicnb.model.destination import DestinationArn
from eicnb.model.target import Target

Facts = dict[TargetKey, Target | Unreadable]


def _subjects(audit: Audited) -> Mapping[TargetKey, Sequence[int]]:
    found: dict[TargetKey, dict[int, None]] = defaultdict(dict)
    for delivery in deliveries(audit):
        found[delivery.key][delivery.row] = None
        if delivery.arn is not None and delivery.arn.kind == "events":
            found[replace(delivery.key, rules=True)][delivery.row] = None
    return {key: [*of_key] for key, of_key in found.items()}


def _read(reading: Reading, keys: Sequence[TargetKey]) -> Facts:
    """Read each destination once, and a bus together with its rules."""

    def one(key: TargetKey, calls_to: CallsTo) -> Target:
        return _target(reading, key, calls_to)

    facts: Facts = read_in_threads(reading, "destinations", [key for key in keys if not key.rules], one)
    for key in keys:
        if key.rules:
            facts[key] = _with_rules(facts[replace(key, rules=False)])
    return facts


def _with_rules(fact: Target | Unreadable) -> Target | Unreadable:
    """Return a bus, or the reason why its rules could not be listed."""
    if isinstance(fact, Unreadable) or fact.rules_error is None:
        return fact
    return unreadable(fact.rules_error)


def _target(reading: Reading, key: TargetKey, calls_to: CallsTo) -> Target:
    arn = DestinationArn.parse(key.arn)
    account_id = arn.account_id or key.owner or ""
    aws = connection_to(reading, account_id, arn.region)
    return read_target(calls_to(aws, account_id), arn, account_id, aws.endpoint_of)


TARGETS: Layer[TargetKey, Target] = Layer(
    name="targets", meaning="each destination and dead-letter queue itself", subjects=_subjects, read=_read
)


def may_exist(evidence: Evidence, text: str) -> bool:
    """Return False if a queue is known not to exist."""
    target = evidence.get(TARGETS, TargetKey(text))
    return target is None or target.exists
