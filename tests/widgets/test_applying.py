from __future__ import annotations

from collections.abc import Callable

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.background import AtOnce
from eicnb.widgets.form import Form
from tests.answering import Answering
from tests.changes.lossy import LOSSES, Losing, Loss
from tests.changes.lossy import writes as lossy_writes
from tests.widgets.driver import button, click, edit_checkout, field, opened, shown


def test_apply_writes_what_is_shown_and_keeps_the_frame(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum event age").value = "2h"
    place = f"my-function:GREEN in us-east-1, account {eic.account_id} (SANDBOX)"
    apply = button(form, f"Apply 1 change to {place}")
    assert not apply.disabled
    for _ in range(5):
        click(apply)
    assert writes() == 1
    assert form.result.maximum_event_age_in_seconds.tolist() == [7200]
    assert f"✓ Applied: 1 change, {place}." in shown(form)
    assert apply.disabled


def test_nothing_set_any_more_is_a_delete(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "BLUE")
    field(form, "Maximum retry attempts").value = ""
    field(form, "Maximum event age").value = ""
    click(button(form, "Delete the config of my-function:BLUE"))
    assert form.result.qualifier.tolist() == ["BLUE"]
    with pytest.raises(eicnb.NotFound):
        eic.get("my-function:BLUE")


def test_a_concurrent_change_is_asked_about_once(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum retry attempts").value = "0"
    eic.update("my-function:GREEN", maximum_event_age_in_seconds=60)
    apply = button(form, "Apply 1 change")
    click(apply)
    click(apply)
    assert writes() == 0
    assert "The config was changed since this form opened. Nothing has been written." in shown(form)
    over = button(form, "Overwrite the live config: apply 2 changes")
    eic.update("my-function:GREEN", maximum_event_age_in_seconds=90)
    click(over)
    click(over)
    assert writes() == 0
    click(button(form, "Overwrite the live config"))
    assert (writes(), eic.get("my-function:GREEN").maximum_event_age_in_seconds.item()) == (1, 3600)


def test_a_concurrently_deleted_config_is_reported(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum retry attempts").value = "0"
    eic.delete("my-function:GREEN")
    click(button(form, "Apply 1 change"))
    assert "The config was deleted since this form opened. Nothing has been written." in shown(form)
    click(button(form, "Load the live config"))
    assert field(form, "Maximum event age").value == ""


def test_a_conflict_is_withdrawn_with_its_function(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Apply 2 changes"))
    over, take = button(form, "Overwrite the live config: apply 3 changes"), button(form, "Load the live config")
    field(form, "Function").value = "cart-reminder"
    for choice in (over, take):
        click(choice)
    assert writes() == 0
    assert field(form, "Function").value == "cart-reminder"
    assert "Nothing has been written" not in shown(form)


def test_the_preview_shows_what_is_live_during_a_conflict(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Apply 2 changes"))
    assert "777 s" in form.preview.text()
    eic.update("checkout", maximum_event_age_in_seconds=888)
    click(button(form, "Load the live config"))
    assert field(form, "Maximum event age").value == "888"


def test_credentials_of_another_account_write_nothing(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    where = Where(partition="aws", region="us-east-1", account_id="999999999999", sandbox=True)
    subject = FunctionRef("my-function", "GREEN")
    form = Form(eic._connection, where, subject, Live.read(eic._connection, subject), background=AtOnce())
    field(form, "On failure, send to").value = ""
    click(button(form, "Apply"))
    assert f"the credentials are now those of account {eic.account_id}" in shown(form)
    assert writes() == 0


@pytest.mark.parametrize("loss", LOSSES)
def test_a_write_that_may_have_arrived_is_reported_if_nothing_can_be_read(
    eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch, loss: Loss
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss, unreadable=True)) as proxy:
        form = opened(eicnb.connect(region="us-east-1", endpoint_url=proxy.url), "my-function", "GREEN")
        field(form, "Maximum event age").value = "90m"
        apply = button(form, "Apply 1 change")
        for _ in range(3):
            click(apply)
        assert lossy_writes(proxy) == ["PUT"]
    assert "this may have reached AWS: age 1h -&gt; 90m" in shown(form)
    assert form.result is None
