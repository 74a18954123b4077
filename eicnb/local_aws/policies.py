"""The evaluation of IAM policies: whether a role's statements allow an action on a resource.

moto's own evaluation ignores conditions. The rules are from
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
Policy variables, boundaries, and the policies of organizations and resources are not supported.
Tested in tests/local_aws/test_policies.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

Verdict = Literal["allowed", "explicitDeny", "implicitDeny"]
Context = Mapping[str, Sequence[str]]
"""The values of the condition keys of a request; keys are case-insensitive."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, with the id and type that a simulation reports for it."""

    policy_id: str
    document: str
    kind: str = "role"

    def statements(self) -> Iterator[Mapping[str, Any]]:
        """Yield the statements; a single one need not be in a list."""
        yield from _members(json.loads(self.document).get("Statement", ()))


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """The decision of policies: the verdict, the matching policies, and condition keys without a value."""

    verdict: Verdict
    matched: tuple[Policy, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether the action is allowed."""
        return self.verdict == "allowed"


def decide(policies: Iterable[Policy], action: str, resource: str, context: Context) -> PolicyDecision:
    """Return the decision about an action: a deny takes precedence, and the default is to deny.

    >>> allowing = '{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}'
    >>> decide([Policy("p", allowing)], "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q", {}).verdict
    'allowed'
    """
    known = {key.lower(): values for key, values in context.items()}
    allowed: list[Policy] = []
    denied: list[Policy] = []
    missing: list[str] = []
    for policy in policies:
        for statement in policy.statements():
            if not _covers(statement, action, resource):
                continue
            keys = [key for operator in statement.get("Condition", {}).values() for key in operator]
            missing += [key for key in keys if key.lower() not in known]
            if all(_holds(operator, wanted, known) for operator, wanted in statement.get("Condition", {}).items()):
                (allowed if statement["Effect"] == "Allow" else denied).append(policy)
    verdict: Verdict = "explicitDeny" if denied else "allowed" if allowed else "implicitDeny"
    return PolicyDecision(verdict, tuple(denied or allowed), tuple(dict.fromkeys(missing)))


def trusts(document: str, account_id: str, callers: Collection[str], context: Context) -> bool:
    """Return whether a role's trust policy allows one of an account's users or roles to assume it.

    >>> shared = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}'
    >>> trusts(shared, "123456789012", (), {}), trusts(shared, "210987654321", (), {})
    (True, False)
    """
    known = {key.lower(): values for key, values in context.items()}
    effects = {
        statement["Effect"]
        for statement in Policy("trust", document).statements()
        if _is_named(statement, "Action", "sts:AssumeRole", ignore_case=True)
        and _has_principal(statement.get("Principal", {}), account_id, callers)
        and all(_holds(operator, wanted, known) for operator, wanted in statement.get("Condition", {}).items())
    }
    return effects == {"Allow"}


def _has_principal(principal: Any, account_id: str, callers: Collection[str]) -> bool:
    """Return whether a statement's principal is the account, one of the callers, or everyone."""
    named = _members(principal.get("AWS", ()) if isinstance(principal, Mapping) else principal)
    return any(
        name in {"*", account_id, *callers} or re.fullmatch(rf"arn:[a-z-]+:iam::{account_id}:root", name)
        for name in named
    )


def _covers(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return (
        _is_named(statement, "Action", action, ignore_case=True)
        and _is_named(statement, "Resource", resource)
        and "Principal" not in statement
    )


def _is_named(statement: Mapping[str, Any], member: str, value: str, *, ignore_case: bool = False) -> bool:
    """Return whether a statement's member, or its negation with `Not`, covers a value."""
    excludes = f"Not{member}" in statement
    patterns = _members(statement.get(f"Not{member}" if excludes else member, ()))
    return any(is_like(pattern, value, ignore_case=ignore_case) for pattern in patterns) is not excludes


def _members(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def is_like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Return whether a value matches a pattern, in which `*` is any text and `?` any character.

    >>> is_like("arn:aws:s3:::shop-*/*", "arn:aws:s3:::shop-events/key"), is_like("a.b", "axb")
    (True, False)
    """
    return _compiled(pattern, ignore_case=ignore_case).fullmatch(value) is not None


@cache
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


_Test = Callable[[str, str], bool]
"""Returns whether a value of the request matches a value of the policy, in this order."""


def _equals(given: str, wanted: str) -> bool:
    return given == wanted


def _equals_in_any_case(given: str, wanted: str) -> bool:
    return given.lower() == wanted.lower()


def _like(given: str, wanted: str) -> bool:
    return is_like(wanted, given)


def _arn_like(given: str, wanted: str) -> bool:
    """Return whether an ARN matches part by part, since a wildcard does not match a colon."""
    ours, theirs = given.split(":", 5), wanted.split(":", 5)
    return len(ours) == len(theirs) and all(map(is_like, theirs, ours))


def _compared(sign: str, given: str, wanted: str) -> bool:
    difference = float(given) - float(wanted)
    return {
        "Equals": difference == 0,
        "LessThan": difference < 0,
        "LessThanEquals": difference <= 0,
        "GreaterThan": difference > 0,
        "GreaterThanEquals": difference >= 0,
    }[sign]


_TESTS: Mapping[str, _Test] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_in_any_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _equals_in_any_case,
    **{
        f"Numeric{sign}": partial(_compared, sign)
        for sign in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    },
}
_OPPOSITES: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def _holds(operator: str, wanted: Mapping[str, Any], context: Context) -> bool:
    """Return whether the context satisfies every key of one condition operator.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    return all(
        _key_holds(operator, context.get(key.lower()), list(map(_text, _members(values))))
        for key, values in wanted.items()
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key_holds(operator: str, given: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    quantifier, _, bare = operator.rpartition(":")
    optional = bare.endswith("IfExists")
    bare = bare.removesuffix("IfExists")
    if bare == "Null":
        return (given is None) is (wanted[0].lower() == "true")
    negated = bare in _OPPOSITES
    test = _TESTS.get(_OPPOSITES.get(bare, bare))
    if test is None:
        return False
    if not given:
        return optional or negated or quantifier == "ForAllValues"
    fits = [any(test(value, each) for each in wanted) is not negated for value in given]
    return any(fits) if quantifier == "ForAnyValue" else all(fits)
