"""IAM's SimulatePrincipalPolicy, which moto lacks, for the policies of a role.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
Tested in tests/local_aws/test_simulation.py.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from eicnb.local_aws import faults
from eicnb.local_aws.policies import Context, Policy, PolicyDecision
from eicnb.local_aws.validation import Range, violation

OPERATION = "SimulatePrincipalPolicy"
MOST_RESULTS = 100

Decide = Callable[[str, str, str, Context], PolicyDecision | None]
"""Returns what a role's policies decide about an action on a resource, or None if the role does not exist."""

_ITEMS = Range(1, 1000)
_ENTITY = re.compile(r"arn:[a-z-]+:iam::\d{12}:(user|group|role)/(?:.*/)?(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class _Simulation:
    """The members of one request, from the query protocol's numbered names."""

    given: dict[str, str]

    def texts(self, name: str) -> list[str]:
        return [value for key, value in self.given.items() if re.fullmatch(rf"{re.escape(name)}\.member\.\d+", key)]

    def context(self) -> Context:
        entries = (key for key in self.given if re.fullmatch(r"ContextEntries\.member\.\d+\.ContextKeyName", key))
        return {
            self.given[entry]: self.texts(f"{entry.removesuffix('.ContextKeyName')}.ContextKeyValues")
            for entry in entries
        }

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.given.get(name) or default)
        except ValueError as error:
            raise faults.query_refused("ValidationError", f"Invalid {name}: {self.given[name]}") from error


def simulated(body: str, decide: Decide) -> str:
    """Return the XML response to the body of a request: one result for each action and resource.

    >>> from eicnb.local_aws.policies import PolicyDecision
    >>> body = "PolicySourceArn=arn:aws:iam::123456789012:role/r&ActionNames.member.1=sqs:SendMessage"
    >>> simulated(body, lambda *_: PolicyDecision("allowed")).count("<EvalDecision>allowed<")
    1
    """
    request = _Simulation(dict(parse_qsl(body, keep_blank_values=True)))
    role, actions = _checked(request)
    context = request.context()
    pairs = [(action, resource) for action in actions for resource in request.texts("ResourceArns") or ["*"]]
    start, size = request.number("Marker", 0), request.number("MaxItems", MOST_RESULTS)
    if violations := list(_ITEMS.violations(size, "maxItems")):
        raise faults.query_refused("ValidationError", f"1 validation error detected: {violations[0]}")
    results = "".join(_result(*pair, _decision(role, *pair, context, decide)) for pair in pairs[start : start + size])
    more = start + size < len(pairs)
    marker = f"<Marker>{start + size}</Marker>" if more else ""
    return (
        f'<{OPERATION}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{OPERATION}Result>'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{marker}"
        f"<EvaluationResults>{results}</EvaluationResults></{OPERATION}Result>"
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{OPERATION}Response>"
    )


def _checked(request: _Simulation) -> tuple[str, list[str]]:
    role, actions = request.given.get("PolicySourceArn"), request.texts("ActionNames")
    for name, value in (("policySourceArn", role), ("actionNames", actions)):
        if not value:
            text = f"1 validation error detected: {violation('null', name, 'not be null')}"
            raise faults.query_refused("ValidationError", text.replace("'null'", "null"))
    assert role is not None
    if _ENTITY.fullmatch(role) is None:
        raise faults.query_refused("InvalidInput", f"Invalid Entity Arn: {role} does not clearly define entity type.")
    return role, actions


def _decision(role: str, action: str, resource: str, context: Context, decide: Decide) -> PolicyDecision:
    decision = decide(role, action, resource, context)
    if decision is None:
        entity = _ENTITY.fullmatch(role)
        assert entity is not None
        text = f"The {entity[1]} with name {entity['name']} cannot be found."
        raise faults.query_refused("NoSuchEntity", text, status=404)
    return decision


def _result(action: str, resource: str, decision: PolicyDecision) -> str:
    matched = "".join(map(_statement, decision.matched))
    missing = "".join(f"<member>{escape(key)}</member>" for key in decision.missing)
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{decision.verdict}</EvalDecision>"
        f"<MatchedStatements>{matched}</MatchedStatements>"
        f"<MissingContextValues>{missing}</MissingContextValues></member>"
    )


def _statement(policy: Policy) -> str:
    return (
        f"<member><SourcePolicyId>{escape(policy.policy_id)}</SourcePolicyId>"
        f"<SourcePolicyType>{policy.kind}</SourcePolicyType></member>"
    )
