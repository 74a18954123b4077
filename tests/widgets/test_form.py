from __future__ import annotations

from ipywidgets import HTML

import eicnb
from eicnb.changes.current import Live
from eicnb.client import settings
from eicnb.model.function import FunctionRef
from eicnb.widgets.background import AtOnce
from eicnb.widgets.form import Form
from eicnb.widgets.preview import NEEDS_A_KERNEL
from tests.widgets.driver import button, field, opened, shown, widgets


def test_a_form_opens_with_the_live_config(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    labels = ("Function", "Qualifier", "Maximum retry attempts", "Maximum event age", "On failure, send to")
    values = [field(form, label).value for label in labels]
    assert values == ["my-function", "GREEN", "2", "3600", "SQS queue"]
    assert field(form, "Queue on failure").value == "shop-failures"
    assert "search-updates.fifo" not in field(form, "Queue on failure").options
    assert "S3 bucket" not in field(form, "On success, send to").options
    assert button(form, "Apply").disabled
    assert form.result is None


def test_a_qualifier_that_the_function_lacks_names_those_that_it_has(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREN")
    note = (
        "⚠ Note: the function has no version or alias &#x27;GREN&#x27;. It has $LATEST, BLUE, GREEN, prod, v1, 3, 2, 1."
    )
    assert note in shown(form)


def test_a_function_that_does_not_exist_comes_with_the_name_most_like_it(eic: eicnb.Eic) -> None:
    form = opened(eic)
    field(form, "Function").value = "chekout"
    assert "✗ Not valid: There is no function &#x27;chekout&#x27; in us-east-1. Try: checkout<" in shown(form)


def test_the_command_that_lists_functions_lists_those_of_the_form(eic: eicnb.Eic) -> None:
    here, there = eic._connection, eic.derive(region="us-west-2")._connection
    nobody = FunctionRef("nobody", "$LATEST")
    form = Form(there, there.where(), nobody, Live.read(there, nobody), background=AtOnce(), in_use=lambda: here)
    assert "Try: %eic functions --region us-west-2<" in shown(form)


def test_a_bug_is_shown_in_the_form_and_not_in_the_log(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    form._where = None  # type: ignore[assignment] # nothing that a form could work with
    field(form, "Maximum event age").value = "2h"
    assert "This is a bug in eicnb." in shown(form)
    assert "AttributeError" in shown(form)


def test_every_control_is_a_text_line_or_a_button_with_a_label(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    controls = [one for one in widgets(form) if hasattr(one, "description") and not isinstance(one, HTML)]
    assert {type(one).__name__ for one in controls} == {"Text", "Combobox", "Button"}
    assert [one for one in controls if not one.description] == []


def test_the_form_without_widgets_is_text_and_html_without_json(eic: eicnb.Eic) -> None:
    bundle = opened(eic, "my-function", "GREEN")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    for text in (bundle["text/plain"], bundle["text/html"]):
        assert NEEDS_A_KERNEL in text
        assert "shop-failures" in text
        assert "%eic put my-function --qualifier GREEN --retries 2 --max-age 1h --on-failure sqs:shop-failures" in text


def test_markup_in_a_field_is_shown_as_text(eic: eicnb.Eic) -> None:
    form = opened(eic)
    field(form, "Function").value = "<img src=x>"
    field(form, "On success, send to").value = "sqs"
    field(form, "Queue on success").value = "<script>"
    assert "<img" not in shown(form)
    assert "<script" not in shown(form)
    assert "&lt;img src=x&gt;" in shown(form)


def test_with_redaction_the_form_shows_no_account(eic: eicnb.Eic) -> None:
    settings.choose(redact=True)
    form = opened(eic, "my-function", "BLUE")
    field(form, "Maximum retry attempts").value = "2"
    assert "ACCOUNT-0001" in button(form, "Apply 1 change").description
    bundle = form._repr_mimebundle_()
    for text in (button(form, "Apply").description, shown(form), bundle["text/plain"], bundle["text/html"]):
        assert eic.account_id not in text
