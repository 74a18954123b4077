"""The connections to the accounts of an organisation.

Tested in tests/client/test_organization.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from eicnb.changes.waiting import Say, aloud
from eicnb.client.connections import current
from eicnb.client.eic import Eic, connection_of
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.fleet.accounts import wanted_accounts
from eicnb.model.role import is_role_name, role_arn


@checked
def organization(
    role: str,
    *,
    external_id: str | None = None,
    units: str | Sequence[str] | None = None,
    accounts: str | Sequence[str] | None = None,
) -> tuple[Eic, ...]:
    """Return a connection to each active account of the organisation.

    >>> prod = organization("audit", units="Workloads/Prod")
    >>> [connection.account_id for connection in prod] == [connection.derive().account_id for connection in prod]
    True

    The connection in use must be in the organisation's management account, or in a delegated administrator's. Its own
    account is connected directly. In every other account, `role` is assumed when the connection is first used, with the
    `external_id` that it may require. `units` are ids, names or paths of organisational units (`"Workloads/Prod"`), and
    include all units inside them. `accounts` are ids, names or globs (`"*-prod"`). Suspended accounts are left out, and
    a printed line names them.
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    """
    return organization_of(current(), role, external_id=external_id, units=units, accounts=accounts, say=aloud)


def organization_of(
    eic: Eic,
    role: str,
    *,
    external_id: str | None = None,
    units: str | Sequence[str] | None = None,
    accounts: str | Sequence[str] | None = None,
    say: Say,
) -> tuple[Eic, ...]:
    """List an organisation's accounts through `eic` and return their connections; `say` shows a line."""
    check_role_name(role)
    aws = connection_of(eic).aws
    own, partition = aws.account_id, aws.partition
    secret = {} if external_id is None else {"external_id": external_id}
    # An invalid external id should be an error before anything is listed.
    eic.derive(role_arn=role_arn(partition, own, role), **secret)
    found, wanted = [], wanted_accounts(aws, units=units, accounts=accounts, say=say)
    for account in wanted.active:
        is_own = account.account_id == own
        one = eic if is_own else eic.derive(role_arn=role_arn(partition, account.account_id, role), **secret)
        connection_of(one).aws.name_account(account.account_id, account.name, wanted.inactive)
        found.append(one)
    return tuple(found)


def check_role_name(role: object) -> None:
    """Reject anything but the name of a role, with or without its path.

    >>> check_role_name("service/audit")
    """
    with UsageError.about("role"):
        if isinstance(role, str) and role.startswith("arn:"):
            name = role.partition(":role/")[2] or "audit"
            raise UsageError(f"{role!r} is the role of one account", hint=name, culprit=role)
        if not (isinstance(role, str) and is_role_name(role)):
            culprit = role if isinstance(role, str) else None
            raise UsageError(f"{shown(role)} is not the name of a role", hint="audit", culprit=culprit)
