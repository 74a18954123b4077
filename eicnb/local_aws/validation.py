"""The constraints of the Lambda API model, and the service's messages about violations.

Tested in tests/local_aws/test_faults.py.

Patterns and ranges are from https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html.
AWS does not document the order of several violations in one message; here it is that of the members in the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eicnb.local_aws import faults
from eicnb.local_aws.call import Call, json_token

PAGE_SIZE = 50

_REGION = r"(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}"
FUNCTION_NAME_PATTERN = (
    rf"(arn:(aws[a-zA-Z-]*)?:lambda:{_REGION}:\d{{12}}:|(({_REGION}:)?(\d{{12}}:)?))"
    r"(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)
QUALIFIER_PATTERN = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
DESTINATION_PATTERN = (
    r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))"
    rf"|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:({_REGION})?:(\d{{12}})?:(.*)"
)
VERSION_PATTERN = r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"


@dataclass(frozen=True, slots=True)
class Text:
    """The constraint on a text: its pattern and its length in characters."""

    pattern: str
    longest: int
    shortest: int = 0

    def violations(self, value: str, at: str) -> Iterator[str]:
        """Yield the violations of the constraint, in the service's words."""
        if len(value) < self.shortest:
            yield violation(value, at, f"have length greater than or equal to {self.shortest}")
        if len(value) > self.longest:
            yield violation(value, at, f"have length less than or equal to {self.longest}")
        if not re.fullmatch(self.pattern, value):
            yield violation(value, at, f"satisfy regular expression pattern: {self.pattern}")


@dataclass(frozen=True, slots=True)
class Range:
    """The constraint on a whole number."""

    least: int
    most: int

    def violations(self, value: int, at: str) -> Iterator[str]:
        """Yield the violations of the constraint, in the service's words."""
        if value < self.least:
            yield violation(value, at, f"have value greater than or equal to {self.least}")
        if value > self.most:
            yield violation(value, at, f"have value less than or equal to {self.most}")


FUNCTION_NAME = Text(FUNCTION_NAME_PATTERN, longest=256, shortest=1)
QUALIFIER = Text(QUALIFIER_PATTERN, longest=128, shortest=1)
DESTINATION = Text(DESTINATION_PATTERN, longest=350)
VERSION = Text(VERSION_PATTERN, longest=1024, shortest=1)
RETRY_ATTEMPTS = Range(0, 2)
EVENT_AGE = Range(60, 21600)
LIST_CONFIGS_ITEMS = Range(1, PAGE_SIZE)
LIST_ITEMS = Range(1, 10000)
LONGEST_BARE_NAME = 64


@dataclass(frozen=True, slots=True)
class EventSettings:
    """The body of a put or an update; None is a member that was left out."""

    maximum_retry_attempts: int | None
    maximum_event_age_in_seconds: int | None
    has_destination_config: bool
    on_success: str | None
    on_failure: str | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        numbers = (self.maximum_retry_attempts, self.maximum_event_age_in_seconds)
        return numbers == (None, None) and not self.has_destination_config

    def violations(self) -> Iterator[str]:
        """Yield the violations of the model's constraints, in the service's words."""
        if self.maximum_retry_attempts is not None:
            yield from RETRY_ATTEMPTS.violations(self.maximum_retry_attempts, "maximumRetryAttempts")
        if self.maximum_event_age_in_seconds is not None:
            yield from EVENT_AGE.violations(self.maximum_event_age_in_seconds, "maximumEventAgeInSeconds")
        if self.on_success is not None:
            yield from DESTINATION.violations(self.on_success, "destinationConfig.onSuccess.destination")
        if self.on_failure is not None:
            yield from DESTINATION.violations(self.on_failure, "destinationConfig.onFailure.destination")


def settings_of(call: Call) -> EventSettings:
    """Parse the body of a put or an update; refuse wrong types, before constraints are checked."""
    body = call.json()
    destination_config = _structure(body, "DestinationConfig")
    on_success = _structure(destination_config or {}, "OnSuccess") or {}
    on_failure = _structure(destination_config or {}, "OnFailure") or {}
    return EventSettings(
        maximum_retry_attempts=_integer(body, "MaximumRetryAttempts"),
        maximum_event_age_in_seconds=_integer(body, "MaximumEventAgeInSeconds"),
        has_destination_config=destination_config is not None,
        on_success=_string(on_success, "Destination"),
        on_failure=_string(on_failure, "Destination"),
    )


def check(call: Call, settings: EventSettings | None = None) -> None:
    """Refuse a call whose values violate constraints, with every violation in one response."""
    violations = [*_name_violations(call), *(settings.violations() if settings else ())]
    if violations:
        raise faults.validation_failed(violations)


def page_size(call: Call, allowed: Range, most: int = PAGE_SIZE) -> int:
    """Return the number of items on a page: MaxItems, up to the operation's maximum."""
    given = call.query.get("MaxItems")
    if given is None:
        return most
    try:
        size = int(given)
    except ValueError as error:
        raise faults.wrong_type("STRING_VALUE", "an Integer") from error
    if violations := list(allowed.violations(size, "maxItems")):
        raise faults.validation_failed(violations)
    return min(size, most)


def _name_violations(call: Call) -> Iterator[str]:
    name = call.function_name
    yield from FUNCTION_NAME.violations(name, "functionName")
    if ":" not in name and LONGEST_BARE_NAME < len(name) <= FUNCTION_NAME.longest:
        yield violation(name, "functionName", f"have length less than or equal to {LONGEST_BARE_NAME}")
    if (qualifier := call.query.get("Qualifier")) is not None:
        yield from QUALIFIER.violations(qualifier, "qualifier")


def violation(value: object, at: str, what: str) -> str:
    """Return one violation in the service's words."""
    return f"Value '{value}' at '{at}' failed to satisfy constraint: Member must {what}"


def _structure(members: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = members.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise faults.wrong_type(json_token(value), "a Structure")


def _integer(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    # Python's True and False are numbers, JSON's true and false are not.
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise faults.wrong_type(json_token(value), "an Integer")


def _string(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or isinstance(value, str):
        return value
    raise faults.wrong_type(json_token(value), "a String")
