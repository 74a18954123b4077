"""Plans that undo writes, but not the changes of other writers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import IncompleteApply, NotFound, UsageError
from tests.answering import Answering
from tests.changes.lossy import Losing
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

QUIET: dict[str, Any] = {"progress": False}


@pytest.fixture(autouse=True)
def no_progress() -> None:
    eicnb.settings.choose(progress=False)


def states(eic: eicnb.Eic, *names: str) -> list[list[Any] | None]:
    found: list[list[Any] | None] = []
    for name in names or ("my-function", "my-function:BLUE", "my-function:GREEN"):
        try:
            row = eic.get(name).drop(columns="last_modified").astype(object).fillna("").iloc[0]
            found.append(row.tolist())
        except NotFound:
            found.append(None)
    return found


WRITES: dict[str, Callable[[eicnb.Eic], object]] = {
    "a put over a config": lambda eic: eic.put(
        "my-function:BLUE", maximum_retry_attempts=2, on_failure="sqs:shop-failures"
    ),
    "a put without one": lambda eic: eic.put("my-function", maximum_event_age_in_seconds=60),
    "an empty config": lambda eic: eic.put("my-function", destination_config={"OnSuccess": {}}),
    "an update": lambda eic: eic.update("my-function:GREEN", maximum_retry_attempts=0),
    "one destination": lambda eic: eic.update("my-function:GREEN", on_success="events:shop"),
    "a created config": lambda eic: eic.update("my-function", maximum_retry_attempts=0, create=True),
    "a delete": lambda eic: eic.delete("my-function:BLUE"),
    "a cell": lambda _eic: eicnb.run(
        "put my-function --retries 0\nput my-function --retries 1\ndelete my-function:BLUE"
    ),
    "a plan": lambda eic: eicnb.apply(eic.plan(eic.list("my-function").assign(on_failure="s3:lost"), **QUIET), **QUIET),
}


@pytest.mark.parametrize("write", WRITES)
def test_undo_restores_and_undoing_the_undo_redoes(write: str, eic: eicnb.Eic) -> None:
    before = states(eic)
    WRITES[write](eic)
    after = states(eic)
    assert before != after
    eicnb.undo().apply(progress=False)
    assert states(eic) == before
    eicnb.undo().apply(progress=False)
    assert states(eic) == after
    assert set(eicnb.journal().outcome) == {"applied"}


def test_without_a_write_the_plan_is_empty(eic: eicnb.Eic) -> None:
    assert (len(eicnb.undo()), len(eicnb.undo().frame)) == (0, 0)


def test_a_run_that_was_refused_changed_nothing(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    with pytest.raises(NotFound):
        eic.put("nope", maximum_retry_attempts=1)
    assert eicnb.undo().frame.qualifier.tolist() == ["BLUE"]


def test_a_given_run_rows_and_functions_are_taken_back_alone(eic: eicnb.Eic) -> None:
    eicnb.run("put my-function:BLUE --retries 1\nput newsletters --retries 1")
    eic.put("my-function:GREEN", maximum_retry_attempts=0)
    journal = eicnb.journal()
    assert len(eicnb.undo(journal.run[2])) == 2
    assert eicnb.undo(journal.run[2], functions="news*").frame.function_name.tolist() == ["newsletters"]
    assert eicnb.undo(journal[journal.qualifier == "BLUE"]).frame.qualifier.tolist() == ["BLUE"]
    assert len(eicnb.undo("1h")) == 3
    eic.put("my-function:GREEN", maximum_retry_attempts=1)
    journal = eicnb.journal()
    twice = eicnb.undo(pd.concat([journal, journal]))
    assert (len(twice), set(twice.frame.action)) == (3, {"put", "delete"})
    assert len(eicnb.undo("1h", functions=["newsletters", "other"])) == 1


def test_a_point_in_time_is_restored_over_several_runs(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    then = datetime.now(UTC)
    before = states(eic)
    eic.put("my-function:BLUE", maximum_retry_attempts=2)
    eic.delete("my-function:BLUE")
    eic.put("my-function", maximum_retry_attempts=0)
    eicnb.undo(then).apply(progress=False)
    assert states(eic) == before


WRONG: list[tuple[Any, str]] = [
    ("r-0123456789", "there is no run 'r-0123456789' in the journal\nTry: %eic journal"),
    ("yesterday", "'yesterday' is not a run, rows of the journal or a time\nTry: name how long ago"),
    (7, "7 is not a run, rows of the journal or a time"),
    (datetime.now(UTC) + timedelta(days=1), " is in the future\nTry: %eic journal"),
]


@pytest.mark.parametrize(("what", "message"), WRONG)
def test_anything_else_is_refused(what: Any, message: str, eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError) as refused:
        eicnb.undo(what)
    assert message in str(refused.value)


@pytest.mark.parametrize("of", ["a run", "rows"])
def test_events_cannot_be_taken_back(of: str, eic: eicnb.Eic) -> None:
    eic.send("my-function", {})
    [run] = eicnb.journal().run
    plan = eicnb.undo(run if of == "a run" else eicnb.journal())
    assert (len(plan), plan.notes) == (0, ("1 event was sent to a function, which cannot be undone.",))
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    plan = eicnb.undo(eicnb.journal())
    assert (len(plan), plan.notes) == (1, ("1 event was sent to a function, which cannot be undone.",))
    assert eicnb.undo().notes == ()


def test_rows_of_another_frame_are_refused(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    with pytest.raises(UsageError, match="the frame has no columns 'time', 'run'"):
        eicnb.undo(eic.list("my-function"))
    with pytest.raises(UsageError, match=r"row 0 \(r-1\) is not in the journal"):
        eicnb.undo(eicnb.journal().assign(run="r-1"))


def other(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Write as another user, whose writes are not in this journal."""
    with monkeypatch.context() as patched:
        patched.setenv("EICNB_JOURNAL", "off")
        eicnb.run(line)


