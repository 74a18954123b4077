"""The result of Apply in a form: the frame, an error, or a question.

Tested in tests/widgets/test_applying.py.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from html import escape
from typing import Any

from ipywidgets import HTML, Button, HBox, VBox

from eicnb.changes.change import LABELS, SETTINGS, Unread, in_words, settings_of
from eicnb.changes.current import Live
from eicnb.errors import EicError
from eicnb.frames.html import html_table_of_texts
from eicnb.model.reported import ReportedConfig
from eicnb.redaction.masks import masked
from eicnb.widgets.fields import text_html
from eicnb.widgets.preview import Preview

Action = Callable[[], object]


class Outcome:
    """The bottom part of a form; `run` runs the action that the user chooses."""

    def __init__(self, run: Callable[[Action], None]) -> None:
        self._run = run
        self._choices: set[Button] = set()
        self.box = VBox([])

    def say(self, *parts: Any) -> None:
        """Show only these parts, and withdraw earlier choices."""
        self._choices = {inner for part in parts for inner in getattr(part, "children", ())}
        self.box.children = parts

    def withdraw(self) -> None:
        """Withdraw a question; a result stays."""
        if self._choices:
            self.say()

    def show_result(self, text: str, frame: Any) -> None:
        """Show the frame of an applied change."""
        head = '<div class="eicnb-result" tabindex="0" role="region" aria-label="Result of Apply">'
        self.say(HTML(text_html(f"✓ {text}")), HTML(f"{head}{frame._repr_html_() or ''}</div>"))

    def show_error(self, error: EicError, label: str, again: Action) -> None:
        """Show the whole error, with a button to try again."""
        head = text_html(f"✗ {type(error).__name__}: the request failed.", "eicnb-fault")
        self.say(HTML(head), HTML(_pre(str(error))), _row(self._choice(f"Try again: {label}", again)))

    def show_bug(self) -> None:
        """Show the traceback of a bug, which would otherwise vanish into the kernel's log."""
        head = text_html("✗ The form failed. This is a bug in eicnb.", "eicnb-fault")
        self.say(HTML(head), HTML(_pre(traceback.format_exc())))

    def ask(self, preview: Preview, now: Live, over: tuple[str, Action] | None, take: Action) -> None:
        """Ask what to do if the live config has changed or cannot be read; show both configs."""
        wanted = preview.validated.request.config if preview.validated.request else None
        opened, live = _unless_unread(preview.live, preview.unread), _unless_unread(now.config, now.unread)
        columns = (settings_of(opened), settings_of(live), settings_of(wanted))
        rows = [(LABELS[name], *(in_words(name, column[name]) for column in columns)) for name in SETTINGS]
        head = ("Setting", "Read before", "Live now", "In this form")
        choices = [self._choice("Load the live config into the form", take)]
        if over is not None:
            choices.insert(0, self._choice(f"Overwrite the live config: {_lower(over[0])}", over[1]))
        self.say(
            HTML(text_html(f"⚠ {_what_happened(preview, now)} Nothing has been written.", "eicnb-warning")),
            HTML(f'<div class="eicnb-text">{masked(html_table_of_texts(head, rows))}</div>'),
            _row(*choices),
        )

    def _choice(self, label: str, action: Action) -> Button:
        """Return a button that works once, so that queued clicks cannot answer the next question."""
        button = Button(description=masked(label), layout={"width": "auto", "max_width": "100%"})

        def clicked(_: object) -> None:
            if button in self._choices:
                self._choices.clear()
                button.disabled = True
                self._run(action)

        button.on_click(clicked)
        return button


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _unless_unread(config: ReportedConfig | None, unread: str) -> ReportedConfig | Unread | None:
    return Unread(unread) if unread else config


def _what_happened(preview: Preview, now: Live) -> str:
    if now.unread:
        return f"The live config can't be read now, so it may have changed since this form opened: {now.unread}"
    if preview.unread:
        return "The live config, which could not be read when this form opened, can be read now."
    if now.config is None:
        return "The config was deleted since this form opened."
    if preview.live is None:
        return "A config was created since this form opened."
    return "The config was changed since this form opened."


def _row(*buttons: Button) -> HBox:
    row = HBox(buttons)
    row.add_class("eicnb-buttons")
    return row


def _pre(text: str) -> str:
    style = 'style="white-space: pre-wrap; overflow-wrap: anywhere"'
    return f'<div class="eicnb-text"><pre {style}>{escape(masked(text))}</pre></div>'
