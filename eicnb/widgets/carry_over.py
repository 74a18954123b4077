"""The offer to use unapplied edits again, after the form has loaded another config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ipywidgets import HTML, Button, HBox, VBox

from eicnb.changes.change import LABELS, count
from eicnb.model.function import FunctionRef
from eicnb.redaction.masks import masked
from eicnb.widgets.draft import Target
from eicnb.widgets.fields import said


@dataclass(frozen=True, slots=True)
class Edits:
    """Settings that were edited for one function and have not been applied, by field."""

    settings: Mapping[str, Any]
    function: FunctionRef | None = None

    def __str__(self) -> str:
        """Name the edits and their values.

        >>> print(Edits({"maximum_retry_attempts": "0", "on_failure": Target()}, FunctionRef("f", "live")))
        2 edits of f:live were not applied: Maximum retry attempts 0, On failure none.
        """
        values = ", ".join(f"{LABELS[name]} {_text(value)}" for name, value in self.settings.items())
        of = f" of {self.function}" if self.function else ""
        were = "was" if len(self.settings) == 1 else "were"
        return f"{count(len(self.settings), 'edit')}{of} {were} not applied: {values}."


def _text(value: str | Target) -> str:
    if isinstance(value, Target):
        return f"{value.kind} {value.text}".strip() if value.kind else "none"
    return value.strip() or "not set"


class CarryOver:
    """A note about unapplied edits, with a button that puts them into the fields; hidden without any."""

    def __init__(self, carry: Callable[[Edits], object]) -> None:
        self._carry = carry
        self._edits: Edits | None = None
        self.box = VBox([])

    def offer(self, edits: Edits) -> None:
        """Offer these edits instead of earlier ones; without any, an earlier offer stays."""
        if not edits.settings:
            return
        self._edits = edits
        button = Button(
            description=masked(f"Carry {count(len(edits.settings), 'edit')} over into this form"),
            layout={"width": "auto", "max_width": "100%"},
        )
        button.on_click(lambda _: self._clicked(edits))
        row = HBox([button])
        row.add_class("eicnb-buttons")
        self.box.children = [HTML(said(f"⚠ {edits}", "eicnb-warning")), row]

    def _clicked(self, edits: Edits) -> None:
        """Carry the edits over once: clicks that were queued behind this one find none."""
        if self._edits is edits:
            self._edits = None
            self.box.children = []
            self._carry(edits)
