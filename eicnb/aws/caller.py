"""One user of AWS in a region: session, endpoint, clients, credentials, and their account.

Tested in tests/aws/test_credentials.py, tests/aws/test_session.py and tests/aws/test_failures.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore import xform_name

from eicnb.aws.clients import signing_with
from eicnb.aws.endpoint import OWN_TRANSPORT, Transport, check_bundle, check_endpoint
from eicnb.aws.failures import Attempt
from eicnb.aws.http.rate_limit import MOST_RATE, USUAL_RATE
from eicnb.aws.identity import AccountChanged, Identity
from eicnb.aws.keys import Keys
from eicnb.aws.login import AssumedRole, Login
from eicnb.aws.renewal import renew_hint
from eicnb.aws.responses import malformed
from eicnb.aws.service_model import LAMBDA
from eicnb.aws.session import Session, check_known_region, has_own_endpoint, instance_region, known_regions
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials, UsageError
from eicnb.model.arn import ACCOUNT
from eicnb.model.limits import REQUESTS_A_SECOND
from eicnb.model.place import check_region
from eicnb.model.verbs import Operation

Quota = Callable[[], "float | None"]
"""Returns the requests a second that are served in an account and region; None without a limit."""


def aws_quota() -> float:
    """Return the requests a second that Lambda serves in an account and region."""
    return REQUESTS_A_SECOND


BRIEFLY = {"connect_timeout": 2, "read_timeout": 4, "retries": 1}
"""The options of requests that are not worth a long wait."""


class Access:
    """A user's access to the services of a region; nothing is opened before it is needed.

    `sandbox` is whether this is the embedded AWS, and `quota` returns the requests served a second.
    """

    def __init__(
        self,
        login: Login,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        identity: Identity | None = None,
        sandbox: bool = False,
        quota: Quota = aws_quota,
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
        self._is_region_checked = region is not None
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
        self.quota = quota
        self._transport = transport
        self._identity = identity or Identity()
        self.profile = profile
        self.role_arn = role_arn

    @property
    def usual_rate(self) -> float:
        """The default rate in requests a second: two thirds of the quota."""
        quota = self.quota()
        return MOST_RATE if quota is None else quota * USUAL_RATE / REQUESTS_A_SECOND

    @property
    def user(self) -> str | None:
        """The role or the profile in words; None if the environment decides."""
        if self.role_arn is not None:
            return f"role {self.role_arn}"
        return None if self.profile is None else f"profile {self.profile!r}"

    @property
    def is_of_own_session(self) -> bool:
        """Whether the user made the boto3 session."""
        return self._login.is_given

    @property
    def roles(self) -> tuple[AssumedRole, ...]:
        """The roles that were assumed, one after another, from the profile or session to this user."""
        return self._login.roles

    @property
    def transport(self) -> Transport:
        """The TLS, signing and timeout options of requests."""
        return self._transport

    @property
    def called_endpoint_url(self) -> str | None:
        """The endpoint used instead of AWS, as given or from the environment or the config file."""
        environment = (os.environ.get(name) for name in ("AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"))
        configured = self.session._session.get_scoped_config().get("endpoint_url")  # noqa: SLF001 # boto3 has no public way to it
        return next(filter(None, [self.endpoint_url, *environment, configured]), None)

    @property
    def session(self) -> Session:
        """The boto3 session, opened at first use."""
        return self._login.session

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, which logs must not contain."""
        return self._login.secrets

    @property
    def region(self) -> str:
        """The region of the calls, or else of the EC2 instance; ConfigurationError without one."""
        if self.known_region is None:
            self._region = instance_region(self.session)
        if not self._region:
            raise ConfigurationError("no AWS region is set", hint="--region us-east-1, connect(region=…) or AWS_REGION")
        if not self._is_region_checked:
            self.check_region()
        return self._region

    def check_region(self) -> None:
        """Refuse a region that botocore does not know; a custom endpoint may have any."""
        region = self.known_region
        if region is not None and region not in known_regions():
            is_own = self.endpoint_url is not None or has_own_endpoint(self.session)
            if self.sandbox or not is_own:
                with UsageError.about("region"):
                    check_known_region(region)
        self._is_region_checked = region is not None

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
        return self.words_of(region, self.known_account_id)

    def words_of(self, region: str, account_id: str | None) -> str:
        """Return a region and an account in words, with the name of the account if it is known."""
        name = f" ({self.account_name})" if self.account_name else ""
        account = f"account {account_id}{name}" if account_id else None
        return ", ".join(filter(None, [region, "SANDBOX" if self.sandbox else None, account]))

    @property
    def known_account_id(self) -> str | None:
        """The account, if it was already looked up."""
        return self._identity.known

    @property
    def account_name(self) -> str | None:
        """The account's name in its organisation, if it was listed."""
        return self._identity.name

    @property
    def listed_account_id(self) -> str | None:
        """The account, if an organisation listed it; it is compared with STS before the first request."""
        return self._identity.listed

    @property
    def inactive_accounts(self) -> frozenset[str]:
        """The other accounts that its organisation listed as suspended, closed or not yet open."""
        return self._identity.inactive

    def name_account(self, account_id: str, name: str, inactive: frozenset[str] = frozenset()) -> None:
        """Store the account and its name as an organisation lists them, and the inactive accounts."""
        self._identity.list_as(account_id, name, inactive)

    @property
    def signs(self) -> bool:
        """Whether requests are signed."""
        return self._transport.signs

    def attempt(self, operation: str, region: str, place: str) -> Attempt:
        """Return a description of the call that is about to be made, for its errors."""
        renew = renew_hint(self._login.opened, self.profile)
        return Attempt(operation, region, place, renew, lambda: self.secrets)

    def endpoint_of(self, service: str) -> str:
        """Return the URL that requests to a service in this region go to."""
        with self._translated(service, sent=False):
            return str(self._client(service).meta.endpoint_url)

    def _client(self, service: str, *, probes: bool = False) -> Any:
        place = self.region, self.endpoint_url
        client = self._login.clients.get(self.session, service, *place, self._transport, probes=probes)
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

        Refused credentials are forgotten, so that the next call reads them again.
        """
        try:
            yield
        except EicError:
            raise
        except Exception as error:
            if (translated := self._translated_error(error, operation, sent=sent)) is None:
                raise
            raise translated from error

    def _translated_error(self, error: Exception, operation: str, *, sent: bool) -> EicError | None:
        """Translate an error of botocore to one of eicnb; return None for other exceptions."""
        region = self._region or ""
        translated = self.attempt(operation, region, self._placed(region)).translated(error, sent=sent)
        if translated is not None and (not sent or isinstance(translated, AccessDenied | ExpiredCredentials)):
            self._login.forget()
        return translated


class Caller(Access):
    """One user of AWS in one region and one account.

    One class, because every request needs the endpoint, the credentials and the account that belong together.
    """

    _checked: Keys | None = None
    _is_account_noted = False

    @property
    def account_id(self) -> str:
        """The account of the current credentials, looked up with STS once until they change."""
        return self._account(anew=False)

    def confirmed_account_id(self) -> str:
        """Return the account that STS reports now; expired credentials are an error."""
        return self._account(anew=True)

    def account_of(self, keys: Keys) -> str:
        """Return the account that STS reports for keys; refuse keys of another account."""
        with self._in_one_account():
            return self._identity.account_of(keys, self._look_up_account)

    def note_account(self, account_id: str) -> None:
        """Store the account that an ARN in a response showed, if none is known yet."""
        if not self._is_account_noted:
            self._is_account_noted = True
            keys = self._login.keys() if self._transport.signs else None
            self._identity.note(keys, account_id)

    def _account(self, *, anew: bool) -> str:
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            keys = self._login.keys() if self._transport.signs else None
        with self._in_one_account():
            return self._identity.account_of(keys, self._look_up_account, anew=anew)

    def _look_up_account(self, keys: Keys | None) -> str:
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            client = self._client("sts")
        with signing_with(keys), self._translated(Operation.GET_CALLER_IDENTITY):
            response = client.get_caller_identity()
        account_id, arn = str(response.get("Account")), response.get("Arn")
        if not re.fullmatch(ACCOUNT, account_id):
            raise malformed(Operation.GET_CALLER_IDENTITY, f"{account_id!r} is not an account")
        if isinstance(arn, str):
            self._identity.arn = arn
        return account_id

    def _look_up_account_briefly(self, keys: Keys) -> str | None:
        """Return the account of keys; None if STS is out of reach or denies the request."""
        briefly = Caller(
            self._login,
            region=self._region,
            endpoint_url=self.endpoint_url,
            transport=self._transport.changed(BRIEFLY),
            profile=self.profile,
            role_arn=self.role_arn,
        )
        with suppress(EicError):
            return briefly._look_up_account(keys)
        return None

    @property
    def known_identity_arn(self) -> str | None:
        """The ARN of the role, or else of the caller if STS reported it already; no request is sent."""
        return self.role_arn or self._identity.arn

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
            with self._in_one_account():
                self._identity.check(keys, self._look_up_account, self._look_up_account_briefly)
            self._checked = keys
        return keys

    @contextmanager
    def _in_one_account(self) -> Iterator[None]:
        """Forget the credentials if the account changed; the error says how to connect to the new account."""
        try:
            yield
        except AccountChanged as error:
            self._login.forget()
            given = {"profile": self.profile, "region": self._region, "endpoint_url": self.endpoint_url}
            options = [f"{name}={value!r}" for name, value in given.items() if value]
            options += [f"role_arn={self.role_arn!r}"] if self.role_arn else []
            options += ["boto3_session=boto3.Session()"] if self._login.is_given else []
            raise ConfigurationError(str(error), hint=f"eicnb.use(eicnb.connect({', '.join(options)}))") from error

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Lambda, named as in AWS's API, and return botocore's parsed response."""
        with self._calling(LAMBDA, operation) as client:
            response: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
            return response

    @contextmanager
    def _calling(self, service: str, operation: str) -> Iterator[Any]:
        """Yield a client that signs with credentials of the right account and raises eicnb's errors."""
        is_sent = False
        try:
            keys = self._checked_keys() if self._transport.signs else None
            client = self._client(service)
            with signing_with(keys):
                is_sent = True
                yield client
        except EicError:
            raise
        except Exception as error:
            if (translated := self._translated_error(error, operation, sent=is_sent)) is None:
                raise
            raise translated from error
