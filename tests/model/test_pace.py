from __future__ import annotations

from typing import Any

import pytest

from eicnb.model.pace import Pace, clock_time

START: dict[str, Any] = {"done": 0, "known": 0, "what": "functions", "seconds": 0.0, "is_counted": False}
COUNTED = {**START, "done": 224, "known": 6000, "seconds": 20.0, "is_counted": True}


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (START, "0/0+ functions [00:00<?, 0.0/s]"),
        ({**START, "done": 224, "known": 700, "seconds": 20.0}, "224/700+ functions [00:20<?, 11.2/s]"),
        (COUNTED, "  3%|▎         | 224/6000 functions [00:20<08:36, 11.2/s]"),
        ({**COUNTED, "seconds_left": 60.0}, "  3%|▎         | 224/6000 functions [00:20<01:00, 11.2/s]"),
        (
            {**COUNTED, "done": 6000, "seconds": 600.0, "is_over": True, "notes": ("3 throttled",)},
            "100%|██████████| 6000/6000 functions [10:00, 10.0/s, 3 throttled]",
        ),
        ({**COUNTED, "done": 0, "known": 0, "is_over": True}, "0/0 functions [00:20, 0.0/s]"),
        ({**COUNTED, "done": 0}, "  0%|          | 0/6000 functions [00:20<?, 0.0/s]"),
    ],
)
def test_progress_is_one_line(state: dict[str, Any], line: str) -> None:
    assert str(Pace(**state)) == line


@pytest.mark.parametrize(("seconds", "shown"), [(0, "00:00"), (59.6, "01:00"), (3600, "1:00:00")])
def test_times_are_formatted_as_on_a_clock(seconds: float, shown: str) -> None:
    assert clock_time(seconds) == shown
