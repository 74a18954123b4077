from __future__ import annotations

import json
from typing import Any

import pytest

import eicnb
from eicnb.widgets.choices import DESTINATIONS, FUNCTIONS, MOST_NAMES, MOST_OFFERED, NameList, qualifiers
from tests.answering import Answer, Answering, Seen, as_json, fault

pytestmark = pytest.mark.usefixtures("keys", "one_attempt")


SHOP = [
    ("sqs", ("checkout-failures", "invoice-dead-letters", "invoice-failures", "order-failures")),
    ("sns", ("loyalty-updates", "shop-alerts")),
    ("events", ("default", "shop")),
    ("lambda", ("audit-trail", "cart-reminder")),
]


@pytest.mark.parametrize(("kind", "first"), SHOP)
def test_each_kind_is_listed_without_fifo(eic: eicnb.Eic, kind: str, first: tuple[str, ...]) -> None:
    listed = DESTINATIONS[kind].read(eic._connection)
    assert listed.names[: len(first)] == first
    assert listed.is_whole
    assert not any(name.endswith(".fifo") for name in listed.names)


def test_buckets_are_listed(eic: eicnb.Eic) -> None:
    assert f"shop-events-us-east-1-{eic.account_id}" in DESTINATIONS["s3"].read(eic._connection).names


def test_qualifiers_are_latest_the_aliases_and_the_newest_versions_first(eic: eicnb.Eic) -> None:
    listed = qualifiers(eic._connection, "my-function")
    assert listed.names == ("$LATEST", "BLUE", "GREEN", "prod", "v1", "3", "2", "1")


def json_fault(code: str) -> Answer:
    """Return an error response of SQS or EventBridge."""
    return as_json({"__type": code, "message": "no"}, 400)


def xml_fault(code: str) -> Answer:
    """Return an error response of SNS or S3."""
    inner = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    return Answer(403, f"<ErrorResponse>{inner}</ErrorResponse>".encode(), {"Content-Type": "text/xml"})


DENIED = [
    ("lambda", fault(403, "AccessDeniedException", "no"), "functions (lambda:ListFunctions is denied)"),
    ("sqs", json_fault("com.amazonaws.sqs#AccessDeniedException"), "queues (sqs:ListQueues is denied)"),
    ("events", json_fault("AccessDeniedException"), "buses (events:ListEventBuses is denied)"),
    ("sns", xml_fault("AuthorizationError"), "topics (sns:ListTopics is denied)"),
    (
        "s3",
        Answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>", {"Content-Type": "text/xml"}),
        "buckets (s3:ListAllMyBuckets is denied)",
    ),
]


@pytest.mark.parametrize(("kind", "answer", "what"), DENIED)
def test_a_denied_list_is_a_note_and_names_can_be_typed(kind: str, answer: Answer, what: str) -> None:
    with Answering([answer]) as aws:
        listed = DESTINATIONS[kind].read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection)
    assert listed == NameList(note=f"You may not list {what}: type the name or the ARN.")


def test_a_list_that_fails_says_so() -> None:
    with Answering([fault(500, "ServiceException", "Out of order")]) as aws:
        listed = FUNCTIONS.read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection)
    assert listed.note == "The functions cannot be listed; type the name or the ARN. Out of order."


def test_a_malformed_list_is_reported() -> None:
    with Answering([as_json({"Functions": [{}]})]) as aws:
        listed = FUNCTIONS.read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection)
    assert listed.note.endswith("AWS's response to ListFunctions is malformed: KeyError('FunctionName')")


def test_ten_thousand_functions_are_offered_a_few_at_a_time() -> None:
    slept: list[float] = []

    def page(request: Seen) -> Answer:
        start = int(request.path.partition("Marker=")[2].partition("&")[0] or 0)
        functions = [{"FunctionName": f"function-{number:05}"} for number in range(start, start + 50)]
        return as_json({"Functions": functions, "NextMarker": str(start + 50)})

    with Answering(page) as aws:
        listed = FUNCTIONS.read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection, slept.append)
    assert (len(listed.names), listed.is_whole) == (MOST_NAMES, False)
    assert listed.summary() == "only the first 10,000 are offered"
    assert len(listed.matching("")) == len(listed.matching("function")) == MOST_OFFERED
    assert listed.matching("09999") == ("function-09999",)
    assert len(slept) > 100


def test_a_name_with_markup_is_a_name_like_any_other() -> None:
    queue: Any = {"QueueUrls": ["https://sqs.us-east-1.amazonaws.com/123456789012/<b>bold"]}
    answer = Answer(200, json.dumps(queue).encode(), {"Content-Type": "application/x-amz-json-1.0"})
    with Answering([answer]) as aws:
        listed = DESTINATIONS["sqs"].read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection)
    assert listed.names == ("<b>bold",)
