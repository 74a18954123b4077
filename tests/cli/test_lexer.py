from __future__ import annotations

import contextlib
import re
import shutil
import subprocess

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eicnb.cli.lexer import quote, split
from eicnb.cli.source import Source, Word
from eicnb.errors import UsageError

BASH = shutil.which("bash")
NBSP = "\N{NO-BREAK SPACE}"


def words(text: str) -> list[list[str]]:
    return [[word.text for word in command] for command in split(Source(text))]


def only_word(text: str) -> Word:
    [[word]] = split(Source(text))
    return word


def fault(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        split(Source(text))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get my-function", ["get", "my-function"]),
        ("  get\tmy-function  ", ["get", "my-function"]),
        ("'a b'", ["a b"]),
        ('"a b"', ["a b"]),
        ("a' 'b\" \"c", ["a b c"]),
        ("a\\ b", ["a b"]),
        ("'a\\b'", ["a\\b"]),
        ("'a\"b'", ['a"b']),
        ('"a\'b"', ["a'b"]),
        ('"a\\"b"', ['a"b']),
        ('"a\\\\b"', ["a\\b"]),
        ('"a\\$b"', ["a$b"]),
        ('"a\\nb"', ["a\\nb"]),
        ("\\$name", ["$name"]),
        ("''", [""]),
        ('""', [""]),
        ("a''b", ["ab"]),
        ("--destination-config={}", ["--destination-config={}"]),
        ("a={b=c,d=e}", ["a={b=c,d=e}"]),
        ("'|' \">\" \\&", ["|", ">", "&"]),
        ("'a\nb'", ["a\nb"]),
        ('"a\nb"', ["a\nb"]),
        ("é 文 😀", ["é", "文", "😀"]),
    ],
)
def test_quotes_and_escapes_work_as_in_bash(text: str, expected: list[str]) -> None:
    assert words(text) == [expected]


shell_text = st.lists(
    st.sampled_from([*"x1é-=,:/. \t'\"#\n", "  ", "\\\n", *(f"\\{character}" for character in "x'\"\\ #$;|&(")])
).map("".join)
blanks_after_backslash = re.compile(r"\\[ \t]+[\n#]")  # a comment there is a separate error


def words_of_bash(text: str) -> list[str] | None:
    assert BASH is not None
    script = f"set -f; printf '%s\\0' begin {text}"
    ran = subprocess.run([BASH, "--norc", "-c", script], capture_output=True, check=False, env={"LC_ALL": "C.UTF-8"})
    return ran.stdout.decode().split("\0")[1:-1] if ran.returncode == 0 else None


def words_of_ours(text: str) -> list[list[str]] | None:
    try:
        return words(text)
    except UsageError:
        return None


