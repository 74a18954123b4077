from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.cli import parser
from eicnb.cli.documents import input_arguments, read_json, read_yaml
from eicnb.cli.lexer import quote
from eicnb.cli.source import Source
from eicnb.errors import UsageError

NAMES = {"name": "my-function", "retries": 1, "whole": {"FunctionName": "my-function", "MaximumRetryAttempts": 0}}


def arguments(line: str) -> dict[str, object]:
    [command] = parser.parse(Source(line), NAMES)
    return {**command.arguments, **command.paging}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"FunctionName": "f", "MaximumRetryAttempts": 0}', {"maximum_retry_attempts": 0}),
        ('{"FunctionName": "f", "Qualifier": "7"}', {"qualifier": "7"}),
        ('{"FunctionName": "f", "MaximumEventAgeInSeconds": 60}', {"maximum_event_age_in_seconds": 60}),
    ],
)
def test_a_document_gives_the_arguments(document: str, expected: dict[str, object]) -> None:
    found = arguments(f"put --cli-input-json {quote(document)}")
    assert expected.items() <= found.items()
    assert str(found["function_name"]) == "f"


def test_an_option_wins_over_the_document() -> None:
    found = arguments("""put --retries 2 --cli-input-json '{"FunctionName": "f", "MaximumRetryAttempts": 0}'""")
    assert found["maximum_retry_attempts"] == 2


def test_a_document_may_come_from_the_notebook_and_name_its_values() -> None:
    assert arguments("put --cli-input-json ${whole}")["maximum_retry_attempts"] == 0
    line = r"""put --cli-input-json "{\"FunctionName\": \"${name}\", \"MaximumRetryAttempts\": \"${retries}\"}" """
    assert arguments(line)["maximum_retry_attempts"] == 1


def test_the_pagination_of_a_document_is_that_of_the_options() -> None:
    line = """list --cli-input-json '{"FunctionName": "f", "PaginationConfig": {"MaxItems": 3, "PageSize": 2}}'"""
    assert arguments(line).items() >= {"max_items": 3, "page_size": 2}.items()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("put --cli-input-json '{'", "this is not JSON"),
        ("put --cli-input-json '[]'", "the input is a list, not a mapping"),
        ("""put --cli-input-json '{"FunctionNam": "f"}'""", "the input has no member 'FunctionNam'"),
        ("""put --cli-input-json '{"FunctionName": 7}'""", "the FunctionName in the input is 7, not text"),
        (
            """put --cli-input-json '{"FunctionName": "f", "MaximumRetryAttempts": "1"}'""",
            "which is not a whole number",
        ),
        ("""put --cli-input-json '{"FunctionName": "f", "MaximumRetryAttempts": 3}'""", "but AWS allows 0, 1 or 2"),
        (
            """get --cli-input-json '{"FunctionName": "f", "MaximumRetryAttempts": 1}'""",
            "get takes no MaximumRetryAttempts from the input",
        ),
        ("put --cli-input-json '{}' --cli-input-yaml '{}'", "both --cli-input-json and --cli-input-yaml are given"),
        ("put --cli-input-yaml 'FunctionName: [a'", "this is not YAML"),
        ("put --cli-input-yaml 'FunctionName: !!python/name:os.system x'", "this is not YAML"),
        ("put --cli-input-yaml 'FunctionName: f\nFunctionName: g'", "this is not YAML: found duplicate key"),
        ("put --cli-input-yaml 'FunctionName: f\nQualifier: 7'", "the Qualifier in the input is 7, not text"),
    ],
)
def test_a_document_that_aws_would_reject_is_an_error(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        arguments(line)
    assert message in str(caught.value)
    assert "^" in str(caught.value)


def test_yaml_is_version_1_2() -> None:
    assert read_yaml("a: yes\nb: 0o17\nc: 12:30\nd: on") == {"a": "yes", "b": 15, "c": "12:30", "d": "on"}


def test_deep_nesting_is_an_error() -> None:
    for read in (read_json, read_yaml):
        with pytest.raises(UsageError):
            read("[" * 100_000)


def test_nested_anchors_are_refused_without_being_expanded() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
    with pytest.raises(UsageError, match="this YAML has more than 10,000 values"):
        input_arguments(read_yaml("\n".join(lines)))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_json, read_yaml):
        with suppress(UsageError):
            input_arguments(read(text))
