"""A write beside what is there before it: what it changes, in a line, and what the config will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from eicnb.aws.connection import Connection
from eicnb.errors import AwsError, NotFound, UsageError
from eicnb.model.age import age, human
from eicnb.model.config import (
    DestinationConfig,
    EventInvokeConfig,
)
from eicnb.model.destination import DestinationArn, name_of
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request

WRITES = frozenset({"put", "update", "delete"})
"""The verbs that change something."""

_WORDS = {
    "maximum_retry_attempts": "retries",
    "maximum_event_age_in_seconds": "age",
    "on_failure": "on-failure",
    "on_success": "on-success",
}

_DEFAULTS: Values = {
    "maximum_retry_attempts": DEFAULT_RETRY_ATTEMPTS,
    "maximum_event_age_in_seconds": DEFAULT_EVENT_AGE_IN_SECONDS,
}


@dataclass(frozen=True, slots=True)
class Write:
    """A checked put, update or delete, and the config that is there before it; None where there is none.

    `unread` says why nothing is known of that config, which does not keep a write from being sent.
    """

    request: Request
    before: ReportedConfig | None = None
    unread: str = ""

    @classmethod
    def read(cls, connection: Connection, request: Request, *, must: bool = False) -> Self:
        """Read what is there; an update or a delete of a config that is not there is NotFound, as it is when sent.

        Who may not read it can still write, unless it `must` be known.

        >>> request = connection.request("put", "my-function:BLUE", maximum_retry_attempts=1)
        >>> Write.read(connection, request).line(connection.where())
        'put my-function:BLUE  retries 0 -> 1, age 1h -> 6h (default)  us-east-1  123456789012  SANDBOX'
        """
        try:
            before = connection.reported(Request("get", request.function, request.qualifier))
        except NotFound:
            if request.verb != "put":
                raise
            return cls(request)
        except AwsError as error:
            if must:
                raise
            return cls(request, unread=type(error).__name__)
        return cls(request.keeping(before) if request.keeps_other_destination else request, before)

    @property
    def qualifier(self) -> str:
        """The version or alias that is changed, or `$LATEST`."""
        return self.request.qualifier or self.request.function.qualifier or LATEST

    def after(self) -> Values:
        """The value of each setting afterwards; None is one that is not set."""
        config = self.request.config or EventInvokeConfig()
        destinations = config.destination_config
        wanted = {
            "maximum_retry_attempts": config.maximum_retry_attempts,
            "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds,
            "on_failure": _arn(destinations.on_failure if destinations else None),
            "on_success": _arn(destinations.on_success if destinations else None),
        }
        if self.request.verb != "update":
            return wanted
        given = {name for name in _DEFAULTS if wanted[name] is not None}
        given |= {"on_failure", "on_success"} if destinations is not None else set()
        return {**settings_of(self.before), **{name: wanted[name] for name in given}}

    def line(self, where: Where) -> str:
        """What happens, and where, in one line."""
        subject = f"{self.request.verb} {self.request.function.function_name}:{self.qualifier}"
        changes = ", ".join(self._changes(where)) or "no change"
        sandbox = "SANDBOX" if where.sandbox else ""
        return "  ".join(filter(None, [subject, changes, where.region, where.account_id, sandbox]))

    def _changes(self, where: Where) -> Iterator[str]:
        before, after = settings_of(self.before), self.after()
        for name, word in _WORDS.items():
            is_reset = bool(self.unread) and self.request.verb != "update"
            if before[name] == after[name] and not is_reset:
                continue
            was, will_be = ("?" if self.unread else _told(name, before[name], where)), _told(name, after[name], where)
            was += " (default)" if name in _DEFAULTS and before[name] is None and was == will_be else ""
            will_be += " (default)" if name in _DEFAULTS and after[name] is None else ""
            yield f"{word} {was} -> {will_be}"
        if self.unread:
            yield f"what was there could not be read: {self.unread}"

    def config(self, where: Where) -> ReportedConfig:
        """The config as it would be afterwards, or of a delete the one that would go."""
        if self.request.verb == "delete" and self.before is not None:
            return self.before
        function = replace(
            self.request.function.without_qualifier().with_qualifier(self.qualifier),
            partition=where.partition,
            region=where.region,
            account_id=where.account_id,
            marked=True,
        )
        last_modified = self.before.last_modified if self.before else None
        return ReportedConfig(function=function, last_modified=last_modified, **self.after())


def place_of(reported: FunctionRef, connection: Connection) -> Where:
    """Where a function is that AWS told of, by its ARN; nobody is asked."""
    return Where(
        partition=reported.partition or "",
        region=reported.region or "",
        account_id=reported.account_id or "",
        sandbox=connection.is_sandbox,
    )


def _arn(destination: Any) -> str | None:
    return str(destination) if isinstance(destination, DestinationArn) else None


def _told(name: str, value: Any, where: Where) -> str:
    """A value in a word: AWS's default where nothing is set, and destinations of the same place by their names."""
    if name in _DEFAULTS:
        number = _DEFAULTS[name] if value is None else value
        return age(number) if name == "maximum_event_age_in_seconds" else str(number)
    if not value:
        return "none"
    try:
        return name_of(DestinationArn.parse(value), where) or str(value)
    except UsageError:
        return str(value)


