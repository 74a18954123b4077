"""The dialog of commands with the user: functions that show and ask.

Tested in tests/notebook/test_magics.py and tests/notebook/test_writes.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

Show = Callable[[str], object]
"""Shows text to the user."""

Ask = Callable[[str], str]
"""Asks the user a question and returns the reply."""


def to_stderr(text: str) -> None:
    """Write to the current standard error, which in a notebook is the cell's."""
    sys.stderr.write(text)


def ask_at_the_keyboard(question: str) -> str:
    """Ask with the current `input`; in a notebook it belongs to the cell."""
    return input(question)
