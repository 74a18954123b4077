"""Exported commands and scripts, which are run and must recreate the frame they were made from."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eicnb
from eicnb.changes.change import Change
from eicnb.changes.export.languages import LANGUAGES
from eicnb.changes.plan import Plan
from eicnb.errors import UsageError
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig
from tests.changes.export.random_configs import SETTINGS, configs

AWS = os.environ.get("EICNB_AWS_CLI") or shutil.which("aws")
COMMANDS = ("eic", "aws", "boto3")
FUNCTIONS = "my-function,newsletters,returns-label"


@pytest.fixture(autouse=True)
def in_use(shared: eicnb.Eic, no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared.server is not None
    eicnb.use(shared)
    monkeypatch.setenv("AWS_ENDPOINT_URL", shared.server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


def audited(shared: eicnb.Eic, **options: Any) -> Any:
    return shared.audit(**{"functions": FUNCTIONS, "rate": 1000, "progress": False, **options})


def execute(language: str, text: str) -> None:
    """Run a text as a user would: in a `%%eic` cell, or in Python."""
    if language == "boto3":
        exec(compile(text, "export", "exec"), {})
    else:
        eicnb.run(text)


def same(frame: Any, other: Any) -> None:
    names = ["function_arn", *SETTINGS, "configured"]
    pd.testing.assert_frame_equal(pd.DataFrame(frame)[names], pd.DataFrame(other)[names])


@pytest.mark.parametrize("language", COMMANDS)
def test_a_whole_audit_is_restored(shared: eicnb.Eic, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    shared.put("newsletters", destination_config={"OnSuccess": {}})
    everything = {"regions": "us-east-1,eu-west-1", "functions": f"{FUNCTIONS},checkout-eu,thumbnails-eu"}
    before = audited(shared, **everything)
    text = eicnb.export(before, language)
    shared.delete("my-function:BLUE")
    shared.put("my-function", maximum_retry_attempts=1, on_failure="sqs:shop-failures")
    shared.put("newsletters", maximum_retry_attempts=1)
    shared.derive(region="eu-west-1").put("checkout-eu", maximum_retry_attempts=1)
    execute(language, text)
    same(audited(shared, **everything), before)
    execute(language, text)  # the second run does not fail although there is nothing left to do


@pytest.mark.parametrize("language", COMMANDS)
@settings(max_examples=8)
@given(data=st.data())
def test_random_configs_come_back_as_they_were(shared: eicnb.Eic, language: str, data: st.DataObject) -> None:
    frame = configs(data, audited(shared, qualifiers="all"), shared.account_id)
    execute(language, eicnb.export(frame, language))
    same(audited(shared, qualifiers="all"), frame)


@pytest.mark.parametrize("language", ["aws", "boto3"])
def test_commands_name_functions_and_always_the_qualifier(shared: eicnb.Eic, language: str) -> None:
    text = eicnb.export(audited(shared), language)
    assert not any(f":function:{name}" in text for name in FUNCTIONS.split(","))
    named = text.count("--function-name ") + text.count("FunctionName=")
    assert named == text.count("--qualifier ") + text.count("Qualifier=") > 0
    assert f"# us-east-1, account {shared.account_id}" in text.splitlines()


@pytest.mark.skipif(AWS is None, reason="no AWS CLI is installed")
def test_the_commands_run_in_a_shell_that_stops_at_the_first_failure(shared: eicnb.Eic) -> None:
    assert AWS is not None
    shared.put("newsletters", destination_config={"OnSuccess": {}})
    shared.put("my-function:BLUE", maximum_retry_attempts=0, on_failure="sqs:shop-failures")
    before = audited(shared)
    text = eicnb.export(before, "aws")
    shared.put("my-function", maximum_retry_attempts=1)
    shared.delete("newsletters")
    path = os.pathsep.join([str(Path(AWS).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-e"], input=text, text=True, env={**os.environ, "PATH": path}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    same(audited(shared), before)


def test_lines_are_the_export_as_eic(shared: eicnb.Eic) -> None:
    frame = audited(shared)
    assert "".join(f"{line}\n" for line in eicnb.commands_for(frame)) == eicnb.export(frame, "eic")


@pytest.mark.parametrize("language", COMMANDS)
def test_a_plan_is_exported_as_its_changes(shared: eicnb.Eic, language: str) -> None:
    shared.put("my-function", maximum_retry_attempts=1)
    shared.delete("newsletters", missing_ok=True)
    before = current(shared, "my-function:$LATEST")
    made = Change(FunctionRef.parse(arn(shared, "newsletters")), None, before)
    same_again = Change(FunctionRef.parse(arn(shared, "returns-label")), before, before)
    plan = Plan.of([Change(before.function, before, None), made, same_again])
    assert len(plan) == 2
    execute(language, eicnb.export(plan, language))
    after = audited(shared, functions="my-function,newsletters").set_index("function_arn")
    assert not after.configured[str(before.function)]
    assert after.maximum_retry_attempts[arn(shared, "newsletters")] == 1


def arn(shared: eicnb.Eic, name: str) -> str:
    return f"arn:aws:lambda:us-east-1:{shared.account_id}:function:{name}:$LATEST"


def current(shared: eicnb.Eic, name: str) -> ReportedConfig:
    return shared._connection.current_config(FunctionRef.parse(name))


def test_a_delete_of_the_aws_cli_never_fails(shared: eicnb.Eic) -> None:
    """Its put makes sure that there is a config to delete."""
    shared.delete("stock-alert", missing_ok=True)
    assert eicnb.export(audited(shared, functions="stock-alert"), "aws").splitlines() == [
        f"# us-east-1, account {shared.account_id}",
        "# stock-alert:$LATEST should have no config. The put makes sure that the delete finds one.",
        "aws lambda put-function-event-invoke-config \\",
        "    --function-name stock-alert \\",
        "    --qualifier '$LATEST' \\",
        "    --maximum-retry-attempts 2 \\",
        "    --region us-east-1",
        "aws lambda delete-function-event-invoke-config \\",
        "    --function-name stock-alert \\",
        "    --qualifier '$LATEST' \\",
        "    --region us-east-1",
    ]


def test_a_frame_without_rows_becomes_a_comment(shared: eicnb.Eic) -> None:
    nothing = audited(shared)[:0]
    assert [eicnb.export(nothing, language) for language in ("eic", "aws")] == ["# the frame has no rows\n"] * 2
    assert eicnb.export(nothing, "boto3") == "# the frame has no rows\nimport boto3\n"
    assert eicnb.export(nothing, "terraform").startswith("# the frame has no rows\n")
    assert eicnb.export(eicnb.Plan(()), "aws") == "# the plan has no changes\n"


Edit = Callable[[Any], Any]

ELSEWHERE = {"us-east-1": "eu-west-1"}


def moved(frame: Any, old: str, new: str) -> Any:
    """A frame of two rows, the second one in another account or region."""
    other = pd.DataFrame(frame).replace({old: new}, regex=True)
    return pd.concat([pd.DataFrame(frame)[:1], other[1:2]])


@pytest.mark.parametrize("language", ["aws", "boto3", "cloudformation", "sam", "terraform"])
def test_names_alone_are_never_for_two_accounts(shared: eicnb.Eic, language: str) -> None:
    frame = moved(audited(shared), str(shared.account_id), "999999999999")
    with pytest.raises(UsageError) as raised:
        eicnb.export(frame, language)
    assert str(raised.value) == (
        f"the rows are in 2 accounts, but an export to {language} is for one: {shared.account_id}, 999999999999\n"
        f'Try: frame[frame.account_id == "{shared.account_id}"]'
    )
    lines = eicnb.export(frame, "eic").splitlines()
    assert sum(line.startswith("put arn:aws:lambda:us-east-1:999999999999:") for line in lines) == 1


@pytest.mark.parametrize("language", ["cloudformation", "sam"])
def test_a_stack_is_in_one_region(shared: eicnb.Eic, language: str) -> None:
    frame = moved(audited(shared), "us-east-1", "eu-west-1")
    with pytest.raises(UsageError) as raised:
        eicnb.export(frame, language)
    assert str(raised.value) == (
        f"the rows are in 2 regions, but an export to {language} is for one: eu-west-1, us-east-1\n"
        'Try: frame[frame.region == "eu-west-1"]'
    )


BAD: dict[str, tuple[Edit, str]] = {
    "not read": (lambda frame: frame.assign(scan_state="denied"), "its config was not read: denied"),
    "a FIFO queue": (
        lambda frame: frame.assign(on_failure="sqs:orders.fifo"),
        "'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events",
    ),
}


@pytest.mark.parametrize("language", [language.name for language in LANGUAGES])
@pytest.mark.parametrize(("edit", "why"), BAD.values(), ids=BAD)
def test_a_row_that_cannot_be_written_is_named_in_every_language(
    shared: eicnb.Eic, language: str, edit: Edit, why: str
) -> None:
    frame = edit(audited(shared, functions="stock-alert"))
    with pytest.raises(UsageError) as raised:
        eicnb.export(frame, language)
    assert raised.value.message == f"row 0 ({frame.function_arn[0]}): {why}"


@pytest.mark.parametrize(
    ("language", "message", "hint"),
    [
        ("teraform", "'teraform' is not an export language", "terraform"),
        (None, "None is not an export language", "eic, aws, boto3, cloudformation, sam, terraform"),
    ],
)
def test_an_unknown_language_is_refused(shared: eicnb.Eic, language: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.export(audited(shared), language)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize("frame", [None, [1], "audit"])
def test_anything_but_a_frame_is_refused(frame: Any) -> None:
    with pytest.raises(UsageError, match="is not a frame of configs"):
        eicnb.export(frame, "eic")
