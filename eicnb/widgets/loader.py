"""Loads the live config of another function while its name is typed."""

from __future__ import annotations

from collections.abc import Callable

from eicnb.aws.connection import Connection
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from eicnb.widgets.background import Background

_SECONDS_AFTER_THE_LAST_KEY = 0.4


class Loader:
    """A loader for the live config of the function typed last, once typing pauses.

    Results for earlier functions are dropped.
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
        """Read a function's config when typing pauses; a config that is being read is not requested again."""
        if function == self._wanted:
            return
        self.cancel()
        self._wanted = function
        self._cancel_timer = self._background.later(_SECONDS_AFTER_THE_LAST_KEY, lambda: self._start(function))

    def cancel(self) -> None:
        """Cancel reading, and drop the result of a read under way."""
        self._cancel_timer()
        self._wanted = None

    def _start(self, function: FunctionRef) -> None:
        if function == self._wanted:
            self._background.start(
                lambda: Live.read(self._connection, function, suggests=False), lambda live: self._finish(function, live)
            )

    def _finish(self, function: FunctionRef, live: Live) -> None:
        if function == self._wanted:
            self._wanted = None
            self._done(function, live)
