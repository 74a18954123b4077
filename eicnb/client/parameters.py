"""Calls with wrong parameters: a UsageError that suggests the right one.

>>> @checked
... def put(function_name, *, maximum_retry_attempts=None):
...     return maximum_retry_attempts
>>> put("my-function", retries=1)
Traceback (most recent call last):
eicnb.errors.UsageError: put has no parameter 'retries'
Try: maximum_retry_attempts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

from eicnb.errors import UsageError, nearest, shown
from eicnb.model.age import read_age
from eicnb.model.verbs import separated

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")

_ALIASES = {
    "retries": "maximum_retry_attempts",
    "max_retry_attempts": "maximum_retry_attempts",
    "max_age": "maximum_event_age_in_seconds",
    "age": "maximum_event_age_in_seconds",
    "region_name": "region",
    "profile_name": "profile",
    "session": "boto3_session",
    "alias": "qualifier",
    "version": "qualifier",
    "function": "function_name",
    "name": "function_name",
}
"""Names for parameters that users know from command lines, AWS's API and boto3."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Make a call with wrong parameters raise a UsageError instead of Python's TypeError."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise  # the error is from inside the function
            raise _call_error(function, args, kwargs) or error from None

    return call


def checked_methods(cls: type[C]) -> type[C]:
    """Apply `checked` to every public method of a class."""
    for name, method in [*vars(cls).items()]:
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(cls, name, checked(method))
    return cls


def _call_error(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> UsageError | None:
    """Return the error for a call with wrong parameters, or None if it is not a common mistake."""
    parameters = {name: one for name, one in signature(function).parameters.items() if name != "self"}
    name = function.__name__
    positional = [one.name for one in parameters.values() if one.kind is Parameter.POSITIONAL_OR_KEYWORD]
    given = len(args) - ("self" in signature(function).parameters)
    for wrong in kwargs.keys() - parameters.keys():
        free = [one for one in parameters if one not in {*positional[:given], *kwargs}]
        return UsageError(f"{name} has no parameter {wrong!r}", hint=_suggested(wrong, kwargs[wrong], free))
    if given > len(positional):
        named = next((one.name for one in parameters.values() if one.kind is Parameter.KEYWORD_ONLY), None)
        hint = f"{named}=…" if named else f"leave out all but {len(positional)}"
        return UsageError(f"{name} takes {len(positional)} positional arguments, not {given}", hint=hint)
    for twice in set(positional[:given]) & kwargs.keys():
        return UsageError(f"{name} is given {twice} twice", hint=f"leave out {twice}=…")
    needed = [one.name for one in parameters.values() if one.default is Parameter.empty]
    missing = [one for one in needed if one not in {*positional[:given], *kwargs}]
    if missing:
        return UsageError(f"{name} needs {missing[0]}", hint=f"{missing[0]}=…")
    return None


def _suggested(wrong: str, value: Any, parameters: Sequence[str]) -> str:
    snake = separated(wrong, "_")
    known = next((name for name in (snake, _ALIASES.get(snake, "")) if name in parameters), None)
    if known == "maximum_event_age_in_seconds" and isinstance(value, str):
        with suppress(UsageError):
            return f"{known}={read_age(value, wrong, shown(value))}"
    return known or nearest(snake, parameters) or ", ".join(parameters) or f"leave out {wrong}=…"
