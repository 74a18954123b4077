from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.changes.export.command_lines import HERE, aws_command, eic_line, python_call, to_json, to_shorthand
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from eicnb.model.age import age
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn, DestinationName, NoDestination
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.model.request import Paging, Request, build

WHERE = Where(partition="aws", region="us-east-1", account_id="123456789012")
ELSEWHERE = ("eu-west-1", "210987654321")


def arns(kinds: tuple[str, ...]) -> st.SearchStrategy[DestinationArn]:
    """Destinations here and elsewhere, including names with characters that are special in a shell."""

    def build_arn(kind: Any, name: str, place: tuple[str, str]) -> DestinationArn | None:
        try:
            name = name if kind != "lambda" else "g" + "".join(filter(str.isalnum, name))
            if kind == "s3":
                return DestinationArn(kind, name)
            DestinationName(kind, name)
            return DestinationArn(kind, name, "aws", *place)
        except UsageError:
            return None

    names = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=":/{}$"), min_size=1)
    places = st.sampled_from([(WHERE.region, WHERE.account_id), ELSEWHERE])
    made = st.builds(build_arn, st.sampled_from(kinds), names | st.sampled_from(["a b", "it's", '"', "#x"]), places)
    return made.filter(lambda arn: arn is not None)  # type: ignore[return-value] # None is filtered out


requests = st.builds(
    lambda name, qualifier, retries, seconds, on_success, on_failure: Request(
        "put",
        FunctionRef.parse(name),
        qualifier,
        EventInvokeConfig(
            maximum_retry_attempts=retries,
            maximum_event_age_in_seconds=seconds,
            destination_config=DestinationConfig(on_success=on_success, on_failure=on_failure)
            if on_success or on_failure
            else None,
        ),
    ),
    st.sampled_from(["my-function", "123456789012:function:f", "arn:aws:lambda:us-east-1:123456789012:function:f"]),
    st.sampled_from([None, "live", "7", "$LATEST"]),
    st.none() | st.integers(0, 2),
    st.none() | st.integers(60, 21600),
    st.none() | arns(("sqs", "sns", "lambda", "events")),
    st.none() | arns(("sqs", "sns", "s3", "lambda", "events")),
).filter(lambda request: bool(request.config))


ways = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["eu-west-1", "us-gov-west-1"]),
        "profile": st.sampled_from(["prod", "it's", "a b"]),
        "endpoint_url": st.just("http://127.0.0.1:4566"),
        "no_verify_ssl": st.just(value=True),
        "read_timeout": st.sampled_from([0, 30]),
    },
)


def read(line: str, elsewhere: Mapping[str, Any] = HERE) -> Request:
    """The request that the magics parse from a line, which must have the options in `elsewhere`."""
    [command] = parser.parse(Source(line), {})
    assert command.connection == elsewhere
    arguments = {"qualifier": None, "on_success": None, "on_failure": None, "destination_config": None}
    return build(WHERE, command.verb, paging=Paging(), **{**arguments, **command.arguments})


@given(requests, ways)
def test_the_line_magic_round_trips_to_the_same_request(request: Request, elsewhere: Mapping[str, Any]) -> None:
    assert read(eic_line(request, WHERE, elsewhere).removeprefix("%eic "), elsewhere) == request


@given(requests)
def test_the_aws_command_round_trips_to_the_same_request(request: Request) -> None:
    assert read(aws_command(request, WHERE), {"region": "us-east-1"}) == request


@given(requests)
def test_a_shell_splits_the_aws_command_into_the_words_that_were_meant(request: Request) -> None:
    words = shlex.split(aws_command(request, WHERE).replace("\\\n", ""))
    assert words[:3] == ["aws", "lambda", "put-function-event-invoke-config"]
    given_by_option = dict(zip(words[3::2], words[4::2], strict=True))
    assert given_by_option["--function-name"] == str(request.function)
    assert given_by_option["--region"] == "us-east-1"


@given(requests, ways)
def test_the_python_call_round_trips_to_the_same_request(request: Request, elsewhere: Mapping[str, Any]) -> None:
    derived: dict[str, Any] = {}

    class Verbs:
        @staticmethod
        def current() -> type[Verbs]:
            return Verbs

        @staticmethod
        def derive(**options: Any) -> type[Verbs]:
            derived.update(options)
            return Verbs

        @staticmethod
        def put(function_name: str, **arguments: Any) -> Request:
            unset = {"qualifier": None, "on_success": None, "on_failure": None}
            return build(
                WHERE, "put", function_name, destination_config=None, paging=Paging(), **{**unset, **arguments}
            )

    assert eval(python_call(request, WHERE, elsewhere), {"eicnb": Verbs}) == request
    assert derived == elsewhere


@pytest.mark.parametrize(
    ("seconds", "text"), [(60, "1m"), (61, "61s"), (3600, "1h"), (5400, "90m"), (21600, "6h"), (21599, "21599s")]
)
def test_an_age_is_as_short_as_it_can_be(seconds: int, text: str) -> None:
    assert age(seconds) == text


def test_a_connection_that_is_no_default_is_named_in_the_aws_command() -> None:
    where = Where(
        partition="aws", region="us-east-1", account_id="1" * 12, profile="prod", endpoint_url="http://127.0.0.1:1"
    )
    command = aws_command(Request("delete", FunctionRef("f")), where)
    assert command.splitlines()[-3:] == [
        "    --region us-east-1 \\",
        "    --profile prod \\",
        "    --endpoint-url http://127.0.0.1:1",
    ]


def test_an_empty_destination_is_written_as_json() -> None:
    config = DestinationConfig(on_failure=NoDestination.EMPTY)
    assert to_shorthand(config) == to_json(config) == '{"OnFailure": {}}'
