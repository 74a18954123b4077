"""The decisions of IAM's policy simulator.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eicnb.errors import EicError


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision about one action on one resource.

    `missing_keys` are the condition keys that the policies use but the simulation lacked, so a denial may be wrong.
    `is_explicit` marks a denial by a Deny. `limited_by` names the boundary or organization policy that denied it.
    """

    action: str
    resource: str
    is_allowed: bool
    is_explicit: bool = False
    missing_keys: tuple[str, ...] = ()
    limited_by: str | None = None

    @classmethod
    def all_from_api(cls, result: Mapping[str, Any]) -> Iterator[Decision]:
        """Yield the decisions in one result of a simulation, one for each resource.

        >>> result = {"EvalActionName": "sqs:SendMessage", "EvalResourceName": "*", "EvalDecision": "allowed"}
        >>> [decision.is_allowed for decision in Decision.all_from_api(result)]
        [True]
        """
        action = result.get("EvalActionName")
        own = {**result, "EvalResourceDecision": result.get("EvalDecision")}
        for found in result.get("ResourceSpecificResults") or [own]:
            resource, decision = found.get("EvalResourceName"), found.get("EvalResourceDecision")
            if not (isinstance(action, str) and isinstance(resource, str) and isinstance(decision, str)):
                raise EicError(f"the simulation of {action!r} on {resource!r} decided {decision!r}")
            yield cls(
                action=action,
                resource=resource,
                is_allowed=decision == "allowed",
                is_explicit=decision == "explicitDeny",
                missing_keys=tuple(found.get("MissingContextValues") or ()),
                limited_by=_limit(found) or _limit(result),
            )


def _limit(found: Mapping[str, Any]) -> str | None:
    boundary = (found.get("PermissionsBoundaryDecisionDetail") or {}).get("AllowedByPermissionsBoundary")
    organization = (found.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations")
    if boundary is False:
        return "the role's permissions boundary"
    return "a policy of the organization" if organization is False else None
