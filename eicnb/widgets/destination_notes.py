"""Notes about the destinations in a form, looked up in the background while the user types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from eicnb.widgets.background import Background

T = TypeVar("T")

_SECONDS_AFTER_THE_LAST_KEY = 0.4


class DestinationNotes(Generic[T]):
    """Notes about one aspect of destinations; `read` returns the note on a subject, or an empty text.

    Each subject is looked up once, when typing pauses, until `forget`. `found` is called when there are new notes.
    """

    def __init__(self, background: Background, read: Callable[[T], str], found: Callable[[], object]) -> None:
        self._background = background
        self._read = read
        self._found = found
        self._notes: dict[T, str] = {}
        self._wanted: frozenset[T] = frozenset()
        self._cancel_timer: Callable[[], object] = lambda: None

    def note(self, subject: T | None) -> str:
        """Return the note on a subject; it is empty until one is found."""
        return self._notes.get(subject, "") if subject is not None else ""

    def check(self, subjects: Iterable[T]) -> None:
        """Look up new subjects when typing pauses, and call back if there is a note."""
        wanted = frozenset(subjects) - self._notes.keys()
        if wanted == self._wanted:
            return
        self._cancel_timer()
        self._wanted = wanted
        if wanted:
            self._cancel_timer = self._background.later(_SECONDS_AFTER_THE_LAST_KEY, lambda: self._start(wanted))

    def forget(self) -> None:
        """Look up all again, since something may have been created, deleted or allowed."""
        self._notes.clear()

    def _start(self, subjects: frozenset[T]) -> None:
        self._background.start(lambda: {one: self._read(one) for one in subjects}, self._take)

    def _take(self, notes: dict[T, str]) -> None:
        self._notes.update(notes)
        self._wanted -= notes.keys()
        if any(notes.values()):
            self._found()
