from __future__ import annotations

from eicnb.frames.monospace import TextColumn, laid_out


def test_columns_that_do_not_fit_continue_below_next_to_the_first() -> None:
    columns = [TextColumn.of(["Function", "f"]), TextColumn.of(["A", "1"]), TextColumn.of(["B", "2" * 20])]
    assert laid_out(columns, 20).splitlines() == [
        "Function  A",
        "f         1",
        "",
        "Function  B",
        "f         22222222222222222222",
    ]


def test_numbers_are_right_aligned_and_wide_characters_count_twice() -> None:
    columns = [TextColumn.of(["Name", "列列"]), TextColumn.of(["Lost", "7"], is_right=True)]
    assert laid_out(columns, 80).splitlines() == ["Name  Lost", "列列     7"]


def test_a_wrapped_cell_makes_its_row_as_high_as_it_needs() -> None:
    columns = [TextColumn.of(["Function", "f", "g"]), TextColumn.of(["Why", "no queue", "x"], limit=5)]
    assert laid_out(columns, 80).splitlines() == [
        "Function  Why",
        "f         no",
        "          queue",
        "g         x",
    ]
