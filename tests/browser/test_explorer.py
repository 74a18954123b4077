from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eicnb.client.eic import Eic

if TYPE_CHECKING:
    from tests.browser.conftest import Page

OPEN = """\
audit = eicnb.audit(progress=False, rate=500)
explorer = eicnb.explore(audit)
explorer"""
SELECTED = "print((explorer.selection.function_name + ':' + explorer.selection.qualifier).tolist())"


def opened(page: Page) -> Any:
    """Open a new explorer, and wait for its rows."""
    page.run(OPEN)
    explorer = page.page.locator(".jp-NotebookPanel:visible .eicnb-explorer")
    explorer.locator("tbody tr td").first.wait_for()
    return explorer


def test_search_select_plan_and_apply_once(page: Page, aws: Eic) -> None:
    from playwright.sync_api import expect

    aws.put("my-function:BLUE", maximum_retry_attempts=2)
    aws.put("my-function:GREEN", maximum_retry_attempts=2)
    explorer = opened(page)
    explorer.get_by_role("searchbox", name="Search").fill("my-function:")
    rows = explorer.locator("tbody tr")
    expect(rows).to_have_count(3)
    rows.filter(has_text="my-function:BLUE").click()
    rows.filter(has_text="my-function:GREEN").click()
    expect(explorer.get_by_text("rows; 2 selected")).to_be_visible()
    explorer.get_by_label("Maximum retry attempts").fill("0")
    page.picture("explorer with selected rows")
    explorer.get_by_role("button", name="Plan the change of 2 selected rows").click()
    apply = explorer.get_by_role("button", name="Apply 2 changes in us-east-1, account 123456789012")
    expect(apply).to_be_enabled()
    page.picture("explorer with a plan")
    apply.click()
    expect(explorer.locator(".eicnb-result")).to_contain_text("applied")
    assert aws.list("my-function").maximum_retry_attempts.tolist() == [0, 0]
    page.run(SELECTED, cell=2)
    expect(
        page.page.locator(".jp-OutputArea-output", has_text="['my-function:BLUE', 'my-function:GREEN']")
    ).to_be_visible()


def test_a_column_is_filtered_by_a_list_and_all_found_rows_are_selected(page: Page) -> None:
    from playwright.sync_api import expect

    explorer = opened(page)
    heading = explorer.locator("thead th", has_text="Retries").first
    heading.get_by_role("button").last.click()
    page.page.get_by_label("0", exact=True).click()
    expect(explorer.locator(".dt-info")).to_contain_text("filtered from")
    page.page.keyboard.press("Escape")
    explorer.get_by_role("button", name="Select all found").click()
    page.run("print(*explorer.selection.effective_retry_attempts.unique(), 'retries')", cell=2)
    expect(page.page.locator(".jp-OutputArea-output", has_text="0 retries")).to_be_visible()
    page.picture("explorer filtered by a list")


def test_a_screen_reader_can_use_it(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened(page)
    results = Axe().run(page.page, ".eicnb-explorer")
    assert [(one["id"], one["impact"]) for one in results.response["violations"]] == []
    with page.as_wide_as(1000):
        page.picture("explorer at 1000 px")
