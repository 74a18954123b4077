"""A write shows what it changed, can be rehearsed, and can require a confirmation."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import eicnb
from eicnb.changes.change import WRITES
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials, NotFound
from tests.answering import Answering, Seen, Step, config_answer, fault
from tests.shell import Notebook

Sent = Callable[[], list[str | None]]

LINES = [
    (
        "put my-function --retries 0 --max-age 1h",
        "put my-function:$LATEST  retries 2 -> 0, age 6h -> 1h",
    ),
    (
        "put my-function:BLUE --retries 1",
        "put my-function:BLUE  retries 0 -> 1, age 1h -> 6h (default)",
    ),
    (
        "update my-function --qualifier BLUE --max-age 90m --on-failure sqs:shop-failures",
        "update my-function:BLUE  age 1h -> 90m, on-failure none -> sqs:shop-failures",
    ),
    (
        "put my-function:BLUE --retries 0 --max-age 3600",
        "put my-function:BLUE  no change",
    ),
    (
        "put my-function:BLUE --retries 2",
        "put my-function:BLUE  retries 0 -> 2, age 1h -> 6h (default)",
    ),
    (
        "delete my-function:BLUE",
        "delete my-function:BLUE  retries 0 -> 2 (default), age 1h -> 6h (default)",
    ),
]


@pytest.mark.parametrize(("command", "line"), LINES)
def test_a_write_shows_what_it_changed_and_where(
    notebook: Notebook, eic: eicnb.Eic, sent: Sent, command: str, line: str
) -> None:
    notebook.printed()
    notebook.run(f"x = %eic {command}")
    assert notebook.printed() == f"{line}  us-east-1  {eic.account_id}  SANDBOX\n"
    assert len(notebook["x"]) == 1
    assert len([operation for operation in sent() if operation and not operation.startswith("Get")]) == 1


@pytest.mark.parametrize(("command", "line"), LINES)
def test_a_rehearsal_shows_the_same_line_and_writes_nothing(
    notebook: Notebook, eic: eicnb.Eic, sent: Sent, command: str, line: str
) -> None:
    before = eic.list("my-function")
    notebook.printed()
    notebook.run(f"x = %eic {command} --dry-run")
    assert notebook.printed() == f"DRY RUN  {line}  us-east-1  {eic.account_id}  SANDBOX\n"
    assert "DRY RUN, nothing was written" in repr(notebook["x"])
    assert {operation for operation in sent() if operation} <= {
        *("GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs", "GetFunctionConfiguration"),
        *("GetCallerIdentity", "GetQueueUrl", "SimulatePrincipalPolicy"),
    }
    pd.testing.assert_frame_equal(eic.list("my-function"), before)


@pytest.mark.parametrize(("command", "line"), LINES)
def test_what_a_rehearsal_returns_is_what_the_write_returns(
    notebook: Notebook, eic: eicnb.Eic, command: str, line: str
) -> None:
    notebook.run(f"rehearsed = %eic {command} --dry-run\nwritten = %eic {command}")
    times = ["last_modified"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(notebook["rehearsed"]).drop(columns=times), pd.DataFrame(notebook["written"]).drop(columns=times)
    )


def test_a_destination_elsewhere_is_shown_whole(notebook: Notebook, eic: eicnb.Eic) -> None:
    elsewhere = "arn:aws:sns:us-east-1:999999999999:theirs"
    notebook.printed()
    notebook.run(f"%eic update my-function:BLUE --on-failure {elsewhere} --dry-run;")
    assert f"on-failure none -> {elsewhere}  us-east-1" in notebook.printed()


def test_in_a_loop_each_write_has_its_line(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.printed()
    notebook.run(
        "for qualifier in ['BLUE', 'GREEN']:\n    %eic update my-function --qualifier ${qualifier} --retries 1"
    )
    shown = notebook.printed().splitlines()
    assert [line.partition("  ")[0] for line in shown] == ["update my-function:BLUE", "update my-function:GREEN"]


@pytest.mark.parametrize("ending", [" --quiet", ";", " ;  "])
def test_success_can_be_silenced(notebook: Notebook, eic: eicnb.Eic, ending: str) -> None:
    notebook.printed()
    notebook.run(f"%eic put my-function --retries 0{ending}")
    assert "->" not in notebook.printed()
    assert eic.get("my-function").maximum_retry_attempts.tolist() == [0]
    assert notebook.run(f"%eic put my-function --retries 0{ending}") is None


def test_a_silenced_result_is_still_assigned(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%%eic --out x\nput my-function --retries 0;\nget my-function:BLUE;")
    assert notebook["x"].qualifier.tolist() == ["$LATEST", "BLUE"]


def test_failure_is_never_silenced(notebook: Notebook, eic: eicnb.Eic) -> None:
    error = notebook.fail("%eic update my-function --retries 1 --quiet;")
    assert isinstance(error, NotFound)
    assert "NotFound: The function" in notebook.printed()


@pytest.mark.parametrize("command", ["put nope --retries 1", "put my-function:nope --retries 1", "delete my-function"])
def test_a_write_that_would_fail_also_fails_in_the_rehearsal(notebook: Notebook, eic: eicnb.Eic, command: str) -> None:
    assert isinstance(notebook.fail(f"%eic {command} --dry-run"), NotFound)
    assert isinstance(notebook.fail(f"%eic {command}"), NotFound)


def test_a_caller_who_may_not_read_can_still_write(notebook: Notebook) -> None:
    def may_not_read(request: Seen) -> Step:
        return fault(403, "AccessDeniedException", "no") if request.method == "GET" else config_answer()

    with Answering(may_not_read) as server:
        line = "put my-function --retries 0 --no-sign-request"
        notebook.printed()
        notebook.run(f"x = %eic {line} --endpoint-url {server.url}")
        assert notebook.printed().startswith(
            "put my-function:$LATEST  retries ? -> 0, age ? -> 6h (default), on-failure ? -> none, "
            "on-success ? -> none, the previous config could not be read: AccessDenied  us-east-1"
        )
        assert isinstance(notebook.fail(f"%eic {line} --endpoint-url {server.url} --dry-run"), AccessDenied)


def test_credentials_that_expire_during_a_run_stop_it_and_the_error_says_how_far_it_came(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ending")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "soon")
    writes: list[str] = []

    def until_the_session_ends(request: Seen) -> Step:
        if writes:
            return fault(403, "ExpiredTokenException", "The security token included in the request is expired")
        writes.extend([request.path] if request.method == "PUT" else [])
        return config_answer()

    lines = [f"put my-function --retries {retries}" for retries in (0, 1, 2)]
    with Answering(until_the_session_ends) as server:
        eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=server.url))
        error = notebook.fail("%%eic\n" + "\n".join(lines))
    assert isinstance(error, ExpiredCredentials)
    assert error.__notes__ == [
        f"1 of 3 commands ran before it\n    done      {lines[0]}\n    failed    {lines[1]}\n    not done  {lines[2]}"
    ]
    assert len(writes) == 1
    assert "no change" in notebook.printed()


@pytest.mark.parametrize(
    ("line", "operation"),
    [
        ("put f --retries 0", "Put"),
        ("put f --retries 0;", "Put"),
        ("put f --retries 0 --output json", "Put"),
        ("update f --on-failure none", "Update"),
        ("delete f", "Delete"),
    ],
)
def test_a_write_that_could_not_be_sent_says_that_nothing_was_written(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, line: str, operation: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    words, end, _ = line.partition(";")
    error = notebook.fail(f"%eic {words} --region us-east-1 --endpoint-url http://127.0.0.1:9{end}")
    path = "/2019-09-25/functions/f/event-invoke-config"
    reads_first = not (end or "--output" in words)
    path += "?Qualifier=%24LATEST" if reads_first else ""
    assert str(error) == (
        f"{operation}FunctionEventInvokeConfig was not sent, so nothing was written: "
        f'Could not connect to the endpoint URL: "http://127.0.0.1:9{path}"\n'
        "Try: check the region, the endpoint URL and the network"
    )


def test_a_write_requires_a_confirmation_when_confirm_is_on(
    notebook: Notebook, eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = iter(["y", "n", ""])

    def reply(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr("builtins.input", reply)
    notebook.run("%config EicMagics.confirm = True\nx = %eic put my-function --retries 0")
    line = f"put my-function:$LATEST  retries 2 -> 0  us-east-1  {eic.account_id}  SANDBOX"
    assert asked == [f"About to write:\n{line}\nWrite it? [y/N] "]
    for _ in range(2):
        error = notebook.fail("%eic put my-function --retries 1 --output json")
        assert isinstance(error, EicError)
        assert error.message == "not confirmed: nothing was written"
    assert eic.get("my-function").maximum_retry_attempts.tolist() == [0]
    notebook.run("y = %eic get my-function\nz = %eic put my-function --retries 1 --dry-run")


def test_without_anyone_to_confirm_nothing_is_written(
    notebook: Notebook, eic: eicnb.Eic, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_input(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_input)
    notebook.run("%config EicMagics.confirm = True")
    assert isinstance(notebook.fail("%eic put my-function --retries 0"), ConfigurationError)
    assert "PutFunctionEventInvokeConfig" not in sent()


def test_the_python_verbs_rehearse_too(eic: eicnb.Eic, sent: Sent) -> None:
    assert eic.put("my-function", maximum_retry_attempts=1, dry_run=True).maximum_retry_attempts.tolist() == [1]
    assert eic.update("my-function:BLUE", on_failure="none", dry_run=True).attrs["dry_run"] is True
    assert eic.delete("my-function:BLUE", dry_run=True).qualifier.tolist() == ["BLUE"]
    assert {verb.capitalize() for verb in WRITES} & {
        (operation or "").partition("Function")[0] for operation in sent()
    } == set()


@pytest.mark.parametrize(
    "ending", [">/dev/null", ">/dev/null 2>&1", "2>/dev/null", "| Out-Null", "--output json >/dev/null"]
)
def test_a_put_whose_output_goes_nowhere_writes_and_shows_nothing(
    notebook: Notebook, eic: eicnb.Eic, ending: str
) -> None:
    assert notebook.run(f"%eic put my-function --retries 1 {ending}") is None
    assert notebook.printed() == ""
    assert eic.get("my-function").maximum_retry_attempts.tolist() == [1]


def test_an_unused_response_is_not_shown_but_its_error_is(notebook: Notebook) -> None:
    assert notebook.run("%eic get my-function:BLUE --output json >/dev/null 2>&1") is None
    assert notebook.printed() == ""
    assert isinstance(notebook.fail("%eic get nosuch >/dev/null 2>&1"), NotFound)


MISSING = "Note: the SQS queue nope does not exist in us-east-1. Until it does, Lambda cannot deliver to it.\n"


@pytest.mark.parametrize(
    ("cell", "notes"),
    [
        ("x = %eic put my-function --on-failure sqs:nope", 1),
        ("x = %eic put my-function --on-failure sqs:nope --dry-run", 1),
        ("x = %eic update my-function:BLUE --on-success sqs:nope", 1),
        ("%%eic --out x\nput my-function --on-failure sqs:nope\nput my-function:v1 --on-failure sqs:nope", 1),
        ("x = %eic put my-function --on-failure sqs:shop-failures", 0),
        ("x = %eic put my-function --on-failure sqs:nope;", 0),
        ("x = %eic put my-function --on-failure sqs:nope --quiet", 0),
        ("x = %eic put my-function --on-failure sqs:nope --output json", 0),
        ("x = %eic delete my-function:GREEN", 0),
    ],
)
def test_a_destination_that_does_not_exist_is_noted_once(notebook: Notebook, cell: str, notes: int) -> None:
    notebook.printed()
    notebook.run(cell)
    assert notebook.printed().count(MISSING) == notes


def test_a_missing_config_is_not_an_error_if_requested(notebook: Notebook) -> None:
    notebook.run("%eic delete my-function:BLUE")
    assert notebook.run("%eic delete my-function:BLUE --missing-ok").empty
    assert isinstance(notebook.fail("%eic delete my-function:BLUE"), NotFound)
