from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from eicnb.frames.drawing import Cut, Head, Table
from eicnb.frames.words import Cell

CAPTION = "SANDBOX  account 123456789012  us-east-1"
VOID = {"br", "hr", "img"}


class Parsed(HTMLParser):
    """Parses a table's HTML: checks that tags are balanced, and collects the text of each."""

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

    def lines(self) -> list[str]:
        """The text above the box."""
        return [text.strip() for text in self.texts["div"] if text.strip()]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += text


HEADS = (
    Head("Function", "function_name, qualifier", names=True),
    Head("Retries", "maximum_retry_attempts", 8),
    Head("On failure", "on_failure", 8),
)
ARN = "arn:aws:sqs:us-east-1:123456789012:lost"
ROWS = (
    (Cell("checkout:live"), Cell("0", "0"), Cell("sqs lost", ARN)),
    (Cell("invoices:1"), Cell("2 (default)"), Cell("none")),
)


def table(heads: Sequence[Head] = HEADS, rows: Sequence[tuple[Cell, ...]] = ROWS, **options: Any) -> Table:
    return Table(CAPTION, tuple(heads), rows, **options)


def test_the_html_is_a_table_that_a_screen_reader_can_read_below_its_caption() -> None:
    parsed = Parsed(table(same=("DLQ none",)).to_html("Table 1"))
    assert [tag for tag, _ in parsed.tags[:6]] == ["div", "style", "div", "div", "div", "table"]
    assert parsed.lines() == [CAPTION, "in every row: DLQ none"]
    region = parsed.tags[4][1]
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", f"Table 1: {CAPTION}")
    scopes = [attributes["scope"] for tag, attributes in parsed.tags if tag == "th"]
    assert scopes == ["col"] * 3 + ["row"] * 2
    assert parsed.texts["th"] == ["Function", "Retries", "On failure", "checkout:live", "invoices:1"]
    assert parsed.texts["td"] == ["0", "sqs lost", "2 (default)", "none"]


def test_a_tooltip_has_the_real_name_of_a_column_and_the_whole_arn() -> None:
    parsed = Parsed(table().to_html())
    titles = [(tag, attributes["title"]) for tag, attributes in parsed.tags if "title" in attributes]
    assert titles == [
        *(("th", title) for title in ("function_name, qualifier", "maximum_retry_attempts", "on_failure")),
        ("td", ARN),
    ]


def test_a_state_has_a_sign_a_word_and_a_colour() -> None:
    parsed = Parsed(table([Head("State")], [(Cell("✗ denied", tone="bad"),)]).to_html())
    assert parsed.texts["span"] == ["✗ denied"]
    style = next(attributes["style"] for tag, attributes in parsed.tags if tag == "span")
    assert style == "background-color: #b3261e; color: #ffffff; padding: 1px 6px; border-radius: 3px"


def test_the_html_has_no_scripts_and_its_box_is_no_higher_than_a_screen() -> None:
    html = table().to_html()
    assert not re.search(r"<script|\son[a-z]+=|url\(|@import|http", html)
    assert '<div class="eicnb-box"' in html
    assert ' style="max-height: 600px; overflow: auto"' in html


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&b", "'x'"])
def test_all_text_is_escaped(text: str) -> None:
    heads, rows = (Head(text, text), Head(text, text)), ((Cell(text, text), Cell(text, f"{text}!", "bad")),)
    parsed = Parsed(Table(text, heads, rows, same=(text,)).to_html(text))
    known = {"div", "style", "table", "thead", "tbody", "tr", "th", "td", "span"}
    assert {tag for tag, _ in parsed.tags} == known
    assert (parsed.texts["th"], parsed.texts["span"]) == ([text, text], [text])
    assert text in parsed.lines()


