"""Records and dead letters as AWS writes them, and texts that only look like them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.model.record import CONDITIONS, InvocationRecord, NotARecord

ARN = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
RECORD: dict[str, Any] = {
    "version": "1.0",
    "timestamp": "2026-11-25T18:16:05.568Z",
    "requestContext": {
        "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
        "functionArn": f"{ARN}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    },
    "requestPayload": {"order": 17},
    "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
    "responsePayload": {"errorMessage": "no stock", "errorType": "OutOfStock"},
}
EVENTS = {"source": "lambda", "detail-type": "Lambda Function Invocation Result - Failure", "detail": RECORD}
TOPIC = {"Type": "Notification", "MessageId": "1", "Message": json.dumps(RECORD)}


def changed(**members: Any) -> str:
    return json.dumps({**RECORD, **members})


def in_context(**members: Any) -> str:
    return changed(requestContext={**RECORD["requestContext"], **members})


@pytest.mark.parametrize("whole", [RECORD, EVENTS, TOPIC], ids=["sqs", "eventbridge", "sns"])
def test_a_record_is_read_in_every_envelope(whole: dict[str, Any]) -> None:
    assert InvocationRecord.parse(json.dumps(whole, indent=2)) == InvocationRecord(
        payload=InvocationRecord.parse(json.dumps(whole, indent=2)).payload,
        time=datetime(2026, 11, 25, 18, 16, 5, 568000, UTC),
        function=InvocationRecord.parse(changed()).function,
        condition="RetriesExhausted",
        attempts=3,
        status_code=200,
        error_type="OutOfStock",
        error_message="no stock",
        request_id="e4b46cbf-b738-xmpl-8880-a18cdf61200e",
    )


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_is_read(condition: str) -> None:
    assert InvocationRecord.parse(in_context(condition=condition)).condition == condition


@pytest.mark.parametrize("qualifier", ["$LATEST", "live", "7"])
def test_the_qualifier_is_the_one_that_the_event_was_sent_to(qualifier: str) -> None:
    assert InvocationRecord.parse(in_context(functionArn=f"{ARN}:{qualifier}")).qualifier == qualifier


def test_an_error_without_a_response_is_none() -> None:
    never_ran = {name: value for name, value in RECORD.items() if not name.startswith("response")}
    record = InvocationRecord.parse(json.dumps(never_ran))
    assert (record.status_code, record.error_type, record.error_message) == (None, None, None)


@pytest.mark.parametrize(
    ("response", "error_type"),
    [
        ({"errorMessage": "Task timed out after 3.00 seconds", "errorType": "Sandbox.Timedout"}, "Sandbox.Timedout"),
        ({"errorMessage": "Task timed out after 3.00 seconds"}, "Unhandled"),
        ("a text", "Unhandled"),
        (None, "Unhandled"),
    ],
)
def test_an_error_without_a_type_has_lambdas_function_error(response: Any, error_type: str) -> None:
    assert InvocationRecord.parse(changed(responsePayload=response)).error_type == error_type


@pytest.mark.parametrize(
    "payload",
    ['{"b": 1.50, "a": 10000000000000000000001}', '"text"', "[]", "null", '{"é": "\\u00e9"}', "1e400", "9" * 5000],
)
def test_the_payload_is_not_reformatted(payload: str) -> None:
    text = changed(requestPayload="HERE").replace('"HERE"', payload)
    assert InvocationRecord.parse(text).payload == payload


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(JSON, st.fixed_dictionaries({"indent": st.sampled_from([None, 1, "\t"]), "ensure_ascii": st.booleans()}))
def test_any_payload_is_preserved_byte_for_byte(payload: Any, style: dict[str, Any]) -> None:
    text = json.dumps(payload, **style)
    assert InvocationRecord.parse(changed(requestPayload="HERE").replace('"HERE"', text)).payload == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("hello", "it is not a JSON object"),
        ("[1]", "it is not a JSON object"),
        ("{", "it is not JSON"),
        ("{}", "it has no requestContext.functionArn or no requestPayload"),
        (changed() + "x", "it is not JSON: something follows the object"),
        (changed()[:-5], "it is not JSON"),
        ("[" * 100_000, "it is not a JSON object"),
        ('{"a":' * 100_000, "it is not JSON"),
        (changed(requestContext="checkout"), "it has no requestContext.functionArn or no requestPayload"),
        (in_context(functionArn="checkout"), "it has no requestContext.functionArn or no requestPayload"),
        (in_context(functionArn=f"{ARN}:a b"), "it has no requestContext.functionArn or no requestPayload"),
        (json.dumps({"Type": "Notification", "Message": "hello"}), "it is not a JSON object"),
    ],
)
def test_other_texts_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotARecord) as raised:
        InvocationRecord.parse(text)
    assert str(raised.value).startswith(reason)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (changed(timestamp="yesterday"), "time"),
        (changed(timestamp="9999-12-31T23:00:00-05:00"), "time"),
        (changed(timestamp="1066-10-14T09:00:00Z"), "time"),
        (changed(timestamp=5), "time"),
        (in_context(approximateInvokeCount=10**30), "attempts"),
        (in_context(approximateInvokeCount=True), "attempts"),
        (in_context(condition=["x"]), "condition"),
        (changed(responseContext={"statusCode": "200"}), "status_code"),
    ],
)
def test_a_nonsensical_member_is_none(text: str, name: str) -> None:
    assert getattr(InvocationRecord.parse(text), name) is None


def test_a_lone_surrogate_is_replaced() -> None:
    assert InvocationRecord.parse(in_context(requestId="\ud83d")).request_id == "?"


def test_a_dead_letter_has_no_function_even_if_it_looks_like_a_record() -> None:
    sent_at = datetime(2026, 11, 25, tzinfo=UTC)
    attributes = {"RequestID": "r-1", "ErrorCode": "200", "ErrorMessage": "boom"}
    assert InvocationRecord.of_message(changed(), attributes, sent_at) == InvocationRecord(
        payload=changed(), time=sent_at, status_code=200, error_message="boom", request_id="r-1"
    )


def test_a_message_without_the_attributes_is_a_record() -> None:
    assert InvocationRecord.of_message(changed(), {"team": "shop"}, None) == InvocationRecord.parse(changed())
