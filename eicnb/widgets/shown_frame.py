"""Shows a frame immediately, in a notebook or a terminal.

Tested in tests/notebook/test_show.py.
"""

from __future__ import annotations

import sys
from typing import Any


def show_now(displayed: Any) -> None:
    """Show a value with its own display: as an output of the running cell, or as text."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        print(displayed)  # noqa: T201 # the caller asks for text
        return
    from IPython.display import display

    display(displayed)
