"""An invalid value is an error before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import UsageError

SETTINGS = "\nSee: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
DESTINATIONS = "\nSee: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
RETRIES = "\nTry: give a whole number: 0, 1 or 2" + SETTINGS
AGE = "\nTry: give a whole number of seconds: 60 to 21600 (1m to 6h)" + SETTINGS
FORMS = (
    "\nTry: my-function, my-function:live, my-function:7, 123456789012:function:my-function "
    "or arn:aws:lambda:us-east-1:123456789012:function:my-function"
)
KINDS = "\nTry: send to an SQS queue, SNS topic, Lambda function, EventBridge bus or (on failure only) S3 bucket"
QUALIFIERS = "\nTry: type a version number such as 7, an alias such as live, or $LATEST"
FIFO = " to which Lambda does not deliver records of asynchronous events\nTry: send to a standard "
REFERENCE = "\nTry: write ${name} for a variable of the notebook, outside single quotes"
LEFT = f", which no function name in AWS can have{REFERENCE}"
A = "arn:aws"
HERE = "us-east-1:123456789012"
ITSELF = f"{A}:lambda:us-east-1:ACCOUNT:function:my-function"
IS_ITSELF = (
    " is the function itself, which cannot be its own destination"
    f"\nTry: name another function, or a queue: sqs:NAME{DESTINATIONS}"
)

SETTINGS_CASES: list[tuple[dict[str, Any], str]] = [
    ({"maximum_retry_attempts": 3}, f"the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2{RETRIES}"),
    ({"maximum_retry_attempts": -1}, f"the maximum number of retry attempts is -1, but AWS allows 0, 1 or 2{RETRIES}"),
    (
        {"maximum_retry_attempts": "two"},
        f"the maximum number of retry attempts is 'two', which is not a whole number{RETRIES}",
    ),
    (
        {"maximum_retry_attempts": 1.5},
        f"the maximum number of retry attempts is 1.5, which is not a whole number{RETRIES}",
    ),
    (
        {"maximum_retry_attempts": True},
        f"the maximum number of retry attempts is True, which is not a whole number{RETRIES}",
    ),
    ({"maximum_event_age_in_seconds": 59}, f"the maximum event age is 59, but AWS allows 60 to 21600{AGE}"),
    ({"maximum_event_age_in_seconds": 21601}, f"the maximum event age is 21601, but AWS allows 60 to 21600{AGE}"),
    ({"maximum_event_age_in_seconds": "1d"}, f"the maximum event age is '1d', which is not a whole number{AGE}"),
    (
        {},
        ("VERB has nothing to set\nTry: --retries 0, --max-age 1h or --on-failure sqs:NAME"),
    ),
    (
        {"on_failure": f"{A}:sqs:{HERE}:orders.fifo"},
        f"'orders.fifo' is a FIFO queue,{FIFO}queue{DESTINATIONS}",
    ),
    ({"on_failure": "sqs:orders.fifo"}, f"'orders.fifo' is a FIFO queue,{FIFO}queue{DESTINATIONS}"),
    ({"on_success": "sns:orders.fifo"}, f"'orders.fifo' is a FIFO topic,{FIFO}topic{DESTINATIONS}"),
    (
        {"on_success": "s3:my-bucket"},
        (
            f"'{A}:s3:::my-bucket' is an S3 bucket, which can be a destination on failure only"
            f"\nTry: send successes to an SQS queue, SNS topic, Lambda function or EventBridge bus{DESTINATIONS}"
        ),
    ),
    ({"on_failure": f"{A}:iam::123456789012:role/me"}, f"'iam' cannot be a destination{KINDS}{DESTINATIONS}"),
    ({"on_failure": "kinesis:stream"}, f"'kinesis' cannot be a destination{KINDS}{DESTINATIONS}"),
    (
        {"on_failure": "lambda:my-function"},
        f"'{ITSELF}'{IS_ITSELF}",
    ),
    (
        {"on_success": f"{ITSELF}:live"},
        f"'{ITSELF}:live'{IS_ITSELF}",
    ),
    (
        {"on_failure": "lost-events"},
        (
            "'lost-events' is not a destination\nTry: sqs:lost-events (or sns:, lambda:, events:, s3:), "
            f"or the whole ARN, or none{DESTINATIONS}"
        ),
    ),
    (
        {"on_failure": ""},
        f"'' is not a destination\nTry: {A}:sqs:{HERE}:my-queue, or none{DESTINATIONS}",
    ),
    (
        {"on_failure": f"{A}:sqs:us-east-1:lost-events"},
        f"'{A}:sqs:us-east-1:lost-events' is not an ARN\nTry: {A}:sqs:{HERE}:my-queue{DESTINATIONS}",
    ),
    (
        {"on_failure": f"{A}:sqs:us-east-1::lost-events"},
        (
            f"'{A}:sqs:us-east-1::lost-events' is not the ARN of an SQS queue: it lacks the region or the account"
            f"\nTry: {A}:sqs:{HERE}:my-queue{DESTINATIONS}"
        ),
    ),
    (
        {"on_failure": f"{A}:sqs:{HERE}:{{queue}}"},
        f"the destination '{A}:sqs:{HERE}:{{queue}}' has a '{{', which no destination in AWS can have{REFERENCE}",
    ),
    ({"on_failure": 5}, "5 is not a destination\nTry: DestinationArn.parse(…)"),
    (
        {"on_failure": "none", "destination_config": {}},
        (
            "the destinations are given twice: in destination_config, and as on_success or on_failure"
            "\nTry: give them in one of the two ways"
        ),
    ),
    (
        {"destination_config": "none"},
        "DestinationConfig is 'none', not a mapping\nTry: give a mapping of OnSuccess, OnFailure",
    ),
    ({"destination_config": {"OnFailuer": {}}}, "DestinationConfig has no member 'OnFailuer'\nTry: OnFailure"),
    (
        {"destination_config": {"OnFailure": {"Arn": "x"}}},
        "OnFailure has no member 'Arn'\nTry: Destination",
    ),
    (
        {"destination_config": {"OnFailure": f"{A}:sqs:{HERE}:lost"}},
        f"OnFailure is '{A}:sqs:{HERE}:lost', not a mapping\nTry: OnFailure={{Destination=…}}",
    ),
    (
        {"destination_config": {"OnFailure": {"Destination": 5}}},
        "the Destination of OnFailure is 5, not text\nTry: give the ARN of a destination",
    ),
    (
        {"destination_config": {"OnFailure": {"Destination": "https://sqs.eu-west-1.amazonaws.com/123456789012/lost"}}},
        (
            "'https://sqs.eu-west-1.amazonaws.com/123456789012/lost' is not a destination"
            f"\nTry: arn:aws:sqs:eu-west-1:123456789012:lost, or none{DESTINATIONS}"
        ),
    ),
    (
        {"on_failure": "https://sqs.eu-west-1.amazonaws.com/123456789012/lost"},
        (
            "'https://sqs.eu-west-1.amazonaws.com/123456789012/lost' is not a destination"
            f"\nTry: arn:aws:sqs:eu-west-1:123456789012:lost, or none{DESTINATIONS}"
        ),
    ),
]
SETTINGS_IDS = [
    ", ".join(f"{key}={value!r}" for key, value in given.items()) or "nothing" for given, _ in SETTINGS_CASES
]

NAME_CASES: list[tuple[Any, Any, str]] = [
    ("", None, f"the function name is empty{FORMS}{SETTINGS}"),
    ("my function", None, f"'my function' is not the name of a Lambda function{FORMS}{SETTINGS}"),
    ("my-function:", None, f"'my-function:' is not the name of a Lambda function{FORMS}{SETTINGS}"),
    (
        "a" * 65,
        None,
        (
            "the function name has 65 characters, but AWS allows 64 in a name alone"
            f"\nTry: copy the name from the list\n    %eic functions{SETTINGS}"
        ),
    ),
    (
        f"{A}:lambda:{HERE}:function:{'a' * 250}",
        None,
        (
            "the function ARN has 297 characters, but AWS allows 256\n"
            f"Try: copy the ARN from the list\n    %eic functions{SETTINGS}"
        ),
    ),
    (None, None, 'None is not the name of a function\nTry: "my-function"'),
    (7, None, '7 is not the name of a function\nTry: "my-function"'),
    (
        "${name}",
        None,
        f"the function name '${{name}}' has a '$'{LEFT}",
    ),
    (
        "my-{name}",
        None,
        f"the function name 'my-{{name}}' has a '{{'{LEFT}",
    ),
    (
        "my-function:$LATES",
        None,
        f"the function name 'my-function:$LATES' has a '$'{LEFT}",
    ),
    (
        "my-function:live",
        "7",
        (
            "the function is named with the qualifier 'live', but the qualifier '7' is given as well"
            "\nTry: give one of the two"
        ),
    ),
    ("my-function", "", f"the qualifier is empty{QUALIFIERS}{SETTINGS}"),
    ("my-function", "a b", f"'a b' is not a qualifier{QUALIFIERS}{SETTINGS}"),
    ("my-function", "a" * 129, f"the qualifier has 129 characters, but AWS allows 128{QUALIFIERS}{SETTINGS}"),
    ("my-function", 7, 'the qualifier is 7, not text\nTry: qualifier="7"'),
    (
        "my-function",
        "$live",
        f"the qualifier '$live' has a '$', which no qualifier in AWS can have{REFERENCE}",
    ),
    (
        f"{A}:lambda:eu-west-1:123456789012:function:my-function",
        None,
        "the function is in eu-west-1, but this connection acts in us-east-1\nTry: --region eu-west-1",
    ),
]
NAME_IDS = [f"{str(name)[:60]!r} {str(qualifier)[:20]!r}" for name, qualifier, _ in NAME_CASES]


def refusal(eic: Eic, call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return the text of the error, which is raised before anything is sent."""
    assert eic.server is not None
    before = len(eic.server.requests())
    with pytest.raises(UsageError) as raised:
        call(*args, **kwargs)
    assert len(eic.server.requests()) == before
    assert raised.value.exit_code == 252
    assert isinstance(raised.value, ValueError)
    return str(raised.value)


