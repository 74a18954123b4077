"""The current config, or which of function, qualifier and config is missing."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.errors import NotFound
from eicnb.model.function import FunctionRef
from tests.answering import Answer, Answering, as_json, config_answer, fault

pytestmark = pytest.mark.usefixtures("keys", "one_attempt")

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


VERBS = {
    "get": lambda eic: eic.get("nope"),
    "list": lambda eic: eic.list("nope"),
    "put": lambda eic: eic.put("nope", maximum_retry_attempts=0),
    "put --dry-run": lambda eic: eic.put("nope", maximum_retry_attempts=0, dry_run=True),
    "update": lambda eic: eic.update("nope", maximum_retry_attempts=0),
    "delete": lambda eic: eic.delete("nope"),
    "delete --missing-ok": lambda eic: eic.delete("nope", missing_ok=True),
    "form": lambda eic: eic.form("nope"),
}


@pytest.mark.parametrize("name", [name for name in VERBS if name != "list"])
def test_every_verb_reports_that_the_qualifier_is_missing(eic: eicnb.Eic, name: str) -> None:
    class OfAQualifier:
        """The verbs, called with a qualifier that my-function lacks."""

        def __getattr__(self, verb: str) -> object:
            return lambda _name, **options: getattr(eic, verb)("my-function", qualifier="nope", **options)

    with pytest.raises(NotFound) as raised:
        VERBS[name](OfAQualifier())
    assert raised.value.message == "there is no version or alias 'nope' of my-function"
    assert raised.value.hint == "choose one of $LATEST, BLUE, GREEN, prod, v1, 3, 2, 1"


@pytest.mark.parametrize("call", VERBS.values(), ids=VERBS)
def test_every_verb_reports_that_the_function_is_missing(eic: eicnb.Eic, call: object) -> None:
    assert callable(call)
    with pytest.raises(NotFound) as raised:
        call(eic)
    assert (raised.value.message, raised.value.hint) == ("there is no function 'nope' in us-east-1", "%eic functions")


def test_a_function_without_a_config_is_not_missing(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound, match="doesn't have an EventInvokeConfig"):
        eic.get("newsletters")


def test_a_config_is_read_in_one_request() -> None:
    with Answering([config_answer()]) as aws:
        connection = eicnb.connect(region="us-east-1", endpoint_url=aws.url)._connection
        assert Live.read(connection, FunctionRef("my-function", "$LATEST")).config is not None
        assert len(aws.seen) == 1
