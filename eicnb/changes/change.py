"""A change to one config: its settings before and after, its wording, and the request that makes it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, Self

from eicnb.errors import UsageError
from eicnb.model.age import age, human
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn, NoDestination, named_in, settable_destination
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request

WRITES = frozenset({"put", "update", "delete"})
"""The verbs that write."""

LABELS: Mapping[str, str] = {
    "function_name": "Function",
    "qualifier": "Qualifier",
    "maximum_retry_attempts": "Maximum retry attempts",
    "maximum_event_age_in_seconds": "Maximum event age",
    "on_success": "On success",
    "on_failure": "On failure",
}
"""The label of each field."""

SETTINGS = tuple(LABELS)[2:]
"""The four settings, in display order."""

_SHORT_LABELS = {
    "maximum_retry_attempts": "retries",
    "maximum_event_age_in_seconds": "age",
    "on_failure": "on-failure",
    "on_success": "on-success",
}

_DEFAULTS = {
    "maximum_retry_attempts": DEFAULT_RETRY_ATTEMPTS,
    "maximum_event_age_in_seconds": DEFAULT_EVENT_AGE_IN_SECONDS,
}

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
"""The values that AWS uses for settings that are not set."""


class _Unknown(Enum):
    """The type of `UNKNOWN`, which is its only value."""

    UNKNOWN = "unknown"


_UNREAD = "?"

UNKNOWN: Final = _Unknown.UNKNOWN
"""The value of a setting that could not be read."""

Values = Mapping[str, Any]
"""The value of each setting; None if it is not set, UNKNOWN if it could not be read."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A config that was not read or could not be read.

    `reason` states why; `untouched` are the settings that an update does not change.

    >>> str(Unread("AccessDenied")), str(NOT_READ)
    ('could not be read: AccessDenied', 'was not read')
    """

    reason: str
    untouched: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "was not read" if self.reason == NOT_READ.reason else f"could not be read: {self.reason}"


NOT_READ: Final = Unread("it was not read")
"""A config that was deliberately not read, so that the write is a single request."""


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting before and after."""

    name: str
    before: Any
    after: Any

    @property
    def is_one(self) -> bool:
        """Whether the setting changes."""
        return bool(self.before != self.after)

    @property
    def effect(self) -> str:
        """The effect on the setting, in a few words."""
        if not self.is_one:
            return "unchanged"
        if self.after is None:
            return "RESET: settings left out are removed"
        return "SET" if self.before in {None, UNKNOWN} else "CHANGED"

    def row(self) -> tuple[str, str, str, str]:
        """Return the setting's label, its values before and after, and the effect."""
        before, after = in_words(self.name, self.before), in_words(self.name, self.after)
        return LABELS[self.name], before, after, self.effect

    def phrase(self, where: Where) -> str:
        """Word the change briefly; a destination in the same account and region has its short name.

        >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
        >>> SettingChange("maximum_retry_attempts", 0, None).phrase(where)
        'retries 0 -> 2 (default)'
        """
        before, after = (in_short(self.name, value, where) for value in (self.before, self.after))
        if self.name in _DEFAULTS:
            before += " (default)" if self.before is None and before == after else ""
            after += " (default)" if self.after is None else ""
        return f"{_SHORT_LABELS[self.name]} {before} -> {after}"


