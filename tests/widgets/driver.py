"""A form driven from Python, without a front end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ipywidgets import HTML, Button

import eicnb
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from eicnb.widgets.background import AtOnce, Background
from eicnb.widgets.form import Form

SETTINGS = ("Maximum retry attempts", "Maximum event age", "On success, send to", "On failure, send to")


def opened(
    eic: eicnb.Eic, name: str | None = None, qualifier: str = "$LATEST", background: Background | None = None
) -> Form:
    subject = FunctionRef(name, qualifier) if name else None
    return Form(
        eic._connection,
        eic._connection.where(),
        subject,
        Live.read(eic._connection, subject) if subject else Live(),
        background=background or AtOnce(),
    )


def widgets(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from widgets(child)


def field(form: Any, label: str) -> Any:
    return next(one for one in widgets(form) if getattr(one, "description", "") == label)


def settings_in(form: Form) -> list[str]:
    return [field(form, label).value for label in SETTINGS]


def button(form: Any, beginning: str) -> Button:
    found = [one for one in widgets(form) if isinstance(one, Button) and one.description.startswith(beginning)]
    return found[-1]


def shown(form: Any) -> str:
    return "\n".join(one.value for one in widgets(form) if isinstance(one, HTML))


def click(one: Button) -> None:
    """Click a button as a front end does, even if the button has changed since."""
    one._handle_button_msg(one, {"event": "click"}, [])


class Later:
    """Work that waits until the test runs it, as on a slow network."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def start(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        result = work()
        self.waiting.append(lambda: done(result))

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        self.waiting.append(action)

        def cancel() -> None:
            if action in self.waiting:
                self.waiting.remove(action)

        return cancel

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


def edit_checkout(eic: eicnb.Eic) -> Form:
    """Return a form of checkout with two unapplied edits."""
    form = opened(eic, "checkout")
    field(form, "Maximum retry attempts").value = "0"
    field(form, "On failure, send to").value = ""
    return form
