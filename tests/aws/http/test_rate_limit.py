"""A bucket spaces calls, is shared, and slows down after throttled ones."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from eicnb.aws.http.rate_limit import RECOVERY_SECONDS, Buckets, TokenBucket


class Clock:
    """A clock that a test advances."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(bucket: TokenBucket, clock: Clock, calls: int) -> float:
    """The seconds that a number of calls take if each waits for its turn."""
    started = clock.now
    for _ in range(calls):
        clock.now += bucket.take()
    return clock.now - started


@pytest.mark.parametrize("rate", [0.5, 1, 10, 14, 100])
def test_calls_are_spaced_evenly(rate: float) -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(rate):
        assert taken(bucket, clock, 101) == pytest.approx(100 / rate, rel=0.02, abs=max(0.2, 2 / rate))


def test_a_pause_allows_at_most_a_third_of_a_seconds_burst() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        bucket.take()
        clock.now += 60
        assert taken(bucket, clock, 14) == pytest.approx(1)


def test_unused_time_is_not_made_up_for() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        bucket.take()
    clock.now += 60
    with bucket.shared_at(10):
        assert [bucket.take() for _ in range(3)] == pytest.approx([0.0, 0.1, 0.2])


def test_the_first_call_is_sent_at_once_and_the_second_at_the_rate() -> None:
    bucket = TokenBucket(Clock())
    with bucket.shared_at(4):
        assert [bucket.take(), bucket.take(), bucket.take()] == [0, 0.25, 0.5]


def test_two_users_share_the_lower_of_their_rates() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        with bucket.shared_at(4):
            assert bucket.rate == 4
        assert bucket.rate == 10


def test_throttling_pauses_and_then_halves_the_rate_until_it_recovers() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        bucket.refused(clock.now, retry_after=2)
        assert bucket.take() == pytest.approx(2)
        assert bucket.rate == 5
        clock.now += RECOVERY_SECONDS / 2
        assert bucket.rate == pytest.approx(10)


def test_refusals_of_concurrent_calls_lower_the_rate_once() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        sent_at = clock.now
        clock.now += 0.1
        for _ in range(8):
            bucket.refused(sent_at, retry_after=0)
            clock.now += 0.001
        assert bucket.rate == pytest.approx(5, rel=0.01)


def test_it_is_never_slower_than_a_tenth_and_no_pause_is_longer_than_half_a_minute() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    with bucket.shared_at(10):
        for _ in range(20):
            bucket.refused(clock.now, retry_after=1e9)
        assert bucket.rate == pytest.approx(1)
        assert bucket.take() == pytest.approx(30)


def test_all_users_of_an_account_and_region_share_a_bucket() -> None:
    buckets = Buckets(Clock())
    one = buckets.of("1", "us-east-1")
    assert buckets.of("1", "us-east-1") is one
    assert buckets.of("1", "eu-west-1") is not one
    assert buckets.of("2", "us-east-1") is not one


def test_threads_that_share_a_bucket_are_no_faster_together() -> None:
    bucket = TokenBucket(time.monotonic)
    sent: list[float] = []

    def send() -> None:
        with bucket.shared_at(100):
            for _ in range(20):
                time.sleep(bucket.take())
                sent.append(time.monotonic())

    with ExitStack() as stack:
        stack.enter_context(bucket.shared_at(100))
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(sent) - min(sent) >= 0.6
