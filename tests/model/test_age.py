from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.errors import UsageError
from eicnb.model.age import age, brief, human, read_age, read_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6h", 21600),
        ("90m", 5400),
        ("3600s", 3600),
        ("3600", 3600),
        (" 60 ", 60),
        ("0", 0),
        ("999999999h", 3599999996400),
    ],
)
def test_a_duration_is_a_number_with_an_optional_unit(text: str, seconds: int) -> None:
    assert read_seconds(text) == seconds
    assert read_age(text, "--max-age", repr(text)) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1d", "1.5h", "-60", "6 lh", "6H", "٦", "1h30m", "1234567890"])
def test_any_other_text_is_not_a_duration(text: str) -> None:
    assert read_seconds(text) is None
    with pytest.raises(UsageError) as caught:
        read_age(text, "--max-age", repr(text))
    assert str(caught.value) == (
        f"--max-age is {text!r}, which is not an age\n"
        "Try: 6h, 90m, 3600s or 3600: from 1m to 6h\n"
        "See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
    )


@pytest.mark.parametrize(
    ("seconds", "in_words", "in_short", "option"),
    [
        (0, "0 seconds", "0 s", "0h"),
        (1, "1 second", "1 s", "1s"),
        (60, "1 minute", "1 min 0 s", "1m"),
        (61, "1 minute 1 second", "1 min 1 s", "61s"),
        (5400, "1 hour 30 minutes", "1 h 30 min", "90m"),
        (7325, "2 hours 2 minutes 5 seconds", "2 h 2 min", "7325s"),
        (21600, "6 hours", "6 h 0 min", "6h"),
    ],
)
def test_a_duration_is_formatted_in_words_in_short_and_as_an_option(
    seconds: int, in_words: str, in_short: str, option: str
) -> None:
    assert (human(seconds), brief(seconds), age(seconds)) == (in_words, in_short, option)


def test_a_part_of_a_second_is_rounded() -> None:
    assert (brief(59.4), brief(59.6), brief(0.2)) == ("59 s", "1 min 0 s", "0 s")


@given(st.integers(1, 10**8))
def test_an_option_is_read_back_as_the_same_duration(seconds: int) -> None:
    assert read_seconds(age(seconds)) == seconds
