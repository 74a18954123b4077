"""The parts of GetFunction, GetPolicy and ListEventSourceMappings that are used.

The rest is discarded: GetFunction also returns a link to the code and environment variables, which may hold secrets.
Tested in tests/fleet/test_versions.py, tests/fleet/checks/test_functions.py and tests/fleet/checks/test_triggers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from eicnb.aws.http.sender import Sender
from eicnb.aws.responses import items, malformed
from eicnb.errors import NotFound
from eicnb.model.deployment import DeployedFunction
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.trigger import EventSource, Trigger, triggers_in
from eicnb.model.verbs import FUNCTIONS_PATH, Operation

_EVENT_SOURCES = "/2015-03-31/event-source-mappings/"

_NAMES = ("FunctionName", "FunctionArn", "Version")
_FACTS = ("Runtime", "Timeout", "Role", "DeadLetterConfig")


async def read_configuration(sender: Sender, function: FunctionRef) -> Mapping[str, Any]:
    """Read the names of a version or alias and its four columns of an audit."""
    qualifier = {} if function.qualifier is None else {"Qualifier": function.qualifier}
    configuration = _configuration(await sender.call(Operation.GET_FUNCTION, _path(function), **qualifier))
    if configuration is None:
        raise malformed(Operation.GET_FUNCTION, "it has no Configuration")
    return configuration


def _configuration(response: Mapping[str, Any]) -> Mapping[str, Any] | None:
    configuration = response.get("Configuration")
    if not isinstance(configuration, Mapping):
        return None
    return {name: configuration[name] for name in (*_NAMES, *_FACTS) if name in configuration}


async def read_deployment(sender: Sender, function: FunctionRef) -> DeployedFunction:
    """Read a function's reserved concurrency and the stack that owns it."""
    response = await sender.call(Operation.GET_FUNCTION, _path(function))
    return _deployment(response)


def _deployment(response: Mapping[str, Any]) -> DeployedFunction:
    concurrency, tags, refused = (response.get(name) or {} for name in ("Concurrency", "Tags", "TagsError"))
    if not all(isinstance(part, Mapping) for part in (concurrency, tags, refused)):
        raise malformed(Operation.GET_FUNCTION, "its Concurrency or Tags are not objects")
    reserved = concurrency.get("ReservedConcurrentExecutions")
    if not isinstance(reserved, int | None):
        raise malformed(Operation.GET_FUNCTION, f"its ReservedConcurrentExecutions is {reserved!r}")
    error = refused.get("ErrorCode")
    return DeployedFunction(reserved, DeployedFunction.stack_in(tags), None if error is None else str(error))


async def read_triggers(sender: Sender, function: FunctionRef) -> tuple[Trigger, ...]:
    """Read the triggers that the policy of a function, version or alias allows; without one, none."""
    qualifier = {} if function.qualifier in {None, LATEST} else {"Qualifier": str(function.qualifier)}
    try:
        response = await sender.call(Operation.GET_POLICY, f"{_path(function)}/policy", **qualifier)
    except NotFound:
        return ()
    policy = response.get("Policy")
    if not isinstance(policy, str):
        raise malformed(Operation.GET_POLICY, f"its Policy is {type(policy).__name__}")
    return triggers_in(policy)


async def read_event_sources(sender: Sender) -> tuple[EventSource, ...]:
    """Read all event source mappings of a region."""
    operation = Operation.LIST_EVENT_SOURCES
    return tuple(
        [
            EventSource.from_api(item)
            async for page in sender.pages(operation, _EVENT_SOURCES)
            for item in items(page, "EventSourceMappings", operation)
        ]
    )


def _path(function: FunctionRef) -> str:
    return f"{FUNCTIONS_PATH}/{quote(function.function_name, safe='')}"
