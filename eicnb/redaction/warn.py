"""Warnings that point at the caller's line and show nothing that must be masked."""

from __future__ import annotations

import linecache
import sys
import warnings
from types import FrameType

from eicnb.redaction.masks import masked, printed

_OURS = frozenset({"eicnb", "IPython", "decorator"})
_HIDDEN = "<line hidden>"


def warn(message: str) -> None:
    """Warn the caller of the package at its line of a cell or script.

    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warn("no function matches nix-*")
    >>> str(caught[0].message)
    'no function matches nix-*'

    Python shows the source of that line too; where masks would hide something in it, no line is named.
    """
    frame = _caller()
    filename, number = frame.f_code.co_filename, frame.f_lineno
    line = linecache.getline(filename, number, frame.f_globals)
    if masked(line) != line or masked(filename) != filename:
        filename, number = _HIDDEN, 0
    warnings.warn_explicit(
        printed(message),
        UserWarning,
        filename,
        number,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _caller() -> FrameType:
    """Return the innermost frame that is neither the package's nor IPython's, or the outermost of all."""
    frame = sys._getframe(1)  # noqa: SLF001 # inspect reads the source of every frame, and skip_file_prefixes needs 3.12
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame = frame.f_back
    return frame
