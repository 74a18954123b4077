"""The destinations in a form that do not exist, found in the background while the user types."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eicnb.aws.connection import Connection
from eicnb.changes.targets import missing_note
from eicnb.model.destination import DestinationArn
from eicnb.widgets.background import Background

_SECONDS_AFTER_THE_LAST_KEY = 0.4


class MissingDestinations:
    """Notes about missing destinations.

    Each destination is looked up once, after the last key, until `forget`.
    """

    def __init__(self, connection: Connection, background: Background, found: Callable[[], object]) -> None:
        self._connection = connection
        self._background = background
        self._found = found
        self._notes: dict[DestinationArn, str] = {}
        self._wanted: frozenset[DestinationArn] = frozenset()
        self._cancel_timer: Callable[[], object] = lambda: None

    def note(self, destination: DestinationArn | None) -> str:
        """Return the note about a missing destination; otherwise an empty text."""
        return self._notes.get(destination, "") if destination else ""

    def check(self, destinations: Iterable[DestinationArn]) -> None:
        """Check unknown destinations after the last key, and call back with the missing ones."""
        wanted = frozenset(destinations) - self._notes.keys()
        if wanted == self._wanted:
            return
        self._cancel_timer()
        self._wanted = wanted
        if wanted:
            self._cancel_timer = self._background.later(_SECONDS_AFTER_THE_LAST_KEY, lambda: self._start(wanted))

    def forget(self) -> None:
        """Check all again, since a destination may have been created or deleted."""
        self._notes.clear()

    def _start(self, destinations: frozenset[DestinationArn]) -> None:
        self._background.start(lambda: {one: self._read(one) for one in destinations}, self._take)

    def _read(self, destination: DestinationArn) -> str:
        return missing_note(self._connection, [destination]).removeprefix("Note: ")

    def _take(self, notes: dict[DestinationArn, str]) -> None:
        self._notes.update(notes)
        self._wanted -= notes.keys()
        if any(notes.values()):
            self._found()
