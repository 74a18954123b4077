"""The layer `roles`: what each role may do to its functions' destinations, in one simulation.

It decides also about the queue that fixes would propose, so that they are known to work.

A role that writes to buckets takes a second one if the first, in which the buckets belong to a stranger, denies
anything. The keys that encrypt destinations come from the layer `targets`, which is read first.
Tested in tests/fleet/checks/test_roles.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from eicnb.aws.boto import Aws
from eicnb.aws.iam import Decisions, simulate
from eicnb.aws.paced import Ask
from eicnb.errors import EicError, shown
from eicnb.fleet.checks.asking import connection_to, read_aside
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.deliveries import Delivery, deliveries, delivery_to
from eicnb.fleet.checks.evidence import NO_EVIDENCE, Evidence, Layer, Reading, Unreadable
from eicnb.fleet.checks.fixes import Fixes
from eicnb.fleet.checks.flow import usable
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.model.delivery import ACTIONS, KEY_ACTIONS, OWNER_KEY, resource_of
from eicnb.model.verbs import Operation

_STRANGER = "000000000000"

_ALIAS = ":alias/"

_ROLE = re.compile(r"arn:[a-z0-9-]+:iam::([0-9]{12}):role/\S+")

Need = tuple[str, str]
"""An action and the resource that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An execution role: the decisions about what its functions need; None if it does not exist.

    `for_strangers` are the resources that it may write to whichever account they belong to. `keys` are the keys of
    aliases, by the alias's ARN.
    """

    decisions: Decisions | None
    for_strangers: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)


def needs_of(delivery: Delivery, function_name: str) -> list[Need]:
    """Return what a role needs so that Lambda can deliver."""
    arn = delivery.arn
    return [] if arn is None else [(action, resource_of(action, arn, function_name)) for action in ACTIONS[arn.kind]]


def key_needs_of(delivery: Delivery, key: str | None) -> list[Need]:
    """Return what a role needs so that Lambda can deliver to a destination that this key encrypts."""
    if key is None or delivery.arn is None:
        return []
    return [(action, key) for action in KEY_ACTIONS.get(delivery.arn.kind, ())]


def customer_key(evidence: Evidence, delivery: Delivery) -> str | None:
    """Return the customer key of a destination; None without one, or if it could not be read."""
    target = evidence.get(TARGETS, delivery.key)
    return None if target is None else target.customer_key


def _of_roles(audit: Audited, evidence: Evidence = NO_EVIDENCE) -> dict[str, list[Delivery]]:
    """Return what each role delivers, and what it would deliver to the queues that fixes propose."""
    found: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in [*deliveries(audit), *_proposed(audit, evidence)]:
        if (role := audit.role_arns[delivery.row]) is not None and delivery.arn is not None:
            found[role].append(delivery)
    return found


def _proposed(audit: Audited, evidence: Evidence) -> Iterator[Delivery]:
    fixes = Fixes(audit, is_usable=usable(audit, evidence))
    for row in rows(audit.in_use):
        queue = fixes.failure_queue(row)
        if queue is not None:
            yield delivery_to(audit, row, fixes.whole(row, queue))


def _subjects(audit: Audited) -> Mapping[str, Sequence[int]]:
    return {role: [*dict.fromkeys(one.row for one in found)] for role, found in _of_roles(audit).items()}


def _read(reading: Reading, keys: Sequence[str]) -> Mapping[str, Role | Unreadable]:
    found = _of_roles(reading.audit, reading.evidence)

    def one(role_arn: str, asking: Callable[[Aws, str], Ask]) -> Role:
        return _role(reading, role_arn, found.get(role_arn, ()), asking)

    return read_aside(reading, "roles", keys, one)


def _role(reading: Reading, role_arn: str, found: Iterable[Delivery], asking: Callable[[Aws, str], Ask]) -> Role:
    account_id = _account_of(role_arn)
    aws = connection_to(reading, account_id, None)
    run = partial(simulate, asking(aws, account_id), role_arn)
    needs, aliases = dict[Need, None](), dict[str, str]()
    for delivery in found:
        needs.update(dict.fromkeys(needs_of(delivery, str(reading.audit.function_names[delivery.row]))))
        key = customer_key(reading.evidence, delivery)
        if key is not None and _ALIAS in key and key not in aliases:
            aliases[key] = _key_of(reading, key, asking)
        needs.update(dict.fromkeys(key_needs_of(delivery, aliases.get(key or "", key))))
    has_buckets = any(delivery.arn is not None and delivery.arn.kind == "s3" for delivery in found)
    owner = _STRANGER if has_buckets else account_id
    first = _decided(run, [*needs], owner, account_id) if needs else {}
    if first is None or not has_buckets:
        return Role(decisions=first, keys=aliases)
    denied = [need for need in needs if not first[need].is_allowed]
    second = _decided(run, denied, account_id, account_id) if denied else {}
    free = {resource for (action, resource), one in first.items() if action == "s3:PutObject" and one.is_allowed}
    return Role(decisions={**first, **(second or {})}, for_strangers=frozenset(free), keys=aliases)


def _account_of(role_arn: str) -> str:
    found = _ROLE.fullmatch(role_arn)
    if found is None:
        raise EicError(f"{shown(role_arn)} is not the ARN of a role", hint="audit it again")
    return found[1]


def _decided(run: Callable[..., Decisions | None], needs: list[Need], owner: str, account_id: str) -> Decisions | None:
    """Return the decisions about what is needed; the simulation decides every action on every resource."""
    actions = [*dict.fromkeys(action for action, _ in needs)]
    resources = [*dict.fromkeys(resource for _, resource in needs)]
    context = {OWNER_KEY: owner, "aws:ResourceAccount": owner, "aws:PrincipalAccount": account_id}
    found = run(actions, resources, context)
    if found is None:
        return None
    for action, resource in needs:
        if (action, resource) not in found:
            raise EicError(f"the response to {Operation.SIMULATE} does not decide {action} on {resource}")
    return {need: found[need] for need in needs}


def _key_of(reading: Reading, alias: str, asking: Callable[[Aws, str], Ask]) -> str:
    """Return the ARN of the key behind an alias; the alias itself if it cannot be read."""
    region, account_id = alias.split(":")[3:5]
    try:
        aws = connection_to(reading, account_id, region)
        [page] = asking(aws, account_id)(Operation.DESCRIBE_KEY, KeyId=alias)
    except EicError:
        return alias
    found = (page.get("KeyMetadata") or {}).get("Arn")
    return found if isinstance(found, str) else alias


ROLES: Layer[str, Role] = Layer(
    name="roles",
    meaning="what each execution role may do to the destinations; reads the targets too, for their keys",
    subjects=_subjects,
    read=_read,
    needs=(TARGETS.name,),
)
