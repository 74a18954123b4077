from __future__ import annotations

from typing import Any

import pytest

import eicnb
from eicnb.widgets.background import AtOnce
from eicnb.widgets.destination_form import DestinationForm
from eicnb.widgets.preview import NEEDS_A_KERNEL
from tests.widgets.driver import field


def test_a_destination_form_has_a_value_to_observe(eic: eicnb.Eic) -> None:
    form = DestinationForm(eic._connection, eic._connection.where(), AtOnce())
    seen: list[Any] = []
    form.observe(lambda change: seen.append(change["new"]), "value")
    field(form, "On failure, send to").value = "SNS topic"
    assert form.value is None
    with pytest.raises(eicnb.UsageError, match="The name of an SNS topic is missing"):
        form.to_json()
    field(form, "Topic on failure").value = "shop-alerts"
    arn = f"arn:aws:sns:us-east-1:{eic.account_id}:shop-alerts"
    assert form.to_shorthand() == f"OnFailure={{Destination={arn}}}"
    assert form.to_json() == f'{{"OnFailure": {{"Destination": "{arn}"}}}}'
    assert seen[-1] is form.value
    assert eic.put("newsletters", destination_config=form.value).on_failure.tolist() == [arn]


def test_a_destination_form_works_without_an_account() -> None:
    eicnb.use(eicnb.connect(region="us-east-1"))
    form = eicnb.destination_form()
    assert (form.value, form.to_json(), form.to_shorthand()) == (eicnb.DestinationConfig(), "{}", "{}")
    assert NEEDS_A_KERNEL in form._repr_mimebundle_()["text/html"]
