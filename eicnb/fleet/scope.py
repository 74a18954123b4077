"""The arguments of an audit, validated before the first request.

Tested in tests/fleet/test_bad_input.py and tests/fleet/test_audit.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from eicnb.errors import UsageError, shown
from eicnb.model.function import FunctionRef
from eicnb.model.place import check_region
from eicnb.model.reported import ReportedFunction

Qualifiers = Literal["configured", "all"]
Errors = Literal["raise", "rows"]
Credentials = Literal["workers", "send"]
"""Whose credentials the workers of a cluster use: their own, or short-lived ones that are sent to them."""

Choose = Callable[[ReportedFunction], object]
"""Returns whether to audit a function, given what `ListFunctions` reports; its config is not read yet."""

ALL_REGIONS = "all"
CHOSEN = "callable"
"""The attr `selected` of an audit whose functions were chosen by a callable."""
_GLOB = frozenset("*?[")


def check_choice(argument: str, value: Any, choices: Iterable[str]) -> str:
    """Return a value that is one of the choices, or raise UsageError."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        hint = " or ".join(f'{argument}="{choice}"' for choice in choices)
        error = UsageError(f"{argument} is {shown(value)}", hint=hint)
        error.argument = argument
        raise error
    return value


def check_rate(value: Any) -> float | None:
    """Return a rate in requests a second as a float above 0; None means the default rate.

    >>> check_rate(10)
    10.0
    """
    if value is None:
        return None
    with UsageError.about("rate"):
        hint = "give calls a second as a number above 0; AWS allows each account 15 per region, shared by all callers"
        try:
            rate = math.nan if isinstance(value, bool | str) else float(value)
        except (TypeError, ValueError, OverflowError):
            rate = math.nan
        if not (math.isfinite(rate) and rate > 0):
            raise UsageError(f"the rate is {shown(value)}", hint=hint)
        return rate


def names_in(argument: str, value: Any, example: str) -> tuple[str, ...]:
    """Return the distinct names in a list or in a comma-separated string.

    >>> names_in("regions", "us-east-1,eu-west-1", "us-east-1")
    ('us-east-1', 'eu-west-1')
    """
    with UsageError.about(argument):
        hint = f'{argument}=["{example}", …]'
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, Iterable) or isinstance(value, bytes | Mapping) or hasattr(value, "columns"):
            raise UsageError(f"{argument} is {shown(value)}, not a list of names", hint=hint)
        names = []
        for name in value:
            if not isinstance(name, str) or not name.strip():
                raise UsageError(f"{argument} contains {shown(name)}, which is not a name", hint=hint)
            names.append(name.strip())
        if not names:
            raise UsageError(f"{argument} is empty", hint=hint)
        return tuple(dict.fromkeys(names))


def check_regions(regions: Any) -> tuple[str, ...] | None:
    """Return the names of regions, `("all",)` for every region of the account, or None if none are named."""
    if regions is None:
        return None
    names = names_in("regions", regions, "us-east-1")
    with UsageError.about("regions"):
        if ALL_REGIONS in names and len(names) > 1:
            raise UsageError('regions contains "all" and other names', hint='regions="all"')
        for name in names:
            check_region(name)
    return names


def is_glob(pattern: str) -> bool:
    """Return whether a pattern has wildcards, which no function name contains.

    >>> is_glob("shop-*"), is_glob("shop")
    (True, False)
    """
    return bool(_GLOB & set(pattern))


@dataclass(frozen=True, slots=True)
class Selection:
    """The functions to audit: by names and globs, by a callable, or all of them.

    >>> Selection(patterns=("shop-*", "checkout")).fits("checkout")
    True
    """

    patterns: tuple[str, ...] | None = None
    choose: Choose | None = None

    @classmethod
    def parse(cls, functions: Any) -> Selection:
        """Read the argument `functions`: names or globs (`*`, `?`, `[ab]`), or a callable."""
        if functions is None:
            return cls()
        if callable(functions):
            return cls(choose=functions)
        patterns = names_in("functions", functions, "checkout-*")
        with UsageError.about("functions"):
            return cls(patterns=tuple(map(_pattern, patterns)))

    @classmethod
    def from_attr(cls, text: str | None) -> Selection:
        """Read the attr `selected`; a callable is not stored there, and selects all functions."""
        return cls(patterns=None if text in {None, CHOSEN} else tuple(json.loads(str(text))))

    @property
    def as_attr(self) -> str | None:
        """The selection as the attr `selected`; None for all functions."""
        return CHOSEN if self.choose else json.dumps(self.patterns) if self.patterns else None

    def fits(self, function_name: str) -> bool:
        """Return whether a name matches one of the patterns; case matters, as it does in AWS."""
        return self.patterns is None or any(fnmatchcase(function_name, pattern) for pattern in self.patterns)

    def wants(self, function: ReportedFunction) -> bool:
        """Return whether to audit a function."""
        return self.fits(function.function.function_name) and (self.choose is None or bool(self.choose(function)))

    @property
    def has_names(self) -> bool:
        """Whether a pattern is a full name, which may turn out not to exist."""
        return not all(map(is_glob, self.patterns or ()))

    def unmatched(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the patterns that match none of these names.

        >>> Selection(patterns=("shop-*", "checkout")).unmatched({"checkout"})
        ('shop-*',)
        """
        return tuple(
            pattern
            for pattern in self.patterns or ()
            if pattern not in names and not (is_glob(pattern) and any(fnmatchcase(name, pattern) for name in names))
        )


def _pattern(text: str) -> str:
    """Return a glob unchanged; anything else must be a valid function name."""
    if is_glob(text):
        return text
    function = FunctionRef.parse(text)
    if str(function) != function.function_name:
        raise UsageError(
            f"{text!r} is not just the name of a function", hint=f'functions="{function.function_name}"', culprit=text
        )
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The arguments of an audit that apply to every region."""

    selection: Selection
    qualifiers: Qualifiers
    rate: float | None

    @classmethod
    def parse(cls, *, functions: Any, qualifiers: Any, rate: Any) -> Scope:
        """Validate the arguments."""
        check_choice("qualifiers", qualifiers, get_args(Qualifiers))
        return cls(selection=Selection.parse(functions), qualifiers=qualifiers, rate=check_rate(rate))

    @property
    def wants_all_qualifiers(self) -> bool:
        """Whether to include aliases and versions without a config."""
        return self.qualifiers == "all"
