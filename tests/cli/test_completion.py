from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.cli.completion import MOST_CANDIDATES, Known, complete
from eicnb.cli.cursor import Candidate
from eicnb.cli.option import Verb, from_model
from eicnb.cli.options import VERBS
from eicnb.model.members import Member

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost-events"
BUCKET = "arn:aws:s3:::lost-events"
FULL = [verb.names[1] for verb in VERBS if len(verb.names) > 1]
KNOWN = Known(
    functions=["orders", "my-function", "my-other-function"],
    qualifiers={"my-function": ["10", "9", "live", "BLUE"]},
    destinations=[QUEUE, BUCKET, "sqs:lost-events"],
    profiles=["prod", "dev", "my own"],
    regions=["us-east-1", "eu-west-1"],
    names=["row", "queue", "qualifiers"],
)


def completed(marked: str, known: Known = KNOWN) -> list[str]:
    """The line after inserting each candidate; `|` marks the cursor."""
    before, _, after = marked.partition("|")
    found = complete(before + after, len(before), known)
    return [before[: found.start] + candidate.text + after for candidate in found.candidates]


def offered(marked: str, known: Known = KNOWN) -> list[str]:
    """The candidates alone."""
    before, _, after = marked.partition("|")
    return [candidate.text for candidate in complete(before + after, len(before), known).candidates]