@dataclass(frozen=True, slots=True)
class Change:
    """A change to one config: its function, version or alias, and the config before and after.

    >>> change = Change(FunctionRef("my-function", "live"), None, None)
    >>> change.line()
    'delete my-function:live  no change'

    None means no config. `before` is Unread if it could not be read, which does not prevent the change.
    """

    target: FunctionRef
    before: ReportedConfig | Unread | None
    after: ReportedConfig | None

    @classmethod
    def of(cls, request: Request, before: ReportedConfig | Unread | None) -> Self:
        """Return the change that a put, update or delete makes to the current config.

        >>> request = Request("put", FunctionRef("f"), config=EventInvokeConfig(maximum_retry_attempts=0))
        >>> Change.of(request, None).after.maximum_retry_attempts
        0
        """
        target = target_of(request)
        if request.verb == "delete":
            return cls(target, before, None)
        values = dict(settings_of(request.config))
        if request.verb == "update":
            left_alone = frozenset(SETTINGS) - request.given()
            if isinstance(before, Unread):
                before = replace(before, untouched=left_alone)
            else:
                values |= {name: settings_of(before)[name] for name in left_alone}
        last_modified = before.last_modified if isinstance(before, ReportedConfig) else None
        return cls(target, before, ReportedConfig(function=target, last_modified=last_modified, **values))

    @property
    def is_one(self) -> bool:
        """Whether a setting changes, or the existence of the config."""
        is_made_or_deleted = (self.before is None) != (self.after is None)
        return is_made_or_deleted or any(setting.is_one for setting in self.settings())

    def settings(self) -> tuple[SettingChange, ...]:
        """Return the four settings with their values before and after."""
        before, after = settings_of(self.before), settings_of(self.after)
        if isinstance(self.before, Unread):
            after = {**after, **dict.fromkeys(self.before.untouched, UNKNOWN)}
        return tuple(SettingChange(name, before[name], after[name]) for name in SETTINGS)

    def line(self, where: Where | None = None, verb: str | None = None) -> str:
        """Return one line about what changes and where.

        `where` defaults to the place in the target's ARN, and `verb` to put or delete.
        """
        where = where or place_of(self.target)
        verb = verb or ("delete" if self.after is None else "put")
        subject = f"{verb} {self.target.function_name}:{self.target.qualifier or LATEST}"
        changes = self.words(where)
        sandbox = "SANDBOX" if where.sandbox else ""
        return "  ".join(filter(None, [subject, changes, where.region, where.account_id, sandbox]))

    def words(self, where: Where) -> str:
        """Return a short phrase for each setting that changes, joined by commas.

        >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
        >>> Change(FunctionRef("my-function", "live"), None, None).words(where)
        'no change'
        """
        return ", ".join(self.phrases(where)) or _existence(self.before, self.after)

    def phrases(self, where: Where) -> Iterator[str]:
        """Yield a phrase for each setting that changes and, if the config was not read, the reason."""
        changed = {setting.name: setting for setting in self.settings() if setting.is_one}
        yield from (changed[name].phrase(where) for name in _SHORT_LABELS if name in changed)
        if isinstance(self.before, Unread):
            yield f"the previous config {self.before}"

    def request(self) -> Request:
        """Return the single request that makes the change: a complete put, or a delete.

        >>> Change(FunctionRef("my-function", "live"), None, None).request()  # doctest: +ELLIPSIS
        Request(verb='delete', function=FunctionRef(function_name='my-function', ...), qualifier='live', ...)

        A stored config that AWS would reject today, such as one with a FIFO queue, is a UsageError.
        """
        function, qualifier = self.target.without_qualifier(), self.target.qualifier
        named = None if qualifier == LATEST else qualifier
        if self.after is None:
            return Request("delete", function, named)
        return Request("put", function, named, complete(self.after))

    def inverse(self) -> Change:
        """Return the change that undoes this one, or raise a UsageError if the previous config is unknown."""
        if isinstance(self.before, Unread):
            raise UsageError(
                f"the change to {self.target} cannot be undone: the previous config {self.before}",
                hint="put the config",
            )
        return Change(self.target, self.after, self.before)


def target_of(request: Request) -> FunctionRef:
    """Return the function of a request with its qualifier, which defaults to `$LATEST`."""
    qualifier = request.qualifier or request.function.qualifier or LATEST
    return request.function.without_qualifier().with_qualifier(qualifier)


def complete(config: ReportedConfig) -> EventInvokeConfig:
    """Return the settings for a put that recreates a config, even an empty one."""
    on_success, on_failure = (settable_destination(text) for text in (config.on_success, config.on_failure))
    settings = EventInvokeConfig(
        maximum_retry_attempts=config.maximum_retry_attempts,
        maximum_event_age_in_seconds=config.maximum_event_age_in_seconds,
    )
    if settings and on_success is on_failure is NoDestination.EMPTY:
        return settings
    return replace(settings, destination_config=DestinationConfig(on_success=on_success, on_failure=on_failure))


