"""The way of one user to the services of a region: session, endpoint, clients, and AWS's errors as eicnb's.

Tested in tests/aws/test_credentials.py, tests/aws/test_session.py and tests/aws/test_failures.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eicnb.aws.endpoint import OWN_TRANSPORT, Transport, check_bundle, check_endpoint
from eicnb.aws.failures import Attempt
from eicnb.aws.identity import Identity
from eicnb.aws.login import Login
from eicnb.aws.renewal import renew_hint
from eicnb.aws.session import Session, instance_region
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials, UsageError
from eicnb.model.place import check_region


class Access:
    """The way of one user to the services of a region; nothing is opened before it is needed.

    `sandbox` is whether this is the embedded AWS.
    """

    def __init__(
        self,
        login: Login,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        identity: Identity | None = None,
        sandbox: bool = False,
        transport: Transport = OWN_TRANSPORT,
        profile: str | None = None,
        role_arn: str | None = None,
    ) -> None:
        with UsageError.about("region"):
            check_region(region)
        with UsageError.about("endpoint_url"):
            check_endpoint(endpoint_url)
        self._login = login
        self._region = region
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
        self._transport = transport
        self._identity = identity or Identity()
        self.profile = profile
        self.role_arn = role_arn

    @property
    def user(self) -> str | None:
        """The role or the profile in words; None if the environment decides."""
        if self.role_arn is not None:
            return f"role {self.role_arn}"
        return None if self.profile is None else f"profile {self.profile!r}"

    @property
    def is_of_own_session(self) -> bool:
        """Whether the boto3 session is one that the user made."""
        return self._login.is_given

    @property
    def session(self) -> Session:
        """The boto3 session, opened at first use."""
        return self._login.session

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, for a log to leave out."""
        return self._login.secrets

    @property
    def region(self) -> str:
        """The region of the calls, if need be that of the EC2 instance; ConfigurationError without one."""
        if self.known_region is None:
            self._region = instance_region(self.session)
        if not self._region:
            raise ConfigurationError("no AWS region is set", hint="--region us-east-1, connect(region=…) or AWS_REGION")
        return self._region

    @property
    def known_region(self) -> str | None:
        """The region, if it is known without a call."""
        if not self._region:
            self._region = self.session.region_name
        return self._region or None

    @property
    def place(self) -> str:
        """Region and account in words, as far as they are known without a call."""
        return self._placed(self.region)

    def _placed(self, region: str) -> str:
        account = f"account {self.known_account_id}" if self.known_account_id else None
        return ", ".join(filter(None, [region, "SANDBOX" if self.sandbox else None, account]))

    @property
    def known_account_id(self) -> str | None:
        """The account, if it was already looked up."""
        return self._identity.known

    @property
    def signs(self) -> bool:
        """Whether requests are signed."""
        return self._transport.signs

    def attempt(self, operation: str, region: str, place: str) -> Attempt:
        """Return a description of the call that is about to be made, for its errors."""
        return Attempt(operation, region, place, renew_hint(self._login.opened, self.profile))

    def _client(self, service: str) -> Any:
        client = self._login.clients.get(self.session, service, self.region, self.endpoint_url, self._transport)
        if client.meta.endpoint_url.startswith("https:"):
            check_bundle(self._verify())
        return client

    def _verify(self) -> bool | str:
        """Return the certificates to trust, as botocore finds them."""
        given = self._transport.verify
        if given is None:
            given = self.session._session.get_config_variable("ca_bundle")  # noqa: SLF001 # boto3 has no public way to it
        return os.environ.get("REQUESTS_CA_BUNDLE") or True if given is None else given

    @contextmanager
    def _translated(self, operation: str, *, sent: bool = True) -> Iterator[None]:
        """Raise botocore's errors as eicnb's, with botocore's as the cause.

        Refused credentials are read again.
        """
        try:
            yield
        except EicError:
            raise
        except Exception as error:
            region = self._region or ""
            translated = self.attempt(operation, region, self._placed(region)).translated(error, sent=sent)
            if translated is None:
                raise
            if not sent or isinstance(translated, AccessDenied | ExpiredCredentials):
                self._login.forget()
            raise translated from error
