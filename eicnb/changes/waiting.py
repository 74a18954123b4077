"""Retries of a write that AWS rejects only temporarily, because a role or destination is too new.

Each rejection confirms that nothing was written, so a retry cannot write twice.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from eicnb.errors import AwsError
from eicnb.model.age import brief
from eicnb.model.delivery import may_succeed_later
from eicnb.redaction.masks import printed

T = TypeVar("T")

Say = Callable[[str], object]
"""A function that shows one line to the user."""

_PAUSES = (1.0, 2.0, 3.0)
_LAST_PAUSE = 5.0


def silently(_line: str) -> None:
    """Ignore the line.

    >>> silently("waiting up to 30 s")
    """


def aloud(line: str) -> None:
    """Print a line with secrets masked.

    >>> aloud("waiting up to 30 s")
    waiting up to 30 s
    """
    sys.stdout.write(printed(f"{line}\n"))


def patiently(attempt: Callable[[], T], *, seconds: float, say: Say) -> T:
    """Attempt a write; while AWS rejects it only temporarily, retry for up to `seconds`.

    >>> patiently(lambda: "written", seconds=30, say=silently)
    'written'

    Any other error is raised at once. When the time is up, AWS's last error is raised with the time waited.
    """
    started, pauses, has_said = time.monotonic(), iter(_PAUSES), False
    while True:
        try:
            return attempt()
        except AwsError as error:
            if not seconds or not may_succeed_later(error.message):
                raise
            waited = time.monotonic() - started
            if waited >= seconds:
                error.message = f"{error.message} (waited {brief(waited)})"
                error.args = (error.message,)
                raise
            if not has_said:
                say(f"waiting up to {brief(seconds)}, because AWS rejects the write for now: {error.message}")
                has_said = True
            time.sleep(min(next(pauses, _LAST_PAUSE), seconds - waited))