LABELS: Mapping[str, str] = {
    "function_name": "Function",
    "qualifier": "Qualifier",
    "maximum_retry_attempts": "Maximum retry attempts",
    "maximum_event_age_in_seconds": "Maximum event age",
    "on_success": "On success",
    "on_failure": "On failure",
}
"""What each field is called."""

SETTINGS = tuple(LABELS)[2:]
"""The four settings, in the order in which they are shown."""

_UNSET: Mapping[str, str] = {
    "maximum_retry_attempts": f"not set (AWS's default: {DEFAULT_RETRY_ATTEMPTS})",
    "maximum_event_age_in_seconds": (
        f"not set (AWS's default: {DEFAULT_EVENT_AGE_IN_SECONDS} s = {human(DEFAULT_EVENT_AGE_IN_SECONDS)})"
    ),
    "on_success": "none",
    "on_failure": "none",
}

DEFAULTS = EventInvokeConfig(
    maximum_retry_attempts=DEFAULT_RETRY_ATTEMPTS, maximum_event_age_in_seconds=DEFAULT_EVENT_AGE_IN_SECONDS
)
"""What AWS does where nothing is set."""

Values = Mapping[str, Any]
"""The value of each setting; None is one that is not set."""


def settings_of(config: ReportedConfig | EventInvokeConfig | None) -> Values:
    """The four settings of a config that AWS reports, or of one that is to be written.

    >>> settings_of(EventInvokeConfig(maximum_retry_attempts=0))["maximum_retry_attempts"]
    0
    """
    if isinstance(config, ReportedConfig):
        return {name: getattr(config, name) for name in SETTINGS}
    destinations = (config.destination_config if config else None) or DestinationConfig()
    arns = {name: getattr(destinations, name) for name in ("on_success", "on_failure")}
    return {
        "maximum_retry_attempts": config.maximum_retry_attempts if config else None,
        "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds if config else None,
        **{name: None if arn is None else str(arn) for name, arn in arns.items()},
    }


def in_words(name: str, value: Any) -> str:
    """The value of a setting, and what AWS does where there is none.

    >>> in_words("maximum_event_age_in_seconds", 3600)
    '3600 s = 1 hour'
    """
    if value is None:
        return _UNSET[name]
    return f"{value} s = {human(value)}" if name == "maximum_event_age_in_seconds" else str(value)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting before and after; `effect` says what happens to it."""

    name: str
    before: Any
    after: Any

    @property
    def is_one(self) -> bool:
        """Whether anything happens at all."""
        return bool(self.before != self.after)

    @property
    def effect(self) -> str:
        """What happens to the setting, in a word or two."""
        if not self.is_one:
            return "unchanged"
        if self.after is None:
            return "RESET: what is left out is removed"
        return "SET" if self.before is None else "CHANGED"

    def row(self) -> tuple[str, str, str, str]:
        """The setting, what it is now, what it will be, and what happens to it."""
        before, after = in_words(self.name, self.before), in_words(self.name, self.after)
        return LABELS[self.name], before, after, self.effect


def changes(before: Values, after: Values) -> tuple[Change, ...]:
    """Each setting, before and after.

    >>> nothing = settings_of(None)
    >>> [change.effect for change in changes({**nothing, "on_failure": "arn:…"}, nothing)]
    ['unchanged', 'unchanged', 'unchanged', 'RESET: what is left out is removed']
    """
    return tuple(Change(name, before[name], after[name]) for name in SETTINGS)


def count(number: int, thing: str) -> str:
    """So many things: `1 change`, `2 changes`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
