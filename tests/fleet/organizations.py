"""A fake AWS Organizations for `tests.answering`, with the accounts, units and pages of a test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.answering import Answer, Seen, Step, as_json, identity

MANAGER = "111111111111"
MEMBER = "222222222222"
DENIED = "You don't have permissions to access this resource."

Pages = Sequence[Sequence[Mapping[str, Any]]]


def account(account_id: str, name: str = "", **state: str) -> dict[str, Any]:
    """Return an account as AWS lists it."""
    return {"Id": account_id, "Name": name, **(state or {"State": "ACTIVE"})}


def refused(code: str, message: str = "no") -> Answer:
    """Return an error of AWS Organizations."""
    return as_json({"__type": code, "Message": message}, 400)


@dataclass
class Organization:
    """An organisation: pages of accounts, and of units and accounts by parent; `faults` are by operation."""

    accounts: Pages = ((account(MANAGER, "main"), account(MEMBER, "payments")),)
    units: Mapping[str, Pages] = field(default_factory=dict)
    inside: Mapping[str, Pages] = field(default_factory=dict)
    faults: Mapping[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "sts":
            return identity(MANAGER)
        operation = next(value for name, value in seen.headers.items() if name.lower() == "x-amz-target").split(".")[1]
        self.asked.append(operation)
        if operation in self.faults:
            return self.faults[operation]
        request = json.loads(seen.body)
        parent = request.get("ParentId")
        pages = {
            "ListRoots": [[{"Id": "r-root", "Name": "Root"}]],
            "ListAccounts": self.accounts,
            "ListAccountsForParent": self.inside.get(parent, [[]]),
            "ListOrganizationalUnitsForParent": self.units.get(parent, [[]]),
        }[operation]
        key = {"ListRoots": "Roots", "ListOrganizationalUnitsForParent": "OrganizationalUnits"}.get(
            operation, "Accounts"
        )
        number = int(request.get("NextToken", 0))
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        return as_json({key: list(pages[number]), **more})
