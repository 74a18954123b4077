"""The offer to reuse unapplied edits after a form has loaded another config.

Tested in tests/widgets/test_edited_config.py.
"""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import HTML, Button, HBox, VBox

from eicnb.changes.change import count
from eicnb.redaction.masks import masked
from eicnb.widgets.edited_config import Edits
from eicnb.widgets.fields import text_html


class CarryOver:
    """A note about unapplied edits with a button that puts them into the fields; hidden without edits."""

    def __init__(self, carry: Callable[[Edits], object]) -> None:
        self._carry = carry
        self._edits: Edits | None = None
        self.box = VBox([])

    def offer(self, edits: Edits) -> None:
        """Offer these edits instead of earlier ones; without edits, keep the earlier offer."""
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
        self.box.children = [HTML(text_html(f"⚠ {edits}", "eicnb-warning")), row]

    def _clicked(self, edits: Edits) -> None:
        """Carry the edits over once; clicks that are still queued have no effect."""
        if self._edits is edits:
            self._edits = None
            self.box.children = []
            self._carry(edits)
