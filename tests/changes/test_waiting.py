"""Retries of a write that AWS rejects only temporarily."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.changes import waiting
from eicnb.errors import AwsError, NotFound, UsageError
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

KEYS: dict[str, Any] = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox", "region_name": "us-east-1"}

REFUSAL = "The function's execution role does not have permissions to call SendMessage on {}"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_PAUSES", (0.1, 0.1))
    monkeypatch.setattr(waiting, "_LAST_PAUSE", 0.2)


@contextmanager
def allowed_after(eic: eicnb.Eic, seconds: float) -> Iterator[None]:
    """Allow the role to send to every queue after a delay, like a new policy in IAM."""
    iam = boto3.client("iam", endpoint_url=eic.endpoint_url, **KEYS)
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    named = {"RoleName": "shop-basic", "PolicyName": "new", "PolicyDocument": policy}
    timer = threading.Timer(seconds, lambda: iam.put_role_policy(**named))
    timer.start()
    yield
    timer.join()


def queue(eic: eicnb.Eic) -> str:
    return f"arn:aws:sqs:us-east-1:{eic.account_id}:shop-failures"


def test_a_put_waits_until_the_role_may_send(eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]) -> None:
    with allowed_after(eic, 0.3):
        frame = eic.put("customer-export", on_failure="sqs:shop-failures", wait=10)
    assert frame.on_failure.item() == queue(eic)
    [line] = capsys.readouterr().out.splitlines()
    assert line == f"waiting up to 10 s, because AWS rejects the write for now: {REFUSAL.format(queue(eic))}"
    assert set(eicnb.journal().outcome) == {"applied", "failed"}
    assert eicnb.journal().outcome[0] == "applied"


def test_after_the_time_it_is_the_error_of_aws_with_the_time(eic: eicnb.Eic) -> None:
    started = time.monotonic()
    with pytest.raises(AwsError) as refused:
        eic.put("customer-export", on_failure="sqs:shop-failures", wait=1)
    assert 1 <= time.monotonic() - started < 20
    assert refused.value.message == f"{REFUSAL.format(queue(eic))} (waited 1 s)"


@pytest.mark.parametrize(
    "line",
    [
        "put customer-export --on-failure sqs:shop-failures --wait 10s",
        "update customer-export --on-failure sqs:shop-failures --create --wait 10",
        "put customer-export --on-failure sqs:shop-failures --wait 10s --output json",
    ],
)
def test_a_command_prints_that_it_waits(
    line: str, notebook: Notebook, eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with allowed_after(eic, 0.3):
        notebook.run(f"%eic {line}")
    shown = capsys.readouterr()
    assert f"{shown.out}{shown.err}".count("waiting up to 10 s, because") == 1
    assert ("waiting" in shown.err) == ("--output" in line)
    assert eic.get("customer-export").on_failure.item() == queue(eic)


@pytest.mark.parametrize("ending", ["--quiet", "--output json --quiet"])
def test_a_quiet_command_waits_in_silence(ending: str, notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.printed()
    with allowed_after(eic, 0.3):
        notebook.run(f"%eic put customer-export --on-failure sqs:shop-failures --wait 10s {ending}")
    assert notebook.printed() == ""


def test_a_function_that_does_not_exist_yet_is_waited_for(eic: eicnb.Eic) -> None:
    with pytest.raises(AwsError, match=r"The destination ARN \S+ is invalid\. \(waited"):
        eic.put("newsletters", on_failure="lambda:not-there-yet", wait=0.3)
    assert len(eicnb.journal()) > 1


def test_any_other_rejection_is_raised_at_once(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound):
        eic.update("my-function", maximum_retry_attempts=0, wait=30)


@pytest.mark.parametrize("wait", [-1, True, "30s", float("nan"), float("inf"), 3601])
def test_a_wrong_wait_is_refused(wait: Any, eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError, match=r"^wait is .*, not a number of seconds\nTry: give 0 to 3600 seconds$"):
        eic.put("my-function", maximum_retry_attempts=0, wait=wait)


def test_a_wrong_duration_of_a_command_is_shown_in_its_line(notebook: Notebook) -> None:
    assert str(notebook.fail("%eic put my-function --retries 0 --wait soon")) == (
        "--wait is 'soon', which is not a duration\n"
        "    %eic put my-function --retries 0 --wait soon\n"
        "                                            ^^^^\n"
        "Try: --wait 30s"
    )
