"""One call of an operation, checked and complete but not yet sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from eicnb.arn import DestinationArn, DestinationName, FunctionRef, check_qualifier
from eicnb.errors import UsageError, shown
from eicnb.model import (
    Destination,
    DestinationConfig,
    EventInvokeConfig,
    NoDestination,
    ReportedConfig,
    parse_destination,
)

OPERATIONS = {
    "put": "PutFunctionEventInvokeConfig",
    "update": "UpdateFunctionEventInvokeConfig",
    "get": "GetFunctionEventInvokeConfig",
    "list": "ListFunctionEventInvokeConfigs",
    "delete": "DeleteFunctionEventInvokeConfig",
}
_DESTINATION_RULE = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"


class Place(Protocol):
    """Where a call will go; asked only for what the call needs."""

    @property
    def partition(self) -> str: ...

    @property
    def region(self) -> str: ...

    @property
    def account_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Request:
    """One call, checked and complete but not yet sent.

    `keeps_other_destination` is set for an update of one destination alone: AWS takes both as one setting, so
    the other one is read first and sent along.
    """

    verb: str
    function: FunctionRef
    qualifier: str | None = None
    config: EventInvokeConfig | None = None
    keeps_other_destination: bool = False

    def parameters(self) -> dict[str, Any]:
        """The parameters of AWS's operation."""
        qualifier = {} if self.qualifier is None else {"Qualifier": self.qualifier}
        settings = {} if self.config is None else self.config.to_api()
        return {"FunctionName": str(self.function), **qualifier, **settings}

    def keeping(self, before: ReportedConfig) -> Request:
        """This update with the destination that it does not name as it is now."""
        config = self.config or EventInvokeConfig()
        wanted = config.destination_config or DestinationConfig()
        try:
            destinations = DestinationConfig(
                on_success=wanted.on_success or _reported_destination(before.on_success),
                on_failure=wanted.on_failure or _reported_destination(before.on_failure),
            )
        except UsageError as error:
            raise UsageError(
                f"the other destination cannot be kept: {error.message}",
                hint="both destinations in one update",
            ) from error
        return replace(self, config=replace(config, destination_config=destinations), keeps_other_destination=False)


def _reported_destination(text: str | None) -> Destination:
    return DestinationArn.parse(text) if text else NoDestination.EMPTY


def build(
    place: Place,
    verb: str,
    function_name: str | FunctionRef,
    *,
    qualifier: str | None,
    on_success: str | Destination | DestinationName | None,
    on_failure: str | Destination | DestinationName | None,
    destination_config: DestinationConfig | Mapping[str, Any] | None,
    **settings: Any,
) -> Request:
    """Check the arguments of a verb, and make them into a request for that place."""
    if verb not in OPERATIONS:
        raise UsageError(f"there is no verb {verb!r}", hint=", ".join(OPERATIONS))
    function = _function(place, function_name, qualifier)
    if verb not in {"put", "update"}:
        return Request(verb, function, qualifier)
    one_by_one = [destination for destination in (on_success, on_failure) if destination is not None]
    if one_by_one and destination_config is not None:
        raise UsageError(
            "the destinations are given twice: in destination_config, and as on_success or on_failure",
            hint="one of the two ways",
        )
    if one_by_one:
        destination_config = DestinationConfig(
            on_success=_destination(place, on_success), on_failure=_destination(place, on_failure)
        )
    elif destination_config is not None and not isinstance(destination_config, DestinationConfig):
        destination_config = DestinationConfig.from_api(destination_config)
    config = EventInvokeConfig(destination_config=destination_config, **settings)
    if not config:
        raise UsageError(
            f"{verb} has nothing to set",
            hint="retries, an age or a destination: --retries 0, --max-age 1h, --on-failure sqs:NAME",
        )
    _refuse_itself(place, function, config.destination_config)
    return Request(verb, function, qualifier, config, verb == "update" and len(one_by_one) == 1)


def _function(place: Place, function_name: str | FunctionRef, qualifier: str | None) -> FunctionRef:
    if isinstance(function_name, str):
        function_name = FunctionRef.parse(function_name)
    if not isinstance(function_name, FunctionRef):
        raise UsageError(f"{shown(function_name)} is not the name of a function", hint='"my-function"')
    if qualifier is not None:
        if not isinstance(qualifier, str):
            raise UsageError(f"the qualifier is {shown(qualifier)}, not text", hint='qualifier="7"')
        function_name.with_qualifier(check_qualifier(qualifier))
    if function_name.region not in {None, place.region}:
        raise UsageError(
            f"the function is in {function_name.region}, but this connection acts in {place.region}",
            hint=f"--region {function_name.region}",
            culprit=function_name.region,
        )
    return function_name


def _destination(place: Place, value: str | Destination | DestinationName | None) -> Destination | None:
    if isinstance(value, str):
        value = parse_destination(value)
    if isinstance(value, DestinationName):
        account_id = "" if value.kind == "s3" else place.account_id
        return value.arn(place.partition, place.region, account_id)
    return value


def _refuse_itself(place: Place, function: FunctionRef, destinations: DestinationConfig | None) -> None:
    """AWS refuses a function as its own destination, whichever qualifiers are named."""
    for arn in destinations.arns() if destinations else ():
        same_name = arn.kind == "lambda" and arn.name.partition(":")[0] == function.function_name
        same_account = function.account_id in {None, arn.account_id}
        if same_name and same_account and arn.region == place.region:
            raise UsageError(
                f"{str(arn)!r} is the function itself, which cannot be its own destination",
                hint="another function, or a queue: sqs:NAME",
                rule=_DESTINATION_RULE,
                culprit=str(arn),
            )
