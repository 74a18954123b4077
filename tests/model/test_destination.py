from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn, DestinationName, destination_kind
from eicnb.model.function import FunctionRef, check_qualifier

FORMS = [
    ("my-function", FunctionRef("my-function")),
    ("my-function:live", FunctionRef("my-function", "live")),
    ("my-function-1:live", FunctionRef("my-function-1", "live")),
    ("my-function:7", FunctionRef("my-function", "7")),
    ("my-function:$LATEST", FunctionRef("my-function", "$LATEST")),
    ("my-function:$LATEST.PUBLISHED", FunctionRef("my-function", "$LATEST.PUBLISHED")),
    ("my_function.v2", FunctionRef("my_function.v2")),
    ("function:my-function", FunctionRef("my-function", marked=True)),
    (
        "123456789012:function:my-function",
        FunctionRef("my-function", account_id="123456789012", marked=True),
    ),
    (
        "123456789012:function:my-function:live",
        FunctionRef("my-function", "live", account_id="123456789012", marked=True),
    ),
    ("123456789012:my-function", FunctionRef("my-function", account_id="123456789012")),
    (
        "us-east-1:123456789012:function:my-function",
        FunctionRef("my-function", region="us-east-1", account_id="123456789012", marked=True),
    ),
]

PLACES = [
    ("aws", "us-east-1"),
    ("aws", "ap-southeast-7"),
    ("aws", "il-central-1"),
    ("aws-cn", "cn-northwest-1"),
    ("aws-us-gov", "us-gov-west-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"),
    ("aws-eusc", "eusc-de-east-1"),
]

NAME_RULE = "See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
DESTINATION_RULE = "See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
FUNCTION_FORMS = (
    "Try: my-function, my-function:live, my-function:7, 123456789012:function:my-function "
    "or arn:aws:lambda:us-east-1:123456789012:function:my-function"
)
QUALIFIER_FORMS = "Try: a version number such as 7, an alias such as live, or $LATEST"
KINDS = "Try: an SQS queue, SNS topic, Lambda function, EventBridge bus or (on failure only) S3 bucket"

names = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=64)
qualifiers = st.one_of(
    st.none(),
    st.sampled_from(["$LATEST", "$LATEST.PUBLISHED", "live", "7"]),
    st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=100),
)
accounts = st.text(string.digits, min_size=12, max_size=12)


@st.composite
def function_refs(draw: st.DrawFn) -> FunctionRef:
    function_name, qualifier = draw(names), draw(qualifiers)
    form = draw(st.sampled_from(["name", "partial", "whole"]))
    if form == "name":
        return FunctionRef(function_name, qualifier)
    if form == "partial":
        return FunctionRef(function_name, qualifier, account_id=draw(accounts), marked=True)
    partition, region = draw(st.sampled_from(PLACES))
    return FunctionRef(function_name, qualifier, partition, region, draw(accounts), marked=True)


@pytest.mark.parametrize(("text", "ref"), FORMS)
def test_every_form_of_a_function_name_is_read_and_printed(text: str, ref: FunctionRef) -> None:
    assert FunctionRef.parse(text) == ref
    assert str(ref) == text


@pytest.mark.parametrize(("partition", "region"), PLACES)
@pytest.mark.parametrize("qualifier", [None, "live", "7", "$LATEST"])
def test_an_arn_of_any_partition_is_read_and_printed(partition: str, region: str, qualifier: str | None) -> None:
    tail = f":{qualifier}" if qualifier else ""
    text = f"arn:{partition}:lambda:{region}:123456789012:function:my-function{tail}"
    assert FunctionRef.parse(text) == FunctionRef(
        "my-function", qualifier, partition, region, "123456789012", marked=True
    )
    assert str(FunctionRef.parse(text)) == text


@given(function_refs())
def test_a_function_that_is_printed_is_read_back_the_same(ref: FunctionRef) -> None:
    assert FunctionRef.parse(str(ref)) == ref


@given(st.text())
def test_any_text_is_a_function_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert str(FunctionRef.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"the function name is empty\n{FUNCTION_FORMS}\n{NAME_RULE}"),
        ("my function", f"'my function' is not the name of a Lambda function\n{FUNCTION_FORMS}\n{NAME_RULE}"),
        ("my-function:", f"'my-function:' is not the name of a Lambda function\n{FUNCTION_FORMS}\n{NAME_RULE}"),
        ("my-function:a:b", f"'my-function:a:b' is not the name of a Lambda function\n{FUNCTION_FORMS}\n{NAME_RULE}"),
        ("my-function\n", f"'my-function\\n' is not the name of a Lambda function\n{FUNCTION_FORMS}\n{NAME_RULE}"),
        (
            "arn:aws:sqs:us-east-1:123456789012:lost",
            (
                f"'arn:aws:sqs:us-east-1:123456789012:lost' is not the name of a Lambda function\n"
                f"{FUNCTION_FORMS}\n{NAME_RULE}"
            ),
        ),
        (
            "arn:aws:lambda:us-east-1:12345:function:my-function",
            (
                f"'arn:aws:lambda:us-east-1:12345:function:my-function' is not the name of a Lambda function\n"
                f"{FUNCTION_FORMS}\n{NAME_RULE}"
            ),
        ),
        (
            "my-$function",
            (
                "the function name 'my-$function' has a '$' left in it, which no function name in AWS can have\n"
                "Try: ${name} for a value of the notebook, outside single quotes"
            ),
        ),
        (
            "my-{function}",
            (
                "the function name 'my-{function}' has a '{' left in it, which no function name in AWS can have\n"
                "Try: ${name} for a value of the notebook, outside single quotes"
            ),
        ),
        (
            "n" * 65,
            (
                "the function name has 65 characters, but AWS allows 64 in a name alone\n"
                f"Try: the name as `%eic functions` shows it\n{NAME_RULE}"
            ),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:" + "n" * 210,
            (
                "the function ARN has 257 characters, but AWS allows 256\n"
                f"Try: the ARN as `%eic functions` shows it\n{NAME_RULE}"
            ),
        ),
        (
            "my-function:" + "q" * 129,
            f"the qualifier has 129 characters, but AWS allows 128\n{QUALIFIER_FORMS}\n{NAME_RULE}",
        ),
    ],
)
def test_what_is_not_a_function_is_told_with_the_forms_that_exist(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        FunctionRef.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "n" * 64,
        "my-function:" + "q" * 128,
        "arn:aws:lambda:us-east-1:123456789012:function:" + "n" * 209,
        "123456789012:function:" + "n" * 140,
    ],
)
def test_what_is_just_short_enough_is_accepted(text: str) -> None:
    assert str(FunctionRef.parse(text)) == text


