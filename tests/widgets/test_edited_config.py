from __future__ import annotations

from collections.abc import Callable

import pytest

import eicnb
from tests.widgets.driver import button, click, edit_checkout, field, opened, settings_in, shown

OFFER = "⚠ 2 edits of checkout:$LATEST were not applied: Maximum retry attempts 0, On failure none."


REMINDER = ["1", "900", "", "SQS queue"]


def test_another_function_loads_its_own_config_and_offers_the_edits(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = edit_checkout(eic)
    eic.put("cart-reminder", maximum_retry_attempts=1, maximum_event_age_in_seconds=900, on_failure="sqs:shop-failures")
    before = writes()
    field(form, "Function").value = "cart-reminder"
    assert settings_in(form) == REMINDER
    assert field(form, "Queue on failure").value == "shop-failures"
    assert "Nothing to apply: cart-reminder:$LATEST already has these settings." in shown(form)
    assert OFFER in shown(form)
    click(button(form, "Apply"))
    assert writes() == before
    carry = button(form, "Carry 2 edits over")
    click(carry)
    assert settings_in(form) == ["0", "900", "", ""]
    assert OFFER not in shown(form)
    assert not button(form, "Apply 2 changes to cart-reminder:$LATEST").disabled
    field(form, "Maximum retry attempts").value = "1"
    click(carry)
    assert settings_in(form) == ["1", "900", "", ""]


@pytest.mark.parametrize("way", [["prod"], ["", "prod"], ["pro", "prod"], ["nope", "prod"], ["a b", "prod"]])
def test_another_qualifier_loads_its_own_config(eic: eicnb.Eic, way: list[str]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum event age").value = "2h"
    opened_with = settings_in(opened(eic, "my-function", "prod"))
    for qualifier in way:
        field(form, "Qualifier").value = qualifier
    assert settings_in(form) == opened_with
    assert "1 edit of my-function:GREEN was not applied: Maximum event age 2h." in shown(form)


TYPED = [
    ["checkou", "checko", "checkou", "checkout"],
    ["", "checkout"],
    ["nobody", "checkout"],
    ["check out", "checkout"],
    ["checkout:live", "checkout"],
    ["123456789012:function:checkout"],
    ["arn:aws:lambda:us-east-1:123456789012:function:checkout"],
    [" checkout "],
]


@pytest.mark.parametrize("names", TYPED, ids=str)
def test_the_same_function_typed_again_keeps_its_edits(eic: eicnb.Eic, names: list[str]) -> None:
    form = edit_checkout(eic)
    for name in names:
        field(form, "Function").value = name
    assert settings_in(form) == ["0", "3600", "", ""]
    assert "were not applied" not in shown(form)
    assert not button(form, "Apply 2 changes to").disabled


@pytest.mark.parametrize("name", ["nobody", "", "a b", "arn:aws:lambda:us-east-1:999999999999:function:checkout"])
def test_a_name_that_does_not_exist_offers_nothing_to_apply_or_to_copy(eic: eicnb.Eic, name: str) -> None:
    form = edit_checkout(eic)
    field(form, "Function").value = name
    assert button(form, "Apply").disabled
    assert form.preview.commands() == {}
    field(form, "Function").value = "cart-reminder"
    assert field(form, "Maximum retry attempts").value != "0"
    assert OFFER in shown(form)


def test_edits_come_back_where_they_were_made(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    for name in ("cart-reminder", "newsletters", "checkout"):
        field(form, "Function").value = name
    assert settings_in(form) == ["2", "3600", "", "SQS queue"]
    click(button(form, "Carry 2 edits over"))
    assert settings_in(form) == ["0", "3600", "", ""]


def test_later_edits_replace_the_offer(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "newsletters"
    assert "1 edit of cart-reminder:$LATEST was not applied: Maximum event age 77." in shown(form)
    assert OFFER not in shown(form)


def test_settings_edited_before_a_function_is_chosen_are_offered(eic: eicnb.Eic) -> None:
    form = opened(eic)
    assert "No function is chosen" in shown(form)
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "checkout"
    assert settings_in(form) == ["2", "3600", "", "SQS queue"]
    assert "⚠ 1 edit was not applied: Maximum retry attempts 0." in shown(form)


def test_the_live_config_read_again_replaces_the_edits_and_offers_them(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Read the live config again"))
    assert settings_in(form) == ["2", "777", "", "SQS queue"]
    assert OFFER in shown(form)
