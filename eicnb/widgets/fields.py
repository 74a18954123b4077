"""The controls of a form: each with its label, what stands beside it, and the sentence under it.

All of them are lines of text, the choices too: while a drop-down list has the focus, JupyterLab takes arrows and
letters for its own shortcuts, which move the cell and change its type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from ipywidgets import HTML, Combobox, HBox, Text, VBox

from eicnb.aws.connection import Connection
from eicnb.changes.change import LABELS
from eicnb.model.destination import KINDS
from eicnb.redaction.masks import masked
from eicnb.widgets.background import Background
from eicnb.widgets.choices import TARGETS, Listed
from eicnb.widgets.draft import OTHER, Target, kind_of

_LABEL_WIDTH = "13em"
_CONTROL_WIDTH = "38em"

_NAMES = {"sqs": "Queue", "sns": "Topic", "lambda": "Function", "events": "Bus", "s3": "Bucket", OTHER: "ARN"}


def control(kind: Callable[..., Any], label: str, **traits: Any) -> Any:
    """A control with a visible label, as wide as all others."""
    style = {"description_width": _LABEL_WIDTH}
    return kind(description=label, style=style, layout={"width": _CONTROL_WIDTH}, **traits)


def said(text: str, css_class: str = "") -> str:
    """Text as the HTML of a widget; nothing in it is markup."""
    return f'<div class="eicnb-text {css_class}">{escape(masked(text))}</div>' if text else ""


def title_of(subject: str, where: str) -> str:
    """The head of a form: what it is about, and where that is."""
    return (
        f'<div class="eicnb-text eicnb-title">{escape(masked(subject))} '
        f'<span class="eicnb-where">in {escape(masked(where))}</span></div>'
    )


@cache
def stylesheet() -> str:
    """How forms look: in the colours of the notebook's theme."""
    return f"<style>{files(__package__).joinpath('form.css').read_text(encoding='utf-8')}</style>"


class Field:
    """A control, a text beside it, and a message under it."""

    def __init__(self, widget: Any, *, beside: str = "") -> None:
        self.widget = widget
        self._beside = HTML(said(beside))
        self._message = HTML("")
        self._message.add_class("eicnb-message")
        self._message.layout.display = "none"
        row = HBox([widget, self._beside])
        row.add_class("eicnb-row")
        self.box = VBox([row, self._message])

    @property
    def value(self) -> Any:
        """What stands in the control."""
        return self.widget.value

    def fill(self, value: Any) -> None:
        """Put a value into the control."""
        if self.widget.value != value:
            self.widget.value = value

    def beside(self, text: str) -> None:
        """Say something beside the control."""
        self._beside.value = said(text)

    def message(self, fault: str, *, warning: str = "") -> None:
        """Say under the control what is wrong with it, or what there is to know; a word tells them apart."""
        text = f"✗ Not valid: {fault}" if fault else f"⚠ Note: {warning}" if warning else ""
        self._message.value = said(text, "eicnb-fault" if fault else "eicnb-warning")
        self._message.layout.display = "" if text else "none"

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call this whenever the value changes."""
        self.widget.observe(lambda _: edited(), "value")


class Search(Field):
    """A combobox over a list that may be long: it holds the few names that fit what is typed."""

    def __init__(self, label: str, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(
            control(Combobox, label, value=value, placeholder=placeholder, ensure_option=False, continuous_update=True)
        )
        self.listed = Listed()
        self.widget.observe(lambda _: self._offer(), "value")

    def loading(self, what: str) -> None:
        """Say that the list of these is on its way."""
        self.listed = Listed()
        self._offer()
        self.beside(f"loading the {what} …")

    def offer(self, listed: Listed) -> None:
        """Offer the names of a list."""
        self.listed = listed
        self._offer()
        self.beside(listed.said())

    def _offer(self) -> None:
        self.widget.options = self.listed.offered(self.widget.value)


class TargetField:
    """A destination: its kind, and under it a search in the account's destinations of that kind."""

    def __init__(self, name: str, connection: Connection, background: Background) -> None:
        self._connection = connection
        self._background = background
        self._lists: dict[str, Listed] = {}
        self._asked: set[str] = set()
        names = tuple(KINDS[kind] for kind in KINDS if name == "on_failure" or kind != "s3")
        self.kind = Field(
            control(Combobox, f"{LABELS[name]}, send to", options=names, placeholder="none", continuous_update=True),
            beside="empty: none",
        )
        self._label = LABELS[name].lower()
        self.target = Search(f"Queue {self._label}", placeholder="name or ARN")
        self.box = VBox([self.kind.box, self.target.box])
        self.kind.on_edit(self._show_kind)
        self._show_kind()

    @property
    def value(self) -> Target:
        """The destination as it is chosen and typed."""
        kind = kind_of(self.kind.value)
        return Target(kind, self.target.value if kind else "")

    def fill(self, target: Target) -> None:
        """Put a destination into the controls."""
        self.kind.fill(next((name for kind, name in KINDS.items() if kind == target.kind), target.kind))
        self.target.fill(target.text)

    def message(self, fault: str) -> None:
        """Say under the target what is wrong with it, or under the kind where there is no target yet."""
        has_target = self.value.kind in _NAMES
        self.target.message(fault if has_target else "")
        self.kind.message("" if has_target else fault)

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call this whenever the kind or the target changes."""
        self.kind.on_edit(edited)
        self.target.on_edit(edited)

    def _show_kind(self) -> None:
        kind = self.value.kind
        self.target.box.layout.display = "" if kind in _NAMES else "none"
        self.target.widget.description = f"{_NAMES.get(kind, _NAMES[OTHER])} {self._label}"
        if kind not in TARGETS:
            self.target.offer(Listed())
            self.target.beside("")
        elif kind in self._lists:
            self.target.offer(self._lists[kind])
        else:
            self.target.loading(TARGETS[kind].what)
            self._load(kind)

    def _load(self, kind: str) -> None:
        if kind not in self._asked:
            self._asked.add(kind)
            self._background.start(
                lambda: TARGETS[kind].read(self._connection), lambda listed: self._take(kind, listed)
            )

    def _take(self, kind: str, listed: Listed) -> None:
        self._lists[kind] = listed
        if self.value.kind == kind:
            self.target.offer(listed)


class Quiet:
    """Tells a person's edits from the form's own: inside `at_work` no edit is one."""

    def __init__(self) -> None:
        self._depth = 0

    def __bool__(self) -> bool:
        return self._depth > 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the fields change without that being an edit."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


def text_field(name: str, placeholder: str) -> Field:
    """A line of text that is sent with each key."""
    return Field(control(Text, LABELS[name], placeholder=placeholder, continuous_update=True))


def few_choices(name: str, choices: tuple[str, ...], placeholder: str) -> Field:
    """A line of text with the few values that it can have."""
    options: dict[str, Any] = {"options": choices, "placeholder": placeholder}
    return Field(control(Combobox, LABELS[name], ensure_option=False, continuous_update=True, **options))
