from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.cli import parser
from eicnb.cli.lexer import split
from eicnb.cli.references import Attribute, Index, Reference
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from eicnb.model.destination import DestinationName

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
WHAT_WORKS = 'Try: ${name}, ${name.attribute}, ${name[0]} or ${name["key"]}'
SECRET = "hunter2-which-nobody-may-read"


@dataclass
class Team:
    queue: str = QUEUE
    functions: list[str] = field(default_factory=lambda: ["my-function", "order-events"])
    secret: str = SECRET


CALLS = "is a call, which a command line cannot run\nTry: call it in its own cell, then write ${name} for its result"
NAMES: dict[str, Any] = {
    "function": "my-function",
    "retries": 1,
    "team": Team(),
    "queues": {"lost": QUEUE, "a b": "sqs:spaced", "x}y": "sqs:braced", "it's": "sqs:quoted", "\\": "sqs:slash"},
    "key": "lost",
    "first": 0,
    "row": pd.Series({"on_failure": QUEUE, "retries": np.int64(2)}),
    "password": SECRET,
    "path": Path("my-function"),
    "ratio": 1.5,
    "yes": True,
    "nothing": None,
    "names": ["a", "b"],
}

identifiers = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name)
)
references = st.recursive(
    st.builds(Reference, identifiers),
    lambda inner: st.builds(
        Reference,
        identifiers,
        st.lists(
            st.builds(Attribute, identifiers)
            | st.builds(Index, st.integers(-9999, 9999))
            | st.builds(Index, st.text(max_size=12))
            | st.builds(Index, inner),
            max_size=4,
        ).map(tuple),
    ),
    max_leaves=5,
)


def filled(text: str, names: dict[str, Any] | None = None) -> Any:
    [[word]] = split(Source(text))
    return word.fill(NAMES if names is None else names)


def fault(text: str, names: dict[str, Any] | None = None) -> str:
    [[word]] = split(Source(text))
    with pytest.raises(UsageError) as caught, word.blamed():
        word.fill(NAMES if names is None else names)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${function}", "my-function"),
        ("$function", "my-function"),
        ("{function}", "my-function"),
        ("${ function }", "my-function"),
        ("${team.queue}", QUEUE),
        ("${team.functions[1]}", "order-events"),
        ("${team.functions[-1]}", "order-events"),
        ("${team.functions[first]}", "my-function"),
        ('${queues["lost"]}', QUEUE),
        ("${queues['a b']}", "sqs:spaced"),
        ("${queues['x}y']}", "sqs:braced"),
        (r"${queues['it\'s']}", "sqs:quoted"),
        (r"""${queues["it's"]}""", "sqs:quoted"),
        (r"${queues['\\']}", "sqs:slash"),
        ("${queues[key]}", QUEUE),
        ("${row.on_failure}", QUEUE),
        ('"${function}:live"', "my-function:live"),
        ('"$function"', "my-function"),
        ('"{function}"', "my-function"),
        ("$function:live", "my-function:live"),
        ("a-${function}-$retries-{key}", "a-my-function-1-lost"),
        ("${retries}${retries}", "11"),
        ("${path}:live", "my-function:live"),
        ("v${row.retries}", "v2"),
        ("'${function}'", "${function}"),
        ("'$function'", "$function"),
        ("'{function}'", "{function}"),
        ("\\${function}", "${function}"),
        ("\\$function", "$function"),
        ("$LATEST", "$LATEST"),
        ("my-function:$LATEST", "my-function:$LATEST"),
        ("my-function:$LATEST.PUBLISHED", "my-function:$LATEST.PUBLISHED"),
        ('"my-function:$LATEST"', "my-function:$LATEST"),
        ("{not-a-name}", "{not-a-name}"),
        ("{}", "{}"),
        ("OnFailure={Destination=x}", "OnFailure={Destination=x}"),
        ("$5", "$5"),
    ],
)
def test_a_reference_is_filled_in_where_it_is_one(text: str, value: str) -> None:
    assert filled(text) == value


def test_latest_is_itself_even_when_the_notebook_has_that_name() -> None:
    assert filled("my-function:$LATEST", {"LATEST": "no"}) == "my-function:$LATEST"
    assert filled("$LATEST_VERSION", {"LATEST_VERSION": "7"}) == "7"


@pytest.mark.parametrize("name", ["retries", "team", "queues", "ratio", "yes", "nothing", "names", "path"])
def test_a_word_that_is_one_whole_reference_keeps_its_type(name: str) -> None:
    for text in (f"${{{name}}}", f"${name}", f'"${{{name}}}"'):
        assert filled(text) is NAMES[name]


@given(references)
def test_a_reference_that_is_printed_is_read_back_the_same(reference: Reference) -> None:
    assert Reference.parse(reference.expression) == reference


