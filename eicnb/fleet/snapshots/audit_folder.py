"""A folder with one audit: a file for each account and region, `ACCOUNT.REGION.parquet`.

Tested in tests/fleet/snapshots/test_loading.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from eicnb.errors import UsageError
from eicnb.fleet.result import names_of_several
from eicnb.fleet.row import SCAN_STATES
from eicnb.fleet.snapshots.parquet import ENDING, FramePortion, unreadable
from eicnb.frames.columns import VERB
from eicnb.frames.frame import Frame, stack
from eicnb.model.arn import ACCOUNT, REGION

_PART = re.compile(rf"({ACCOUNT})\.({REGION}){re.escape(ENDING)}")

_COUNTS = ("functions", "rows", *SCAN_STATES, "calls", "throttled_calls")
"""The attrs of an audit that are counts."""


def place_of(name: str) -> tuple[str, str] | None:
    """Return the account and region in a file's name; None if it is not part of an audit.

    >>> place_of("123456789012.eu-west-1.parquet"), place_of("audit.parquet")
    (('123456789012', 'eu-west-1'), None)
    """
    match = _PART.fullmatch(name)
    return None if match is None else (match[1], match[2])


def part_name(account_id: str, region: str) -> str:
    """Return the name of the file of an account and region."""
    return f"{account_id}.{region}{ENDING}"


def parts_in(folder: Path) -> list[Path]:
    """Return the files of an audit in a folder, in the order of their accounts and regions."""
    found = [(place, path) for path in folder.iterdir() if (place := place_of(path.name))]
    return [path for _, path in sorted(found)]


def check_parts(folder: Path, parts: Sequence[Path]) -> None:
    """Reject a folder without the files of an audit; the hint names what to load instead."""
    if parts:
        return
    files = sorted(path for path in folder.iterdir() if path.suffix == ENDING)
    message = f"the folder {str(folder)!r} has no file ACCOUNT.REGION{ENDING}, so it is not one audit"
    if files:
        lines = [f"eicnb.history({str(folder)!r})", f"eicnb.load({str(files[-1])!r})"]
        raise UsageError(message, hint="\n".join(["compare the audits in it, or load one", *lines]))
    raise UsageError(message, hint="give a file that eicnb.save wrote")


def check_audit(path: Path, attrs: Mapping[str, Any]) -> None:
    """Reject a file whose frame is not an audit."""
    verb = attrs.get(VERB)
    if verb != "audit":
        raise unreadable(path, f"is a frame of {verb}, not of an audit" if verb else "is not a frame of an audit")


def whole_audit(parts: Sequence[FramePortion], frames: Sequence[pd.DataFrame]) -> Frame:
    """Combine parts into one audit: all rows, the summed counts, and the attrs in common."""
    whole = stack(frames, [part.attrs for part in parts])
    for name in _COUNTS:
        counts = [part.attrs[name] for part in parts if isinstance(part.attrs.get(name), int)]
        if counts:
            whole.attrs[name] = sum(counts)
    whole.attrs["regions"] = _regions_of(parts)
    whole.attrs["accounts"] = names_of_several(part.attrs.get("account_id") for part in parts)
    whole.attrs["complete"] = all(part.attrs.get("complete") is True for part in parts)
    return whole


def _regions_of(parts: Sequence[FramePortion]) -> str | None:
    """Return the regions of all parts as the attr `regions` of an audit."""
    named = [part.attrs.get("regions") or part.attrs.get("region") for part in parts]
    return ",".join(sorted({region for one in named if one for region in str(one).split(",")})) or None
