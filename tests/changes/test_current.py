"""The current config, or which of function, qualifier and config is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.errors import NotFound
from eicnb.model.function import FunctionRef
from tests.answering import Answer, Answering, as_json, config_answer, fault

pytestmark = pytest.mark.usefixtures("keys", "one_attempt")

Way = Callable[[eicnb.Eic, str], object]

NO_CONFIG = fault(404, "ResourceNotFoundException", "no config")
NO_CONFIGS = as_json({"FunctionEventInvokeConfigs": []})
NOT_FOUND = fault(404, "ResourceNotFoundException", "Function not found")
DENIED = fault(403, "AccessDeniedException", "no")
BROKEN = fault(500, "ServiceException", "Out of order")
NO_QUALIFIER = "There is no version or alias 'nope' of f. Try: %eic audit --functions f --qualifiers all"
NO_FUNCTION = "There is no function 'f' in us-east-1. Try: %eic functions"
RESPONSES = [
    ([NO_CONFIG, NO_CONFIGS, as_json({"FunctionName": "f"})], "", ""),
    ([NO_CONFIG, NO_CONFIGS, NOT_FOUND], NO_QUALIFIER, ""),
    ([NO_CONFIG, NO_CONFIGS, DENIED], "", ""),
    ([NO_CONFIG, NO_CONFIGS, BROKEN], "", "Out of order."),
    ([NO_CONFIG, NOT_FOUND], NO_FUNCTION, ""),
    ([NO_CONFIG, DENIED, DENIED], "", ""),
    ([NO_CONFIG, DENIED, NOT_FOUND], NO_QUALIFIER, ""),
    ([NO_CONFIG, BROKEN], "", "Out of order."),
    ([BROKEN], "", "Out of order."),
]
"""The responses to the get, to the list and to the get of the function; what is missing; why nothing is known."""


def live(responses: list[Answer]) -> Live:
    with Answering(responses) as aws:
        return Live.read(eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection, FunctionRef("f", "nope"))


@pytest.mark.parametrize(("responses", "trouble", "unread"), RESPONSES)
def test_a_missing_function_or_qualifier_differs_from_an_unread_config(
    responses: list[Answer], trouble: str, unread: str
) -> None:
    found = live(responses)
    assert (found.config, found.trouble, found.unread) == (None, trouble, unread)
    assert found.is_missing == (trouble == NO_FUNCTION)


def test_only_two_configs_that_were_read_can_be_the_same() -> None:
    unread, absent = live([BROKEN]), live([NO_CONFIG, NO_CONFIGS, as_json({})])
    assert (absent.is_as(Live()), unread.is_as(unread), unread.is_as(absent)) == (True, False, False)


SITUATIONS = {
    "function": ("nope", "there is no function 'nope' in us-east-1"),
    "alias of a missing function": ("nope:live", "there is no function 'nope' in us-east-1"),
    "version": ("my-function:99", "there is no version or alias '99' of my-function"),
    "alias": ("my-function:gone", "there is no version or alias 'gone' of my-function"),
}
"""What is missing, by name, and the message of every verb about it."""

NO_CONFIG_OF = "The function arn:aws:lambda:us-east-1:{}:function:newsletters:$LATEST doesn't have an EventInvokeConfig"


def running(line: str) -> Way:
    """Return a function that runs a line about a name on the connection in use."""
    return lambda _eic, name: eicnb.run(line.format(name))


WAYS: Mapping[str, Way] = {
    "get": lambda eic, name: eic.get(name),
    "put": lambda eic, name: eic.put(name, maximum_retry_attempts=0),
    "put --dry-run": lambda eic, name: eic.put(name, maximum_retry_attempts=0, dry_run=True),
    "update": lambda eic, name: eic.update(name, maximum_retry_attempts=0),
    "update --dry-run": lambda eic, name: eic.update(name, maximum_retry_attempts=0, dry_run=True),
    "update --create": lambda eic, name: eic.update(name, maximum_retry_attempts=0, create=True),
    "update of one destination": lambda eic, name: eic.update(name, on_failure="sqs:shop-failures"),
    "delete": lambda eic, name: eic.delete(name),
    "delete --dry-run": lambda eic, name: eic.delete(name, dry_run=True),
    "delete --missing-ok": lambda eic, name: eic.delete(name, missing_ok=True),
    "form": lambda eic, name: eic.form(name),
    "%eic put": running("put {} --retries 1 --quiet"),
}
"""The ways to request one config; each of them needs the function, and the version or alias."""

PLANS: Mapping[str, Mapping[str, object]] = {
    "a planned put": {"maximum_retry_attempts": 0},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("name", "message"), SITUATIONS.values(), ids=SITUATIONS)
def test_every_verb_reports_what_is_missing(eic: eicnb.Eic, name: str, message: str, way: Way) -> None:
    with pytest.raises(NotFound) as raised:
        way(eic, name)
    assert (raised.value.message, raised.value.exit_code) == (message, 254)
    is_function = "function 'nope'" in message
    assert raised.value.hint == (
        "%eic functions" if is_function else "choose one of $LATEST, BLUE, GREEN, prod, v1, 3, 2, 1"
    )


@pytest.mark.parametrize("settings", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize(("name", "message"), SITUATIONS.values(), ids=SITUATIONS)
def test_a_plan_reports_what_is_missing(
    eic: eicnb.Eic, name: str, message: str, settings: Mapping[str, object]
) -> None:
    row = eic.plan(pd.DataFrame([{"function_name": name, **settings}]), progress=False).frame.iloc[0]
    assert (row.action, row.reason) == ("refused", message)


@pytest.mark.parametrize("name", [name for name in WAYS if name.startswith(("get", "update", "delete"))])
def test_a_missing_config_is_reported_in_the_words_of_aws(eic: eicnb.Eic, name: str) -> None:
    if "create" in name or "missing-ok" in name:
        WAYS[name](eic, "newsletters")
        return
    with pytest.raises(NotFound) as raised:
        WAYS[name](eic, "newsletters")
    assert raised.value.message == NO_CONFIG_OF.format(eic.account_id)


def test_a_missing_function_has_no_list(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound) as raised:
        eic.list("nope")
    assert (raised.value.message, raised.value.hint) == ("there is no function 'nope' in us-east-1", "%eic functions")


def test_a_config_is_read_in_one_request() -> None:
    with Answering([config_answer()]) as aws:
        connection = eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection
        assert Live.read(connection, FunctionRef("my-function", "$LATEST")).config is not None
        assert len(aws.seen) == 1
