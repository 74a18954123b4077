"""The verbs alone, on the connection in use: `eicnb.put(…)` is `eicnb.current().put(…)`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from eicnb.api import Eic, current

P = ParamSpec("P")
R = TypeVar("R")


def _of_current(method: Callable[Concatenate[Eic, P], R]) -> Callable[P, R]:
    """A verb of `Eic` as a function of its own, with the same signature and documentation."""

    @wraps(method)
    def verb(*args: P.args, **kwargs: P.kwargs) -> R:
        return method(current(), *args, **kwargs)

    own = signature(method)
    without_self = own.replace(parameters=tuple(own.parameters.values())[1:])
    verb.__signature__ = without_self  # type: ignore[attr-defined] # `inspect` and `help` read it
    verb.__module__, verb.__qualname__ = __name__, method.__name__
    return verb


put = _of_current(Eic.put)
update = _of_current(Eic.update)
get = _of_current(Eic.get)
list = _of_current(Eic.list)  # noqa: A001 # AWS's verb and the contract's name; nothing here needs the builtin
delete = _of_current(Eic.delete)
functions = _of_current(Eic.functions)
