"""Invoke queues an event, runs a function once, or only validates the request, as AWS does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from eicnb.errors import UsageError
from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Reply, Shop
from tests.local_aws.model import complaints
from tests.local_aws.test_faults import OTHER, USER, refused

PATH = "/2015-03-31/functions/{name}/invocations"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Sandbox(event_speed=0) as sandbox:
        yield Shop(sandbox)


def invoked(shop: Shop, name: str, body: Any = None, *, kind: str | None = "Event") -> Reply:
    headers = {"X-Amz-Invocation-Type": kind} if kind else {}
    return shop.send("POST", PATH.format(name=name), body, headers=headers)


@pytest.mark.parametrize("kind", ["Event", "RequestResponse", "DryRun"])
@pytest.mark.parametrize("how", [None, "error", "timeout"])
def test_a_response_is_one_of_the_service_model(shop: Shop, kind: str, how: str | None) -> None:
    if how:
        shop.sandbox.fail("my-function", how)
    try:
        response = shop.client().invoke(FunctionName="my-function", InvocationType=kind, Payload=b"{}")
    finally:
        shop.sandbox.succeed("my-function")
    response = {**response, "Payload": response["Payload"].read()}
    assert complaints("lambda", "Invoke", {name: value for name, value in response.items() if name != "Payload"}) == []
    assert isinstance(response["Payload"], bytes)


def test_an_event_is_accepted_with_the_id_that_its_record_will_have(shop: Shop) -> None:
    reply = invoked(shop, "my-function", "{}")
    assert (reply.status, reply.body) == (202, "")
    assert len(reply.headers["x-amzn-RequestId"]) == 36


def test_a_dry_run_runs_nothing(shop: Shop) -> None:
    assert invoked(shop, "my-function", "{}", kind="DryRun").status == 204


@pytest.mark.parametrize("kind", ["RequestResponse", None])
def test_a_synchronous_invocation_returns_what_the_function_returns(shop: Shop, kind: str | None) -> None:
    reply = invoked(shop, "my-function:GREEN", "{}", kind=kind)
    assert (reply.status, reply.body) == (200, {"statusCode": 200})
    assert reply.headers["X-Amz-Executed-Version"] == "2"
    assert "X-Amz-Function-Error" not in reply.headers


def test_a_synchronous_invocation_returns_the_error_of_the_function(shop: Shop) -> None:
    shop.sandbox.fail("my-function")
    reply = invoked(shop, "my-function", "{}", kind="RequestResponse")
    shop.sandbox.succeed("my-function")
    assert (reply.status, reply.headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    assert reply.body["errorMessage"] == "my-function fails in this sandbox"


RATE = {"Type": "User", "message": "Rate Exceeded."}


def test_a_synchronous_invocation_without_concurrency_is_throttled(shop: Shop) -> None:
    reply = invoked(shop, "returns-label", "{}", kind="RequestResponse")
    reason = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}
    refused(reply, 429, "TooManyRequestsException", {**RATE, **reason}, shop.account_id)
    assert invoked(shop, "returns-label", "{}").status == 202


def test_a_throttled_function_accepts_events_and_nothing_else(shop: Shop) -> None:
    shop.sandbox.fail("my-function", "throttle")
    reply = invoked(shop, "my-function", "{}", kind="RequestResponse")
    event = invoked(shop, "my-function", "{}")
    shop.sandbox.succeed("my-function")
    reason = {"Reason": "ConcurrentInvocationLimitExceeded"}
    refused(reply, 429, "TooManyRequestsException", {**RATE, **reason}, shop.account_id)
    assert event.status == 202


@pytest.mark.parametrize("name", ["nope", "my-function:nope", "my-function:4"])
def test_what_is_not_there_is_404(shop: Shop, name: str) -> None:
    expected = {**USER, "Message": f"Function not found: {shop.arn(name)}"}
    refused(invoked(shop, name, "{}"), 404, "ResourceNotFoundException", expected, shop.account_id)


def test_two_qualifiers_must_agree(shop: Shop) -> None:
    reply = shop.send("POST", f"{PATH.format(name='my-function:BLUE')}?Qualifier=GREEN", "{}")
    refused(reply, 400, "InvalidParameterValueException", {**USER, "message": OTHER}, shop.account_id)


def test_an_unknown_type_is_refused(shop: Shop) -> None:
    text = (
        "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
    )
    reply = invoked(shop, "my-function", "{}", kind="Later")
    refused(reply, 400, "ValidationException", {"message": text}, shop.account_id)


@pytest.mark.parametrize("body", ["{", b"\xff\xfe", "NaN", "[" * 100_000])
def test_a_payload_is_json(shop: Shop, body: str | bytes) -> None:
    reply = invoked(shop, "my-function", body)
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestContentException")
    assert reply.body["message"].startswith("Could not parse request body into json: ")


EVENT_LIMIT = "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"
REQUEST_LIMIT = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
SIZES = [
    ("Event", MIB, None),
    ("Event", MIB + 1, EVENT_LIMIT),
    ("RequestResponse", MIB + 1, None),
    ("RequestResponse", 6 * MIB + 1, REQUEST_LIMIT),
]


@pytest.mark.parametrize(("kind", "size", "message"), SIZES)
def test_a_payload_has_a_limit(shop: Shop, kind: str, size: int, message: str | None) -> None:
    reply = invoked(shop, "my-function", json.dumps("x" * (size - 2)), kind=kind)
    if message is None:
        assert reply.status in {200, 202}
    else:
        refused(reply, 413, "RequestTooLargeException", {**USER, "message": message}, shop.account_id)


def test_invocations_do_not_count_against_the_control_plane() -> None:
    with Sandbox(event_speed=0, requests_per_second=1, burst=1) as sandbox:
        statuses = [invoked(Shop(sandbox), "my-function", "{}").status for _ in range(5)]
    assert statuses == [202] * 5


def test_boto3_reads_the_reason_of_a_refusal(shop: Shop) -> None:
    with pytest.raises(ClientError) as caught:
        shop.client().invoke(FunctionName="returns-label")
    assert caught.value.response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("chekout", "the sandbox has no function 'chekout'\nTry: checkout"),
        ("checkout:live", "the sandbox has no function 'checkout:live'\nTry: checkout"),
        ("x", "the sandbox has no function 'x'\nTry: name a function of the sandbox, without a qualifier"),
        (5, "the sandbox has no function '5'\nTry: name a function of the sandbox, without a qualifier"),
    ],
)
def test_only_functions_of_the_sandbox_fail_and_succeed(shop: Shop, name: Any, message: str) -> None:
    for method in (shop.sandbox.fail, shop.sandbox.succeed):
        with pytest.raises(UsageError) as caught:
            method(name)
        assert str(caught.value) == message


def test_there_are_three_ways_to_fail(shop: Shop) -> None:
    with pytest.raises(UsageError) as caught:
        shop.sandbox.fail("checkout", "crash")
    assert str(caught.value) == "'crash' is not a way to fail\nTry: use error, timeout or throttle"
