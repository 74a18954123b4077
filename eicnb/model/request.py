"""Validated requests that are not sent yet.

Tested in tests/client/test_checks.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from eicnb.errors import UsageError, shown
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import (
    Destination,
    DestinationArn,
    DestinationName,
    parse_destination,
    settable_destination,
)
from eicnb.model.function import FunctionRef, check_qualifier
from eicnb.model.limits import PAGE_SIZE, choices
from eicnb.model.pages import DESTINATION_RULE
from eicnb.model.place import Place
from eicnb.model.reported import ReportedConfig
from eicnb.model.verbs import OPERATIONS, Operation
from eicnb.redaction import masks
from eicnb.redaction.search import masks_in

_LONGEST_WAIT = 3600

_SETTINGS = ("maximum_retry_attempts", "maximum_event_age_in_seconds", "on_success", "on_failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The part of a list to read: the first `max_items` after `starting_token`, in pages of `page_size`.

    With `no_paginate`, or with AWS's own `call_max_items` or `call_marker`, only one request is sent.
    """

    max_items: int | None = None
    page_size: int | None = None
    starting_token: str | None = None
    no_paginate: bool = False
    call_max_items: int | None = None
    call_marker: str | None = None

    def __post_init__(self) -> None:
        if self.page_size is not None and self.page_size not in PAGE_SIZE:
            with UsageError.about("page_size"):
                message = f"the page size is {self.page_size}, but AWS allows {choices(PAGE_SIZE)}"
                raise UsageError(message, hint=f"set {choices(PAGE_SIZE)}")
        most = self.call_parameters().get("MaxItems", 1) if self.is_one_call else 1
        if most < 1:
            raise UsageError(f"the number of items in one request is {most}", hint=choices(PAGE_SIZE))
        if self.is_one_call and (self.page_size is not None or self.starting_token is not None):
            message = "a single request takes no page size and no starting token"
            raise UsageError(message, hint="remove --page-size and --starting-token")

    @property
    def is_one_call(self) -> bool:
        """Whether only one request is sent, even if there are more pages."""
        return self.no_paginate or self.call_max_items is not None or self.call_marker is not None

    def call_parameters(self) -> dict[str, Any]:
        """Return the paging parameters of a single request."""
        most = self.max_items if self.call_max_items is None else self.call_max_items
        found = {"Marker": self.call_marker, "MaxItems": most}
        return {name: value for name, value in found.items() if value is not None}

    def configuration(self) -> dict[str, Any]:
        """Return the configuration of botocore's paginator."""
        return {"MaxItems": self.max_items, "PageSize": self.page_size, "StartingToken": self.starting_token}


@dataclass(frozen=True, slots=True)
class Request:
    """A validated request of one operation, not yet sent.

    `keeps_other_destination` is set if an update has only one destination. AWS takes both as one setting, so the other
    one is read first and sent again. With `missing_ok`, a delete may find no config; with `creates`, an update puts a
    config where there is none. `wait` is the number of seconds to retry a destination or permission that may be too
    new. `more` has members that only the service model knows.
    """

    verb: str
    function: FunctionRef
    qualifier: str | None = None
    config: EventInvokeConfig | None = None
    keeps_other_destination: bool = False
    paging: Paging = Paging()
    more: Mapping[str, Any] = field(default_factory=dict)
    missing_ok: bool = False
    creates: bool = False
    wait: float = 0

    @property
    def operation(self) -> Operation:
        """The AWS operation of the verb."""
        return OPERATIONS[self.verb]

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of AWS's operation."""
        qualifier: dict[str, Any] = {} if self.qualifier is None else {"Qualifier": self.qualifier}
        settings = {} if self.config is None else self.config.to_api()
        call = self.paging.call_parameters() if self.paging.is_one_call else {}
        return {"FunctionName": str(self.function), **qualifier, **settings, **call, **self.more}

    def given(self) -> frozenset[str]:
        """Return the names of the settings that it writes: all of them, unless it is an update.

        >>> Request("update", FunctionRef("f"), config=EventInvokeConfig(maximum_retry_attempts=0)).given()
        frozenset({'maximum_retry_attempts'})
        """
        if self.verb != "update":
            return frozenset(_SETTINGS)
        config = self.config or EventInvokeConfig()
        both = {"on_success", "on_failure"} if config.destination_config is not None else set()
        return frozenset(both | {name for name in _SETTINGS[:2] if getattr(config, name) is not None})

    def keeping(self, before: ReportedConfig) -> Request:
        """Return this update with the other destination from the current config."""
        config = self.config or EventInvokeConfig()
        wanted = config.destination_config or DestinationConfig()
        try:
            destinations = DestinationConfig(
                on_success=wanted.on_success or settable_destination(before.on_success),
                on_failure=wanted.on_failure or settable_destination(before.on_failure),
            )
        except UsageError as error:
            raise UsageError(
                f"the other destination cannot be sent again: {error.message}",
                hint="set both destinations in one update",
            ) from error
        return replace(self, config=replace(config, destination_config=destinations), keeps_other_destination=False)


