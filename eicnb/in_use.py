"""The connection in use, which is that of `%eic`, and the verbs alone, which act on it."""

from __future__ import annotations

import builtins
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from eicnb.api import connect
from eicnb.eic import Eic, audit_of
from eicnb.errors import UsageError, shown
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import Choose, Errors, Qualifiers
from eicnb.frames import Frame
from eicnb.requirement import Requirement


class _InUse:
    """The connection of `%eic` and of the verbs alone: the one that was chosen, or else boto3's default."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chosen: Eic | None = None
        self._default: Eic | None = None
        self._default_for: int | None = None

    def choose(self, eic: Eic) -> None:
        with self._lock:
            self._chosen = eic

    def get(self) -> Eic:
        """The default follows the environment, as a new process would: it is made again when AWS_* changes."""
        with self._lock:
            if self._chosen is not None:
                return self._chosen
            settings = hash(frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")))
            if self._default is None or self._default_for != settings:
                self._default, self._default_for = connect(), settings
            return self._default


_in_use = _InUse()


def use(eic: Eic) -> Eic:
    """Make a connection the one that `%eic` and the verbs alone use, and return it.

    >>> use(connect(region="eu-west-1"))
    Eic(region='eu-west-1')
    """
    if not isinstance(eic, Eic):
        raise UsageError(f"{eic!r} is not a connection", hint="eicnb.use(eicnb.connect(…))")
    _in_use.choose(eic)
    return eic


def current() -> Eic:
    """The connection that `%eic` and the verbs alone use."""
    return _in_use.get()


def require(*, account: str | None = None, region: str | None = None, sandbox: bool | None = None) -> Eic:
    """Stop, with a ConfigurationError, unless the connection in use is in this account and region; return it.

    >>> require(account="210987654321")
    Traceback (most recent call last):
    eicnb.errors.ConfigurationError: this notebook is for account 210987654321, but the connection in use is in ...
    ...

    `sandbox=True` wants the embedded AWS, False anything but it. AWS is asked for the account.
    """
    eic = current()
    Requirement(account=account, region=region, sandbox=sandbox).check(eic)
    return eic


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
form = _of_current(Eic.form)
destination_form = _of_current(Eic.destination_form)


def audit(
    *,
    connections: Iterable[Eic] | None = None,
    regions: str | Sequence[str] | None = None,
    functions: str | Sequence[str] | Choose | None = None,
    qualifiers: Qualifiers = "configured",
    rate: float = 10,
    progress: bool | Show = True,
    errors: Errors = "raise",
    resume: Frame | BaseException | None = None,
) -> Frame:
    """Read what becomes of asynchronous events in every function of one account or of several: a row each.

    >>> audit(connections=[eic.derive(region="us-east-1"), eic.derive(region="eu-west-1")]).region.nunique()
    2

    Without `connections` it is the account in use. Each account and region may be there once. `regions`, where they
    are given, hold for every connection; all else is as in `Eic.audit`.
    """
    return audit_of(
        [current()] if connections is None else _checked(connections),
        regions=regions,
        functions=functions,
        qualifiers=qualifiers,
        rate=rate,
        progress=progress,
        errors=errors,
        resume=resume,
    )


def _checked(connections: Any) -> builtins.list[Eic]:
    with UsageError.about("connections"):
        hint = "connections=[eicnb.connect(…), …]"
        if isinstance(connections, Eic):
            return [connections]
        if isinstance(connections, str) or not isinstance(connections, Iterable):
            raise UsageError(f"connections is {shown(connections)}", hint=hint)
        found = [*connections]
        for connection in found:
            if not isinstance(connection, Eic):
                raise UsageError(f"{shown(connection)} is not a connection", hint=hint)
        if not found:
            raise UsageError("connections is empty", hint=hint)
        return found
