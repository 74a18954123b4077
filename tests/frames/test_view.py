from __future__ import annotations

from typing import Any

import pytest

from eicnb.errors import UsageError
from eicnb.frames.view import View, check_columns

LIST = 'set "auto", "all" or a list of names, such as ["function_name", "on_failure"]'


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rows": 0}, 'rows is 0; it must be a whole number, 1 or more, or all\nTry: rows="all"'),
        ({"rows": True}, 'rows is True; it must be a whole number, 1 or more, or all\nTry: rows="all"'),
        ({"rows": "many"}, "rows is 'many'; it must be a whole number, 1 or more, or all\nTry: rows=\"all\""),
        ({"columns": " , "}, f"columns is empty\nTry: {LIST}"),
        ({"columns": []}, f"columns is empty\nTry: {LIST}"),
        ({"columns": 3}, f"columns is 3\nTry: {LIST}"),
        ({"columns": ["region", 7]}, f"columns has 7, which is not a name\nTry: {LIST}"),
    ],
)
def test_a_bad_choice_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        View(**values)
    assert str(caught.value) == message


def test_names_are_unique_and_stripped() -> None:
    assert check_columns([" region", "region", "timeout"]) == ("region", "timeout")


@pytest.mark.parametrize(
    ("text", "columns"), [("region, timeout", ("region", "timeout")), ("region,", ("region",)), (" all ", "all")]
)
def test_names_in_one_text_are_separated_by_commas(text: str, columns: str | tuple[str, ...]) -> None:
    assert View(text).columns == columns


def test_a_missing_column_is_refused_in_a_call_and_skipped_in_a_setting() -> None:
    view = View(("regoin", "on_failure"))
    with pytest.raises(UsageError) as caught:
        view.named_in(["region", "on_failure"])
    assert str(caught.value) == "the frame has no column 'regoin'\nTry: region"
    assert view.within(["region", "on_failure"]) == View(("on_failure",), says_hidden=True)


@pytest.mark.parametrize(
    ("chosen", "columns"),
    [
        (("function_name", "on_failure"), "auto"),
        (("function_name", "qualifier", "region", "on_failure"), "auto"),
        (("on_failure",), "auto"),
        (("function_name", "on_failure", "finding"), ("function_name", "finding")),
        (("function_name",), ("function_name",)),
    ],
)
def test_a_frame_with_only_the_name_columns_of_a_choice_shows_what_fits(
    chosen: tuple[str, ...], columns: str | tuple[str, ...]
) -> None:
    assert View(chosen).within(["function_name", "qualifier", "region", "finding"]).columns == columns
