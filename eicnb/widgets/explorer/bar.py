"""The bar of an explorer, which plans a change of all selected rows and applies it once.

Tested in tests/widgets/explorer/test_explorer.py and tests/browser/test_explorer.py.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from ipywidgets import HTML, Button, HBox, VBox

from eicnb.changes.change import count
from eicnb.changes.plan import Plan
from eicnb.errors import EicError, UsageError
from eicnb.frames.frame import Frame
from eicnb.model.age import read_age
from eicnb.model.config import check_event_age, check_retry_attempts
from eicnb.model.limits import RETRY_ATTEMPTS, choices
from eicnb.widgets.background import Background
from eicnb.widgets.fields import Field, few_choices, text_field, text_html

_KEEP = "unchanged"
_UNSET = ("none", "default")
_NUMBERS = ("maximum_retry_attempts", "maximum_event_age_in_seconds")


@dataclass(frozen=True, slots=True)
class Planning:
    """The functions that plan the desired configs of rows, plan the fixes of findings, and apply a plan."""

    plan: Callable[[pd.DataFrame], Plan]
    plan_fixes: Callable[[pd.DataFrame], Plan]
    apply: Callable[[Plan], Frame]


class ChangeBar:
    """The fields and buttons below a table.

    `selection` returns the selected rows, and `applied` gets the rows of an applied plan. For findings there are no
    fields; their fixes are planned.
    """

    def __init__(
        self,
        planning: Planning,
        background: Background,
        selection: Callable[[], pd.DataFrame],
        applied: Callable[[Frame], object],
        *,
        fixes: bool,
    ) -> None:
        self._planning = planning
        self._background = background
        self._selection = selection
        self._applied = applied
        self._fixes = fixes
        self._plan: Plan | None = None
        self._fields: dict[str, Field] = {} if fixes else _fields()
        self._plan_button = _button("eicnb-plan", self._planned)
        self._apply_button = _button("eicnb-apply", self._apply, button_style="primary")
        self._result = HTML("")
        self._result.add_class("eicnb-result")
        for field in self._fields.values():
            field.on_edit(self.refresh)
        buttons = HBox([self._plan_button, self._apply_button])
        buttons.add_class("eicnb-buttons")
        self.box = VBox([*(field.box for field in self._fields.values()), buttons, self._result])
        self.refresh()

    def refresh(self) -> None:
        """Withdraw the plan after the rows or fields changed, and show what a click would plan."""
        self._withdraw()
        rows = len(self._selection())
        try:
            chosen = bool(self._chosen()) or self._fixes
            self._result.value = ""
        except UsageError as error:
            chosen = False
            self._result.value = text_html(f"✗ Not valid: {error}", "eicnb-fault")
        what = "Plan the fixes of" if self._fixes else "Plan the change of"
        self._plan_button.description = f"{what} {count(rows, 'selected row')}"
        self._plan_button.disabled = not (rows and chosen)

    def _withdraw(self) -> None:
        self._plan = None
        self._apply_button.description = "Apply"
        self._apply_button.layout.display = "none"
        self._apply_button.disabled = True

    def _chosen(self) -> dict[str, Any]:
        """Return the settings in the fields; an invalid one is a UsageError."""
        return {name: _value(name, field.value) for name, field in self._fields.items() if field.value.strip()}

    def _planned(self) -> None:
        rows = self._selection()
        work = self._plan_of(rows)
        self._plan_button.disabled = True
        self._result.value = text_html(f"Reading the live configs of {count(len(rows), 'row')} …")
        self._background.start(lambda: _result_or_error(work), self._show_plan)

    def _plan_of(self, rows: pd.DataFrame) -> Callable[[], Plan]:
        if self._fixes:
            return lambda: self._planning.plan_fixes(rows)
        chosen = {name: _column(name, value, rows) for name, value in self._chosen().items()}
        desired = pd.DataFrame(rows).assign(**chosen)
        desired.attrs = dict(rows.attrs)
        return lambda: self._planning.plan(desired)

    def _show_plan(self, plan: Plan | str) -> None:
        self._plan_button.disabled = False
        if isinstance(plan, str):
            self._result.value = plan
            return
        self._result.value = str(plan._repr_html_())
        if len(plan):
            self._plan = plan
            self._apply_button.description = f"Apply {count(len(plan), 'change')} {_where(plan)}"
            self._apply_button.layout.display, self._apply_button.disabled = "", False

    def _apply(self) -> None:
        """Apply the plan that is shown; a second click has no effect."""
        plan = self._plan
        if plan is None:
            return
        self._withdraw()
        self._plan_button.disabled = True
        self._result.value = text_html(f"Applying {count(len(plan), 'change')} …")
        self._background.start(lambda: _result_or_error(lambda: self._planning.apply(plan)), self._show_result)

    def _show_result(self, result: Frame | str) -> None:
        if isinstance(result, str):
            self._result.value = result
        else:
            self._applied(result)
            self._result.value = str(result._repr_html_())
        self._plan_button.disabled = False


def _where(plan: Plan) -> str:
    about = plan.attrs("plan")
    sandbox = ["SANDBOX"] if about["sandbox"] else []
    return ", ".join([f"in {about['region']}", f"account {about['account_id']}", *sandbox])


def _fields() -> dict[str, Field]:
    return {
        "maximum_retry_attempts": few_choices("maximum_retry_attempts", (*map(str, RETRY_ATTEMPTS), "default"), _KEEP),
        "maximum_event_age_in_seconds": text_field(
            "maximum_event_age_in_seconds", f"{_KEEP}; 6h, 90m, 3600 or default"
        ),
        "on_failure": text_field("on_failure", f"{_KEEP}; sqs:NAME, an ARN or none"),
        "on_success": text_field("on_success", f"{_KEEP}; sns:NAME, an ARN or none"),
    }


def _value(name: str, text: str) -> Any:
    """Return the value of a field; None removes the setting."""
    text = text.strip()
    if text.lower() in _UNSET:
        return None
    if name == "maximum_retry_attempts":
        if not text.isdecimal():
            raise UsageError(f"the retry attempts are {text!r}", hint=f"{choices(RETRY_ATTEMPTS)}, or default")
        return check_retry_attempts(int(text))
    if name == "maximum_event_age_in_seconds":
        return check_event_age(read_age(text, "the maximum event age", repr(text)))
    return text


def _column(name: str, value: Any, rows: pd.DataFrame) -> pd.Series[Any]:
    dtype: Any = "Int64" if name in _NUMBERS else "string"
    return pd.Series([pd.NA if value is None else value] * len(rows), index=rows.index, dtype=dtype)


def _button(css_class: str, action: Callable[[], object], button_style: str = "") -> Button:
    button = Button(button_style=button_style, layout={"width": "max-content", "max_width": "100%"})
    button.add_class(css_class)
    button.on_click(lambda _: action())
    return button


def _result_or_error(work: Callable[[], Any]) -> Any:
    """Return the result of some work, or its error as HTML.

    An exception in a widget would vanish into the kernel's log.
    """
    try:
        return work()
    except EicError as error:
        rest = getattr(error, "result", None)
        shown = "" if rest is None else str(rest._repr_html_())
        return text_html(f"✗ {type(error).__name__}: {error}", "eicnb-fault") + shown
    except Exception:  # noqa: BLE001 # a bug is shown, not lost
        return text_html(f"✗ This is a bug in eicnb.\n{traceback.format_exc()}", "eicnb-fault")
