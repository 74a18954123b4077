from __future__ import annotations

from typing import Any

import pytest

from eicnb.cli import options, parser
from eicnb.cli.cell import parse_cell
from eicnb.cli.command import Command
from eicnb.cli.option import Verb
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import DestinationArn, DestinationName, NoDestination
from eicnb.model.function import FunctionRef
from eicnb.model.request import Paging

QUEUE = "arn:aws:sqs:us-east-2:123456789012:destination"
FUNCTION = FunctionRef("my-function")


def one(text: str, **names: Any) -> Command:
    [command] = parser.parse(Source(text), names)
    return command


@pytest.mark.parametrize(
    ("text", "verb", "arguments"),
    [
        (
            """aws lambda put-function-event-invoke-config \\
    --function-name my-function \\
    --maximum-event-age-in-seconds 3600 \\
    --maximum-retry-attempts 0
""",
            "put",
            {"function_name": FUNCTION, "maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 0},
        ),
        (
            f"""aws lambda update-function-event-invoke-config \\
    --function-name my-function \\
    --destination-config '{{"OnFailure":{{"Destination": "{QUEUE}"}}}}'
""",
            "update",
            {
                "function_name": FUNCTION,
                "destination_config": DestinationConfig(on_failure=DestinationArn.parse(QUEUE)),
            },
        ),
        (
            """aws lambda get-function-event-invoke-config \\
    --function-name my-function:BLUE
""",
            "get",
            {"function_name": FunctionRef("my-function", "BLUE")},
        ),
        (
            """aws lambda list-function-event-invoke-configs \\
    --function-name my-function
""",
            "list",
            {"function_name": FUNCTION},
        ),
        (
            """aws lambda delete-function-event-invoke-config \\
    --function-name my-function:GREEN
""",
            "delete",
            {"function_name": FunctionRef("my-function", "GREEN")},
        ),
    ],
)
def test_every_documented_command_is_read(text: str, verb: str, arguments: dict[str, Any]) -> None:
    command = one(text)
    assert (command.verb, command.arguments, command.connection) == (verb, arguments, {})


@pytest.mark.parametrize("start", ["", "lambda ", "aws ", "aws lambda ", "$ aws lambda "])
@pytest.mark.parametrize("verb", [verb for verb in options.VERBS if verb.aws_name])
def test_a_verb_has_a_short_and_a_full_name(start: str, verb: Verb) -> None:
    settings = "--retries 0" if verb.name in {"put", "update"} else ""
    assert {one(f"{start}{name} my-function {settings}").verb for name in verb.names} == {verb.name}


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("--function-name my-function", {}),
        ("--function-name=my-function", {}),
        ("my-function", {}),
        ("my-function --retries 1", {"maximum_retry_attempts": 1}),
        ("--retries 1 my-function", {"maximum_retry_attempts": 1}),
        ("my-function --retries=1", {"maximum_retry_attempts": 1}),
        ("my-function --retries='1'", {"maximum_retry_attempts": 1}),
        ("my-function --retries 0 --retries 2", {"maximum_retry_attempts": 2}),
        ("--function-name other --function-name my-function", {}),
        ("my-function --max-age 6h", {"maximum_event_age_in_seconds": 21600}),
        ("my-function --max-age 90m", {"maximum_event_age_in_seconds": 5400}),
        ("my-function --max-age 3600s", {"maximum_event_age_in_seconds": 3600}),
        ("my-function --max-age 3600", {"maximum_event_age_in_seconds": 3600}),
        ("my-function --maximum-event-age-in-seconds 60", {"maximum_event_age_in_seconds": 60}),
        ("my-function --qualifier live", {"qualifier": "live"}),
        ("my-function --qualifier $LATEST", {"qualifier": "$LATEST"}),
        ("my-function --on-failure none", {"on_failure": NoDestination.EMPTY}),
        ("my-function --on-failure sqs:lost", {"on_failure": DestinationName("sqs", "lost")}),
        ("my-function --on-failure s3:lost", {"on_failure": DestinationName("s3", "lost")}),
        ("my-function --on-success events:default", {"on_success": DestinationName("events", "default")}),
        (f"my-function --on-success {QUEUE}", {"on_success": DestinationArn.parse(QUEUE)}),
        (
            f"my-function --destination-config OnFailure={{Destination={QUEUE}}},OnSuccess={{}}",
            {
                "destination_config": DestinationConfig(
                    on_failure=DestinationArn.parse(QUEUE), on_success=NoDestination.EMPTY
                )
            },
        ),
        ("my-function --destination-config {}", {"destination_config": DestinationConfig()}),
        (
            "my-function --destination-config OnFailure={}",
            {"destination_config": DestinationConfig(on_failure=NoDestination.EMPTY)},
        ),
        (
            "my-function --destination-config 'OnFailure={Destination=\"\"}'",
            {"destination_config": DestinationConfig(on_failure=NoDestination.BLANK)},
        ),
    ],
)
def test_options_are_read_in_every_spelling(text: str, arguments: dict[str, Any]) -> None:
    assert one(f"put {text}").arguments == {"function_name": FUNCTION, **arguments}


