"""Lambda's queue of asynchronous events: runs, retries, maximum ages, and deliveries of the results.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from eicnb.local_aws import deliveries, functions_run, week
from eicnb.local_aws.account import Account, Config
from eicnb.local_aws.async_event import AsyncEvent
from eicnb.local_aws.destinations import kind_of
from eicnb.local_aws.invocation_record import Ended
from eicnb.local_aws.moto_targets import Undeliverable

DEFAULT_RETRIES, DEFAULT_AGE = 2, 21600
RETRY_DELAYS = (60, 120)
LONGEST_BACKOFF = 300
MOST_TURNS = {"Terminate": 16, "Allow": 100}
"""How often a function may run in one chain of destinations.

AWS never stops a loop that is allowed, but the sandbox must."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An event between two tries: its runs so far, and the throttles since the last run."""

    event: AsyncEvent
    runs: int = 0
    throttles: int = 0


def accept(account: Account, event: AsyncEvent) -> None:
    """Queue an event for its function, due at once."""
    _count(account, event, "AsyncEventsReceived")
    account.clock.at(event.accepted_at, partial(_try, account, _Waiting(event)))


def _try(account: Account, waiting: _Waiting, now: float) -> None:
    event = waiting.event
    with account.lock:
        function = account.region(event.region).functions[event.function_name]
        _count(account, event, "AsyncEventAge", (now - event.accepted_at) * 1000, "Milliseconds")
        if function.reserved_concurrency == 0:
            _finish(account, Ended(event, function, "ZeroReservedConcurrency", waiting.runs, None, now))
        elif event.turns.get(function.arn, 0) >= MOST_TURNS[function.recursive_loop]:
            _count(account, event, "RecursiveInvocationsDropped")
            _finish(account, Ended(event, function, "RecursiveInvocation", waiting.runs, None, now))
        else:
            result = functions_run.run(account, function, event.qualifier, event.request_id)
            tried = Ended(event, function, "Success", waiting.runs + 1, result, now + result.seconds)
            _finish_or_retry(account, waiting, tried)


def _finish_or_retry(account: Account, before: _Waiting, tried: Ended) -> None:
    """Finish an event after a try, or queue it again.

    Lambda drops an event that would reach its maximum age before the next try.
    """
    config, result, event = _config_of(account, tried.event), tried.result, tried.event
    retries = _given(config.maximum_retry_attempts, DEFAULT_RETRIES)
    if result is None or not (result.function_error or result.is_throttle):
        _finish(account, tried)
        return
    if result.is_throttle:
        tried = replace(tried, runs=before.runs)
        waiting = _Waiting(event, before.runs, before.throttles + 1)
        delay = min(2**before.throttles, LONGEST_BACKOFF)
    elif before.runs >= retries:
        _finish(account, replace(tried, condition="RetriesExhausted"))
        return
    else:
        waiting, delay = _Waiting(event, tried.runs), RETRY_DELAYS[before.runs]
    if tried.at + delay - event.accepted_at >= _given(config.maximum_event_age_in_seconds, DEFAULT_AGE):
        _finish(account, replace(tried, condition="EventAgeExceeded"))
    else:
        account.clock.at(tried.at + delay, partial(_try, account, waiting))


def _finish(account: Account, ended: Ended) -> None:
    config, event = _config_of(account, ended.event), ended.event
    if ended.condition == "Success":
        destination = config.on_success
    else:
        destination = config.on_failure
        _count(account, event, "AsyncEventsDropped")
        if target := ended.function.dead_letter_arn:
            with _counting(account, event, "DeadLetterErrors"):
                deliveries.send_dead_letter(account, ended, target)
    if destination and not (ended.condition == "RecursiveInvocation" and kind_of(destination) == "lambda"):
        with _counting(account, event, "DestinationDeliveryFailures"):
            following = deliveries.send_record(account, ended, destination)
            if following is not None:
                accept(account, following)


@contextmanager
def _counting(account: Account, event: AsyncEvent, failures: str) -> Iterator[None]:
    """Count a delivery that fails; its message is lost."""
    try:
        yield
    except Undeliverable:
        _count(account, event, failures)


def _count(account: Account, event: AsyncEvent, metric: str, value: float = 1, unit: str = "Count") -> None:
    # Lambda's metrics have one point per minute, and moto's times have no time zone.
    minute = datetime.fromtimestamp(account.now(), UTC).replace(second=0, microsecond=0, tzinfo=None)
    points = week.counted(event.function_name, event.qualifier, metric, minute, value, unit=unit)
    account.targets.put_metrics(event.region, points)


def _config_of(account: Account, event: AsyncEvent) -> Config:
    """Return the config of the invoked qualifier, which inherits nothing from others."""
    return account.region(event.region).configs_of(event.function_name).get(event.qualifier) or Config(0)


def _given(setting: int | None, default: int) -> int:
    return default if setting is None else setting
