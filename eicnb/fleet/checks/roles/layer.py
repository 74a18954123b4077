"""The layer `roles`: what each execution role may do to its functions' destinations.

One IAM simulation per role decides, including the queues that fixes would propose. A role that writes to buckets may
need two. The first one assumes that a foreign account owns the buckets. If it denies anything, a second one assumes
the role's own account. The keys that encrypt destinations come from the layer `targets`, which is read first.
Tested in tests/fleet/checks/test_roles.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from eicnb.aws.iam import Decisions, simulate
from eicnb.errors import EicError, shown
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.concurrent_reads import CallsTo, connection_to, read_in_threads
from eicnb.fleet.checks.deliveries import Delivery, deliveries, delivery_to
from eicnb.fleet.checks.evidence import NO_EVIDENCE, Evidence, Layer, Reading, Unreadable
from eicnb.fleet.checks.fixes import Fixes
from eicnb.fleet.checks.flow import usable
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.model.delivery import ACTIONS, KEY_ACTIONS, OWNER_KEY, PUT_OBJECT, resource_of
from eicnb.model.role import account_of_role
from eicnb.model.verbs import Operation

_FOREIGN_ACCOUNT = "000000000000"

_ALIAS = ":alias/"

Need = tuple[str, str]
"""An action and its resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An execution role: the decisions on what its functions need, or None if it does not exist.

    `in_any_account` has the buckets that it may write to even if another account owns them. `keys` maps the ARN of a
    key's alias to the ARN of the key.
    """

    decisions: Decisions | None
    in_any_account: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)


def needs_of(delivery: Delivery, function_name: str) -> list[Need]:
    """Return the permissions that a role needs so that Lambda can deliver."""
    arn = delivery.arn
    return [] if arn is None else [(action, resource_of(action, arn, function_name)) for action in ACTIONS[arn.kind]]


def key_needs_of(delivery: Delivery, key: str | None) -> list[Need]:
    """Return the permissions that a role needs on the key that encrypts a destination."""
    if key is None or delivery.arn is None:
        return []
    return [(action, key) for action in KEY_ACTIONS.get(delivery.arn.kind, ())]


def customer_key(evidence: Evidence, delivery: Delivery) -> str | None:
    """Return the customer key of a destination, or None if it has none or could not be read."""
    target = evidence.get(TARGETS, delivery.key)
    return None if target is None else target.customer_key


def _deliveries_of_roles(audit: Audited, evidence: Evidence = NO_EVIDENCE) -> dict[str, list[Delivery]]:
    """Return the deliveries of each role, including those to queues that fixes would propose."""
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
            yield delivery_to(audit, row, fixes.queue_arn(row, queue))


def _subjects(audit: Audited) -> Mapping[str, Sequence[int]]:
    return {role: [*dict.fromkeys(one.row for one in found)] for role, found in _deliveries_of_roles(audit).items()}


def _read(reading: Reading, keys: Sequence[str]) -> Mapping[str, Role | Unreadable]:
    found = _deliveries_of_roles(reading.audit, reading.evidence)

    def one(role_arn: str, calls_to: CallsTo) -> Role:
        return _role(reading, role_arn, found.get(role_arn, ()), calls_to)

    return read_in_threads(reading, "roles", keys, one)


def _role(reading: Reading, role_arn: str, found: Iterable[Delivery], calls_to: CallsTo) -> Role:
    account_id = _account_of(role_arn)
    aws = connection_to(reading, account_id, None)
    run = partial(simulate, calls_to(aws, account_id), role_arn)
    needs, aliases = dict[Need, None](), dict[str, str]()
    for delivery in found:
        needs.update(dict.fromkeys(needs_of(delivery, str(reading.audit.function_names[delivery.row]))))
        key = customer_key(reading.evidence, delivery)
        if key is not None and _ALIAS in key and key not in aliases:
            aliases[key] = _key_of(reading, key, calls_to)
        needs.update(dict.fromkeys(key_needs_of(delivery, aliases.get(key or "", key))))
    has_buckets = any(delivery.arn is not None and delivery.arn.kind == "s3" for delivery in found)
    owner = _FOREIGN_ACCOUNT if has_buckets else account_id
    first = _decided(run, [*needs], owner, account_id) if needs else {}
    if first is None or not has_buckets:
        return Role(decisions=first, keys=aliases)
    denied = [need for need in needs if not first[need].is_allowed]
    second = _decided(run, denied, account_id, account_id) if denied else {}
    free = {resource for (action, resource), one in first.items() if action == PUT_OBJECT and one.is_allowed}
    return Role(decisions={**first, **(second or {})}, in_any_account=frozenset(free), keys=aliases)


def _account_of(role_arn: str) -> str:
    account_id = account_of_role(role_arn)
    if account_id is None:
        raise EicError(f"{shown(role_arn)} is not the ARN of a role", hint="audit the function again")
    return account_id


def _decided(run: Callable[..., Decisions | None], needs: list[Need], owner: str, account_id: str) -> Decisions | None:
    """Return the decisions on the needs; a simulation also decides the other pairs of action and resource."""
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


def _key_of(reading: Reading, alias: str, calls_to: CallsTo) -> str:
    """Return the ARN of the key behind an alias, or the alias itself if it cannot be read."""
    region, account_id = alias.split(":")[3:5]
    try:
        aws = connection_to(reading, account_id, region)
        [page] = calls_to(aws, account_id)(Operation.DESCRIBE_KEY, KeyId=alias)
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
