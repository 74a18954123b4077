"""Any text in a cell is parsed or refused in under a second."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eicnb.cli.cell import parse_cell
from eicnb.cli.files import content, read_file
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from tests.fuzz.command_lines import survive

PIECES = st.sampled_from(
    [
        *(
            "put",
            "update",
            "get",
            "list",
            "delete",
            "use",
            "help",
            "aws",
            "lambda",
            "my-function",
            "$LATEST",
            "\n",
            " ",
        ),
        *("--function-name", "--retries", "--max-age", "--destination-config", "--cli-input-yaml", "--cli-input-json"),
        *("--query", "--output", "--on-failure", "--generate-cli-skeleton", "--qualifier", "=", "file://x", "--", "-"),
        *(
            "OnFailure={Destination=",
            "}",
            "{",
            "[",
            "]",
            ",",
            "'",
            '"',
            "\\",
            "${",
            "${n}",
            "$name",
            "{name}",
            "#",
            ";",
        ),
        *('{"FunctionName": "f"}', "FunctionName: f", "- ", "&a ", "*a", "!x ", "arn:aws:sqs:us-east-1:123456789012:q"),
    ]
)
LINES = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map("".join)


@settings(max_examples=500, deadline=None)
@given(LINES)
def test_any_cell_is_read_or_refused(text: str) -> None:
    survive(text)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_any_shorthand_is_read_or_refused(text: str) -> None:
    survive("put f --destination-config '" + text.replace("'", "") + "'")


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_any_document_is_read_or_refused(text: str) -> None:
    survive(f"put f\n{text}")


MEGABYTE = 1_000_000
SMALLER = 99_000
BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
HUGE = {
    "an unclosed quote of escapes": "--destination-config 'a=\"{}'",
    "open braces": "--destination-config {}",
    "a JSON list in lists": "--cli-input-json '{}'",
    "YAML in brackets": "--cli-input-yaml '{}'",
    "a query": "--query '{}'",
    "a name": "--function-name {}",
    "a destination": "--on-failure sqs:{}",
    "a number": "--retries {}",
    "an age": "--max-age {}",
}
FILLINGS = ("\\", "a={", "[", "}", "a,", '{"a":', "- ", "a: {", "9", ":", "k=v,", "'", "&a ", "\u202e", "\x1b[31m")


@pytest.mark.parametrize("length", [SMALLER, MEGABYTE])
@pytest.mark.parametrize("option", HUGE.values(), ids=HUGE)
def test_much_of_anything_is_refused_in_under_a_second(option: str, length: int) -> None:
    for filling in FILLINGS:
        text = filling * (length // len(filling))
        survive(f"put f {option.replace('{}', text)}")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (BOMB, "this YAML has more than 10,000 values"),
        ("a: &a [*a]", "this YAML has more than 10,000 values"),
        ("a: " + "[" * 5000, "this YAML has more than 1,000 brackets"),
        ("FunctionName: !python/object f", "this is not YAML: could not determine a constructor for the tag"),
        ("Qualifier: a\nQualifier: b", 'this is not YAML: found duplicate key "Qualifier" with value "b"'),
        ("Qualifier: a\x00", "this YAML cannot be read: unacceptable character"),
        ("a: 1\n---\nb: 2", "this is not YAML: but found another document"),
    ],
)
def test_a_document_that_is_a_trap_is_refused(document: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_cell(Source(f"put f\n{document}"), {})
    assert caught.value.message.startswith(message)


def test_a_message_stays_short_however_long_the_word_is() -> None:
    with pytest.raises(UsageError) as caught:
        parse_cell(Source(f"put f --on-failure {'x' * 50_000}"), {})
    assert len(str(caught.value)) < 1000


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(10 * 1024**3)  # without using that much disk space
    with pytest.raises(UsageError, match="has more than 100,000 bytes"):
        content(f"file://{huge}", read_file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert content(f"file://{pipe}", read_file) == ""
