"""The visible part of a frame's table in JupyterLab and Notebook, light or dark, trusted or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import VIEWPORT

if TYPE_CHECKING:
    from tests.browser.conftest import Page

AUDIT = "audit = eicnb.audit(regions='all', progress=False, errors='rows', rate=500)"
BOX = ".jp-NotebookPanel:visible .jp-OutputArea .eicnb-box"
SIDES = """e => {
    const r = e.getBoundingClientRect();
    return {left: r.left, top: r.top, width: r.width, height: r.height, all: e.scrollWidth, inside: e.clientWidth};
}"""
THEMES = ("JupyterLab Light", "JupyterLab Dark")


@pytest.fixture(autouse=True, scope="module")
def audit(page: Page) -> None:
    page.run(AUDIT, cell=0)


def box(page: Page, source: str = "audit") -> Any:
    """Wait for the box of a frame, and return it."""
    page.run(source)
    shown = page.page.locator(BOX).last
    shown.wait_for()
    return shown


def sides(element: Any) -> dict[str, float]:
    found: dict[str, float] = element.evaluate(SIDES)
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1400, 1000])
def test_an_audit_fits_its_pane_and_is_no_higher_than_a_screen(page: Page, theme: str, width: int) -> None:
    page.command("apputils:change-theme", theme=theme)
    page.page.wait_for_timeout(500)
    page.page.set_viewport_size({"width": width, "height": 900})
    try:
        shown = box(page)
        page.picture(f"audit {theme} {width}")
        found = sides(shown)
        assert found["height"] <= 602
        if width == 1400:
            assert found["all"] <= found["inside"]
    finally:
        page.page.set_viewport_size(VIEWPORT)
        page.command("apputils:change-theme", theme=THEMES[0])


def test_the_head_and_the_first_column_stay_in_view(page: Page) -> None:
    shown = box(page, "eicnb.show(audit, columns='all')")
    shown.evaluate("e => e.scrollTo(700, 700)")
    at = sides(shown)
    corner, first = shown.locator("thead th").first, shown.locator("tbody tr").nth(40).locator(":scope > *").first
    assert abs(sides(corner)["top"] - at["top"]) <= 2
    assert abs(sides(corner)["left"] - at["left"]) <= 2
    assert abs(sides(first)["left"] - at["left"]) <= 2


def test_the_table_is_accessible(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    box(page)
    for theme in THEMES:
        page.command("apputils:change-theme", theme=theme)
        page.page.wait_for_timeout(500)
        results = Axe().run(page.page, context=".eicnb-frame")
        assert results.response["violations"] == []
    page.command("apputils:change-theme", theme=THEMES[0])


def test_an_untrusted_notebook_has_the_table_without_its_style(page: Page, second_page: Page) -> None:
    box(page)
    name = f"untrusted-{page.front_end}.ipynb"
    page.saved_as(name, saves_state=False)
    second_page.open(name)
    shown = second_page.page.locator(".jp-NotebookPanel:visible .jp-OutputArea .eicnb-frame").last
    shown.wait_for()
    second_page.picture("audit untrusted")
    assert shown.locator("style").count() == 0
    cell = shown.locator("tbody th").first
    assert cell.evaluate("e => [getComputedStyle(e).textAlign, getComputedStyle(e).whiteSpace]") == ["left", "nowrap"]
    assert sides(shown.locator(".eicnb-box"))["height"] <= 602
