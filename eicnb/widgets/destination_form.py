"""A form for the two destinations: it builds a value to use elsewhere, and writes nothing."""

from __future__ import annotations

from html import escape
from typing import Any

from ipywidgets import HTML, VBox
from traitlets import Any as AnyValue

from eicnb.aws.connection import Connection
from eicnb.changes.change import LABELS, count
from eicnb.changes.export import command_lines
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig
from eicnb.model.place import Where
from eicnb.widgets.background import Background, here
from eicnb.widgets.destination_field import DestinationField
from eicnb.widgets.draft import Draft
from eicnb.widgets.fields import stylesheet, text_html, title_of
from eicnb.widgets.preview import NEEDS_A_KERNEL


class DestinationForm(VBox):  # type: ignore[misc] # ipywidgets has no types
    """A form whose `value` is a DestinationConfig, or None while a field is invalid.

    Use `observe` on the value, as with any widget.
    """

    value = AnyValue(None, allow_none=True)

    def __init__(self, connection: Connection, where: Where, background: Background | None = None) -> None:
        self._where = where
        self._faults: dict[str, str] = {}
        background = background or here()
        self._targets = {name: DestinationField(name, connection, background) for name in ("on_success", "on_failure")}
        self._summary = HTML("")
        head = f'{stylesheet()}<div class="eicnb-text eicnb-offline">⚠ {escape(NEEDS_A_KERNEL)}</div>'
        title = title_of("Destinations", str(where))
        super().__init__(
            children=[HTML(head), HTML(title), *(one.box for one in self._targets.values()), self._summary]
        )
        self.add_class("eicnb-form")
        for one in self._targets.values():
            one.on_edit(self._refresh)
        self._refresh()

    def to_shorthand(self) -> str:
        """Return the value in the syntax of `--destination-config`; raise UsageError while a field is invalid."""
        return command_lines.to_shorthand(self._valid())

    def to_json(self) -> str:
        """Return the value as the JSON of AWS's API; raise UsageError while a field is invalid."""
        return command_lines.to_json(self._valid())

    def _valid(self) -> DestinationConfig:
        value = self.value
        if not isinstance(value, DestinationConfig):
            raise UsageError(f"the form is not ready: {' '.join(self._faults.values())}")
        return value

    def _refresh(self) -> None:
        draft = Draft(on_success=self._targets["on_success"].value, on_failure=self._targets["on_failure"].value)
        value, faults = draft.destinations(self._where)
        self._faults = dict(faults)
        for name, one in self._targets.items():
            one.message(self._faults.get(name, ""))
        names = ", ".join(LABELS[name] for name in self._faults)
        trouble = f"Not ready: {count(len(self._faults), 'field')} to correct ({names})."
        self._summary.value = text_html(trouble if value is None else f"Value: {command_lines.to_shorthand(value)}")
        self.value = value

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the widget, and text for front ends without widgets."""
        text = f"Destinations: {command_lines.to_shorthand(self.value) if self.value is not None else 'not ready'}"
        return {
            "text/plain": f"{text}\n{NEEDS_A_KERNEL}",
            "text/html": f"<div><p>{escape(text)}</p><p>{escape(NEEDS_A_KERNEL)}</p></div>",
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
        }
