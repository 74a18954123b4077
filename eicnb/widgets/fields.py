"""The controls of a form, each with a label, a hint next to it, and a message below it.

All controls are text lines, even those with few choices. While a drop-down list has the focus, JupyterLab interprets
arrows and letters as its own shortcuts, which move the cell or change its type.

Tested in tests/widgets/test_form.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
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
"""The widths of a control with its label, of a kind with its label, and of the name next to the kind."""


def control(kind: Callable[..., Any], label: str, width: str = CONTROL_WIDTH, **traits: Any) -> Any:
    """Make a control with a visible label, as wide as the others and never wider than the form."""
    style = {"description_width": _LABEL_WIDTH}
    layout = {"width": width, "max_width": "100%"}
    return kind(description=label, style=style, layout=layout, **traits)


def text_html(text: str, css_class: str = "") -> str:
    """Return text as HTML for a widget; markup in it is escaped."""
    return f'<div class="eicnb-text {css_class}">{escape(masked(text))}</div>' if text else ""


def title_of(subject: str, where: str) -> str:
    """Return the heading of a form: the function, and the account and region."""
    return (
        f'<div class="eicnb-text eicnb-title">{escape(masked(subject))} '
        f'<span class="eicnb-where">in {escape(masked(where))}</span></div>'
    )


@cache
def stylesheet() -> str:
    """Return the CSS of the forms, which uses the colours of the notebook's theme."""
    return f"<style>{files(__package__).joinpath('form.css').read_text(encoding='utf-8')}</style>"


class Field:
    """A control, a hint next to it, and a message below it."""

    def __init__(self, widget: Any, *, hint: str = "") -> None:
        self.widget = widget
        self._hint = HTML(text_html(hint))
        self._message = HTML("", layout={"display": "none"})
        self._message.add_class("eicnb-message")

    @cached_property
    def box(self) -> VBox:
        """The field on a line of its own."""
        return _box([self.widget, self._hint], [self._message])

    def box_with(self, other: Field) -> VBox:
        """Return both fields in one line, the controls before the hints."""
        controls = [self.widget, other.widget]
        box = _box([*controls, self._hint, other._hint], [self._message, other._message])
        box.children[0].add_class("eicnb-destination")
        return box

    def hide(self, *, is_hidden: bool) -> None:
        """Hide or show the control and its hint."""
        self.widget.layout.display = "none" if is_hidden else ""
        self.hide_hint(is_hidden=is_hidden)

    def hide_hint(self, *, is_hidden: bool) -> None:
        """Hide or show only the hint."""
        self._hint.layout.display = "none" if is_hidden else ""

    @property
    def value(self) -> Any:
        """The text in the control."""
        return self.widget.value

    def fill(self, value: Any) -> None:
        """Set the value of the control."""
        if self.widget.value != value:
            self.widget.value = value

    def hint(self, text: str) -> None:
        """Show a hint next to the control."""
        self._hint.value = text_html(text)

    def message(self, fault: str, *, warning: str = "") -> None:
        """Show an error or a warning below the control, and say which of them it is."""
        text = f"✗ Not valid: {fault}" if fault else f"⚠ Note: {warning}" if warning else ""
        self._message.value = text_html(text, "eicnb-fault" if fault else "eicnb-warning")
        self._message.layout.display = "" if text else "none"

    def on_edit(self, edited: Callable[[], object]) -> None:
        """Call a function whenever the value changes."""
        self.widget.observe(lambda _: edited(), "value")


def _box(line: Sequence[Any], messages: Sequence[Any]) -> VBox:
    row = HBox(line)
    row.add_class("eicnb-row")
    return VBox([row, *messages])


class SearchField(Field):
    """A combobox for a list that may be long; it offers only a few matching names."""

    def __init__(self, label: str, value: str = "", *, placeholder: str = "", width: str = CONTROL_WIDTH) -> None:
        traits = {"value": value, "placeholder": placeholder, "ensure_option": False, "continuous_update": True}
        super().__init__(control(Combobox, label, width, **traits))
        self.listed = NameList()
        self.widget.observe(lambda _: self._offer(), "value")

    def loading(self, what: str) -> None:
        """Show that the list is loading."""
        self.offer(NameList(), f"loading the {what} …")

    def offer(self, listed: NameList, hint: str | None = None) -> None:
        """Offer the names of a list, and show its summary or another hint."""
        self.listed = listed
        self._offer()
        self.hint(listed.summary() if hint is None else hint)

    def _offer(self) -> None:
        self.widget.options = self.listed.matching(self.widget.value)


def text_field(name: str, placeholder: str) -> Field:
    """Make a text line that sends its value on each key."""
    return Field(control(Text, LABELS[name], placeholder=placeholder, continuous_update=True))


def few_choices(name: str, choices: tuple[str, ...], placeholder: str) -> Field:
    """Make a text line that suggests its few possible values."""
    options: dict[str, Any] = {"options": choices, "placeholder": placeholder}
    return Field(control(Combobox, LABELS[name], ensure_option=False, continuous_update=True, **options))
