"""The six fields of a form, their values and their messages.

Tested in tests/widgets/test_form.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ipywidgets import VBox

from eicnb.aws.connection import Connection
from eicnb.changes.change import LABELS
from eicnb.changes.current import Live
from eicnb.changes.role import permission_note
from eicnb.changes.targets import missing_note
from eicnb.errors import UsageError
from eicnb.model.age import human
from eicnb.model.destination import KINDS, DestinationArn
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS, RETRY_ATTEMPTS, choices
from eicnb.model.misspelling import likely_name
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.widgets.background import Background
from eicnb.widgets.choices import FUNCTIONS, NameList, qualifiers
from eicnb.widgets.destination_field import DestinationField
from eicnb.widgets.destination_notes import DestinationNotes
from eicnb.widgets.draft import Draft
from eicnb.widgets.fields import Field, SearchField, few_choices, text_field

Delivery = tuple[FunctionRef, DestinationArn]
"""A function, version or alias, and a destination that it would deliver to."""

_MOST_NAMED = 8
_RETRIES = tuple(map(str, RETRY_ATTEMPTS))


class FormFields:
    """The fields of a form, read and filled as one draft.

    `changed` is called when a check in the background has a result, for example that a destination does not exist.
    """

    def __init__(
        self, connection: Connection, where: Where, background: Background, changed: Callable[[], object]
    ) -> None:
        self._connection = connection
        self._where = where
        self._background = background
        self._is_filling = False
        self._has_qualifiers_of = ""
        self._function = SearchField(LABELS["function_name"], placeholder="type to search, or an ARN")
        self._qualifier = SearchField(LABELS["qualifier"], LATEST, placeholder="version or alias")
        self._retries = few_choices("maximum_retry_attempts", _RETRIES, "not set")
        self._age = text_field("maximum_event_age_in_seconds", "not set; seconds, or 6h, 90m")
        self._destinations = {
            name: DestinationField(name, connection, background) for name in ("on_success", "on_failure")
        }
        self._missing = DestinationNotes(background, self._missing_note, changed)
        self._refused = DestinationNotes(background, self._refused_note, changed)
        self._delivered: frozenset[str | None] = frozenset()
        self.box = VBox([one.box for one in self._all()])
        self.box.add_class("eicnb-fields")

    def _all(self) -> list[Field | DestinationField]:
        return [self._function, self._qualifier, self._retries, self._age, *self._destinations.values()]

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call a function whenever the user changes a field; `fill` is not an edit."""

        def changed() -> None:
            if not self._is_filling:
                edited()

        for one in self._all():
            one.on_edit(changed)

    def draft(self) -> Draft:
        """Return the values of the fields."""
        return Draft(
            function_name=self._function.value,
            qualifier=self._qualifier.value,
            maximum_retry_attempts=self._retries.value,
            maximum_event_age_in_seconds=self._age.value,
            on_success=self._destinations["on_success"].value,
            on_failure=self._destinations["on_failure"].value,
        )

    def fill(self, draft: Draft) -> None:
        """Fill the fields from a draft."""
        with self._filling():
            self._function.fill(draft.function_name)
            self._qualifier.fill(draft.qualifier)
            self._retries.fill(draft.maximum_retry_attempts)
            self._age.fill(draft.maximum_event_age_in_seconds)
            for name, one in self._destinations.items():
                one.fill(getattr(draft, name))

    @contextmanager
    def _filling(self) -> Iterator[None]:
        self._is_filling = True
        try:
            yield
        finally:
            self._is_filling = False

    def show(self, draft: Draft, faults: Mapping[str, str]) -> None:
        """Show the errors and notes at the fields."""
        self._function.message(faults.get("function_name", ""))
        self._qualifier.message(faults.get("qualifier", ""), warning=self._unknown_qualifier(draft))
        self._retries.message(faults.get("maximum_retry_attempts", ""))
        self._retries.hint(
            choices(RETRY_ATTEMPTS)
            if draft.maximum_retry_attempts.strip()
            else f"AWS's default: {DEFAULT_RETRY_ATTEMPTS}"
        )
        self._age.message(faults.get("maximum_event_age_in_seconds", ""))
        self._age.hint(_age_in_words(draft))
        unlisted, new = [], []
        for name, one in self._destinations.items():
            arn = one.destination(self._where)
            missing, delivery = self._missing.note(arn), self._delivery(draft, arn)
            one.message(faults.get(name, ""), warning=missing or self._refused.note(delivery))
            unlisted += [arn] if arn and not one.is_listed(arn, self._where) else []
            new += [delivery] if delivery and not missing else []
        self._missing.check(unlisted)
        self._refused.check(new)

    def delivers_to(self, live: ReportedConfig | None) -> None:
        """Set the live config; the role can already deliver to its destinations."""
        self._delivered = frozenset({live.on_failure, live.on_success}) if live else frozenset()

    def _delivery(self, draft: Draft, destination: DestinationArn | None) -> Delivery | None:
        """Return a new destination with the function that would deliver to it; None without either."""
        if destination is None or str(destination) in self._delivered:
            return None
        function = draft.subject_if_valid()
        return (function, destination) if function else None

    def _missing_note(self, destination: DestinationArn) -> str:
        return missing_note(self._connection, [destination]).removeprefix("Note: ")

    def _refused_note(self, delivery: Delivery) -> str:
        function, destination = delivery
        request = Request("get", function.without_qualifier(), function.qualifier)
        note = permission_note(self._connection, request, [destination]).removeprefix("Note: ")
        return f"the role may not deliver there. {note}" if note else ""

    def no_function(self, draft: Draft, live: Live) -> str:
        """Return the message about a missing function, with the most similar name in the list."""
        similar = likely_name(draft.function_name.strip(), self._function.listed.names)
        return f"{live.trouble.partition(' Try: ')[0]} Try: {similar}" if similar else live.trouble

    def missing_destinations(self) -> str:
        """Return the names of missing destinations for the button, or an empty text."""
        arns = [one.destination(self._where) for one in self._destinations.values()]
        missing = dict.fromkeys(f"{KINDS[arn.kind]} {arn.name}" for arn in arns if arn and self._missing.note(arn))
        verb = "does" if len(missing) == 1 else "do"
        return f"⚠ {' and '.join(missing)} {verb} not exist" if missing else ""

    def forget_destinations(self) -> None:
        """Drop the results about destinations, so that they are checked again."""
        self._missing.forget()
        self._refused.forget()

    def list_functions(self) -> None:
        """Load the names of the functions in the account."""
        self._function.loading("functions")
        self._background.start(lambda: FUNCTIONS.read(self._connection), self._function.offer)

    def list_qualifiers(self, function: FunctionRef | None) -> None:
        """Load the versions and aliases of a function once; without a function, offer only `$LATEST`."""
        name = str(function.without_qualifier()) if function else ""
        if name and name == self._has_qualifiers_of:
            return
        self._has_qualifiers_of = name
        if not name:
            self._qualifier.offer(NameList((LATEST,)), hint="")
            return
        self._qualifier.loading("versions and aliases")

        def take(listed: NameList) -> None:
            if name == self._has_qualifiers_of:
                self._qualifier.offer(listed)
                self._qualifier.message("", warning=self._unknown_qualifier(self.draft()))

        self._background.start(lambda: qualifiers(self._connection, name), take)

    def _unknown_qualifier(self, draft: Draft) -> str:
        known, qualifier = self._qualifier.listed, draft.qualifier.strip()
        if not known.is_whole or not qualifier or qualifier in known.names:
            return ""
        return f"the function has no version or alias {qualifier!r}. It has {_some(known.names)}."


def _some(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are.

    >>> _some(["$LATEST", "live", *map(str, range(30, 0, -1))])
    '$LATEST, live, 30, 29, 28, 27, 26, 25 and 24 more'
    """
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


def _age_in_words(draft: Draft) -> str:
    if not draft.maximum_event_age_in_seconds.strip():
        return f"AWS's default: {human(DEFAULT_EVENT_AGE_IN_SECONDS)}"
    try:
        return f"= {human(draft.event_age() or 0)}"
    except UsageError:
        return ""
