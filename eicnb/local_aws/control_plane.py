"""Lambda's API: from a request's method, path, headers and body to a response.

A request is matched to its operation, checked against the rate limit, and handled under the account's lock.
Operations refuse a request by raising `ServiceFault`, which becomes an error response here.
Tested in tests/local_aws/test_server.py and tests/local_aws/test_event_invoke.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from eicnb.local_aws import aliases, event_invoke, faults, function_settings, invocation, listings, trail, triggers
from eicnb.local_aws.account import Account
from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.faults import ServiceFault
from eicnb.local_aws.throttle import Throttle

Operation = Callable[[Account, Call], Reply]

NAME = "{FunctionName}"
ITEM = "{Item}"
_CONFIG = "/2019-09-25/functions/{FunctionName}/event-invoke-config"
_FUNCTIONS = "/2015-03-31/functions"
_FUNCTION = "/2015-03-31/functions/{FunctionName}"
_POLICY = f"{_FUNCTION}/policy"
_MAPPINGS = "/2015-03-31/event-source-mappings"
_RECURSION = "/2024-08-31/functions/{FunctionName}/recursion-config"
_RESERVED = "/2017-10-31/functions/{FunctionName}/concurrency"
_TAGS = "/2017-03-31/tags/{FunctionName}"
ROUTES: dict[tuple[str, str], tuple[str, Operation]] = {
    ("PUT", _CONFIG): ("PutFunctionEventInvokeConfig", event_invoke.put_config),
    ("POST", _CONFIG): ("UpdateFunctionEventInvokeConfig", event_invoke.update_config),
    ("GET", _CONFIG): ("GetFunctionEventInvokeConfig", event_invoke.get_config),
    ("DELETE", _CONFIG): ("DeleteFunctionEventInvokeConfig", event_invoke.delete_config),
    ("GET", f"{_CONFIG}/list"): ("ListFunctionEventInvokeConfigs", event_invoke.list_configs),
    ("GET", _FUNCTIONS): ("ListFunctions", listings.list_functions),
    ("GET", _FUNCTION): ("GetFunction", listings.get_function),
    ("GET", f"{_FUNCTION}/configuration"): ("GetFunctionConfiguration", listings.get_function_configuration),
    ("GET", f"{_FUNCTION}/aliases"): ("ListAliases", listings.list_aliases),
    ("GET", f"{_FUNCTION}/aliases/{ITEM}"): ("GetAlias", aliases.get_alias),
    ("PUT", f"{_FUNCTION}/aliases/{ITEM}"): ("UpdateAlias", aliases.update_alias),
    ("GET", f"{_FUNCTION}/versions"): ("ListVersionsByFunction", listings.list_versions_by_function),
    ("POST", f"{_FUNCTION}/invocations"): ("Invoke", invocation.invoke),
    ("GET", "/2019-09-30/functions/{FunctionName}/concurrency"): (
        "GetFunctionConcurrency",
        function_settings.get_concurrency,
    ),
    ("PUT", _RESERVED): ("PutFunctionConcurrency", function_settings.put_concurrency),
    ("DELETE", _RESERVED): ("DeleteFunctionConcurrency", function_settings.delete_concurrency),
    ("GET", _RECURSION): ("GetFunctionRecursionConfig", function_settings.get_recursion_config),
    ("PUT", _RECURSION): ("PutFunctionRecursionConfig", function_settings.put_recursion_config),
    ("GET", _TAGS): ("ListTags", function_settings.list_tags),
    ("POST", _TAGS): ("TagResource", function_settings.tag_resource),
    ("GET", _POLICY): ("GetPolicy", triggers.get_policy),
    ("POST", _POLICY): ("AddPermission", triggers.add_permission),
    ("DELETE", f"{_POLICY}/{ITEM}"): ("RemovePermission", triggers.remove_permission),
    ("GET", _MAPPINGS): ("ListEventSourceMappings", triggers.list_event_source_mappings),
    ("POST", _MAPPINGS): ("CreateEventSourceMapping", triggers.create_event_source_mapping),
    ("DELETE", f"{_MAPPINGS}/{ITEM}"): ("DeleteEventSourceMapping", triggers.delete_event_source_mapping),
}

_API_VERSION = re.compile(r"/20\d\d-\d\d-\d\d/")


@dataclass(frozen=True, slots=True)
class Handled:
    """A response, and the operation that returned it, or None if the request matches no operation."""

    operation: str | None
    reply: Reply


class ControlPlane:
    """The Lambda API of one account."""

    def __init__(self, account: Account, throttle: Throttle) -> None:
        self._account = account
        self._throttle = throttle

    def handle(
        self, method: str, target: str, body: bytes, *, region: str, headers: Mapping[str, str] | None = None
    ) -> Handled:
        """Handle one request; `target` is the path and query as sent, still percent-encoded."""
        path, _, query = target.partition("?")
        matched = _match(method, path)
        if matched is None:
            return Handled(None, refusal(_unrouted(method, path)))
        name, operation, names = matched
        call = Call(name, region, names.get(NAME, ""), _query(query), body, names.get(ITEM, ""), headers or {})
        reply = self._reply(call, operation)
        self._account.trail.record(call, reply)
        return Handled(name, reply)

    def look_up(self, region: str, body: bytes) -> Reply:
        """Handle CloudTrail's LookupEvents about the calls in a region."""
        if not self._throttle.admits(f"{self._account.account_id}/{region}", trail.OPERATION):
            raise trail.throttled()
        return Reply(200, self._account.trail.lookup(region, body))

    def _reply(self, call: Call, operation: Operation) -> Reply:
        try:
            if not self._throttle.admits(f"{self._account.account_id}/{call.region}", call.operation):
                raise faults.rate_exceeded()
            with self._account.lock:
                return operation(self._account, call)
        except ServiceFault as fault:
            return refusal(fault)


def is_lambda_path(path: str) -> bool:
    """Return whether a path begins like those of the Lambda API, for requests without a signature."""
    return _API_VERSION.match(path) is not None


def _match(method: str, path: str) -> tuple[str, Operation, dict[str, str]] | None:
    # Split before decoding, so that a percent-encoded slash stays inside its name.
    sent = path.rstrip("/").split("/")
    for (route_method, template), (name, operation) in ROUTES.items():
        wanted = template.split("/")
        if route_method == method and len(wanted) == len(sent):
            pairs = list(zip(wanted, map(unquote, sent), strict=True))
            if all(part in {NAME, ITEM, word} for part, word in pairs):
                return name, operation, {part: word for part, word in pairs if part in {NAME, ITEM}}
    return None


def _query(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _unrouted(method: str, path: str) -> ServiceFault:
    if is_lambda_path(path):
        return faults.not_served(method, path, [name for name, _ in ROUTES.values()])
    return faults.unknown_operation(method, path)


def refusal(fault: ServiceFault) -> Reply:
    """Return the response for a fault."""
    return Reply(fault.status, fault.body, {"x-amzn-ErrorType": fault.code, **fault.headers})
