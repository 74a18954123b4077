"""What AWS reports of configs and functions, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from eicnb.errors import EicError, UsageError, shown
from eicnb.model.destination import DestinationKind, destination_kind
from eicnb.model.function import FunctionRef
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedConfig:
    """A config as AWS reported it; None is a setting that is not set, which is not the same as the default.

    It holds whatever AWS holds, also what could not be written today (a FIFO queue, say): a reader must see it.
    """

    function: FunctionRef
    maximum_retry_attempts: int | None
    maximum_event_age_in_seconds: int | None
    on_failure: str | None
    on_success: str | None
    last_modified: datetime | None

    @classmethod
    def from_api(cls, answer: Mapping[str, Any]) -> Self:
        """Read AWS's answer; one that is not a config raises EicError, so that it never becomes a row."""
        destinations = _reported(answer, "DestinationConfig", dict) or {}
        function = _reported_function(answer)
        last_modified = _required(_reported(answer, "LastModified", datetime), "LastModified")
        if last_modified.year not in _YEARS:
            raise _broken(f"its LastModified is {last_modified.isoformat()}")
        return cls(
            function=function,
            maximum_retry_attempts=_reported_count(answer, "MaximumRetryAttempts", RETRY_ATTEMPTS),
            maximum_event_age_in_seconds=_reported_count(answer, "MaximumEventAgeInSeconds", EVENT_AGE_IN_SECONDS),
            on_failure=_reported_destination(destinations, "OnFailure"),
            on_success=_reported_destination(destinations, "OnSuccess"),
            last_modified=last_modified.astimezone(UTC),
        )

    @property
    def on_failure_type(self) -> DestinationKind | None:
        """The kind of the on-failure destination, or None."""
        return destination_kind(self.on_failure) if self.on_failure else None

    @property
    def on_success_type(self) -> DestinationKind | None:
        """The kind of the on-success destination, or None."""
        return destination_kind(self.on_success) if self.on_success else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFunction:
    """A function as `ListFunctions` reported it; what a function may lack is None."""

    function: FunctionRef
    runtime: str | None
    timeout: int | None
    dead_letter_arn: str | None
    role_arn: str | None

    @classmethod
    def from_api(cls, answer: Mapping[str, Any]) -> Self:
        """Read AWS's answer; one that is not a function raises EicError, so that it never becomes a row."""
        dead_letters = _reported(answer, "DeadLetterConfig", dict) or {}
        return cls(
            function=_reported_function(answer),
            runtime=_reported(answer, "Runtime", str),
            timeout=_reported_count(answer, "Timeout"),
            dead_letter_arn=_reported_arn(_reported(dead_letters, "TargetArn", str) or None, "dead-letter target"),
            role_arn=_reported(answer, "Role", str),
        )


T = TypeVar("T")

_YEARS = range(1970, 2262)  # what a frame's nanoseconds can hold

_LARGEST_COUNT = 2**31 - 1

_ANY_ARN = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12})?:\S+|kafka://\S+")


def _broken(why: str) -> EicError:
    return EicError(
        f"AWS's answer is not what it should be: {why}",
        hint="the command again; if it stays so, look for a proxy between here and AWS",
    )


def _reported(answer: Mapping[str, Any], key: str, kind: type[T]) -> T | None:
    value = answer.get(key)
    if value is not None and not isinstance(value, kind):
        raise _broken(f"its {key} is {shown(value)}")
    return value


def _required(value: T | None, key: str) -> T:
    if value is None:
        raise _broken(f"it has no {key}")
    return value


def _reported_function(answer: Mapping[str, Any]) -> FunctionRef:
    function_arn = _required(_reported(answer, "FunctionArn", str), "FunctionArn")
    try:
        function = FunctionRef.parse(function_arn)
    except UsageError as error:
        raise _broken(f"its FunctionArn is {function_arn!r}") from error
    if not (function.region and function.account_id):
        raise _broken(f"its FunctionArn is {function_arn!r}")
    return function


def _reported_count(answer: Mapping[str, Any], key: str, allowed: range = range(_LARGEST_COUNT + 1)) -> int | None:
    number = _reported(answer, key, int)
    if isinstance(number, bool) or (number is not None and number not in allowed):
        raise _broken(f"its {key} is {number!r}")
    return number


def _reported_destination(destinations: Mapping[str, Any], key: str) -> str | None:
    text = _reported(_reported(destinations, key, dict) or {}, "Destination", str) or None
    return _reported_arn(text, f"{key} destination")


def _reported_arn(text: str | None, what: str) -> str | None:
    """An ARN of any service: what could not be written today is shown as it is, what is no ARN is no answer."""
    if text is not None and not _ANY_ARN.fullmatch(text):
        raise _broken(f"its {what} is {text!r}")
    return text
