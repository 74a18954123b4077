"""The accounts and units of an organisation, as AWS Organizations lists them.

Further pages may follow an empty one, so botocore's paginator relies on the token alone.
Tested in tests/aws/test_organizations.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.responses import items, malformed
from eicnb.model.organization import OrganizationAccount, OrganizationUnit
from eicnb.model.verbs import Operation

_MOST_PAGES = 10_000

_NOT_IN_USE = "AWSOrganizationsNotInUseException"
NO_ORGANIZATION = frozenset({_NOT_IN_USE})
"""The error codes for an account that belongs to no organisation."""


def accounts(aws: Aws) -> list[OrganizationAccount]:
    """Return every account of the organisation once, in AWS's order."""
    return _accounts(aws, Operation.LIST_ACCOUNTS)


def accounts_in(aws: Aws, unit: OrganizationUnit) -> list[OrganizationAccount]:
    """Return the accounts directly in a unit, without those in its child units."""
    return _accounts(aws, Operation.LIST_ACCOUNTS_IN, ParentId=unit.unit_id)


def units(aws: Aws) -> list[OrganizationUnit]:
    """Return the root and every unit of the organisation, parents first."""
    found = [OrganizationUnit(unit_id, "") for unit_id, _ in _named(aws, Operation.LIST_ROOTS, "Roots")]
    for unit in found:  # the loop appends to it
        inside = _named(aws, Operation.LIST_UNITS_IN, "OrganizationalUnits", ParentId=unit.unit_id)
        found += [OrganizationUnit(unit_id, f"{unit.path}/{name}".lstrip("/")) for unit_id, name in inside]
    return found


def _accounts(aws: Aws, operation: Operation, **parameters: Any) -> list[OrganizationAccount]:
    found: dict[str, OrganizationAccount] = {}
    for item in _items(aws, operation, "Accounts", **parameters):
        try:
            account = OrganizationAccount.from_api(item)
        except ValueError as error:
            raise malformed(operation, str(error)) from error
        found.setdefault(account.account_id, account)
    return [*found.values()]


def _named(aws: Aws, operation: Operation, key: str, **parameters: Any) -> Iterator[tuple[str, str]]:
    for item in _items(aws, operation, key, **parameters):
        unit_id, name = item.get("Id"), item.get("Name")
        if not (isinstance(unit_id, str) and isinstance(name, str)):
            raise malformed(operation, f"one of its {key} has no Id or no Name")
        yield unit_id, name


def _items(aws: Aws, operation: Operation, key: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    for page in aws.listing(operation.service, operation, _MOST_PAGES, **parameters):
        yield from items(page, key, operation)
