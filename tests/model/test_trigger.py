"""What invokes a function, according to its policy and event source mappings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eicnb.errors import EicError
from eicnb.model.trigger import EventSource, Trigger, triggers_in

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:orders"


def statement(principal: Any, action: Any = "lambda:InvokeFunction", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": FUNCTION, **more}


def found_in(*statements: dict[str, Any]) -> list[tuple[str, str]]:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return [(trigger.name, trigger.invocation) for trigger in triggers_in(policy)]


PRINCIPALS = [
    ("s3.amazonaws.com", "Amazon S3", "asynchronous"),
    ("sns.amazonaws.com", "Amazon SNS", "asynchronous"),
    ("events.amazonaws.com", "EventBridge", "asynchronous"),
    ("ses.amazonaws.com", "Amazon SES", "asynchronous"),
    ("logs.eu-west-1.amazonaws.com", "CloudWatch Logs", "asynchronous"),
    ("logs.cn-north-1.amazonaws.com.cn", "CloudWatch Logs", "asynchronous"),
    ("lambda.alarms.cloudwatch.amazonaws.com", "CloudWatch alarms", "asynchronous"),
    ("apigateway.amazonaws.com", "API Gateway", "synchronous"),
    ("elasticloadbalancing.amazonaws.com", "a load balancer", "synchronous"),
    ("alexa-appkit.amazon.com", "Alexa", "synchronous"),
    ("replicator.lambda.amazonaws.com", "CloudFront", "synchronous"),
    ("states.amazonaws.com", "states.amazonaws.com", "either"),
]


@pytest.mark.parametrize(("principal", "name", "invocation"), PRINCIPALS)
def test_each_service_invokes_synchronously_or_not(principal: str, name: str, invocation: str) -> None:
    assert found_in(statement({"Service": principal})) == [(name, invocation)]


STATEMENTS = [
    ("an account", statement({"AWS": "arn:aws:iam::2:root"}), [("arn:aws:iam::2:root", "either")]),
    ("anyone", statement("*"), [("anyone", "either")]),
    ("every action", statement({"Service": "s3.amazonaws.com"}, "lambda:*"), [("Amazon S3", "asynchronous")]),
    ("two services", statement({"Service": ["s3.amazonaws.com", "lex.amazonaws.com"]}),
     [("Amazon S3", "asynchronous"), ("Amazon Lex", "synchronous")]),
    ("a URL", statement("*", "lambda:InvokeFunctionUrl"), [("a function URL", "synchronous")]),
    ("a URL's invocation", statement("*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
     [("a function URL", "synchronous")]),
    ("another action", statement({"Service": "s3.amazonaws.com"}, "lambda:GetFunction"), []),
    ("a refusal", statement({"Service": "s3.amazonaws.com"}, Effect="Deny"), []),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), [case[1:] for case in STATEMENTS], ids=[case[0] for case in STATEMENTS])
def test_a_statement_allows_what_it_names(given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found_in(given) == expected


@pytest.mark.parametrize("policy", ["{", "[]", "{}"])
def test_a_malformed_policy_is_an_error(policy: str) -> None:
    with pytest.raises(EicError, match="the function's policy is malformed: "):
        triggers_in(policy)


SOURCES = [
    ("arn:aws:sqs:us-east-1:123456789012:orders", "an SQS queue"),
    ("arn:aws:kinesis:us-east-1:123456789012:stream/clicks", "a Kinesis stream"),
    ("arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1", "a DynamoDB stream"),
    ("arn:aws:new:us-east-1:123456789012:x", "an event source"),
    (None, "a Kafka topic"),
]


@pytest.mark.parametrize(("source", "name"), SOURCES)
def test_an_event_source_invokes_synchronously(source: str | None, name: str) -> None:
    mapping = EventSource.from_api({"FunctionArn": FUNCTION, "EventSourceArn": source, "State": "Enabled"})
    assert mapping == EventSource(FUNCTION, source)
    assert mapping.trigger == Trigger(name, "synchronous")


def test_a_mapping_without_a_function_is_an_error() -> None:
    with pytest.raises(EicError, match="an event source mapping names the function None"):
        EventSource.from_api({})
