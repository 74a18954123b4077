"""A user of AWS: a session, its credentials, and the clients that use them.

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
from eicnb.errors import AccessDenied, AwsError
from eicnb.model.role import allowed_session_name
from eicnb.model.verbs import Operation

_MUST_RENEW_SECONDS = 600
_SECONDS_AFTER_A_FAILURE = 60.0
_NOT_ASSUMED = re.compile(
    rf"User: (?P<caller>\S+) is not authorized to perform: {Operation.ASSUME_ROLE.action} on resource: \S+(?P<why>.*)",
    re.DOTALL,
)
"""AWS's message about a role that may not be assumed; `why` has the policy of an explicit deny."""


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """A role to act as, with the external id that it may require, which is not shown.

    >>> AssumedRole("arn:aws:iam::123456789012:role/audit", "shared-with-no-one")
    AssumedRole(arn='arn:aws:iam::123456789012:role/audit')
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)

    def explain(self, error: AwsError, name: str | None) -> None:
        """Add the account, and what it must allow, to an error of STS.

        AWS's error is the same for a role that does not exist and for one that does not trust the caller.
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
    """The session of one user, opened at first use and shared by all regions and endpoints."""

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
        """The roles that were assumed, one after another, from the original user to this one."""
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
        """The session's credentials, as botocore's object; None without any."""
        return self.session.get_credentials()

    @property
    def opened(self) -> Session | None:
        """The current session; None before it is needed."""
        return self._session

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, which logs must not contain."""
        return frozenset(filter(None, astuple(self._keys))) if self._keys else frozenset()

    def keys(self) -> Keys:
        """Return the credentials, renewed if they soon expire.

        One caller renews them while the others wait. If that fails, the others get the same error without trying again.
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

    @property
    def may_not_assume(self) -> bool:
        """Whether the last request for the credentials of a role was denied."""
        failure = self._failure
        return isinstance(failure, AccessDenied) and failure.operation == Operation.ASSUME_ROLE

    def _current(self) -> Keys:
        """Return the keys; after a failed early renewal, wait a minute before the next attempt.

        botocore would try again at each call.
        """
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
        """Return the session's credentials, validated only when they change."""
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
    """A role that a user acts as, with its own credentials and the user's session and clients.

    `fetch` requests credentials from STS in the format of botocore's refreshable credentials. It is called for the
    first request, and again before they expire.
    """

    def __init__(self, source: Login, role: AssumedRole, fetch: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__(lambda: source.session, source=source, clients=source.clients)
        self.roles = (*source.roles, role)
        self._fetch = fetch
        self._credentials: Any = None

    @property
    def credentials(self) -> Any:
        """The role's credentials; STS is not called before their keys are needed."""
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

    CloudTrail shows it as the caller. AWS_ROLE_SESSION_NAME overrides it. Characters that AWS does not allow become
    `-`.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    try:
        name = os.environ.get("AWS_ROLE_SESSION_NAME") or f"eicnb-{getpass.getuser()}"
    except (OSError, KeyError):  # the user has no name, as in some containers
        name = "eicnb"
    return allowed_session_name(name)
