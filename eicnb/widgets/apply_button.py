"""The Apply button: its label describes the change, and a click makes it once."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import Button

from eicnb.redaction.masks import masked
from eicnb.widgets.background import Background
from eicnb.widgets.preview import Preview

_SECONDS_AFTER_THE_LAST_EDIT = 0.3


class ApplyButton:
    """A button that applies a preview once, and only a moment after the last edit.

    A click can overtake keys: while the kernel is busy, a front end delays keys but not clicks. The button is therefore
    disabled for a moment after an edit, and a click that arrives then calls `too_early`. Clicks queued behind the one
    that applied the preview do nothing until `renew`.
    """

    def __init__(
        self, background: Background, apply: Callable[[Preview], object], too_early: Callable[[], object]
    ) -> None:
        self._background = background
        self._apply = apply
        self._too_early = too_early
        self._shown: Preview | None = None
        self._is_ready = False
        self._is_used = False
        self._cancel_timer: Callable[[], object] = lambda: None
        self.widget = Button(disabled=True, button_style="primary", layout={"width": "auto", "max_width": "100%"})
        self.widget.add_class("eicnb-apply")
        self.widget.on_click(lambda _: self._clicked())

    def renew(self) -> None:
        """Allow a new click, a moment after the next preview is shown."""
        self._is_used = False
        self._shown = None

    def show(self, preview: Preview, note: str = "") -> None:
        """Show the effect of a click; if there is something to apply, enable the button a moment later."""
        self.widget.description = masked(" ".join(filter(None, [_label(preview), note])))
        if preview == self._shown:
            return
        self._cancel_timer()
        self._shown, self._is_ready, self.widget.disabled = preview, False, True
        if preview.is_applicable and not self._is_used:
            self._cancel_timer = self._background.later(_SECONDS_AFTER_THE_LAST_EDIT, lambda: self._enable(preview))

    def _enable(self, preview: Preview) -> None:
        if preview is self._shown and not self._is_used:
            self._is_ready, self.widget.disabled = True, False

    def _clicked(self) -> None:
        preview = self._shown
        if preview is None or self._is_used or not preview.is_applicable:
            return
        if not self._is_ready:
            self._too_early()
            return
        self._is_used = self.widget.disabled = True
        self._apply(preview)


def _label(preview: Preview) -> str:
    if preview.subject is None:
        return "Apply (choose a function first)"
    return preview.action() if preview.is_applicable else f"Apply to {preview.title}"
