"""`python -m eicnb sandbox` serves one state to eicnb, to boto3 and to the `aws` command."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import NotFound

ROOT = Path(__file__).parents[1]
AWS = os.environ.get("EICNB_AWS_CLI") or shutil.which("aws")
KEYS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_DEFAULT_REGION": "us-east-1"}
WITHOUT_MOTO = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "moto":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eicnb", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def url_of(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline()
    found = re.match(r"SANDBOX (http://127\.0\.0\.1:\d+) ", line)
    assert found, line
    return found[1]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a sandbox that another process serves."""
    with start("--port", "0") as program:
        try:
            yield url_of(program)
        finally:
            program.kill()


@pytest.fixture
def outside(url: str, monkeypatch: pytest.MonkeyPatch) -> Eic:
    """A connection from this process to that sandbox."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return eicnb.connect(endpoint_url=url)


def settings(eic: Eic, name: str) -> tuple[Any, Any]:
    frame = eic.get(name)
    return frame.maximum_retry_attempts.item(), frame.maximum_event_age_in_seconds.item()


def test_boto3_and_eicnb_see_one_state(outside: Eic, url: str) -> None:
    client = boto3.Session().client("lambda", endpoint_url=url)
    outside.put("my-function", maximum_retry_attempts=0, maximum_event_age_in_seconds=3600, on_failure="sqs:lost")
    answer = client.get_function_event_invoke_config(FunctionName="my-function")
    assert (answer["MaximumRetryAttempts"], answer["MaximumEventAgeInSeconds"]) == (0, 3600)
    assert answer["DestinationConfig"]["OnFailure"] == {"Destination": "arn:aws:sqs:us-east-1:123456789012:lost"}
    client.update_function_event_invoke_config(FunctionName="my-function", MaximumRetryAttempts=1)
    assert settings(outside, "my-function") == (1, 3600)
    client.delete_function_event_invoke_config(FunctionName="my-function")
    with pytest.raises(NotFound):
        outside.get("my-function")


def aws(url: str, operation: str, *arguments: str) -> Any:
    assert AWS is not None
    command = [AWS, "--endpoint-url", url, "--output", "json", "lambda", operation, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.mark.skipif(AWS is None, reason="no aws command")
def test_the_aws_command_and_eicnb_see_one_state(outside: Eic, url: str) -> None:
    outside.put("my-function:prod", maximum_retry_attempts=1, maximum_event_age_in_seconds=600)
    named = ("--function-name", "my-function", "--qualifier", "prod")
    answer = aws(url, "get-function-event-invoke-config", *named)
    assert (answer["MaximumRetryAttempts"], answer["MaximumEventAgeInSeconds"]) == (1, 600)
    assert answer["FunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:my-function:prod"
    aws(url, "put-function-event-invoke-config", *named, "--maximum-event-age-in-seconds", "3600")
    written = outside.get("my-function:prod")
    assert written.maximum_event_age_in_seconds.item() == 3600
    assert written.maximum_retry_attempts.isna().item()
    listed = aws(url, "list-function-event-invoke-configs", "--function-name", "order-events")
    assert len(listed["FunctionEventInvokeConfigs"]) == len(outside.list("order-events")) == 60
    aws(url, "delete-function-event-invoke-config", *named)
    with pytest.raises(NotFound):
        outside.get("my-function:prod")


@pytest.mark.skipif(AWS is None, reason="no aws command")
@pytest.mark.usefixtures("outside")
def test_the_aws_command_invokes_functions(url: str, tmp_path: Path) -> None:
    named, file = ("--function-name", "my-function:GREEN"), tmp_path / "payload.json"
    queued = aws(url, "invoke", *named, "--invocation-type", "Event", "--payload", "{}", str(file))
    assert (queued, file.read_text()) == ({"StatusCode": 202}, "")
    done = aws(url, "invoke", *named, "--payload", "{}", str(file))
    assert (done, file.read_text()) == ({"StatusCode": 200, "ExecutedVersion": "2"}, '{"statusCode": 200}')


def test_ctrl_c_ends_it_cleanly_and_frees_its_port() -> None:
    with start("--port", "0") as program:
        try:
            url = url_of(program)
            program.send_signal(signal.SIGINT)
            _, told = program.communicate(timeout=60)
        finally:
            program.kill()
    assert (program.returncode, told) == (0, "")
    port = url.rpartition(":")[2]
    with start("--port", port) as again:
        try:
            assert url_of(again) == url
        finally:
            again.kill()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "import eicnb\ntry:\n    eicnb.sandbox()\nexcept eicnb.ConfigurationError as error:\n    print(error)",
            "The sandbox needs moto.\nTry: pip install 'eicnb[sandbox]'\n",
        ),
        (
            (
                "import runpy\nsys.stderr = sys.stdout\nsys.argv = ['sandbox', '--port', '0']\n"
                "try:\n    sys.argv = ['eicnb', 'sandbox']; runpy.run_module('eicnb', run_name='__main__')\n"
                "except SystemExit as end:\n    print(end.code)"
            ),
            "The sandbox needs moto.\nTry: pip install 'eicnb[sandbox]'\n253\n",
        ),
        (
            "import eicnb\nprint(eicnb.connect(region='eu-west-1'))",
            "Eic(region='eu-west-1')\n",
        ),
    ],
    ids=["from Python", "from the command line", "the rest works"],
)
def test_without_moto_the_error_names_the_install_command(code: str, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MOTO + code],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.stdout, done.stderr) == (text, "")
