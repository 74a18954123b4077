"""The config that a form has loaded, and the reading of another one when the function or qualifier changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eicnb.aws.connection import Connection
from eicnb.changes.current import Live
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.background import Background
from eicnb.widgets.draft import Draft

_SECONDS_AFTER_THE_LAST_KEY = 0.4


@dataclass(frozen=True, slots=True)
class Loaded:
    """The config in a form: whose it is, what is live, and the fields as they were filled with it."""

    function: FunctionRef | None = None
    live: Live = field(default_factory=Live)
    draft: Draft = field(default_factory=Draft)

    def is_of(self, function: FunctionRef | None, where: Where) -> bool:
        """Return whether this is the config of a function and qualifier, however they are written.

        >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
        >>> Loaded(FunctionRef("f")).is_of(FunctionRef.parse("123456789012:function:f:$LATEST"), where)
        True
        """
        return _identity(self.function, where) == _identity(function, where)


def _identity(function: FunctionRef | None, where: Where) -> tuple[str, ...] | None:
    if function is None:
        return None
    account_id, region = function.account_id or where.account_id, function.region or where.region
    return function.function_name, function.qualifier or LATEST, account_id, region


class Loader:
    """Reads the live config of the function that was typed last, once typing pauses.

    Results of functions typed before are dropped.
    """

    def __init__(
        self, connection: Connection, background: Background, done: Callable[[FunctionRef, Live], object]
    ) -> None:
        self._connection = connection
        self._background = background
        self._done = done
        self._wanted: FunctionRef | None = None
        self._cancel_timer: Callable[[], object] = lambda: None

    def read_soon(self, function: FunctionRef) -> None:
        """Read a function's config after the last key; one that is being read is not read twice."""
        if function == self._wanted:
            return
        self.cancel()
        self._wanted = function
        self._cancel_timer = self._background.later(_SECONDS_AFTER_THE_LAST_KEY, lambda: self._start(function))

    def cancel(self) -> None:
        """Read nothing any more."""
        self._cancel_timer()
        self._wanted = None

    def _start(self, function: FunctionRef) -> None:
        if function == self._wanted:
            self._background.start(
                lambda: Live.read(self._connection, function), lambda live: self._finish(function, live)
            )

    def _finish(self, function: FunctionRef, live: Live) -> None:
        if function == self._wanted:
            self._wanted = None
            self._done(function, live)
