from __future__ import annotations

import pytest

from eicnb.model.limits import EVENT_AGE_IN_SECONDS, PAGE_SIZE, RETRY_ATTEMPTS, choices


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (RETRY_ATTEMPTS, "0, 1 or 2"),
        (EVENT_AGE_IN_SECONDS, "60 to 21600"),
        (PAGE_SIZE, "1 to 50"),
        (range(4, 6), "4 or 5"),
    ],
)
def test_a_limit_is_worded_the_same_everywhere(allowed: range, words: str) -> None:
    assert choices(allowed) == words
