"""The account that the credentials in use belong to.

Tested in tests/aws/test_credentials.py.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from eicnb.aws.keys import Keys

LookUpAccount = Callable[[Keys | None], str]
"""Returns the account of some credentials from STS; None for requests that are not signed."""


class AccountChanged(Exception):
    """The error for credentials of another account than the connection's."""


class Identity:
    """The account of a connection, looked up for the credentials that sign, and again if they change.

    >>> identity = Identity()
    >>> identity.account_of(Keys("AKID1", "secret"), lambda keys: "111111111111")
    '111111111111'
    >>> identity.check(Keys("AKID2", "secret"), lambda keys: "222222222222", lambda keys: None)
    Traceback (most recent call last):
    eicnb.aws.identity.AccountChanged: the credentials now belong to account 222222222222, but this connection is for account 111111111111; nothing was sent

    A connection stays with its first account.
    """  # noqa: E501 # a doctest has a message on one line

    def __init__(self, *, given: str | None = None, arn: str | None = None) -> None:
        self._given = given
        self.arn = arn
        """The ARN of the caller as STS last reported it; None before that."""
        self.listed: str | None = None
        """The account, if its organisation listed it."""
        self.name: str | None = None
        """The account's name in that organisation."""
        self.inactive: frozenset[str] = frozenset()
        """The accounts of that organisation that can't be used, such as suspended ones."""
        self.known = given
        """The account, if it was already looked up."""
        self._is_noted = False
        self._keys: Keys | None = None
        self._lock = RLock()

    @property
    def words(self) -> str | None:
        """The account in words, with its name if that is known; None before it was looked up."""
        if self.known is None:
            return None
        return f"account {self.known}" + (f" ({self.name})" if self.name else "")

    def check(self, keys: Keys, look_up: LookUpAccount, look_up_briefly: Callable[[Keys], str | None]) -> None:
        """Refuse credentials of another account than the known one.

        An account that is known only from an ARN is compared with STS's, if STS responds soon.
        """
        if self.known is None or self._given is not None or keys == self._keys:
            return
        if not self._is_noted:
            self.account_of(keys, look_up)
            return
        account_id = look_up_briefly(keys)
        if account_id is not None:
            with self._lock:
                self._note(keys, account_id)
                self._is_noted = False

    def account_of(self, keys: Keys | None, look_up: LookUpAccount, *, anew: bool = False) -> str:
        """Return the account of the credentials; with `anew`, request it from STS even if it is known."""
        with self._lock:
            if self._given is not None:
                return self._given
            if anew or self.known is None or keys != self._keys:
                self._note(keys, look_up(keys))
                self._is_noted = False
            assert self.known is not None
            return self.known

    def list_as(self, account_id: str, name: str, inactive: frozenset[str]) -> None:
        """Store the account as an organisation lists it, with its inactive accounts; STS takes precedence."""
        self.note(None, account_id)
        self.listed, self.name, self.inactive = account_id, name or None, inactive

    def note(self, keys: Keys | None, account_id: str) -> None:
        """Store an account from a source other than STS, if none is known yet."""
        with self._lock:
            if self.known is None:
                self._note(keys, account_id)
                self._is_noted = True

    def _note(self, keys: Keys | None, account_id: str) -> None:
        is_corrected = self._is_noted and keys == self._keys
        if self.known is not None and account_id != self.known and not is_corrected:
            raise AccountChanged(
                f"the credentials now belong to account {account_id}, but this connection is for account "
                f"{self.known}; nothing was sent"
            )
        self.known, self._keys = account_id, keys
