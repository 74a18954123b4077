"""The triggers of a function: a resource policy per qualifier, and event source mappings.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
Tested in tests/local_aws/test_triggers.py.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from eicnb.local_aws import faults, lookup, paging, validation
from eicnb.local_aws.account import Account, EventSourceMapping, Function, partition_of
from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.validation import violation

MAPPINGS_ON_A_PAGE = 100
_QUEUE_BATCH, _STREAM_BATCH = 10, 100
_SOURCE = re.compile(r"arn:[a-z-]+:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]+):\d{12}:.+")
_STREAMS = {"kinesis", "dynamodb"}
_POSITIONS = ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")


def get_policy(account: Account, call: Call) -> Reply:
    """Return the policy of one qualifier as JSON text."""
    function, target = lookup.described_function(account, call)
    statements = account.region(call.region).policies.get((function.name, target.qualifier))
    if not statements:
        raise faults.not_found("The resource you requested does not exist.")
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": list(statements.values())}
    text = json.dumps(policy, separators=(",", ":"))
    return Reply(200, {"Policy": text, "RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{function.arn}{text}"))})


def add_permission(account: Account, call: Call) -> Reply:
    """Add a statement to the policy of one qualifier."""
    function, target = lookup.described_function(account, call)
    body = call.json()
    _check_present(body, "StatementId", "Action", "Principal")
    statements = account.region(call.region).policies.setdefault((function.name, target.qualifier), {})
    name = str(body["StatementId"])
    if name in statements:
        raise faults.conflict(
            f"The statement id ({name}) provided already exists. Please provide a new statement id, "
            "or remove the existing statement."
        )
    statements[name] = _statement(body, account.function_arn(call.region, function.name, target.qualifier), call.region)
    return Reply(201, {"Statement": json.dumps(statements[name], separators=(",", ":"))})


def remove_permission(account: Account, call: Call) -> Reply:
    """Remove a statement from the policy of one qualifier."""
    function, target = lookup.described_function(account, call)
    statements = account.region(call.region).policies.get((function.name, target.qualifier), {})
    if call.item not in statements:
        raise faults.not_found(f"Statement {call.item} is not found in resource policy.")
    del statements[call.item]
    return Reply(204)


def list_event_source_mappings(account: Account, call: Call) -> Reply:
    """Return the event source mappings of the region, of one function or of one source."""
    size = validation.page_size(call, validation.LIST_ITEMS, MAPPINGS_ON_A_PAGE)
    source, wanted = call.query.get("EventSourceArn"), call.query.get("FunctionName")
    arn = None if wanted is None else _named(account, call, wanted)[1]
    found = [
        mapping.to_api()
        for _, mapping in sorted(account.region(call.region).mappings.items())
        if source in {None, mapping.event_source_arn} and arn in {None, mapping.function_arn}
    ]
    return paging.page(found, "EventSourceMappings", size=size, marker=call.query.get("Marker"))


def create_event_source_mapping(account: Account, call: Call) -> Reply:
    """Let Lambda read a queue or stream for a function."""
    body = call.json()
    _check_present(body, "FunctionName")
    source = str(body.get("EventSourceArn") or "")
    service = _SOURCE.fullmatch(source)
    if service is None:
        raise faults.invalid_parameter("Unrecognized event source.")
    function, arn = _named(account, call, str(body["FunctionName"]))
    mappings = account.region(call.region).mappings
    for mapping in mappings.values():
        if (mapping.event_source_arn, mapping.function_arn) == (source, arn):
            raise faults.conflict(
                f'An event source mapping with {service["service"].upper()} arn (" {source} ") and function '
                f'(" {function.name} ") already exists. Please update or delete the existing mapping with UUID '
                f"{mapping.uuid}"
            )
    created = _mapping(account, call.region, arn, source, body)
    mappings[created.uuid] = created
    return Reply(202, {**created.to_api(), "State": "Creating"})


def delete_event_source_mapping(account: Account, call: Call) -> Reply:
    """Stop Lambda from reading a queue or stream for a function."""
    mapping = account.region(call.region).mappings.pop(call.item, None)
    if mapping is None:
        raise faults.not_found("The resource you requested does not exist.")
    return Reply(202, {**mapping.to_api(), "State": "Deleting"})


def _mapping(account: Account, region: str, arn: str, source: str, body: dict[str, Any]) -> EventSourceMapping:
    is_stream = source.split(":")[2] in _STREAMS
    position = body.get("StartingPosition")
    if is_stream and position not in _POSITIONS:
        raise faults.invalid_parameter("1 validation error detected: StartingPosition is required for streams.")
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source} {arn}"))
    return EventSourceMapping(
        uuid=name,
        arn=f"arn:{partition_of(region)}:lambda:{region}:{account.account_id}:event-source-mapping:{name}",
        event_source_arn=source,
        function_arn=arn,
        last_modified=round(account.now(), 3),
        batch_size=int(body.get("BatchSize") or (_STREAM_BATCH if is_stream else _QUEUE_BATCH)),
        is_enabled=body.get("Enabled") is not False,
        starting_position=position if is_stream else None,
    )


def _named(account: Account, call: Call, function_name: str) -> tuple[Function, str]:
    """Return the function that a name or ARN outside the path names, and its qualified ARN."""
    function, target = lookup.described_function(account, Call(call.operation, call.region, function_name))
    return function, account.function_arn(call.region, function.name, target.qualifier)


def _check_present(body: dict[str, Any], *members: str) -> None:
    absent = [f"{name[0].lower()}{name[1:]}" for name in members if body.get(name) in {None, ""}]
    if absent:
        raise faults.validation_failed(
            [violation("null", name, "not be null").replace("'null'", "null") for name in absent]
        )


def _statement(body: dict[str, Any], arn: str, region: str) -> dict[str, Any]:
    """Return the policy statement of a permission.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    condition: dict[str, dict[str, str]] = {}
    for operator, key, member in (
        ("StringEquals", "AWS:SourceAccount", "SourceAccount"),
        ("StringEquals", "aws:PrincipalOrgID", "PrincipalOrgID"),
        ("StringEquals", "lambda:FunctionUrlAuthType", "FunctionUrlAuthType"),
        ("ArnLike", "AWS:SourceArn", "SourceArn"),
    ):
        if body.get(member):
            condition.setdefault(operator, {})[key] = str(body[member])
    return {
        "Sid": body["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(str(body["Principal"]), region),
        "Action": body["Action"],
        "Resource": arn,
        **({"Condition": condition} if condition else {}),
    }


def _principal(given: str, region: str) -> str | dict[str, str]:
    if given == "*":
        return given
    if re.fullmatch(r"\d{12}", given):
        return {"AWS": f"arn:{partition_of(region)}:iam::{given}:root"}
    return {"AWS" if given.startswith("arn:") else "Service": given}