@pytest.mark.skipif(BASH is None, reason="there is no bash")
@given(shell_text)
@settings(deadline=None)
def test_words_are_cut_where_bash_cuts_them(text: str) -> None:
    assume(not blanks_after_backslash.search(text))
    ours = words_of_ours("begin " + text)
    if ours is None or len(ours) == 1:
        assert (ours and ours[0][1:]) == words_of_bash(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# all of it", []),
        ("get f # the rest", [["get", "f"]]),
        ("get f#not", [["get", "f#not"]]),
        ("get ''#not", [["get", "#not"]]),
        ("get '#not' \\#not", [["get", "#not", "#not"]]),
        ("# one\nget f\n# two", [["get", "f"]]),
        ("get f # not a continuation \\\nget g", [["get", "f"], ["get", "g"]]),
        ("get f \\\n# why\n", [["get", "f"]]),
        ("get f # an unclosed ' in a comment", [["get", "f"]]),
    ],
)
def test_a_comment_starts_only_where_a_word_could(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get \\\n    f", [["get", "f"]]),
        ("get \\\r\n    f\r\n", [["get", "f"]]),
        ("get \\  \n    f", [["get", "f"]]),
        ("get \\\t\r\n    f", [["get", "f"]]),
        (f"get \\{NBSP}\n    f", [["get", "f"]]),
        ("ge\\\nt f", [["get", "f"]]),
        ("ge\\ \nt f", [["ge", "t", "f"]]),
        ('get "my-\\\nfunction"', [["get", "my-function"]]),
        ("get 'a\\\nb'", [["get", "a\\\nb"]]),
        ("get f \\\n", [["get", "f"]]),
    ],
)
def test_a_backslash_at_the_end_of_a_line_joins_it_to_the_next(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n", []),
        ("get a\nget b", [["get", "a"], ["get", "b"]]),
        ("get a\r\nget b\r\n", [["get", "a"], ["get", "b"]]),
        ("get a\n\n\nget b\n", [["get", "a"], ["get", "b"]]),
        ("get a; get b;", [["get", "a"], ["get", "b"]]),
        ("get a;get b", [["get", "a"], ["get", "b"]]),
        ("get 'a;b'", [["get", "a;b"]]),
        (";;", []),
    ],
)
def test_a_line_or_a_semicolon_ends_a_command(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("blank", [NBSP, "\t", "\N{EM SPACE}", "\f"])
def test_characters_that_look_blank_are_blanks(blank: str) -> None:
    assert words(f"get{blank}my-function") == [["get", "my-function"]]


FAULTS = r"""
get 'my-function
the quote ' is not closed
    get 'my-function
        ^
Try: add a second ' where the text ends

get f\
the last line ends in a `\`, but no line follows
    get f\
         ^
Try: remove the `\`

get ${name
the reference ${ is not closed
    get ${name
        ^^^^^^
Try: ${name}

get ${name()}
'name()' is a call, which a command line cannot run
    get ${name()}
        ^^^^^^^^^
Try: call it in its own cell, then write ${name} for its result

get ${}
'' is not a name
    get ${}
        ^^^
Try: ${name}, ${name.attribute}, ${name[0]} or ${name["key"]}

get f | jq .
'|' works only in a shell, but no shell reads this line
    get f | jq .
          ^
Try: select with `--query`, or keep the result and work with it in Python, or quote the `|`
    x = %eic get f

get f > out.json
'>' works only in a shell, but no shell reads this line
    get f > out.json
          ^
Try: keep the result and write it from Python, or quote the `>`
    x = %eic get f
    x.to_json("out.json", date_format="iso")

get $(name)
'$(' works only in a shell, but no shell reads this line
    get $(name)
        ^^
Try: compute the value in a Python cell, then write ${name} here

get "$(name)"
'$(' works only in a shell, but no shell reads this line
    get "$(name)"
         ^^
Try: compute the value in a Python cell, then write ${name} here
"""
"""Texts with one fault each; under each the whole message."""


@pytest.mark.parametrize("case", FAULTS.strip().split("\n\n"), ids=lambda case: case.partition("\n")[0])
def test_a_fault_is_shown_where_it_is(case: str) -> None:
    text, _, message = case.partition("\n")
    assert fault(text) == message


def test_a_fault_in_a_continued_line_is_shown_in_that_line() -> None:
    assert fault('get a \\\n  --qualifier "live').splitlines()[1:3] == [
        '      --qualifier "live',
        "                  ^",
    ]


@pytest.mark.parametrize("operator", ["|", "||", "&&", "&", ">", ">>", "<", "$(", "`", "(", ")", "$'"])
def test_shell_syntax_is_an_error_that_says_what_to_type_instead(operator: str) -> None:
    lines = fault(f"get f {operator}x").splitlines()
    assert lines[0] == f"{operator!r} works only in a shell, but no shell reads this line"
    assert lines[2] == " " * 10 + "^" * len(operator)
    assert lines[3].startswith("Try: ")


def test_a_fault_in_a_cell_has_the_number_of_its_line() -> None:
    with pytest.raises(UsageError) as caught:
        split(Source("\nget a\nget 'b\n", "%%eic ", first_line=1))
    assert str(caught.value.excerpt) == "    line 3: get 'b\n                ^"


def test_the_prompt_precedes_only_the_first_line() -> None:
    source = Source("get 'a\nb", "%eic ")
    assert str(source.excerpt(4, 5)) == "    %eic get 'a\n             ^"
    assert str(source.excerpt(7, 8)) == "    b\n    ^"


def test_a_word_knows_how_it_was_typed() -> None:
    assert [word.raw for word in split(Source("get 'a b' c\\ d ${e}"))[0]] == ["get", "'a b'", "c\\ d", "${e}"]


@pytest.mark.parametrize(
    ("text", "culprit", "column"),
    [
        ("--qualifier=live", "live", 12),
        ("'--qualifier=live'", "live", 13),
        ('--quali"fier=li"ve', "li", 13),
        ("\\-\\-q=live", "live", 6),
    ],
)
def test_a_part_of_a_word_has_its_position_in_the_typed_text(text: str, culprit: str, column: int) -> None:
    word = only_word(text)
    value = word.part(word.text.index("=") + 1)
    assert value.text == "live"
    with pytest.raises(UsageError) as caught, value.blamed():
        raise UsageError("no", culprit=culprit)
    assert caught.value.excerpt is not None
    assert caught.value.excerpt.start == column


@given(st.text())
def test_a_quoted_word_is_read_back_as_it_is(text: str) -> None:
    assert words(f"get {quote(text)} --x") == [["get", text, "--x"]]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("my-function", "my-function"),
        ("arn:aws:s3:::lost", "arn:aws:s3:::lost"),
        ("", "''"),
        ("a b", "'a b'"),
        ("$LATEST", "'$LATEST'"),
        ("my queue's", "'my queue'\"'\"'s'"),
    ],
)
def test_a_word_is_quoted_only_where_it_must_be(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@given(st.text())
def test_any_text_is_words_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert all(word.raw for command in split(Source(text)) for word in command)
