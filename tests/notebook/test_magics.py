from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import eicnb
from eicnb.client import connections
from eicnb.errors import AwsError, EicError, NotFound, UsageError

if TYPE_CHECKING:
    from tests.shell import Notebook

Sent = Callable[[], list[str | None]]

PUT, UPDATE, GET = (f"{verb}FunctionEventInvokeConfig" for verb in ("Put", "Update", "Get"))


def settings(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the settings of each config in a frame, with None for `<NA>`."""
    columns = ["function_name", "qualifier", "maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure"]
    rows = frame[columns].itertuples(index=False, name=None)
    return [tuple(None if pd.isna(value) else value for value in row) for row in rows]


def test_loading_prints_nothing_and_opens_no_session(bare_notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("eicnb.client.connect.profile_session", lambda *args: opened.append(args))
    bare_notebook.run("%load_ext eicnb")
    assert bare_notebook.printed() == ""
    assert (opened, connections._in_use._chosen, connections._in_use._default) == ([], None, None)


def test_loading_twice_and_unloading_leave_one_magic_and_then_none(notebook: Notebook) -> None:
    notebook.run("%reload_ext eicnb")
    notebook.run("%reload_ext eicnb")
    assert notebook.printed() == ""
    assert len(notebook.run("x = %eic get my-function:BLUE\nx")) == 1
    notebook.run("%unload_ext eicnb")
    assert "eic" not in notebook.shell.magics_manager.magics["line"]
    assert "eic" not in notebook.shell.magics_manager.magics["cell"]
    notebook.run("%load_ext eicnb")
    assert len(notebook.run("%eic get my-function:BLUE")) == 1


MAIN_JOB = [
    (
        "%%eic\naws lambda put-function-event-invoke-config \\\n    --function-name my-function \\\n"
        "    --maximum-event-age-in-seconds 3600 \\\n    --maximum-retry-attempts 0"
    ),
    (
        "%%eic\n$ aws lambda put-function-event-invoke-config --function-name my-function "
        "--maximum-event-age-in-seconds=3600 --maximum-retry-attempts=0\n"
    ),
    "%%eic \\\n  put my-function \\\n  --retries 0 \\\n  --max-age 1h\n",
    "%eic put my-function --retries 0 --max-age 1h",
    "%eic put my-function:$LATEST --retries 0 --max-age 60m",
    "%eic put --function-name my-function --retries 0 --max-age 3600s",
    (
        "%eic aws lambda put-function-event-invoke-config --function-name my-function "
        "--maximum-event-age-in-seconds 3600 --maximum-retry-attempts 0"
    ),
    "%eic put-function-event-invoke-config my-function --retries 0 \\\n    --max-age 1h",
    "import eicnb\neicnb.put('my-function', maximum_retry_attempts=0, maximum_event_age_in_seconds=3600)",
]


@pytest.mark.parametrize("cell", MAIN_JOB)
def test_the_main_job_is_a_row_in_every_spelling(notebook: Notebook, eic: eicnb.Eic, cell: str) -> None:
    [row] = notebook.run(cell).to_dict("records")
    changed = row.pop("last_modified")
    assert abs(pd.Timestamp.now("UTC") - changed) < pd.Timedelta(minutes=1)
    assert {name: value for name, value in row.items() if not pd.isna(value)} == {
        "function_name": "my-function",
        "qualifier": "$LATEST",
        "maximum_retry_attempts": 0,
        "maximum_event_age_in_seconds": 3600,
        "region": "us-east-1",
        "account_id": eic.account_id,
        "function_arn": f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:$LATEST",
    }


def test_put_overwrites_and_update_keeps(notebook: Notebook) -> None:
    notebook.run("%eic put my-function --retries 0 --max-age 1h")
    assert settings(notebook.run("%eic update my-function --max-age 2h")) == [("my-function", "$LATEST", 0, 7200, None)]
    assert settings(notebook.run("%eic put my-function --max-age 1h")) == [("my-function", "$LATEST", None, 3600, None)]


def test_a_config_is_put_read_listed_and_deleted(notebook: Notebook, eic: eicnb.Eic) -> None:
    queue = f"arn:aws:sqs:us-east-1:{eic.account_id}:order-failures"
    row = ("my-function", "prod", None, None, queue)
    assert settings(notebook.run("%eic put my-function:prod --on-failure sqs:order-failures")) == [row]
    assert settings(notebook.run("%eic get my-function --qualifier prod")) == [row]
    assert row in settings(notebook.run("%eic list my-function"))
    assert settings(notebook.run("%eic delete my-function:prod")) == [row]
    assert isinstance(notebook.fail("%eic get my-function:prod"), NotFound)


@pytest.mark.parametrize(
    "cell",
    [
        "x = %eic get my-function:BLUE",
        "x = %eic get my-function \\\n    --qualifier BLUE",
        "x = %eic get \\\n    my-function:BLUE  # a comment",
        "%%eic --out x\nget my-function:BLUE",
        "%%eic --out=x\nget my-function:BLUE",
        "%%eic --out x\n\n# a comment\nget my-function \\\n  --qualifier BLUE\n\n",
        "%%eic --out x \\\n  get my-function:BLUE\n",
    ],
)
def test_a_result_is_given_a_name(notebook: Notebook, cell: str) -> None:
    assert notebook.run(cell) is None
    assert settings(notebook["x"]) == [("my-function", "BLUE", 0, 3600, None)]


def test_a_result_without_a_name_is_shown(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic get my-function:BLUE")
    shown = notebook.printed()
    assert shown.splitlines()[2].split() == ["my-function:BLUE", "0", "1", "h", "none", "none", "2026-02-02", "09:30"]
    assert shown.endswith(f"SANDBOX  account {eic.account_id}  us-east-1  1 row\n")


def test_several_commands_are_one_frame(notebook: Notebook, sent: Sent) -> None:
    frame = notebook.run(
        "%%eic\n# what goes live tonight\nput my-function:prod --retries 0\n\n"
        "put my-function:v1 --retries 1  # the old one\nget my-function:BLUE; get my-function:GREEN\n"
    )
    assert list(frame.qualifier) == ["prod", "v1", "BLUE", "GREEN"]
    assert list(frame.verb) == ["put", "put", "get", "get"]
    assert sent() == [GET, PUT, GET, PUT, GET, GET]


def test_only_the_frame_of_several_commands_has_the_verb_column(notebook: Notebook) -> None:
    one = notebook.run("%%eic\nget my-function:BLUE")
    several = notebook.run("%%eic\nrequire --sandbox\nget my-function:BLUE")
    assert list(several.columns) == ["verb", *one.columns]
    assert several.verb.dtype == "string"


DELETED = [
    ("%%eic\nget my-function:BLUE\ndelete my-function:BLUE", ["0", "0 (removed)"]),
    ("%eic delete my-function:BLUE", ["0 (removed)"]),
    ("%eic delete my-function:BLUE --dry-run", ["0"]),
    ("%%eic\ndelete my-function:BLUE --dry-run\nget my-function:GREEN", ["0", "2"]),
]


@pytest.mark.parametrize(("cell", "retries"), DELETED)
def test_a_deleted_row_looks_deleted_and_keeps_its_values(notebook: Notebook, cell: str, retries: list[str]) -> None:
    frame = notebook.run(cell)
    assert frame.maximum_retry_attempts.tolist() == [int(text[0]) for text in retries]
    shown = re.findall(r">([0-9](?: \(removed\))?)<", frame._repr_html_())
    assert shown == retries
    assert ("(removed)" in repr(frame)) == ("0 (removed)" in retries)


def test_a_list_that_was_cut_says_how_to_read_on(notebook: Notebook) -> None:
    frame = notebook.run("%eic list order-events --max-items 2")
    token = frame.attrs["next_token"]
    assert repr(frame).endswith(f"2 rows; AWS has more: --starting-token {token}")
    rest = notebook.run(f"%eic list order-events --starting-token {token}")
    assert (len(frame) + len(rest), "next_token" in rest.attrs) == (60, False)
    assert "AWS has more" not in repr(rest)


def test_one_call_that_is_not_the_whole_list_says_so_too(notebook: Notebook) -> None:
    first = notebook.run("%eic list order-events --no-paginate")
    rest = notebook.run(f"%eic list order-events --starting-token {first.attrs['next_token']}")
    assert (len(first), len(rest)) == (50, 10)


@pytest.mark.parametrize(
    "cell", ["%eic", "%eic  # later", "%%eic\n# later\n\n", "%%eic --out x\n# later", "x = %eic", "%%eic\n%eic"]
)
def test_no_command_does_nothing_and_mentions_help(notebook: Notebook, sent: Sent, cell: str) -> None:
    assert notebook.run(cell) is None
    assert notebook.printed() == "Nothing to run. %eic help lists the commands.\n"
    assert sent() == []


def test_the_same_line_means_the_values_of_now(notebook: Notebook) -> None:
    notebook.run("retries = 0\n%eic put my-function --retries {retries}")
    notebook.run("retries = 1\n%eic put my-function --retries {retries}")
    assert notebook.run("%eic get my-function").maximum_retry_attempts.item() == 1


def test_the_first_failure_stops_the_cell_and_says_what_was_done(notebook: Notebook, sent: Sent) -> None:
    error = notebook.fail(
        "%%eic --out x\nput my-function:prod --retries 0\nget my-function:GREEN\n"
        "get my-function:v1\nput my-function:v1 --retries 1\nlist my-function\n"
    )
    assert isinstance(error, NotFound)
    assert error.__notes__ == [
        (
            "2 of 5 commands ran before it\n"
            "    done      put my-function:prod --retries 0\n"
            "    done      get my-function:GREEN\n"
            "    failed    get my-function:v1\n"
            "    not done  put my-function:v1 --retries 1\n"
            "    not done  list my-function"
        )
    ]
    assert list(error.result.qualifier) == ["prod", "GREEN"]
    assert sent() == [GET, PUT, GET, GET, "ListFunctionEventInvokeConfigs", "GetFunctionConfiguration"]
    assert "x" not in notebook
    assert notebook.printed().endswith(f"{error.__notes__[0]}\n")


def test_a_single_command_that_fails_has_no_notes(notebook: Notebook) -> None:
    assert not hasattr(notebook.fail("%eic get my-function:v1"), "__notes__")


@pytest.mark.parametrize(
    "bad",
    [
        "put my-function --retries 3",
        "put my-function --retrys 0",
        "put my-function",
        "put my-function 'x",
        "get my-function | head",
        "get ${undefined}",
        "get my-$",
        "put my-function --retries 0 --on-success s3:shop-events",
        "put my-function --retries 0 --on-failure lambda:my-function",
        "put my-function:live --qualifier v1 --retries 0",
        "get arn:aws:lambda:eu-west-1:123456789012:function:my-function",
        "sandbox",
        "audit",
    ],
)
@pytest.mark.parametrize("place", [0, 4, 9])
def test_one_invalid_line_of_ten_prevents_all_requests(notebook: Notebook, sent: Sent, bad: str, place: int) -> None:
    lines = [f"put my-function:v1 --retries {number % 3}" for number in range(9)]
    lines.insert(place, bad)
    error = notebook.fail("\n".join(["%%eic --out x", *lines]))
    assert isinstance(error, UsageError)
    assert error.excerpt is not None
    assert str(error.excerpt).startswith(f"    line {place + 2}: {bad}")
    assert sent() == []
    assert "x" not in notebook


def test_a_name_keeps_its_value_when_the_command_fails(notebook: Notebook) -> None:
    notebook.run("x = y = 'before'")
    notebook.fail("x = %eic get my-function:v1")
    notebook.fail("%%eic --out y\nget my-function:BLUE\nget my-function:v1")
    assert (notebook["x"], notebook["y"]) == ("before", "before")


QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
FILLED = [
    ("name = 'my-function:BLUE'", "get ${name}", ("my-function", "BLUE", 0, 3600, None)),
    ("name = 'my-function'", "get $name:BLUE", ("my-function", "BLUE", 0, 3600, None)),
    ("name = 'my-function'", "get {name}:BLUE", ("my-function", "BLUE", 0, 3600, None)),
    ("name = 'my-function'", 'get "${name}" --qualifier BLUE', ("my-function", "BLUE", 0, 3600, None)),
    ("name = 'my-function'", "get --function-name=${name} --qualifier=BLUE", ("my-function", "BLUE", 0, 3600, None)),
    (
        "row = {'name': 'my-function', 'to': ['BLUE']}",
        "get ${row['name']}:${row['to'][0]}",
        ("my-function", "BLUE", 0, 3600, None),
    ),
    ("key = 'a'\nrow = {'a': 'my-function:BLUE'}", "get ${row[key]}", ("my-function", "BLUE", 0, 3600, None)),
    ("LATEST = 'no'", "put my-function:$LATEST --retries 0", ("my-function", "$LATEST", 0, None, None)),
    ("LATEST = 'no'", "put my-function --qualifier $LATEST --retries 0", ("my-function", "$LATEST", 0, None, None)),
    ("n = 1\nage = 60", "put my-function --retries ${n} --max-age {age}", ("my-function", "$LATEST", 1, 60, None)),
    (
        f"queue = {QUEUE!r}",
        "put my-function --destination-config OnFailure={Destination=${queue}}",
        ("my-function", "$LATEST", None, None, QUEUE),
    ),
    (
        f"queue = {QUEUE!r}",
        'put my-function --destination-config "OnFailure={Destination=$queue},OnSuccess={}"',
        ("my-function", "$LATEST", None, None, QUEUE),
    ),
    (
        f"where = {{'OnFailure': {{'Destination': {QUEUE!r}}}}}",
        "put my-function --destination-config ${where}",
        ("my-function", "$LATEST", None, None, QUEUE),
    ),
]
REFUSED = [
    ("name = 'my-function'", "get '${name}'", "the function name '${name}' has a '$'"),
    ("name = 'my-function'", "get ${nmae}", "${nmae} is not defined: the notebook has no name 'nmae'"),
    ("name = 'my-function BLUE'", "get ${name}", "'my-function BLUE' is not the name of a Lambda function"),
    ("name = 'my-function --qualifier BLUE'", "get $name", "'my-function --qualifier BLUE' is not the name"),
    ("name = ['my-function']", "get {name}", "{name} is of type list, but braces take only text and numbers"),
]


def in_a_line(setup: str, command: str) -> str:
    return f"{setup}\nx = %eic {command}"


def in_a_loop(setup: str, command: str) -> str:
    return f"for _ in range(2):\n{textwrap.indent(setup, '    ')}\n    x = %eic {command}"


def in_a_function(setup: str, command: str) -> str:
    return f"def run():\n{textwrap.indent(setup, '    ')}\n    x = %eic {command}\n    return x\nx = run()"


PLACES = [in_a_line, in_a_loop, in_a_function]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("setup", "command", "row"), FILLED)
def test_values_of_the_notebook_come_in(
    notebook: Notebook, place: Callable[[str, str], str], setup: str, command: str, row: tuple[Any, ...]
) -> None:
    notebook.run(place(setup, command))
    assert settings(notebook["x"]) == [row]


@pytest.mark.parametrize(("setup", "command", "row"), FILLED)
def test_values_of_the_notebook_come_into_a_cell(
    notebook: Notebook, setup: str, command: str, row: tuple[Any, ...]
) -> None:
    notebook.run(setup)
    assert settings(notebook.run(f"%%eic\n{command}\n")) == [row]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("setup", "command", "message"), REFUSED)
def test_values_that_do_not_fit_are_refused(
    notebook: Notebook, *, sent: Sent, place: Callable[[str, str], str], setup: str, command: str, message: str
) -> None:
    error = notebook.fail(place(setup, command))
    assert isinstance(error, UsageError)
    assert str(error).startswith(message)
    assert sent() == []


def test_the_value_is_that_of_the_moment(notebook: Notebook) -> None:
    notebook.run(
        "frames = []\nfor alias in ['BLUE', 'GREEN']:\n    x = %eic get my-function:${alias}\n    frames += [x]"
    )
    assert [frame.qualifier.item() for frame in notebook["frames"]] == ["BLUE", "GREEN"]


MISTAKES = r"""
%eic put my-function --retries 3
---
UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2
    %eic put my-function --retries 3
                                   ^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

%eic put my-function
---
UsageError: put has nothing to set
    %eic put my-function
         ^^^^^^^^^^^^^^^
Try: --retries 0, --max-age 1h or --on-failure sqs:NAME

%eic put f --on-failure lambda:f
---
UsageError: 'arn:aws:lambda:us-east-1:ACCOUNT:function:f' is the function itself, which cannot be its own destination
    %eic put f --on-failure lambda:f
                            ^^^^^^^^
Try: name another function, or a queue: sqs:NAME
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

%eic put my-function --on-success s3:lost
---
UsageError: 'arn:aws:s3:::lost' is an S3 bucket, which can be a destination on failure only
    %eic put my-function --on-success s3:lost
                                      ^^^^^^^
Try: send successes to an SQS queue, SNS topic, Lambda function or EventBridge bus
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

%eic get my-function; get my-function
---
UsageError: a line takes one command
    %eic get my-function; get my-function
                          ^^^^^^^^^^^^^^^
Try: write one command a line in a cell
    %%eic
    get my-function
    get my-function

%eic --out x get my-function
---
UsageError: --output cannot be 'x'
    %eic --out x get my-function
               ^
Try: x = %eic get my-function

%eic get my-function --region eu-wst-1
---
UsageError: there is no region 'eu-wst-1' that botocore knows
    %eic get my-function --region eu-wst-1
                                  ^^^^^^^^
Try: eu-west-1

%eic audit --region eu-wst-1
---
UsageError: there is no region 'eu-wst-1' that botocore knows
    %eic audit --region eu-wst-1
                        ^^^^^^^^
Try: eu-west-1

%eic require --region eu-wst-1
---
UsageError: there is no region 'eu-wst-1' that botocore knows
    %eic require --region eu-wst-1
                          ^^^^^^^^
Try: eu-west-1

%%eic --quiet
put my-function --retries 0
# and
update my-function --retries 0;
get my-function
---
UsageError: the line of `%%eic` has options without a command
    line 1: %%eic --quiet
                  ^^^^^^^
Try: write them after the command
    %%eic
    put my-function --retries 0 --quiet
    # and
    --quiet update my-function --retries 0;
    get my-function

%%eic --region eu-west-1
put my-function \
    --retries 0
get my-function
---
UsageError: the line of `%%eic` has options without a command
    line 1: %%eic --region eu-west-1
                  ^^^^^^^^
Try: write them after the command
    %%eic
    put my-function --retries 0 --region eu-west-1
    get my-function --region eu-west-1

%%eic --out 1x
get my-function
---
UsageError: --out needs the name of a variable
    line 1: %%eic --out 1x
                  ^^^^^^^^
Try: %%eic --out result

%%eic --out class
get my-function
---
UsageError: --out needs the name of a variable
    line 1: %%eic --out class
                  ^^^^^^^^^^^
Try: %%eic --out result

%%eic put my-function
MaximumRetryAttempts: 3
---
UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2
    line 2: MaximumRetryAttempts: 3
                                  ^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

%%eic
get my-function:BLUE
get f --retries 0
---
UsageError: eic get has no option '--retries'
    line 3: get f --retries 0
                  ^^^^^^^^^
Try: leave it out: it belongs to put, update, explain
"""
"""Cells with one mistake each, followed by everything that is shown."""


@pytest.mark.parametrize("case", MISTAKES.strip().split("\n\n"), ids=lambda case: case.partition("\n---\n")[0])
def test_a_mistake_is_shown_in_a_few_lines(notebook: Notebook, eic: eicnb.Eic, sent: Sent, case: str) -> None:
    cell, _, shown = case.partition("\n---\n")
    assert isinstance(notebook.fail(cell), UsageError)
    assert notebook.printed() == f"{shown}\n".replace("ACCOUNT", eic.account_id)
    assert sent() == []


def test_an_error_response_of_aws_is_shown_in_a_few_lines(notebook: Notebook, eic: eicnb.Eic) -> None:
    error = notebook.fail("%eic get my-function:v1")
    assert isinstance(error, AwsError)
    assert error.__cause__ is not None
    assert notebook.printed() == (
        "NotFound: The function "
        f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:v1 doesn't have an EventInvokeConfig\n"
        "    ResourceNotFoundException, returned by GetFunctionEventInvokeConfig in "
        f"us-east-1, SANDBOX, account {eic.account_id}\n"
        "Try: %eic list my-function\n"
    )


def test_verbose_mode_brings_the_traceback_without_values(notebook: Notebook) -> None:
    notebook.run("password = 'hunter2'")
    notebook.run("def run(password):\n    %eic get my-function:v1")
    notebook.run("%xmode Verbose")
    notebook.fail("run(password)")
    shown = notebook.printed()
    assert "Traceback (most recent call last)" in shown
    assert "eicnb/client/commands/" in shown
    assert "NotFound: The function arn:aws:lambda:us-east-1:" in shown
    assert "hunter2" not in shown
    notebook.run("%xmode Context")
    notebook.printed()
    notebook.fail("run(password)")
    assert "Traceback" not in notebook.printed()


def test_the_last_error_is_shown_again_in_its_own_lines(notebook: Notebook) -> None:
    notebook.fail("%eic put my-function --retries 3")
    first = notebook.printed()
    notebook.run("%tb")
    assert notebook.printed() == first


def test_an_error_of_the_python_api_is_shown_in_its_own_lines_too(notebook: Notebook) -> None:
    notebook.fail("import eicnb\neicnb.put('my-function', maximum_retry_attempts=3)")
    assert notebook.printed() == (
        "UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2\n"
        "Try: give a whole number: 0, 1 or 2\n"
        "See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html\n"
    )


def test_a_bug_keeps_its_whole_traceback(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr("eicnb.client.commands.run", broken)
    error = notebook.fail("%eic get my-function:BLUE")
    shown = notebook.printed()
    assert isinstance(error, ZeroDivisionError)
    assert "Traceback (most recent call last)" in shown
    assert "eicnb/notebook/magics.py" in shown
    assert shown.endswith("ZeroDivisionError: a bug of ours\n")


def test_an_error_can_be_caught_and_its_frame_used(notebook: Notebook) -> None:
    notebook.run(
        "from eicnb import NotFound\n"
        "try:\n    %eic get my-function:v1\nexcept NotFound as error:\n    code, status = error.code, error.exit_code"
    )
    assert (notebook["code"], notebook["status"]) == ("ResourceNotFoundException", 254)


def test_use_moves_all_that_follows_to_another_region(notebook: Notebook, eic: eicnb.Eic) -> None:
    used = notebook.run("%eic use --region eu-west-1")
    assert repr(used) == f"Eic(SANDBOX, account_id='{eic.account_id}', region='eu-west-1')"
    assert notebook.run("%eic get checkout-eu:live").region.item() == "eu-west-1"
    assert notebook.run("%eic get my-function:BLUE --region us-east-1").region.item() == "us-east-1"
    assert eicnb.current().region == "eu-west-1"


def test_use_in_a_cell_holds_for_the_lines_below_it(notebook: Notebook) -> None:
    frame = notebook.run("%%eic\nuse --region eu-west-1\nget checkout-eu:live")
    assert list(frame.region) == ["eu-west-1"]


def test_a_region_for_one_command_is_for_that_one_only(notebook: Notebook) -> None:
    frame = notebook.run("%%eic\nget checkout-eu:live --region eu-west-1\nget my-function:BLUE")
    assert list(frame.region) == ["eu-west-1", "us-east-1"]
    assert eicnb.current().region == "us-east-1"


def test_a_sandbox_is_started_and_started_anew(bare_notebook: Notebook) -> None:
    bare_notebook.run("%load_ext eicnb\n%eic sandbox --region eu-west-1")
    first = eicnb.current()
    assert repr(first).startswith("Eic(SANDBOX, account_id=")
    assert first.region == "eu-west-1"
    bare_notebook.run("%eic delete checkout-eu:live")
    bare_notebook.run("%eic sandbox --region eu-west-1")
    assert len(bare_notebook.run("%eic get checkout-eu:live")) == 1
    assert first.server is not None
    with pytest.raises(EicError):
        _ = first.server.url
    second = eicnb.current().server
    assert second is not None
    second.stop()


def test_the_functions_of_the_region_are_a_frame(notebook: Notebook) -> None:
    functions = notebook.run("%eic functions")
    assert "my-function" in set(functions.function_name)
    assert set(functions.region) == {"us-east-1"}
    assert set(notebook.run("%eic functions --region eu-west-1").region) == {"eu-west-1"}


def test_without_a_region_the_fix_is_shown(bare_notebook: Notebook) -> None:
    bare_notebook.run("%load_ext eicnb")
    error = bare_notebook.fail("%eic get my-function")
    assert isinstance(error, eicnb.ConfigurationError)
    assert bare_notebook.printed() == (
        "ConfigurationError: no AWS region is set\nTry: --region us-east-1, connect(region=…) or AWS_REGION\n"
    )


def test_a_cell_may_hold_the_line_magics_of_another(notebook: Notebook) -> None:
    frame = notebook.run(
        "%%eic\n%eic put my-function --retries 0\n  %eic update my-function --max-age 1h\nget my-function"
    )
    assert frame.maximum_retry_attempts.tolist() == [0, 0, 0]
