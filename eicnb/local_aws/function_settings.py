"""The reserved concurrency, the recursion config and the tags of a function.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
Tested in tests/local_aws/test_function_settings.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eicnb.local_aws import faults, lookup
from eicnb.local_aws.account import Account, Function
from eicnb.local_aws.call import Call, Reply, json_token
from eicnb.local_aws.validation import Range, violation

_LOOPS = ("Allow", "Terminate")
_RESERVED = Range(0, 2**31 - 1)


def get_concurrency(account: Account, call: Call) -> Reply:
    """Return the reserved concurrency of a function, if it has any."""
    return Reply(200, _reserved(_unqualified(account, call)))


def put_concurrency(account: Account, call: Call) -> Reply:
    """Reserve concurrency for a function; 0 stops it."""
    function = _unqualified(account, call)
    wanted = call.json().get("ReservedConcurrentExecutions")
    name = "reservedConcurrentExecutions"
    if wanted is None:
        text = violation("null", name, "not be null").replace("'null'", "null")
        raise faults.validation_failed([text])
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise faults.wrong_type(json_token(wanted), "an Integer")
    if violations := list(_RESERVED.violations(wanted, name)):
        raise faults.validation_failed(violations)
    return Reply(200, _reserved(_stored(account, call, replace(function, reserved_concurrency=wanted))))


def delete_concurrency(account: Account, call: Call) -> Reply:
    """Remove the reserved concurrency of a function."""
    _stored(account, call, replace(_unqualified(account, call), reserved_concurrency=None))
    return Reply(204)


def get_recursion_config(account: Account, call: Call) -> Reply:
    """Return whether Lambda allows or terminates a function's recursive loops."""
    return Reply(200, {"RecursiveLoop": _unqualified(account, call).recursive_loop})


def put_recursion_config(account: Account, call: Call) -> Reply:
    """Set whether Lambda allows or terminates a function's recursive loops."""
    function, wanted = _unqualified(account, call), call.json().get("RecursiveLoop")
    if wanted not in _LOOPS:
        must = f"satisfy enum value set: [{', '.join(_LOOPS)}]"
        raise faults.validation_failed([violation(wanted, "recursiveLoop", must)])
    return Reply(
        200, {"RecursiveLoop": _stored(account, call, replace(function, recursive_loop=wanted)).recursive_loop}
    )


def list_tags(account: Account, call: Call) -> Reply:
    """Return the tags of a function, which the path names by its ARN."""
    return Reply(200, {"Tags": dict(_unqualified(account, call).tags)})


def tag_resource(account: Account, call: Call) -> Reply:
    """Add tags to a function, or change their values."""
    function, tags = _unqualified(account, call), call.json().get("Tags") or {}
    if not isinstance(tags, dict):
        raise faults.wrong_type(json_token(tags), "a Map")
    _stored(account, call, replace(function, tags={**function.tags, **tags}))
    return Reply(204)


def _unqualified(account: Account, call: Call) -> Function:
    function, _ = lookup.described_function(account, call)
    return function


def _stored(account: Account, call: Call, function: Function) -> Function:
    account.region(call.region).functions[function.name] = function
    return function


def _reserved(function: Function) -> dict[str, Any]:
    reserved = function.reserved_concurrency
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}