@given(references)
def test_a_reference_is_one_word_in_a_line(reference: Reference) -> None:
    [[_, word, _]] = split(Source(f"get {reference} --x"))
    assert list(word.references.values()) == [reference]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("f()", f"'f()' {CALLS}"),
        ("f().x", f"'f().x' {CALLS}"),
        ("x[f()]", f"'x[f()]' {CALLS}"),
        ("", f"'' is not a name\n{WHAT_WORKS}"),
        ("a b", f"'a b' is not a name\n{WHAT_WORKS}"),
        ("a +", f"'a +' is not a name\n{WHAT_WORKS}"),
        ("a + b", f"'a + b' is more than a name\n{WHAT_WORKS}"),
        ("a[1:2]", f"'a[1:2]' is more than a name\n{WHAT_WORKS}"),
        ("a[1.5]", f"'a[1.5]' is more than a name\n{WHAT_WORKS}"),
        ("a[True]", f"'a[True]' is more than a name\n{WHAT_WORKS}"),
        ("7", f"'7' is more than a name\n{WHAT_WORKS}"),
        ("'text'", f"\"'text'\" is more than a name\n{WHAT_WORKS}"),
        ("lambda: 0", f"'lambda: 0' is more than a name\n{WHAT_WORKS}"),
        ("x := 1", f"'x := 1' is not a name\n{WHAT_WORKS}"),
        ("a" * 501, f"the expression has 501 characters\n{WHAT_WORKS}"),
        ("(" * 400, f"'{'(' * 400}' is not a name\n{WHAT_WORKS}"),
    ],
)
def test_an_expression_that_is_more_than_a_name_is_refused(expression: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse(expression)
    assert str(caught.value) == message


NOT_THERE = r"""
${functon}
${functon} is not defined: the notebook has no name 'functon'
    ${functon}
    ^^^^^^^^^^
Try: ${function}

{functon}
{functon} is not defined: the notebook has no name 'functon'
    {functon}
    ^^^^^^^^^
Try: {function}

${teem.queue}
${teem.queue} is not defined: the notebook has no name 'teem'
    ${teem.queue}
    ^^^^^^^^^^^^^
Try: ${team.queue}

${zzz}
${zzz} is not defined: the notebook has no name 'zzz'
    ${zzz}
    ^^^^^^
Try: assign it in an earlier cell: zzz = …

${team.queu}
${team.queu} cannot be looked up: a value of type Team has no .queu
    ${team.queu}
    ^^^^^^^^^^^^
Try: queue

${queues['lots']}
${queues['lots']} cannot be looked up: a value of type dict has no ['lots']
    ${queues['lots']}
    ^^^^^^^^^^^^^^^^^
Try: lost

${names[7]}
${names[7]} cannot be looked up: a value of type list has no [7]
    ${names[7]}
    ^^^^^^^^^^^

{names}
{names} is of type list, but braces take only text and numbers
    {names}
    ^^^^^^^
Try: ${names}

{nothing}
{nothing} is None, but braces take only text and numbers
    {nothing}
    ^^^^^^^^^
Try: ${nothing}

a-${names}
${names} is of type list, which cannot be part of a word
    a-${names}
      ^^^^^^^^
Try: use text or a whole number

a-${ratio}
${ratio} is of type float, which cannot be part of a word
    a-${ratio}
      ^^^^^^^^
Try: use text or a whole number

a-${yes}
${yes} is of type bool, which cannot be part of a word
    a-${yes}
      ^^^^^^
Try: use text or a whole number
"""
"""Words with one fault each; under each the whole message."""


@pytest.mark.parametrize("case", NOT_THERE.strip().split("\n\n"), ids=lambda case: case.partition("\n")[0])
def test_a_missing_value_is_an_error_that_suggests_the_nearest_one(case: str) -> None:
    text, _, message = case.partition("\n")
    assert fault(text) == message


def test_a_variable_of_the_environment_is_not_read_but_the_way_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EIC_QUEUE", SECRET)
    assert fault("$EIC_QUEUE", {}) == (
        "${EIC_QUEUE} is not defined: the notebook has no name 'EIC_QUEUE'\n"
        "    $EIC_QUEUE\n"
        "    ^^^^^^^^^^\n"
        "Try: read it from the environment in an earlier cell\n"
        "    import os\n"
        '    EIC_QUEUE = os.environ["EIC_QUEUE"]'
    )


@pytest.mark.parametrize("name", ["function", "retries", "ratio", "yes"])
def test_braces_take_text_and_numbers(name: str) -> None:
    assert filled(f"{{{name}}}") is NAMES[name]


@pytest.mark.parametrize("name", ["names", "nothing", "team", "path", "queues"])
def test_braces_take_nothing_else(name: str) -> None:
    assert f"but braces take only text and numbers\n    {{{name}}}\n" in fault(f"{{{name}}}")


def message_of(line: str) -> str:
    names = {**NAMES, "wrapped": [SECRET], "spaced": f"{SECRET} {SECRET}", "keyed": {"other": SECRET}}
    with pytest.raises(UsageError) as caught:
        parser.parse(Source(line), names)
    return str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "get ${team.secret.nothing}",
        "get ${keyed['nothing']}",
        "get ${password[0][0].nothing}",
        "get a-${wrapped}",
        "get {wrapped}",
        "get ${password}${functon}",
    ],
)
def test_a_lookup_that_fails_shows_no_value_of_the_notebook(line: str) -> None:
    assert SECRET not in message_of(line)


