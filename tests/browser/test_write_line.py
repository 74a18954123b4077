"""Where a narrow pane of JupyterLab or Notebook breaks the line of a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import VIEWPORT

if TYPE_CHECKING:
    from tests.browser.conftest import Page

QUEUE = "arn:aws:sqs:eu-west-1:210987654321:shop-failures-of-others"
TOPIC = "arn:aws:sns:us-west-2:210987654321:shop-failures-of-others"
WRITE = f"%eic put my-function:BLUE --retries 1 --on-failure {QUEUE} --on-success {TOPIC} --dry-run"
LINE = '.jp-NotebookPanel:visible .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stdout"] pre'
BROKEN = """e => {
    const node = document.createTreeWalker(e, NodeFilter.SHOW_TEXT).nextNode();
    return [...node.data.matchAll(/[^\\s-]+-?/g)].filter(one => {
        const range = document.createRange();
        range.setStart(node, one.index);
        range.setEnd(node, one.index + one[0].length);
        return range.getClientRects().length > 1;
    }).map(one => one[0]);
}"""
"""The parts between spaces and hyphens that are broken over two lines."""


def test_a_write_breaks_between_words_and_never_inside_an_account_id(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.run(WRITE)
    line = page.page.locator(LINE).last
    line.wait_for()
    assert "123456789012" in line.inner_text()
    try:
        for width in (700, 850, 1000, 1150, 1300, 1400):
            page.page.set_viewport_size({"width": width, "height": 900})
            page.page.wait_for_timeout(300)
            assert line.evaluate(BROKEN) == []
        assert Axe().run(page.page, context=LINE.replace(":visible", "")).response["violations"] == []
    finally:
        page.page.set_viewport_size(VIEWPORT)
