"""IAM's policy simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items
from eicnb.errors import AwsError
from eicnb.model.permission import Decision
from eicnb.model.verbs import Operation

_NO_SUCH_ROLE = frozenset({"NoSuchEntity", "NoSuchEntityException"})

_NOT_TOGETHER = frozenset({"InvalidInput", "InvalidInputException"})

Decisions = Mapping[tuple[str, str], Decision]
"""The decisions of a simulation by action and resource."""


def simulate(
    call: CallAws, role_arn: str, actions: Sequence[str], resources: Sequence[str], context: Mapping[str, str]
) -> Decisions | None:
    """Simulate a role's policies and return the decisions; None if the role does not exist.

    IAM refuses to simulate actions of some services together. Each service is then simulated separately.
    """
    try:
        return _simulated(call, role_arn, actions, resources, context)
    except AwsError as error:
        services = dict.fromkeys(action.partition(":")[0] for action in actions)
        if error.code in _NO_SUCH_ROLE:
            return None
        if error.code not in _NOT_TOGETHER or len(services) == 1:
            raise
    found: dict[tuple[str, str], Decision] = {}
    for service in services:
        own_actions = [action for action in actions if action.startswith(f"{service}:")]
        own_resources = [resource for resource in resources if resource.split(":")[2] == service]
        found.update(_simulated(call, role_arn, own_actions, own_resources, context))
    return found


def _simulated(
    call: CallAws, role_arn: str, actions: Sequence[str], resources: Sequence[str], context: Mapping[str, str]
) -> Decisions:
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    pages = call(
        Operation.SIMULATE,
        PolicySourceArn=role_arn,
        ActionNames=list(actions),
        ResourceArns=list(resources),
        ContextEntries=entries,
    )
    return {
        (decision.action, decision.resource): decision
        for page in pages
        for result in items(page, "EvaluationResults", Operation.SIMULATE)
        for decision in Decision.all_from_api(result)
    }
