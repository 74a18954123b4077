"""`%eic explain` in a real shell."""

from __future__ import annotations

import eicnb
from tests.shell import Notebook


def test_the_magic_shows_the_text(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic explain checkout:live --max-age 60s")
    assert "No retry happens" in notebook.printed()
    notebook.run("%eic explain --retries 2 --max-age 60s --timeout 30")
    assert "An event has up to 2 retries" in notebook.printed()
