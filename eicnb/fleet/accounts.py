"""The accounts of an organisation to use in an audit or another verb.

Tested in tests/fleet/test_organization.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eicnb.aws import organizations
from eicnb.aws.boto import Aws
from eicnb.changes.waiting import Say
from eicnb.errors import AccessDenied, AwsError, ConfigurationError, EicError, UsageError
from eicnb.fleet.scope import is_glob, names_in
from eicnb.model.arn import ACCOUNT, not_an_account
from eicnb.model.misspelling import likely_name
from eicnb.model.organization import OrganizationAccount, OrganizationUnit
from eicnb.model.verbs import Operation

_MOST_NAMED = 5
_ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class WantedAccounts:
    """The active accounts to use, and the ids of the inactive ones that were listed."""

    active: list[OrganizationAccount]
    inactive: frozenset[str] = frozenset()


def wanted_accounts(aws: Aws, *, units: Any = None, accounts: Any = None, say: Say) -> WantedAccounts:
    """Return the active accounts of an organisation, filtered by units or patterns, each once.

    `aws` connects to the management account or to a delegated administrator. A suspended account is left out, and `say`
    gets a line about it. If listing the accounts is denied, the ids in `accounts` are used as given.
    """
    patterns = None if accounts is None else names_in("accounts", accounts, "123456789012")
    paths = None if units is None else names_in("units", units, "Workloads/Prod")
    for pattern in patterns or ():
        if pattern.isdecimal() and not re.fullmatch(ACCOUNT, pattern):
            with UsageError.about("accounts"):
                raise not_an_account(pattern)
    try:
        listed = organizations.accounts(aws) if paths is None else _in_units(aws, paths)
    except AwsError as error:
        ids = [pattern for pattern in patterns or () if re.fullmatch(ACCOUNT, pattern)]
        if isinstance(error, AccessDenied) and paths is None and ids and len(ids) == len(patterns or ()):
            say(f"{Operation.LIST_ACCOUNTS} was denied, so the accounts are used as given, without their names")
            return WantedAccounts([OrganizationAccount(account_id, "", _ACTIVE) for account_id in ids])
        raise _explained(error) from error
    of = "of the organisation" if paths is None else "in these units"
    chosen = listed if patterns is None else _fitting(listed, patterns, of)
    active = [account for account in chosen if account.is_active]
    if line := _left_out([account for account in chosen if not account.is_active]):
        say(line)
    if not active:
        raise UsageError("no active account is selected", hint="leave out units= and accounts= (--units, --accounts)")
    return WantedAccounts(active, frozenset(account.account_id for account in listed if not account.is_active))


def _in_units(aws: Aws, patterns: Sequence[str]) -> list[OrganizationAccount]:
    """Return the accounts in some units, and in the units below them."""
    known = organizations.units(aws)
    chosen = [unit for pattern in patterns for unit in _units(known, pattern)]
    inside = [unit for unit in known if any(outer.has(unit) for outer in chosen)]
    found = [account for unit in inside for account in organizations.accounts_in(aws, unit)]
    return [*{account.account_id: account for account in found}.values()]


def _units(known: Sequence[OrganizationUnit], pattern: str) -> list[OrganizationUnit]:
    """Return the units that match a pattern; if it is unknown or ambiguous, raise UsageError."""
    found = [unit for unit in known if unit.fits(pattern)]
    with UsageError.about("units"):
        if not found:
            names = [name for unit in known for name in (unit.path, unit.path.rpartition("/")[2], unit.unit_id)]
            hint = likely_name(pattern, filter(None, names)) or ", ".join(unit.path for unit in known if unit.path)
            raise UsageError(f"the organisation has no unit {pattern!r}", hint=hint or "Root", culprit=pattern)
        exact = [unit for unit in found if pattern.strip("/") in {unit.path, unit.unit_id}]
        if len(found) > 1 and not is_glob(pattern) and not exact:
            paths = ", ".join(sorted(unit.path for unit in found))
            raise UsageError(f"the organisation has {len(found)} units named {pattern!r}", hint=paths, culprit=pattern)
    return exact or found


def _fitting(listed: Sequence[OrganizationAccount], patterns: Sequence[str], of: str) -> list[OrganizationAccount]:
    """Return the accounts that match a pattern; if a pattern matches no active one, raise UsageError.

    `of` describes the listed accounts for the message.
    """
    with UsageError.about("accounts"):
        for pattern in patterns:
            found = [account for account in listed if account.fits(pattern)]
            if not found:
                raise _unknown(pattern, listed, of)
            if not any(account.is_active for account in found):
                text = f"account {found[0]} is {found[0].state.lower()}"
                raise UsageError(text, hint="leave it out", culprit=pattern)
    return [account for account in listed if any(map(account.fits, patterns))]


def _unknown(pattern: str, listed: Sequence[OrganizationAccount], of: str) -> UsageError:
    active = [account for account in listed if account.is_active]
    known = [text for account in active for text in (account.name, account.account_id) if text]
    some = ", ".join(account.name or account.account_id for account in active[:_MOST_NAMED])
    verb = "matches" if is_glob(pattern) else "is"
    return UsageError(f"no account {of} {verb} {pattern!r}", hint=likely_name(pattern, known) or some, culprit=pattern)


def _left_out(others: Sequence[OrganizationAccount]) -> str | None:
    """Return a line about the inactive accounts that are left out; None if there are none."""
    if not others:
        return None
    named = ", ".join(f"{account}: {account.state.lower()}" for account in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    count = "1 account that is" if len(others) == 1 else f"{len(others)} accounts that are"
    return f"left out {count} not active: {named}{more}"


def _explained(error: AwsError) -> EicError:
    """Return an error of AWS Organizations with a hint."""
    if error.code in organizations.NO_ORGANIZATION:
        return ConfigurationError(
            "these credentials belong to an account outside any organisation",
            hint="connect to the organisation's management account, or name accounts by their profiles: "
            "--profiles A,B (connections=)",
        )
    if isinstance(error, AccessDenied):
        error.hint = (
            "connect to the organisation's management account, or to a delegated administrator, with a role that "
            f"may call {Operation(error.operation).action}; or give accounts= (--accounts) as ids"
        )
    return error
