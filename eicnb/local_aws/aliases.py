"""Aliases: the version that each points at, and the version that receives a share of its traffic.

https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eicnb.local_aws import faults, lookup
from eicnb.local_aws.account import LATEST, Account, Function
from eicnb.local_aws.call import Call, Reply, json_token
from eicnb.local_aws.validation import violation


def described(function: Function, name: str) -> dict[str, Any]:
    """Return an alias as AWS does, with `RoutingConfig` only if it has a second version."""
    version = function.aliases[name]
    weights = function.weights.get(name)
    return {
        "AliasArn": f"{function.arn}:{name}",
        "Name": name,
        "FunctionVersion": version,
        "Description": "",
        **({"RoutingConfig": {"AdditionalVersionWeights": dict(weights)}} if weights else {}),
        "RevisionId": function.summary(version, arn=function.arn)["RevisionId"],
    }


def get_alias(account: Account, call: Call) -> Reply:
    """Return one alias."""
    function = _function_with(account, call)
    return Reply(200, described(function, call.item))


def update_alias(account: Account, call: Call) -> Reply:
    """Change the version or the routing of an alias; members left out of the request stay unchanged."""
    function, body = _function_with(account, call), call.json()
    version = body.get("FunctionVersion", function.aliases[call.item])
    weights = function.weights.get(call.item, {})
    if "RoutingConfig" in body:
        weights = (body["RoutingConfig"] or {}).get("AdditionalVersionWeights") or {}
    _check(function, version, weights)
    changed = replace(
        function,
        aliases={**function.aliases, call.item: version},
        weights={**function.weights, call.item: weights},
    )
    account.region(call.region).functions[function.name] = changed
    return Reply(200, described(changed, call.item))


def _function_with(account: Account, call: Call) -> Function:
    function, _ = lookup.described_function(account, call)
    if call.item not in function.aliases:
        raise faults.not_found(f"Cannot find alias arn: {function.arn}:{call.item}")
    return function


def _check(function: Function, version: str, weights: Mapping[str, Any]) -> None:
    if not isinstance(weights, dict):
        raise faults.wrong_type(json_token(weights), "a Map")
    for each in (version, *weights):
        if each not in function.versions:
            raise faults.not_found(f"Function not found: {function.arn}:{each}")
    if len(weights) > 1:
        raise faults.invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    for other, weight in weights.items():
        if not isinstance(weight, (int, float)) or isinstance(weight, bool):
            raise faults.wrong_type(json_token(weight), "a Double")
        if not 0 <= weight <= 1:
            at = "routingConfig.additionalVersionWeights"
            raise faults.validation_failed([violation(weights, at, "have value between 0 and 1")])
        if LATEST in {version, other}:
            raise faults.invalid_parameter("$LATEST is not supported for an alias pointing to more than 1 version")
        if other == version:
            raise faults.invalid_parameter(
                f"Invalid function version {other}. "
                f"Function version {other} is already included in routing configuration."
            )
