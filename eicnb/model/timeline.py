"""What happens to one event: when Lambda retries it, and which retries its age leaves time for.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

RETRY_DELAYS: Final = (60, 120)
"""The seconds that Lambda waits after the first failed run, and after the second."""


def seconds_until(retry: int, run: int = 0) -> int:
    """Return the seconds from an event's arrival to a retry, if each earlier run takes `run` seconds.

    >>> seconds_until(1), seconds_until(2), seconds_until(2, run=30)
    (60, 180, 240)
    """
    return sum(RETRY_DELAYS[:retry]) + retry * run


def retries_within(age: int, retries: int, run: int = 0) -> int:
    """Return how many of the retries happen before an event reaches its maximum age.

    Lambda drops an event that would reach its maximum age before the next run: 60 seconds leave no time for a retry,
    90 leave time for the first.

    >>> [retries_within(age, 2) for age in (60, 90, 180, 181)]
    [0, 1, 1, 2]
    >>> retries_within(90, 2, run=30)
    0
    """
    return sum(seconds_until(retry, run) < age for retry in range(1, retries + 1))


def age_for(retries: int, run: int = 0) -> int:
    """Return the shortest age in whole minutes that leaves time for all retries.

    >>> age_for(1), age_for(2, run=60)
    (120, 360)
    """
    return (seconds_until(retries, run) // 60 + 1) * 60


Certainty = Literal["always", "if runs are short", "never"]


@dataclass(frozen=True, slots=True)
class EventAttempt:
    """One run of a function for an event whose runs all fail; number 0 is the first.

    `earliest` is the second at which it starts if every earlier run fails at once, `latest` if every one takes the
    function's whole timeout.
    """

    number: int
    earliest: int
    latest: int
    happens: Certainty


def attempts(age: int, retries: int, timeout: int = 0) -> tuple[EventAttempt, ...]:
    """Return the first run and all retries, including those that the age leaves no time for.

    >>> [(attempt.earliest, attempt.happens) for attempt in attempts(90, 2, timeout=30)]
    [(0, 'always'), (60, 'if runs are short'), (180, 'never')]
    """
    surely, perhaps = retries_within(age, retries, timeout), retries_within(age, retries)
    return tuple(
        EventAttempt(
            number,
            seconds_until(number),
            seconds_until(number, timeout),
            "always" if number <= surely else "if runs are short" if number <= perhaps else "never",
        )
        for number in range(retries + 1)
    )
