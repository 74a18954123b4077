from __future__ import annotations

from collections.abc import Callable

import eicnb
from tests.widgets.driver import Later, button, click, field, opened, shown


def test_clicks_queued_behind_a_failed_one_do_not_retry(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "customer-export")
    field(form, "On failure, send to").value = "sqs"
    field(form, "Queue on failure").value = "shop-failures"
    apply = button(form, "Apply 1 change")
    for _ in range(3):
        click(apply)
    assert writes() == 1
    assert "does not have permissions to call SendMessage" in shown(form)
    again = button(form, "Try again")
    click(again)
    click(again)
    assert writes() == 2
    assert form.result is None


def test_a_click_that_overtakes_an_edit_applies_nothing(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    background = Later()
    form = opened(eic, "newsletters", background=background)
    background.run()
    field(form, "On failure, send to").value = "events:s"
    click(button(form, "Apply"))
    assert writes() == 0
    assert "Nothing was applied: the click came with the last edit." in shown(form)
    field(form, "On failure, send to").value = "events:shop"
    assert "Nothing was applied" not in shown(form)
    background.run()
    click(button(form, "Apply"))
    click(button(form, "Apply"))
    assert writes() == 1
    assert form.result.on_failure.tolist() == [f"arn:aws:events:us-east-1:{eic.account_id}:event-bus/shop"]


def test_an_empty_form_says_what_to_do_first(eic: eicnb.Eic) -> None:
    assert button(opened(eic), "Apply").description == "Apply (choose a function first)"
