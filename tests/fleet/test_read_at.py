"""The time at which each row of an audit was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from eicnb.errors import IncompleteAudit
from tests.answering import Answering
from tests.fleet.conftest import Run
from tests.fleet.lambdas import BROKEN, DENIED
from tests.fleet.test_resume import Faulty, connection

START = datetime(2026, 11, 26, 7, tzinfo=UTC)


class Ticking:
    """A clock that advances by a second each time it is read."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def test_a_row_has_the_time_of_its_read_and_an_unread_one_has_none(run: Run) -> None:
    with Answering(Faulty({"f0001": BROKEN, "eu-west-1": DENIED}, size=3)) as server:
        frame = run(connection(server), regions="us-east-1,eu-west-1", errors="rows", now=Ticking(START))
    times = dict(zip(frame.function_name.fillna("the region"), frame.read_at, strict=True))
    assert frame.read_at.isna().tolist() == frame.scan_state.ne("ok").tolist()
    assert START < times["f0000"] < times["f0002"] < START + timedelta(minutes=1)


def test_rows_of_an_earlier_audit_keep_their_times(run: Run) -> None:
    service = Faulty({"f0001": BROKEN}, size=3)
    with Answering(service) as server:
        with pytest.raises(IncompleteAudit) as raised:
            run(connection(server), now=Ticking(START))
        service.broken.clear()
        whole = run(connection(server), resume=raised.value, now=Ticking(START + timedelta(days=1)))
    first = raised.value.result
    assert whole.read_at[[0, 2]].tolist() == first.read_at[[0, 2]].tolist()
    assert whole.read_at[1] > START + timedelta(days=1)
