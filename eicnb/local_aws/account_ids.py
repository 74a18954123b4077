"""One AWS account id for each running sandbox, so that sandboxes in one process never share state.

Tested in tests/local_aws/test_other_services.py.
"""

from __future__ import annotations

import re
from itertools import count
from threading import Lock

from eicnb.errors import ConfigurationError

FIRST_ACCOUNT_ID = 123456789012

_lock = Lock()
_taken: set[str] = set()


def claim(account_id: str | None = None) -> str:
    """Take the given account id, or the lowest free one from 123456789012 upwards."""
    if account_id is not None and not re.fullmatch(r"[0-9]{12}", account_id):
        raise ConfigurationError(f"'{account_id}' is not an AWS account id.", hint="give 12 digits")
    with _lock:
        chosen = account_id or next(free for free in map(str, count(FIRST_ACCOUNT_ID)) if free not in _taken)
        if chosen in _taken:
            raise ConfigurationError(
                f"Account {chosen} belongs to a sandbox that is running.",
                hint="stop that one first, or leave account_id out",
            )
        _taken.add(chosen)
    return chosen


def release(account_id: str) -> None:
    """Give an account id back."""
    with _lock:
        _taken.discard(account_id)


def others(account_id: str) -> frozenset[str]:
    """Return the accounts of the other sandboxes that are running."""
    with _lock:
        return frozenset(_taken - {account_id})