@of_hypothesis(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_any_text_leaves_the_html_in_balance(cells: list[str], caption: str) -> None:
    heads = tuple(Head(f"c{number}") for number in range(len(cells)))
    made = Table(caption, heads, (tuple(Cell(cell, cell) for cell in cells),))
    assert len(Parsed(made.to_html()).texts["td"]) == len(cells)
    assert made.to_text().count("\n") >= 2


def test_the_text_has_the_same_content() -> None:
    assert table(same=("DLQ none",), hidden=2).to_text().splitlines() == [
        "Function       Retries      On failure",
        "checkout:live  0            sqs lost",
        "invoices:1     2 (default)  none",
        "in every row: DLQ none",
        '2 columns hidden; eicnb.show(frame, columns="all") shows all of them',
        CAPTION,
    ]


def test_columns_that_do_not_fit_are_hidden_by_rank_and_counted() -> None:
    heads = (HEADS[0], Head("Runtime", "runtime", 3), HEADS[1], Head("Region", "region", 8, covers=2))
    rows = [(Cell("checkout:live"), Cell("python3.13"), Cell("2"), Cell("us-east-1"))]
    made = table(heads, rows, width=40)
    assert made.to_text().splitlines()[:3] == [
        "Function       Retries  Region",
        "checkout:live  2        us-east-1",
        '1 column hidden; eicnb.show(frame, columns="all") shows all of them',
    ]
    narrow = table(heads, rows, width=25).to_text().splitlines()
    assert narrow[:3] == [
        "Function       Retries",
        "checkout:live  2",
        '3 columns hidden; eicnb.show(frame, columns="all") shows all of them',
    ]
    assert Parsed(made.to_html()).texts["th"][:4] == ["Function", "Runtime", "Retries", "Region"]


def test_with_all_columns_the_text_continues_below_and_is_complete() -> None:
    heads, long = (Head("function_arn"), Head("on_failure"), Head("region")), f"{ARN}-{'long' * 20}"
    made = table(heads, [(Cell(long), Cell(long), Cell("us-east-1"))], shows_all=True)
    assert made.to_text().splitlines() == [
        f"{'function_arn':<{len(long)}}  on_failure".rstrip(),
        f"{long}  {long}",
        "",
        "function_arn".ljust(len(long)) + "  region",
        f"{long}  us-east-1",
        CAPTION,
    ]


def test_long_texts_are_wrapped_between_words_and_long_names_at_hyphens() -> None:
    heads = (Head("Function"), Head("Why", wraps=True), Head("On failure", breaks=True))
    rows = [(Cell("checkout"), Cell("no queue is there for what fails"), Cell("s3 shop-events-us-east-1-123456789012"))]
    assert table(heads, rows, width=60).to_text().splitlines()[:-1] == [
        "Function  Why                    On failure",
        "checkout  no queue is there for  s3 shop-events-us-",
        "          what fails             east-1-123456789012",
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"has_all_rows": False}, 'eicnb.show(frame, rows="all") shows all rows'),
        (
            {"has_all_rows": False, "hidden": 1},
            '1 column hidden; eicnb.show(frame, columns="all", rows="all") shows all of them',
        ),
    ],
)
def test_the_caption_says_how_to_show_the_rest(options: dict[str, Any], line: str) -> None:
    assert table(**options).to_text().splitlines()[-2] == line
    assert line in Parsed(table(**options).to_html()).lines()


def test_a_table_without_rows_shows_its_columns_only_in_html() -> None:
    made = table(rows=())
    assert made.to_text() == CAPTION
    assert Parsed(made.to_html()).texts["th"] == ["Function", "Retries", "On failure"]


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
def test_a_long_frame_states_what_it_leaves_out_and_shows_errors_first(
    states: str, most: int, places: str, words: str
) -> None:
    cut = Cut.of([state == "o" for state in states], most)
    assert ("".join(map(str, cut.places)), str(cut)) == (places, words)


def test_texts_and_tooltips_are_masked_before_the_layout() -> None:
    def hide(texts: Sequence[str]) -> list[str]:
        masks = {"123456789012": "ACCOUNT-0001", "checkout": "NAME-0001", "Retries": "NAME-0002"}
        for text, mask in masks.items():
            texts = [one.replace(text, mask) for one in texts]
        return [*texts]

    made = table(hide=hide)
    assert made.to_text().splitlines() == [
        "Function        NAME-0002    On failure",
        "NAME-0001:live  0            sqs lost",
        "invoices:1      2 (default)  none",
        "SANDBOX  account ACCOUNT-0001  us-east-1",
    ]
    assert ">NAME-0002</th>" in made.to_html()
    assert 'title="arn:aws:sqs:us-east-1:ACCOUNT-0001:lost"' in made.to_html()
    assert "123456789012" not in made.to_html()
