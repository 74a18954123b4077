"""The progress of an audit in one line."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.client import settings
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
        (START, "0/0+ functions [00:02<?, 0.0/s, 0/2 regions, 0.5 calls/s]"),
        (LISTING, "224/700+ functions [00:20<?, 11.2/s, 1/2 regions, 12.0 calls/s]"),
        (
            LISTED,
            "  3%|▎         | 224/6000 functions [00:20<09:38, 11.2/s, 1/2 regions, 12.0 calls/s, 3 throttled]",
        ),
        (OVER, "100%|██████████| 6000/6000 functions [10:00, 10.0/s, 2/2 regions, 10.2 calls/s, 3 throttled]"),
    ],
    ids=["start", "listing", "listed", "over"],
)
def test_a_count_of_functions_is_at_least_that_many_until_every_list_is_complete(state: Any, line: str) -> None:
    assert str(Progress(**state)) == line


def test_each_account_has_a_line_with_masks() -> None:
    progress = Progress(**LISTED, by_account=(("111111111111", 5, 10), ("222222222222", 1, 2)))
    assert progress.accounts_in_lines() == [
        "  account 111111111111: 5/10 functions",
        "  account 222222222222: 1/2 functions",
    ]
    settings.choose(redact=True)
    assert "111111111111" not in "".join(progress.accounts_in_lines())
