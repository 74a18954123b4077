"""What happens to one event: which config applies, when Lambda retries, and where the event goes."""

from __future__ import annotations

from typing import Any

import pytest

import eicnb
from eicnb.client import settings
from eicnb.client.explanation import EXPLAINED_COLUMNS
from eicnb.errors import NotFound, UsageError
from eicnb.model.record import THROTTLED
from tests.answering import Answer, Answering, Seen, as_json, config_answer, fault, identity

ANYWHERE = "the event goes to the on-failure destination and the dead-letter queue; without both it is lost"


def lines(explanation: eicnb.Explanation) -> list[str]:
    return str(explanation).splitlines()


def test_an_age_of_60_seconds_leaves_no_time_for_a_retry() -> None:
    explanation = eicnb.explain(maximum_retry_attempts=2, maximum_event_age_in_seconds=60, timeout=30)
    assert [attempt.number for attempt in explanation.attempts] == [0]
    assert lines(explanation) == [
        "An event has up to 2 retries, and its maximum age is 1 min.",
        "If every run fails:",
        " 00:00  first attempt: up to 30 s",
        " 01:00 to 01:30  retry 1: never, the event would reach its maximum age (1 min) first",
        " 03:00 to 04:00  retry 2: never, the event would reach its maximum age (1 min) first",
        "No retry happens: Lambda drops an event that would be too old by the next attempt.",
        THROTTLED,
        f"At the end (EventAgeExceeded): {ANYWHERE}.",
    ]


@pytest.mark.parametrize(
    ("values", "happens", "condition"),
    [
        ({}, ["always"] * 3, "RetriesExhausted"),
        ({"maximum_retry_attempts": 0}, ["always"], "RetriesExhausted"),
        ({"maximum_event_age_in_seconds": 90}, ["always", "always"], "EventAgeExceeded"),
        ({"maximum_event_age_in_seconds": 90, "timeout": 30}, ["always", "if runs are short"], "EventAgeExceeded"),
        ({"maximum_event_age_in_seconds": 180}, ["always", "always"], "EventAgeExceeded"),
        ({"maximum_event_age_in_seconds": 181}, ["always", "always", "always"], "RetriesExhausted"),
    ],
)
def test_the_age_cuts_retries_off(values: dict[str, Any], happens: list[str], condition: str) -> None:
    explanation = eicnb.explain(**values)
    assert ([attempt.happens for attempt in explanation.attempts], explanation.condition) == (happens, condition)


def test_without_a_function_nothing_is_read() -> None:
    assert "AWS's default" in str(eicnb.explain())


def test_the_config_of_the_invoked_name_applies(eic: eicnb.Eic) -> None:
    shown = lines(eic.explain("checkout", "live"))
    assert shown[:3] == [
        "An event sent to checkout:live has up to 2 retries, and its maximum age is 1 h.",
        "The config of checkout:live applies, because the event is sent to that name.",
        "The alias runs version 3, whose own config does not apply.",
    ]
    assert shown[-2].startswith(
        "At the end (RetriesExhausted): sqs:checkout-failures receives a JSON record as the body"
    )


def test_nothing_is_inherited(eic: eicnb.Eic) -> None:
    shown = lines(eic.explain("my-function", "prod"))
    assert shown[1] == (
        "my-function:prod has no config, so AWS's defaults apply. The configs of BLUE, GREEN do not apply: nothing is "
        "inherited."
    )
    assert "the event is lost" in shown[-1]


def test_a_dead_letter_queue_receives_the_event_too(eic: eicnb.Eic) -> None:
    text = str(eic.explain("invoices"))
    assert "sqs:invoice-failures receives a JSON record" in text
    assert "The dead-letter target sqs:invoice-dead-letters receives the event itself, without a record" in text


def test_a_fifo_destination_receives_nothing(eic: eicnb.Eic) -> None:
    text = str(eic.explain("search-indexer"))
    assert text.endswith(
        "At the end (RetriesExhausted): arn:aws:sqs:us-east-1:123456789012:search-updates.fifo receives nothing: "
        "Lambda does not deliver to FIFO queues and topics."
    )


