"""The form for one config: fields, a preview of the change, and a button to apply it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

from IPython.display import display
from ipywidgets import HTML, Button, HBox, VBox
from traitlets import Any as AnyValue

from eicnb.aws.connection import Connection
from eicnb.changes.current import Live
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.frames.frame import Frame
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.redaction.masks import masked
from eicnb.widgets.apply_button import ApplyButton
from eicnb.widgets.applying import Applying
from eicnb.widgets.background import Background, here
from eicnb.widgets.carry_over import CarryOver
from eicnb.widgets.draft import Draft, Validated
from eicnb.widgets.edited_config import EditedConfig, Edits
from eicnb.widgets.fields import stylesheet, text_html, title_of
from eicnb.widgets.form_fields import FormFields
from eicnb.widgets.loader import Loader
from eicnb.widgets.outcome import Outcome
from eicnb.widgets.preview import NEEDS_A_KERNEL, Preview, StaticForm


class Form(VBox):  # type: ignore[misc] # ipywidgets has no types
    """A form for one function's config; `result` is the frame of the last write, or None.

    The form opens with the live config, in the fields of `eicnb.changes.change.LABELS`. Apply sends one put of all
    values, or a delete if nothing is set. It first reads the live config again, and asks the user if that has changed.
    Another function or qualifier loads its own config. Unapplied edits are then offered, never carried over silently.
    """

    result = AnyValue(None, allow_none=True)

    def __init__(
        self,
        connection: Connection,
        where: Where,
        subject: FunctionRef | None,
        live: Live,
        *,
        in_use: Callable[[], Connection] | None = None,
        background: Background | None = None,
    ) -> None:
        background = background or here()
        self._connection = connection
        self._in_use = in_use or (lambda: connection)
        self._where = where
        self._lock = threading.RLock()
        self._fields = FormFields(connection, where, background, lambda: self._guarded(self._refresh))
        self._carry_over = CarryOver(lambda edits: self._guarded(lambda: self._carry(edits)))
        self._apply = ApplyButton(
            background, lambda preview: self._guarded(lambda: self._applying.attempt(preview)), self._too_early
        )
        self._outcome = Outcome(self._guarded)
        self._applying = Applying(
            connection, where, self._outcome, applied=self._applied, changed=self._changed, reread=self._reread
        )
        self._loader = Loader(connection, background, lambda *found: self._guarded(lambda: self._take(*found)))
        self._title, self._summary = HTML(""), HTML("")
        self._preview_id = f"eicnb-preview-{uuid.uuid4().hex}"
        self._shown: Preview | None = None
        self._is_displayed = False
        super().__init__(children=self._parts())
        self.add_class("eicnb-form")
        self._open(subject, live)

    @property
    def preview(self) -> Preview:
        """The effect of Apply, as shown below the form."""
        return self._preview_of(self._fields.draft())

    def _parts(self) -> list[Any]:
        offline = HTML(f'{stylesheet()}<div class="eicnb-text eicnb-offline">⚠ {escape(NEEDS_A_KERNEL)}</div>')
        again = Button(description="Read the live config again", layout={"width": "auto"})
        again.on_click(lambda _: self._guarded(self._reread))
        buttons = HBox([self._apply.widget, again])
        buttons.add_class("eicnb-buttons")
        middle = [self._carry_over.box, self._summary, buttons, self._outcome.box]
        return [offline, self._title, self._fields.box, *middle]

    def _open(self, subject: FunctionRef | None, live: Live) -> None:
        name, qualifier = (str(subject.without_qualifier()), subject.qualifier or LATEST) if subject else ("", LATEST)
        opened = Draft(function_name=name, qualifier=qualifier)
        self._edited = EditedConfig(self._where, opened)
        self._fields.fill(opened)
        self._fields.list_functions()
        self._fields.list_qualifiers(None)
        if subject is not None:
            self._edited.type(subject, opened)
            self._show_live(subject, live)
        self._refresh()
        self._fields.on_edit(lambda: self._guarded(self._edit))

    def _preview_of(self, draft: Draft) -> Preview:
        """Return the preview of the fields; nothing can be applied until the live config has been read."""
        validated = draft.check(self._where)
        subject = draft.subject_if_valid()
        found = self._edited.read_of(subject)
        connection_options = ConnectionOptions.between(self._in_use(), self._connection)
        live = found.live.with_options(connection_options) if found else Live()
        if live.is_missing and "function_name" not in validated.faults:
            validated = Validated(None, {"function_name": self._fields.no_function(draft, live), **validated.faults})
        if found is None or live.trouble:
            validated = Validated(None, validated.faults)
        return Preview(
            where=self._where,
            validated=validated,
            subject=subject,
            live=live.config,
            trouble=live.trouble,
            unread=live.unread,
            connection_options=connection_options,
            read=found is not None,
        )

    def _edit(self) -> None:
        """Preview the change, or read the config of another function or qualifier once it is typed."""
        self._apply.renew()
        self._outcome.withdraw()
        draft = self._fields.draft()
        kept, edits = self._edited.type(draft.subject_if_valid(), draft)
        if kept != draft:
            self._fields.fill(kept)
        self._carry_over.offer(edits)
        preview = self._refresh()
        if preview.subject is None or preview.read:
            self._loader.cancel()
        else:
            self._loader.read_soon(preview.subject)

    def _take(self, subject: FunctionRef, live: Live) -> None:
        self._show_live(subject, live)
        self._refresh()

    def _show_live(self, subject: FunctionRef, live: Live) -> None:
        """Fill the fields with a live config, and offer the edits that it replaces."""
        self._fields.delivers_to(live.config)
        filled, edits = self._edited.load(subject, live, self._fields.draft())
        if not live.trouble:
            self._fields.fill(filled)
        self._carry_over.offer(edits)
        self._fields.list_qualifiers(None if live.is_missing else subject)

    def _carry(self, edits: Edits) -> None:
        self._fields.fill(replace(self._fields.draft(), **edits.settings))
        self._edit()

    def _too_early(self) -> None:
        text = "⚠ Nothing was applied: the click came with the last edit. Check the preview and click again."
        self._summary.value = text_html(text, "eicnb-warning")

    def _reread(self) -> None:
        """Load the live config again."""
        subject = self._fields.draft().subject_if_valid()
        if subject is None:
            return
        self._loader.cancel()
        self._fields.forget_destinations()
        self._show_live(subject, Live.read(self._connection, subject))
        self._apply.renew()
        self._outcome.say()
        self._refresh()

    def _applied(self, preview: Preview, live: Live, frame: Frame) -> None:
        self._edited.apply(preview.subject, live, self._fields.draft())
        self.result = frame
        self._refresh()

    def _changed(self, live: Live) -> None:
        """Preview the edits against the live config."""
        self._edited.change(live)
        self._refresh()

    def _refresh(self) -> Preview:
        """Show errors and hints at the fields, update the preview, and enable or disable the button."""
        draft = self._fields.draft()
        preview = self._preview_of(draft)
        self._title.value = title_of(str(preview.subject or "Choose a function"), str(self._where))
        self._fields.show(draft, preview.validated.faults)
        self._summary.value = text_html(preview.verdict(), "eicnb-summary")
        self._apply.show(preview, self._fields.missing_destinations())
        if self._is_displayed and preview != self._shown:
            display(preview, display_id=self._preview_id, update=True)
        self._shown = preview
        return preview

    def _guarded(self, action: Callable[[], object]) -> None:
        """Run one action at a time; show the traceback of an unexpected exception."""
        try:
            with self._lock:
                action()
        except Exception:  # noqa: BLE001 # a callback's exception would vanish into the log
            self._outcome.show_bug()

    def _ipython_display_(self) -> None:
        """Display the form, and the preview as a separate output that is saved with the notebook."""
        display(self._repr_mimebundle_(), raw=True)
        display(self.preview, display_id=self._preview_id)
        self._is_displayed = True

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the widget, and text for front ends without widgets."""
        static_form = StaticForm(self.preview)
        return {
            "text/plain": masked(f"{static_form!r}\n{NEEDS_A_KERNEL}"),
            "text/html": f"<div>{masked(static_form._repr_html_())}<p>{escape(NEEDS_A_KERNEL)}</p></div>",
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
        }
