from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from eicnb.client.eic import Eic

if TYPE_CHECKING:
    from tests.browser.conftest import Page

WHERE = "in us-east-1, account 123456789012"
PUT = "PutFunctionEventInvokeConfig"


def writes(aws: Eic) -> int:
    """The number of writes that have reached the sandbox."""
    assert aws.server is not None
    return sum(request.operation == PUT for request in aws.server.requests())


def preview(page: Page) -> Any:
    return page.page.locator(".jp-OutputArea-output", has_text="Preview:").last


def message(form: Any, text: str) -> Any:
    return form.locator(".eicnb-fault", has_text=text)


def apply_button(form: Any) -> Any:
    return form.locator(".eicnb-apply")


def test_open_type_see_the_message_fix_it_apply_and_see_the_frame(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("checkout", maximum_retry_attempts=2, maximum_event_age_in_seconds=3600, on_failure="sqs:checkout-failures")
    form = page.form('"checkout"')
    expect(form.get_by_label("Maximum event age")).to_have_value("3600")
    expect(form.get_by_label("Queue on failure")).to_have_value("checkout-failures")
    expect(apply_button(form)).to_be_disabled()
    form.get_by_label("Maximum event age").fill("59")
    expect(message(form, "✗ Not valid: The maximum event age is 59, but AWS allows 60 to 21600.")).to_be_visible()
    expect(form.get_by_text("Not ready: 1 field to correct (Maximum event age).")).to_be_visible()
    expect(form.get_by_label("Maximum event age")).to_have_value("59")
    page.picture("a message under the field")
    form.get_by_label("Maximum event age").fill("2h")
    expect(form.get_by_text("= 2 hours")).to_be_visible()
    expect(form.locator(".eicnb-fault")).to_have_count(0)
    form.get_by_label("On failure, send to").fill("")
    expect(preview(page)).to_contain_text("7200 s = 2 hours")
    expect(preview(page)).to_contain_text("RESET: settings left out are removed")
    expect(preview(page)).to_contain_text("%eic put checkout --retries 2 --max-age 2h")
    expect(apply_button(form)).to_have_text(f"Apply 2 changes to checkout:$LATEST {WHERE}")
    page.picture("ready to apply")
    before = writes(aws)
    apply_button(form).click()
    expect(form.get_by_role("region", name="Result of Apply")).to_contain_text("2 h")
    expect(apply_button(form)).to_be_disabled()
    page.picture("applied")
    row = aws.get("checkout").iloc[0]
    assert (writes(aws) - before, row.maximum_event_age_in_seconds, row.on_failure_type) == (1, 7200, row.on_success)
    page.run("print(form.result.maximum_event_age_in_seconds.tolist())", cell=2)
    expect(page.page.locator(".jp-OutputArea-output", has_text="[7200]")).to_be_visible()


def test_clicks_while_the_kernel_is_busy_write_once(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("cart-reminder", maximum_retry_attempts=2)
    form = page.form('"cart-reminder"')
    form.get_by_label("Maximum retry attempts").fill("0")
    expect(apply_button(form)).to_be_enabled()
    before = writes(aws)
    busy = "from pathlib import Path\nimport time\nprint('busy from here on', flush=True)\n"
    page.start(f"{busy}for _ in range(100):\n    time.sleep(0.05 * (not Path('go-on').exists()))", cell=2)
    expect(page.page.locator(".jp-OutputArea-output", has_text="busy from here on")).to_be_visible()
    apply_button(form).dblclick()
    apply_button(form).evaluate("button => { for (let n = 0; n < 4; n++) button.click(); }")
    page.folder.joinpath("go-on").touch()
    expect(form.get_by_role("region", name="Result of Apply")).to_contain_text("cart-reminder")
    page.run("print('all clicks have been handled')", cell=2)
    expect(page.page.locator(".jp-OutputArea-output", has_text="all clicks have been handled")).to_be_visible()
    assert writes(aws) - before == 1


def test_a_change_made_meanwhile_is_shown_and_asked_about(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("audit-trail", maximum_retry_attempts=2, maximum_event_age_in_seconds=21600)
    form = page.form('"audit-trail"')
    form.get_by_label("Maximum retry attempts").fill("1")
    expect(apply_button(form)).to_be_enabled()
    aws.update("audit-trail", maximum_event_age_in_seconds=900)
    before = writes(aws)
    apply_button(form).click()
    expect(form.get_by_text("The config was changed since this form opened. Nothing has been written.")).to_be_visible()
    row = form.get_by_role("row", name="Maximum event age")
    expect(row).to_have_text("Maximum event age21600 s = 6 hours900 s = 15 minutes21600 s = 6 hours")
    page.picture("a conflict")
    assert writes(aws) == before
    form.get_by_role(
        "button", name=f"Overwrite the live config: apply 2 changes to audit-trail:$LATEST {WHERE}"
    ).dblclick()
    expect(form.get_by_role("region", name="Result of Apply")).to_contain_text("6 h")
    assert writes(aws) - before == 1


def test_the_live_config_can_be_loaded_instead(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("customer-notify", maximum_retry_attempts=1, maximum_event_age_in_seconds=1800)
    form = page.form('"customer-notify"')
    form.get_by_label("Maximum retry attempts").fill("0")
    expect(apply_button(form)).to_be_enabled()
    aws.update("customer-notify", maximum_event_age_in_seconds=600)
    before = writes(aws)
    apply_button(form).click()
    form.get_by_role("button", name="Load the live config into the form").click()
    expect(form.get_by_label("Maximum event age")).to_have_value("600")
    expect(form.get_by_label("Maximum retry attempts")).to_have_value("1")
    expect(apply_button(form)).to_be_disabled()
    assert writes(aws) == before


def test_an_error_of_aws_is_shown_in_the_form_and_nothing_is_retried(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    form = page.form('"customer-export"')
    form.get_by_label("On failure, send to").fill("SQS queue")
    form.get_by_label("Queue on failure").fill("shop-failures")
    expect(apply_button(form)).to_be_enabled()
    before = writes(aws)
    apply_button(form).dblclick()
    expect(form.get_by_text("does not have permissions to call SendMessage")).to_be_visible()
    expect(form.get_by_role("button", name="Try again: Apply 1 change")).to_be_enabled()
    expect(apply_button(form)).to_be_disabled()
    page.picture("an error")
    assert writes(aws) - before == 1


def test_the_keyboard_alone_is_enough(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("thumbnails", maximum_retry_attempts=2)
    form = page.form()
    form.get_by_label("Function", exact=True).focus()
    keys = page.page.keyboard
    keys.type("thumbnails")
    keys.press("Tab")
    expect(form.get_by_label("Qualifier")).to_be_focused()
    keys.press("Tab")
    expect(form.get_by_label("Maximum retry attempts")).to_be_focused()
    keys.type("1")
    keys.press("Tab")
    keys.type("90m")
    keys.press("Tab")
    keys.press("Tab")
    expect(form.get_by_label("On failure, send to")).to_be_focused()
    keys.type("EventBridge")
    form.get_by_label("Bus on failure").wait_for()
    keys.press("Tab")
    expect(form.get_by_label("Bus on failure")).to_be_focused()
    keys.type("shop")
    expect(preview(page)).to_contain_text("--on-failure events:shop")
    expect(apply_button(form)).to_be_enabled()
    keys.press("Tab")
    expect(apply_button(form)).to_be_focused()
    keys.press("Enter")
    expect(form.get_by_role("region", name="Result of Apply")).to_contain_text("events shop")
    row = aws.get("thumbnails").iloc[0]
    assert (row.maximum_retry_attempts, row.maximum_event_age_in_seconds) == (1, 5400)


def test_names_with_markup_are_shown_as_text(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    form = page.form('"checkout"')
    form.get_by_label("Function", exact=True).fill("<img src=x onerror=alert(1)>")
    expect(message(form, "'<img src=x onerror=alert(1)>' is not the name of a Lambda function")).to_be_visible()
    expect(preview(page)).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.page.locator("img[src=x]").count() == 0


DARK = "JupyterLab Dark"


@pytest.mark.parametrize("theme", ["JupyterLab Light", DARK])
def test_axe_finds_nothing_serious(page: Page, aws: Eic, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    page.command("apputils:change-theme", theme=theme)
    page.page.wait_for_function("dark => document.body.dataset.jpThemeLight === String(!dark)", arg=theme == DARK)
    aws.put("inventory-reserve", maximum_retry_attempts=1, on_failure="sns:shop-alerts", on_success="events:shop")
    form = page.form('"inventory-reserve"')
    form.get_by_label("On success, send to").fill("SQS queue")
    form.get_by_label("Queue on success").fill("orders.fifo")
    expect(message(form, "'orders.fifo' is a FIFO queue")).to_be_visible()
    page.picture(f"{theme} with a fault")
    invalid = serious(Axe(), page)
    form.get_by_label("Queue on success").fill("shop-failures")
    expect(apply_button(form)).to_be_enabled()
    page.picture(f"{theme} valid")
    valid = serious(Axe(), page)
    aws.update("inventory-reserve", maximum_event_age_in_seconds=1000)
    apply_button(form).click()
    expect(form.get_by_text("Nothing has been written.")).to_be_visible()
    conflict = serious(Axe(), page)
    page.command("apputils:change-theme", theme="JupyterLab Light")
    assert (invalid, valid, conflict) == ([], [], [])


def serious(axe: Any, page: Page) -> list[str]:
    """What axe rates as serious or critical in the outputs of the form's cell."""
    found = axe.run(page.page, context=".jp-Cell:nth-child(2) .jp-Cell-outputArea")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found.response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


NO_KERNEL = "needs a running kernel"


@pytest.mark.parametrize("kept", ["untrusted", "trusted", "trusted with widget state"])
def test_a_form_reopened_without_a_kernel_says_so(page: Page, second_page: Page, kept: str) -> None:
    from playwright.sync_api import expect

    form = page.form('"checkout"', 'qualifier="live"')
    form.get_by_label("Maximum event age").fill("2h")
    expect(preview(page)).to_contain_text("7200 s = 2 hours")
    name = f"saved-{page.front_end}-{kept.replace(' ', '-')}.ipynb"
    saved = page.saved_as(name, saves_state=kept == "trusted with widget state")
    if kept != "untrusted":
        page.jupyter.trust(name)
    outputs = [output.data for cell in saved.cells for output in cell.get("outputs", ()) if "data" in output]
    assert all("application/json" not in data for data in outputs)
    assert NO_KERNEL in outputs[0]["text/html"]
    assert NO_KERNEL in outputs[0]["text/plain"]
    assert "%eic put checkout --qualifier live --retries 2 --max-age 2h" in outputs[1]["text/plain"]
    second_page.open(name)
    reopened = second_page.page.locator(".jp-NotebookPanel:visible .jp-OutputArea")
    expect(reopened.get_by_text(NO_KERNEL).first).to_be_visible()
    expect(reopened.get_by_text("7200 s = 2 hours")).to_be_visible()
    if kept == "trusted with widget state":
        expect(reopened.locator(".eicnb-offline")).to_be_visible()
        expect(reopened.locator(".eicnb-form input").first).to_have_css("pointer-events", "none")
    second_page.picture(f"reopened without a kernel {kept}")


SHUT_DOWN = "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"


def test_a_form_whose_kernel_has_stopped_says_so_and_has_no_buttons(second_page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    second_page.open_new("stopped")
    second_page.connect(aws)
    form = second_page.form('"checkout"')
    expect(form.locator(".eicnb-offline")).to_be_hidden()
    second_page.page.evaluate(SHUT_DOWN)
    expect(form.locator(".eicnb-offline")).to_be_visible()
    expect(form.get_by_role("button")).to_have_count(0)
    second_page.picture("after a shutdown")
    second_page.connect(aws)
    form = second_page.form('"checkout"')
    expect(form.get_by_role("button")).not_to_have_count(0)
    second_page.start("import os\nos._exit(1)", cell=2)
    expect(form.locator(".eicnb-offline")).to_be_visible()
    expect(form.get_by_role("button")).to_have_count(0)
    second_page.picture("after a crash")


def test_another_function_loads_its_own_config_and_offers_the_edits(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("checkout", maximum_retry_attempts=2, maximum_event_age_in_seconds=3600, on_failure="sqs:checkout-failures")
    aws.put("cart-reminder", maximum_retry_attempts=1, on_failure="sqs:shop-failures")
    form = page.form('"checkout"')
    form.get_by_label("Maximum retry attempts").fill("0")
    form.get_by_label("On failure, send to").fill("")
    before = writes(aws)
    name = form.get_by_label("Function", exact=True)
    name.fill("")
    name.press_sequentially("cart-reminder", delay=60)
    expect(form.get_by_text("2 edits of checkout:$LATEST were not applied")).to_be_visible()
    expect(form.get_by_label("Maximum retry attempts")).to_have_value("1")
    expect(form.get_by_label("Queue on failure")).to_have_value("shop-failures")
    expect(apply_button(form)).to_be_disabled()
    page.picture("unapplied edits are offered")
    form.get_by_role("button", name="Carry 2 edits over").click()
    expect(form.get_by_label("Maximum retry attempts")).to_have_value("0")
    expect(preview(page)).to_contain_text("%eic put cart-reminder --retries 0")
    expect(apply_button(form)).to_be_enabled()
    assert writes(aws) == before


def test_a_destination_that_does_not_exist_is_noted(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    form = page.form('"newsletters"')
    form.get_by_label("On failure, send to").press_sequentially("sqs:nope", delay=40)
    expect(form.get_by_text("the SQS queue nope does not exist in us-east-1")).to_be_visible()
    expect(apply_button(form)).to_contain_text("SQS queue nope does not exist")
    page.picture("a missing destination")


CUT_OFF = """form => [...form.querySelectorAll('button')].filter(button => button.checkVisibility())
    .filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
    .map(one => one.innerText)"""
OUT_OF_PLACE = """form => [...form.querySelectorAll('.eicnb-row')].filter(row => row.checkVisibility()).filter(row => {
    const [control, hint] = ['input', '.eicnb-text'].map(
        kind => [...row.querySelectorAll(kind)].find(one => one.checkVisibility())?.getBoundingClientRect());
    const edge = form.getBoundingClientRect().right;
    return hint && !(control.left - 1 <= hint.left && hint.right <= edge);
}).map(row => row.innerText)"""
WIDTHS = (1280, 1000, 640, 500)
"""Window widths in CSS pixels; 500 is one of 1,000 at 200 % zoom."""


def left_over(page: Page, form: Any, script: str) -> list[str]:
    """Return what a script finds in a form once its layout has settled."""
    from playwright.sync_api import TimeoutError as TooLate

    with contextlib.suppress(TooLate):
        page.page.wait_for_function(f"form => !({script})(form).length", arg=form.element_handle(), timeout=20_000)
    found: list[str] = form.evaluate(script)
    return found


def test_nothing_is_cut_off_or_out_of_place_in_a_narrow_window(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("thumbnails", maximum_retry_attempts=2, on_failure="sqs:checkout-failures")
    form = page.form('"thumbnails"')
    form.get_by_label("Maximum event age").fill("59")
    expect(message(form, "The maximum event age is 59")).to_be_visible()
    for width in WIDTHS:
        with page.as_wide_as(width):
            assert (left_over(page, form, OUT_OF_PLACE), width) == ([], width)
            page.picture(f"{width} px with a fault")
    form.get_by_label("Maximum event age").fill("2h")
    expect(apply_button(form)).to_be_enabled()
    aws.update("thumbnails", maximum_event_age_in_seconds=900)
    apply_button(form).click()
    expect(form.get_by_text("Nothing has been written.")).to_be_visible()
    for width in WIDTHS:
        with page.as_wide_as(width):
            assert (left_over(page, form, CUT_OFF), width) == ([], width)
            page.picture(f"{width} px with a conflict")