@pytest.mark.parametrize(
    ("function_name", "qualifier"), [("", None), ("a:b", None), ("a", ""), ("a", "b c"), ("function:a", None)]
)
def test_a_wrong_function_cannot_be_built(function_name: str, qualifier: str | None) -> None:
    with pytest.raises(UsageError):
        FunctionRef(function_name, qualifier)


@pytest.mark.parametrize(
    ("text", "qualifier", "expected"),
    [
        ("my-function", None, "my-function"),
        ("my-function", "live", "my-function:live"),
        ("my-function:live", "live", "my-function:live"),
        ("my-function:live", None, "my-function:live"),
        ("123456789012:function:my-function", "$LATEST", "123456789012:function:my-function:$LATEST"),
    ],
)
def test_a_qualifier_beside_the_name_is_joined_to_it(text: str, qualifier: str | None, expected: str) -> None:
    assert str(FunctionRef.parse(text).with_qualifier(qualifier)) == expected


def test_two_qualifiers_that_differ_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        FunctionRef.parse("my-function:live").with_qualifier("7")
    assert str(caught.value) == (
        "the function is named with the qualifier 'live', but the qualifier '7' is given beside it\nTry: one of the two"
    )


def test_a_function_without_its_qualifier_is_the_function_itself() -> None:
    assert str(FunctionRef.parse("my-function:live").without_qualifier()) == "my-function"


@pytest.mark.parametrize("text", ["live", "7", "$LATEST", "$LATEST.PUBLISHED", "a_b-C", "q" * 128])
def test_a_qualifier_is_returned_as_it_is(text: str) -> None:
    assert check_qualifier(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"the qualifier is empty\n{QUALIFIER_FORMS}\n{NAME_RULE}"),
        ("a b", f"'a b' is not a qualifier\n{QUALIFIER_FORMS}\n{NAME_RULE}"),
        ("a.b", f"'a.b' is not a qualifier\n{QUALIFIER_FORMS}\n{NAME_RULE}"),
        (
            "$LIVE",
            (
                "the qualifier '$LIVE' has a '$' left in it, which no qualifier in AWS can have\n"
                "Try: ${name} for a value of the notebook, outside single quotes"
            ),
        ),
    ],
)
def test_what_is_not_a_qualifier_is_told_with_what_is(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_qualifier(text)
    assert str(caught.value) == message


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
                f"Try: a standard queue\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:orders.fifo",
            (
                "'orders.fifo' is a FIFO topic, to which Lambda does not deliver records of asynchronous events\n"
                f"Try: a standard topic\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:lost:1f2e3d4c",
            (
                "'arn:aws:sns:us-east-1:123456789012:lost:1f2e3d4c' is not the ARN of an SNS topic\n"
                f"Try: arn:aws:sns:us-east-1:123456789012:my-topic\n{DESTINATION_RULE}"
            ),
        ),
        (
            "arn:aws:s3:us-east-1::lost",
            (
                "'arn:aws:s3:us-east-1::lost' is not the ARN of an S3 bucket: a bucket's has no region and no account\n"
                f"Try: arn:aws:s3:::my-bucket\n{DESTINATION_RULE}"
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
                "the destination 'arn:aws:sqs:us-east-1:123456789012:${queue}' has a '$' left in it, "
                "which no destination in AWS can have\n"
                "Try: ${name} for a value of the notebook, outside single quotes"
            ),
        ),
    ],
)
def test_what_cannot_be_a_destination_is_told_with_what_can(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        DestinationArn.parse(text)
    assert str(caught.value) == message


def test_a_destination_has_at_most_350_characters() -> None:
    bucket = "arn:aws:s3:::" + "b" * 337
    assert str(DestinationArn.parse(bucket)) == bucket
    with pytest.raises(UsageError, match="the destination has 351 characters, but AWS allows 350"):
        DestinationArn.parse(bucket + "b")


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
def test_a_destination_by_name_is_in_the_place_of_whoever_uses_it(text: str, arn: str) -> None:
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
        ("dynamodb:lost", f"'dynamodb' cannot be a destination\n{KINDS}\n{DESTINATION_RULE}"),
        (
            "sqs:orders.fifo",
            (
                "'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events\n"
                f"Try: a standard queue\n{DESTINATION_RULE}"
            ),
        ),
    ],
)
def test_a_wrong_destination_by_name_is_told_with_what_is_right(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        DestinationName.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["sqs:", "sqs:a:b", "sqs:a/b", "lambda:a b", "events:a:b"])
def test_a_destination_name_that_no_arn_could_have_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        DestinationName.parse(text)
