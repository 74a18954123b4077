from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from eicnb.frames.drawing import Cut, Table, word_of

ARN = "arn:aws:lambda:us-east-1:123456789012:function:" + "a-long-name" * 9
COLUMNS = ("function_name", "maximum_retry_attempts", "on_failure_type", "scan_state", "error")
VOID = {"br", "hr", "img"}


class Parsed(HTMLParser):
    """A table's HTML: its tags in balance, and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in VOID
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += text


def table(*rows: tuple[Any, ...], columns: tuple[str, ...] = COLUMNS, **options: Any) -> Table:
    labels = tuple(str(number) for number in range(len(rows)))
    return Table("SANDBOX  account 123456789012  us-east-1", columns, labels, rows, **options)


OK = ("f", 0, "sqs", "ok", None)
UNSET = ("g", None, None, "ok", None)
DENIED = (None, None, None, "denied", "not\nallowed")


def test_the_html_is_a_table_that_a_screen_reader_can_read() -> None:
    parsed = Parsed(table(OK, UNSET).to_html())
    assert [tag for tag, _ in parsed.tags[:4]] == ["div", "table", "caption", "thead"]
    assert parsed.texts["caption"] == ["SANDBOX  account 123456789012  us-east-1"]
    scopes = [attributes["scope"] for tag, attributes in parsed.tags if tag == "th"]
    assert scopes == ["col"] * 6 + ["row"] * 2
    assert parsed.texts["th"] == ["row", *COLUMNS, "0", "1"]
    assert parsed.texts["td"] == ["f", "0", "SQS queue", "ok", "", "g", "not set", "none", "ok", ""]
    region = parsed.tags[0][1]
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", parsed.texts["caption"][0])


def test_the_html_has_neither_scripts_nor_colours() -> None:
    html = table(OK, DENIED).to_html()
    assert not re.search(r"<script|<style|\bon[a-z]+=|color|background|#[0-9a-f]{3}", html)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&b", "'x'"])
def test_text_is_escaped_wherever_it_stands(text: str) -> None:
    made = Table(text, (text,), (text,), ((text,),), index_name=text)
    parsed = Parsed(made.to_html())
    assert {tag for tag, _ in parsed.tags} == {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert parsed.texts["td"] == [text]
    assert parsed.texts["th"] == [text, text, text]
    assert parsed.texts["caption"] == [text]


@of_hypothesis(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_any_text_leaves_the_html_in_balance(cells: list[str], caption: str) -> None:
    made = Table(caption, tuple(f"c{number}" for number in range(len(cells))), ("0",), (tuple(cells),))
    assert len(Parsed(made.to_html()).texts["td"]) == len(cells)
    assert made.to_text().count("\n") >= 2


def test_the_text_says_the_same() -> None:
    assert table(OK, UNSET).to_text() == (
        "  function_name  maximum_retry_attempts  on_failure_type  scan_state  error\n"
        "0 f                                   0  SQS queue        ok\n"
        "1 g                             not set  none             ok\n"
        "SANDBOX  account 123456789012  us-east-1"
    )


def test_the_text_of_a_wide_table_goes_on_below_and_cuts_nothing() -> None:
    made = table((ARN, ARN, "sqs"), columns=("function_arn", "on_failure", "on_failure_type"))
    assert made.to_text().splitlines() == [
        f"  {'function_arn'}",
        f"0 {ARN}",
        "",
        "  on_failure",
        f"0 {ARN}",
        "",
        "  on_failure_type",
        "0 SQS queue",
        "SANDBOX  account 123456789012  us-east-1",
    ]


def test_a_table_without_rows_has_its_columns_in_html_alone() -> None:
    made = table(columns=("function_name", "region"))
    assert made.to_text() == "SANDBOX  account 123456789012  us-east-1"
    assert Parsed(made.to_html()).texts["th"] == ["row", "function_name", "region"]


CUT = [
    ("", 4, "", "no rows"),
    ("o", 4, "0", "1 row"),
    ("d", 4, "0", "1 row"),
    ("oooo", 4, "0123", "4 rows"),
    ("odod", 4, "0123", "4 rows"),
    ("ooooo", 4, "0123", "5 rows, 1 of them not shown"),
    ("oodoo", 4, "2013", "5 rows, 1 of them not shown; errors first"),
    ("ododf", 2, "13", "5 rows, 3 of them not shown; errors first, 1 of 3 errors not shown"),
    ("ddd", 1, "0", "3 rows, 2 of them not shown; errors first, 2 of 3 errors not shown"),
]


@pytest.mark.parametrize(("states", "most", "places", "words"), CUT)
def test_a_long_frame_says_what_it_leaves_out_and_shows_errors_first(
    states: str, most: int, places: str, words: str
) -> None:
    cut = Cut.of([state == "o" for state in states], most)
    assert ("".join(map(str, cut.places)), str(cut)) == (places, words)


def test_what_was_not_read_is_not_called_unset() -> None:
    assert Parsed(table(DENIED).to_html()).texts["td"] == ["not read", "not read", "not read", "denied", "not allowed"]


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("on_failure_type", "sns", "SNS topic"),
        ("on_failure_type", "s3", "S3 bucket"),
        ("on_success_type", "lambda", "Lambda function"),
        ("on_success_type", "events", "EventBridge bus"),
        ("on_success_type", "kafka", "kafka"),
        ("function_name", "sqs", "sqs"),
        ("configured", True, "yes"),
        ("configured", False, "no"),
        ("last_modified", datetime(2026, 11, 1, 12, 0, 0, 5000, tzinfo=UTC), "2026-11-01 12:00:00 UTC"),
        ("error", "a\tb\x1b\u202ec", "a b\ufffd\ufffdc"),
        ("anything", None, "<NA>"),
        ("anything", 1.5, "1.5"),
    ],
)
def test_a_value_is_a_word_in_the_display(column: str, value: Any, word: str) -> None:
    assert word_of(column, value) == word


def test_masks_are_put_in_before_the_columns_are_laid_out() -> None:
    masks = {"123456789012": "ACCOUNT-0001", "f": "NAME-0001", "scan_state": "NAME-0002"}

    def hide(texts: Sequence[str]) -> list[str]:
        return [masks.get(text, text.replace("123456789012", "ACCOUNT-0001")) for text in texts]

    made = table(OK, columns=COLUMNS, hide=hide)
    assert made.to_text().splitlines() == [
        "  function_name  maximum_retry_attempts  on_failure_type  NAME-0002  error",
        "0 NAME-0001                           0  SQS queue        ok",
        "SANDBOX  account ACCOUNT-0001  us-east-1",
    ]
    assert ">NAME-0002</th>" in made.to_html()