@pytest.mark.parametrize(
    "text",
    [
        "get f --region eu-west-1 --profile ops --endpoint-url http://127.0.0.1:1",
        "aws --region eu-west-1 --profile=ops lambda get f --endpoint-url http://127.0.0.1:1",
        "aws lambda --endpoint-url http://127.0.0.1:1 --region eu-west-1 get f --profile ops",
    ],
)
def test_the_connection_may_be_named_before_the_verb_and_after_it(text: str) -> None:
    command = one(text)
    assert command.connection == {"region": "eu-west-1", "profile": "ops", "endpoint_url": "http://127.0.0.1:1"}
    assert command.arguments == {"function_name": FunctionRef("f")}


@pytest.mark.parametrize("name", ["put", "aws", "lambda", "list", "123456789012:function:put"])
def test_a_function_may_be_named_like_a_verb(name: str) -> None:
    assert one(f"get {name}").arguments["function_name"] == FunctionRef.parse(name)


def test_a_cell_is_many_commands() -> None:
    text = (
        "# audit\nget a\n\naws lambda get-function-event-invoke-config \\\n --function-name b\nlist c; use --region r"
    )
    commands = parser.parse(Source(text), {})
    assert [str(command) for command in commands] == [
        "get a",
        "aws lambda get-function-event-invoke-config --function-name b",
        "list c",
        "use --region r",
    ]