def test_settings_can_be_tried(eic: eicnb.Eic) -> None:
    explanation = eic.explain("checkout", "live", maximum_event_age_in_seconds=60)
    assert len(explanation.attempts) == 1
    assert eic.get("checkout", qualifier="live").maximum_event_age_in_seconds.item() == 3600


def weighted(request: Seen) -> Answer:
    """Return AWS with an alias of two versions, where reading the function is denied."""
    if request.service == "sts":
        return identity("123456789012")
    if request.path.partition("?")[0].endswith("/aliases"):
        routing = {"AdditionalVersionWeights": {"4": 0.1}}
        return as_json({"Aliases": [{"Name": "live", "FunctionVersion": "3", "RoutingConfig": routing}]})
    if request.path.partition("?")[0].endswith("/configuration"):
        return fault(403, "AccessDeniedException", "not authorized to perform: lambda:GetFunctionConfiguration")
    return config_answer(FunctionArn="arn:aws:lambda:us-east-1:123456789012:function:my-function:live")


def test_a_weighted_alias_names_both_versions_and_what_was_not_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with Answering(weighted) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        shown = lines(eic.explain("my-function", "live"))
    assert shown[2].startswith("The alias runs version 3 (90%) or version 4 (10%); the alias's config applies to both")
    assert shown[3] == "Not read: the function's timeout and DLQ, GetFunctionConfiguration is not allowed."
    assert shown[-1] == (
        "At the end (RetriesExhausted): the event is lost, unless there is a dead-letter queue, which was not read."
    )


def test_the_frame_has_a_row_an_attempt_and_one_for_the_end(eic: eicnb.Eic) -> None:
    frame = eic.explain("checkout", "live", maximum_event_age_in_seconds=100).frame
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == {
        column.name: column.dtype for column in EXPLAINED_COLUMNS
    }
    assert frame.step.tolist() == ["first attempt", "retry 1", "retry 2", "end"]
    assert frame.happens.tolist() == ["always", "always", "never", "always"]
    assert frame.earliest_seconds.tolist() == [0, 60, 180, 60]


def test_the_figure_says_what_it_shows(eic: eicnb.Eic) -> None:
    pytest.importorskip("matplotlib")
    figure: Any = eic.explain("checkout", "live").figure()
    assert figure.alternative_text.startswith("An event sent to checkout:live, if every run fails. Attempts: first at")


BAD = [
    ({"function_name": "chekout"}, NotFound, "checkout"),
    ({"function_name": "checkout", "qualifier": "liv"}, NotFound, "live"),
    ({"qualifier": "live"}, UsageError, 'eicnb.explain("checkout", "live")'),
    ({"maximum_retry_attempts": 3}, UsageError, "give a whole number: 0, 1 or 2"),
    ({"timeout": 901}, UsageError, "timeout=30"),
    ({"timeout": True}, UsageError, "timeout=30"),
    ({"retries": 1}, UsageError, "maximum_retry_attempts"),
]


@pytest.mark.parametrize(("call", "kind", "hint"), BAD)
def test_an_invalid_call_has_a_hint(
    eic: eicnb.Eic, call: dict[str, Any], kind: type[eicnb.EicError], hint: str
) -> None:
    with pytest.raises(kind) as caught:
        eic.explain(**call)
    assert caught.value.hint == hint


def test_an_explanation_is_masked(eic: eicnb.Eic) -> None:
    settings.choose(redact=True, redact_names=["checkout"])
    assert "checkout" not in repr(eic.explain("checkout", "live"))


@pytest.mark.parametrize("timeout", ["1000", "0", "-1"])
def test_a_timeout_that_no_function_has_is_refused_in_a_line(eic: eicnb.Eic, timeout: str) -> None:
    with pytest.raises(UsageError) as caught:
        eicnb.run(f"explain checkout:live --timeout {timeout}")
    assert caught.value.message == f"timeout is {timeout}, but a run may take 1 to 900 seconds"
    assert caught.value.hint == "--timeout 30"
