"""The counts of `$LATEST`: a function's events minus those of its other rows."""

from __future__ import annotations

import pytest

from eicnb.fleet.async_events import EventCounts


@pytest.mark.parametrize(
    ("whole", "others", "rest"),
    [
        (EventCounts(10, 4, 2, 1, 60), [EventCounts(3, 4, 0, 0, 50)], EventCounts(7, 0, 2, 1, 60)),
        (EventCounts(10, 0, 0, 0, 60), [EventCounts(10, 0, 0, 0, 60)], EventCounts()),
        (EventCounts(9), [EventCounts(10)], EventCounts()),
        (EventCounts(9, oldest_seconds=5), [EventCounts(2), EventCounts(3)], EventCounts(4, oldest_seconds=5)),
        (EventCounts(9, oldest_seconds=5), [], EventCounts(9, oldest_seconds=5)),
    ],
)
def test_no_event_is_counted_twice(whole: EventCounts, others: list[EventCounts], rest: EventCounts) -> None:
    assert whole.without(others) == rest


def test_counts_are_empty_if_nothing_happened() -> None:
    assert EventCounts(oldest_seconds=3).is_empty
    assert not EventCounts(dead_letter_failures=1).is_empty
