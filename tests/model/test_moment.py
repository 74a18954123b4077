from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from eicnb.errors import UsageError
from eicnb.model.moment import read_moment

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

MOMENTS = [
    ("90m", datetime(2026, 11, 26, 10, 30, tzinfo=UTC)),
    ("2w", datetime(2026, 11, 12, 12, tzinfo=UTC)),
    (timedelta(hours=1), datetime(2026, 11, 26, 11, tzinfo=UTC)),
    ("2026-11-25", datetime(2026, 11, 25, tzinfo=UTC)),
    (date(2026, 11, 25), datetime(2026, 11, 25, tzinfo=UTC)),
    ("2026-11-25T14:00Z", datetime(2026, 11, 25, 14, tzinfo=UTC)),
    ("2026-11-25 14:00+01:00", datetime(2026, 11, 25, 13, tzinfo=UTC)),
    (datetime(2026, 11, 25, 14), datetime(2026, 11, 25, 14, tzinfo=UTC)),  # noqa: DTZ001 # without a zone on purpose
    (datetime(2026, 11, 25, 14, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 11, 25, 12, tzinfo=UTC)),
    (pd.Timestamp("2026-11-25 14:00", tz="UTC"), datetime(2026, 11, 25, 14, tzinfo=UTC)),
]


@pytest.mark.parametrize(("value", "moment"), MOMENTS)
def test_a_moment_is_a_time_in_utc_or_how_long_ago(value: Any, moment: datetime) -> None:
    assert read_moment(value, "since", NOW) == moment


@pytest.mark.parametrize("value", ["soon", "", "7", "25.11.2026", 7, True, None, "99999999d", pd.NaT])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(UsageError, match="which is not a time\nTry: name how long ago") as refused:
        read_moment(value, "since", NOW)
    assert refused.value.argument == "since"
