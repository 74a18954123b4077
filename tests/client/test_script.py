"""Command lines as text: they run like a cell, and can restore the earlier configs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import AwsError, NotFound, UsageError

REFUSED = "customer-export"
"""Its role may not write to any destination."""


@pytest.fixture
def everything(eic: eicnb.Eic) -> Any:
    return lambda **options: eic.audit(qualifiers="all", rate=1000, progress=False, **options)


def written(eic: eicnb.Eic) -> list[str | None]:
    assert eic.server is not None
    operations = [request.operation for request in eic.server.requests()]
    return [name for name in operations if name and name.startswith(("Put", "Update", "Delete"))]


def test_each_line_says_what_it_changed_and_where(eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]) -> None:
    eicnb.use(eic)
    frame = eicnb.run(
        "put newsletters --retries 0 # why\n\naws lambda delete-function-event-invoke-config my-function:BLUE"
    )
    where = f"us-east-1  {eic.account_id}  SANDBOX"
    assert capsys.readouterr().out.splitlines() == [
        f"put newsletters:$LATEST  retries 2 -> 0  {where}",
        f"delete my-function:BLUE  retries 0 -> 2 (default), age 1h -> 6h (default)  {where}",
    ]
    assert frame.function_arn.str.rpartition(":")[2].tolist() == ["$LATEST", "BLUE"]


def test_a_rehearsal_returns_what_the_run_returns_and_writes_nothing(
    eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]
) -> None:
    eicnb.use(eic)
    lines = ["put newsletters --retries 0 --on-failure sqs:shop-failures", "update my-function:GREEN --max-age 60"]
    rehearsed = eicnb.run(lines, dry_run=True)
    dry = capsys.readouterr().out
    assert written(eic) == []
    done = eicnb.run(lines)
    assert dry == "".join(f"DRY RUN  {line}\n" for line in capsys.readouterr().out.splitlines())
    assert rehearsed.drop(columns="last_modified").equals(done.drop(columns="last_modified"))


def test_the_error_says_what_was_done_and_what_was_not(eic: eicnb.Eic) -> None:
    eicnb.use(eic)
    lines = pd.Series(["newsletters", REFUSED, "returns-label"], dtype="string")
    with pytest.raises(AwsError) as refused:
        eicnb.run("put " + lines + " --on-failure sqs:shop-failures")
    assert "\n".join(refused.value.__notes__).splitlines() == [
        "1 of 3 commands ran before it",
        "    done      put newsletters --on-failure sqs:shop-failures",
        "    failed    put customer-export --on-failure sqs:shop-failures",
        "    not done  put returns-label --on-failure sqs:shop-failures",
    ]
    assert refused.value.result.function_name.tolist() == ["newsletters"]


def test_the_error_of_a_rehearsal_says_what_was_rehearsed(eic: eicnb.Eic) -> None:
    eicnb.use(eic)
    lines = ["put newsletters --retries 0", "put nope-nope --retries 0", "put returns-label --retries 0"]
    with pytest.raises(NotFound) as missing:
        eicnb.run(lines, dry_run=True)
    assert "\n".join(missing.value.__notes__).splitlines() == [
        "1 of 3 commands were rehearsed before it",
        "    rehearsed  put newsletters --retries 0",
        "    failed     put nope-nope --retries 0",
        "    not done   put returns-label --retries 0",
    ]
    assert written(eic) == []


@pytest.mark.parametrize(
    ("lines", "dry_run", "message"),
    [
        (["put newsletters --retries 0", "put newsletters --retries 3"], False, "the maximum number of retry attempts"),
        (["put newsletters --retries 0", "get newsletters"], True, "get cannot be rehearsed"),
        (["put newsletters --retries ${retries}"], False, "${retries} is not defined"),
    ],
)
def test_an_invalid_line_is_an_error_before_anything_is_sent(
    eic: eicnb.Eic, lines: list[str], dry_run: Any, message: str
) -> None:
    eicnb.use(eic)
    with pytest.raises(UsageError) as raised:
        eicnb.run(lines, dry_run=dry_run)
    assert raised.value.message.startswith(message)
    assert raised.value.excerpt is not None
    assert raised.value.excerpt.number == len(lines)
    assert written(eic) == []


@pytest.mark.parametrize("lines", ["", [], "# nothing to do\n"])
def test_no_lines_return_a_frame_without_rows(eic: eicnb.Eic, lines: Any) -> None:
    eicnb.use(eic)
    frame = eicnb.run(lines)
    assert (len(frame), list(frame.columns)) == (0, list(eic.list("newsletters").columns))


def test_any_earlier_config_is_restored(eic: eicnb.Eic, everything: Any) -> None:
    eicnb.use(eic)
    before = everything(functions=["a*", "c*", "i*", "my-*", "new*", "p*", "t*"])
    kept = before[before.configured | (before.qualifier == "$LATEST")]
    for row in kept.itertuples():
        eic.put(row.function_arn, maximum_retry_attempts=1, maximum_event_age_in_seconds=77)
    assert len(eicnb.run(eicnb.commands_for(kept))) == len(kept)
    after = everything(functions=["a*", "c*", "i*", "my-*", "new*", "p*", "t*"])
    times = ["last_modified", "read_at"]
    pd.testing.assert_frame_equal(after.drop(columns=times), before.drop(columns=times))


def test_names_with_odd_characters_are_quoted(eic: eicnb.Eic) -> None:
    eicnb.use(eic)
    function = f"arn:aws:lambda:us-east-1:{eic.account_id}:function:checkout:$LATEST"
    frame = eic.put("stock-alert", maximum_retry_attempts=0).assign(on_success=function)
    [line] = eicnb.commands_for(frame)
    assert line.endswith(f" --on-success '{function}'")


def test_a_config_that_could_not_be_written_again_is_reported_before_it_is_changed(eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError, match=r"'search-updates\.fifo' is a FIFO queue"):
        eicnb.commands_for(eic.list("search-indexer"))


def test_an_unread_row_cannot_be_restored(eic: eicnb.Eic, everything: Any) -> None:
    frame = everything(functions=["newsletters"])
    frame["scan_state"] = "denied"
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(frame)
    assert str(raised.value) == (
        f"row 0 (arn:aws:lambda:us-east-1:{eic.account_id}:function:newsletters:$LATEST): its config was not read: "
        'denied\nTry: frame[frame.scan_state == "ok"]'
    )


def test_a_frame_of_something_else_is_refused(eic: eicnb.Eic) -> None:
    with pytest.raises(
        UsageError, match="the frame is one of functions, which has no columns 'qualifier', 'maximum_retry_attempts'"
    ):
        eicnb.commands_for(eic.functions())


@pytest.mark.parametrize(
    ("lines", "shown"), [(None, "None"), ([None], "None"), (3, "3"), ([b"get f"], "a bytes"), ([["get f"]], "a list")]
)
def test_only_text_is_a_command_line(lines: Any, shown: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.run(lines)
    assert raised.value.message == f"{shown} is not a command line"
