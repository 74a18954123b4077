"""The accounts and units of an organisation, and the patterns that choose some of them.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self

from eicnb.model.arn import ACCOUNT

_ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class OrganizationAccount:
    """One account of an organisation; `state` is AWS's, such as `ACTIVE` or `SUSPENDED`.

    >>> OrganizationAccount.from_api({"Id": "123456789012", "Name": "payments", "Status": "ACTIVE"}).is_active
    True
    """

    account_id: str
    name: str
    state: str

    @classmethod
    def from_api(cls, reported: Mapping[str, Any]) -> Self:
        """Parse an account as AWS lists it, with a `State` or the older `Status`, or raise ValueError."""
        account_id, state = reported.get("Id"), reported.get("State") or reported.get("Status")
        if not (isinstance(account_id, str) and re.fullmatch(ACCOUNT, account_id)):
            raise ValueError(f"{account_id!r} is not an account")
        if not isinstance(state, str):
            raise ValueError(f"account {account_id} has neither a State nor a Status")  # noqa: TRY004 # a malformed response, not a wrong type
        return cls(account_id, str(reported.get("Name") or ""), state)

    @property
    def is_active(self) -> bool:
        """Whether the account can be used: it is neither suspended, nor closed, nor still being opened."""
        return self.state == _ACTIVE

    def fits(self, pattern: str) -> bool:
        """Return whether a pattern is the id or the name of the account, or a glob of its name.

        >>> OrganizationAccount("123456789012", "payments-prod", "ACTIVE").fits("*-prod")
        True
        """
        return pattern in {self.account_id, self.name} or fnmatchcase(self.name, pattern)

    def __str__(self) -> str:
        return f"{self.account_id} ({self.name})" if self.name else self.account_id


@dataclass(frozen=True, slots=True)
class OrganizationUnit:
    """An organisational unit, or the root.

    >>> OrganizationUnit("ou-ab12-11111111", "Workloads/Prod").fits("Prod")
    True

    `path` joins the names of the units from the root down; the root's own path is empty.
    """

    unit_id: str
    path: str

    def fits(self, pattern: str) -> bool:
        """Return whether a pattern is the id, the path or the name of the unit, or a glob of the path or name."""
        wanted, name = pattern.strip("/"), self.path.rpartition("/")[2]
        if wanted in {self.unit_id, self.path, name, f"Root/{self.path}"}:
            return True
        return wanted == "Root" if not self.path else fnmatchcase(self.path, wanted) or fnmatchcase(name, wanted)

    def has(self, other: OrganizationUnit) -> bool:
        """Return whether another unit is this one or inside it.

        >>> OrganizationUnit("ou-ab12-11111111", "Workloads").has(OrganizationUnit("ou-ab12-22222222", "Workloads/Dev"))
        True
        """
        return not self.path or other.path == self.path or other.path.startswith(f"{self.path}/")
