"""The Apply button: it names what it does, and does it once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ipywidgets import Button

from eicnb.redaction.masks import masked
from eicnb.widgets.preview import Preview


class ApplyButton:
    """A button that passes on each preview once: clicks queued while the kernel was busy find none.

    After a click it stays disabled until `renew`.
    """

    def __init__(self, apply: Callable[[Preview], object]) -> None:
        self._apply = apply
        self._lock = threading.Lock()
        self._armed: Preview | None = None
        self._is_used = False
        self.widget = Button(layout={"width": "auto", "max_width": "100%"})
        self.widget.add_class("eicnb-apply")
        self.widget.on_click(lambda _: self._clicked())

    def renew(self) -> None:
        """Allow another click, once the next preview is shown."""
        self._is_used = False

    def show(self, preview: Preview, note: str = "") -> None:
        """Show what a click would do, and enable the button if there is something to apply."""
        is_enabled = preview.is_applicable and not self._is_used
        self._armed = preview if is_enabled else None
        self.widget.disabled = not is_enabled
        self.widget.description = masked(" ".join(filter(None, [_label(preview), note])))

    def _clicked(self) -> None:
        with self._lock:
            preview, self._armed = self._armed, None
        if preview is not None:
            self._is_used = True
            self.widget.disabled = True
            self._apply(preview)


def _label(preview: Preview) -> str:
    if preview.subject is None:
        return "Apply (choose a function first)"
    return preview.action() if preview.is_applicable else f"Apply to {preview.title}"
