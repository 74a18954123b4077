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
        ({"columns": "al"}, "columns is 'al'\nTry: all"),
        ({"columns": "on_failure"}, f"columns is 'on_failure'\nTry: {LIST}"),
        ({"columns": []}, f"columns is empty\nTry: {LIST}"),
        ({"columns": 3}, f"columns is 3\nTry: {LIST}"),
        ({"columns": ["region", 7]}, f"columns has 7, which is not a name\nTry: {LIST}"),
    ],
)
def test_a_bad_choice_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        View(**values)
    assert str(caught.value) == message


def test_names_are_kept_once_and_without_blanks() -> None:
    assert check_columns([" region", "region", "timeout"]) == ("region", "timeout")


def test_a_name_that_the_frame_lacks_is_refused_when_asked_for_and_skipped_in_a_setting() -> None:
    view = View(("regoin", "qualifier"))
    with pytest.raises(UsageError) as caught:
        view.named_in(["region", "qualifier"])
    assert str(caught.value) == "the frame has no column 'regoin'\nTry: region"
    assert view.within(["region", "qualifier"]) == View(("qualifier",))
    assert view.within(["region"]) == View()
