"""The one writer of HTML tables."""

from __future__ import annotations

import re

import pytest

from eicnb.frames.html import HtmlCell, escaped, html_table, html_table_of_texts, of_whole_words
from tests.test_architecture import PACKAGE

ARN = "arn:aws:sqs:us-east-1:123456789012:lost-events"


def test_a_table_has_a_head_and_a_cell_that_names_each_row() -> None:
    heads = [HtmlCell("Function", ' class="wide"'), HtmlCell("Retries", title="maximum_retry_attempts")]
    rows = [[HtmlCell("checkout", names_row=True), HtmlCell("<b>2</b>", title='"two"')]]
    names = [
        '<th scope="col" class="wide">Function</th>',
        '<th scope="col" title="maximum_retry_attempts">Retries</th>',
    ]
    assert html_table(heads, rows).split("\n") == [
        "<table>",
        f"<thead><tr>{''.join(names)}</tr></thead>",
        "<tbody>",
        '<tr><th scope="row">checkout</th><td title="&quot;two&quot;"><b>2</b></td></tr>',
        "</tbody>",
        "</table>",
    ]


def test_a_table_of_texts_escapes_them_and_breaks_only_long_words() -> None:
    table = html_table_of_texts(("Setting", "Now"), [("<i>", f"to {ARN}")])
    assert re.sub(r' style="text-align: left"', "", table).split("\n")[3] == (
        f'<tr><th scope="row">&lt;i&gt;</th><td>to <span style="overflow-wrap: anywhere">{ARN}</span></td></tr>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("put my-function", 'put <span style="white-space: nowrap">my-function</span>'),
        ("a - b", "a - b"),
        (f"x {'y-' * 30}", f"x {'y-' * 30}"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_a_line_to_run_breaks_only_between_words(text: str, html: str) -> None:
    assert of_whole_words(text) == html


def test_a_quote_is_escaped_too() -> None:
    assert escaped("""<"'&>""") == "&lt;&quot;&#x27;&amp;&gt;"


def test_no_other_module_writes_tables() -> None:
    writers = {
        path.name for path in PACKAGE.rglob("*.py") if re.search(r"<t[hdr][ >{]|<table", path.read_text("utf-8"))
    }
    assert writers == {"html.py"}
