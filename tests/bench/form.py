"""A benchmark of a form in a browser: the time to show it, and to update a sentence after the last key.

    PYTHONPATH=. python tests/bench/form.py [--rounds 20] [--functions 1000]

It uses JupyterLab and Chromium as in `tests/browser`, and an account with that many functions. The form's time is from
the request to run its cell, in a warm kernel, to its button on the page. The sentence's time is measured in the page,
from the input event of the last key to the change of the sentence.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import eicnb
from tests.browser.conftest import CHROMIUM, FLAGS, SETUP, Page, serving, write_notebook

WATCH = """
label => {
    const input = [...document.querySelectorAll('.eicnb-form input')].find(one => one.labels[0]?.innerText === label);
    input.addEventListener('input', () => { window.lastKey = performance.now(); });
    window.sentences = [];
    const seen = () => document.querySelector('.eicnb-form .eicnb-fault')?.innerText ?? '';
    let before = seen();
    new MutationObserver(() => {
        const now = seen();
        if (now !== before) { before = now; window.sentences.push(performance.now() - window.lastKey); }
    }).observe(document.querySelector('.eicnb-form'), {subtree: true, childList: true, characterData: true});
}
"""


@contextmanager
def notebook(functions: int) -> Iterator[Page]:
    """A notebook with a warm kernel, on a sandbox with a number of functions."""
    eic = eicnb.sandbox()
    plant(eic, functions)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as jupyter,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
    ):
        page = Page(browser.new_page(viewport={"width": 1280, "height": 1400}), jupyter, "lab")
        write_notebook(jupyter.folder / "form.ipynb", "", "", "")
        page.open("form.ipynb")
        page.run(SETUP.replace("URL", str(eic.endpoint_url)), 0)
        yield page
    assert eic.server is not None
    eic.server.stop()


def plant(eic: eicnb.Eic, functions: int) -> None:
    """Add functions like my-function to the account until it has `functions` of them."""
    assert eic.server is not None
    running: Any = eic.server._started()
    region = running.account.region("us-east-1")
    pattern = region.functions["my-function"]
    for number in range(functions - len(region.functions)):
        name = f"function-{number:05}"
        arn = pattern.arn.replace("my-function", name)
        region.functions[name] = replace(pattern, name=name, arn=arn)


def shown(page: Page) -> float:
    start = time.perf_counter()
    page.form('"my-function"', 'qualifier="GREEN"')
    return (time.perf_counter() - start) * 1000


def answered(page: Page, rounds: int) -> list[float]:
    """The milliseconds from the last of two keys until the sentence appears or disappears."""
    form = page.form('"my-function"', 'qualifier="GREEN"')
    page.page.evaluate(WATCH, "Maximum event age")
    form.get_by_label("Maximum event age").focus()
    for _ in range(rounds):
        page.page.keyboard.press("Control+a")
        page.page.keyboard.type("59")
        page.page.wait_for_timeout(400)
        page.page.keyboard.type("9")
        page.page.wait_for_timeout(400)
    times: list[float] = page.page.evaluate("() => window.sentences")
    return times


def report(what: str, times: list[float]) -> None:
    print(f"{what:<28}{statistics.median(times):>8.0f} ms   at most {max(times):.0f} ms   ({len(times)} times)")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--functions", type=int, default=1000)
    arguments.add_argument("--small", action="store_true", help="some seconds, to see that it runs")
    asked = arguments.parse_args()
    if asked.small:
        asked.rounds, asked.functions = 2, 100
    with notebook(asked.functions) as page:
        shown(page)
        report("form shown", [shown(page) for _ in range(asked.rounds)])
        report("sentence after the last key", answered(page, asked.rounds))


if __name__ == "__main__":
    main()