BAD_INPUT = r"""
put my-function --retries 3
the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2
    %eic put my-function --retries 3
                                   ^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --retries -1
the maximum number of retry attempts is -1, but AWS allows 0, 1 or 2
    %eic put my-function --retries -1
                                   ^^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --maximum-retry-attempts two
--maximum-retry-attempts is 'two', which is not a whole number
    %eic put my-function --maximum-retry-attempts two
                                                  ^^^
Try: --maximum-retry-attempts N: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --retries=1.5
--retries is '1.5', which is not a whole number
    %eic put my-function --retries=1.5
                                   ^^^
Try: --retries N: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --max-age 59
the maximum event age is 59, but AWS allows 60 to 21600
    %eic put my-function --max-age 59
                                   ^^
Try: give a whole number of seconds: 60 to 21600 (1m to 6h)
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --maximum-event-age-in-seconds 21601
the maximum event age is 21601, but AWS allows 60 to 21600
    %eic put my-function --maximum-event-age-in-seconds 21601
                                                        ^^^^^
Try: give a whole number of seconds: 60 to 21600 (1m to 6h)
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --max-age 1d
--max-age is '1d', which is not an age
    %eic put my-function --max-age 1d
                                   ^^
Try: 6h, 90m, 3600s or 3600: from 1m to 6h
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --maximum-event-age-in-seconds 1d
--maximum-event-age-in-seconds is '1d', which is not a whole number
    %eic put my-function --maximum-event-age-in-seconds 1d
                                                        ^^
Try: --maximum-event-age-in-seconds SECONDS: 60 to 21600; --max-age takes 6h and 90m
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --on-failure arn:aws:sqs:us-east-1:123456789012:orders.fifo
'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events
    %eic put my-function --on-failure arn:aws:sqs:us-east-1:123456789012:orders.fifo
                                                                         ^^^^^^^^^^^
Try: send to a standard queue
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

put my-function --on-failure sqs:orders.fifo
'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events
    %eic put my-function --on-failure sqs:orders.fifo
                                          ^^^^^^^^^^^
Try: send to a standard queue
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

put my-function --destination-config OnFailure={Destination=arn:aws:sns:us-east-1:123456789012:orders.fifo}
'orders.fifo' is a FIFO topic, to which Lambda does not deliver records of asynchronous events
    …g OnFailure={Destination=arn:aws:sns:us-east-1:123456789012:orders.fifo}
                                                                 ^^^^^^^^^^^
Try: send to a standard topic
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

put my-function --destination-config OnSuccess={Destination=arn:aws:s3:::lost}
'arn:aws:s3:::lost' is an S3 bucket, which can be a destination on failure only
    %eic put my-function --destination-config OnSuccess={Destination=arn:aws:s3:::lost}
                                                                     ^^^^^^^^^^^^^^^^^
Try: send successes to an SQS queue, SNS topic, Lambda function or EventBridge bus
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

put my-function --on-failure arn:aws:dynamodb:us-east-1:123456789012:table/lost
'dynamodb' cannot be a destination
    %eic put my-function --on-failure arn:aws:dynamodb:us-east-1:123456789012:table/lost
                                              ^^^^^^^^
Try: send to an SQS queue, SNS topic, Lambda function, EventBridge bus or (on failure only) S3 bucket
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

put my-function --on-failure lost
'lost' is not a destination
    %eic put my-function --on-failure lost
                                      ^^^^
Try: sqs:lost (or sns:, lambda:, events:, s3:), or the whole ARN, or none
See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

get my-function:live --qualifier 7
the function is named with the qualifier 'live', but the qualifier '7' is given as well
    %eic get my-function:live --qualifier 7
                                          ^
Try: give one of the two

get nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
the function name has 65 characters, but AWS allows 64 in a name alone
    %eic get nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
                                                                             ^
Try: copy the name from the list
    %eic functions
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html

put my-function --retrys 0
eic put has no option '--retrys'
    %eic put my-function --retrys 0
                         ^^^^^^^^
Try: --retries

putt my-function --retries 0
eicnb has no command 'putt'
    %eic putt my-function --retries 0
         ^^^^
Try: put

aws lambda put-function-event-invoke-confg --function-name my-function --maximum-retry-attempts 0
eicnb has no command 'put-function-event-invoke-confg'
    %eic aws lambda put-function-event-invoke-confg --function-name my-function --maximum-retry-atte…
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
Try: put-function-event-invoke-config

aws s3 ls
eicnb covers only five commands of `aws lambda`, not 'aws s3'
    %eic aws s3 ls
             ^^
Try: run it in its own cell
    !aws s3 ls

aws lambda
the command has no verb
    %eic aws lambda
             ^^^^^^
Try: %eic help

put my-function --retries
--retries needs a value
    %eic put my-function --retries
                         ^^^^^^^^^
Try: --retries N: short for --maximum-retry-attempts

put my-function --retries --max-age 1h
--retries needs a value
    %eic put my-function --retries --max-age 1h
                         ^^^^^^^^^
Try: --retries N: short for --maximum-retry-attempts

get my-function --qualifier ''
--qualifier is empty
    %eic get my-function --qualifier ''
                                     ^^
Try: --qualifier QUALIFIER

put --retries 0
put needs a function
    %eic put --retries 0
         ^^^^^^^^^^^^^^^
Try: name the function
    %eic put my-function --retries 0

put 'my-function --retries 0
the quote ' is not closed
    %eic put 'my-function --retries 0
             ^
Try: add a second ' where the text ends

put my-function --destination-config OnFailure={Destination=arn:aws:s3:::lost
the { is not closed
    %eic put my-function --destination-config OnFailure={Destination=arn:aws:s3:::lost
                                                        ^
Try: add a } at the end, and write "" for an empty value

put my-function --destination-config '{"OnFailure": {"Destination": "x"}'
this is not JSON: Expecting ',' delimiter
    %eic put my-function --destination-config '{"OnFailure": {"Destination": "x"}'
                                                                                 ^
Try: '{"OnFailure": {"Destination": "ARN"}}', in single quotes

put my-function --destination-config OnFailur={}
DestinationConfig has no member 'OnFailur'
    %eic put my-function --destination-config OnFailur={}
                                              ^^^^^^^^
Try: OnFailure

put my-function --destination-config file://config.json
'file://config.json' cannot be read: No such file or directory
    %eic put my-function --destination-config file://config.json
                                              ^^^^^^^^^^^^^^^^^^
Try: check the path of the file

get my-function | jq .
'|' works only in a shell, but no shell reads this line
    %eic get my-function | jq .
                         ^
Try: select with `--query`, or keep the result and work with it in Python, or quote the `|`
    x = %eic get my-function

get my-function > out.json
'>' works only in a shell, but no shell reads this line
    %eic get my-function > out.json
                         ^
Try: keep the result and write it from Python, or quote the `>`
    x = %eic get my-function
    x.to_json("out.json", date_format="iso")

get $(name)
'$(' works only in a shell, but no shell reads this line
    %eic get $(name)
             ^^
Try: compute the value in a Python cell, then write ${name} here

get ${functon}
${functon} is not defined: the notebook has no name 'functon'
    %eic get ${functon}
             ^^^^^^^^^^
Try: ${function}

get ${name
the reference ${ is not closed
    %eic get ${name
             ^^^^^^
Try: ${name}

get my-$
the function name 'my-$' has a '$', which no function name in AWS can have
    %eic get my-$
             ^^^^
Try: write ${name} for a variable of the notebook, outside single quotes

get my-function --qualifier 'v{number}'
the qualifier 'v{number}' has a '{', which no qualifier in AWS can have
    %eic get my-function --qualifier 'v{number}'
                                      ^^^^^^^^^
Try: write ${name} for a variable of the notebook, outside single quotes

get 'my-$function'
the function name 'my-$function' has a '$', which no function name in AWS can have
    %eic get 'my-$function'
              ^^^^^^^^^^^^
Try: write ${name} for a variable of the notebook, outside single quotes

get my function
unexpected argument 'function': the function was already given
    %eic get my function
                ^^^^^^^^
Try: leave it out

list my-function --qualifier live
eic list has no option '--qualifier'
    %eic list my-function --qualifier live
                          ^^^^^^^^^^^
Try: leave it out: it belongs to put, update, get, delete, …

get my-function --output jsn
--output cannot be 'jsn'
    %eic get my-function --output jsn
                                  ^^^
Try: json

put my-function --retries 1 --maximum-retry-attempts 1
--retries and --maximum-retry-attempts are the same setting
    %eic put my-function --retries 1 --maximum-retry-attempts 1
                                                              ^
Try: leave out one of the two

functions my-function
functions takes no 'my-function'
    %eic functions my-function
                   ^^^^^^^^^^^
Try: leave it out

sandbox --requests-per-second many
--requests-per-second is 'many', which is not a whole number
    %eic sandbox --requests-per-second many
                                       ^^^^
Try: --requests-per-second N: a whole number
"""
"""Commands with one fault each; under each the whole message."""


