"""The one door to AWS: sessions, clients, calls, and AWS's errors in eicnb's words."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple
from datetime import datetime
from itertools import islice
from ssl import SSLContext
from typing import Any, cast

import boto3
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import UnknownRegionError
from botocore.httpsession import create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies

from eicnb.aws import retries
from eicnb.aws.endpoint import OWN_TRANSPORT, Transport, check_endpoint, is_local
from eicnb.aws.failures import Attempt
from eicnb.aws.http.route import Route, trusting
from eicnb.aws.keys import Keys
from eicnb.aws.responses import Markers, broken_answer
from eicnb.aws.service_model import LAMBDA
from eicnb.aws.session import (
    OpenSession,
    Session,
    keys_of,
    profile_session,
    sandbox_session,
)
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials, UsageError
from eicnb.model.place import check_region
from eicnb.model.verbs import Operation


class Aws:
    """AWS as one user sees it in one region; nothing is opened before it is needed, `sandbox` marks what is not AWS."""

    def __init__(
        self,
        open_session: OpenSession,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        account_id: str | None = None,
        sandbox: bool = False,
        transport: Transport | None = None,
        user: str | None = None,
    ) -> None:
        with UsageError.about("region"):
            check_region(region)
        with UsageError.about("endpoint_url"):
            check_endpoint(endpoint_url)
        self._open_session = open_session
        self._region = self._session_region = region
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
        self._transport = transport or OWN_TRANSPORT
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._clients: dict[str, Any] = {}
        self._tls: SSLContext | None = None
        self._given_account_id = self._account_id = account_id
        self._owner: tuple[Keys, str] | None = None
        self.user = user
        """Who this is in words, such as the profile or the role; None where boto3's own chain decides."""
        self.secrets: frozenset[str] = frozenset()
        """The credentials last used, for a log to leave out."""

    @property
    def session(self) -> Session:
        """The boto3 session, opened at first use."""
        with self._lock:
            if self._session is None:
                self._session = self._open_session()
            return self._session

    @property
    def region(self) -> str:
        """The region of the calls; ConfigurationError when nothing names one."""
        if self._session_region is None:
            self._session_region = self._region or self.session.region_name
        if not self._session_region:
            raise ConfigurationError(
                "no AWS region is set", hint="--region us-east-1, connect(region=…) or AWS_DEFAULT_REGION"
            )
        return self._session_region

    @property
    def partition(self) -> str:
        """The partition of the region, such as `aws`, `aws-cn` or `aws-us-gov`."""
        with self._opening(Operation.GET_CALLER_IDENTITY):
            return str(self.session.get_partition_for_region(self.region))

    def derived(self, *, region: str | None = None, endpoint_url: str | None = None, options: Mapping[str, Any]) -> Aws:
        """The same user in another region, at another endpoint (then no longer the sandbox) or by other means."""
        sandbox = self.sandbox and endpoint_url in {None, self.endpoint_url}
        return Aws(
            self._open_session,
            region=region or self._region,
            endpoint_url=endpoint_url or self.endpoint_url,
            account_id=self._account_id if endpoint_url in {None, self.endpoint_url} else None,
            sandbox=sandbox,
            transport=self._transport.changed(options),
            user=self.user,
        )

    @property
    def place(self) -> str:
        """Region and account in words, as far as they are known without a call."""
        return self._placed(self.region)

    def _placed(self, region: str) -> str:
        account = f"account {self._account_id}" if self._account_id else None
        return ", ".join(filter(None, [region, "SANDBOX" if self.sandbox else None, account]))

    @property
    def known_account_id(self) -> str | None:
        """The account, if it has been asked for already."""
        return self._account_id

    @property
    def account_id(self) -> str:
        """The account of the credentials, asked of STS once."""
        if self._account_id is None:
            client = self._client("sts", Operation.GET_CALLER_IDENTITY)
            with self._translated(Operation.GET_CALLER_IDENTITY):
                account_id = str(client.get_caller_identity().get("Account"))
            if not re.fullmatch(r"[0-9]{12}", account_id):
                raise broken_answer(Operation.GET_CALLER_IDENTITY, f"{account_id!r} is not an account")
            self._account_id = account_id
        return self._account_id

    @property
    def expires_at(self) -> datetime | None:
        """When the credentials end; None where they do not say."""
        with self._opening(Operation.GET_CALLER_IDENTITY):
            return getattr(self.session.get_credentials(), "_expiry_time", None)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Lambda, named as in AWS's API; returns what botocore made of the answer."""
        client = self._client(LAMBDA, operation)
        with self._translated(operation):
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
            return answer

    def pages(
        self, operation: str, configuration: Mapping[str, Any] | None = None, **parameters: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Call a list operation of Lambda until AWS has no more pages, or the paginator's configuration stops it.

        Returns the pages, and the token to go on with where they were cut.
        """
        client = self._client(LAMBDA, operation)
        seen = Markers(operation)
        pages = []
        with self._translated(operation):
            paginator = client.get_paginator(xform_name(operation))
            iterator = paginator.paginate(**parameters, PaginationConfig=dict(configuration or {}))
            for page in iterator:
                seen.check(page)
                pages.append(page)
            return pages, iterator.resume_token

    def enabled_regions(self) -> list[str]:
        """The regions of the partition that are enabled for the account, asked of EC2."""
        client = self._client("ec2", Operation.DESCRIBE_REGIONS)
        with self._translated(Operation.DESCRIBE_REGIONS):
            names = [region["RegionName"] for region in client.describe_regions()["Regions"]]
            return [name for name in names if self._partition_of(name) in {None, self.partition}]

    def _partition_of(self, region: str) -> str | None:
        """Return the partition of a region; None if the region is newer than botocore."""
        try:
            return str(self.session.get_partition_for_region(region))
        except UnknownRegionError:
            return None

    def assuming(self, role_arn: str, external_id: str | None) -> Aws:
        """This user as a role, whose credentials STS renews before they end; STS is asked at the first call."""
        return Aws(
            lambda: self._as_role(role_arn, external_id),
            region=self._region,
            endpoint_url=self.endpoint_url,
            account_id=self._account_id if self.sandbox else None,
            sandbox=self.sandbox,
            transport=self._transport,
            user=f"role {role_arn}",
        )

    def _as_role(self, role_arn: str, external_id: str | None) -> Session:
        with self._opening(Operation.ASSUME_ROLE):
            source, region = self.session, self.region
            if self._transport.signs:
                keys_of(source)
            fetcher = AssumeRoleCredentialFetcher(
                lambda service, **keys: self._new_client(source, service, region, **keys),
                source.get_credentials(),
                role_arn,
                extra_args={"RoleSessionName": "eicnb", **({"ExternalId": external_id} if external_id else {})},
            )
            session = sandbox_session(region) if self.sandbox else profile_session(source._session.profile, region)  # noqa: SLF001 # boto3 says "default" for none
            core = session._session  # noqa: SLF001 # boto3 has no public way to it
            core._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, Operation.ASSUME_ROLE.command)  # type: ignore[attr-defined] # noqa: SLF001 # set_credentials takes fixed keys only
            return boto3.Session(botocore_session=core, region_name=region)

    @property
    def signs(self) -> bool:
        """Whether requests are signed."""
        return self._transport.signs

    def account_of(self, keys: Keys) -> str:
        """Return the account that keys belong to: from STS, once for each keys."""
        if self.sandbox and self._given_account_id is not None:
            return self._given_account_id
        if self._owner is None or self._owner[0] != keys:
            with self._lock, self._opening(Operation.GET_CALLER_IDENTITY):
                names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
                named = dict(zip(names, astuple(keys), strict=True))
                client = self._new_client(self.session, "sts", self.region, **named)
            with self._translated(Operation.GET_CALLER_IDENTITY):
                account_id = str(client.get_caller_identity().get("Account"))
            if not re.fullmatch(r"[0-9]{12}", account_id):
                raise broken_answer(Operation.GET_CALLER_IDENTITY, f"{account_id!r} is not an account")
            self._owner, self._account_id = (keys, account_id), account_id
        return self._owner[1]

    def keys(self) -> Keys:
        """The credentials as they are now, renewed where they would soon end; may ask STS or the sign-in."""
        with self._lock, self._opening(Operation.LIST_FUNCTIONS):
            return keys_of(self.session)

    def renewed_keys(self, refused: Keys) -> Keys | None:
        """The credentials read again after some were refused; None where there are no others."""
        if self.keys() == refused:
            self._forget()
        keys = self.keys()
        return None if keys == refused else keys

    def route(self, region: str) -> Route:
        """How botocore itself would call Lambda there: it makes a call ready, signature and all, which is not sent."""
        with self._lock, self._opening(Operation.LIST_FUNCTIONS):
            client = self._new_client(self.session, LAMBDA, region)
            if self._transport.signs:
                keys_of(self.session)
            kept = _Kept()
            client.meta.events.register(f"before-send.lambda.{Operation.LIST_FUNCTIONS}", kept)
            client.list_functions()
            assert kept.request is not None, "botocore says before it sends"
            config: Any = client.meta.config
            url = str(kept.request.url)
            proxies = get_environ_proxies(url) if config.proxies is None else config.proxies
            return Route.of_request(
                url,
                dict(kept.request.headers.items()),
                region=region,
                proxy=proxies.get(url.partition(":")[0]),
                tls=url.startswith("https:") and self._trust(config.client_cert),
                timeouts=(config.connect_timeout, config.read_timeout),
            )

    def _trust(self, client_cert: Any) -> SSLContext:
        """What to speak TLS with, as botocore would; made once, since to read the certificates takes long."""
        if self._tls is None:
            self._tls = trusting(create_urllib3_context(), get_cert_path(cast("Any", self._verify())), client_cert)
        return self._tls

    def _verify(self) -> bool | str:
        given = self._transport.verify
        if given is None:
            given = self.session._session.get_config_variable("ca_bundle")  # noqa: SLF001 # boto3 has no public way to it
        return os.environ.get("REQUESTS_CA_BUNDLE") or True if given is None else given

    def listing(self, service: str, operation: str, most_pages: int, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The pages of a list of any service, so many at most, each fetched when it is asked for."""
        client = self._client(service, operation)
        with self._translated(operation):
            if client.can_paginate(xform_name(operation)):
                yield from islice(client.get_paginator(xform_name(operation)).paginate(**parameters), most_pages)
            else:
                yield getattr(client, xform_name(operation))(**parameters)

    def setting(self, name: str) -> str | None:
        """A setting of the profile in the AWS config file."""
        with self._opening(Operation.GET):
            scope = self.session._session.get_scoped_config()  # noqa: SLF001 # boto3 has no public way to it
            return cast("str | None", scope.get(name))

    def _client(self, service: str, operation: str) -> Any:
        """The client of a service, with credentials that are there and fresh."""
        with self._lock, self._opening(operation):
            if service not in self._clients:
                self._clients[service] = self._new_client(self.session, service, self.region)
            if self._transport.signs:
                self.secrets = frozenset(filter(None, astuple(keys_of(self.session))))
            return self._clients[service]

    def _new_client(self, session: Session, service: str, region: str, **keys: Any) -> Any:
        make: Callable[..., Any] = session.client
        where = {"region_name": region, "endpoint_url": self.endpoint_url}
        client = make(service, **where, config=self._config(), verify=self._transport.verify, **keys)
        if service == LAMBDA:
            retries.install(client)
        return client

    def _config(self) -> Config:
        settings = dict(self._transport.settings)
        if not self._transport.signs:
            settings["signature_version"] = UNSIGNED
        if is_local(self.endpoint_url):
            settings["proxies"] = {}
        return Config(**settings)

    def _opening(self, operation: str) -> AbstractContextManager[None]:
        """Raise what settings and credentials bring about, before anything of the call is sent, as eicnb's errors."""
        return self._told(operation, sent=False)

    def _translated(self, operation: str) -> AbstractContextManager[None]:
        """Raise botocore's errors of a call as eicnb's, with botocore's as the cause."""
        return self._told(operation, sent=True)

    @contextmanager
    def _told(self, operation: str, *, sent: bool) -> Iterator[None]:
        try:
            yield
        except EicError:
            raise
        except Exception as error:
            told = self._attempt(operation).told(error, sent=sent)
            if told is None:
                raise
            if not sent or isinstance(told, AccessDenied | ExpiredCredentials):
                self._forget()
            raise told from error

    def _forget(self) -> None:
        """Drop the session with its refused credentials and their account; the next call opens another."""
        with self._lock:
            self._session = None
            self._session_region = self._region
            self._account_id = self._given_account_id
            self._clients.clear()

    def _attempt(self, operation: str) -> Attempt:
        """What is being tried, without opening anything for it."""
        region = self._session_region or self._region or ""
        return Attempt(operation, region, self._placed(region))


class _Kept:
    """Keeps the request that botocore is about to send, and answers it with an empty list of its own."""

    def __init__(self) -> None:
        self.request: AWSPreparedRequest | None = None

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.request = request
        return AWSResponse(request.url, 200, {}, self)  # type: ignore[arg-type] # the stubs know no plain headers

    def stream(self) -> Iterator[bytes]:
        """The body, as botocore reads it."""
        yield b"{}"
