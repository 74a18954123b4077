"""Events in the journal, by message id and never with a payload."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from eicnb.changes import journal
from eicnb.changes.journal_entry import parse
from eicnb.changes.journal_event import EventEntry
from eicnb.client.eic import Eic, connection_of
from eicnb.errors import EicError
from eicnb.model.function import FunctionRef

TARGET = FunctionRef.parse("arn:aws:lambda:us-east-1:123456789012:function:checkout:live")


def test_both_lines_are_read_back_as_they_were_written() -> None:
    entry = EventEntry(
        identity="1",
        run="r-1",
        time=datetime(2026, 11, 25, tzinfo=UTC),
        verb="replay",
        target=TARGET,
        source="arn:aws:sqs:us-east-1:123456789012:lost",
        message_id="m1",
    )
    read = EventEntry.from_intent(parse(entry.intent()))
    assert read == entry
    ended = entry.ended("applied", "accepted, but not deleted: no")
    assert read.with_result(parse(ended.result())) == ended
    assert [one.may_have_arrived for one in (read, ended, entry.ended("failed"))] == [True, True, False]


def test_an_event_that_was_accepted_has_its_request(eic: Eic) -> None:
    with journal.recorded_event(connection_of(eic), "replay", TARGET, source="s", message_id="m1") as recording:
        recording.accepted("request-1")
    [entry] = journal.read().events
    assert (entry.outcome, entry.request_id, entry.error, entry.message_id) == ("applied", "request-1", None, "m1")


def test_a_stop_before_the_response_leaves_it_unknown_and_one_after_it_is_about_the_message(eic: Eic) -> None:
    connection = connection_of(eic)
    with suppress(KeyboardInterrupt), journal.recorded_event(connection, "replay", TARGET):
        raise KeyboardInterrupt
    with suppress(EicError), journal.recorded_event(connection, "replay", TARGET) as recording:
        recording.accepted("request-1")
        raise EicError("denied")
    last, first = journal.read().events
    assert (first.outcome, first.error) == ("unknown", "stopped by KeyboardInterrupt before the response")
    assert (last.outcome, last.error) == ("applied", "accepted, but not deleted: denied")


def test_a_journal_that_is_off_keeps_nothing(eic: Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_JOURNAL", "off")
    with journal.recorded_event(connection_of(eic), "send", TARGET) as recording:
        recording.accepted("request-1")
    monkeypatch.undo()
