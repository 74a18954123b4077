"""Warnings that point at the user's line and show nothing that must be masked."""

from __future__ import annotations

import linecache
import sys
import warnings
from types import FrameType

from eicnb.redaction.masks import masked, printed

_OURS = frozenset({"eicnb", "IPython", "decorator"})
_HIDDEN = "<line hidden>"


def warn(message: str) -> None:
    """Warn the user at the line of the cell or script that called the package.

    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warn("no function matches nix-*")
    >>> str(caught[0].message)
    'no function matches nix-*'

    Python shows the source of that line too, so no line is named if masks would hide something in it. For a cell, the
    line is named as in a traceback but its source is not shown, and each run of the cell warns again.
    """
    frame = _caller()
    filename, number = frame.f_code.co_filename, frame.f_lineno
    cell = _cell(filename)
    line = "" if cell else linecache.getline(filename, number, frame.f_globals)
    filename = cell or filename
    if masked(line) != line or masked(filename) != filename:
        filename, number = _HIDDEN, 0
    warnings.warn_explicit(
        printed(message),
        UserWarning,
        filename,
        number,
        module=frame.f_globals.get("__name__"),
        registry=None if cell else frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _cell(filename: str) -> str | None:
    """Return IPython's name of a cell, such as `Cell In[3]`; None for code outside cells."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return None
    if not hasattr(shell.compile, "format_code_name"):  # before IPython 8, a cell has only a file name
        return filename if filename in getattr(linecache, "_ipython_cache", ()) else None
    label = shell.compile.format_code_name(filename)
    return " ".join(label) if label else None


def _caller() -> FrameType:
    """Return the innermost frame that belongs to neither the package nor IPython, or the outermost one."""
    frame = sys._getframe(1)  # noqa: SLF001 # inspect reads the source of every frame, and skip_file_prefixes needs 3.12
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame = frame.f_back
    return frame
