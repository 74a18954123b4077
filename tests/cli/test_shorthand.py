from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.cli import parser
from eicnb.cli.lexer import quote
from eicnb.cli.shorthand import dump, parse
from eicnb.cli.source import Source
from eicnb.errors import UsageError

QUEUE = "arn:aws:sqs:us-east-1:123456789012:dlq"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
EXAMPLE = "Try: OnFailure={Destination=ARN},OnSuccess={Destination=ARN}, in single quotes if it has blanks"

keys = st.from_regex(r"[a-zA-Z0-9\-_.#/:]{1,10}", fullmatch=True)
values = st.recursive(
    st.text(max_size=12) | st.sampled_from(['"', "\\", '\\"', "'", "a b", "a,b", "a=b", "{a}", "[a]", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=b", {"a": "b"}),
        ("a=b,c=d", {"a": "b", "c": "d"}),
        ("a = b , c = d", {"a": "b", "c": "d"}),
        ("a=", {"a": ""}),
        ("a=,b=c", {"a": "", "b": "c"}),
        ("a=b c", {"a": "b c"}),
        ("a='b,c'", {"a": "b,c"}),
        ('a="b,c"', {"a": "b,c"}),
        ("a='it\\'s'", {"a": "it's"}),
        ('a="say \\"no\\""', {"a": 'say "no"'}),
        ("a='b\\\\c'", {"a": "b\\c"}),
        ("a='b\\nc'", {"a": "b\\nc"}),
        ("a=b\\,c", {"a": "b,c"}),
        ("a=b\\c", {"a": "b\\c"}),
        ("a='b\nc'", {"a": "b\nc"}),
        ("a=''", {"a": ""}),
        ("a={}", {"a": {}}),
        ("a={ }", {"a": {}}),
        ("a={b=c}", {"a": {"b": "c"}}),
        ("a={b=c,}", {"a": {"b": "c"}}),
        ("a={b={c=d},e=f}", {"a": {"b": {"c": "d"}, "e": "f"}}),
        ("a={b=c,b=d}", {"a": {"b": "d"}}),
        ("a=[]", {"a": []}),
        ("a=[b]", {"a": ["b"]}),
        ("a=[b,c,]", {"a": ["b", "c"]}),
        ("a=[ b , 'c d' ]", {"a": ["b", "c d"]}),
        ("a=[{b=c},[d]]", {"a": [{"b": "c"}, ["d"]]}),
        ("a=b,c", {"a": ["b", "c"]}),
        ("a=b,c,d=e", {"a": ["b", "c"], "d": "e"}),
        ("a=b,'c d',e=f", {"a": ["b", "c d"], "e": "f"}),
        ("a:b/c#d.e-f_1=g", {"a:b/c#d.e-f_1": "g"}),
        (f"a={QUEUE}", {"a": QUEUE}),
        ("a=é-очередь", {"a": "é-очередь"}),
    ],
)
def test_each_rule_of_the_grammar(text: str, value: dict[str, Any]) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, f"shorthand needs a '=' here, not the end\n{EXAMPLE}"),
        ("a", 0, f"shorthand needs a '=' after 'a' here, not the end\n{EXAMPLE}"),
        ("a:b", 2, f"shorthand needs a '=' after 'a:b' here, not the end\n{EXAMPLE}"),
        (",a=b", 0, f"shorthand needs a '=' here, not ','\n{EXAMPLE}"),
        ("a={},", 4, f"shorthand needs a '=' here, not the end\n{EXAMPLE}"),
        ("a={b=c}d=e", 7, f"shorthand needs a ',' here, not 'd'\n{EXAMPLE}"),
        ("a={b=c}}", 7, f"shorthand needs a ',' here, not '}}'\n{EXAMPLE}"),
        ("a={b", 2, 'the { is not closed\nTry: add a } at the end, and write "" for an empty value'),
        ("a={b=[c", 5, 'the [ is not closed\nTry: add a ] at the end, and write "" for an empty value'),
        ("a={b=}", 2, 'the { is not closed\nTry: add a } at the end, and write "" for an empty value'),
        ("a='b", 2, "the quote ' is not closed\nTry: add a second '"),
        ('a={b="c}', 5, 'the quote " is not closed\nTry: add a second "'),
        ("a={b=c},a={}", 8, "'a' is given twice\nTry: write a={…} once, with all members inside"),
        ("a=" + "[" * 51, 52, "more than 50 nested brackets"),
    ],
)
def test_an_error_has_its_position_and_a_hint(text: str, position: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert str(caught.value) == message
    assert caught.value.position == position


@pytest.mark.parametrize("text", ["a=,", "a=b,", "a=b, ", "a=b,c,", "a=b,,c"])
def test_a_list_without_brackets_has_no_empty_member(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


@given(st.dictionaries(keys, values, min_size=1, max_size=4))
def test_a_structure_that_is_dumped_is_read_back_the_same(value: dict[str, Any]) -> None:
    assert parse(dump(value)) == value


@given(st.text(alphabet="ab=,{}[]'\"\\ \né😀") | st.text())
def test_any_text_is_a_structure_or_a_usage_error_with_its_place(text: str) -> None:
    position: int | None = 0
    try:
        assert isinstance(parse(text), dict)
    except UsageError as error:
        position = error.position
    assert position is not None
    assert 0 <= position <= len(text)


def destination_config(text: str) -> Any:
    [command] = parser.parse(Source(f"put my-function --destination-config {quote(text)}"), {})
    return command.arguments["destination_config"].to_api()


@pytest.mark.parametrize(
    ("text", "config"),
    [
        (f"OnFailure={{Destination={QUEUE}}}", {"OnFailure": {"Destination": QUEUE}}),
        (f"OnSuccess={{Destination={QUEUE}}}", {"OnSuccess": {"Destination": QUEUE}}),
        (
            f"OnFailure={{Destination={QUEUE}}},OnSuccess={{Destination={TOPIC}}}",
            {"OnFailure": {"Destination": QUEUE}, "OnSuccess": {"Destination": TOPIC}},
        ),
        (
            f"OnSuccess={{Destination={TOPIC}}}, OnFailure={{Destination={QUEUE}}}",
            {"OnFailure": {"Destination": QUEUE}, "OnSuccess": {"Destination": TOPIC}},
        ),
        (
            f"OnSuccess={{Destination={TOPIC}}},\r\nOnFailure={{Destination={QUEUE}}}",
            {"OnFailure": {"Destination": QUEUE}, "OnSuccess": {"Destination": TOPIC}},
        ),
        (f"OnSuccess = {{ Destination = {TOPIC} }}", {"OnSuccess": {"Destination": TOPIC}}),
        (f'OnSuccess={{Destination="{TOPIC}"}}', {"OnSuccess": {"Destination": TOPIC}}),
        (f"OnFailure={{Destination={QUEUE},}}", {"OnFailure": {"Destination": QUEUE}}),
        (f"OnFailure={{Destination={TOPIC},Destination={QUEUE}}}", {"OnFailure": {"Destination": QUEUE}}),
        ("OnSuccess={}", {"OnSuccess": {}}),
        ("OnSuccess={ }", {"OnSuccess": {}}),
        ("OnFailure={Destination=''}", {"OnFailure": {"Destination": ""}}),
    ],
)
def test_the_parsed_value_is_the_one_that_the_aws_cli_sends(text: str, config: dict[str, Any]) -> None:
    assert destination_config(text) == config


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"OnFailure={{Destination={QUEUE} two}}", "dlq two"),
        (f"OnFailure={{Destination='{QUEUE} two'}}", "dlq two"),
        (f"OnFailure={{Destination={QUEUE}\\,x}}", "dlq,x"),
        (f"OnFailure={{Destination={QUEUE}-é-очередь}}", "dlq-é-очередь"),
        (f'OnFailure={{Destination="{QUEUE}-😀"}}', "dlq-😀"),
    ],
)
def test_a_name_that_no_queue_can_have_is_read_whole_and_refused(text: str, name: str) -> None:
    assert parse(text) == {"OnFailure": {"Destination": f"{QUEUE.removesuffix('dlq')}{name}"}}
    with pytest.raises(UsageError) as caught:
        destination_config(text)
    assert caught.value.message.startswith(f"{name!r} is not the name of an SQS queue: ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "=",
        "OnFailure=",
        "OnFailure={",
        "OnFailure={Destination=}",
        f"OnFailure={{Destination={QUEUE}",
        f"OnFailure={{Destination={QUEUE}}}}}",
        f"OnFailure={{Destination={QUEUE}}},",
        f"OnFailure{{Destination={QUEUE}}}",
        f"OnFailure:{{Destination:{QUEUE}}}",
        f"OnFailure=={{Destination={QUEUE}}}",
        f"OnFailure={{{{Destination={QUEUE}}}}}",
        f"OnFailure={{Destination='{QUEUE}}}",
        f'OnFailure={{Destination="{QUEUE}"x}}',
        f"OnFailure={{Destination={QUEUE}'x}}",
        f"OnFailure={{Destination={QUEUE},{TOPIC}}}",
        f"OnFailure={{Destination={{Arn={QUEUE}}}}}",
        f"OnFailure=[{{Destination={QUEUE}}}]",
        f"OnFailure={{Arn={QUEUE}}}",
        f"OnFailure=Destination={QUEUE}",
        f"OnFailure.Destination={QUEUE}",
        f"onFailure={{destination={QUEUE}}}",
        f"OnFailure={{Destination={QUEUE}}},OnFailure={{Destination={TOPIC}}}",
        f"OnSuccess={{Destination={TOPIC}}}OnFailure={{Destination={QUEUE}}}",
        f"OnSuccess={{Destination={TOPIC}}};OnFailure={{Destination={QUEUE}}}",
        f'"OnFailure"={{Destination={QUEUE}}}',
        f'OnFailure={{"Destination":"{QUEUE}"}}',
        f" OnSuccess={{Destination={TOPIC}}}",
        f"OnSuccess={{Destination={TOPIC}}} ",
        QUEUE,
    ],
)
def test_a_value_that_the_aws_cli_refuses_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        destination_config(text)


@pytest.mark.parametrize(
    "text",
    [
        f'{{"OnFailure": {{"Destination": "{QUEUE}"}}}}',
        f' {{"OnFailure":{{"Destination":"{QUEUE}"}}}} ',
        '{"OnFailure": {"Destination": "arn\\u003aaws:sqs:us-east-1:123456789012:dlq"}}',
    ],
)
def test_json_means_the_same(text: str) -> None:
    assert destination_config(text) == {"OnFailure": {"Destination": QUEUE}}
