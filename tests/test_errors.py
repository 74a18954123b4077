from __future__ import annotations

import importlib
import pickle

import pytest

from eicnb.errors import (
    AccessDenied,
    AwsError,
    ConfigurationError,
    EicError,
    Excerpt,
    ExpiredCredentials,
    NotFound,
    Throttled,
    UsageError,
    nearest,
    sentence,
    width_of,
)

AWS_ERROR = Throttled(
    "Rate exceeded", operation="PutFunctionEventInvokeConfig", code="TooManyRequestsException", region="us-east-1"
)


@pytest.mark.parametrize(
    ("error", "bases", "exit_code"),
    [
        (EicError, (Exception,), 255),
        (UsageError, (EicError, ValueError), 252),
        (ConfigurationError, (EicError,), 253),
        (AwsError, (EicError,), 254),
        (NotFound, (AwsError,), 254),
        (AccessDenied, (AwsError,), 254),
        (Throttled, (AwsError,), 254),
        (ExpiredCredentials, (AwsError,), 254),
    ],
)
def test_the_tree_and_its_exit_codes_are_the_contract(
    error: type[EicError], bases: tuple[type[Exception], ...], exit_code: int
) -> None:
    assert error.__bases__ == bases
    assert error.exit_code == exit_code


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (EicError("it broke"), "it broke"),
        (EicError("it broke", hint="glue"), "it broke\nTry: glue"),
        (ConfigurationError("no region", hint="--region"), "no region\nTry: --region"),
        (
            UsageError("no", hint="yes", rule="https://aws.example", excerpt=Excerpt("get f", 4, 5)),
            "no\n    get f\n        ^\nTry: yes\nSee: https://aws.example",
        ),
        (
            AWS_ERROR,
            "Rate exceeded\n    TooManyRequestsException, returned by PutFunctionEventInvokeConfig in us-east-1",
        ),
        (
            NotFound("gone", operation="Get", code="C", region="r", place="r, SANDBOX, account 1", hint="put"),
            "gone\n    C, returned by Get in r, SANDBOX, account 1\nTry: put",
        ),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_to_do(error: EicError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(
    ("excerpt", "line", "pointer"),
    [
        (
            Excerpt("get my-function", 4, 15),
            "    get my-function",
            "        ^^^^^^^^^^^",
        ),
        (
            Excerpt("get f", 4, 5, number=12),
            "    line 12: get f",
            "                 ^",
        ),
        (
            Excerpt("get f", 5, 5),
            "    get f",
            "         ^",
        ),
        (
            Excerpt("get f", 4, 99),
            "    get f",
            "        ^",
        ),
        (Excerpt("get\tfunction\t--x", 13, 16), "    get function --x", "                 ^^^"),
        (Excerpt("get 函数 --x", 7, 10), "    get 函数 --x", "             ^^^"),
        (Excerpt("get 函数", 4, 6), "    get 函数", "        ^^^^"),
        (
            Excerpt("get\tf\x1b[31m", 4, 5),
            "    get f\N{REPLACEMENT CHARACTER}[31m",
            "        ^",
        ),
        (
            Excerpt("x" * 200, 0, 200),
            "    " + "x" * 96 + "…",
            "    " + "^" * 96,
        ),
        (
            Excerpt("a" * 100 + "bad" + "c" * 100, 100, 103),
            "    …" + "a" * 60 + "bad" + "c" * 33 + "…",
            "     " + " " * 60 + "^^^",
        ),
        (
            Excerpt("a" * 100 + "bad", 100, 103),
            "    …" + "a" * 60 + "bad",
            "     " + " " * 60 + "^^^",
        ),
    ],
)
def test_an_excerpt_marks_what_is_wrong(excerpt: Excerpt, line: str, pointer: str) -> None:
    assert str(excerpt) == f"{line}\n{pointer}"


def test_an_error_keeps_its_first_excerpt() -> None:
    first, second = Excerpt("first", 0, 1), Excerpt("second", 0, 1)
    assert UsageError("no").at(first).at(second).excerpt is first


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("--retrys", ["--retries", "--region"], "--retries"),
        ("PUT", ["put", "get"], "put"),
        ("onfailure", ["OnSuccess", "OnFailure"], "OnFailure"),
        ("zzz", ["put", "get"], None),
        ("put", [], None),
    ],
)
def test_the_nearest_word_is_suggested_or_none(word: str, known: list[str], meant: str | None) -> None:
    assert nearest(word, known) == meant


@pytest.mark.parametrize(
    "error",
    [
        EicError("it broke", hint="glue"),
        UsageError("no", hint="yes", rule="https://aws.example", excerpt=Excerpt("get f", 4, 5)),
        ConfigurationError("no region", hint="--region"),
        AWS_ERROR,
    ],
)
def test_an_error_can_be_sent_to_another_process(error: EicError) -> None:
    error.result = ["what was done"]
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_in_a_notebook_an_error_is_its_own_lines_and_its_notes() -> None:
    importlib.import_module("IPython")
    error = EicError("it broke", hint="glue")
    error.add_note("1 of 2 commands ran before it")
    assert error._render_traceback_() == ["EicError: it broke\nTry: glue", "1 of 2 commands ran before it"]


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        ("live", "Try: live"),
        ("copy the name from the list\n%eic functions", "Try: copy the name from the list\n    %eic functions"),
        ("use a cell\n%%eic\nput f", "Try: use a cell\n    %%eic\n    put f"),
    ],
)
def test_a_line_to_type_in_a_hint_is_on_its_own_line(hint: str, text: str) -> None:
    assert str(UsageError("the qualifier is empty", hint=hint)) == f"the qualifier is empty\n{text}"


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (None, "The qualifier is empty."),
        ("live", "The qualifier is empty. Try: live"),
        ("copy it\n%eic functions", "The qualifier is empty. Try: copy it: %eic functions"),
    ],
)
def test_an_error_is_one_paragraph_in_a_form(hint: str | None, text: str) -> None:
    assert sentence(UsageError("the qualifier is empty", hint=hint)) == text


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("queue", 5), ("\u5217\u961f", 4), ("e\u0301", 1), ("\u200b", 0), ("\uff41", 2)]
)
def test_the_width_of_a_text_is_that_of_its_characters_in_a_terminal(text: str, width: int) -> None:
    assert width_of(text) == width
