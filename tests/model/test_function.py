from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.errors import UsageError
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
FUNCTION_FORMS = (
    "Try: my-function, my-function:live, my-function:7, 123456789012:function:my-function "
    "or arn:aws:lambda:us-east-1:123456789012:function:my-function"
)
TWELVE = "Try: write all twelve digits, with the leading zeros: 123456789012"
QUALIFIER_FORMS = "Try: type a version number such as 7, an alias such as live, or $LATEST"
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
            f"'12345' is not an account: it has 5 digits, but AWS's accounts have twelve\n{TWELVE}",
        ),
        (
            "123456789:function:my-function",
            f"'123456789' is not an account: it has 9 digits, but AWS's accounts have twelve\n{TWELVE}",
        ),
        (
            "my-$function",
            (
                "the function name 'my-$function' has a '$', which no function name in AWS can have\n"
                "Try: write ${name} for a variable of the notebook, outside single quotes"
            ),
        ),
        (
            "my-{function}",
            (
                "the function name 'my-{function}' has a '{', which no function name in AWS can have\n"
                "Try: write ${name} for a variable of the notebook, outside single quotes"
            ),
        ),
        (
            "n" * 65,
            (
                "the function name has 65 characters, but AWS allows 64 in a name alone\n"
                f"Try: copy the name from the list\n    %eic functions\n{NAME_RULE}"
            ),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:" + "n" * 210,
            (
                "the function ARN has 257 characters, but AWS allows 256\n"
                f"Try: copy the ARN from the list\n    %eic functions\n{NAME_RULE}"
            ),
        ),
        (
            "my-function:" + "q" * 129,
            f"the qualifier has 129 characters, but AWS allows 128\n{QUALIFIER_FORMS}\n{NAME_RULE}",
        ),
    ],
)
def test_an_error_about_a_function_shows_the_forms_that_exist(text: str, message: str) -> None:
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
def test_a_name_of_the_longest_length_is_accepted(text: str) -> None:
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
def test_a_separate_qualifier_is_added_to_the_name(text: str, qualifier: str | None, expected: str) -> None:
    assert str(FunctionRef.parse(text).with_qualifier(qualifier)) == expected


def test_two_different_qualifiers_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        FunctionRef.parse("my-function:live").with_qualifier("7")
    assert str(caught.value) == (
        "the function is named with the qualifier 'live', but the qualifier '7' is given as well\n"
        "Try: give one of the two"
    )


def test_a_function_without_its_qualifier_is_the_function_itself() -> None:
    assert str(FunctionRef.parse("my-function:live").without_qualifier()) == "my-function"


@pytest.mark.parametrize("text", ["live", "7", "$LATEST", "$LATEST.PUBLISHED", "a_b-C", "q" * 128])
def test_a_qualifier_is_returned_unchanged(text: str) -> None:
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
                "the qualifier '$LIVE' has a '$', which no qualifier in AWS can have\n"
                "Try: write ${name} for a variable of the notebook, outside single quotes"
            ),
        ),
    ],
)
def test_an_error_about_a_qualifier_shows_the_forms_that_exist(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_qualifier(text)
    assert str(caught.value) == message
