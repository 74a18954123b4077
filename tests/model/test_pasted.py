from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.model.pasted import instead_of, meant_by

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
LOCAL = "arn:aws:sqs:us-east-1:000000000000:lost"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https://sqs.us-east-1.amazonaws.com/123456789012/lost", QUEUE),
        ("https://sqs.us-east-1.amazonaws.com/123456789012/lost/", QUEUE),
        ("https://sqs-fips.us-east-1.amazonaws.com/123456789012/lost", QUEUE),
        ("https://sqs.us-east-1.api.aws/123456789012/lost", QUEUE),
        ("https://us-east-1.queue.amazonaws.com/123456789012/lost", QUEUE),
        ("https://queue.amazonaws.com/123456789012/lost", QUEUE),
        ("https://vpce-1a-2b.sqs.us-east-1.vpce.amazonaws.com/123456789012/lost", QUEUE),
        (
            "https://sqs.us-isof-south-1.csp.hci.ic.gov/123456789012/lost",
            "arn:aws-iso-f:sqs:us-isof-south-1:123456789012:lost",
        ),
        (
            "https://sqs.eusc-de-east-1.amazonaws.eu/123456789012/lost",
            "arn:aws-eusc:sqs:eusc-de-east-1:123456789012:lost",
        ),
        ("http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/lost", LOCAL),
        ("http://us-east-1.queue.localhost.localstack.cloud:4566/000000000000/lost", LOCAL),
        ("http://localhost:4566/queue/us-east-1/000000000000/lost", LOCAL),
        ("http://localhost:4566/000000000000/lost", "sqs:lost, or arn:aws:sqs:REGION:000000000000:lost"),
        ("s3://lost/2026/11", "arn:aws:s3:::lost"),
        ("https://lost.s3.amazonaws.com/2026", "arn:aws:s3:::lost"),
        ("https://lost.s3.eu-west-1.amazonaws.com", "arn:aws:s3:::lost"),
        ("https://lost.s3.cn-north-1.amazonaws.com.cn/a", "arn:aws-cn:s3:::lost"),
        ("https://s3.us-east-1.amazonaws.com/lost/2026", "arn:aws:s3:::lost"),
        (f"  {QUEUE}\n", QUEUE),
        (f'"{QUEUE}",', QUEUE),
        (f"\N{LEFT DOUBLE QUOTATION MARK}{QUEUE}\N{RIGHT DOUBLE QUOTATION MARK}", QUEUE),
        ("SQS:lost", "sqs:lost"),
        ("queue:lost", "sqs:lost"),
        ("topic:lost", "sns:lost"),
        ("bucket:lost", "s3:lost"),
        ("function:f:live", "lambda:f:live"),
        ("event-bus/default", "events:default"),
        ("EventBridge:shop", "events:shop"),
        ("sqs: lost", "sqs:lost"),
    ],
)
def test_a_pasted_text_is_read(text: str, meant: str) -> None:
    assert meant_by(text) == meant
    assert instead_of(text) == meant


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("lost", "sqs:lost (or sns:, lambda:, events:, s3:), or the whole ARN"),
        ("https://example.com/lost", "arn:aws:sqs:us-east-1:123456789012:my-queue"),
        ("ftp://sqs.us-east-1.amazonaws.com/123456789012/lost", "arn:aws:sqs:us-east-1:123456789012:my-queue"),
        ("https://[::1", "arn:aws:sqs:us-east-1:123456789012:my-queue"),
        ("s3://", "arn:aws:sqs:us-east-1:123456789012:my-queue"),
        ("", "arn:aws:sqs:us-east-1:123456789012:my-queue"),
    ],
)
def test_any_other_text_gets_an_example(text: str, hint: str) -> None:
    assert meant_by(text) is None
    assert instead_of(text) == hint


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert instead_of(text)
