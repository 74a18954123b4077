"""The limits on control-plane calls: the token bucket on a fake clock, and the responses over HTTP."""

from __future__ import annotations

import pytest

from eicnb.errors import ConfigurationError
from eicnb.local_aws.server import Sandbox
from eicnb.local_aws.throttle import RequestBucket, Throttle
from tests.local_aws.conftest import Shop


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_lets_its_burst_through_and_then_its_rate() -> None:
    clock = Clock()
    bucket = RequestBucket(rate=2, burst=3, now=clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.seconds = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.seconds = 60
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_regions_have_buckets_of_their_own_and_get_function_has_another() -> None:
    throttle = Throttle(Clock())
    throttle.limit(15)
    assert sum(throttle.admits("us-east-1", "ListFunctions") for _ in range(99)) == 15
    assert sum(throttle.admits("us-east-1", "GetFunctionConfiguration") for _ in range(99)) == 0
    assert sum(throttle.admits("us-east-1", "GetFunction") for _ in range(999)) == 100
    assert throttle.admits("eu-west-1", "ListFunctions")


def test_a_throttled_call_is_answered_as_aws_does(shop: Shop) -> None:
    shop.sandbox.throttle(0.001)
    assert shop.send("GET", "/2015-03-31/functions").status == 200
    reply = shop.send("GET", "/2015-03-31/functions")
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (429, "TooManyRequestsException")
    assert reply.headers["Retry-After"] == "1"
    assert reply.body == {"Type": "User", "message": "Rate exceeded", "Reason": "CallerRateLimitExceeded"}


def test_boto3_reads_the_reason_and_the_wait(shop: Shop) -> None:
    shop.sandbox.throttle(0.001, burst=1)
    client = shop.client()
    client.list_functions()
    with pytest.raises(client.exceptions.TooManyRequestsException) as caught:
        client.list_functions()
    response = caught.value.response
    assert response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}
    assert (response["Reason"], response["retryAfterSeconds"]) == ("CallerRateLimitExceeded", "1")


def test_none_lifts_the_limit(shop: Shop) -> None:
    shop.sandbox.throttle(0.001)
    shop.sandbox.throttle(None)
    assert {shop.send("GET", "/2015-03-31/functions").status for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("rate", "burst", "message"),
    [
        (
            0,
            None,
            "A sandbox cannot serve 0 requests per second.\nTry: give a number above 0, or None for no limit",
        ),
        (
            float("nan"),
            None,
            "A sandbox cannot serve nan requests per second.\nTry: give a number above 0, or None for no limit",
        ),
        (15, 0.5, "A burst of 0.5 admits no calls.\nTry: give 1 or more"),
    ],
)
def test_a_limit_that_lets_nothing_through_is_refused(rate: float, burst: float | None, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Sandbox(requests_per_second=rate, burst=burst)
    assert str(caught.value) == message
