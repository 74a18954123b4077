"""The pictures of the README, drawn from the current product.

With EICNB_KEEP_PICTURES=1, they are written to `notebooks/`; otherwise they are compared with the committed ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.browser.conftest import ROOT, Page, write_notebook

if TYPE_CHECKING:
    from tests.browser.conftest import Jupyter

NOTEBOOKS = ROOT / "notebooks"
SANDBOX = "%load_ext eicnb\n%eic sandbox\n%config EicMagics.progress = False"
AUDIT = "audit = %eic audit --regions all\naudit"
FORM = "%eic form my-function --qualifier GREEN"
AS_ALIKE = 12.0
"""The mean difference between two pictures, of 255, that fonts and versions may cause."""


@pytest.fixture(scope="module")
def lab(jupyter: Jupyter, browser: Any) -> Iterator[Page]:
    """A notebook in JupyterLab with its own sandbox, without the file browser."""
    context = browser.new_context(viewport={"width": 1180, "height": 1000}, device_scale_factor=1.5)
    context.set_default_timeout(60_000)
    page = Page(context.new_page(), jupyter, "lab")
    write_notebook(jupyter.folder / "readme.ipynb", "", "", "")
    page.open("readme.ipynb")
    page.command("application:toggle-left-area")
    page.run(SANDBOX, 0)
    yield page
    context.close()


def compare(name: str, drawn: bytes) -> None:
    """Compare a picture with the committed one of that name, or write it."""
    from PIL import Image

    path = NOTEBOOKS / name
    if os.environ.get("EICNB_KEEP_PICTURES"):
        path.write_bytes(drawn)
    committed, now = (Image.open(source).convert("RGB") for source in (path, BytesIO(drawn)))
    assert abs(committed.width - now.width) <= 0.1 * now.width
    assert abs(committed.height - now.height) <= 0.1 * now.height
    pixels = [np.asarray(one.resize((400, 300)), dtype=float) for one in (committed, now)]
    assert float(np.abs(pixels[0] - pixels[1]).mean()) < AS_ALIKE, f"draw {Path('notebooks') / name} again"


def test_the_picture_of_an_audit_is_what_an_audit_looks_like(lab: Page) -> None:
    lab.run(AUDIT)
    output = lab.page.locator(".jp-Notebook .jp-Cell").nth(1)
    output.locator("table tbody tr").first.wait_for()
    lab.page.evaluate("() => document.activeElement.blur()")
    box = output.bounding_box()
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], 520)}
    compare("audit.png", lab.page.screenshot(clip=clip))


def test_the_picture_of_a_form_is_what_a_form_looks_like(lab: Page) -> None:
    lab.run(FORM)
    form = lab.page.locator(".jp-OutputArea .eicnb-form")
    form.get_by_label("Maximum event age").fill("59")
    form.locator(".eicnb-fault", has_text="AWS allows 60 to 21600").wait_for()
    form.get_by_text("26 found").wait_for()
    form.get_by_text("7 found").wait_for()
    lab.page.evaluate("() => document.activeElement.blur()")
    compare("form.png", form.screenshot())
