"""The four settings of asynchronous invocation, as they can be written.

A setting is absent (None), empty, or an explicit value, which may equal the default. Absent settings are not sent.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from eicnb.errors import UsageError, nearest, shown
from eicnb.model.destination import (
    KINDS,
    Destination,
    DestinationArn,
    DestinationName,
    NoDestination,
    one_of,
    parse_destination,
)
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS, choices
from eicnb.model.pages import DESTINATION_RULE, SETTINGS_RULE

_ANY_ACCOUNT = "0" * 12


def _count(value: object, allowed: range, what: str, unit: str) -> int:
    """Return a whole number (an int or a NumPy integer) within `allowed`."""
    try:
        number = operator.index(value)  # type: ignore[arg-type] # other values are refused below
    except TypeError:
        number = None
    if number is not None and not isinstance(value, bool) and number in allowed:
        return number
    is_number = number is not None and not isinstance(value, bool)
    fault = (
        f"{number}, but AWS allows {choices(allowed)}" if is_number else f"{shown(value)}, which is not a whole number"
    )
    raise UsageError(
        f"{what} is {fault}",
        hint=f"give a whole number{unit}: {choices(allowed)}{' (1m to 6h)' if unit else ''}",
        rule=SETTINGS_RULE,
        culprit=str(value) if isinstance(value, int | str) else None,
    )


def check_retry_attempts(value: object) -> int:
    """Return the number of retries, 0 to 2, as an int, or raise UsageError.

    >>> check_retry_attempts(2)
    2
    """
    return _count(value, RETRY_ATTEMPTS, "the maximum number of retry attempts", "")


def check_event_age(value: object) -> int:
    """Return the maximum age of an event, 60 to 21600 seconds, as an int, or raise UsageError.

    >>> check_event_age(3600)
    3600
    """
    return _count(value, EVENT_AGE_IN_SECONDS, "the maximum event age", " of seconds")


def _members(value: object, known: tuple[str, ...], what: str) -> Mapping[str, object]:
    """Return a mapping that has only known keys, or raise UsageError."""
    if not isinstance(value, Mapping):
        hint = f"{what}={{{known[0]}=…}}" if len(known) == 1 else f"give a mapping of {', '.join(known)}"
        raise UsageError(f"{what} is {shown(value)}, not a mapping", hint=hint)
    for key in value:
        if key not in known:
            raise UsageError(
                f"{what} has no member {key!r}",
                hint=nearest(str(key), known) or ", ".join(known),
                culprit=str(key),
            )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationConfig:
    """The destinations of an event's record: on success, and on failure.

    >>> DestinationConfig(on_failure=DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:lost")).to_api()
    {'OnFailure': {'Destination': 'arn:aws:sqs:us-east-1:123456789012:lost'}}

    None leaves a member out; a `NoDestination` sends it empty. An S3 bucket can be a destination on failure only.
    """

    on_success: Destination | None = None
    on_failure: Destination | None = None

    def __post_init__(self) -> None:
        for value in (self.on_success, self.on_failure):
            if value is not None and not isinstance(value, DestinationArn | NoDestination):
                raise UsageError(f"{shown(value)} is not a destination", hint="DestinationArn.parse(…)")
        if isinstance(self.on_success, DestinationArn) and self.on_success.kind == "s3":
            raise UsageError(
                f"{str(self.on_success)!r} is an S3 bucket, which can be a destination on failure only",
                hint=f"send successes to {one_of(kind for kind in KINDS if kind != 's3')}",
                rule=DESTINATION_RULE,
                culprit=str(self.on_success),
            )

    @classmethod
    def from_api(cls, value: object, read: Callable[[str], Destination] = DestinationArn.parse) -> Self:
        """Parse the `DestinationConfig` of AWS's API; an unknown member is a UsageError.

        `read` parses the text of a destination.
        """
        members = _members(value, ("OnSuccess", "OnFailure"), "DestinationConfig")
        on_success, on_failure = (
            _destination_from_api(members[key], key, read) if key in members else None
            for key in ("OnSuccess", "OnFailure")
        )
        return cls(on_success=on_success, on_failure=on_failure)

    def to_api(self) -> dict[str, dict[str, str]]:
        """Return the `DestinationConfig` of AWS's API, without the members that are None."""
        members = {"OnSuccess": self.on_success, "OnFailure": self.on_failure}
        return {key: _destination_to_api(value) for key, value in members.items() if value is not None}


def _destination_from_api(value: object, key: str, read: Callable[[str], Destination]) -> Destination:
    members = _members(value, ("Destination",), key)
    if "Destination" not in members:
        return NoDestination.EMPTY
    text = members["Destination"]
    if isinstance(text, DestinationArn):
        return text
    if not isinstance(text, str):
        raise UsageError(f"the Destination of {key} is {shown(text)}, not text", hint="give the ARN of a destination")
    return read(text) if text else NoDestination.BLANK


def destinations_in(value: object) -> DestinationConfig | Mapping[str, Any]:
    """Validate the destinations in a document.

    If one is a name such as `sqs:NAME`, which needs the account and region, the document is returned unchanged.

    >>> destinations_in({"OnFailure": {"Destination": "sqs:lost-events"}})
    {'OnFailure': {'Destination': 'sqs:lost-events'}}
    """
    names: list[str] = []

    def read(text: str) -> Destination:
        found = parse_destination(text)
        if not isinstance(found, DestinationName):
            return found
        names.append(text)
        return found.arn("aws", "us-east-1", _ANY_ACCOUNT)

    config = DestinationConfig.from_api(value, read)
    return value if names and isinstance(value, Mapping) else config


def _destination_to_api(value: Destination) -> dict[str, str]:
    if isinstance(value, DestinationArn):
        return {"Destination": str(value)}
    return {"Destination": ""} if value is NoDestination.BLANK else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInvokeConfig:
    """The settings to write for a function, version or alias; None leaves a setting out.

    >>> EventInvokeConfig(maximum_retry_attempts=0, maximum_event_age_in_seconds=3600).to_api()
    {'MaximumRetryAttempts': 0, 'MaximumEventAgeInSeconds': 3600}

    Retries are 0, 1 or 2; the age is 60 to 21600 seconds. If a setting is absent, AWS's default applies: 2 and 21600.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
    """

    maximum_retry_attempts: int | None = None
    maximum_event_age_in_seconds: int | None = None
    destination_config: DestinationConfig | None = None

    def __post_init__(self) -> None:
        if self.maximum_retry_attempts is not None:
            attempts = check_retry_attempts(self.maximum_retry_attempts)
            object.__setattr__(self, "maximum_retry_attempts", attempts)
        if self.maximum_event_age_in_seconds is not None:
            age = check_event_age(self.maximum_event_age_in_seconds)
            object.__setattr__(self, "maximum_event_age_in_seconds", age)
        destinations = self.destination_config
        if destinations is not None and not isinstance(destinations, DestinationConfig):
            raise UsageError(f"{shown(destinations)} is not a DestinationConfig", hint="DestinationConfig.from_api(…)")

    @classmethod
    def from_api(cls, value: object) -> Self:
        """Parse the settings as AWS's API names them; an unknown member is a UsageError."""
        known = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
        members = _members(value, known, "the config")
        retries, age, destinations = (members.get(key) for key in known)
        return cls(
            maximum_retry_attempts=None if retries is None else check_retry_attempts(retries),
            maximum_event_age_in_seconds=None if age is None else check_event_age(age),
            destination_config=None if destinations is None else DestinationConfig.from_api(destinations),
        )

    def to_api(self) -> dict[str, Any]:
        """Return the members of AWS's request, without the settings that are None."""
        destinations = self.destination_config
        members = {
            "MaximumRetryAttempts": self.maximum_retry_attempts,
            "MaximumEventAgeInSeconds": self.maximum_event_age_in_seconds,
            "DestinationConfig": None if destinations is None else destinations.to_api(),
        }
        return {key: value for key, value in members.items() if value is not None}

    def __bool__(self) -> bool:
        """Return whether anything is set: AWS refuses an empty config."""
        return bool(self.to_api())