@pytest.mark.parametrize(
    "line",
    [
        "put my-function --retries ${password}",
        "put my-function --retries ${team}",
        "put my-function --max-age {password}",
        "put my-function --on-failure ${wrapped}",
        "put my-function --destination-config ${wrapped}",
        "put my-function --destination-config OnFailure={Destination=${wrapped}}",
        "get ${wrapped}",
    ],
)
def test_a_value_that_does_not_fit_its_option_is_not_shown_either(line: str) -> None:
    assert SECRET not in message_of(line)


AWKWARD = [
    "a b",
    "a,b",
    "a}b",
    "{a}",
    "a'b",
    'a"b',
    "--region x",
    "$retries",
    "${retries}",
    "a\nb",
    "#x",
    "|",
    "\ue000",
]


@pytest.mark.parametrize("value", AWKWARD)
@pytest.mark.parametrize("text", ["${value}", "$value", "{value}", '"${value}"'])
def test_a_value_is_never_split_again(text: str, value: str) -> None:
    [[_, word, _]] = split(Source(f"get {text} --x"))
    assert word.fill({"value": value}) == value


@pytest.mark.parametrize("value", AWKWARD)
@pytest.mark.parametrize(
    "line",
    ["put my-function --profile ${value} --retries 0", "put my-function --profile=${value} --retries 0"],
)
def test_a_value_stays_the_value_of_its_option(line: str, value: str) -> None:
    [command] = parser.parse(Source(line), {"value": value})
    assert command.connection == {"profile": value}
    assert set(command.arguments) == {"function_name", "maximum_retry_attempts"}


@pytest.mark.parametrize("name", ["a b", "a,b", "a'b", 'a"b', "a --region x", "a=b", "[a]"])
@pytest.mark.parametrize(
    "text",
    [
        "OnFailure={Destination=arn:aws:s3:::${name}}",
        '"OnFailure={Destination=arn:aws:s3:::$name}"',
        '"{\\"OnFailure\\": {\\"Destination\\": \\"arn:aws:s3:::${name}\\"}}"',
    ],
)
def test_a_value_stays_one_value_inside_a_structure(text: str, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser.parse(Source(f"put my-function --destination-config {text}"), {"name": name})
    assert caught.value.message.startswith(f"{name!r} is not the name of an S3 bucket")


@pytest.mark.parametrize(
    ("value", "config"),
    [
        ({"OnFailure": {"Destination": QUEUE}}, {"OnFailure": {"Destination": QUEUE}}),
        ({}, {}),
        ("OnFailure={}", {"OnFailure": {}}),
        ('{"OnFailure": {}}', {"OnFailure": {}}),
    ],
)
def test_a_structure_may_come_from_the_notebook_whole(value: Any, config: dict[str, Any]) -> None:
    [command] = parser.parse(Source("put f --destination-config ${value}"), {"value": value})
    assert command.arguments["destination_config"].to_api() == config


def test_a_character_that_json_escapes_is_never_a_reference() -> None:
    line = r'put f --destination-config "{\"OnFailure\": {\"Destination\": \"$queue\"}, \"\ue000\": {}}"'
    with pytest.raises(UsageError, match=r"has no member '\\ue000'"):
        parser.parse(Source(line), {"queue": "OnSuccess"})


def test_a_reference_is_a_destination_a_number_and_a_function() -> None:
    line = "put ${function} --retries ${retries} --max-age ${row.age} --on-failure ${queue}"
    names = {"function": "my-function", "retries": np.int64(1), "row": pd.Series({"age": 60}), "queue": "sqs:lost"}
    [command] = parser.parse(Source(line), names)
    assert str(command.arguments["function_name"]) == "my-function"
    assert command.arguments["maximum_retry_attempts"] == 1
    assert command.arguments["maximum_event_age_in_seconds"] == 60
    assert command.arguments["on_failure"] == DestinationName("sqs", "lost")
