"""How far an audit is, in one line."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.fleet.progress import Progress

START: dict[str, Any] = {
    "functions_done": 0,
    "functions_known": 0,
    "regions_done": 0,
    "regions": 2,
    "calls": 1,
    "throttles": 0,
    "seconds": 2.0,
    "seconds_left": None,
    "is_listed": False,
}
LISTING = {**START, "functions_done": 224, "functions_known": 700, "regions_done": 1, "calls": 240, "seconds": 20.0}
LISTED = {**LISTING, "functions_known": 6000, "is_listed": True, "seconds_left": 577.6, "throttles": 3}
OVER = {**LISTED, "functions_done": 6000, "regions_done": 2, "calls": 6120, "seconds": 600.0, "is_over": True}


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (START, "listing functions, 0 of 2 regions, 0.5 calls/s"),
        (LISTING, "224 of at least 700 functions, 1 of 2 regions, 12.0 calls/s"),
        (LISTED, "224 of 6000 functions, 1 of 2 regions, 12.0 calls/s, 3 throttled, 9 min 38 s left"),
        (OVER, "6000 of 6000 functions, 2 of 2 regions, 10.2 calls/s, 3 throttled in 10 min 0 s"),
    ],
    ids=["start", "listing", "listed", "over"],
)
def test_a_count_of_functions_is_at_least_that_many_until_every_list_is_complete(state: Any, line: str) -> None:
    assert str(Progress(**state)) == line
