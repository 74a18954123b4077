"""The commands in hints use the connection of the failed command, and work as typed."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.errors import EicError, NotFound
from tests.answering import Answering, Seen, Step, as_json, fault
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

ELSEWHERE = "--region us-west-2"
NO_FUNCTION = """\
there is no function 'checkout' in us-west-2
    ResourceNotFoundException, returned by {operation}FunctionEventInvokeConfig{plural} in us-west-2, SANDBOX, \
account 123456789012
Try: %eic functions --region us-west-2"""
VERBS = {
    "get checkout": "Get",
    "put checkout --retries 0": "Put",
    "put checkout --retries 0 --dry-run": "Get",
    "update checkout --retries 0": "Get",
    "delete checkout": "Get",
    "delete checkout --missing-ok": "Get",
    "form checkout": "Get",
    "list checkout": "List",
}


@pytest.mark.parametrize(("line", "operation"), VERBS.items())
def test_a_missing_function_is_searched_in_the_commands_region(notebook: Notebook, line: str, operation: str) -> None:
    error = notebook.fail(f"%eic {line} {ELSEWHERE}")
    plural = "s" if operation == "List" else ""
    account_id = eicnb.current().account_id
    assert str(error) == NO_FUNCTION.format(operation=operation, plural=plural).replace("123456789012", account_id)
    assert isinstance(error, NotFound)
    notebook.run(str(error.hint))


def test_a_missing_function_of_a_derived_connection_is_searched_there(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound) as raised:
        eic.derive(region="us-west-2").get("checkout")
    assert raised.value.hint == "%eic functions --region us-west-2"
    with pytest.raises(NotFound) as raised:
        eic.get("zzz")
    assert raised.value.hint == "%eic functions"


def test_every_option_of_the_connection_is_kept(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    with Answering([fault(404, "ResourceNotFoundException", "Function not found")]) as aws:
        options = f"--region eu-west-1 --endpoint-url {aws.url} --no-verify-ssl --cli-read-timeout 9"
        error = notebook.fail(f"%eic get checkout {options}")
    assert isinstance(error, NotFound)
    assert error.hint == f"%eic functions {options}"


WITHOUT_A_CONFIG = {
    "get newsletters": "%eic list newsletters",
    "get newsletters --output json": "%eic list newsletters",
    "delete newsletters": "%eic delete newsletters --missing-ok",
    "delete newsletters --output json": "%eic delete newsletters --missing-ok",
    "delete checkout --qualifier live --region us-east-1": (
        "%eic delete checkout --qualifier live --missing-ok --region us-east-1"
    ),
    "update newsletters --retries 1 --max-age 1h": "%eic update newsletters --retries 1 --max-age 1h --create",
    "update newsletters --retries 1 --output json": "%eic update newsletters --retries 1 --create",
    "update newsletters --on-failure none": "%eic update newsletters --on-failure none --create",
    "update newsletters --on-failure sqs:shop-failures --dry-run": (
        "%eic update newsletters --on-failure arn:aws:sqs:us-east-1:{account_id}:shop-failures --create"
    ),
}


@pytest.mark.parametrize(("line", "hint"), WITHOUT_A_CONFIG.items())
def test_a_missing_config_has_a_line_to_type(notebook: Notebook, eic: eicnb.Eic, line: str, hint: str) -> None:
    if "checkout" in line:
        eic.delete("checkout:live", missing_ok=True)
    error = notebook.fail(f"%eic {line}")
    assert isinstance(error, EicError)
    assert error.message.endswith("doesn't have an EventInvokeConfig")
    assert error.hint == hint.format(account_id=eic.account_id)
    notebook.run(error.hint)


def test_a_missing_alias_is_searched_with_an_audit_if_aliases_cannot_be_listed(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")

    def step(seen: Seen) -> Step:
        if seen.path.endswith("/event-invoke-config/list"):
            return as_json({"FunctionEventInvokeConfigs": []})
        if seen.path.endswith(("/aliases", "/versions")):
            return fault(403, "AccessDeniedException", "no")
        return fault(404, "ResourceNotFoundException", "Function not found")

    with Answering(step) as aws:
        options = f"--region eu-west-1 --endpoint-url {aws.url}"
        error = notebook.fail(f"%eic get checkout:nope {options}")
    assert isinstance(error, NotFound)
    assert (error.message, error.hint) == (
        "there is no version or alias 'nope' of checkout",
        f"%eic audit --functions checkout --qualifiers all {options}",
    )
