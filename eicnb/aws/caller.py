"""The credentials that sign the calls of a region, and the account that they belong to.

Tested in tests/aws/test_credentials.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from eicnb.aws.access import Access
from eicnb.aws.clients import signing_with
from eicnb.aws.identity import AccountChanged
from eicnb.aws.keys import Keys
from eicnb.aws.responses import malformed
from eicnb.errors import ConfigurationError, EicError
from eicnb.model.arn import ACCOUNT
from eicnb.model.verbs import Operation

BRIEFLY = {"connect_timeout": 2, "read_timeout": 4, "retries": 1}
"""The options of a request that is not worth a long wait."""


class Caller(Access):
    """One user of AWS in one region, who stays in one account."""

    _checked: Keys | None = None
    _is_account_noted = False

    @property
    def account_id(self) -> str:
        """The account of the credentials in use, looked up with STS once for each of them."""
        return self._account(anew=False)

    def confirmed_account_id(self) -> str:
        """Return the account that STS reports now; expired credentials are an error."""
        return self._account(anew=True)

    def account_of(self, keys: Keys) -> str:
        """Return the account that STS reports for keys; refuse keys of another account."""
        with self._staying():
            return self._identity.account_of(keys, self._ask_sts)

    def note_account(self, account_id: str) -> None:
        """Store the account that an ARN in a response showed, if none is known yet."""
        if not self._is_account_noted:
            self._is_account_noted = True
            keys = self._login.keys() if self._transport.signs else None
            self._identity.note(keys, account_id)

    def _account(self, *, anew: bool) -> str:
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            keys = self._login.keys() if self._transport.signs else None
        with self._staying():
            return self._identity.account_of(keys, self._ask_sts, anew=anew)

    def _ask_sts(self, keys: Keys | None) -> str:
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            client = self._client("sts")
        with signing_with(keys), self._translated(Operation.GET_CALLER_IDENTITY):
            account_id = str(client.get_caller_identity().get("Account"))
        if not re.fullmatch(ACCOUNT, account_id):
            raise malformed(Operation.GET_CALLER_IDENTITY, f"{account_id!r} is not an account")
        return account_id

    def _ask_sts_briefly(self, keys: Keys) -> str | None:
        """Return the account of keys; None if STS is out of reach or refuses."""
        briefly = Caller(
            self._login,
            region=self._region,
            endpoint_url=self.endpoint_url,
            transport=self._transport.changed(BRIEFLY),
            profile=self.profile,
            role_arn=self.role_arn,
        )
        with suppress(EicError):
            return briefly._ask_sts(keys)  # its own class
        return None

    def keys(self) -> Keys:
        """Return the current credentials, renewed if they soon expire; refuse those of another account."""
        with self._translated(Operation.LIST_FUNCTIONS, sent=False):
            return self._checked_keys()

    def renewed_keys(self, refused: Keys) -> Keys | None:
        """Read the credentials again after some were refused; None if there are no others."""
        if self.keys() == refused:
            self._login.forget()
        keys = self.keys()
        return None if keys == refused else keys

    def _checked_keys(self) -> Keys:
        keys = self._login.keys()
        if keys is not self._checked:
            with self._staying():
                self._identity.check(keys, self._ask_sts, self._ask_sts_briefly)
            self._checked = keys
        return keys

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """Read the credentials again if the account changed; the error says how to connect to the new one."""
        try:
            yield
        except AccountChanged as error:
            self._login.forget()
            given = {"profile": self.profile, "region": self._region, "endpoint_url": self.endpoint_url}
            options = [f"{name}={value!r}" for name, value in given.items() if value]
            options += [f"role_arn={self.role_arn!r}"] if self.role_arn else []
            options += ["boto3_session=boto3.Session()"] if self._login.is_given else []
            raise ConfigurationError(str(error), hint=f"eicnb.use(eicnb.connect({', '.join(options)}))") from error

    @contextmanager
    def _calling(self, service: str, operation: str) -> Iterator[Any]:
        """Yield a client that signs with credentials of the right account and raises eicnb's errors."""
        with self._translated(operation, sent=False):
            keys = self._checked_keys() if self._transport.signs else None
            client = self._client(service)
        with signing_with(keys), self._translated(operation):
            yield client
