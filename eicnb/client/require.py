"""What a notebook requires of the connection that it runs on, so that it stops in the wrong place."""

from __future__ import annotations

import operator
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.session import check_known_region
from eicnb.errors import ConfigurationError, UsageError, shown
from eicnb.model.place import check_region


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """An account, a region, or the sandbox; what is None may be any.

    >>> Requirement(account="123456789012", region="us-east-1").check(connection)
    'us-east-1  123456789012  SANDBOX  as required'
    """

    account: str | None = None
    region: str | None = None
    sandbox: bool | None = None

    def __post_init__(self) -> None:
        if self.account is None and self.region is None and self.sandbox is None:
            hint = "--account 123456789012 --region us-east-1, or --sandbox"
            raise UsageError("require has nothing to require", hint=hint)
        if self.sandbox is not None and not isinstance(self.sandbox, bool):
            raise UsageError(f"sandbox is {shown(self.sandbox)}", hint="True or False")
        if self.account is not None:
            object.__setattr__(self, "account", _account(self.account))
        if self.region is not None and not (isinstance(self.region, str) and self.region):
            with UsageError.about("region"):
                raise UsageError(f"the region is {shown(self.region)}, not the name of one", hint="us-east-1")
        with UsageError.about("region"):
            check_region(self.region)

    def check(self, connection: Connection) -> str:
        """A line that says where the connection is; ConfigurationError when that is somewhere else.

        AWS is asked for the account, so that neither expired credentials nor a region that does not exist pass.
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
                f"this notebook is for {' and '.join(wrong)}, but the connection in use is {_told(connection)}",
                hint=self._cure(),
            )
        return f"{_told(connection, short=True)}  as required"

    def _cure(self) -> str:
        if self.sandbox:
            return "%eic sandbox"
        region = f" --region {self.region}" if self.region else ""
        return f"%eic use --profile NAME{region}, or other values where the notebook requires them"


def _account(value: Any) -> str:
    """Twelve digits; a number of papermill's parameters has lost its leading zeros, and gets them back."""
    with suppress(TypeError):
        if not isinstance(value, bool):
            value = f"{operator.index(value):012d}"
    with UsageError.about("account"):
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{12}", value):
            raise UsageError(f"{shown(value)} is not an account", hint="the account's 12 digits")
    return value


def _told(connection: Connection, *, short: bool = False) -> str:
    account = connection.known_account_id
    sandbox = "SANDBOX" if connection.is_sandbox else ""
    if short:
        return "  ".join(filter(None, [connection.region, account, sandbox]))
    words = [f"in {connection.region}", f"account {account}" if account else "", sandbox]
    profile = f"profile {connection.profile}" if connection.profile else ""
    return ", ".join(filter(None, [*words, profile]))
