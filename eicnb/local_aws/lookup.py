"""The function and qualifier that a request names, in any of the forms that AWS accepts.

Tested in tests/local_aws/test_event_invoke.py and tests/local_aws/test_faults.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eicnb.local_aws import faults, validation
from eicnb.local_aws.account import LATEST, Account, Function, partition_of
from eicnb.local_aws.call import Call

_NAME_FORMS = re.compile(
    r"(?:arn:[a-zA-Z-]*:lambda:)?"
    r"(?:(?:(?P<region>[a-z]+(?:-[a-z]+)+-\d):)?(?P<account_id>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)"
    r"(?::(?P<qualifier>[a-zA-Z0-9-_$.]+))?"
)


@dataclass(frozen=True, slots=True)
class NamedFunction:
    """The function that a request names; `qualifier` is None if the request has none."""

    name: str
    qualifier: str | None

    @property
    def invoked(self) -> str:
        """The qualifier whose config the request is about."""
        return self.qualifier or LATEST


def target_of(account: Account, call: Call) -> NamedFunction:
    """Return the target of a request; refuse it if it is in another region or account, or ambiguous.

    Name forms: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html.
    """
    parts = _parts(call.function_name)
    region, account_id, name = parts["region"], parts["account_id"], parts["name"] or ""
    if region not in {None, call.region}:
        raise faults.not_found(f"Functions from '{region}' are not reachable in this region ('{call.region}')")
    if account_id not in {None, account.account_id}:
        resource = f"arn:{partition_of(call.region)}:lambda:{call.region}:{account_id}:function:{name}"
        raise faults.access_denied(f"arn:aws:iam::{account.account_id}:user/sandbox", call.operation, resource)
    derived, given = parts["qualifier"], call.query.get("Qualifier")
    if derived and given and derived != given:
        raise faults.invalid_parameter(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    return NamedFunction(name, given or derived)


def function_of(account: Account, call: Call) -> tuple[Function, NamedFunction]:
    """Return the function of a put, an update or a list of configs; it and its qualifier must exist."""
    target = target_of(account, call)
    function = account.region(call.region).functions.get(target.name)
    if function is None or not function.has(target.invoked):
        raise faults.not_found("The function doesn't exist.")
    return function, target


def described_function(account: Account, call: Call) -> tuple[Function, NamedFunction]:
    """Return the function of GetFunction and similar; if it is missing, the message has its ARN."""
    validation.check(call)
    target = target_of(account, call)
    function = account.region(call.region).functions.get(target.name)
    if function is None or not function.has(target.invoked):
        arn = account.function_arn(call.region, target.name, target.qualifier)
        raise faults.not_found(f"Function not found: {arn}")
    return function, target


def exists(account: Account, function_arn: str) -> bool:
    """Return whether a function ARN, with or without a qualifier, exists in this account."""
    parts = _parts(function_arn)
    if parts["account_id"] != account.account_id or not parts["region"]:
        return False
    function = account.region(parts["region"]).functions.get(parts["name"] or "")
    return function is not None and function.has(parts["qualifier"] or LATEST)


def is_same_function(function: Function, function_arn: str) -> bool:
    """Return whether an ARN names this function, whatever its qualifier."""
    return function_arn == function.arn or function_arn.startswith(f"{function.arn}:")


def _parts(function_name: str) -> dict[str, str | None]:
    match = _NAME_FORMS.fullmatch(function_name)
    return match.groupdict() if match else dict.fromkeys(("region", "account_id", "name", "qualifier"))
