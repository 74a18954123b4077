"""Checks for roles that may not deliver or encrypt, or that may write to another account's bucket.

Tested in tests/fleet/checks/test_roles.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.deliveries import Delivery, distinct_deliveries
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.roles.layer import ROLES, Role, customer_key, key_needs_of, needs_of
from eicnb.fleet.checks.roles.prerequisite import NO_ROLE, permission_fix, refused_by
from eicnb.fleet.checks.targets.layer import TARGETS
from eicnb.model.delivery import OWNER_KEY, key_statement, statement
from eicnb.model.destination import DestinationArn
from eicnb.model.pages import DESTINATION_RULE, KEY_GUIDE
from eicnb.model.permission import Decision
from eicnb.model.severity import Severity
from eicnb.model.verbs import Operation

_POLICY_OF: Mapping[str, str] = {
    "sqs": "the queue's own policy",
    "sns": "the topic's own policy",
    "lambda": "the function's own policy",
    "events": "the bus's own policy",
    "s3": "the bucket's own policy",
}
"""The resource's own policy, which may allow an action that the role's policies do not; IAM's simulation ignores it."""


@check(
    "role-may-not-send",
    severity="high",
    meaning="an execution role that may not deliver to a destination or dead-letter queue, or that does not exist",
    why="Lambda drops the records that it cannot deliver",
    source=DESTINATION_RULE,
    layers="roles",
)
def role_may_not_send(context: CheckContext) -> Iterator[Finding]:
    """Yield the destinations that a function's role may not deliver to."""
    for delivery, arn, role in _of_roles(context):
        name = _name(context, delivery)
        if role.decisions is None:
            text = f"its role {name} does not exist, so it cannot deliver to {delivery.named}"
            yield Finding(delivery.row, text, NO_ROLE)
            continue
        needs = needs_of(delivery, str(context.audit.function_names[delivery.row]))
        refused = refused_by(role, needs)
        if refused:
            actions = [one.action for one in refused]
            text = f"its role {name} may not {' and '.join(actions)} to its {delivery.use}, {delivery.named}"
            allow = json.dumps(statement(arn, delivery.owner, actions))
            other = None if _is_without_policy(context, delivery) else _POLICY_OF[arn.kind]
            yield _refusal(delivery, text, refused, allow, other)


@check(
    "role-may-not-encrypt",
    severity="high",
    meaning="an execution role that may not use the customer key that encrypts a queue or topic",
    why="Lambda drops the records that it cannot encrypt",
    source=KEY_GUIDE,
    layers="roles",
)
def role_may_not_encrypt(context: CheckContext) -> Iterator[Finding]:
    """Yield the encrypted destinations whose key a function's role may not use."""
    for delivery, _, role in _of_roles(context):
        key = customer_key(context.evidence, delivery)
        key = role.keys.get(key or "", key)
        refused = refused_by(role, key_needs_of(delivery, key))
        if refused and key is not None:
            actions = [one.action for one in refused]
            text = (
                f"its role {_name(context, delivery)} may not {' and '.join(actions)} with the key {key} "
                f"of its {delivery.use}, {delivery.named}"
            )
            is_unresolved = ":alias/" in key
            unknown = (
                f"; the key behind the alias could not be read ({Operation.DESCRIBE_KEY.action})"
                if is_unresolved
                else ""
            )
            found = _refusal(
                delivery, f"{text}{unknown}", refused, json.dumps(key_statement(key, actions)), "the key's own policy"
            )
            yield found._replace(severity="medium") if is_unresolved else found


@check(
    "bucket-owner-unchecked",
    severity="high",
    meaning=f"an execution role that may write to a bucket whoever owns it: it has no condition on {OWNER_KEY}",
    why="if the bucket is ever deleted, anyone can create one of that name and receive the payloads",
    source=DESTINATION_RULE,
    layers="roles",
)
def bucket_owner_unchecked(context: CheckContext) -> Iterator[Finding]:
    """Yield the buckets that a role may write to even if another account owns them."""
    for delivery, arn, role in _of_roles(context):
        needs = needs_of(delivery, str(context.audit.function_names[delivery.row]))
        if any(resource in role.in_any_account for _, resource in needs):
            text = (
                f"its role {_name(context, delivery)} may write to {delivery.named} in any account: "
                f"add a condition on {OWNER_KEY} to the statement that allows it"
            )
            yield Finding(delivery.row, text, Fix(json.dumps(statement(arn, delivery.owner)), "iam"))


def _of_roles(context: CheckContext) -> Iterator[tuple[Delivery, DestinationArn, Role]]:
    """Yield each destination of a row once, with the role that delivers to it."""
    roles = context.evidence.of(ROLES)
    for delivery in distinct_deliveries(context.audit):
        role = roles.get(context.audit.role_arns[delivery.row])
        if role is not None and delivery.arn is not None:
            yield delivery, delivery.arn, role


def _name(context: CheckContext, delivery: Delivery) -> str:
    return str(context.audit.role_arns[delivery.row]).rpartition("/")[2]


def _is_without_policy(context: CheckContext, delivery: Delivery) -> bool:
    target = context.evidence.get(TARGETS, delivery.key)
    return target is not None and not target.has_policy


def _refusal(delivery: Delivery, text: str, refused: Sequence[Decision], allow: str, other: str | None) -> Finding:
    """Return a finding about refused actions.

    `allow` is the statement to add. `other` is a policy that may allow the actions although IAM's simulation does not.
    """
    severity: Severity | None = None
    fix = permission_fix(refused, allow)
    limit = next((one.limited_by for one in refused if one.limited_by), None)
    missing = [*dict.fromkeys(key for one in refused for key in one.missing_keys)]
    if limit is not None:
        return Finding(delivery.row, f"{text}: {limit} does not allow it", fix)
    if any(one.is_explicit for one in refused):
        return Finding(delivery.row, f"{text}: a policy denies it", fix)
    if missing:
        text = f"{text}, unless a condition that was not simulated allows it: {', '.join(missing)}"
        severity = "medium"
    elif other is not None:
        text = f"{text}, unless {other} allows it, which IAM's simulation ignores"
    return Finding(delivery.row, text, fix, severity)