@pytest.mark.parametrize("verb", ["put", "update"])
@pytest.mark.parametrize(("given", "text"), SETTINGS_CASES, ids=SETTINGS_IDS)
def test_an_invalid_setting_is_an_error_before_anything_is_sent(
    shared: Eic, verb: str, given: dict[str, Any], text: str
) -> None:
    given = {
        key: value.replace("ACCOUNT", shared.account_id) if isinstance(value, str) else value
        for key, value in given.items()
    }
    text = text.replace("VERB", verb).replace("ACCOUNT", shared.account_id)
    assert refusal(shared, getattr(shared, verb), "my-function", **given) == text


@pytest.mark.parametrize("verb", ["put", "update", "get", "delete"])
@pytest.mark.parametrize(("name", "qualifier", "text"), NAME_CASES, ids=NAME_IDS)
def test_an_invalid_name_or_qualifier_is_an_error_before_anything_is_sent(
    shared: Eic, verb: str, name: Any, qualifier: Any, text: str
) -> None:
    settings = {"maximum_retry_attempts": 0} if verb in {"put", "update"} else {}
    assert refusal(shared, getattr(shared, verb), name, qualifier=qualifier, **settings) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(name, text, id=label)
        for (name, qualifier, text), label in zip(NAME_CASES, NAME_IDS, strict=True)
        if qualifier is None
    ],
)
def test_an_invalid_name_for_a_list_is_an_error_before_anything_is_sent(shared: Eic, name: Any, text: str) -> None:
    assert refusal(shared, shared.list, name) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5 is not a connection\nTry: eicnb.use(eicnb.connect(…))"),
        ("one", "there is no connection 'one'\nTry: %eic use --profile NAME"),
    ],
)
def test_use_takes_only_connections_and_their_names(shared: Eic, value: Any, text: str) -> None:
    assert refusal(shared, eicnb.use, value) == text


