"""The commands `records` and `send`."""

from __future__ import annotations

import pytest

from eicnb.errors import UsageError
from tests.fleet.failed_events.samples import make_queue, record
from tests.shell import Notebook


@pytest.fixture
def filled(notebook: Notebook) -> Notebook:
    """Return a notebook on a sandbox with three records in a queue."""
    notebook.run("%eic sandbox")
    make_queue(notebook.run("import eicnb; eicnb.current()"), "lost", *(record(number) for number in range(1, 4)))
    return notebook


def test_a_line_shows_the_newest_first_one_line_each(filled: Notebook) -> None:
    frame = filled.run("%eic records sqs:lost --no-progress --rate 1000")
    assert frame.request_id.tolist() == ["request-3", "request-2", "request-1"]
    shown = repr(frame).splitlines()
    assert [line.startswith("2026-11-25") for line in shown] == [False, True, True, True, False, False, False]
    assert "order" not in repr(frame)
    assert len(filled.run("%eic records sqs:lost --most 2 --seconds 5 --no-progress")) == 2


def test_an_audit_is_a_source_too(filled: Notebook) -> None:
    filled.run("audit = %eic audit --functions checkout --no-progress")
    assert filled.run("%eic records ${audit} --no-progress --seconds 2").attrs["verb"] == "records"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%eic records", "needs the source"),
        ("%eic records sqs:lost --most none", "'none'"),
        ("%eic records sqs:lost --since soon", "since is 'soon', which is not a time"),
        ("%eic records sns:shop-alerts", "an SNS topic stores nothing"),
        ("%eic records lost", "'lost' does not say whether it is a queue or a bucket"),
    ],
)
def test_a_wrong_line_is_pointed_at(filled: Notebook, line: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        filled.run(line)
    assert message in raised.value.message
    assert raised.value.excerpt is not None


def test_a_line_sends_an_event_and_says_what_runs(filled: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    frame = filled.run("""%eic send my-function:BLUE '{"order": 1}'""")
    assert frame.state.tolist() == ["accepted"]
    assert "This runs my-function:BLUE with an event of 12 bytes" in capsys.readouterr().out
    filled.run("value = {'order': [1, 2]}")
    assert filled.run("%eic send my-function ${value}").payload.tolist() == ['{"order": [1, 2]}']


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%eic send my-function", "send needs the payload: event as JSON, or ${value}"),
        ("%eic send my-function", """Try: %eic send my-function '{"order": 1}'"""),
        ('%eic send my-function {"order": 1}', """Try: put single quotes around it: '{"order": 1}'"""),
        ("%eic send my-function '{order'", "the payload is not JSON"),
        ("%eic send my-function '{}' --wait 2h", "wait is 7200"),
    ],
)
def test_a_wrong_event_is_pointed_at(filled: Notebook, line: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        filled.run(line)
    assert message in str(raised.value)
    assert raised.value.excerpt is not None


def test_a_function_to_replay_to_that_does_not_exist_is_pointed_at(filled: Notebook) -> None:
    filled.run("records = %eic records sqs:lost --no-progress")
    with pytest.raises(UsageError) as raised:
        filled.run("%eic replay ${records} --to chekout --no-progress")
    assert str(raised.value) == (
        "none of the events can be sent: chekout:$LATEST does not exist (3 of 3 rows); nothing was sent\n"
        "    %eic replay ${records} --to chekout --no-progress\n"
        "                                ^^^^^^^\n"
        "Try: checkout"
    )


def test_a_time_to_wait_without_a_canary_is_pointed_at(filled: Notebook) -> None:
    filled.run("%eic put checkout --on-failure sqs:shop-failures;")
    eic = filled.run("eicnb.current()")
    make_queue(eic, "shop-failures", record(1, account_id=eic.account_id))
    filled.run("records = %eic records sqs:shop-failures --no-progress")
    with pytest.raises(UsageError) as raised:
        filled.run("%eic replay ${records} --wait 5s --no-progress --dry-run")
    assert str(raised.value) == (
        "--wait belongs to --canary, which is missing\n"
        "    %eic replay ${records} --wait 5s --no-progress --dry-run\n"
        "                                  ^^\n"
        "Try: %eic replay ${records} --wait 5s --no-progress --dry-run --canary 1"
    )
    filled.run(raised.value.hint or "")


def test_a_source_without_its_kind_has_a_hint_that_works(filled: Notebook) -> None:
    with pytest.raises(UsageError) as raised:
        filled.run("%eic records lost")
    assert raised.value.hint == "sqs:lost for a queue, s3:lost for a bucket, or ${audit} for all of an audit"
    assert len(filled.run("%eic records sqs:lost --no-progress"))


def test_a_line_replays_what_a_line_read(filled: Notebook) -> None:
    filled.run("%eic put checkout --retries 0 --on-failure sqs:shop-failures")
    eic = filled.run("eicnb.current()")
    make_queue(eic, "shop-failures", *(record(number, account_id=eic.account_id) for number in (1, 2)))
    filled.run("records = %eic records sqs:shop-failures --no-progress")
    dry = filled.run("%eic replay ${records} --dry-run --no-progress")
    assert dry.outcome.tolist() == ["not tried", "not tried"]
    assert "would send 2 events: 2 to checkout:$LATEST" in repr(dry)
    filled.run("newest, oldest = records.head(1), records.tail(1)")
    sent = filled.run("%eic replay ${newest} --canary 1 --wait 5s --no-progress")
    assert sent.outcome.tolist() == ["accepted"]
    with pytest.raises(UsageError, match="the replay has 1 event, but limit allows 0; nothing was sent") as raised:
        filled.run("%eic replay ${oldest} --limit 0 --no-progress")
    assert raised.value.excerpt is not None