def build(
    place: Place,
    verb: str,
    function_name: str | FunctionRef,
    *,
    qualifier: str | None,
    on_success: str | Destination | DestinationName | None,
    on_failure: str | Destination | DestinationName | None,
    destination_config: DestinationConfig | Mapping[str, Any] | None,
    paging: Paging,
    more: Mapping[str, Any] = MappingProxyType({}),
    missing_ok: bool = False,
    create: bool = False,
    wait: float | None = None,
    **settings: Any,
) -> Request:
    """Validate the arguments of a verb and return its request; `<NA>` means not set, as in a frame."""
    qualifier, on_success, on_failure = map(_unless_missing, (qualifier, on_success, on_failure))
    settings = {name: _unless_missing(value) for name, value in settings.items()}
    if verb not in OPERATIONS:
        raise UsageError(f"there is no verb {verb!r}", hint=", ".join(OPERATIONS))
    function = _named(place, function_name, qualifier)
    if verb not in {"put", "update"}:
        return Request(verb, function, qualifier, paging=paging, more=more, missing_ok=missing_ok)
    one_by_one = [destination for destination in (on_success, on_failure) if destination is not None]
    if one_by_one and destination_config is not None:
        raise UsageError(
            "the destinations are given twice: in destination_config, and as on_success or on_failure",
            hint="give them in one of the two ways",
        )
    if one_by_one:
        with UsageError.about("on_success"):
            success = DestinationConfig(on_success=resolved_destination(place, on_success)).on_success
        with UsageError.about("on_failure"):
            failure = resolved_destination(place, on_failure)
        destination_config = DestinationConfig(on_success=success, on_failure=failure)
    elif destination_config is not None and not isinstance(destination_config, DestinationConfig):
        destination_config = DestinationConfig.from_api(destination_config, partial(_destination_at, place))
    config = EventInvokeConfig(destination_config=destination_config, **settings)
    if not config and not more:
        raise UsageError(
            f"{verb} has nothing to set",
            hint="--retries 0, --max-age 1h or --on-failure sqs:NAME",
        )
    for argument, arn in _destinations(config.destination_config, one_by_one=bool(one_by_one)):
        with UsageError.about(argument):
            _refuse_mask(str(arn), "destination")
            _refuse_itself(place, function, arn)
    keeps_other = verb == "update" and len(one_by_one) == 1
    return Request(verb, function, qualifier, config, keeps_other, more=more, creates=create, wait=_seconds(wait))


def _seconds(wait: Any) -> float:
    """Return the seconds to wait; None means none."""
    if wait is None:
        return 0
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= _LONGEST_WAIT:
        with UsageError.about("wait"):
            raise UsageError(
                f"wait is {shown(wait)}, not a number of seconds", hint=f"give 0 to {_LONGEST_WAIT} seconds"
            )
    return float(wait)


def _unless_missing(value: Any) -> Any:
    return None if type(value).__name__ == "NAType" else value


def _named(place: Place, function_name: str | FunctionRef, qualifier: str | None) -> FunctionRef:
    try:
        return _function(place, function_name, qualifier)
    except UsageError as error:
        error.argument = error.argument or "function_name"
        raise


def _function(place: Place, function_name: str | FunctionRef, qualifier: str | None) -> FunctionRef:
    if not isinstance(function_name, FunctionRef):
        function_name = FunctionRef.parse(function_name)
    _refuse_mask(str(function_name), "name")
    if qualifier is not None:
        function_name.with_qualifier(check_qualifier(qualifier))
    if function_name.region not in {None, place.region}:
        raise UsageError(
            f"the function is in {function_name.region}, but this connection acts in {place.region}",
            hint=f"--region {function_name.region}",
            culprit=function_name.region,
        )
    return function_name


def resolved_destination(place: Place, value: str | Destination | DestinationName | None) -> Destination | None:
    """Resolve the text or name of a destination in a place.

    >>> str(resolved_destination(connection.where(), "s3:lost-events"))
    'arn:aws:s3:::lost-events'
    """
    if isinstance(value, str):
        value = parse_destination(value)
    if isinstance(value, DestinationName):
        account_id = "" if value.kind == "s3" else place.account_id
        return value.arn(place.partition, place.region, account_id)
    return value


def _destination_at(place: Place, text: str) -> Destination:
    found = resolved_destination(place, text)
    assert found is not None, "a text names a destination or none"
    return found


def _destinations(config: DestinationConfig | None, *, one_by_one: bool) -> Iterator[tuple[str, DestinationArn]]:
    """Yield each destination with the name of the argument that set it."""
    for name in ("on_success", "on_failure"):
        arn = getattr(config, name, None)
        if isinstance(arn, DestinationArn):
            yield name if one_by_one else "destination_config", arn


_MASK_LIKE = re.compile(r"-[0-9]{4}")


def _refuse_mask(text: str, what: str) -> None:
    """Refuse a mask from a display, which looks like a name when it is pasted back."""
    if _MASK_LIKE.search(text) and masks.active().on and (mask := masks_in(text)):
        hint = f"type the real {what}, or use a variable, which is not masked: ${{row.function_name}}"
        raise UsageError(f"{mask[0]} is a mask from a display, not a {what}", hint=hint, culprit=mask[0])


def _refuse_itself(place: Place, function: FunctionRef, arn: DestinationArn) -> None:
    """Refuse a function as its own destination, as AWS does, regardless of qualifiers."""
    same_name = arn.kind == "lambda" and arn.name.partition(":")[0] == function.function_name
    same_account = function.account_id in {None, arn.account_id}
    if same_name and same_account and arn.region == place.region:
        raise UsageError(
            f"{str(arn)!r} is the function itself, which cannot be its own destination",
            hint="name another function, or a queue: sqs:NAME",
            rule=DESTINATION_RULE,
            culprit=str(arn),
        )