def place_of(function: FunctionRef, *, sandbox: bool = False) -> Where:
    """Return the place that a function's ARN names; unnamed parts are empty, and no request is sent."""
    return Where(
        partition=function.partition or "",
        region=function.region or "",
        account_id=function.account_id or "",
        sandbox=sandbox,
    )


def settings_of(config: ReportedConfig | EventInvokeConfig | Unread | None) -> Values:
    """Return the four settings of a reported or requested config.

    >>> settings_of(EventInvokeConfig(maximum_retry_attempts=0))["maximum_retry_attempts"]
    0
    """
    if isinstance(config, Unread):
        return dict.fromkeys(SETTINGS, UNKNOWN)
    if isinstance(config, ReportedConfig):
        return {name: getattr(config, name) for name in SETTINGS}
    config = EventInvokeConfig() if config is None else config
    destinations = config.destination_config or DestinationConfig()
    arns = {name: getattr(destinations, name) for name in ("on_success", "on_failure")}
    return {
        "maximum_retry_attempts": config.maximum_retry_attempts,
        "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds,
        **{name: str(arn) if isinstance(arn, DestinationArn) else None for name, arn in arns.items()},
    }


def is_same(one: ReportedConfig | Unread | None, other: ReportedConfig | Unread | None) -> bool:
    """Return whether two configs have the same settings, whenever they were written; None is no config.

    >>> is_same(None, NOT_READ), is_same(None, None)
    (False, True)
    """
    return (one is None) == (other is None) and settings_of(one) == settings_of(other)


def in_words(name: str, value: Any) -> str:
    """Return the value of a setting in words, with AWS's default if it is not set.

    >>> in_words("maximum_event_age_in_seconds", 3600)
    '3600 s = 1 hour'
    """
    if value is UNKNOWN:
        return _UNREAD
    if value is None:
        return _UNSET[name]
    return f"{value} s = {human(value)}" if name == "maximum_event_age_in_seconds" else str(value)


def described(config: ReportedConfig | EventInvokeConfig | None, where: Where, names: Container[str] = SETTINGS) -> str:
    """Describe a config by its settings, or by those in `names`, in a few words each.

    >>> described(None, Where(partition="aws", region="us-east-1", account_id="123456789012"))
    'no config'
    """
    if config is None:
        return "no config"
    values = settings_of(config)
    shown = {name: word for name, word in _SHORT_LABELS.items() if name in names}
    return ", ".join(f"{word} {in_short(name, values[name], where)}" for name, word in shown.items())


def worded(before: Values | None, after: Values | None, where: Where) -> str:
    """Word the change from one config to another, where None means no config.

    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> worded(None, settings_of(EventInvokeConfig(maximum_retry_attempts=0)), where)
    'retries 2 -> 0'
    """
    old, new = (settings_of(None) if values is None else values for values in (before, after))
    settings = [SettingChange(name, old[name], new[name]) for name in _SHORT_LABELS]
    phrases = ", ".join(setting.phrase(where) for setting in settings if setting.is_one)
    return phrases or _existence(before, after)


def _existence(before: object, after: object) -> str:
    """Word a change that changes no setting."""
    if (before is None) == (after is None):
        return "no change"
    return "no config -> an empty config" if before is None else "an empty config -> no config"


def in_short(name: str, value: Any, where: Where) -> str:
    """Return a value as one word: a number, AWS's default if it is not set, or a destination's name.

    >>> in_short("maximum_event_age_in_seconds", None, Where(partition="aws", region="us-east-1", account_id=""))
    '6h'
    """
    if value is UNKNOWN:
        return _UNREAD
    if name in _DEFAULTS:
        number = _DEFAULTS[name] if value is None else value
        return age(number) if name == "maximum_event_age_in_seconds" else str(number)
    return named_in(value, where) if value else "none"


def count(number: int, thing: str) -> str:
    """Return a number with its noun: `1 change`, `2 changes`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
