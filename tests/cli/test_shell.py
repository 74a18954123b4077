"""Lines written for a shell: those that work, and the advice about those that don't."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.cli import parser
from eicnb.cli.cell import parse_cell
from eicnb.cli.command import Command
from eicnb.cli.source import Source
from eicnb.errors import UsageError

PUT = "put my-function --retries 0"
AWS_PUT = "aws lambda put-function-event-invoke-config --function-name my-function --maximum-retry-attempts 0"


def one(text: str, **names: Any) -> Command:
    [command] = parser.parse(Source(text), names)
    return command


def fault(text: str, **names: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse_cell(Source(text, "%%eic ", first_line=1), names)
    return caught.value


@pytest.mark.parametrize(
    "ending",
    [
        *(">/dev/null", "> /dev/null", "1>/dev/null", ">/dev/null 2>&1", "> /dev/null 2>&1", "&>/dev/null"),
        *("&> /dev/null", ">&/dev/null", ">>/dev/null", ">|/dev/null", "2>&1 >/dev/null", "2>/dev/null >/dev/null"),
        *("| Out-Null", "|Out-Null", "| out-null", "> $null", "*> $null", ">NUL", "> nul 2>&1", '> "/dev/null"'),
        *(">/dev/null  # why", ">/dev/null;", "\\\n    >/dev/null", ">/dev/null \\\n    2>&1"),
    ],
)
@pytest.mark.parametrize("start", [PUT, AWS_PUT, f"{PUT} --output json"])
def test_output_that_goes_nowhere_is_quiet(start: str, ending: str) -> None:
    command = one(f"{start} {ending}")
    assert command.quiet
    assert command.arguments == one(start).arguments


@pytest.mark.parametrize(
    ("line", "quiet"),
    [
        (f"{PUT} 2>/dev/null", True),
        (f"{PUT} 2> /dev/null", True),
        (f"{PUT} 2>$null", True),
        (f"{PUT} --output json 2>/dev/null", False),
        (f"{PUT} 2>&1", False),
        (f"{PUT} 1>&2", False),
        (f"{PUT} >&2", False),
        ("get my-function 2>/dev/null", False),
        ("get my-function >/dev/null 2>&1", True),
        ("$null = get my-function", True),
        (">/dev/null get my-function", True),
        ("get my-function>/dev/null", True),
    ],
)
def test_a_redirection_hides_what_it_hides_in_a_shell(line: str, quiet: bool) -> None:  # noqa: FBT001 # a column of the table
    assert one(line).quiet is quiet


@pytest.mark.parametrize("word", [">/dev/nullx", ">/dev/null/x", ">/tmp/x", "2>errors.txt", ">nullable"])
def test_a_redirection_to_a_file_is_an_error(word: str) -> None:
    assert "works only in a shell" in fault(f"get my-function {word}").message


@pytest.mark.parametrize(
    ("line", "connection"),
    [
        ("AWS_PROFILE=p aws lambda get-function-event-invoke-config --function-name f", {"profile": "p"}),
        ("AWS_REGION=eu-west-1 get f", {"region": "eu-west-1"}),
        ("AWS_DEFAULT_REGION=eu-west-1 get f", {"region": "eu-west-1"}),
        ("AWS_DEFAULT_REGION=a-b-1 AWS_REGION=eu-west-1 get f", {"region": "eu-west-1"}),
        ("AWS_REGION=eu-west-1 AWS_PROFILE='p q' get f", {"region": "eu-west-1", "profile": "p q"}),
        ("AWS_PROFILE=p get f --profile q", {"profile": "q"}),
        ("AWS_PROFILE= get f", {}),
        ("AWS_PROFILE=$team get f", {"profile": "ops"}),
        ("AWS_ENDPOINT_URL=http://127.0.0.1:1 get f", {"endpoint_url": "http://127.0.0.1:1"}),
        ("AWS_PAGER= aws lambda get-function-event-invoke-config --function-name f", {}),
        ("$ AWS_PROFILE=p get f", {"profile": "p"}),
    ],
)
def test_a_variable_before_a_command_holds_for_it_alone(line: str, connection: dict[str, str]) -> None:
    first, second = parser.parse(Source(f"{line}\nget g"), {"team": "ops"})
    assert (first.verb, first.connection) == ("get", connection)
    assert second.connection == {}


def test_the_output_may_come_from_a_variable() -> None:
    assert one("AWS_DEFAULT_OUTPUT=yaml get f").output == "yaml"


@pytest.mark.parametrize(
    "line",
    ["%eic get f", "%%eic get f", "$ get f", "% get f", "\ufeffget f", "%eic aws lambda get f", "%%eic\nget f"],
)
def test_a_pasted_prompt_before_a_command_is_ignored(line: str) -> None:
    assert str(one(f"# first\n{line}")).removeprefix("$ ").removeprefix("% ") in {"get f", "aws lambda get f"}


@pytest.mark.parametrize("text", ["", "# why", "\n\n", "%eic", "%%eic\n# why", " ; "])
def test_without_a_command_there_is_nothing_to_read(text: str) -> None:
    assert parser.parse(Source(text), {}) == []


ADVICE = (Path(__file__).parent / "advice.txt").read_text(encoding="utf-8").rstrip("\n").split("\n====\n")
"""Cells with one error each, beginning with the rest of the `%%eic` line, and the whole error below."""


@pytest.mark.parametrize("case", ADVICE, ids=lambda case: case.partition("\n----\n")[0].strip())
def test_a_line_for_a_shell_is_an_error_with_what_to_type_instead(case: str) -> None:
    cell, _, message = case.partition("\n----\n")
    assert str(fault(cell, names=["my-function", "order-events"])) == message


@pytest.mark.parametrize(
    "line",
    [
        *(
            "aws lambda delete-alias",
            "aws lambda delete-function",
            "aws lambda update-alias",
            "aws s3 ls",
            "aws logs tail",
        ),
        *(
            "aws lambda put-function-concurrency",
            "aws lambda get-function",
            "aws lambda list-aliases",
            "aws iam get-role",
        ),
        *(
            "aws lambda delete-function-url-config",
            "aws lambda put-function-scaling-config",
            "aws ec2 describe-regions",
        ),
        *("aws lambda update-event-source-mapping", "aws lambda delete-function-code-signing-config"),
        *(
            "aws lambda get-function-scaling-config",
            "aws lambda invoke-async",
            "aws ses list-identities",
            "aws mq help",
        ),
    ],
)
def test_a_command_that_aws_has_is_left_to_the_aws_cli(line: str) -> None:
    assert fault(f"\n{line} --x y").hint == f"run it in its own cell\n!{line} --x y"


@pytest.mark.parametrize("word", ["gt", "gut", "gett", "pet", "lsit", "lst", "lists", "audti", "whomai", "hepl"])
def test_a_typing_error_in_a_read_never_suggests_a_write(word: str) -> None:
    assert fault(f"\n{word} my-function").hint in {"get", "list", "audit", "whoami", "help"}


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("refresh", "%eic audit --refresh ${audit}"),
        ("organization", "%eic audit --organization --role audit"),
        ("connections", "eicnb.connections()"),
        ("destination_form", "eicnb.destination_form()"),
    ],
)
def test_a_function_of_the_python_api_has_a_hint_how_to_call_it(word: str, hint: str) -> None:
    error = fault(f"{word} ${{audit}}")
    assert (error.message, error.hint) == (f"eicnb has no command {word!r}", hint)
    if hint.startswith("%eic "):
        one(hint.removeprefix("%eic "), audit=None)
    else:
        assert hint.removeprefix("eicnb.").partition("(")[0] in eicnb.__all__
