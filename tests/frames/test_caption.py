"""The age of a frame in its caption; the tests of its display cover the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from eicnb.frames.caption import read_earlier

READ_AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


def audit(times: list[Any], **attrs: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"read_at": pd.Series(times, dtype="datetime64[ns, UTC]")})
    frame.attrs.update({"verb": "audit", **attrs})
    return frame


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (audit([READ_AT - timedelta(days=1), READ_AT]), ", read 2026-11-25 08:00 UTC"),
        (audit([READ_AT + timedelta(hours=2)]), ""),
        (audit([]), ""),
        (audit([None]), ""),
        (audit([READ_AT], known_until="2026-11-25T09:00:00+00:00"), ""),
        (audit([READ_AT], verb="losses"), ""),
        (audit([READ_AT]).astype("string"), ""),
        (audit([READ_AT])[[]], ""),
    ],
    ids=["old", "fresh", "no rows", "not read", "refreshed", "another frame", "from a CSV file", "without the column"],
)
def test_an_older_audit_states_when_it_was_read(frame: pd.DataFrame, words: str) -> None:
    assert read_earlier(frame, READ_AT + timedelta(hours=2)) == words
