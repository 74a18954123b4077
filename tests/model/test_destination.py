from __future__ import annotations

import pytest

from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn, DestinationName, destination_kind

DESTINATION_RULE = "See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
KINDS = "Try: send to an SQS queue, SNS topic, Lambda function, EventBridge bus or (on failure only) S3 bucket"


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:lost", ("sqs", "lost", "aws", "us-east-1", "123456789012")),
        ("arn:aws:sns:us-east-1:123456789012:lost", ("sns", "lost", "aws", "us-east-1", "123456789012")),
        ("arn:aws:s3:::lost", ("s3", "lost", "aws", None, None)),
        ("arn:aws-cn:s3:::lost", ("s3", "lost", "aws-cn", None, None)),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", ("lambda", "f", "aws", "us-east-1", "123456789012")),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:f:live",
            ("lambda", "f:live", "aws", "us-east-1", "123456789012"),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
            ("lambda", "f:$LATEST", "aws", "us-east-1", "123456789012"),
        ),
        (
            "arn:aws:events:us-east-1:123456789012:event-bus/default",
            ("events", "default", "aws", "us-east-1", "123456789012"),
        ),
        (
            "arn:aws:events:us-east-1:123456789012:event-bus/aws.partner/example.com/bus",
            ("events", "aws.partner/example.com/bus", "aws", "us-east-1", "123456789012"),
        ),
        (
            "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:lost",
            ("sqs", "lost", "aws-us-gov", "us-gov-west-1", "123456789012"),
        ),
        (
            "arn:aws-iso-b:sqs:us-isob-east-1:123456789012:lost",
            ("sqs", "lost", "aws-iso-b", "us-isob-east-1", "123456789012"),
        ),
        (
            "arn:aws-eusc:sqs:eusc-de-east-1:123456789012:lost",
            ("sqs", "lost", "aws-eusc", "eusc-de-east-1", "123456789012"),
        ),
    ],
)
def test_every_kind_of_destination_is_read_and_printed(text: str, arn: tuple[str | None, ...]) -> None:
    read = DestinationArn.parse(text)
    assert (read.kind, read.name, read.partition, read.region, read.account_id) == arn
    assert str(read) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "arn:aws:sqs:us-east-1:123456789012:orders.fifo",
            (
                "'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events\n"
                f"Try: send to a standard queue\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:orders.fifo",
            (
                "'orders.fifo' is a FIFO topic, to which Lambda does not deliver records of asynchronous events\n"
                f"Try: send to a standard topic\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:lost:1f2e3d4c",
            (
                "'lost:1f2e3d4c' is not the name of an SNS topic: AWS allows 1 to 256 letters, digits, '-' and '_'\n"
                "Try: arn:aws:sns:us-east-1:123456789012:lost\n"
                "See: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html"
            ),
        ),
        (
            "arn:aws:sqs:us-east-1:123456789012:lost ",
            (
                "'lost ' is not the name of an SQS queue: AWS allows 1 to 80 letters, digits, '-' and '_'\n"
                "Try: arn:aws:sqs:us-east-1:123456789012:lost\n"
                "See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
            ),
        ),
        (
            "arn:aws:s3:::lost/2026",
            (
                "'lost/2026' is not the name of an S3 bucket: AWS allows 3 to 63 lower-case letters, digits, '-' "
                "and single '.', with a letter or digit at each end\n"
                "Try: arn:aws:s3:::lost\n"
                "See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
            ),
        ),
        (
            "arn:aws:s3:::192.168.5.4",
            (
                "'192.168.5.4' is not the name of an S3 bucket: AWS reserves it\n"
                "Try: s3:NAME or arn:aws:s3:::my-bucket\n"
                "See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
            ),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:my function",
            (
                "'my function' is not the name of a Lambda function: AWS allows 1 to 64 letters, digits, '-' and '_', "
                "optionally with ':' and a version or alias\n"
                "Try: arn:aws:lambda:us-east-1:123456789012:function:my-function\n"
                "See: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"
            ),
        ),
        (
            "arn:aws:sqs:us-east-1:123456789:lost",
            (
                "'123456789' is not an account: it has 9 digits, but AWS's accounts have twelve\n"
                "Try: write all twelve digits, with the leading zeros: 123456789012"
            ),
        ),
        (
            "arn:aws:s3:us-east-1::lost",
            (
                "'arn:aws:s3:us-east-1::lost' is not the ARN of an S3 bucket: "
                "a bucket's ARN has no region and no account\n"
                f"Try: arn:aws:s3:::lost\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sqs:::lost",
            (
                "'arn:aws:sqs:::lost' is not the ARN of an SQS queue: it lacks the region or the account\n"
                f"Try: arn:aws:sqs:us-east-1:123456789012:my-queue\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:layer:f",
            (
                "'arn:aws:lambda:us-east-1:123456789012:layer:f' is not the ARN of a Lambda function\n"
                f"Try: arn:aws:lambda:us-east-1:123456789012:function:my-function\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:events:us-east-1:123456789012:rule/nightly",
            (
                "'arn:aws:events:us-east-1:123456789012:rule/nightly' is not the ARN of an EventBridge bus\n"
                f"Try: arn:aws:events:us-east-1:123456789012:event-bus/default\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:dynamodb:us-east-1:123456789012:table/lost",
            f"'dynamodb' cannot be a destination\n{KINDS}\n{DESTINATION_RULE}",
        ),
        (
            "https://sqs.us-east-1.amazonaws.com/123456789012/lost",
            (
                "'https://sqs.us-east-1.amazonaws.com/123456789012/lost' is not an ARN\n"
                f"Try: arn:aws:sqs:us-east-1:123456789012:lost\n{DESTINATION_RULE}"
            ),
        ),
        (
            "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/lost",
            (
                "'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/lost' is not an ARN\n"
                f"Try: arn:aws-cn:sqs:cn-north-1:123456789012:lost\n{DESTINATION_RULE}"
            ),
        ),
        (
            "https://sqs.us-gov-west-1.amazonaws.com/123456789012/lost",
            (
                "'https://sqs.us-gov-west-1.amazonaws.com/123456789012/lost' is not an ARN\n"
                f"Try: arn:aws-us-gov:sqs:us-gov-west-1:123456789012:lost\n{DESTINATION_RULE}"
            ),
        ),
        (
            "lost",
            (
                "'lost' is not an ARN\n"
                f"Try: sqs:lost (or sns:, lambda:, events:, s3:), or the whole ARN\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sqs:us-east-1:123456789012:${queue}",
            (
                "the destination 'arn:aws:sqs:us-east-1:123456789012:${queue}' has a '$', "
                "which no destination in AWS can have\n"
                "Try: write ${name} for a variable of the notebook, outside single quotes"
            ),
        ),
    ],
)
def test_an_error_about_a_destination_shows_what_to_type(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        DestinationArn.parse(text)
    assert str(caught.value) == message


def test_a_destination_has_at_most_350_characters() -> None:
    start = f"arn:aws:events:us-{'e' * 60}-1:123456789012:event-bus/"
    bus = start + "b" * (350 - len(start))
    assert str(DestinationArn.parse(bus)) == bus
    with pytest.raises(UsageError, match="the destination has 351 characters, but AWS allows 350"):
        DestinationArn.parse(bus + "b")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:orders.fifo", "sqs"),
        ("arn:aws:s3:::lost", "s3"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/lost", None),
        ("kafka://topic", None),
        ("", None),
    ],
)
def test_the_kind_of_a_reported_destination_is_known_or_none(text: str, kind: str | None) -> None:
    assert destination_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("sqs:lost", "arn:aws-cn:sqs:cn-north-1:123456789012:lost"),
        ("sns:lost", "arn:aws-cn:sns:cn-north-1:123456789012:lost"),
        ("s3:lost", "arn:aws-cn:s3:::lost"),
        ("lambda:lost:live", "arn:aws-cn:lambda:cn-north-1:123456789012:function:lost:live"),
        ("events:default", "arn:aws-cn:events:cn-north-1:123456789012:event-bus/default"),
    ],
)
def test_a_destination_by_name_is_in_the_account_and_region_of_the_connection(text: str, arn: str) -> None:
    assert str(DestinationName.parse(text).arn("aws-cn", "cn-north-1", "123456789012")) == arn


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lost",
            (
                "'lost' is not a destination\nTry: sqs:lost (or sns:, lambda:, events:, s3:), "
                f"or the whole ARN, or none\n{DESTINATION_RULE}"
            ),
        ),
        (
            "sqs:my queue",
            (
                "'my queue' is not the name of an SQS queue: AWS allows 1 to 80 letters, digits, '-' and '_'\n"
                "Try: sqs:my-queue\n"
                "See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
            ),
        ),
        ("sqs", f"'sqs' is not a destination\nTry: sqs:NAME\n{DESTINATION_RULE}"),
        ("events:", f"'events:' is not a destination\nTry: events:NAME\n{DESTINATION_RULE}"),
        ("queue:lost", f"'queue:lost' is not a destination\nTry: sqs:lost, or none\n{DESTINATION_RULE}"),
        ("dynamodb:lost", f"'dynamodb' cannot be a destination\n{KINDS}\n{DESTINATION_RULE}"),
        (
            "sqs:orders.fifo",
            (
                "'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events\n"
                f"Try: send to a standard queue\n{DESTINATION_RULE}"
            ),
        ),
    ],
)
def test_an_error_about_a_destination_by_name_shows_what_to_type(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        DestinationName.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text", ["sqs:", "sqs:a:b", "sqs:a/b", "lambda:a b", "events:a:b", "s3:a..b", "s3:Lost", "sqs:x*", "sqs:lost "]
)
def test_a_destination_name_that_no_arn_could_have_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        DestinationName.parse(text)
