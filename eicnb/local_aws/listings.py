"""The operations that describe functions, which an audit needs in addition to the configs."""

from __future__ import annotations

from typing import Any

from eicnb.local_aws import aliases, faults, lookup, paging, validation
from eicnb.local_aws.account import LATEST, Account, Function
from eicnb.local_aws.call import Call, Reply


def list_functions(account: Account, call: Call) -> Reply:
    """Return every function of the region, by name; with `FunctionVersion=ALL` every version of each."""
    size = validation.page_size(call, validation.LIST_ITEMS)
    wanted = call.query.get("FunctionVersion")
    if wanted not in {None, "ALL"}:
        raise faults.validation_failed(
            [validation.violation(wanted, "functionVersion", "satisfy enum value set: [ALL]")]
        )
    functions = [function for _, function in sorted(account.region(call.region).functions.items())]
    if wanted:
        items = [item for function in functions for item in _versions(function)]
    else:
        items = [function.summary(LATEST, arn=function.arn) for function in functions]
    return paging.page(items, "Functions", size=size, marker=call.query.get("Marker"))


def get_function(account: Account, call: Call) -> Reply:
    """Return one function with a link to its code, its tags and its reserved concurrency.

    The link looks like AWS's but does not work, since the sandbox has no code.
    """
    function, target = lookup.described_function(account, call)
    reserved = function.reserved_concurrency
    return Reply(
        200,
        {
            "Configuration": _configuration(account, call),
            "Code": _code(account, call.region, function, function.version_of(target.invoked)),
            **({"Tags": dict(function.tags)} if function.tags else {}),
            **({} if reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": reserved}}),
        },
    )


def _code(account: Account, region: str, function: Function, version: str) -> dict[str, str]:
    if function.runtime is None:
        image = f"{account.account_id}.dkr.ecr.{region}.amazonaws.com/{function.name}"
        digest = function.summary(version, arn=function.arn)["CodeSha256"]
        return {
            "RepositoryType": "ECR",
            "ImageUri": f"{image}:latest",
            "ResolvedImageUri": f"{image}@sha256:{digest}",
        }
    host = f"awslambda-{region}-tasks.s3.{region}.amazonaws.com"
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=600&X-Amz-Signature=sandbox"
    return {
        "RepositoryType": "S3",
        "Location": f"https://{host}/snapshots/{account.account_id}/{function.name}-{version}?{query}",
    }


def get_function_configuration(account: Account, call: Call) -> Reply:
    """Return the configuration of a function, a version, or the version that an alias points at."""
    return Reply(200, _configuration(account, call))


def list_aliases(account: Account, call: Call) -> Reply:
    """Return the aliases of a function by name; `FunctionVersion` selects those of one version."""
    size = validation.page_size(call, validation.LIST_ITEMS)
    function, _ = lookup.described_function(account, call)
    version = call.query.get("FunctionVersion")
    if version is not None and (violations := list(validation.VERSION.violations(version, "functionVersion"))):
        raise faults.validation_failed(violations)
    items = [aliases.described(function, name) for name in sorted(function.aliases)]
    chosen = [item for item in items if version in {None, item["FunctionVersion"]}]
    return paging.page(chosen, "Aliases", size=size, marker=call.query.get("Marker"))


def list_versions_by_function(account: Account, call: Call) -> Reply:
    """Return `$LATEST` and every version of a function, by number."""
    size = validation.page_size(call, validation.LIST_ITEMS)
    function, _ = lookup.described_function(account, call)
    return paging.page(_versions(function), "Versions", size=size, marker=call.query.get("Marker"))


def _versions(function: Function) -> list[dict[str, Any]]:
    return [function.summary(version, arn=f"{function.arn}:{version}") for version in function.versions]


def _configuration(account: Account, call: Call) -> dict[str, Any]:
    function, target = lookup.described_function(account, call)
    arn = account.function_arn(call.region, function.name, target.qualifier)
    return function.configuration(function.version_of(target.invoked), arn=arn)
