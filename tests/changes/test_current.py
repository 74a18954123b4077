"""What is known of a qualifier without a config, as far as AWS tells it."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from tests.answering import Answer, Answering, as_json, fault

NO_CONFIG = fault(404, "ResourceNotFoundException", "no config")
NO_CONFIGS = as_json({"FunctionEventInvokeConfigs": []})
MISSING = "There is no version or alias 'nope' of f. Try: a version or an alias that the function has, or none for "
ANSWERS = [
    (as_json({"FunctionName": "f"}), ""),
    (fault(404, "ResourceNotFoundException", "Function not found"), f"{MISSING}$LATEST"),
    (fault(403, "AccessDeniedException", "no"), ""),
    (fault(500, "ServiceException", "Out of order"), "Out of order."),
]


@pytest.fixture(autouse=True)
def keys(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.parametrize(("answer", "trouble"), ANSWERS)
def test_a_qualifier_without_a_config_is_asked_for(answer: Answer, trouble: str) -> None:
    with Answering([NO_CONFIG, NO_CONFIGS, answer]) as aws:
        live = Live.read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection, FunctionRef("f", "nope"))
    assert (live.config, live.trouble, live.is_missing) == (None, trouble, False)