def test_a_config_that_another_writer_changed_since_is_a_conflict(
    eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    eicnb.run("put my-function:BLUE --retries 1\nput my-function:GREEN --retries 1")
    other(eic, monkeypatch, "put my-function:BLUE --retries 2")
    plan = eicnb.undo()
    assert plan.frame.action.tolist() == ["conflict", "put"]
    assert plan.frame.reason[0] == (
        "the config was changed since: it is now retries 2, age 6h, on-failure none, on-success none"
    )
    with pytest.raises(IncompleteApply):
        plan.apply(progress=False)
    assert eic.get("my-function:BLUE").maximum_retry_attempts.item() == 2


def test_a_config_that_another_writer_changed_between_two_writes_is_a_conflict(
    eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    other(eic, monkeypatch, "put my-function:BLUE --retries 2")
    eic.put("my-function:BLUE", maximum_event_age_in_seconds=60)
    row = eicnb.undo("1h").frame.iloc[0]
    assert row.action == "conflict"
    assert row.reason.startswith("another writer changed the config between these writes, before ")


def test_a_config_that_is_already_restored_needs_no_change(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    eic.put("my-function", maximum_retry_attempts=1)
    other(eic, monkeypatch, "delete my-function")
    assert eicnb.undo().frame.action.tolist() == ["none"]


@pytest.mark.parametrize("ending", [";", " --quiet", " --output json", " --query MaximumRetryAttempts"])
def test_a_write_that_read_nothing_before_it_cannot_be_undone(ending: str, notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run(f"%eic put my-function:BLUE --retries 1{ending}")
    row = eicnb.undo().frame.iloc[0]
    assert (row.action, row.reason) == ("refused", "the config before the write is unknown: it was not read")


def test_a_stopped_sandbox_is_not_confused_with_a_later_one(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    run = eicnb.journal().run[0]
    second = eicnb.sandbox()
    second.put("my-function:GREEN", maximum_retry_attempts=1)
    assert eicnb.undo("1h").frame.qualifier.tolist() == ["GREEN"]
    row = eicnb.undo(run).frame.iloc[0]
    assert (row.action, row.reason) == ("refused", "it was written in another sandbox, not through this connection")
    eicnb.use(eic)
    assert eicnb.undo().frame.qualifier.tolist() == ["BLUE"]


def test_another_region_of_the_account_is_restored_too(eic: eicnb.Eic) -> None:
    europe = eic.derive(region="eu-west-1")
    name = europe.functions().function_name[0]
    before = states(europe, name)
    europe.put(name, maximum_retry_attempts=0, maximum_event_age_in_seconds=77)
    eicnb.undo().apply(progress=False)
    assert states(europe, name) == before


def test_a_function_that_no_longer_exists_is_refused(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    [file] = Path(os.environ["EICNB_JOURNAL"]).iterdir()
    file.write_text(file.read_text().replace("my-function", "gone"))
    row = eicnb.undo().frame.iloc[0]
    assert (row.action, row.reason) == ("refused", "there is no function 'gone' in us-east-1")


@pytest.mark.parametrize("loss", ["cut before", "cut after"])
def test_the_live_config_decides_about_a_write_whose_response_was_lost(loss: Any, eic: eicnb.Eic) -> None:
    before = states(eic)
    assert eic.endpoint_url is not None
    losing = Losing(eic.endpoint_url, loss, unreadable=True, times=9)
    with Answering(losing) as proxy:
        through = eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=proxy.url))
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("AWS_ACCESS_KEY_ID", "sandbox")
            patched.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
            with pytest.raises(eicnb.EicError):
                through.put("my-function:BLUE", maximum_retry_attempts=1)
            assert eicnb.journal().outcome.tolist() == ["unknown"]
            losing.times, losing.unreadable = 0, False
            assert eicnb.undo().frame.action.tolist() == ["none" if loss == "cut before" else "put"]
            eicnb.undo().apply(progress=False)
    assert states(eic) == before


def test_undo_is_a_command(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic put my-function:BLUE --retries 1")
    before = time.strftime("%Y-%m-%d")
    assert len(notebook.run("plan = %eic undo") or notebook["plan"]) == 1
    notebook.run("rows = %eic journal")
    for what in ("${rows}", "${rows.run[0]}", before, "1h", f'"{before} 00:00" --functions my-*'):
        assert len(notebook.run(f"plan = %eic undo {what}") or notebook["plan"]) == 1, what
    notebook.run("x = %eic apply ${plan} --no-progress")
    assert eic.get("my-function:BLUE").maximum_retry_attempts.item() == 0


def test_a_plan_applies_however_it_was_made(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("frame = %eic list my-function\nframe.maximum_retry_attempts = 1\nplan = %eic plan ${frame}")
    assert notebook.run("plan.apply(progress=False)").outcome.tolist() == ["applied", "applied"]


def test_the_heading_names_the_run_its_time_and_its_writes(eic: eicnb.Eic) -> None:
    eicnb.run("put my-function --retries 0\nput my-function:BLUE --retries 1")
    entry = eicnb.journal().iloc[-1]
    plan = eicnb.undo()
    heading = f"Undoes the run {entry.run} of {entry.time:%Y-%m-%d %H:%M:%S} UTC: 2 writes"
    assert plan.text().splitlines()[1] == heading
    assert f"<p>{heading}</p>" in plan._repr_html_()


def test_a_time_undoes_both_of_the_runs_of_two_lines(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    eic.put("my-function:BLUE", maximum_retry_attempts=1)
    assert eicnb.undo().about.endswith(": 1 write")
    assert eicnb.undo("1h").about.startswith("Undoes 2 writes of 2 runs, from ")


def test_an_empty_plan_notes_why_it_is_empty(eic: eicnb.Eic) -> None:
    account = "123456789012"
    assert eicnb.undo().text().splitlines()[1:] == [f"Nothing to undo: the journal has no write in account {account}."]
    with pytest.raises(NotFound):
        eic.put("nope", maximum_retry_attempts=1)
    run = eicnb.journal().run[0]
    assert eicnb.undo(run).notes == ("Nothing to undo: 1 write failed and changed nothing.",)
    eic.put("my-function", maximum_retry_attempts=0)
    run = eicnb.journal().run[0]
    assert eicnb.undo(functions="nomatch").notes == (f"Nothing to undo: no write of the run {run} was to nomatch.",)
    [note] = eicnb.undo("1h", functions=["nomatch*", "x"]).notes
    assert note.startswith("Nothing to undo: no write since 20")
    assert note.endswith(" UTC was to nomatch*, x.")


def test_an_empty_plan_counts_the_writes_elsewhere(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    eicnb.use(eicnb.sandbox())
    left_out = "1 write in other accounts or sandboxes is left out."
    assert eicnb.undo().notes[1:] == (left_out,)
    assert eicnb.undo("1h").notes[1:] == (left_out,)


def test_a_run_that_is_not_there_is_an_error_with_the_nearest_one(eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    run = eicnb.journal().run[0]
    almost = run[:-1]
    for call, line in ((eicnb.undo, "%eic undo"), (lambda of: eicnb.journal(run=of), "%eic journal --run")):
        with pytest.raises(UsageError) as refused:
            call(almost)
        assert refused.value.message == f"there is no run {almost!r} in the journal"
        assert refused.value.hint == f"{line} {run}"


def test_versions_are_in_the_order_of_their_numbers(eic: eicnb.Eic) -> None:
    versions = ["20", "2", "11"]
    for version in versions:
        eic.update(f"order-events:{version}", maximum_retry_attempts=0)
    assert eicnb.undo("1h").frame.qualifier.tolist() == ["2", "11", "20"]
