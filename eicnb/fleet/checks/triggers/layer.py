"""The layer `triggers`: the policy of each qualifier, and the event source mappings.

Tested in tests/fleet/checks/test_triggers.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eicnb.aws.functions import read_event_sources, read_triggers
from eicnb.aws.http.rate_limit import LAMBDA
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.concurrent_reads import Senders, read_lambda
from eicnb.fleet.checks.deliveries import deliveries
from eicnb.fleet.checks.evidence import Evidence, Layer, Reading, Unreadable
from eicnb.model.function import FunctionRef
from eicnb.model.trigger import EventSource, Trigger, qualified
from eicnb.model.verbs import Operation


@dataclass(frozen=True, slots=True)
class SourcesKey:
    """The event source mappings of an account and region, as a subject of evidence."""

    account_id: str
    region: str

    def __str__(self) -> str:
        return f"the event source mappings of {self.region}"


TriggerKey = str | SourcesKey
"""The ARN of a qualifier, for its policy, or an account and region, for its event source mappings."""

Triggers = tuple[Trigger | EventSource, ...]


def _subjects(audit: Audited) -> Mapping[TriggerKey, Sequence[int]]:
    found: dict[TriggerKey, list[int]] = defaultdict(list)
    for row in rows(audit.exists):
        found[str(audit.function_arns[row])].append(row)
        found[SourcesKey(*map(str, audit.place(row)))].append(row)
    return found


def _read(reading: Reading, keys: Sequence[TriggerKey]) -> Mapping[TriggerKey, Triggers | Unreadable]:
    async def one(key: TriggerKey, senders: Senders) -> Triggers:
        if isinstance(key, SourcesKey):
            return await read_event_sources(await senders.of((key.account_id, key.region), LAMBDA))
        function = FunctionRef.parse(key)
        place = (function.account_id or "", function.region or "")
        return await read_triggers(await senders.of(place, Operation.GET_POLICY), function)

    return read_lambda(reading, "policies", keys, one)


TRIGGERS: Layer[TriggerKey, Triggers] = Layer(
    name="triggers", meaning="what invokes each qualifier", subjects=_subjects, read=_read
)


def event_sources(evidence: Evidence) -> list[EventSource]:
    """Return the enabled event source mappings that were read."""
    facts = evidence.of(TRIGGERS).values()
    return [one for fact in facts for one in fact if isinstance(one, EventSource) and one.is_enabled]


def triggers_of(audit: Audited, evidence: Evidence) -> Mapping[str, tuple[Trigger, ...]]:
    """Return the known triggers of each qualifier that has any, by its ARN.

    A function that uses a qualifier as its destination is a trigger too.
    """
    found: dict[str, dict[Trigger, None]] = defaultdict(dict)
    if not evidence.has(TRIGGERS.name):
        return {}
    for key, fact in evidence.of(TRIGGERS).items():
        if isinstance(key, str):
            found[key].update((one, None) for one in fact if isinstance(one, Trigger))
    for source in event_sources(evidence):
        found[source.qualified_arn][source.trigger] = None
    for delivery in deliveries(audit):
        if delivery.arn is not None and delivery.arn.kind == "lambda":
            by = Trigger(f"{audit.function_names[delivery.row]}, whose destination it is,", "asynchronous")
            found[qualified(delivery.text)][by] = None
    return {arn: tuple(triggers) for arn, triggers in found.items() if triggers}
