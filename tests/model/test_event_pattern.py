"""Which event patterns could match the record of an asynchronous invocation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eicnb.model.event_pattern import Outcome, could_match, record_of

BUS = "arn:aws:events:us-east-1:123456789012:event-bus/shop"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:orders:live"

MATCHING = [
    {"source": ["lambda"]},
    {"source": ["aws.lambda"]},
    {"source": [{"prefix": "aws."}]},
    {"source": [{"prefix": {"equals-ignore-case": "AWS."}}]},
    {"source": [{"suffix": "lambda"}]},
    {"source": [{"suffix": {"equals-ignore-case": "LAMBDA"}}]},
    {"source": [{"equals-ignore-case": "AWS.Lambda"}]},
    {"source": [{"anything-but": ["aws.s3"]}]},
    {"source": [{"anything-but": "aws.lambda"}]},
    {"source": [{"anything-but": {"prefix": "aws.s3"}}]},
    {"source": [{"wildcard": "*lamb*"}]},
    {"source": ["aws.s3", "lambda"]},
    {"source": [{"exists": True}]},
    {"source": [{"newer-operator": "x"}]},
    {"account": ["123456789012"], "region": ["us-east-1"]},
    {"detail-type": ["Lambda Function Invocation Result - Failure"]},
    {"detail-type": [{"prefix": "Lambda Function Invocation Result"}]},
    {"resources": [FUNCTION]},
    {"resources": [{"wildcard": "*:function:orders:*"}]},
    {"detail": {"requestContext": {"condition": ["RetriesExhausted"]}}},
    {"detail": {"requestContext": {"functionArn": [{"prefix": FUNCTION}]}}},
    {"detail": {"requestContext": {"approximateInvokeCount": [{"numeric": [">", 1]}]}}},
    {"detail": {"requestContext": [{"exists": True}]}},
    {"detail": {"responsePayload": {"errorType": ["ValueError"]}}},
    {"detail": {"anything": [{"exists": False}]}},
    {"replay-name": [{"exists": False}]},
    {"$or": [{"source": ["aws.s3"]}, {"source": ["lambda"]}]},
    {},
]

NOT_MATCHING = [
    {"source": ["aws.s3"]},
    {"source": []},
    {"source": [{"prefix": "aws.s"}]},
    {"source": [{"suffix": "s3"}]},
    {"source": [{"equals-ignore-case": "aws.s3"}]},
    {"source": [{"anything-but": ["lambda", "aws.lambda"]}]},
    {"source": [{"anything-but": {"suffix": "lambda"}}]},
    {"source": [{"anything-but": {"wildcard": "*lambda"}}]},
    {"source": [{"wildcard": "aws.s*"}]},
    {"source": [{"wildcard": r"aws\*lambda"}]},
    {"source": [{"numeric": [">", 1]}]},
    {"source": [{"exists": False}]},
    {"source": ["lambda"], "account": ["210987654321"]},
    {"region": ["eu-west-1"]},
    {"detail-type": ["Lambda Function Invocation Result - Success"]},
    {"resources": [{"suffix": ":function:other:live"}]},
    {"detail": {"requestContext": {"condition": ["Success"]}}},
    {"detail": {"requestContext": {"functionArn": ["arn:of:another"]}}},
    {"source": {"name": ["lambda"]}},
    {"unknown": ["x"]},
    {"$or": [{"source": ["aws.s3"]}, {"region": ["eu-west-1"]}]},
]


def of_a_failure(pattern: dict[str, Any], outcome: Outcome = "failure") -> bool:
    return could_match(json.dumps(pattern), record_of(BUS, FUNCTION, outcome))


@pytest.mark.parametrize("pattern", MATCHING, ids=json.dumps)
def test_a_pattern_could_match_the_record(pattern: dict[str, Any]) -> None:
    assert of_a_failure(pattern)


@pytest.mark.parametrize("pattern", NOT_MATCHING, ids=json.dumps)
def test_a_pattern_cannot_match_the_record(pattern: dict[str, Any]) -> None:
    assert not of_a_failure(pattern)


def test_the_record_of_a_success_has_its_own_condition_and_detail_type() -> None:
    assert of_a_failure({"detail": {"requestContext": {"condition": ["Success"]}}}, "success")
    assert not of_a_failure({"detail-type": ["Lambda Function Invocation Result - Failure"]}, "success")


def test_a_scheduled_rule_has_no_pattern_and_matches_nothing() -> None:
    assert not could_match(None, record_of(BUS, FUNCTION, "failure"))


@pytest.mark.parametrize("unreadable", ["{", "[]", '"x"', '{"source": [["aws.s3"]]}'])
def test_a_malformed_pattern_could_match(unreadable: str) -> None:
    assert could_match(unreadable, record_of(BUS, FUNCTION, "failure"))
