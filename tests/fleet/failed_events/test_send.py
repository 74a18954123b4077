"""An event is sent once, and the record about it is found."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import ConfigurationError, EicError, NotFound, UsageError
from tests.answering import Answer, Answering, Cut, Seen, Step, identity

LINE = "This runs my-function:BLUE with an event of 12 bytes in us-east-1, account 123456789012 (SANDBOX)\n"


def test_an_event_is_accepted_and_the_line_says_what_runs(shared: Eic, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = shared.send("my-function", {"order": 1}, qualifier="BLUE").to_dict("records")
    assert capsys.readouterr().out == LINE
    assert (row["state"], row["function_name"], row["qualifier"]) == ("accepted", "my-function", "BLUE")
    assert row["payload"] == '{"order": 1}'
    assert row["function_arn"] == "arn:aws:lambda:us-east-1:123456789012:function:my-function:BLUE"
    assert len(row["request_id"]) == 36


def test_the_journal_has_it_without_its_payload(shared: Eic) -> None:
    sent = shared.send("my-function", '{"secret": "hush"}')
    [row] = eicnb.journal(since="1m").to_dict("records")
    assert (row["verb"], row["function_name"], row["change"], row["outcome"]) == (
        "send",
        "my-function",
        "an event",
        "applied",
    )
    assert "hush" not in repr(row)
    assert len(sent) == 1


def test_what_happened_is_found_in_the_destinations(shared: Eic) -> None:
    assert shared.server is not None
    shared.server.fail("checkout")
    shared.put("checkout", maximum_retry_attempts=0, on_failure="sqs:shop-failures")
    [row] = shared.send("checkout", {"order": 7}, wait=30).to_dict("records")
    assert (row["state"], row["condition"], row["attempts"]) == ("delivered", "RetriesExhausted", 1)
    assert row["source"] == "arn:aws:sqs:us-east-1:123456789012:shop-failures"
    assert (row["payload"], row["function_name"]) == ('{"order": 7}', "checkout")
    assert shared.records("sqs:shop-failures", progress=False).message_id.tolist() == [row["message_id"]]


def test_a_dead_letter_is_found_too_and_the_row_names_the_function(shared: Eic) -> None:
    assert shared.server is not None
    shared.server.fail("payments-reconcile")
    shared.put("payments-reconcile", maximum_retry_attempts=0)
    [row] = shared.send("payments-reconcile", {"order": 7}, wait=30).to_dict("records")
    assert (row["state"], row["function_name"], row["qualifier"]) == ("delivered", "payments-reconcile", "$LATEST")
    assert row["source"] == "arn:aws:sqs:us-east-1:123456789012:payment-dead-letters"
    assert row["error_message"] == "payments-reconcile fails in this sandbox"


def test_without_a_record_it_stays_accepted_and_the_caption_says_so(shared: Eic) -> None:
    assert shared.server is not None
    shared.server.succeed("checkout")
    shared.put("checkout", maximum_retry_attempts=0, on_failure="sqs:shop-failures")
    frame = shared.send("checkout", {"order": 8}, wait=1.5)
    assert frame.state.tolist() == ["accepted"]
    assert "no record in arn:aws:sqs:us-east-1:123456789012:shop-failures within 1.5 s" in repr(frame)


def test_waiting_needs_a_queue_or_a_bucket(shared: Eic) -> None:
    shared.update("my-function:BLUE", on_failure="none", on_success="none")
    with pytest.raises(UsageError, match="my-function:BLUE sends records to no queue or bucket") as raised:
        shared.send("my-function:BLUE", {}, wait=5)
    assert raised.value.argument == "wait"


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ("{order: 1}", "the payload is not JSON: Expecting property name"),
        ("", "the payload is not JSON"),
        ({1, 2}, "the payload, a set, cannot be written as JSON"),
        (float("nan"), "the payload, nan, cannot be written as JSON"),
        ('{"price": NaN}', "the payload is not JSON: JSON has no NaN"),
        (pd.Timestamp("2026-11-26"), "the payload, a Timestamp, cannot be written as JSON"),
        (
            {"text": "x" * 1024 * 1024},
            "the event has 1048588 bytes, but asynchronous invocations allow 1048576",
        ),
    ],
)
def test_a_payload_that_cannot_be_sent_is_refused(shared: Eic, payload: Any, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        shared.send("my-function", payload)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"order": pd.Series([7])[0]}, '{"order": 7}'),
        ({"name": "é \ud800"}, '{"name": "é \\ud800"}'),
        ('{"a": 1.50, "a": 1e2}', '{"a": 1.50, "a": 1e2}'),
        (None, "null"),
    ],
)
def test_a_payload_is_sent_as_json(shared: Eic, payload: Any, text: str) -> None:
    sent = shared.send("my-function", payload)
    assert (sent.state[0], sent.payload[0]) == ("accepted", text)


def test_a_confirmation_is_asked_for_and_without_one_nothing_is_sent(shared: Eic) -> None:
    assert shared.server is not None
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    before = len(shared.server.requests())
    with pytest.raises(EicError, match="not confirmed: nothing was sent"):
        shared.send("my-function", {"order": 1}, qualifier="BLUE", confirm=no)
    assert questions == [f"{LINE.rstrip()}. Send it? [y/N] "]
    with pytest.raises(ConfigurationError, match="this notebook cannot ask for a confirmation; nothing was sent"):
        shared.send("my-function", {}, confirm=True)
    operations = [request.operation for request in shared.server.requests()[before:]]
    assert "Invoke" not in operations


@pytest.mark.parametrize(
    ("name", "wait", "message", "hint"),
    [
        ("my-functoin", None, "there is no function 'my-functoin' in us-east-1", "my-function"),
        ("my-function:BLEU", None, "there is no version or alias 'BLEU' of my-function", "BLUE"),
        ("my-functoin", 5, "there is no function 'my-functoin' in us-east-1", "my-function"),
    ],
)
def test_a_function_that_does_not_exist_is_named_with_a_similar_one(
    shared: Eic, name: str, wait: float | None, message: str, hint: str
) -> None:
    with pytest.raises(NotFound) as raised:
        shared.send(name, {}, wait=wait)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize("step", [Cut(), Answer(503, b"later"), Answer(200, b"<html>please log in</html>")])
def test_a_lost_response_is_unknown_and_nothing_is_sent_twice(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")

    def script(request: Seen) -> Step:
        return identity("123456789012") if b"GetCallerIdentity" in request.body else step

    with Answering(script) as server:
        frame = eicnb.connect(region="us-east-1", endpoint_url=server.url).send("my-function", {})
        assert len([seen for seen in server.seen if "invocations" in seen.path]) == 1
    assert frame.state.tolist() == ["unknown"]
    assert frame.request_id.isna().all()
    assert "the response was lost, so the function may or may not run" in repr(frame)
    assert eicnb.journal(since="1m").outcome.tolist() == ["unknown"]
