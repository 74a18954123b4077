"""The AWS account ids of each running sandbox, so that sandboxes in one process never share state.

Tested in tests/local_aws/test_other_services.py and tests/local_aws/test_organization.py.
"""

from __future__ import annotations

import re
from itertools import count
from threading import Lock

from eicnb.errors import ConfigurationError

FIRST_ACCOUNT_ID = 123456789012
_BETWEEN_MEMBERS = 37_037_037_037
_END = 10**12

_lock = Lock()
_taken: dict[str, str] = {}  # the management account of each account


def claim(account_id: str | None = None) -> str:
    """Claim the given account id, or the lowest free one from 123456789012 upwards."""
    if account_id is not None and not re.fullmatch(r"[0-9]{12}", account_id):
        raise ConfigurationError(f"'{account_id}' is not an AWS account id.", hint="give 12 digits")
    with _lock:
        chosen = account_id or next(free for free in map(str, count(FIRST_ACCOUNT_ID)) if free not in _taken)
        if chosen in _taken:
            raise ConfigurationError(
                f"Account {chosen} belongs to a sandbox that is running.",
                hint="stop that sandbox first, or leave account_id out",
            )
        _taken[chosen] = chosen
    return chosen


def claim_members(account_id: str, number: int) -> tuple[str, ...]:
    """Claim ids for the members of an account's organisation.

    An account always gets the same ids for its members, if these are free.
    """
    with _lock:
        free = (
            member
            for step in count(1)
            if (member := f"{(int(account_id) + step * _BETWEEN_MEMBERS) % _END:012}") not in _taken
        )
        members = tuple(next(free) for _ in range(number))
        _taken.update(dict.fromkeys(members, account_id))
    return members


def adopt(member: str, account_id: str) -> None:
    """Claim the id that moto chose for a new member of an account's organisation."""
    with _lock:
        _taken.setdefault(member, account_id)


def release(account_id: str) -> None:
    """Release an account id and those of the members of its organisation."""
    with _lock:
        for taken in [taken for taken, manager in _taken.items() if account_id in {taken, manager}]:
            del _taken[taken]


def others(account_id: str) -> frozenset[str]:
    """Return all other accounts of running sandboxes, including those of the same organisation."""
    with _lock:
        return frozenset(_taken) - {account_id}


def of_other_sandboxes(account_id: str) -> frozenset[str]:
    """Return the accounts of the other running sandboxes."""
    with _lock:
        manager = _taken.get(account_id)
        return frozenset(taken for taken, its_manager in _taken.items() if its_manager != manager)