SHORT = [verb.name for verb in VERBS]
LINES = {
    "a verb is completed": ("pu|", ["put"]),
    "a verb is completed behind blanks": ("  \t upd|", ["  \t update"]),
    "AWS's name is completed where only it fits": ("delete-f|", ["delete-function-event-invoke-config"]),
    "AWS's name follows `aws lambda`": (
        "aws lambda put|",
        ["aws lambda put-function-event-invoke-config"],
    ),
    "AWS's name follows `lambda`": ("lambda ge|", ["lambda get-function-event-invoke-config"]),
    "`aws` goes on to `lambda`": ("aws la|", ["aws lambda"]),
    "a pasted prompt is passed over": ("$ upd|", ["$ update"]),
    "an option may stand before the verb": (
        "aws --region eu-west-1 lambda l|",
        ["aws --region eu-west-1 lambda list-function-event-invoke-configs"],
    ),
    "the region before the verb is completed": ("aws --region eu|", ["aws --region eu-west-1"]),
    "a verb in capitals is found": ("PU|", ["put"]),
    "nothing follows an unknown verb": ("putt |", []),
    "nothing follows two unknown words": ("putt put |", []),
    "help goes on to a verb": ("help pu|", ["help put"]),
    "a function is completed": ("put my-f|", ["put my-function"]),
    "a function is completed behind options": ("put --retries 0 or|", ["put --retries 0 orders"]),
    "a function is completed behind its option": ("put --function-name or|", ["put --function-name orders"]),
    "a function is completed behind an equals sign": ("put --function-name=or|", ["put --function-name=orders"]),
    "a function is found in other letter cases": ("put ORD|", ["put orders"]),
    "the exact letter case wins": ("get my-function:l|", ["get my-function:live"]),
    "a second function is not offered": ("put orders my|", []),
    "a verb without a function gets none": ("use my|", []),
    "the regions of an audit are completed": ("audit --regions eu|", ["audit --regions eu-west-1"]),
    "all is a region of an audit": ("audit --regions al|", ["audit --regions all"]),
    "a second region is completed behind the comma": (
        "audit --regions us-east-1,eu|",
        ["audit --regions us-east-1,eu-west-1"],
    ),
    "the functions of an audit are completed": ("audit --functions or|", ["audit --functions orders"]),
    "the profiles of an audit are completed": ("audit --profiles prod,d|", ["audit --profiles prod,dev"]),
    "an audit's few values are completed": ("audit --errors |", ["audit --errors raise", "audit --errors rows"]),
    "an audit's qualifiers are completed": ("audit --qualifiers a|", ["audit --qualifiers all"]),
    "a frame of the notebook is completed": ("audit --resume ${ro|", ["audit --resume ${row"]),
    "the role is an option of use": ("use --role|", ["use --role-arn"]),
    "a qualifier follows the colon": (
        "get my-function:|",
        [f"get my-function:{name}" for name in ("BLUE", "live", "$LATEST", "9", "10")],
    ),
    "$LATEST is completed from its first letters": ("get my-function:$LA|", ["get my-function:$LATEST"]),
    "$LATEST fits an unknown function": ("get unheard-of:|", ["get unheard-of:$LATEST"]),
    "a qualifier follows an ARN": (
        "get arn:aws:lambda:us-east-1:123456789012:function:my-function:li|",
        ["get arn:aws:lambda:us-east-1:123456789012:function:my-function:live"],
    ),
    "the beginning of an ARN is no function": ("get arn:|", []),
    "the qualifier is that of the function in the command": (
        "get my-function --qualifier li|",
        ["get my-function --qualifier live"],
    ),
    "the function may follow the qualifier": (
        "get --qualifier BL| --function-name my-function",
        ["get --qualifier BLUE --function-name my-function"],
    ),
    "a function with a qualifier needs no other": ("get my-function:live --qu|", ["get my-function:live --query"]),
    "an option is completed": ("put orders --ret|", ["put orders --retries"]),
    "an option that was given is left out": ("put orders --retries 0 --ret|", []),
    "an option is left out with the others of its argument": ("put orders --maximum-retry-attempts 0 --ret|", []),
    "an option that follows the cursor is left out, too": ("put orders --ret| --retries 0", []),
    "an abbreviated option counts as given": ("put orders --maximum-r 0 --ret|", []),
    "a value behind an equals sign is given": ("put orders --retries=0 --ret|", []),
    "an option that was given in another command is offered": (
        "get a\nput b --retries 0\nput c --ret|\nput d --retries 1",
        ["get a\nput b --retries 0\nput c --retries\nput d --retries 1"],
    ),
    "an option's name is not finished behind an equals sign": ("put orders --nonsense=|", []),
    "the retries are these": ("put f --retries |", [f"put f --retries {n}" for n in (0, 1, 2)]),
    "the retries behind an equals sign are these": ("put f --retries=|", [f"put f --retries={n}" for n in (0, 1, 2)]),
    "ages are usual ones": ("put f --max-age |", [f"put f --max-age {age}" for age in ("1m", "5m", "1h", "6h")]),
    "AWS's ages are seconds": (
        "put f --maximum-event-age-in-seconds 3|",
        ["put f --maximum-event-age-in-seconds 300", "put f --maximum-event-age-in-seconds 3600"],
    ),
    "choices come from the table": ("get f --color o|", ["get f --color on", "get f --color off"]),
    "a region is completed": ("get f --region us|", ["get f --region us-east-1"]),
    "a profile is completed": ("use --profile d|", ["use --profile dev"]),
    "a profile with a blank is quoted": ("use --profile my|", ["use --profile 'my own'"]),
    "a profile inside quotes is not quoted again": ('use --profile "my|"', ['use --profile "my own"']),
    "an ARN is completed": ("put f --on-failure arn:aws:sq|", [f"put f --on-failure {QUEUE}"]),
    "a destination's name is completed": ("put f --on-failure sqs:l|", ["put f --on-failure sqs:lost-events"]),
    "a function is a destination, too": ("put f --on-success lambda:or|", ["put f --on-success lambda:orders"]),
    "a bucket takes what failed": ("put f --on-failure arn:aws:s3|", [f"put f --on-failure {BUCKET}"]),
    "a bucket does not take what succeeded": ("put f --on-success s3|", []),
    "the shorthand begins with a key": (
        "put f --destination-config On|",
        ["put f --destination-config OnSuccess=", "put f --destination-config OnFailure="],
    ),
    "the shorthand's brace follows the key": (
        "put f --destination-config OnFailure=|",
        ["put f --destination-config OnFailure={Destination="],
    ),
    "the shorthand's inner key follows the brace": (
        "put f --destination-config OnFailure={D|",
        ["put f --destination-config OnFailure={Destination="],
    ),
    "the shorthand ends in an ARN": (
        "put f --destination-config OnSuccess={Destination=|}",
        [f"put f --destination-config OnSuccess={{Destination={QUEUE}}}"],
    ),
    "the shorthand's other key follows the comma": (
        f"put f --destination-config='OnFailure={{Destination={QUEUE}}},|",
        [f"put f --destination-config='OnFailure={{Destination={QUEUE}}},OnSuccess="],
    ),
    "JSON is left alone": ("""put f --destination-config '{"On|""", []),
    "a name of the notebook is completed": ("put ${que|", ["put ${queue"]),
    "a name of the notebook is completed in double quotes": ('put "${que|}"', ['put "${queue}"']),
    "a name of the notebook is completed in an index": ("put ${row[que|]}", ["put ${row[queue]}"]),
    "single quotes keep names out": ("put '${que|", []),
    "an attribute is somebody else's to complete": ("put ${row.q|", []),
    "a closed reference is a word like others": ("put ${queue} --ret|", ["put ${queue} --retries"]),
    "a comment has no candidates": ("# pu|", []),
    "a comment behind a command has none": ("put f # --ret|", []),
    "a comment between is passed over": ("# why\npu|", ["# why\nput"]),
    "a hash inside a word is no comment": ("put my#f --ret|", ["put my#f --retries"]),
    "a continuation joins lines": ("put f \\\n    --ret|", ["put f \\\n    --retries"]),
    "a continuation with blanks behind it joins lines": ("put f \\  \n  --ret|", ["put f \\  \n  --retries"]),
    "a semicolon ends a command": ("get f; pu|", ["get f; put"]),
    "a quoted word is one word": ("put 'a b' --ret|", ["put 'a b' --retries"]),
    "an open quote stays open": ('put "my-f|', ['put "my-function']),
    "a closed quote before the cursor is left alone": ('put "my-f"|', []),
    "the rest of a word is not doubled": ("put my-oth|function", ["put my-other-function"]),
    "a candidate that does not join the rest is left out": ("put or|acle", []),
    "a word that is whole needs nothing": ("put f --ret|ries 0", []),
    "a word is completed before a colon": ("get ord|:live", ["get orders:live"]),
}


