"""Nothing in a response of AWS can control a terminal."""

from __future__ import annotations

import json
import re

import pytest

import eicnb
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.client import commands
from eicnb.errors import AwsError, EicError
from eicnb.redaction.control_characters import printable
from eicnb.redaction.warn import warn
from tests.answering import Answering, config_answer, fault

CASES = [
    ("\x1b[31mred\x1b[0m", r"\u001b[31mred\u001b[0m"),
    ("\x1b]0;title\x07", r"\u001b]0;title\u0007"),
    ("\x9b2J \x7f \x08 \x00", r"\u009b2J \u007f \u0008 \u0000"),
    ("safe\rSPOOFED", r"safe\u000dSPOOFED"),
    ("a\u202eb\u2066c\u2028d", r"a\u202eb\u2066c\u2028d"),
    ("half \ud83d", r"half \ud83d"),
    ("lines\r\nand\ttabs\n", "lines\nand\ttabs\n"),
    ("é 日本 👩‍🚀 עברית", "é 日本 👩‍🚀 עברית"),
]
HOSTILE = "\x1b[2J\x9b31m\r\u202e"
SHOWN = r"\u001b[2J\u009b31m\u000d\u202e"


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_control_characters_are_shown_as_text(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_colors_of_our_own_stay() -> None:
    assert printable("\x1b[0ma\x1b[31mb", keep=["\x1b[0m"]) == "\x1b[0ma\\u001b[31mb"


def test_an_error_shows_them_as_text_and_keeps_what_it_holds() -> None:
    error = AwsError(HOSTILE, operation="Get", code=HOSTILE, region="us-east-1", place=HOSTILE, hint=HOSTILE)
    assert str(error) == f"{SHOWN}\n    {SHOWN}, returned by Get in {SHOWN}\nTry: {SHOWN}"
    assert error.message == HOSTILE
    assert "\x1b" not in repr(EicError(HOSTILE))


def test_a_warning_shows_them_as_text() -> None:
    with pytest.warns(UserWarning, match=f"^{re.escape(SHOWN)}$"):
        warn(HOSTILE)


@pytest.fixture
def fake_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def run(line: str, shown: list[str]) -> object:
    return commands.run(parser.parse(Source(line), {}), commands.Context(shown.append, shown.append))


def test_an_error_of_aws_reaches_no_terminal(fake_keys: None) -> None:
    refusal = fault(400, "InvalidParameterValueException", f"no {HOSTILE}")
    with Answering([refusal]) as server, pytest.raises(eicnb.EicError) as caught:
        run(f"list my-function --endpoint-url {server.url}", [])
    assert SHOWN in str(caught.value)
    assert not set("\x1b\x9b\r\u202e") & set(str(caught.value))


@pytest.mark.parametrize("output", ["json", "text", "table", "table --color on", "yaml", "yaml-stream"])
def test_no_output_prints_them(fake_keys: None, output: str) -> None:
    destination = f"arn:aws:sqs:us-east-1:123456789012:q{HOSTILE}"
    answer = config_answer(DestinationConfig={"OnSuccess": {}, "OnFailure": {"Destination": destination}})
    shown: list[str] = []
    with Answering([answer]) as server:
        run(f"get my-function --endpoint-url {server.url} --output {output}", shown)
    text = "".join(shown).replace("\x1b[0m", "").replace("\x1b[1m\x1b[34m", "").replace("\x1b[2m\x1b[33m", "")
    assert "sqs" in text
    assert not set("\x1b\x9b\r\u202e") & set(text)
    if output == "json":
        assert json.loads(text)["DestinationConfig"]["OnFailure"]["Destination"] == destination
