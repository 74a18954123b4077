"""A call with an unknown parameter is an error that suggests the right one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.client.parameters import checked
from eicnb.errors import UsageError

MISFITS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = [
    (eicnb.put, (), {"FunctionName": "x"}, "put has no parameter 'FunctionName'\nTry: function_name"),
    (eicnb.put, ("x",), {"retries": 1}, "put has no parameter 'retries'\nTry: maximum_retry_attempts"),
    (
        eicnb.put,
        ("x",),
        {"MaximumRetryAttempts": 1},
        "put has no parameter 'MaximumRetryAttempts'\nTry: maximum_retry_attempts",
    ),
    (eicnb.put, ("x",), {"max_age": "6h"}, "put has no parameter 'max_age'\nTry: maximum_event_age_in_seconds=21600"),
    (eicnb.put, ("x",), {"OnFailure": "sqs:q"}, "put has no parameter 'OnFailure'\nTry: on_failure"),
    (eicnb.update, ("x",), {"onfailure": "sqs:q"}, "update has no parameter 'onfailure'\nTry: on_failure"),
    (eicnb.get, ("x",), {"alias": "live"}, "get has no parameter 'alias'\nTry: qualifier"),
    (eicnb.get, ("x", "live"), {}, "get takes 1 positional arguments, not 2\nTry: qualifier=…"),
    (eicnb.get, (), {}, "get needs function_name\nTry: function_name=…"),
    (eicnb.get, ("x",), {"function_name": "y"}, "get is given function_name twice\nTry: leave out function_name=…"),
    (eicnb.list, ("x",), {"zzz": 1}, "list has no parameter 'zzz'\nTry: leave out zzz=…"),
    (eicnb.delete, ("x",), {"missing": True}, "delete has no parameter 'missing'\nTry: missing_ok"),
    (eicnb.audit, (), {"region": "us-east-1"}, "audit has no parameter 'region'\nTry: regions"),
    (eicnb.connect, (), {"region_name": "us-east-1"}, "connect has no parameter 'region_name'\nTry: region"),
    (eicnb.connect, (), {"profile_name": "ops"}, "connect has no parameter 'profile_name'\nTry: profile"),
    (eicnb.require, (), {"account_id": "1"}, "require has no parameter 'account_id'\nTry: account"),
    (eicnb.run, ("delete x",), {"dryrun": True}, "run has no parameter 'dryrun'\nTry: dry_run"),
    (eicnb.form, ("x",), {"Qualifier": "live"}, "form has no parameter 'Qualifier'\nTry: qualifier"),
]


@pytest.mark.parametrize(("call", "args", "kwargs", "message"), MISFITS, ids=[case[3] for case in MISFITS])
def test_a_wrong_parameter_has_the_right_one_as_hint(
    eic: eicnb.Eic, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        call(*args, **kwargs)
    assert str(caught.value) == message


def test_the_methods_of_a_connection_have_the_same_hints(eic: eicnb.Eic) -> None:
    put: Any = eic.put
    with pytest.raises(UsageError, match="put has no parameter 'retries'"):
        put("my-function", retries=1)


def test_a_type_error_inside_a_function_stays_a_type_error() -> None:
    @checked
    def function() -> None:
        raise TypeError("inside")

    with pytest.raises(TypeError, match="inside"):
        function()


def test_the_signature_and_the_documentation_are_those_of_the_function() -> None:
    assert list(inspect.signature(eicnb.get).parameters) == ["function_name", "qualifier"]
    assert list(inspect.signature(eicnb.Eic.get).parameters) == ["self", "function_name", "qualifier"]
    assert (eicnb.Eic.put.__doc__ or "").startswith("Write a config")
