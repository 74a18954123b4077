"""Every error response of the service: status, code, header and the whole body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eicnb.local_aws.validation import DESTINATION_PATTERN, FUNCTION_NAME_PATTERN, QUALIFIER_PATTERN
from tests.local_aws.conftest import Reply, Shop

USER = {"Type": "User"}
ACCOUNT = "{account}"

# method, function name, Qualifier, body
Request = tuple[str, str, str | None, dict[str, Any] | None]


def refused(reply: Reply, status: int, code: str, body: dict[str, Any], account_id: str) -> None:
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (status, code)
    assert len(reply.headers["x-amzn-RequestId"]) == 36
    assert reply.body == {key: text.replace(ACCOUNT, account_id) for key, text in body.items()}


def sent(shop: Shop, request: Request) -> Reply:
    method, name, qualifier, body = request
    text = None if body is None else json.dumps(body).replace(ACCOUNT, shop.account_id)
    return shop.config_of(method, name.replace(ACCOUNT, shop.account_id), text, qualifier=qualifier)


def on(kind: str, destination: str) -> dict[str, Any]:
    return {"DestinationConfig": {kind: {"Destination": destination}}}


NO_SETTING = "You must specify at least one of error handling or destination setting."
MISSING = "The function doesn't exist."
OTHER = "The derived qualifier from the function name does not match the specified qualifier."
ITSELF = "You can't specify the function as a destination for itself."
US = "arn:aws:lambda:us-east-1:{account}:function"
RETRY = {"MaximumRetryAttempts": 1}
IAM = "arn:aws:iam::{account}:role/x"
S3 = "arn:aws:s3:::bucket"
KAFKA = "kafka://broker.example"


def no_config(qualified_name: str) -> str:
    return f"The function {US}:{qualified_name} doesn't have an EventInvokeConfig"


def invalid_config(success: str, failure: str) -> str:
    return f"The provided destination config DestinationConfig(onSuccess={success}, onFailure={failure}) is invalid."


NOT_FOUND = [
    (("PUT", "nope", None, RETRY), MISSING),
    (("PUT", "my-function:nope", None, RETRY), MISSING),
    (("PUT", "my-function", "4", RETRY), MISSING),
    (("POST", "nope", None, RETRY), MISSING),
    (("POST", "my-function", "nope", RETRY), MISSING),
    (("POST", "my-function", None, RETRY), no_config("my-function:$LATEST")),
    (("POST", "my-function:v1", None, RETRY), no_config("my-function:v1")),
    (("GET", "my-function", None, None), no_config("my-function:$LATEST")),
    (("GET", "my-function", "prod", None), no_config("my-function:prod")),
    (("GET", "nope", None, None), no_config("nope:$LATEST")),
    (("GET", "..", None, None), no_config("..:$LATEST")),
    (("DELETE", "my-function:3", None, None), no_config("my-function:3")),
    (("DELETE", "nope:live", None, None), no_config("nope:live")),
    (
        ("GET", "arn:aws:lambda:eu-west-1:{account}:function:my-function", None, None),
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    ),
]


@pytest.mark.parametrize(("request_", "message"), NOT_FOUND)
def test_what_is_not_there_is_404(seeded: Shop, request_: Request, message: str) -> None:
    refused(sent(seeded, request_), 404, "ResourceNotFoundException", {**USER, "Message": message}, seeded.account_id)


def test_the_configs_of_a_missing_function_cannot_be_listed(seeded: Shop) -> None:
    reply = seeded.config_of("GET", "nope", tail="/list")
    refused(reply, 404, "ResourceNotFoundException", {**USER, "Message": MISSING}, seeded.account_id)


QUEUE = "arn:aws:sqs:us-east-1:{account}:shop-failures"
BUS = "arn:aws:events:us-east-1:{account}:event-bus/shop"
FORBIDDEN = "The function's execution role does not have permissions to call"
INVALID = [
    (("PUT", "my-function", None, {}), NO_SETTING),
    (("PUT", "nope", None, {}), NO_SETTING),
    (("PUT", "nope", None, None), NO_SETTING),
    (("POST", "my-function", None, {"MaximumRetryAttempts": None}), NO_SETTING),
    (("GET", "my-function:BLUE", "GREEN", None), OTHER),
    (("PUT", "my-function:BLUE", "%24LATEST", RETRY), OTHER),
    (("PUT", "my-function", None, on("OnFailure", f"{US}:nope")), f"The destination ARN {US}:nope is invalid."),
    (("PUT", "my-function", None, on("OnFailure", f"{US}:nope:x")), f"The destination ARN {US}:nope:x is invalid."),
    (("PUT", "my-function", None, on("OnSuccess", f"{US}:my-function")), ITSELF),
    (("PUT", "my-function", "BLUE", on("OnFailure", f"{US}:my-function:BLUE")), ITSELF),
    (("PUT", "my-function", None, on("OnSuccess", IAM)), invalid_config(f"OnSuccess(destination={IAM})", "null")),
    (("PUT", "my-function", None, on("OnFailure", IAM)), invalid_config("null", f"OnFailure(destination={IAM})")),
    (("PUT", "my-function", None, on("OnSuccess", S3)), invalid_config(f"OnSuccess(destination={S3})", "null")),
    (("PUT", "my-function", None, on("OnFailure", KAFKA)), invalid_config("null", f"OnFailure(destination={KAFKA})")),
    (("PUT", "customer-export", None, on("OnFailure", QUEUE)), f"{FORBIDDEN} SendMessage on {QUEUE}"),
    (("PUT", "invoices", None, on("OnSuccess", BUS)), f"{FORBIDDEN} PutEvents on {BUS}"),
]


@pytest.mark.parametrize(("request_", "message"), INVALID)
def test_what_makes_no_sense_is_400(seeded: Shop, request_: Request, message: str) -> None:
    expected = {**USER, "message": message}
    refused(sent(seeded, request_), 400, "InvalidParameterValueException", expected, seeded.account_id)


def constraint(value: object, at: str, must: str) -> str:
    return f"Value '{value}' at '{at}' failed to satisfy constraint: Member must {must}"


def pattern(value: str, at: str, regex: str) -> str:
    return constraint(value, at, f"satisfy regular expression pattern: {regex}")


def at_most(value: int, at: str, limit: int) -> str:
    return constraint(value, at, f"have value less than or equal to {limit}")


def at_least(value: int, at: str, limit: int) -> str:
    return constraint(value, at, f"have value greater than or equal to {limit}")


def no_longer(value: str, at: str, limit: int) -> str:
    return constraint(value, at, f"have length less than or equal to {limit}")


RETRIES, AGE = "maximumRetryAttempts", "maximumEventAgeInSeconds"
AT_FAILURE = "destinationConfig.onFailure.destination"
LONG_ARN = "arn:aws:sqs:::" + "q" * 337
NO_QUALIFIER = constraint("", "qualifier", "have length greater than or equal to 1")
VIOLATIONS = [
    ("my-function", None, {"MaximumRetryAttempts": 3}, [at_most(3, RETRIES, 2)]),
    ("my-function", None, {"MaximumRetryAttempts": -1}, [at_least(-1, RETRIES, 0)]),
    ("my-function", None, {"MaximumEventAgeInSeconds": 59}, [at_least(59, AGE, 60)]),
    ("my-function", None, {"MaximumEventAgeInSeconds": 21601}, [at_most(21601, AGE, 21600)]),
    ("my-function", None, on("OnFailure", "my-queue"), [pattern("my-queue", AT_FAILURE, DESTINATION_PATTERN)]),
    ("my-function", None, on("OnFailure", LONG_ARN), [no_longer(LONG_ARN, AT_FAILURE, 350)]),
    ("my%2Ffunction", None, RETRY, [pattern("my/function", "functionName", FUNCTION_NAME_PATTERN)]),
    ("f" * 65, None, RETRY, [no_longer("f" * 65, "functionName", 64)]),
    ("f" * 257, None, RETRY, [no_longer("f" * 257, "functionName", 256)]),
    ("my-function", "a%20b", RETRY, [pattern("a b", "qualifier", QUALIFIER_PATTERN)]),
    ("my-function", "", RETRY, [NO_QUALIFIER, pattern("", "qualifier", QUALIFIER_PATTERN)]),
    (
        "my-function",
        None,
        {"MaximumRetryAttempts": 9, "MaximumEventAgeInSeconds": 1},
        [at_most(9, RETRIES, 2), at_least(1, AGE, 60)],
    ),
]


@pytest.mark.parametrize(("name", "qualifier", "body", "violations"), VIOLATIONS)
def test_values_outside_the_model_are_told_all_at_once(
    seeded: Shop, name: str, qualifier: str | None, body: Any, violations: list[str]
) -> None:
    reply = seeded.config_of("PUT", name, body, qualifier=qualifier)
    errors = "1 validation error" if len(violations) == 1 else f"{len(violations)} validation errors"
    expected = {"message": f"{errors} detected: {'; '.join(violations)}"}
    refused(reply, 400, "ValidationException", expected, seeded.account_id)


@pytest.mark.parametrize(
    ("size", "must"),
    [("51", "have value less than or equal to 50"), ("0", "have value greater than or equal to 1")],
)
def test_a_list_of_configs_has_at_most_50_items_a_page(seeded: Shop, size: str, must: str) -> None:
    reply = seeded.send("GET", f"/2019-09-25/functions/my-function/event-invoke-config/list?MaxItems={size}")
    text = f"1 validation error detected: {constraint(size, 'maxItems', must)}"
    refused(reply, 400, "ValidationException", {"message": text}, seeded.account_id)


WRONG_TYPES = [
    ('{"MaximumRetryAttempts": "1"}', "STRING_VALUE can not be converted to an Integer"),
    ('{"MaximumRetryAttempts": true}', "TRUE_VALUE can not be converted to an Integer"),
    ('{"MaximumEventAgeInSeconds": 90.5}', "NUMBER_VALUE can not be converted to an Integer"),
    ('{"DestinationConfig": []}', "START_ARRAY can not be converted to a Structure"),
    ('{"DestinationConfig": {"OnFailure": "arn"}}', "STRING_VALUE can not be converted to a Structure"),
    (
        '{"DestinationConfig": {"OnFailure": {"Destination": {}}}}',
        "START_OBJECT can not be converted to a String",
    ),
    ("[]", "START_ARRAY can not be converted to a Structure"),
    ("null", "NULL_VALUE can not be converted to a Structure"),
]


@pytest.mark.parametrize(("body", "message"), WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_a_serialization_error(seeded: Shop, body: str, message: str) -> None:
    reply = seeded.config_of("PUT", "my-function", body)
    refused(reply, 400, "SerializationException", {**USER, "message": message}, seeded.account_id)


@pytest.mark.parametrize("body", ["{", b"\xff\xfe", "[" * 100_000])
def test_a_body_that_is_no_json_is_refused(seeded: Shop, body: str | bytes) -> None:
    reply = seeded.config_of("PUT", "my-function", body)
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestContentException")
    assert reply.body["message"].startswith("Could not parse request body into json: ")


def test_a_marker_of_another_list_is_refused(seeded: Shop) -> None:
    reply = seeded.send("GET", "/2015-03-31/functions?Marker=nonsense")
    expected = {**USER, "message": "The pagination token is invalid."}
    refused(reply, 400, "InvalidParameterValueException", expected, seeded.account_id)


def test_a_function_of_another_account_is_out_of_reach(seeded: Shop) -> None:
    name = "999999999999:function:my-function"
    message = (
        "User: arn:aws:iam::{account}:user/sandbox is not authorized to perform: lambda:GetFunctionEventInvokeConfig "
        "on resource: arn:aws:lambda:us-east-1:999999999999:function:my-function because no resource-based policy "
        "allows the lambda:GetFunctionEventInvokeConfig action"
    )
    refused(seeded.config_of("GET", name), 403, "AccessDeniedException", {"Message": message}, seeded.account_id)


def test_boto3_reads_code_and_message_of_a_refusal(seeded: Shop) -> None:
    client = seeded.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_function_event_invoke_config(FunctionName="my-function")
    message = no_config("my-function:$LATEST").replace(ACCOUNT, seeded.account_id)
    assert caught.value.response["Error"] == {"Code": "ResourceNotFoundException", "Message": message}
    assert caught.value.response["Type"] == "User"