@pytest.mark.parametrize("case", BAD_INPUT.strip().split("\n\n"), ids=lambda case: case.partition("\n")[0])
def test_an_error_shows_its_position_and_a_hint(case: str) -> None:
    line, _, message = case.partition("\n")
    with pytest.raises(UsageError) as caught:
        parser.parse(Source(line, "%eic "), {"function": "my-function"})
    assert str(caught.value) == message


def test_the_hint_for_the_url_of_a_queue_is_its_arn() -> None:
    with pytest.raises(UsageError) as caught:
        one("put f --on-failure https://sqs.us-east-1.amazonaws.com/123456789012/lost")
    assert caught.value.hint == "arn:aws:sqs:us-east-1:123456789012:lost, or none"


def test_the_hint_for_a_plain_name_on_success_has_on_success() -> None:
    with pytest.raises(UsageError) as caught:
        one("put f --on-success lost")
    assert caught.value.hint is not None
    assert "--on-failure" not in caught.value.hint


@pytest.mark.parametrize("word", ["tag", "sew"])
def test_an_unknown_word_is_an_error_and_never_ignored(word: str) -> None:
    with pytest.raises(UsageError, match=f"eicnb has no command '{word}'"):
        one(f"{word} my-function")


def test_a_number_that_is_too_long_for_python_is_a_usage_error_too() -> None:
    with pytest.raises(UsageError):
        one(f"put f --destination-config '{{\"OnFailure\": {'1' * 5000}}}'")


