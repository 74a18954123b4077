"""The permissions that a role needs before a fix that changes a destination can work.

Tested in tests/fleet/checks/test_roles.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.deliveries import delivery_to
from eicnb.fleet.checks.evidence import Evidence
from eicnb.fleet.checks.finding import Fix
from eicnb.fleet.checks.roles.layer import ROLES, Need, Role, customer_key, key_needs_of, needs_of
from eicnb.model.delivery import key_statement, statement
from eicnb.model.permission import Decision

NO_ROLE = Fix("create the role, or give the function another one")


def prerequisite_of(audit: Audited, evidence: Evidence, row: int, destination: str) -> Fix | None:
    """Return the fix that a row's role needs before it can deliver to a destination.

    None means that nothing is known to be missing.
    """
    role, delivery = evidence.get(ROLES, audit.role_arns[row]), delivery_to(audit, row, destination)
    if role is None or delivery.arn is None:
        return None
    if role.decisions is None:
        return NO_ROLE
    refused = refused_by(role, needs_of(delivery, str(audit.function_names[row])))
    if refused:
        allow = statement(delivery.arn, delivery.owner, [one.action for one in refused])
        return permission_fix(refused, json.dumps(allow))
    key = customer_key(evidence, delivery)
    key = role.keys.get(key or "", key)
    refused = refused_by(role, key_needs_of(delivery, key))
    if refused and key is not None:
        return permission_fix(refused, json.dumps(key_statement(key, [one.action for one in refused])))
    return None


def refused_by(role: Role, needs: Sequence[Need]) -> list[Decision]:
    """Return the decisions that deny what is needed."""
    decisions = role.decisions or {}
    return [decisions[need] for need in needs if need in decisions and not decisions[need].is_allowed]


def permission_fix(refused: Sequence[Decision], allow: str) -> Fix:
    """Return the fix that allows refused actions: a statement, or words if a statement is not enough."""
    limit = next((one.limited_by for one in refused if one.limited_by), None)
    if limit is not None:
        return Fix(f"allow it in {limit}: {allow}")
    if any(one.is_explicit for one in refused):
        return Fix("remove the Deny from the role's policies")
    return Fix(allow, "iam")
