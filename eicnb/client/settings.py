"""The settings of the process; each is chosen, set by the environment, or the default."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from eicnb.changes.journal import FOLDER, OFF
from eicnb.errors import ConfigurationError, EicError, UsageError, nearest
from eicnb.frames.catalogue import KNOWN, under_head
from eicnb.frames.view import ALL, AUTO, VIEW, View, check_columns
from eicnb.model.limits import REQUESTS_A_SECOND
from eicnb.model.place import check_region
from eicnb.redaction import masks

Source = Literal["chosen", "environment", "default"]

_ON = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The look of frames, the names that displays hide, and the defaults of commands.

    >>> Settings(max_rows=0)
    Traceback (most recent call last):
    eicnb.errors.UsageError: max_rows is 0
    Try: set a whole number, 1 or more

    `region` and `profile` apply until a connection is chosen with `use`.
    """

    region: str | None = None
    profile: str | None = None
    rate: float = 10
    progress: bool = True
    interpolate: bool = True
    confirm: bool = False
    max_rows: int = 60
    columns: str | tuple[str, ...] = AUTO
    redact: bool = False
    redact_names: tuple[str, ...] = ()
    journal: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.max_rows, bool) or not isinstance(self.max_rows, int) or self.max_rows < 1:
            raise UsageError(f"max_rows is {self.max_rows!r}", hint="set a whole number, 1 or more")
        for name in ("progress", "interpolate", "confirm", "redact"):
            if not isinstance(value := getattr(self, name), bool):
                raise UsageError(f"{name} is {value!r}", hint="set True or False")
        if isinstance(self.rate, bool) or not isinstance(self.rate, int | float) or not 0 < self.rate < math.inf:
            hint = f"set requests a second: 10, or up to AWS's limit of {REQUESTS_A_SECOND}"
            raise UsageError(f"rate is {self.rate!r}", hint=hint)
        for name, what in (("region", "the name of a region"), ("profile", "the name of a profile"), _JOURNAL):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value.strip()):
                raise UsageError(f"{name} is {value!r}", hint=f"set {what}, or None")
        check_known(self.columns)
        check_region(self.region)
        check_names(self.redact_names)


_JOURNAL = ("journal", f"a folder or {OFF!r}")

MEANINGS = {
    "region": "region of the default connection",
    "profile": "profile of the default connection",
    "rate": "requests per second in each account and region; by default, a sandbox has no limit",
    "progress": "whether an audit shows its progress",
    "interpolate": "whether `${name}`, `$name` and `{name}` insert values of the notebook",
    "confirm": "whether each write from a command line asks for confirmation",
    "max_rows": "the most rows that the display of a frame has",
    "columns": "the columns of a frame that are shown: `auto` for those that fit, `all`, or names",
    "redact": "whether account ids and the listed names are masked in every display",
    "redact_names": "the names to mask",
    "journal": "folder of the journal of all writes, or `off`; by default in your state directory",
}
"""The meaning of each setting; `%config EicMagics.NAME = …` sets it."""


def check_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names stripped; an empty one is a UsageError that does not show the others.

    >>> check_names(["acme", " shop "])
    ('acme', 'shop')
    """
    try:
        return masks.names_in(names)
    except ValueError as error:
        message, hint = error.args
        raise UsageError(message, hint=hint) from None


def check_known(columns: Any) -> str | tuple[str, ...]:
    """Return the columns to show; a name that no frame has is a UsageError.

    >>> check_known("function_name, retries")
    Traceback (most recent call last):
    eicnb.errors.UsageError: no frame has a column 'retries'
    Try: maximum_retry_attempts
    """
    chosen = check_columns(columns)
    for name in chosen if isinstance(chosen, tuple) else ():
        if name not in KNOWN:
            hint = under_head(name) or nearest(name, [*KNOWN, AUTO, ALL])
            raise UsageError(f"no frame has a column {name!r}", hint=hint or "use the names in frame.columns")
    return chosen


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable and its setting."""

    name: str
    setting: str


