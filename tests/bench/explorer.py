"""A benchmark of the explorer in a browser: the time to show its table, and to filter it.

    PYTHONPATH=. python tests/bench/explorer.py [--rows 10000] [--rounds 5] [--small]

It uses JupyterLab and Chromium as in `tests/browser`. The table's time is from the request to run its cell, in a warm
kernel, to the first rows on the page. The baseline is itables' plain widget with the same rows in the same run. The
filter's time is measured in the page, from the input event to the redrawn table.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Page, serving, write_notebook

MOST_SECONDS, MOST_FILTER_MILLISECONDS = 3.0, 150.0

FRAME = """\
import eicnb
from tests.bench.display import audit_of
from itables.widget import ITable
from eicnb.widgets.explorer.bar import Planning
from eicnb.widgets.explorer.explorer import Explorer
from eicnb.widgets.explorer.table import Words
audit = audit_of({rows})
words = Words.of(audit).columns
planning = Planning(plan=None, plan_fixes=None, apply=None)
"""
EXPLORER = "Explorer(audit, planning)"
BARE = "ITable(words, maxBytes=0, select=True)"
WATCH = """() => {
    const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
    const input = panel.querySelector('input[type=search]');
    window.filtered = new Promise(done => {
        input.addEventListener('input', () => {
            const start = performance.now();
            const body = panel.querySelector('.dt-info');
            new MutationObserver((_, one) => { one.disconnect(); done(performance.now() - start); })
                .observe(body, {subtree: true, childList: true, characterData: true});
        }, {once: true, capture: true});
    });
}"""


@contextmanager
def notebook(rows: int) -> Iterator[Page]:
    """A notebook with a warm kernel that has the frame."""
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as jupyter,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
    ):
        page = Page(browser.new_page(viewport={"width": 1280, "height": 1400}), jupyter, "lab")
        write_notebook(jupyter.folder / "explorer.ipynb", "", "", "")
        page.open("explorer.ipynb")
        page.run(FRAME.format(rows=rows), 0)
        yield page


def shown(page: Page, source: str) -> float:
    """The seconds from running the cell to the first row of its table."""
    page.run("None")
    page.page.locator("table.dataTable").wait_for(state="detached")
    start = time.perf_counter()
    page.run(source)
    page.page.locator("table.dataTable tbody tr td").nth(3).wait_for()
    return time.perf_counter() - start


def filtered(page: Page, text: str) -> float:
    """The milliseconds from typing into the search field to the redrawn table."""
    page.page.evaluate(WATCH)
    page.page.locator("input[type=search]").first.fill(text)
    taken: float = page.page.evaluate("() => window.filtered")
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    rows, rounds = (1_000, 2) if arguments.small else (arguments.rows, arguments.rounds)
    with notebook(rows) as page:
        shown(page, EXPLORER)
        times: dict[str, list[float]] = {EXPLORER: [], BARE: []}
        for _ in range(rounds):
            for source, taken in times.items():
                taken.append(shown(page, source))
        shown(page, EXPLORER)
        filters = [filtered(page, text) for text in ("7", "function-1", "denied", "sqs", "")[: rounds + 1]]
    explorer, bare = (statistics.median(taken) for taken in times.values())
    print(f"{rows:,} rows: shown after {explorer:.2f} s, the bare widget after {bare:.2f} s")
    print(f"filtered after {statistics.median(filters):.0f} ms, at most {max(filters):.0f} ms")
    assert explorer < MOST_SECONDS
    assert statistics.median(filters) < MOST_FILTER_MILLISECONDS


if __name__ == "__main__":
    main()
