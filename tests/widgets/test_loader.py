from __future__ import annotations

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from eicnb.widgets.form import Form
from tests.widgets.driver import Later, button, field, opened, settings_in, shown


@pytest.mark.parametrize("name", ["checkout", None])
def test_what_is_typed_under_the_new_name_stays_with_it(eic: eicnb.Eic, name: str | None) -> None:
    background = Later()
    form = opened(eic, name, background=background)
    background.run()
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    assert button(form, "Apply").disabled
    assert form.preview.commands() == {}
    background.run()
    assert settings_in(form) == ["2", "77", "", "SQS queue"]
    assert "1 edit" in shown(form)
    assert "not applied: Maximum retry attempts 0." in shown(form)


def test_keys_of_a_name_that_arrive_after_those_of_the_next_field_lose_nothing(eic: eicnb.Eic) -> None:
    background = Later()
    form = opened(eic, "checkout", background=background)
    background.run()
    field(form, "Function").value = "c"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "cart-reminder"
    background.run()
    assert settings_in(form) == ["2", "77", "", "SQS queue"]
    assert "not applied" not in shown(form)


def test_what_is_typed_under_one_name_does_not_go_to_the_next(eic: eicnb.Eic) -> None:
    background = Later()
    form = opened(eic, "checkout", background=background)
    background.run()
    field(form, "Function").value = "newsletters"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "cart-reminder"
    background.run()
    assert settings_in(form) == ["2", "60", "", "SQS queue"]
    assert "not applied: Maximum event age 77." in shown(form)


def test_what_was_typed_under_another_name_does_not_come_back_with_the_first_one(eic: eicnb.Eic) -> None:
    background = Later()
    form = opened(eic, "checkout", background=background)
    background.run()
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "checkout"
    background.run()
    assert settings_in(form) == ["0", "3600", "", "SQS queue"]
    assert "1 edit of cart-reminder:$LATEST was not applied: Maximum event age 77." in shown(form)


def test_a_config_that_arrives_late_changes_nothing(eic: eicnb.Eic) -> None:
    subject, background = FunctionRef("checkout", "$LATEST"), Later()
    form = Form(
        eic._connection, eic._connection.where(), subject, Live.read(eic._connection, subject), background=background
    )
    background.run()
    field(form, "Function").value = "cart-reminder"
    background.waiting.pop(0)()
    field(form, "Function").value = "checkout"
    field(form, "Maximum retry attempts").value = "0"
    background.run()
    assert settings_in(form) == ["0", "3600", "", "SQS queue"]
