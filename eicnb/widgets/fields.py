"""The controls of a form: each with its label, a hint next to it, and a message under it.

All of them are text lines, the choices too: while a drop-down list has the focus, JupyterLab uses arrows and
letters as its own shortcuts, which move the cell and change its type.

Tested in tests/widgets/test_form.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from ipywidgets import HTML, Combobox, HBox, Text, VBox

from eicnb.changes.change import LABELS
from eicnb.redaction.masks import masked
from eicnb.widgets.choices import NameList

_LABEL_WIDTH = "13em"
CONTROL_WIDTH = "38em"
KIND_WIDTH = "24em"
NAME_WIDTH = "14em"
"""The width of a control with its label; of a kind with its label, and of the name next to it."""


def control(kind: Callable[..., Any], label: str, width: str = CONTROL_WIDTH, **traits: Any) -> Any:
    """Make a control with a visible label, never wider than the form."""
    style = {"description_width": _LABEL_WIDTH}
    layout = {"width": width, "max_width": "100%"}
    return kind(description=label, style=style, layout=layout, **traits)


def text_html(text: str, css_class: str = "") -> str:
    """Write text as the HTML of a widget; nothing in it is markup."""
    return f'<div class="eicnb-text {css_class}">{escape(masked(text))}</div>' if text else ""


def title_of(subject: str, where: str) -> str:
    """Write the head of a form: the function, and the account and region."""
    return (
        f'<div class="eicnb-text eicnb-title">{escape(masked(subject))} '
        f'<span class="eicnb-where">in {escape(masked(where))}</span></div>'
    )


@cache
def stylesheet() -> str:
    """Return the CSS of the forms, in the colours of the notebook's theme."""
    return f"<style>{files(__package__).joinpath('form.css').read_text(encoding='utf-8')}</style>"


class Field:
    """A control, a hint next to it, and a message under it."""

    def __init__(self, widget: Any, *, hint: str = "") -> None:
        self.widget = widget
        self._hint = HTML(text_html(hint))
        self._message = HTML("", layout={"display": "none"})
        self._message.add_class("eicnb-message")
        self._row = HBox([widget, self._hint])
        self._row.add_class("eicnb-row")
        self.box = VBox([self._row, self._message])

    def share_line(self, other: Field) -> None:
        """Put the control of another field into the line of this one, before both hints."""
        self._row.add_class("eicnb-destination")
        self._row.children = (self.widget, other.widget, self._hint, other._hint)
        self.box.children = (self._row, self._message, other._message)

    def hide(self, *, is_hidden: bool) -> None:
        """Hide or show the control and its hint."""
        self.widget.layout.display = "none" if is_hidden else ""
        self.hide_hint(is_hidden=is_hidden)

    def hide_hint(self, *, is_hidden: bool) -> None:
        """Hide or show the hint alone."""
        self._hint.layout.display = "none" if is_hidden else ""

    @property
    def value(self) -> Any:
        """The text in the control."""
        return self.widget.value

    def fill(self, value: Any) -> None:
        """Put a value into the control."""
        if self.widget.value != value:
            self.widget.value = value

    def hint(self, text: str) -> None:
        """Show a hint next to the control."""
        self._hint.value = text_html(text)

    def message(self, fault: str, *, warning: str = "") -> None:
        """Show an error or a warning under the control, and name which of them it is."""
        text = f"✗ Not valid: {fault}" if fault else f"⚠ Note: {warning}" if warning else ""
        self._message.value = text_html(text, "eicnb-fault" if fault else "eicnb-warning")
        self._message.layout.display = "" if text else "none"

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call this whenever the value changes."""
        self.widget.observe(lambda _: edited(), "value")


class SearchField(Field):
    """A combobox over a list that may be long: it offers the few names that match the text."""

    def __init__(self, label: str, value: str = "", *, placeholder: str = "", width: str = CONTROL_WIDTH) -> None:
        traits = {"value": value, "placeholder": placeholder, "ensure_option": False, "continuous_update": True}
        super().__init__(control(Combobox, label, width, **traits))
        self.listed = NameList()
        self.widget.observe(lambda _: self._offer(), "value")

    def loading(self, what: str) -> None:
        """Show that the list of these names is loading."""
        self.offer(NameList(), f"loading the {what} …")

    def offer(self, listed: NameList, hint: str | None = None) -> None:
        """Offer the names of a list; None as the hint shows how many there are."""
        self.listed = listed
        self._offer()
        self.hint(listed.summary() if hint is None else hint)

    def _offer(self) -> None:
        self.widget.options = self.listed.matching(self.widget.value)


def text_field(name: str, placeholder: str) -> Field:
    """Make a text line that sends its value with each key."""
    return Field(control(Text, LABELS[name], placeholder=placeholder, continuous_update=True))


def few_choices(name: str, choices: tuple[str, ...], placeholder: str) -> Field:
    """Make a text line that offers its few possible values."""
    options: dict[str, Any] = {"options": choices, "placeholder": placeholder}
    return Field(control(Combobox, LABELS[name], ensure_option=False, continuous_update=True, **options))
