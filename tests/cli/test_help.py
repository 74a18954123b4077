from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.changes.change import WRITES
from eicnb.cli import options, parser
from eicnb.cli.help import EXAMPLES as HELP_EXAMPLES
from eicnb.cli.help import page
from eicnb.cli.option import Verb
from eicnb.cli.source import Source
from eicnb.client import commands, connections
from eicnb.errors import UsageError
from eicnb.frames.frame import to_frame

NAMES = [verb.name for verb in options.VERBS]
EXAMPLES = [(verb, example) for verb, examples in HELP_EXAMPLES.items() for example in examples]
WIDTH = 100


@pytest.fixture
def whatever_is_started(eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[eicnb.Eic]:
    """The connection to a sandbox where checkout fails, in a folder with an audit.

    A sandbox that replaces it is stopped as well.
    """
    assert eic.server is not None
    eic.server.fail("checkout")  # its record arrives long before the minute that `send` waits
    monkeypatch.chdir(tmp_path)
    Path("audits").mkdir()
    eicnb.save(eic.audit(functions="my-function", progress=False, rate=1000), "audits/monday.parquet")
    yield eic
    if server := connections.current().server:
        server.stop()


def source(example: str) -> Source:
    """The commands of an example, as the magics parse them."""
    if example.startswith("%%eic\n"):
        return Source(example.removeprefix("%%eic"), "%%eic")
    assert example.startswith("%eic ")
    return Source(example.removeprefix("%eic "), "%eic ")


MADE: dict[str, Callable[[eicnb.Eic], Any]] = {
    "audit": lambda eic: eic.audit(progress=False, rate=1000),
    "desired": lambda eic: eic.list("my-function").assign(maximum_retry_attempts=1),
    "plan": lambda eic: eic.plan(MADE["desired"](eic), progress=False),
    "records": lambda eic: eic.records("sqs:shop-failures", progress=False),
}


def frames_in(example: str, eic: eicnb.Eic) -> dict[str, Any]:
    """The values that an example refers to, from the sandbox."""
    names = re.findall(r"\$\{(\w+)\}", example)
    return {name: MADE[name](eic) if name in MADE else eic.list("order-events") for name in names}


@pytest.mark.parametrize("verb", NAMES)
def test_every_example_runs_on_the_sandbox(verb: str, whatever_is_started: eicnb.Eic) -> None:
    for example in HELP_EXAMPLES[verb]:
        shown: list[str] = []
        names = frames_in(example, whatever_is_started)
        result = commands.run(parser.parse(source(example), names), commands.Context(shown.append))
        is_a_write = verb in WRITES and result is not None
        assert (result is None or is_a_write) == bool("".join(shown))


@pytest.mark.parametrize(("verb", "example"), EXAMPLES)
def test_an_example_is_on_the_page_of_its_verb(verb: str, example: str) -> None:
    [command] = parser.parse(source(example), dict.fromkeys(re.findall(r"\$\{(\w+)\}", example), to_frame([], (), {})))
    assert command.verb == verb
    assert "".join(f"  {line}\n" for line in example.splitlines()) in page(verb)


@pytest.mark.parametrize("verb", options.VERBS, ids=NAMES)
def test_a_page_names_every_option_with_its_meaning_and_its_choices(verb: Verb) -> None:
    text = page(verb.name)
    rows = [line for line in text.splitlines() if line.startswith("  --")]
    assert sorted(row.split()[0] for row in rows) == sorted(option.name for option in verb.options)
    flat = " ".join(text.split())
    for option in verb.options:
        assert f"{option.name} {option.metavar} {option.meaning}".replace("  ", " ") in flat
        assert all(choice in flat for choice in option.choices)


@pytest.mark.parametrize("verb", options.VERBS, ids=NAMES)
def test_the_first_page_names_every_verb_with_its_meaning(verb: Verb) -> None:
    assert f"{', '.join(verb.names)} {verb.meaning}" in " ".join(page().split())


@pytest.mark.parametrize("name", [None, *NAMES])
def test_a_page_fits_into_a_hundred_columns(name: str | None) -> None:
    assert [line for line in page(name).splitlines() if len(line) > WIDTH or line != line.rstrip()] == []


@pytest.mark.parametrize("verb", options.VERBS, ids=NAMES)
def test_a_page_is_found_by_each_name_of_its_verb(verb: Verb) -> None:
    assert {page(name) for name in verb.names} == {page(verb.name)}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("putt", "eicnb has no command 'putt'\nTry: put"),
        (
            "put-function-event-invoke-configs",
            "eicnb has no command 'put-function-event-invoke-configs'\nTry: put-function-event-invoke-config",
        ),
        ("?", "eicnb has no command '?'\nTry: %eic help"),
    ],
)
def test_an_unknown_verb_is_an_error_that_suggests_the_nearest_one(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        page(name)
    assert str(caught.value) == message


def test_the_page_of_an_aws_command_has_our_synopsis_and_that_of_the_aws_cli() -> None:
    _, synopsis, *_ = page("put").split("\n\n")
    assert (
        synopsis
        == """\
Synopsis
  %eic put NAME [--qualifier QUALIFIER] [--retries N] [--max-age AGE] [--destination-config CONFIG]
      [--on-failure DEST] [--on-success DEST] [--wait TIME] [--dry-run] [--quiet] [OPTIONS]
  aws lambda put-function-event-invoke-config --function-name NAME [--qualifier QUALIFIER]
      [--maximum-retry-attempts N] [--maximum-event-age-in-seconds SECONDS]
      [--destination-config CONFIG] [OPTIONS]"""
    )


def test_the_page_of_a_command_of_aws_ends_with_its_examples_errors_and_aws_pages() -> None:
    assert (
        page("delete").partition("\n\nExamples\n")[2]
        == """\
  %eic delete my-function:BLUE

  %%eic
  aws lambda delete-function-event-invoke-config \\
      --function-name my-function:GREEN

Errors, by the AWS CLI's exit codes
  252 UsageError, 253 ConfigurationError, 254 NotFound, AccessDenied, Throttled, ExpiredCredentials

IAM actions
  lambda:DeleteFunctionEventInvokeConfig, lambda:GetFunctionEventInvokeConfig,
  lambda:ListFunctionEventInvokeConfigs, lambda:GetFunctionConfiguration, lambda:ListFunctions,
  lambda:ListAliases, lambda:ListVersionsByFunction

AWS's own pages
  https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
  https://docs.aws.amazon.com/cli/latest/reference/lambda/delete-function-event-invoke-config.html
"""
    )


def test_options_of_every_aws_command_are_separate_from_those_of_the_verb() -> None:
    sections = dict(part.split("\n", 1) for part in page("get").split("\n\n")[1:4])
    assert list(sections) == ["Synopsis", "Options", "Options of every AWS command"]
    own, shared = ([row.split()[0] for row in sections[title].splitlines()] for title in list(sections)[1:])
    assert own == ["--function-name", "--qualifier"]
    assert {"--region", "--output", "--query"} <= set(shared)


def test_the_page_of_a_command_of_our_own_is_whole() -> None:
    assert (
        page("sandbox")
        == """\
%eic sandbox: start an embedded AWS in this process and connect to it

Synopsis
  %eic sandbox [--region REGION] [--requests-per-second N] [--event-speed N]

Options
  --region REGION          region of the call or connection
  --requests-per-second N  throttle above N requests a second; AWS's own limit is 15
  --event-speed N          seconds of waiting that pass in one second; default: 300

Examples
  %eic sandbox
  %eic sandbox --requests-per-second 15

Errors, by the AWS CLI's exit codes
  252 UsageError, 253 ConfigurationError
"""
    )


@pytest.mark.parametrize(("verb", "synopsis"), [("explain", "%eic explain [NAME]"), ("form", "%eic form [NAME]")])
def test_a_function_that_may_be_left_out_is_in_brackets(verb: str, synopsis: str) -> None:
    assert synopsis in page(verb)


@pytest.mark.parametrize(
    ("verb", "meaning"),
    [("audit", "functions to audit, by name or glob"), ("undo", "functions whose writes to undo, by name or glob")],
)
def test_an_option_is_described_for_its_command(verb: str, meaning: str) -> None:
    assert meaning in page(verb)


def test_a_check_may_be_denied_and_may_fail() -> None:
    shown = page("check").partition("Errors, by the AWS CLI's exit codes")[2]
    assert {"AccessDenied", "Throttled", "ExpiredCredentials", "ChecksFailed"} <= set(re.findall(r"[A-Z]\w+", shown))
