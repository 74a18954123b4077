"""Hints about Python calls work: the suggested argument is passed instead, and the call succeeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import ConfigurationError, EicError, NotFound
from tests.changes.export.test_frame_changes import UNUSABLE, audit
from tests.changes.test_similar import NEAREST
from tests.client.test_checks import NAME_CASES, SETTINGS_CASES
from tests.client.test_parameters import MISFITS
from tests.fleet.test_bad_input import BAD
from tests.shell import Notebook

REAL = {
    "x": "my-function",
    "y": "my-function",
    "delete x": "delete my-function --missing-ok",
    "1": "123456789012",
    "live": "BLUE",
    "sqs:q": "sqs:shop-failures",
}
"""Values in the sandbox, in place of those in the tables of mistakes."""

KEYWORD = re.compile(r"(?P<name>[a-z][a-z_0-9]*)(?:=(?P<value>.+))?")
DESTINATION = re.compile(r"(?:arn:aws:|(?:sqs|sns|s3|lambda|events):)[\w.:-]+")
OPTION = re.compile(r"--(?P<name>[a-z-]+) (?P<value>\S+)")


def hint_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(EicError) as caught:
        call(*args, **kwargs)
    return caught.value.hint or ""


def known(value: Any) -> Any:
    return REAL.get(value, value) if isinstance(value, str) else value


def typed(value: str) -> Any:
    """Return the value of an expression in a hint, without a `…` at its end."""
    return eval(re.sub(r",? …", "", value).replace("checkout-*", "checkout*"))


@pytest.mark.parametrize(("call", "args", "kwargs"), [case[:3] for case in MISFITS], ids=[case[3] for case in MISFITS])
def test_the_parameter_that_a_hint_names_exists(
    eic: eicnb.Eic, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    args, kwargs = tuple(map(known, args)), {name: known(value) for name, value in kwargs.items()}
    hint = hint_of(call, *args, **kwargs)
    if hint.startswith("leave out "):
        kwargs.pop(hint.removeprefix("leave out ").removesuffix("=…"))
    elif hint.endswith("=…"):
        kwargs[hint.removesuffix("=…")] = args[-1] if args else "my-function"
        args = args[:-1]
    else:
        found = KEYWORD.fullmatch(hint)
        assert found
        [value] = kwargs.values()
        kwargs = {found["name"]: typed(found["value"]) if found["value"] else value}
        kwargs |= {"maximum_retry_attempts": 1} if call is eicnb.put and "function_name" in kwargs else {}
        kwargs |= {"functions": "my-function", "progress": False} if call is eicnb.audit else {}
    with suppress(NotFound, ConfigurationError):  # AWS or this machine does not have what the table of mistakes names
        call(*args, **kwargs)


def alternatives(hint: str) -> Iterator[dict[str, Any]]:
    """Return the arguments that a hint suggests, one for each alternative."""
    for text in re.split(r",? or |\n *|, (?=[a-z_]+=)", hint):
        found = KEYWORD.fullmatch(text)
        if found and found["value"]:
            yield {found["name"]: typed(found["value"])}


@pytest.mark.parametrize("options", [case[0] for case in BAD if "=" in case[1]], ids=str)
def test_the_argument_that_a_hint_gives_works(eic: eicnb.Eic, options: dict[str, Any]) -> None:
    meant = list(alternatives(hint_of(eic.audit, **options)))
    assert meant
    for given in meant:
        small = {"functions": "my-function", "progress": False, "rate": 500, **options, **given}
        assert len(eic.audit(**small)) >= 0


SETTINGS = [given for given, text in SETTINGS_CASES if DESTINATION.search(text.partition("Try: ")[2])]


@pytest.mark.parametrize("given", SETTINGS, ids=str)
def test_the_destination_that_a_hint_gives_is_valid(eic: eicnb.Eic, given: dict[str, Any]) -> None:
    found = DESTINATION.match(hint_of(eic.put, "my-function", **given))
    if found:
        name = next(iter(given)) if next(iter(given)).startswith("on_") else "on_failure"
        meant: dict[str, Any] = {name: found[0]}
        assert len(eic.put("my-function", dry_run=True, **meant)) == 1


@pytest.mark.parametrize(
    ("name", "qualifier"), [case[:2] for case in NAME_CASES], ids=[str(case[:2])[:60] for case in NAME_CASES]
)
def test_the_name_or_qualifier_that_a_hint_gives_works(notebook: Notebook, name: Any, qualifier: Any) -> None:
    eic = eicnb.current()
    hint = hint_of(eic.get, name, qualifier=qualifier)
    if lines := hint.partition("\n")[2]:
        notebook.run(lines)
    elif option := OPTION.fullmatch(hint):
        connection = eic.derive(**{option["name"].replace("-", "_"): option["value"]})
        assert connection.region == option["value"]
    elif hint.startswith('"'):
        eic.put(hint.strip('"'), maximum_retry_attempts=1)
        assert len(eic.get(hint.strip('"'))) == 1
    elif found := KEYWORD.fullmatch(hint):
        eic.put(name, maximum_retry_attempts=1, dry_run=True)
        assert typed(found["value"] or "None") == str(qualifier)


@pytest.mark.parametrize("edit", [edit for edit, _ in UNUSABLE.values()], ids=UNUSABLE)
def test_the_part_of_a_frame_that_a_hint_gives_can_be_written(eic: eicnb.Eic, edit: Callable[[Any], Any]) -> None:
    frame = edit(audit(eic, "sessions-cleanup").set_index(pd.Index([17])))
    hint = hint_of(eicnb.commands_for, frame)
    if hint.startswith("frame"):
        assert len(eicnb.commands_for(eval(hint, {"frame": frame}))) >= 0


@pytest.mark.parametrize("name", NEAREST)
def test_the_name_that_is_suggested_for_a_missing_one_exists(notebook: Notebook, name: str) -> None:
    eic = eicnb.current()
    function = name.replace("123456789012", eic.account_id).removesuffix(":live") if name.startswith("arn:") else name
    hint = hint_of(eic.get, function)
    if hint.startswith("%eic"):
        notebook.run(hint)
        return
    offered = hint.removeprefix("choose one of ").split(", ")
    for one in offered:
        is_qualifier = ":" in name and not name.startswith(("arn:", "order-event:"))
        eic.put(f"{name.partition(':')[0]}:{one}" if is_qualifier else one, maximum_retry_attempts=1)
