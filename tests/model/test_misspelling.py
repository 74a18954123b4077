"""Which existing name a misspelled name probably means."""

from __future__ import annotations

import pytest

from eicnb.model.misspelling import likely_name

LIKELY = [
    ("my-functoin", "my-function"),
    ("My-Function", "my-function"),
    ("myfunction", "my-function"),
    ("order-event", "order-events"),
    ("LATEST", "$LATEST"),
    ("live1", "live"),
    ("f000", "f0000"),
]

DIFFERENT = [
    ("payments-capture", "payments-refund"),
    ("PaymentsCapture", "PaymentsRefund"),
    ("orders-dev", "orders-prod"),
    ("orders-us", "orders-eu"),
    ("worker-1", "worker-2"),
    ("checkout", "checkout-dlq"),
    ("eu-west-1", "eu-east-1"),
]


@pytest.mark.parametrize(("typed", "name"), LIKELY)
def test_a_name_with_few_typing_errors_is_a_misspelling(typed: str, name: str) -> None:
    assert likely_name(typed, ["zzz", name]) == name


@pytest.mark.parametrize(("typed", "name"), DIFFERENT)
def test_a_different_word_or_number_is_a_different_name(typed: str, name: str) -> None:
    assert likely_name(typed, [name]) is None
