"""What invokes a function, and how: the settings apply only to asynchronous invocations.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from eicnb.errors import EicError
from eicnb.model.function import LATEST
from eicnb.model.one_or_more import one_or_more

Invocation = Literal["asynchronous", "synchronous", "either"]

_ASYNCHRONOUS: Mapping[str, str] = {
    "cloudformation": "CloudFormation",
    "codecommit": "CodeCommit",
    "codepipeline": "CodePipeline",
    "config": "AWS Config",
    "events": "EventBridge",
    "iot": "AWS IoT",
    "iotevents": "AWS IoT Events",
    "lambda.alarms.cloudwatch": "CloudWatch alarms",
    "logs": "CloudWatch Logs",
    "s3": "Amazon S3",
    "scheduler": "EventBridge Scheduler",
    "ses": "Amazon SES",
    "sns": "Amazon SNS",
}
"""The services that invoke functions asynchronously, by their service principal without its domain."""

_SYNCHRONOUS: Mapping[str, str] = {
    "alexa-appkit": "Alexa",
    "alexa-connectedhome": "Alexa",
    "apigateway": "API Gateway",
    "batchoperations.s3": "S3 Batch Operations",
    "bedrock": "Amazon Bedrock",
    "cloudfront": "CloudFront",
    "cognito-idp": "Cognito",
    "cognito-sync": "Cognito",
    "connect": "Amazon Connect",
    "edgelambda": "CloudFront",
    "elasticloadbalancing": "a load balancer",
    "firehose": "Data Firehose",
    "lex": "Amazon Lex",
    "lexv2": "Amazon Lex",
    "replicator.lambda": "CloudFront",
    "secretsmanager": "Secrets Manager",
    "transfer": "AWS Transfer Family",
    "vpc-lattice": "VPC Lattice",
}
"""The services that wait for the function's response. Services in neither table could do either."""

_EVENT_SOURCES: Mapping[str, str] = {
    "dynamodb": "a DynamoDB stream",
    "kafka": "an MSK topic",
    "kinesis": "a Kinesis stream",
    "mq": "an MQ broker",
    "rds": "a DocumentDB change stream",
    "sqs": "an SQS queue",
}

_DOMAIN = re.compile(r"\.amazon(?:aws)?\.com(?:\.[a-z]+)?$")

_REGION = re.compile(r"\.[a-z]{2,}(?:-[a-z]+)+-[0-9]+$")

_INVOKING = ("lambda:invokefunction", "lambda:invokefunctionurl")

_COLONS = 7  # in the ARN of a function with a qualifier

_ENDED = frozenset({"Disabled", "Disabling", "Deleting"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that may invoke a function, in words, and how it does so."""

    name: str
    invocation: Invocation

    @classmethod
    def of_service(cls, principal: str) -> Trigger:
        """Return the trigger of a service principal.

        >>> Trigger.of_service("s3.amazonaws.com"), Trigger.of_service("apigateway.amazonaws.com")
        (Trigger(name='Amazon S3', invocation='asynchronous'), Trigger(name='API Gateway', invocation='synchronous'))
        """
        service = _REGION.sub("", _DOMAIN.sub("", principal))
        if service in _ASYNCHRONOUS:
            return cls(_ASYNCHRONOUS[service], "asynchronous")
        if service in _SYNCHRONOUS:
            return cls(_SYNCHRONOUS[service], "synchronous")
        return cls(principal, "either")


_FUNCTION_URL = Trigger("a function URL", "synchronous")


def triggers_in(policy: str) -> tuple[Trigger, ...]:
    """Return what a function's resource policy allows to invoke it; raise EicError if it is malformed.

    >>> statement = {"Effect": "Allow", "Action": "lambda:*", "Principal": {"Service": "sns.amazonaws.com"}}
    >>> triggers_in(json.dumps({"Statement": statement}))
    (Trigger(name='Amazon SNS', invocation='asynchronous'),)
    """
    try:
        statements = one_or_more(json.loads(policy)["Statement"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EicError(f"the function's policy is malformed: {error}") from error
    found = [trigger for statement in statements if isinstance(statement, Mapping) for trigger in _allowed(statement)]
    return tuple(dict.fromkeys(found))


def _allowed(statement: Mapping[str, Any]) -> Iterator[Trigger]:
    actions = [action for action in _INVOKING if _names(statement.get("Action"), action)]
    if statement.get("Effect") != "Allow" or not actions:
        return
    if actions == ["lambda:invokefunctionurl"] or _is_of_a_url(statement.get("Condition")):
        yield _FUNCTION_URL
        return
    principal = statement.get("Principal")
    for kind, names in principal.items() if isinstance(principal, Mapping) else [("AWS", principal)]:
        for name in one_or_more(names):
            yield Trigger.of_service(str(name)) if kind == "Service" else Trigger(_in_words(str(name)), "either")


def _names(actions: Any, action: str) -> bool:
    return any(fnmatchcase(action, str(pattern).lower()) for pattern in one_or_more(actions))


def _is_of_a_url(condition: Any) -> bool:
    """Return whether a condition lets only the function's URL invoke it."""
    text = json.dumps(condition).lower()
    return "lambda:invokedviafunctionurl" in text or "lambda:functionurlauthtype" in text


def _in_words(principal: str) -> str:
    return "anyone" if principal == "*" else principal


@dataclass(frozen=True, slots=True)
class EventSource:
    """An event source mapping: Lambda polls the source and invokes the function synchronously.

    `source_arn` is None for a self-managed Kafka cluster. `function_arn` ends in the qualifier, if there is one.
    """

    function_arn: str
    source_arn: str | None = None
    is_enabled: bool = True

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> EventSource:
        """Parse a mapping from ListEventSourceMappings; raise EicError if it names no function.

        >>> EventSource.from_api({"FunctionArn": "arn:f", "EventSourceArn": "arn:q", "State": "Disabled"})
        EventSource(function_arn='arn:f', source_arn='arn:q', is_enabled=False)
        """
        function_arn, source_arn = item.get("FunctionArn"), item.get("EventSourceArn")
        if not isinstance(function_arn, str) or not isinstance(source_arn, str | None):
            raise EicError(f"an event source mapping names the function {function_arn!r} and the source {source_arn!r}")
        return cls(function_arn, source_arn, item.get("State") not in _ENDED)

    @property
    def qualified_arn(self) -> str:
        """The ARN of the function with the qualifier that is invoked."""
        return qualified(self.function_arn)

    @property
    def trigger(self) -> Trigger:
        """The source as a trigger."""
        service = (self.source_arn or "").split(":")[2:3]
        return Trigger(_EVENT_SOURCES.get(service[0], "an event source") if service else "a Kafka topic", "synchronous")


def qualified(function_arn: str) -> str:
    """Return the ARN of a function with its qualifier; without one, AWS invokes `$LATEST`.

    >>> qualified("arn:aws:lambda:us-east-1:123456789012:function:my-function")
    'arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST'
    """
    return f"{function_arn}:{LATEST}" if function_arn.count(":") < _COLONS else function_arn
