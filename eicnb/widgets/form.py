"""The form: fields that open with the live config, a preview of each change, and one button that applies it once."""

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
from eicnb.changes.apply import config_frame
from eicnb.changes.change import LABELS, count
from eicnb.changes.current import Live
from eicnb.changes.export.connection_options import Way
from eicnb.cli.memory import MEMORY
from eicnb.errors import EicError, UsageError
from eicnb.model.age import human
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS, RETRY_ATTEMPTS, choices
from eicnb.model.place import Where
from eicnb.redaction.masks import masked
from eicnb.widgets.background import Background, here
from eicnb.widgets.choices import FUNCTIONS, Listed, qualifiers
from eicnb.widgets.draft import Checked, Draft
from eicnb.widgets.fields import Field, Quiet, Search, TargetField, few_choices, said, stylesheet, text_field, title_of
from eicnb.widgets.outcome import Outcome
from eicnb.widgets.preview import NEEDS_A_KERNEL, Preview, Standstill

_SECONDS_AFTER_THE_LAST_KEY = 0.4
_RETRIES = tuple(map(str, RETRY_ATTEMPTS))


class Form(VBox):  # type: ignore[misc] # ipywidgets has no types
    """A form of one function's config; `result` is the frame of what was applied last, None before.

    The fields are those of `eicnb.changes.change.LABELS`. Apply is one put of all that is shown, or a delete when
    nothing is set any more; it reads the live config again first, and asks when that has changed since the form opened.
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
        self._connection = connection
        self._in_use = in_use or (lambda: connection)
        self._where = where
        self._background = background or here()
        self._live = live
        self._read_for = subject
        self._lock = threading.RLock()
        self._quiet = Quiet()
        self._armed: Preview | None = None
        self._spent = False
        self._shown: Any = None
        self._call_off: Callable[[], object] = lambda: None
        self._preview_id = f"eicnb-preview-{uuid.uuid4().hex}"
        self._is_displayed = False
        self._make_fields()
        super().__init__(children=self._parts())
        self.add_class("eicnb-form")
        self._opened = self._draft_of(live, subject)
        self._fill(self._opened)
        self._refresh()
        self._observe()
        self._list_functions()
        self._list_qualifiers()

    @property
    def preview(self) -> Preview:
        """What Apply would do, as it stands beside the form."""
        return self._preview_of(self._draft())

    def _make_fields(self) -> None:
        self._title, self._summary = HTML(""), HTML("")
        self._function = Search(LABELS["function_name"], placeholder="type to search, or an ARN")
        self._qualifier = Search(LABELS["qualifier"], LATEST, placeholder="version or alias")
        self._retries = few_choices("maximum_retry_attempts", _RETRIES, "not set")
        self._age = text_field("maximum_event_age_in_seconds", "not set; seconds, or 6h, 90m")
        self._targets = {
            name: TargetField(name, self._connection, self._background) for name in ("on_success", "on_failure")
        }
        self._apply = Button(layout={"width": "auto", "max_width": "100%"})
        self._apply.add_class("eicnb-apply")
        self._again = Button(description="Read the live config again", layout={"width": "auto"})
        self._outcome = Outcome(self._guarded)

    def _parts(self) -> list[Any]:
        offline = HTML(f'{stylesheet()}<div class="eicnb-text eicnb-offline">⚠ {escape(NEEDS_A_KERNEL)}</div>')
        buttons = HBox([self._apply, self._again])
        buttons.add_class("eicnb-buttons")
        return [offline, self._title, *(one.box for one in self._fields()), self._summary, buttons, self._outcome.box]

    def _fields(self) -> list[Field | TargetField]:
        return [self._function, self._qualifier, self._retries, self._age, *self._targets.values()]

    def _observe(self) -> None:
        for one in self._fields():
            one.on_edit(self._edited)
        self._apply.on_click(lambda _: self._clicked())
        self._again.on_click(lambda _: self._guarded(self._reread))

    def _draft(self) -> Draft:
        """What stands in the fields."""
        return Draft(
            function_name=self._function.value,
            qualifier=self._qualifier.value,
            maximum_retry_attempts=self._retries.value,
            maximum_event_age_in_seconds=self._age.value,
            on_success=self._targets["on_success"].value,
            on_failure=self._targets["on_failure"].value,
        )

    def _draft_of(self, live: Live, subject: FunctionRef | None) -> Draft:
        name, qualifier = (str(subject.without_qualifier()), subject.qualifier or LATEST) if subject else ("", LATEST)
        return Draft.of(name, qualifier, live.config, self._where)

    def _fill(self, draft: Draft) -> None:
        with self._quiet.at_work():
            self._function.fill(draft.function_name)
            self._qualifier.fill(draft.qualifier)
            self._retries.fill(draft.maximum_retry_attempts)
            self._age.fill(draft.maximum_event_age_in_seconds)
            for name, one in self._targets.items():
                one.fill(getattr(draft, name))

    def _preview_of(self, draft: Draft) -> Preview:
        checked = draft.check(self._where)
        try:
            subject: FunctionRef | None = draft.subject()
        except UsageError:
            subject = None
        read = subject == self._read_for
        if read and self._live.is_missing and "function_name" not in checked.faults:
            checked = Checked(None, {"function_name": self._live.trouble, **checked.faults})
        return Preview(
            where=self._where,
            checked=checked,
            subject=subject,
            live=self._live.config if read else None,
            trouble=self._live.trouble if read else "",
            way=Way.between(self._in_use(), self._connection),
            read=read,
        )

    def _edited(self) -> None:
        if self._quiet:
            return
        with self._lock:
            self._spent = False
            self._guarded(self._take_edit)

    def _take_edit(self) -> None:
        preview = self._refresh()
        self._outcome.withdraw()
        if preview.subject is not None and not preview.read:
            self._call_off()
            subject = preview.subject
            self._call_off = self._background.later(_SECONDS_AFTER_THE_LAST_KEY, lambda: self._begin_reading(subject))

    def _begin_reading(self, subject: FunctionRef) -> None:
        self._background.start(
            lambda: Live.read(self._connection, subject),
            lambda live: self._guarded(lambda: self._take_live(subject, live)),
        )

    def _take_live(self, subject: FunctionRef, live: Live) -> None:
        """The config of the function that was chosen: it goes under the settings that were edited already."""
        if self._preview_of(self._draft()).subject != subject:
            return
        same_function = self._read_for is not None and self._read_for.without_qualifier() == subject.without_qualifier()
        draft = self._draft()
        now = replace(self._draft_of(live, subject), function_name=draft.function_name, qualifier=draft.qualifier)
        self._read_for, self._live = subject, live
        self._fill(draft.onto(self._opened, now))
        self._opened = now
        self._refresh()
        if not same_function:
            self._list_qualifiers()

    def _reread(self) -> None:
        """Begin again from what is live now."""
        subject = self._preview_of(self._draft()).subject
        if subject is None:
            return
        self._show_live(subject, Live.read(self._connection, subject))

    def _show_live(self, subject: FunctionRef, live: Live) -> None:
        self._read_for, self._live, self._spent = subject, live, False
        self._opened = self._draft_of(live, subject)
        self._fill(self._opened)
        self._outcome.say()
        self._refresh()

    def _refresh(self) -> Preview:
        """Show what the fields come to, beside each and in the preview, and arm the button if it may be clicked."""
        draft = self._draft()
        preview = self._preview_of(draft)
        faults = preview.checked.faults
        self._title.value = title_of(str(preview.subject or "Choose a function"), str(self._where))
        self._function.message(faults.get("function_name", ""))
        self._qualifier.message(faults.get("qualifier", ""), warning=self._unknown_qualifier(draft))
        self._retries.message(faults.get("maximum_retry_attempts", ""))
        self._retries.beside(
            choices(RETRY_ATTEMPTS)
            if draft.maximum_retry_attempts.strip()
            else f"AWS's default: {DEFAULT_RETRY_ATTEMPTS}"
        )
        self._age.message(faults.get("maximum_event_age_in_seconds", ""))
        self._age.beside(_age_in_words(draft))
        for name, one in self._targets.items():
            one.message(faults.get(name, ""))
        self._summary.value = said(preview.verdict(), "eicnb-summary")
        self._arm(preview)
        self._update_preview(preview)
        return preview

    def _arm(self, preview: Preview) -> None:
        can_be_applied = preview.is_applicable and not self._spent
        self._armed = preview if can_be_applied else None
        self._apply.disabled = not can_be_applied
        self._apply.description = masked(preview.action() if preview.is_applicable else f"Apply to {preview.title}")

    def _unknown_qualifier(self, draft: Draft) -> str:
        known = self._qualifier.listed
        if not known.is_whole or draft.qualifier.strip() in known.names:
            return ""
        return f"the function had no version or alias {draft.qualifier.strip()!r} when the form looked."

    def _list_functions(self) -> None:
        self._function.loading("functions")
        self._background.start(lambda: FUNCTIONS.read(self._connection), self._function.offer)

    def _list_qualifiers(self) -> None:
        subject = self._read_for
        if subject is None or self._live.is_missing:
            self._qualifier.offer(Listed((LATEST,)))
            self._qualifier.beside("")
            return
        self._qualifier.loading("versions and aliases")
        function = str(subject.without_qualifier())

        def take(listed: Listed) -> None:
            if self._read_for is not None and str(self._read_for.without_qualifier()) == function:
                self._qualifier.offer(listed)
                self._qualifier.message("", warning=self._unknown_qualifier(self._draft()))

        self._background.start(lambda: qualifiers(self._connection, function), take)

    def _clicked(self) -> None:
        """A click counts once: those that were queued behind it while the kernel was busy find nothing armed."""
        with self._lock:
            preview, self._armed = self._armed, None
        if preview is not None:
            self._guarded(lambda: self._attempt(preview))

    def _attempt(self, preview: Preview) -> None:
        self._spent = True
        self._apply.disabled = True
        try:
            self._write_or_ask(preview)
        except EicError as error:
            self._outcome.show_error(error, preview.action(), lambda: self._attempt(preview))

    def _write_or_ask(self, preview: Preview) -> None:
        """The live config is read again first: AWS has no compare-and-set, so this is the least that one can do."""
        self._check_account()
        assert preview.subject is not None, "nothing is armed without a function"
        now = Live.read(self._connection, preview.subject)
        if now.trouble:
            raise EicError(f"nothing was written, because the live config cannot be read. {now.trouble}")
        if now.is_as(Live(preview.live)):
            self._write(preview)
        else:
            self._ask(preview, now)

    def _check_account(self) -> None:
        """Credentials that were renewed may be another account's, which the button did not say."""
        if self._connection.account_id != self._where.account_id:
            raise EicError(
                f"nothing was written: the credentials are now those of account {self._connection.account_id}, "
                f"and this form was opened in account {self._where.account_id}",
                hint="a new form",
            )

    def _write(self, preview: Preview) -> None:
        request = preview.checked.request
        assert request is not None, "nothing is armed without a request"
        configs = self._connection.send(request)
        frame = config_frame(self._connection, configs, request.verb)
        MEMORY.learn(frame)
        self._read_for, self._live = preview.subject, Live(None if request.verb == "delete" else configs[0])
        self._opened = replace(self._draft())
        self.result = frame
        done = "Deleted; this was there" if request.verb == "delete" else "Applied"
        self._outcome.show_result(f"{done}: {count(preview.number_of_changes, 'change')}, {preview.title}.", frame)
        self._refresh()

    def _ask(self, preview: Preview, now: Live) -> None:
        later = replace(preview, live=now.config)
        over = (later.action(), lambda: self._attempt(later)) if later.is_applicable else None
        subject = preview.subject or FunctionRef("NAME")
        self._outcome.ask(preview, now, over, lambda: self._show_live(subject, now))

    def _guarded(self, action: Callable[[], object]) -> None:
        """Carry out what was asked, one thing at a time; what is no error of ours is shown as the bug that it is."""
        try:
            with self._lock:
                action()
        except Exception:  # noqa: BLE001 # a callback's exception would vanish into the log
            self._outcome.show_bug()

    def _update_preview(self, preview: Preview) -> None:
        if self._is_displayed and preview != self._shown:
            display(preview, display_id=self._preview_id, update=True)
        self._shown = preview

    def _ipython_display_(self) -> None:
        """The form, and the preview as an output of its own: the notebook keeps that, and updates it in place."""
        display(self._repr_mimebundle_(), raw=True)
        display(self.preview, display_id=self._preview_id)
        self._is_displayed = True

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The widget, and what stands in its place where there are none."""
        standstill = Standstill(self.preview)
        return {
            "text/plain": masked(f"{standstill!r}\n{NEEDS_A_KERNEL}"),
            "text/html": f"<div>{masked(standstill._repr_html_())}<p>{escape(NEEDS_A_KERNEL)}</p></div>",  # ours
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
        }


def _age_in_words(draft: Draft) -> str:
    if not draft.maximum_event_age_in_seconds.strip():
        return f"AWS's default: {human(DEFAULT_EVENT_AGE_IN_SECONDS)}"
    try:
        return f"= {human(draft.event_age() or 0)}"
    except UsageError:
        return ""
