from __future__ import annotations

import pytest

import eicnb
from tests.widgets.driver import button, click, field, opened, widgets

KINDS = [
    (["SNS topic"], ""),
    (["S", "SN", "SNS topic"], ""),
    (["", "SNS topic"], ""),
    (["SNS topic", "Lambda function"], ""),
    (["SQS queu", "SQS queue"], "checkout-failures"),
    (["SNS topic", "SQS queue"], "checkout-failures"),
    (["s", "SQS queue"], "checkout-failures"),
]


@pytest.mark.parametrize(("kinds", "name"), KINDS, ids=str)
def test_a_name_stays_with_its_kind(eic: eicnb.Eic, kinds: list[str], name: str) -> None:
    form = opened(eic, "checkout")
    for kind in kinds:
        field(form, "On failure, send to").value = kind
    [one] = [one for one in widgets(form) if getattr(one, "description", "").endswith(" on failure")]
    assert one.value == name


WHOLE = [
    ("sqs:shop-failures", "arn:aws:sqs:us-east-1:{}:shop-failures"),
    ("sns:shop-alerts", "arn:aws:sns:us-east-1:{}:shop-alerts"),
    ("arn:aws:events:us-east-1:{}:event-bus/shop", "arn:aws:events:us-east-1:{}:event-bus/shop"),
]


@pytest.mark.parametrize(("typed", "arn"), WHOLE)
def test_the_kind_takes_a_whole_destination(eic: eicnb.Eic, typed: str, arn: str) -> None:
    form = opened(eic, "newsletters")
    field(form, "On failure, send to").value = typed.format(eic.account_id)
    click(button(form, "Apply 1 change"))
    assert form.result.on_failure.tolist() == [arn.format(eic.account_id)]