@pytest.mark.parametrize(("marked", "expected"), LINES.values(), ids=LINES)
def test_a_line_is_completed(marked: str, expected: list[str]) -> None:
    assert completed(marked) == expected


@pytest.mark.parametrize("marked", ["|", "\n|", "get f\n  |", "get f;|"])
def test_every_verb_is_offered_where_a_command_begins(marked: str) -> None:
    assert offered(marked) == SHORT


@pytest.mark.parametrize("marked", ["aws lambda |", "lambda |", "$ aws --region eu-west-1 lambda |"])
def test_every_name_of_aws_is_offered_behind_lambda(marked: str) -> None:
    assert offered(marked) == FULL


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_option_of_a_verb_is_offered_once(verb: Verb) -> None:
    assert offered(f"{verb.name} --|") == list(dict.fromkeys(option.name for option in verb.options))


def test_functions_come_before_the_options() -> None:
    assert offered("put |")[:4] == ["my-function", "my-other-function", "orders", "--function-name"]


def test_options_come_even_when_there_are_too_many_functions() -> None:
    found = offered("put |", Known(functions=[f"function-{n}" for n in range(1000)]))
    assert len(found) == MOST_CANDIDATES
    assert "--retries" in found


def test_destinations_begin_with_those_that_need_no_lookup() -> None:
    assert offered("put f --on-failure |", Known()) == ["none", "sqs:", "sns:", "s3:", "lambda:", "events:"]
    assert offered("put f --on-success |", Known()) == ["none", "sqs:", "sns:", "lambda:", "events:"]


