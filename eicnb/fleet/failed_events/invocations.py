"""Asynchronous invocations, each sent once, and the places that a function sends events to.

Tested in tests/fleet/failed_events/test_send.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items, malformed
from eicnb.aws.retries import sent_once
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.model.verbs import CONFIGS, Operation

_ACCEPTED = 202


def invoke(call: CallAws, target: FunctionRef, event: str) -> str:
    """Invoke a function asynchronously; return the request id once Lambda accepts the event.

    The request is retried only if it certainly did not arrive: it was throttled, or no connection was made. After any
    other error the function may run (`eicnb.aws.retries.may_have_arrived`).
    """
    with sent_once():
        page = next(
            call(
                Operation.INVOKE,
                **_name_parameters(target),
                InvocationType="Event",
                Payload=event.encode("utf-8", "surrogatepass"),
            )
        )
    status, request_id = page.get("StatusCode"), page.get("ResponseMetadata", {}).get("RequestId")
    if status != _ACCEPTED or not isinstance(request_id, str):
        raise malformed(Operation.INVOKE, f"it is {status}, not {_ACCEPTED}, or has no request id")
    return request_id


def _name_parameters(target: FunctionRef) -> dict[str, Any]:
    return {"FunctionName": str(target.without_qualifier()), "Qualifier": target.qualifier or LATEST}


@dataclass(frozen=True, slots=True)
class Outlets:
    """The places that a version or alias of a function sends events to, and its reserved concurrency.

    `places` come from its own config and its dead-letter queue, `others` from the function's other configs.
    """

    places: frozenset[str]
    others: frozenset[str] = frozenset()
    reserved_concurrency: int | None = None

    def include(self, source: str) -> bool:
        """Return whether a config or the dead-letter queue names a source of records."""
        bucket = source.removeprefix("s3://").partition("/")[0] if source.startswith("s3://") else None
        return any(
            place == source if bucket is None else place.endswith(f":s3:::{bucket}")
            for place in self.places | self.others
        )


def outlets_of(call: CallAws, target: FunctionRef) -> Outlets:
    """Read where a function sends events; raise NotFound if the function, version or alias doesn't exist."""
    page = next(call(Operation.GET_FUNCTION, **_name_parameters(target)))
    function = ReportedFunction.from_api(_mapping(page, "Configuration"))
    pages = call(Operation.LIST, FunctionName=str(target.without_qualifier()))
    configs = [ReportedConfig.from_api(item) for one in pages for item in items(one, CONFIGS, Operation.LIST)]
    own, others = {function.dead_letter_arn}, set[str | None]()
    for config in configs:
        is_own = (config.function.qualifier or LATEST) == (target.qualifier or LATEST)
        (own if is_own else others).update((config.on_failure, config.on_success))
    reserved = (page.get("Concurrency") or {}).get("ReservedConcurrentExecutions")
    return Outlets(
        frozenset(filter(None, own)), frozenset(filter(None, others)), reserved if isinstance(reserved, int) else None
    )


def _mapping(page: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = page.get(name)
    if not isinstance(found, Mapping):
        raise malformed(Operation.GET_FUNCTION, f"it has no {name}")
    return found
