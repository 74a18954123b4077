"""What a notebook requires of its connection, to stop it in the wrong account or region.

Tested in tests/notebook/test_places.py.
"""

from __future__ import annotations

import operator
import re
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.session import check_known_region
from eicnb.changes.targets import exists
from eicnb.errors import ConfigurationError, UsageError, shown
from eicnb.model.arn import ACCOUNT, not_an_account
from eicnb.model.destination import KINDS, Destination, DestinationArn, DestinationName
from eicnb.model.place import check_region
from eicnb.model.request import resolved_destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The account, region, destination or sandbox that a notebook needs; None requires nothing.

    >>> Requirement(account="123456789012", region="us-east-1").check(connection)
    'us-east-1  123456789012  SANDBOX  as required'
    """

    account: str | None = None
    region: str | None = None
    sandbox: bool | None = None
    destination: str | Destination | DestinationName | None = None

    def __post_init__(self) -> None:
        if all(getattr(self, one.name) is None for one in fields(self)):
            hint = "--account 123456789012 --region us-east-1, or --sandbox"
            raise UsageError("require needs at least one requirement", hint=hint)
        if self.sandbox is not None and not isinstance(self.sandbox, bool):
            raise UsageError(f"sandbox is {shown(self.sandbox)}", hint="set True or False")
        if self.account is not None:
            object.__setattr__(self, "account", _account(self.account))
        if self.region is not None and not (isinstance(self.region, str) and self.region):
            with UsageError.about("region"):
                raise UsageError(f"the region is {shown(self.region)}, not the name of a region", hint="us-east-1")
        with UsageError.about("region"):
            check_region(self.region)

    def check(self, connection: Connection) -> str:
        """Return a line with the region and account, or raise ConfigurationError if they are not as required.

        The account is requested from STS each time, so that expired credentials are an error.
        """
        wrong = []
        check_known_region(connection.region)
        if self.sandbox is not None and connection.is_sandbox != self.sandbox:
            wrong.append("the SANDBOX" if self.sandbox else "AWS and not the SANDBOX")
        if self.region is not None and connection.region != self.region:
            wrong.append(f"region {self.region}")
        account_id = None if wrong and self.account is None else connection.aws.confirmed_account_id()
        if self.account is not None and account_id != self.account:
            wrong.append(f"account {self.account}")
        if wrong:
            raise ConfigurationError(
                f"this notebook is for {' and '.join(wrong)}, but the connection in use is {_described(connection)}",
                hint=self._hint(is_region_alone=len(wrong) == 1 and wrong[0].startswith("region ")),
            )
        destination = self._existing(connection)
        return "  ".join(filter(None, [_described(connection, short=True), destination, "as required"]))

    def _existing(self, connection: Connection) -> str:
        """Return the destination; raise ConfigurationError if it does not exist or cannot be read."""
        if self.destination is None:
            return ""
        with UsageError.about("destination"):
            found = resolved_destination(connection.where(), self.destination)
            if not isinstance(found, DestinationArn):
                raise UsageError("require needs a destination that can exist", hint="--destination sqs:NAME")
        known = exists(connection, found)
        if known:
            return str(found)
        missing = f"does not exist in {connection.where()}"
        wrong = missing if known is False else "could not be read, so it may not exist"
        raise ConfigurationError(
            f"this notebook needs the {KINDS[found.kind]} {found.name}, which {wrong}",
            hint="name a destination that exists, or create this one",
        )

    def _hint(self, *, is_region_alone: bool) -> str:
        if is_region_alone:
            return f"%eic use --region {self.region}"
        if self.sandbox:
            return "%eic sandbox"
        region = f" --region {self.region}" if self.region else ""
        return f"%eic use --profile NAME{region}, or change what the notebook requires"


def _account(value: Any) -> str:
    """Return an account id of twelve digits; a number (papermill's) gets its leading zeros back."""
    with suppress(TypeError):
        if not isinstance(value, bool):
            value = f"{operator.index(value):012d}"
    with UsageError.about("account"):
        if not isinstance(value, str) or not re.fullmatch(ACCOUNT, value):
            if isinstance(value, str) and value.isdecimal():
                raise not_an_account(value)
            raise UsageError(f"{shown(value)} is not an account", hint="write its twelve digits")
    return value


def _described(connection: Connection, *, short: bool = False) -> str:
    account = connection.known_account_id
    sandbox = "SANDBOX" if connection.is_sandbox else ""
    if short:
        return "  ".join(filter(None, [connection.region, account, sandbox]))
    words = [f"in {connection.region}", f"account {account}" if account else "", sandbox]
    profile = f"profile {connection.profile}" if connection.profile else ""
    return ", ".join(filter(None, [*words, profile]))