def test_a_fault_in_a_later_line_is_shown_in_that_line() -> None:
    cell = "get a\naws lambda put-function-event-invoke-config \\\n    --function-name f \\\n    --retries 3\n"
    with pytest.raises(UsageError) as caught:
        parser.parse(Source(f"\n{cell}", "%%eic ", first_line=1), {})
    assert str(caught.value.excerpt) == "    line 5:     --retries 3\n                          ^"


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("put my-function --cli-auto-prompt", {"function_name": FUNCTION}),
        ("aws lambda get-function-event-invoke-config --cli-auto-prompt", {}),
        (
            "update --cli-auto-prompt --function-name my-function --qualifier live --region us-east-1",
            {"function_name": FUNCTION, "qualifier": "live"},
        ),
    ],
)
def test_the_auto_prompt_is_the_form_of_the_function(line: str, arguments: dict[str, Any]) -> None:
    command = one(line)
    assert (command.verb, command.arguments) == ("form", arguments)


def test_to_prompt_and_not_to_prompt_is_a_contradiction() -> None:
    with pytest.raises(UsageError, match="--cli-auto-prompt and --no-cli-auto-prompt are both given"):
        one("put f --cli-auto-prompt --no-cli-auto-prompt")


@pytest.mark.parametrize(
    "line", ["--help", "-h", "aws --help", "aws lambda --help", "aws help", "lambda help", "help aws"]
)
def test_help_is_there_at_every_level(line: str) -> None:
    assert (one(line).verb, one(line).arguments) == ("help", {})


@pytest.mark.parametrize(
    ("line", "names", "message"),
    [
        ('put f --cli-input-yaml "1: ${n}"', {"n": 1}, "the input has no member 1"),
        (f"get f --query '{'a|' * 3000}a'", {}, "the query is nested too deeply"),
        (
            """list f --cli-input-json '{"PaginationConfig": {"StartingToken": 5}}'""",
            {},
            "the StartingToken in the input",
        ),
        ("""list f --cli-input-json '{"MaxItems": 0}'""", {}, "the number of items in one request is 0"),
        (
            "lambda put-function-event-invoke-config --generate-cli-skeleton yaml",
            {},
            "--generate-cli-skeleton cannot be 'yaml'",
        ),
        ("put f --retries 1 --cli-auto-prompt", {}, "the form takes no --retries"),
        ("get f --output xml --output text", {}, "--output cannot be 'xml'"),
        ("functions --nonsense", {}, "eic functions has no option '--nonsense'"),
        ("put f --cli-input-yaml '# nothing'", {}, "the document is empty"),
    ],
)
def test_wrong_input_is_a_usage_error_and_never_a_crash(line: str, names: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        paged(line, names)
    assert caught.value.message.startswith(message)


def paged(line: str, names: dict[str, Any]) -> list[Paging]:
    return [Paging(**command.paging) for command in parser.parse(Source(line), names)]


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("--ver", "version"),
        ("--r eu-west-1 lambda get-function-event-invoke-config --function-name f", "get"),
        ("audit --help", "help"),
        ("use help", "help"),
        ("put -h", "help"),
        ("put 'a b' --generate-cli-skeleton", "put"),
        ("put f --qualifier '' --generate-cli-skeleton input", "put"),
        ("put f --destination-config OnX={} --generate-cli-skeleton input", "put"),
        ("""put f --retries 1 --cli-input-json '{"MaximumRetryAttempts": 9}'""", "put"),
        ("get f --region ''", "get"),
        ("list f --marker ''", "list"),
    ],
)
def test_a_line_that_the_aws_cli_accepts_is_accepted(line: str, verb: str) -> None:
    assert one(line).verb == verb


def test_a_number_and_a_document_may_be_binary_files() -> None:
    files = {"n": b"1", "d": b'{"FunctionName": "f"}'}.__getitem__
    [command] = parser.parse(Source("put --maximum-retry-attempts fileb://n --cli-input-json fileb://d"), {}, files)
    assert command.arguments == {"function_name": FunctionRef("f"), "maximum_retry_attempts": 1}


