"""Configs, functions and destinations as AWS reports them, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from eicnb.errors import EicError, UsageError, shown
from eicnb.model.destination import DestinationKind, destination_kind, is_fifo
from eicnb.model.function import FunctionRef, interned
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedConfig:
    """A config as AWS reported it; None means that a setting is not set.

    Destinations that AWS would refuse today (a FIFO queue, a name with a space) are allowed, so that users can see
    and fix them.
    """

    function: FunctionRef
    maximum_retry_attempts: int | None
    maximum_event_age_in_seconds: int | None
    on_failure: str | None
    on_success: str | None
    last_modified: datetime | None

    @classmethod
    def from_api(cls, response: Mapping[str, Any]) -> Self:
        """Parse AWS's response, or raise EicError if it is malformed."""
        destinations = _reported(response, "DestinationConfig", dict) or {}
        function = _reported_function(response)
        last_modified = _required(_reported(response, "LastModified", datetime), "LastModified")
        if last_modified.year not in _YEARS:
            raise _malformed(f"its LastModified is {last_modified.isoformat()}")
        return cls(
            function=function,
            maximum_retry_attempts=_reported_count(response, "MaximumRetryAttempts", RETRY_ATTEMPTS),
            maximum_event_age_in_seconds=_reported_count(response, "MaximumEventAgeInSeconds", EVENT_AGE_IN_SECONDS),
            on_failure=_reported_destination(destinations, "OnFailure"),
            on_success=_reported_destination(destinations, "OnSuccess"),
            last_modified=last_modified.astimezone(UTC),
        )

    @property
    def on_failure_type(self) -> DestinationKind | None:
        """The kind of the on-failure destination; None without one or if it is unknown."""
        return destination_kind(self.on_failure) if self.on_failure else None

    @property
    def on_success_type(self) -> DestinationKind | None:
        """The kind of the on-success destination; None without one or if it is unknown."""
        return destination_kind(self.on_success) if self.on_success else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFunction:
    """A function as `ListFunctions` reported it; members that are missing are None."""

    function: FunctionRef
    runtime: str | None
    timeout: int | None
    dead_letter_arn: str | None
    role_arn: str | None

    @classmethod
    def from_api(cls, response: Mapping[str, Any]) -> Self:
        """Parse AWS's response, or raise EicError if it is malformed."""
        dead_letters = _reported(response, "DeadLetterConfig", dict)
        target = _reported(dead_letters, "TargetArn", str) if dead_letters else None
        return cls(
            function=_reported_function(response),
            runtime=interned(_reported(response, "Runtime", str)),
            timeout=_reported_count(response, "Timeout"),
            dead_letter_arn=_reported_arn(target or None, "dead-letter target"),
            role_arn=interned(_reported(response, "Role", str)),
        )


_DESTINATION = re.compile(
    r"arn:(?P<partition>[a-z0-9-]+):(?P<kind>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account_id>[0-9]{12})?:"
    r"(?:function:|event-bus/)?(?P<name>[^:]+)(?::(?P<qualifier>.+))?"
)


@dataclass(frozen=True, slots=True)
class ReportedDestination:
    """A destination or dead-letter target as AWS reported it, even one that could not be set today.

    >>> ReportedDestination.parse("arn:aws:lambda:us-east-1:123456789012:function:triage:live").qualifier
    'live'

    Only a function has a `qualifier`; `region` and `account_id` are None for a bucket.
    """

    kind: str
    name: str
    partition: str
    region: str | None
    account_id: str | None
    qualifier: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse an ARN; return None for any other text."""
        found = _DESTINATION.fullmatch(text)
        if found is None:
            return None
        parts = {name: value or None for name, value in found.groupdict().items()}
        return cls(**parts)  # type: ignore[arg-type] # the pattern requires kind, name and partition

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue or topic, to which Lambda does not deliver."""
        return is_fifo(self.kind, self.name)


T = TypeVar("T")

_YEARS = range(1970, 2262)  # a frame's times are in nanoseconds, which end there

_LARGEST_COUNT = 2**31 - 1

_ANY_ARN = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12})?:\S+")


def _malformed(why: str) -> EicError:
    return EicError(
        f"AWS's response is malformed: {why}",
        hint="run it again; if it fails again, look for a proxy between here and AWS",
    )


def _reported(response: Mapping[str, Any], key: str, kind: type[T]) -> T | None:
    value = response.get(key)
    if value is not None and not isinstance(value, kind):
        raise _malformed(f"its {key} is {shown(value)}")
    return value


def _required(value: T | None, key: str) -> T:
    if value is None:
        raise _malformed(f"it has no {key}")
    return value


def _reported_function(response: Mapping[str, Any]) -> FunctionRef:
    function_arn = _required(_reported(response, "FunctionArn", str), "FunctionArn")
    try:
        function = FunctionRef.parse(function_arn)
    except UsageError as error:
        raise _malformed(f"its FunctionArn is {function_arn!r}") from error
    if not (function.region and function.account_id):
        raise _malformed(f"its FunctionArn is {function_arn!r}")
    return function


def _reported_count(response: Mapping[str, Any], key: str, allowed: range = range(_LARGEST_COUNT + 1)) -> int | None:
    number = _reported(response, key, int)
    if isinstance(number, bool) or (number is not None and number not in allowed):
        raise _malformed(f"its {key} is {number!r}")
    return number


def _reported_destination(destinations: Mapping[str, Any], key: str) -> str | None:
    """Return a destination as reported, even one that could not be set today.

    A lone surrogate makes the response malformed.
    """
    text = _reported(_reported(destinations, key, dict) or {}, "Destination", str) or None
    if text is not None and re.search(r"[\ud800-\udfff]", text):
        raise _malformed(f"its {key} destination is {text!r}")
    return text


def _reported_arn(text: str | None, what: str) -> str | None:
    """Return the ARN of a queue or topic, which Lambda validates."""
    if text is not None and not _ANY_ARN.fullmatch(text):
        raise _malformed(f"its {what} is {text!r}")
    return text