def test_the_name_of_a_connection_is_text(shared: Eic) -> None:
    assert refusal(shared, eicnb.use, shared, name=5) == "the name of a connection is 5, not text\nTry: --as prod"


def test_the_sandbox_has_no_profiles(shared: Eic) -> None:
    text = "this is the SANDBOX, which has no profiles\nTry: drop --profile: the sandbox has no profiles"
    assert refusal(shared, shared.derive, profile="production") == text


def test_a_boto3_session_already_has_a_profile(shared: Eic) -> None:
    text = "a boto3_session already has a profile\nTry: leave out profile or boto3_session"
    session: Any = object()
    assert refusal(shared, eicnb.connect, profile="production", boto3_session=session) == text


def test_a_request_of_an_unknown_verb_names_the_verbs(shared: Eic) -> None:
    text = "there is no verb 'patch'\nTry: put, update, get, list, delete"
    assert refusal(shared, shared._connection.request, "patch", "my-function") == text


def test_checking_a_request_sends_nothing(shared: Eic) -> None:
    assert shared.server is not None
    before = len(shared.server.requests())
    request = shared._connection.request("put", "my-function", maximum_retry_attempts=0, on_failure="sqs:lost")
    assert request.parameters() == {
        "FunctionName": "my-function",
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {"OnFailure": {"Destination": f"{A}:sqs:us-east-1:{shared.account_id}:lost"}},
    }
    assert len(shared.server.requests()) == before
