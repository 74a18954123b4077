"""The user of AWS: a session, its credentials, and the clients that they sign for.

Tested in tests/aws/test_credentials.py.
"""

from __future__ import annotations

import getpass
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from threading import RLock
from typing import Any

from botocore.credentials import DeferredRefreshableCredentials

from eicnb.aws.clients import Clients
from eicnb.aws.failures import is_denied
from eicnb.aws.keys import Keys
from eicnb.aws.session import OpenSession, Session, keys_of
from eicnb.errors import AwsError
from eicnb.model.verbs import Operation

_MUST_RENEW_SECONDS = 600
_SECONDS_AFTER_A_FAILURE = 60.0
_NOT_IN_A_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LONGEST_SESSION_NAME = 64
_NOT_ASSUMED = re.compile(
    rf"User: (?P<caller>\S+) is not authorized to perform: {Operation.ASSUME_ROLE.action} on resource: \S+(?P<why>.*)",
    re.DOTALL,
)
"""What AWS says of a role that may not be assumed, with the policy that denies it, if one does explicitly."""


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """A role to act as, with the external id that it may require, which is not shown.

    >>> AssumedRole("arn:aws:iam::123456789012:role/audit", "shared-with-no-one")
    AssumedRole(arn='arn:aws:iam::123456789012:role/audit')
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)

    def explain(self, error: AwsError, name: str | None) -> None:
        """Add to an error of STS the account, by its name too, and what the account must allow.

        AWS denies a role that does not exist as one that does not trust the caller.
        """
        _, account_id, path = self.arn.rsplit(":", 2)
        role = path.removeprefix("role/")
        account = f"account {account_id} ({name})" if name else f"account {account_id}"
        if name:
            error.place += f", for {account}"
        if not is_denied(error):
            return
        denied = _NOT_ASSUMED.match(error.message)
        caller = denied["caller"] if denied else "the caller"
        if denied:
            error.message = f"{caller} may not assume {self.arn}{denied['why']}"
        also = "" if self.external_id else ", and --external-id if the role requires one"
        error.hint = (
            f"create the role {role} in {account}, or let its trust policy allow {caller} to assume it; "
            f"the caller also needs {Operation.ASSUME_ROLE.action}{also}"
        )


class Login:
    """The session of one user, opened at first use and shared by all its regions and endpoints."""

    def __init__(
        self,
        open_session: OpenSession,
        *,
        source: Login | None = None,
        is_given: bool = False,
        clients: Clients | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_given = is_given
        """Whether the session is the user's own."""
        self.roles: tuple[AssumedRole, ...] = ()
        """The roles that lead from the first user to this one."""
        self.clients = clients or Clients()
        self._open_session = open_session
        self._source = source
        self._clock = clock
        self._lock = RLock()
        self._renewing = RLock()
        self._session: Session | None = None
        self._keys: Keys | None = None
        self._frozen: Any = None
        self._renew_after = 0.0
        self._failure: Exception | None = None
        self._failed_at = 0.0

    @property
    def session(self) -> Session:
        """The boto3 session, opened at first use."""
        with self._lock:
            if self._session is None:
                self._session = self._open_session()
            return self._session

    @property
    def credentials(self) -> Any:
        """The session's credentials, as botocore has them; None without any."""
        return self.session.get_credentials()

    @property
    def opened(self) -> Session | None:
        """The current session; None before it is needed."""
        return self._session

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, for a log to leave out."""
        return frozenset(filter(None, astuple(self._keys))) if self._keys else frozenset()

    def keys(self) -> Keys:
        """Return the credentials, renewed if they soon expire: once at a time, while all other callers wait.

        If a renewal fails, the callers that waited for it get its error instead of trying again.
        """
        called_at = self._clock()
        with self._renewing:
            if self._failure is not None and self._failed_at >= called_at:
                raise self._failure
            try:
                self._keys = self._current()
            except Exception as error:
                self._failure, self._failed_at = error, self._clock()
                raise
            self._failure = None
            return self._keys

    def _current(self) -> Keys:
        """Limit early renewals: botocore would try at each call after a failed one."""
        renewal: Any = getattr(self.credentials, "refresh_needed", None)
        waits = self._keys is not None and self._clock() < self._renew_after
        if waits and renewal is not None and not renewal(_MUST_RENEW_SECONDS):
            assert self._keys is not None
            return self._keys
        keys = self._keys_now()
        if keys == self._keys and renewal is not None and renewal():
            self._renew_after = self._clock() + _SECONDS_AFTER_A_FAILURE
        return keys

    def _keys_now(self) -> Keys:
        """Return the session's credentials, checked once for as long as they stay the same."""
        credentials = self.credentials
        frozen = credentials and credentials.get_frozen_credentials()
        if frozen is None or frozen != self._frozen or self._keys is None:
            self._frozen = frozen
            return keys_of(credentials)
        return self._keys

    def forget(self) -> None:
        """Drop the session with its refused credentials, and its source's; the next call opens a new one."""
        with self._lock:
            self._session = None
            self._renew_after = 0.0
            self.clients.clear()
        if self._source is not None:
            self._source.forget()


class RoleLogin(Login):
    """The role that a user acts as: it has credentials of its own, and the user's session and clients.

    `fetch` requests credentials from STS, as botocore's refreshable credentials expect them: it is called for the
    first request, and again before they expire.
    """

    def __init__(self, source: Login, role: AssumedRole, fetch: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__(lambda: source.session, source=source, clients=source.clients)
        self.roles = (*source.roles, role)
        self._fetch = fetch
        self._credentials: Any = None

    @property
    def credentials(self) -> Any:
        """The role's credentials; nothing is sent before their keys are needed."""
        with self._lock:
            if self._credentials is None:
                self._credentials = DeferredRefreshableCredentials(self._fetch, Operation.ASSUME_ROLE.command)
            return self._credentials

    def forget(self) -> None:
        """Drop the refused credentials, and the source's; the next call requests new ones."""
        with self._lock:
            self._credentials = None
        super().forget()


def session_name() -> str:
    """Return the name of a role session: `eicnb-` and the user's name.

    CloudTrail shows who acted by it. AWS_ROLE_SESSION_NAME replaces it. What AWS does not allow in such a name
    becomes `-`.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    try:
        name = os.environ.get("AWS_ROLE_SESSION_NAME") or f"eicnb-{getpass.getuser()}"
    except (OSError, KeyError):  # the user has no name, as in some containers
        name = "eicnb"
    return f"{_NOT_IN_A_SESSION_NAME.sub('-', name):-<2}"[:_LONGEST_SESSION_NAME]
