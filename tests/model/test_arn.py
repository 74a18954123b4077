from __future__ import annotations

import pytest

from eicnb.errors import UsageError
from eicnb.model.arn import example_arn, fault_in_parts, refuse_leftover

TWELVE = "Try: write all twelve digits, with the leading zeros: 123456789012"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "arn:aws:sqs:us-east-1:123456789:lost",
            f"'123456789' is not an account: it has 9 digits, but AWS's accounts have twelve\n{TWELVE}",
        ),
        (
            "arn:aws:sqs:us-east-1:1234567890123:lost",
            f"'1234567890123' is not an account: it has 13 digits, but AWS's accounts have twelve\n{TWELVE}",
        ),
        ("arn:aws:sqs:nowhere:123456789012:lost", "'nowhere' is not the name of a region\nTry: us-east-1"),
    ],
)
def test_the_error_names_the_invalid_part(text: str, message: str) -> None:
    assert str(fault_in_parts(text)) == message


@pytest.mark.parametrize(
    "text", ["", "lost", "arn:aws:s3:::lost", example_arn("sqs", "lost"), "arn:aws:sqs:us-east-1:ACCOUNT-0001:lost"]
)
def test_a_text_with_valid_parts_has_no_error(text: str) -> None:
    assert fault_in_parts(text) is None


@pytest.mark.parametrize("text", ["my-function", "$LATEST", "$LATEST.PUBLISHED"])
def test_a_name_without_a_reference_is_accepted(text: str) -> None:
    refuse_leftover("qualifier", text)


@pytest.mark.parametrize(("text", "left"), [("$name", "$"), ("a{b", "{"), ("a}", "}"), ("$LATESTS", "$")])
def test_a_reference_that_was_not_filled_in_is_refused(text: str, left: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_leftover("qualifier", text)
    assert str(caught.value) == (
        f"the qualifier {text!r} has a {left!r}, which no qualifier in AWS can have\n"
        "Try: write ${name} for a variable of the notebook, outside single quotes"
    )
