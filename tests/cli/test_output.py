from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from eicnb.cli.output import OUTPUTS, Query, Response, check, format_timestamp, render, select, table, text, yaml
from eicnb.errors import EicError, UsageError

CASES = json.loads((Path(__file__).parent / "output_cases.json").read_text(encoding="utf-8"))["cases"]
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"
CONFIG = {"FunctionArn": ARN, "MaximumRetryAttempts": 1, "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
QUERY_RULE = "See: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-filter.html"
QUERY_EXAMPLE = "Try: --query 'FunctionEventInvokeConfigs[].FunctionArn', in single quotes"

scalars = st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"]))
names = st.text(alphabet="AbZ列 -:#1", max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
structures = st.dictionaries(names, values, min_size=1, max_size=4)


def response_with(value: dict[str, Any]) -> Response:
    return Response.of("GetFunctionEventInvokeConfig", value)


def paged(*pages: dict[str, Any], **whole: Any) -> Response:
    merged = [item for page in pages for item in page["FunctionEventInvokeConfigs"]]
    whole = {"FunctionEventInvokeConfigs": merged, **whole}
    return Response("ListFunctionEventInvokeConfigs", pages, whole, paged=True)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in leaves(member)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_it_prints_what_the_aws_cli_prints(case: dict[str, Any]) -> None:
    pages = tuple(case["pages"])
    response = Response(case["operation"], pages, case.get("whole", pages[0]), case.get("paged", False))
    query = Query.parse(case["query"]) if "query" in case else None
    assert render(response, case["output"], query=query, color=case.get("color", False)) == case["expected"]


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_empty_response_prints_nothing(output: str) -> None:
    assert render(response_with({}), output) == ""


def test_an_unknown_output_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="there is no output 'tabel'\nTry: table"):
        render(response_with(CONFIG), "tabel")


@pytest.mark.parametrize("output", OUTPUTS)
def test_rendering_does_not_change_the_response(output: str) -> None:
    before = json.dumps(CONFIG)
    render(response_with(CONFIG), output, color=True)
    assert json.dumps(CONFIG) == before


def test_a_query_selects_from_the_whole() -> None:
    response = paged({"FunctionEventInvokeConfigs": [CONFIG]}, {"FunctionEventInvokeConfigs": [CONFIG]})
    assert select(response, Query.parse("length(FunctionEventInvokeConfigs)")) == 2
    assert select(response, None) == response.whole


def test_text_leaves_out_the_marker_of_a_page_and_shows_the_token_of_the_next() -> None:
    response = paged({"FunctionEventInvokeConfigs": [{"FunctionArn": "a"}], "NextMarker": "1"}, NextToken="t")
    assert render(response, "text") == "FUNCTIONEVENTINVOKECONFIGS\ta\nNEXTTOKEN\tt\n"


def test_a_call_without_pages_shows_its_marker() -> None:
    page = {"FunctionEventInvokeConfigs": [{"FunctionArn": "a"}], "NextMarker": "1"}
    assert render(Response.of("ListFunctionEventInvokeConfigs", page), "text") == "1\nFUNCTIONEVENTINVOKECONFIGS\ta\n"


def test_a_yaml_stream_has_an_item_for_each_page() -> None:
    query = Query.parse("FunctionEventInvokeConfigs[0]")
    response = paged({"FunctionEventInvokeConfigs": [{}]}, {"FunctionEventInvokeConfigs": [{"FunctionArn": "a"}]})
    assert render(response, "yaml-stream", query=query) == "- {}\n- FunctionArn: a\n"


@given(structures)
def test_json_round_trips(value: dict[str, Any]) -> None:
    assert json.loads(render(response_with(value), "json")) == value


@given(st.lists(values, min_size=1, max_size=4) | structures)
def test_yaml_round_trips(value: Any) -> None:
    assert YAML(typ="safe", pure=True).load(yaml.dump(value)) == value


def is_in(shown: str, leaf: Any) -> bool:
    """Whether the text shows a scalar, alone or in a list that the AWS CLI prints as Python would."""
    return str(leaf) in shown or repr(leaf)[1:-1] in shown


@given(values)
def test_text_never_loses_a_scalar(value: Any) -> None:
    try:
        shown = text.dump(value)
    except EicError:
        return
    assert all(is_in(shown, leaf) for leaf in leaves(value))


@given(st.lists(st.dictionaries(names, scalars, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_table_of_structures_never_loses_a_scalar(value: list[dict[str, Any]]) -> None:
    shown = table.dump("Title", value)
    assert all(is_in(shown, leaf) for leaf in leaves(value))


@given(st.lists(st.lists(st.integers() | st.sampled_from(["é", "列", "word"]), min_size=2, max_size=2), min_size=1))
def test_all_lines_of_a_table_are_equally_wide(rows: list[list[Any]]) -> None:
    lines = table.dump("Title", rows).splitlines()
    assert len({table._columns(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a\nb", "- 'a\n\n  b'\n"),
        ("a \nb", '- "a \\nb"\n'),
        ("x" * 90 + " y", f"- {'x' * 90}\n  y\n"),
        ("it's: so", "- 'it''s: so'\n"),
        ("\u2028", "- '\u2028  '\n"),
        ("😀 \x85\xa0", '- "\\U0001F600 \\N\xa0"\n'),
        ("---", "- '---'\n"),
        ("1:00", "- 1:00\n"),
        (float("inf"), "- .inf\n"),
        (1e20, "- 1e+20\n"),
        ({"": None}, "- '': null\n"),
        ({"a\nb": []}, "- ? 'a\n\n    b'\n  : []\n"),
    ],
)
def test_yaml_is_the_same_as_that_of_libyaml(value: Any, written: str) -> None:
    assert yaml.dump([value]) == written


def test_yaml_writes_repeated_values_as_aliases() -> None:
    query = Query.parse("{First: DestinationConfig, Second: [DestinationConfig, DestinationConfig.OnSuccess]}")
    assert render(response_with(CONFIG), "yaml", query=query) == (
        "First: &id001\n  OnFailure: {}\n  OnSuccess: &id002 {}\nSecond:\n- *id001\n- *id002\n"
    )


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        ("", 0, f"--query '' is not valid JMESPath: it is empty\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        (" ", 0, f"--query ' ' is not valid JMESPath: it ends too early\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        ("(", 0, f"--query '(' is not valid JMESPath: it ends too early\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        ("a..b", 2, f"--query 'a..b' is not valid JMESPath: '.' is not allowed here\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        ("a=b", 1, f"--query 'a=b' is not valid JMESPath: Unknown token '='\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        ("@ 'x", 2, f"--query \"@ 'x\" is not valid JMESPath: Unclosed ' delimiter\n{QUERY_EXAMPLE}\n{QUERY_RULE}"),
        (
            "a[].lenght(@)",
            4,
            f"--query calls lenght(), which JMESPath does not have\nTry: length(…)\n{QUERY_RULE}",
        ),
        ("length()", 0, f"--query calls length() with 0, but it takes 1 argument\n{QUERY_RULE}"),
        ("merge()", 0, f"--query calls merge() with 0, but it takes at least 1 argument\n{QUERY_RULE}"),
        ("[a, join(b)]", 4, f"--query calls join() with 1, but it takes 2 arguments\n{QUERY_RULE}"),
    ],
)
def test_a_wrong_query_is_refused_with_the_position_of_the_error(query: str, position: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Query.parse(query)
    assert (caught.value.position, str(caught.value)) == (position, message)


@given(st.text(alphabet="ab.[]{}()*@&|!=<>,:?'\"`0-\\ ", max_size=12))
def test_every_text_is_a_query_or_a_usage_error(query: str) -> None:
    try:
        Query.parse(query)
    except UsageError as error:
        position = error.position
    else:
        position = 0
    assert position is not None
    assert 0 <= position <= len(query)


def test_a_query_nested_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        Query.parse("(" * 10_000)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "length(MaximumRetryAttempts)",
            (
                "--query 'length(MaximumRetryAttempts)' fails on the response: In function length(), invalid type for"
                " value: 1, expected one of: ['string', 'array', 'object'], received: \"number\""
            ),
        ),
        (
            "abs(Nope)",
            (
                "--query 'abs(Nope)' fails on the response: In function abs(), invalid type for value: None,"
                " expected one of: ['number'], received: \"null\"\n"
                "Try: give a default where a member may be missing: MaximumRetryAttempts || `2`"
            ),
        ),
    ],
)
def test_a_query_that_fails_on_a_response_has_the_message_of_jmespath(query: str, message: str) -> None:
    with pytest.raises(EicError) as caught:
        render(response_with(CONFIG), "json", query=Query.parse(query))
    assert (caught.value.exit_code, str(caught.value)) == (255, message)


@pytest.mark.parametrize(
    ("query", "output", "message"),
    [
        (
            "[[FunctionArn], [FunctionArn, FunctionArn]]",
            "table",
            (
                "a table cannot show rows of unequal length: here 1 and 2 cells\n"
                "Try: use --output json or yaml, or a --query that selects the same members for each row"
            ),
        ),
        (
            "[DestinationConfig, FunctionArn]",
            "table",
            (
                "a table cannot show a list that holds both structures and other values\n"
                "Try: use --output json or yaml, or a --query that selects the members of the structures"
            ),
        ),
        (
            "[FunctionArn, DestinationConfig]",
            "text",
            (
                "text cannot show a list that holds both structures and other values\n"
                "Try: use --output json or yaml, or --query DestinationConfig.OnFailure.Destination"
            ),
        ),
    ],
)
def test_a_response_that_a_format_cannot_show_is_an_error_in_advance(query: str, output: str, message: str) -> None:
    for attempt in (render, lambda response, output, *, query: check([response], output, query=query)):
        with pytest.raises(EicError) as caught:
            attempt(response_with(CONFIG), output, query=Query.parse(query))
        assert str(caught.value) == message


def test_a_query_that_works_on_one_likely_response_is_accepted() -> None:
    query = Query.parse("length(DestinationConfig.OnFailure.Destination)")
    full = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::lost"}}}
    check([response_with(CONFIG), response_with(full)], "json", query=query)
    with pytest.raises(EicError):
        check([response_with(CONFIG)], "json", query=query)


@pytest.mark.parametrize(
    ("moment", "hours", "iso", "wire"),
    [
        (datetime(2019, 11, 13, 23, 0, 21, 479000, UTC), 0, "2019-11-13T23:00:21.479000+00:00", 1573686021.479),
        (datetime(2023, 11, 14, 22, 13, 30, 0, UTC), 0, "2023-11-14T22:13:30+00:00", 1700000010.0),
        (datetime(2023, 11, 14, 22, 13, 30, 0, UTC), -5, "2023-11-14T17:13:30-05:00", 1700000010.0),
    ],
)
def test_a_timestamp_has_two_forms(moment: datetime, hours: int, iso: str, wire: float) -> None:
    zone = timezone(timedelta(hours=hours))
    assert format_timestamp(moment, tz=zone) == iso
    assert format_timestamp(moment, "wire", zone) == wire


LONG = "x" * 129
KEYS = [
    ({"x" * 128: 1}, f"{'x' * 128}: 1\n"),
    ({LONG: 1}, f"? {LONG}\n: 1\n"),
    ({"é" * 65: 1}, f"? {'é' * 65}\n: 1\n"),
    ({"a\nb": 1}, "? 'a\n\n  b'\n: 1\n"),
    ({"a\rb": 1}, '? "a\\rb"\n: 1\n'),
    ({"a\nb": {"c": [1]}}, "? 'a\n\n  b'\n: c:\n  - 1\n"),
    ({"a\nb": [{"d": 1}, 2]}, "? 'a\n\n  b'\n: - d: 1\n  - 2\n"),
    ({LONG: []}, f"? {LONG}\n: []\n"),
    ([{LONG: 1, "b": 2}], f"- b: 2\n  ? {LONG}\n  : 1\n"),
    ({"o": {LONG: {"y\nz": "v"}}}, f"o:\n  ? {LONG}\n  : ? 'y\n\n      z'\n    : v\n"),
]


@pytest.mark.parametrize(("value", "text"), KEYS)
def test_a_long_key_or_one_with_line_breaks_follows_a_question_mark(value: Any, text: str) -> None:
    assert yaml.dump(value) == text
