"""The caption of a frame: where its rows come from, what it lacks, and how old it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from eicnb.frames.columns import NEXT_TOKEN, SEVERAL, VERB
from eicnb.frames.words import READ, STATE

_FRESH = timedelta(hours=1)
"""The age up to which a caption does not mention when an audit was read."""


def provenance(attrs: Mapping[Any, Any]) -> str:
    """Return where a frame comes from, in words: sandbox or not, the account and the region."""
    if "scope" in attrs:
        return str(attrs["scope"])
    place = place_of(attrs)
    account = f"account {place['account_id']}" if "account_id" in place else "account not looked up"
    where = [
        marks(attrs),
        "several accounts" if attrs.get("account_id") == SEVERAL else account,
        "several regions" if attrs.get("region") == SEVERAL else place.get("region"),
    ]
    return "  ".join(filter(None, where))


def place_of(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Return the account and the region that all rows come from, as far as the caption states them."""
    names = () if "scope" in attrs else ("account_id", "region")
    return {name: str(attrs[name]) for name in names if attrs.get(name) and attrs[name] != SEVERAL}


def marks(attrs: Mapping[Any, Any]) -> str:
    """Return in words whether the rows are from a dry run or from the sandbox."""
    dry_run, sandbox = attrs.get("dry_run"), attrs.get("sandbox")
    nothing = "sent" if attrs.get("verb") == "replay" else "written"
    marks = [
        "DRY RUN of some rows" if dry_run == SEVERAL else f"DRY RUN, nothing was {nothing}" if dry_run else None,
        "SANDBOX and others" if sandbox == SEVERAL else "SANDBOX" if sandbox else None,
    ]
    return "  ".join(filter(None, marks))


def more(attrs: Mapping[Any, Any]) -> str:
    """Return in words how to continue a list that was cut off; empty for a complete list."""
    token = attrs.get(NEXT_TOKEN)
    if token is None:
        return ""
    return "; AWS has more" if token == SEVERAL else f"; AWS has more: --starting-token {token}"


def not_read(frame: pd.DataFrame) -> str:
    """Return in words how many rows of an incomplete audit could not be read."""
    if frame.attrs.get(VERB) != "audit" or frame.attrs.get("complete", True) is True or STATE not in frame.columns:
        return ""
    return f", {int((frame[STATE] != READ).sum())} of {len(frame)} not read"


def read_earlier(frame: pd.DataFrame, now: datetime | None = None) -> str:
    """Return in words when an audit was read, if that was a while ago."""
    times: Any = frame.get("read_at")
    if frame.attrs.get(VERB) != "audit" or "known_until" in frame.attrs or not hasattr(times, "dt"):
        return ""
    last = times.max()
    is_old = not pd.isna(last) and last.tzinfo is not None and (now or datetime.now(UTC)) - last > _FRESH
    return f", read {last:%Y-%m-%d %H:%M} UTC" if is_old else ""
