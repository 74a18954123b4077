"""The user of AWS: a session, its credentials, and the clients that they sign for.

Tested in tests/aws/test_credentials.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from threading import RLock
from typing import Any

import boto3
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

from eicnb.aws.clients import Clients
from eicnb.aws.keys import Keys
from eicnb.aws.session import OpenSession, Session, keys_of, profile_session, sandbox_session
from eicnb.model.verbs import Operation

_MUST_RENEW_SECONDS = 600
_SECONDS_AFTER_A_FAILURE = 60.0


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """A role to act as, with the external id that it may require, which is not shown.

    >>> AssumedRole("arn:aws:iam::123456789012:role/audit", "shared-with-no-one")
    AssumedRole(arn='arn:aws:iam::123456789012:role/audit')
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)


class Login:
    """The session of one user, opened at first use and shared by all its regions and endpoints."""

    def __init__(
        self,
        open_session: OpenSession,
        *,
        source: Login | None = None,
        role: AssumedRole | None = None,
        is_given: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_given = is_given
        """Whether the session is the user's own."""
        self.roles: tuple[AssumedRole, ...] = (*(source.roles if source else ()), *([role] if role else []))
        """The roles that lead from the first user to this one."""
        self.clients = Clients()
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
        renewal: Any = getattr(self.session.get_credentials(), "refresh_needed", None)
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
        credentials = self.session.get_credentials()
        frozen = credentials and credentials.get_frozen_credentials()
        if frozen is None or frozen != self._frozen or self._keys is None:
            self._frozen = frozen
            return keys_of(self.session)
        return self._keys

    def forget(self) -> None:
        """Drop the session with its refused credentials, and its source's; the next call opens a new one."""
        with self._lock:
            self._session = None
            self._renew_after = 0.0
            self.clients.clear()
        if self._source is not None:
            self._source.forget()


def role_session(
    source: Session,
    role_arn: str,
    external_id: str | None,
    make_client: Callable[..., Any],
    *,
    region: str,
    sandbox_region: str | None,
) -> Session:
    """Open a session that acts as a role.

    Its credentials are requested from STS at the first call, and again before they expire.
    """
    fetcher = AssumeRoleCredentialFetcher(
        make_client,
        source.get_credentials(),
        role_arn,
        extra_args={"RoleSessionName": "eicnb", **({"ExternalId": external_id} if external_id else {})},
    )
    if sandbox_region is None:
        opened = profile_session(source._session.profile, region)  # noqa: SLF001 # boto3 says "default" for none
    else:
        opened = sandbox_session(sandbox_region)
    core: Any = opened._session  # noqa: SLF001 # boto3 has no public way to it
    core._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, Operation.ASSUME_ROLE.command)  # noqa: SLF001 # set_credentials takes fixed keys only
    return boto3.Session(botocore_session=core, region_name=region)
