"""Suggestions of existing names in errors about a missing function, version or alias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.errors import NotFound
from tests.answering import Answering, Seen, Step, as_json, fault

NEAREST = {
    "my-functoin": "my-function",
    "My-Function": "my-function",
    "order-event:live": "order-events",
    "arn:aws:lambda:us-east-1:123456789012:function:my-functio": "my-function",
    "zzzz": "%eic functions",
    "my-function:LATEST": "$LATEST",
    "my-function:latest": "$LATEST",
    "my-function:blue": "BLUE",
    "checkout:LIVE": "live",
    "checkout:live1": "live",
    "checkout:12": "choose one of $LATEST, live, 3, 2, 1",
    "checkout:zzzz": "choose one of $LATEST, live, 3, 2, 1",
}
"""What is asked for, and the hint."""

CALLS: dict[str, Callable[[str], Any]] = {
    "get": lambda name: eicnb.run(f"get {name}"),
    "put": lambda name: eicnb.run(f"put {name} --retries 0"),
    "put --dry-run": lambda name: eicnb.run(f"put {name} --retries 0 --dry-run"),
    "update": lambda name: eicnb.run(f"update {name} --retries 0"),
    "delete": lambda name: eicnb.run(f"delete {name}"),
    "delete --missing-ok": lambda name: eicnb.run(f"delete {name} --missing-ok"),
    "delete --missing-ok --output": lambda name: eicnb.run(f"delete {name} --missing-ok --output json"),
    "form": eicnb.form,
}


@pytest.mark.parametrize(("name", "hint"), NEAREST.items())
def test_the_hint_is_the_nearest_name_or_a_list_of_names(eic: eicnb.Eic, name: str, hint: str) -> None:
    if name.startswith("arn:"):
        assert eic.account_id == "123456789012"
    with pytest.raises(NotFound) as raised:
        eic.get(name)
    assert raised.value.hint == hint


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize(("name", "hint"), [("my-functoin", "my-function"), ("checkout:LIVE", "live")])
def test_every_verb_suggests_the_nearest_name(eic: eicnb.Eic, verb: str, name: str, hint: str) -> None:
    with pytest.raises(NotFound) as raised:
        CALLS[verb](name)
    assert raised.value.hint == hint


def test_a_list_suggests_the_nearest_function(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound) as raised:
        eicnb.run("list my-functoin")
    assert raised.value.hint == "my-function"


def test_a_name_with_the_output_of_the_aws_cli_costs_one_request(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound):
        eicnb.run("get my-functoin --output json")
    assert eic.server is not None
    assert [request.operation for request in eic.server.requests()] == ["GetFunctionEventInvokeConfig"]


LISTS = {
    "denied": (fault(403, "AccessDeniedException", "no"), "%eic functions"),
    "malformed": (as_json({"Functions": [None, {}, {"FunctionName": 3}, {"FunctionName": "fun"}]}), "fun"),
    "endless": (as_json({"Functions": [{"FunctionName": "fun"}], "NextMarker": "more"}), "fun"),
    "null": (as_json({"Functions": None}), "%eic functions"),
    "of another account": (as_json({"Functions": [{"FunctionName": "fun"}]}), "%eic functions"),
}
"""The response to ListFunctions, and the hint about a missing `func`."""


@pytest.mark.parametrize("name", LISTS)
def test_only_what_could_be_listed_is_suggested(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "test")
    listed, hint = LISTS[name]

    def script(seen: Seen) -> Step:
        is_list = "/event-invoke-config" not in seen.path
        return listed if is_list else fault(404, "ResourceNotFoundException", "Function not found")

    function = "arn:aws:lambda:us-east-1:999999999999:function:func" if name == "of another account" else "func"
    with Answering(script) as aws, pytest.raises(NotFound) as raised:
        eicnb.connect(region="us-east-1", endpoint_url=aws.url).get(function)
    assert raised.value.hint == hint
    assert len(aws.seen) <= 2 + 4
