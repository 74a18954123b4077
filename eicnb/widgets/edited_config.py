"""The config in a form, the edits to it, and the edits made for another function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from eicnb.changes.change import LABELS, count
from eicnb.changes.current import Live
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.draft import DestinationDraft, Draft


@dataclass(frozen=True, slots=True)
class Edits:
    """Unapplied edits of one function's settings, by field."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    function: FunctionRef | None = None

    def __str__(self) -> str:
        """Name the edits and their values.

        >>> print(Edits({"maximum_retry_attempts": "0", "on_failure": DestinationDraft()}, FunctionRef("f", "live")))
        2 edits of f:live were not applied: Maximum retry attempts 0, On failure none.
        """
        values = ", ".join(f"{LABELS[name]} {_text(value)}" for name, value in self.settings.items())
        of = f" of {self.function}" if self.function else ""
        were = "was" if len(self.settings) == 1 else "were"
        return f"{count(len(self.settings), 'edit')}{of} {were} not applied: {values}."


def _text(value: str | DestinationDraft) -> str:
    if isinstance(value, DestinationDraft):
        return f"{value.kind} {value.text}".strip() if value.kind else "none"
    return value.strip() or "not set"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The config that was read for a function, version or alias, and the fields filled from it."""

    function: FunctionRef | None = None
    live: Live = field(default_factory=Live)
    draft: Draft = field(default_factory=Draft)

    def is_of(self, function: FunctionRef | None, where: Where) -> bool:
        """Return whether this is the config of a function and qualifier, whatever form their name has.

        >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
        >>> Loaded(FunctionRef("f")).is_of(FunctionRef.parse("123456789012:function:f:$LATEST"), where)
        True
        """
        return function is not None and _identity(self.function, where) == _identity(function, where)


def _identity(function: FunctionRef | None, where: Where) -> tuple[str, ...] | None:
    if function is None:
        return None
    account_id, region = function.account_id or where.account_id, function.region or where.region
    return function.function_name, function.qualifier or LATEST, account_id, region


def _continues_name(before: Draft, now: Draft) -> bool:
    """Return whether one name continues the other.

    The last keys of a name may arrive after the first keys of the next field.
    """
    names = ((before.function_name, now.function_name), (before.qualifier, now.qualifier))
    return all(one.startswith(other) or other.startswith(one) for one, other in names)


class EditedConfig:
    """The config in a form, and the function in its fields, whose config may not have been read yet.

    Settings edited after a function was typed belong to that function; earlier edits never do.
    """

    def __init__(self, where: Where, opened: Draft) -> None:
        self._where = where
        self._loaded = Loaded(draft=opened)
        self._unreadable: Loaded | None = None
        self._typed: FunctionRef | None = None
        self._names = opened
        self._when_typed = opened

    def read_of(self, function: FunctionRef | None) -> Loaded | None:
        """Return the config or error that was read for a function; None if it has not been read."""
        both = (self._unreadable, self._loaded)
        return next((one for one in both if one is not None and one.is_of(function, self._where)), None)

    def type(self, function: FunctionRef | None, draft: Draft) -> tuple[Draft, Edits]:
        """Set the function that is typed now; return the fields to show, and edits to offer.

        If it is the loaded function again, its own edits are restored, and those made under another name are offered.
        """
        before, names_before = self._typed, self._names
        self._typed, self._names = function, draft
        if function == before or Loaded(before).is_of(function, self._where):
            return draft, Edits()
        self._unreadable = None
        is_leaving = before is None or self._loaded.is_of(before, self._where)
        if self._loaded.is_of(function, self._where) and not self._loaded.is_of(before, self._where):
            elsewhere = Edits(draft.edits_since(self._when_typed), before)
            self._when_typed = self._when_typed.named(draft.function_name, draft.qualifier)
            return self._when_typed, elsewhere
        if is_leaving or not _continues_name(names_before, draft):
            self._when_typed = draft
        return draft, Edits()

    def load(self, function: FunctionRef, live: Live, draft: Draft) -> tuple[Draft, Edits]:
        """Set the config of a function; return the fields to show, and edits to offer.

        A config that cannot be read changes no field, because the name may be incomplete or misspelled.
        """
        if live.trouble:
            self._unreadable = Loaded(function, live)
            return draft, Edits()
        is_new = not self._loaded.is_of(function, self._where)
        edited_before = self._when_typed if is_new else draft
        edits = Edits(edited_before.edits_since(self._loaded.draft), self._loaded.function)
        opened = Draft.of(draft.function_name, draft.qualifier, live.config, self._where)
        filled = replace(opened, **draft.edits_since(self._when_typed)) if is_new else opened
        self._loaded, self._unreadable = Loaded(function, live, opened), None
        self._typed, self._when_typed = function, opened
        return filled, edits

    def apply(self, function: FunctionRef | None, live: Live, draft: Draft) -> None:
        """Set the written config, and drop the edits that it contains."""
        self._loaded = Loaded(function, live, draft)
        self._when_typed = draft

    def change(self, live: Live) -> None:
        """Set the live config after another writer changed it, and keep the edits."""
        self._loaded = replace(self._loaded, live=live)