VARIABLES = (
    Variable("EICNB_MAX_ROWS", "max_rows"),
    Variable("EICNB_COLUMNS", "columns"),
    Variable(masks.SWITCH, "redact"),
    Variable(masks.NAMES, "redact_names"),
    Variable("EICNB_JOURNAL", "journal"),
)

_chosen: dict[str, Any] = {}

_resolved: list[tuple[Any, Settings]] = []
"""The settings resolved last, with the values that they were resolved from."""


def check(name: str, value: Any) -> None:
    """Reject an unknown setting or an invalid value."""
    if name not in MEANINGS:
        raise UsageError(f"there is no setting {name!r}", hint=nearest(name, MEANINGS) or ", ".join(MEANINGS))
    Settings(**{name: _exact(name, value)})


def _exact(name: str, value: Any) -> Any:
    """Return a value as `Settings` stores it, or raise UsageError."""
    exact = {"redact_names": check_names, "columns": check_known}
    return exact[name](value) if name in exact else value


def choose(**values: Any) -> Settings:
    """Choose settings for this process, over the environment, and return the settings in force.

    >>> choose(max_rows=20).max_rows
    20
    >>> choose(max_rows=None).max_rows
    60

    None resets a setting. `eicnb.config()` lists all settings.
    """
    known = [field.name for field in fields(Settings)]
    if unknown := sorted(set(values) - set(known)):
        raise UsageError(f"there is no setting {unknown[0]!r}", hint=", ".join(known))
    values = {name: None if value is None else _exact(name, value) for name, value in values.items()}
    Settings(**{name: value for name, value in values.items() if value is not None})
    from_environment(os.environ)
    _chosen.update(values)
    masks.choose(on=_chosen.get("redact"), names=_chosen.get("redact_names"))
    return current()


def current() -> Settings:
    """Return the settings in force; an invalid environment variable raises ConfigurationError.

    They are resolved once, and again when a choice or one of the variables changes.
    """
    key = (*_chosen.items(), *(os.environ.get(variable.name) for variable in VARIABLES))
    if not _resolved or _resolved[0][0] != key:
        environment = from_environment(os.environ)
        chosen = {name: value for name, value in _chosen.items() if value is not None}
        _resolved[:] = [(key, Settings(**{**environment, **chosen}))]
    return _resolved[0][1]


def chosen_rate() -> float | None:
    """Return the chosen rate; None for the default, which depends on the account.

    >>> chosen_rate()
    """
    return None if source("rate") == "default" else current().rate


def source(setting: str) -> Source:
    """Return where the value of a setting comes from."""
    if _chosen.get(setting) is not None:
        return "chosen"
    return "environment" if setting in from_environment(os.environ) else "default"


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that environment variables set.

    >>> from_environment({"EICNB_REDACT": "yes", "EICNB_REDACT_NAMES": "acme, shop"})
    {'redact': True, 'redact_names': ('acme', 'shop')}
    """
    found: dict[str, Any] = {}
    for variable in VARIABLES:
        if text := environment.get(variable.name, "").strip():
            try:
                value = _READ[variable.setting](text)
                Settings(**{variable.setting: value})
            except EicError as error:
                raise ConfigurationError(f"{variable.name}: {error.message}", hint=error.hint) from error
            found[variable.setting] = value
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"max_rows is {text!r}", hint="set a whole number, 1 or more")
    return int(text)


def _switch(text: str) -> bool:
    if text.lower() not in _ON | masks.OFF:
        raise UsageError(f"redact is {text!r}", hint="set 1 or 0")
    return text.lower() in _ON


_READ: Mapping[str, Any] = {
    "max_rows": _number,
    "columns": check_known,
    "redact": _switch,
    "journal": str,
    "redact_names": lambda text: check_names(text.split(",")),
}

VIEW.choose(lambda: View(current().columns, current().max_rows))
FOLDER.choose(lambda: current().journal)