KINDS = {
    "pu|": Candidate("put", "verb", VERBS[0].meaning),
    "put or|": Candidate("orders", "function"),
    "put my-function:li|": Candidate("live", "qualifier"),
    "put f --retries 0|": Candidate("0", "value", "no retry"),
    "put f --on-failure no|": Candidate("none", "destination", "no destination"),
    "get f --region us|": Candidate("us-east-1", "region"),
    "get f --profile d|": Candidate("dev", "profile"),
    "get ${ro|": Candidate("row", "name"),
}


@pytest.mark.parametrize(("marked", "expected"), KINDS.items())
def test_a_candidate_has_a_kind_and_a_meaning(marked: str, expected: Candidate) -> None:
    before = marked.removesuffix("|")
    assert complete(before, len(before), KNOWN).candidates == (expected,)


@pytest.mark.parametrize("cursor", [-5, 3, 99])
def test_a_cursor_outside_the_text_is_at_its_end_or_its_beginning(cursor: int) -> None:
    assert complete("put", cursor, KNOWN).start == 0


WORDS = st.sampled_from(
    [
        *(
            "aws",
            "lambda",
            "put",
            "get",
            "help",
            "use",
            "--retries",
            "--on-failure",
            "--destination-config",
            "--region",
        ),
        *(" ", "\n", "\\\n", "\\", "'", '"', "${", "}", "{", "=", ":", ",", ";", "#", "$", "-", "--", "\r", "\0"),
        *("my-function", "OnFailure=", "{Destination=", "arn:aws:sqs:", "0", "İ", "\ud800", "\u2028"),
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=20).map("".join)), st.integers(-3, 80))
def test_any_text_and_cursor_have_candidates_that_fit(text: str, cursor: int) -> None:
    found = complete(text, cursor, KNOWN)
    cursor = min(max(cursor, 0), len(text))
    texts = [candidate.text for candidate in found.candidates]
    assert 0 <= found.start <= cursor
    assert len(set(texts)) == len(texts) <= MOST_CANDIDATES
    typed = text[found.start : cursor].casefold()
    assert all(candidate.lstrip("'").casefold().startswith(typed) for candidate in texts)


HUGE = {
    "quotes": "'" * 100_001,
    "escapes": "\\a" * 100_000,
    "references": "${" * 100_000,
    "open references": "${a" * 100_000,
    "words": "put a " * 30_000,
    "commas": "put f --destination-config " + "OnFailure={Destination=," * 20_000,
    "double quotes": '"\\' * 100_001,
    "colons": "get " + "a:function:" * 20_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_huge_text_takes_time_that_grows_with_its_length(text: str) -> None:
    """Quadratic time would take hours; pytest's own time limit stops the test."""
    complete(text, len(text), KNOWN)


@pytest.mark.parametrize("line", ["put |", "put function-99|", "put FUNCTION-99|", "put f --on-failure lambda:|"])
def test_ten_thousand_functions_are_searched_at_once(line: str) -> None:
    """JupyterLab waits a second for completions; `tests/bench/completion.py` measures the exact time."""
    known = Known(functions=[f"function-{n}" for n in range(10_000)])
    times = []
    for _ in range(5):
        start = time.thread_time()
        assert offered(line, known)
        times.append(time.thread_time() - start)
    assert min(times) < 0.5


def test_options_that_only_the_service_model_knows_are_candidates_too() -> None:
    newer = from_model([Member("DropPolicy", "string", option="--drop-policy", choices=("keep", "drop"))])
    known = Known(options={"put": newer})
    assert "--drop-policy" in [candidate.text for candidate in complete("put f --dr", 10, known).candidates]
    assert [candidate.text for candidate in complete("put f --drop-policy k", 21, known).candidates] == ["keep"]
    assert complete("get f --dr", 10, known).candidates == ()
