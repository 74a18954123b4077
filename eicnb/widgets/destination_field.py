"""The control for a destination: its kind and name, or both at once as `sqs:NAME` or an ARN."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ipywidgets import Combobox

from eicnb.aws.connection import Connection
from eicnb.changes.change import LABELS
from eicnb.errors import UsageError
from eicnb.model.destination import KINDS, DestinationArn, name_of
from eicnb.model.place import Where
from eicnb.widgets.background import Background
from eicnb.widgets.choices import DESTINATIONS, NameList
from eicnb.widgets.draft import OTHER, DestinationDraft, kind_of
from eicnb.widgets.fields import CONTROL_WIDTH, KIND_WIDTH, NAME_WIDTH, Field, SearchField, control

_NAMES = {"sqs": "Queue", "sns": "Topic", "lambda": "Function", "events": "Bus", "s3": "Bucket", OTHER: "ARN"}
_KINDS: Mapping[str, str] = {str(kind): name for kind, name in KINDS.items()}
_HINT = "a kind, sqs:NAME or an ARN"


class DestinationField:
    """A destination in one line: its kind, and a search in the account's destinations of that kind.

    Each kind has a name of its own. Another kind empties the name field, and the first kind restores its name.
    """

    def __init__(self, name: str, connection: Connection, background: Background) -> None:
        self._connection = connection
        self._background = background
        self._lists: dict[str, NameList] = {}
        self._requested: set[str] = set()
        self._names: dict[str, str] = {}
        self._kind_of_name = ""
        self._kinds = tuple(KINDS[kind] for kind in KINDS if name == "on_failure" or kind != "s3")
        self.kind = Field(
            control(
                Combobox,
                f"{LABELS[name]}, send to",
                options=self._kinds,
                placeholder="none",
                ensure_option=False,
                continuous_update=True,
            ),
            hint=_HINT,
        )
        self._label = LABELS[name].lower()
        self.target = SearchField(f"Queue {self._label}", placeholder="name or ARN", width=NAME_WIDTH)
        self.kind.widget.add_class("eicnb-kind")
        self.target.widget.add_class("eicnb-target")
        self.box = self.kind.box_with(self.target)
        self.kind.on_edit(self._show_kind)
        self._show_kind()

    @property
    def value(self) -> DestinationDraft:
        """The destination as chosen and typed."""
        if self._is_whole:
            return DestinationDraft.typed(self.kind.value)
        kind = kind_of(self.kind.value)
        return DestinationDraft(kind, self.target.value if kind == self._kind_of_name else "")

    @property
    def _is_whole(self) -> bool:
        """Whether the kind's field contains a whole destination, such as `sqs:NAME`."""
        return ":" in self.kind.value

    def fill(self, target: DestinationDraft) -> None:
        """Set the destination in the controls."""
        self._names, self._kind_of_name = {}, target.kind
        self.kind.fill(next((name for kind, name in KINDS.items() if kind == target.kind), target.kind))
        self.target.fill(target.text)

    def message(self, fault: str, *, warning: str = "") -> None:
        """Show an error below the name, or below the kind if that is the field to correct."""
        is_about_name = not self._is_whole and self.value.kind in _NAMES
        self.target.message(fault if is_about_name else "", warning=warning if is_about_name else "")
        self.kind.message("" if is_about_name else fault, warning="" if is_about_name else warning)

    def destination(self, where: Where) -> DestinationArn | None:
        """Return the destination; None if nothing is typed, or if it is invalid."""
        try:
            return self.value.destination(where)
        except UsageError:
            return None

    def is_listed(self, destination: DestinationArn, where: Where) -> bool:
        """Return whether the list of the account has this destination; sends no request."""
        name = name_of(destination, where)
        return name is not None and name.partition(":")[2] in self._lists.get(destination.kind, NameList()).names

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call a function whenever the kind or the name changes."""
        self.kind.on_edit(edited)
        self.target.on_edit(edited)

    def _show_kind(self) -> None:
        kind = self.value.kind
        if not self._is_whole:
            self._change_kind(kind)
        has_name = kind in _NAMES and not self._is_whole
        self.target.hide(is_hidden=not has_name)
        self.kind.hide_hint(is_hidden=has_name)
        self.kind.widget.layout.width = KIND_WIDTH if has_name else CONTROL_WIDTH
        self.target.widget.description = f"{_NAMES.get(kind, _NAMES[OTHER])} {self._label}"
        if kind not in DESTINATIONS:
            self.target.offer(NameList(), hint="")
        elif kind in self._lists:
            self.target.offer(self._lists[kind])
        else:
            self.target.loading(DESTINATIONS[kind].what)
            self._load(kind)
        self._show_whole(kind)

    def _change_kind(self, kind: str) -> None:
        """Show the name that was typed for this kind; an incomplete kind does not change the name."""
        if kind in _NAMES and kind != self._kind_of_name:
            self._names[self._kind_of_name] = self.target.value
            self._kind_of_name = kind
            self.target.fill(self._names.get(kind, ""))

    def _show_whole(self, kind: str) -> None:
        """Suggest whole destinations while one is typed, and kinds otherwise."""
        listed = self._lists.get(kind, NameList())
        prefix, _, name = self.kind.value.partition(":")
        is_named = self._is_whole and prefix == kind
        options = tuple(f"{kind}:{name}" for name in listed.matching(name)) if is_named else self._kinds
        self.kind.widget.options = options
        self.kind.hint(_KINDS.get(kind, "") if self._is_whole else _HINT)

    def _load(self, kind: str) -> None:
        if kind not in self._requested:
            self._requested.add(kind)
            self._background.start(
                lambda: DESTINATIONS[kind].read(self._connection), lambda listed: self._take(kind, listed)
            )

    def _take(self, kind: str, listed: NameList) -> None:
        self._lists[kind] = listed
        if self.value.kind == kind:
            self.target.offer(listed)
            self._show_whole(kind)
