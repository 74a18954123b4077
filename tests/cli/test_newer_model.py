"""Options that come from a service model newer than eicnb."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest

from eicnb.cli.member_values import convert, parse
from eicnb.cli.option import from_model
from eicnb.errors import UsageError
from eicnb.model.members import Member
from tests.answering import Answering, config_answer

ROOT = Path(__file__).parents[2]
NEW_SHAPES: dict[str, Any] = {
    "Concurrency": {"type": "integer", "min": 1},
    "Policy": {"type": "string", "enum": ["keep", "drop"]},
    "Strict": {"type": "boolean"},
    "Label": {"type": "string"},
    "Labels": {"type": "list", "member": {"shape": "Label"}},
    "Notify": {"type": "structure", "members": {"Topic": {"shape": "Label"}, "Count": {"shape": "Concurrency"}}},
    "Steps": {"type": "list", "member": {"shape": "Notify"}},
    "Weights": {"type": "map", "key": {"shape": "Label"}, "value": {"shape": "Concurrency"}},
}
RUN = """
import sys
from eicnb.client import commands
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.errors import EicError
for line in sys.stdin.read().splitlines():
    try:
        parsed = parser.parse(Source(line, "%eic "), {"n": 7}, model=commands.members)
        commands.run(parsed, commands.Context(lambda text: print(text, end="")))
    except EicError as error:
        print(error)
"""


@pytest.fixture(scope="module")
def newer_botocore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data path with a newer Lambda model, which has more members in a put, an update and a response."""
    folder = tmp_path_factory.mktemp("data")
    there = Path(botocore.__file__).parent / "data" / "lambda" / "2015-03-31" / "service-2.json.gz"
    model = json.loads(gzip.decompress(there.read_bytes()))
    model["shapes"] |= {f"New{name}": _renamed(shape) for name, shape in NEW_SHAPES.items()}
    for name in ("PutFunctionEventInvokeConfigRequest", "UpdateFunctionEventInvokeConfigRequest"):
        members = {member: {"shape": f"New{member}"} for member in NEW_SHAPES if member != "Label"}
        model["shapes"][name]["members"] |= members
    model["shapes"]["FunctionEventInvokeConfig"]["members"]["Concurrency"] = {"shape": "NewConcurrency"}
    own = folder / "lambda" / "2015-03-31"
    own.mkdir(parents=True)
    (own / "service-2.json").write_text(json.dumps(model), encoding="utf-8")
    return folder


def _renamed(shape: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(shape)
    for name in NEW_SHAPES:
        text = text.replace(f'"shape": "{name}"', f'"shape": "New{name}"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def run(lines: str, data_path: Path, endpoint_url: str) -> str:
    """The output of the lines in a separate process, because botocore reads its model only once."""
    environment = {
        **os.environ,
        "AWS_DATA_PATH": str(data_path),
        "AWS_ENDPOINT_URL_LAMBDA": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, "-c", RUN]
    ran = subprocess.run(
        command, input=lines, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stderr == ""
    return ran.stdout


SENT = [
    ("put f --concurrency 3", {"Concurrency": 3}),
    ("put f --concurrency ${n}", {"Concurrency": 7}),
    ("put f --conc 3 --retries 0", {"Concurrency": 3, "MaximumRetryAttempts": 0}),
    ("put f --policy=drop", {"Policy": "drop"}),
    ("put f --strict", {"Strict": True}),
    ("put f --no-strict", {"Strict": False}),
    ("put --labels a 'b c' --function-name f", {"Labels": ["a", "b c"]}),
    ("""put f --labels '["a"]'""", {"Labels": ["a"]}),
    ("put f --notify Topic=t,Count=2", {"Notify": {"Topic": "t", "Count": 2}}),
    ("put f --notify Topic=t,Count=${n}", {"Notify": {"Topic": "t", "Count": 7}}),
    ("put f --steps Count=1 Count=2", {"Steps": [{"Count": 1}, {"Count": 2}]}),
    ("put f --weights a=1,b=2", {"Weights": {"a": 1, "b": 2}}),
    ("""update f --cli-input-json '{"Concurrency": 4, "MaximumRetryAttempts": 1}'""", None),
]


def test_its_options_are_sent_as_its_shapes_say(newer_botocore: Path) -> None:
    with Answering([config_answer(FunctionArn="arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST")]) as server:
        printed = run("\n".join(line for line, _ in SENT), newer_botocore, server.url)
        sent = [json.loads(seen.body) for seen in server.seen if seen.method != "GET"]
    assert printed.count("\n") == len(SENT)
    wanted = [body or {"Concurrency": 4, "MaximumRetryAttempts": 1} for _, body in SENT]
    assert sent == wanted


FAULTS = """
put f --concurrency x
Concurrency is 'x', not of type integer
    %eic put f --concurrency x
                             ^

put f --concurrency 0
Invalid value for parameter Concurrency, value: 0, valid min value: 1
    %eic put f --concurrency 0
                             ^

put f --notify Topics=t
Unknown parameter in Notify: "Topics", must be one of: Topic, Count
    %eic put f --notify Topics=t
                        ^^^^^^^^

get f --concurrency 1
eic get has no option '--concurrency'
    %eic get f --concurrency 1
               ^^^^^^^^^^^^^
"""


def test_its_faults_are_found_before_anything_is_sent(newer_botocore: Path) -> None:
    cases = [case.partition("\n")[::2] for case in FAULTS.strip().split("\n\n")]
    with Answering([config_answer()]) as server:
        for line, message in cases:
            assert run(line, newer_botocore, server.url).startswith(message)
        assert server.seen == []


def test_its_responses_and_its_help_show_it(newer_botocore: Path) -> None:
    with Answering([config_answer(Concurrency=5)]) as server:
        printed = run("get my-function --output yaml --query Concurrency\nhelp put", newer_botocore, server.url)
    assert printed.startswith("5\n")
    assert "  --concurrency INTEGER" in printed
    assert "  --no-strict" in printed


@pytest.mark.parametrize(
    ("kind", "text", "value"), [("integer", "3", 3), ("double", "0.5", 0.5), ("boolean", "true", True)]
)
def test_a_scalar_is_read_by_its_kind(kind: str, text: str, value: object) -> None:
    member = Member("New", kind)
    assert convert(member, parse(member, [text])) == value


def test_a_lone_structure_is_a_list_of_one() -> None:
    member = Member("New", "list", members=(Member("One", "structure", members=(Member("N", "integer"),)),))
    assert convert(member, parse(member, ['{"N": 1}'])) == [{"N": 1}]


def test_a_value_of_the_wrong_type_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="New is 'maybe', not of type boolean"):
        convert(Member("New", "boolean"), "maybe")


def test_a_member_in_the_table_does_not_become_a_second_option() -> None:
    assert from_model([Member("Qualifier", "string", option="--qualifier")]) == ()