def test_an_error_in_a_file_names_its_line_in_the_file() -> None:
    files = {"x.json": b'{\n  "MaximumRetryAttempts": ,\n}'}.__getitem__
    with pytest.raises(UsageError) as caught:
        parser.parse(Source("put f --cli-input-json file://x.json --retries 1"), {}, files)
    assert caught.value.message.endswith("in line 2, column 27 of file://x.json")
    assert str(caught.value.excerpt).endswith(f"{' ' * 27}{'^' * len('file://x.json')}")


def test_an_indented_document_is_read_below_its_command() -> None:
    [command] = parse_cell(Source("put f\n\n  MaximumRetryAttempts: 1\n  MaximumEventAgeInSeconds: 60\n"), {})
    assert (command.arguments["maximum_retry_attempts"], command.arguments["maximum_event_age_in_seconds"]) == (1, 60)


@pytest.mark.parametrize(
    ("line", "argument", "value"),
    [
        ("get f --q MaximumRetryAttempts", "query", None),
        ("get f --qu MaximumRetryAttempts", "query", None),
        ("put f --retries 0 --q MaximumRetryAttempts", "query", None),
        ("put f --retries 0 --qu=MaximumRetryAttempts", "query", None),
        ("get f --qua live", "qualifier", "live"),
        ("put f --retries 0 --o json", "output", "json"),
        ("list f --p ops", "profile", "ops"),
        ("list f --pa 5", "page_size", 5),
        ("delete f --no-s", "no_sign_request", True),
    ],
)
def test_an_abbreviation_means_what_it_means_in_the_aws_cli(line: str, argument: str, value: Any) -> None:
    command = one(line)
    found = {**command.arguments, **command.connection, **command.paging, "output": command.output}
    assert (argument == "query" and command.query is not None) or found[argument] == value
    assert not command.quiet


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("put f --retr 0", "--retries"),
        ("put f --retries 0 --quie", "--quiet"),
        ("put f --retries 0 --dry", "--dry-run"),
        ("delete f --missing", "--missing-ok"),
        ("audit --function f", "--functions"),
    ],
)
def test_our_own_options_are_written_in_full(line: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        one(line)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("line", "destination"),
    [
        (f"Destination={QUEUE}", QUEUE),
        (f"{{Destination={QUEUE}}}", QUEUE),
        (f"""'{{"Destination": "{QUEUE}"}}'""", QUEUE),
        ("Destination=sqs:lost", "sqs:lost"),
        ("Destination=none", "none"),
        ("{}", "none"),
    ],
)
def test_a_destination_may_be_written_as_awss_member(line: str, destination: str) -> None:
    assert one(f"put f --on-failure {line}").arguments == one(f"put f --on-failure {destination}").arguments


@pytest.mark.parametrize(
    "regions", ["a-b-1,c-d-2", "a-b-1, c-d-2", "a-b-1 ,c-d-2", "a-b-1 , c-d-2", "a-b-1 c-d-2", "'a-b-1, c-d-2'"]
)
def test_names_may_have_blanks_and_commas_between_them(regions: str) -> None:
    command = one(f"audit --regions {regions} --rate 5")
    assert [name.strip() for name in command.arguments["regions"].split(",")] == ["a-b-1", "c-d-2"]
    assert command.arguments["rate"] == 5


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"\xef\xbb\xbflive", "live"), (b"\xef\xbb\xbf$LATEST", "$LATEST")],
)
def test_a_byte_order_mark_in_a_file_is_skipped(content: bytes, text: str) -> None:
    [command] = parser.parse(Source("get f --qualifier file://q"), {}, {"q": content}.__getitem__)
    assert command.arguments["qualifier"] == text


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_a_file_of_windows_is_read(name: str) -> None:
    body = {
        "x.json": b'\xef\xbb\xbf{\r\n"MaximumRetryAttempts": 1\r\n}\r\n',
        "x.yaml": b"\xef\xbb\xbfMaximumRetryAttempts: 1\r\n",
    }
    [command] = parser.parse(Source(f"put f --cli-input-{name[2:]} file://{name}"), {}, body.__getitem__)
    assert command.arguments["maximum_retry_attempts"] == 1


@pytest.mark.parametrize("text", ["", "# why", "%eic", ">/dev/null", "%eic >/dev/null 2>&1"])
def test_a_text_without_a_command_is_nothing_to_run(text: str) -> None:
    assert parser.parse(Source(text), {}) == []
