"""`python -m eicnb sandbox`, as a program."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.local_aws.conftest import Shop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_ends_with_0(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "eicnb", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert program.stderr is not None
            line = program.stdout.readline()
            match = re.fullmatch(
                r"SANDBOX (http://127\.0\.0\.1:\d+)  account 123456789012  regions us-east-1, eu-west-1\n",
                line,
            )
            assert match, line
            path = "/2019-09-25/functions/my-function:BLUE/event-invoke-config"
            with urllib.request.urlopen(match[1] + path, timeout=60) as answer:
                assert json.load(answer)["MaximumRetryAttempts"] == 0
            program.send_signal(number)
            assert program.wait(timeout=60) == 0
            rest = program.stdout.read()
        finally:
            program.kill()
        assert program.stderr.read() == ""
    assert rest == (
        "Point the aws command at it, with any credentials:\n"
        "  AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox AWS_DEFAULT_REGION=us-east-1 \\\n"
        f"  aws --endpoint-url {match[1]} lambda get-function-event-invoke-config --function-name my-function:BLUE\n"
        "Ctrl-C stops it.\n"
    )


def test_an_error_is_a_short_text_and_an_exit_code(seeded: Shop) -> None:
    port = seeded.sandbox.url.rpartition(":")[2]
    command = [sys.executable, "-m", "eicnb", "sandbox", "--port", port]
    program = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (program.returncode, program.stdout) == (253, "")
    assert re.fullmatch(
        rf"The sandbox cannot listen on port {port}: .+\.\nTry: use port 0, which takes a free one\n", program.stderr
    )
