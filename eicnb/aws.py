"""The one door to AWS: sessions, clients, calls, and AWS's errors in eicnb's words."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, cast

import boto3
import botocore.exceptions as failures
import botocore.session
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.parsers import ResponseParserError

from eicnb.answers import Markers, broken_answer
from eicnb.endpoint import OWN_TRANSPORT, Transport, check_endpoint, check_region, is_local
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials, UsageError, nearest
from eicnb.failures import Attempt
from eicnb.shapes import Member

_LAMBDA = "lambda"

# What botocore's parsers raise on an answer that is not what the service model says.
_BROKEN = (
    ResponseParserError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RuntimeError,
)
# What settings of the environment and the config files make botocore raise, beside its own errors.
_UNUSABLE = (ValueError, TypeError, KeyError, OSError, EOFError, RuntimeError)

Session = boto3.Session
OpenSession = Callable[[], Session]
"""Opens a session; called again after credentials were refused, so that renewed ones are read."""


def profile_session(profile: str | None, region: str | None) -> Session:
    """A session from boto3's own chain of environment, config files and SSO."""
    try:
        return boto3.Session(profile_name=profile, region_name=region)
    except failures.ConfigParseError as error:
        raise ConfigurationError(str(error), hint="a look at the AWS config file") from error
    except failures.ProfileNotFound as error:
        known = botocore.session.Session().available_profiles
        wanted = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""
        hint = nearest(wanted, known) or ", ".join(known) or "a profile in ~/.aws/config"
        raise ConfigurationError(f"there is no AWS profile {wanted!r}", hint=hint) from error


def sandbox_session(region: str) -> Session:
    """A session that knows nothing of this machine's AWS settings, so that no real credential reaches a sandbox."""
    apart: dict[str, Any] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    core = botocore.session.Session(session_vars=apart)
    core.set_credentials("sandbox", "sandbox")
    return boto3.Session(botocore_session=core, region_name=region)


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
    ) -> None:
        with UsageError.about("region"):
            check_region(region)
        with UsageError.about("endpoint_url"):
            check_endpoint(endpoint_url)
        self._open_session = open_session
        self._region = region
        self._session_region = region
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
        self._transport = transport or OWN_TRANSPORT
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._clients: dict[str, Any] = {}
        self._given_account_id = account_id
        self._account_id = account_id

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
            client = self._client("sts", "GetCallerIdentity")
            with self._translated("GetCallerIdentity"):
                account_id = str(client.get_caller_identity().get("Account"))
            if not re.fullmatch(r"[0-9]{12}", account_id):
                raise broken_answer("GetCallerIdentity", f"{account_id!r} is not an account")
            self._account_id = account_id
        return self._account_id

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Lambda, named as in AWS's API; returns what botocore made of the answer."""
        client = self._client(_LAMBDA, operation)
        with self._translated(operation):
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
            return answer

    def pages(
        self, operation: str, configuration: Mapping[str, Any] | None = None, **parameters: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Call a list operation of Lambda until AWS has no more pages, or the paginator's configuration stops it.

        Returns the pages, and the token to go on with where they were cut.
        """
        client = self._client(_LAMBDA, operation)
        seen = Markers(operation)
        pages = []
        with self._translated(operation):
            paginator = client.get_paginator(xform_name(operation))
            iterator = paginator.paginate(**parameters, PaginationConfig=dict(configuration or {}))
            for page in iterator:
                seen.check(page)
                pages.append(page)
            return pages, iterator.resume_token

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
        with self._opening("GetFunctionEventInvokeConfig"):
            scope = self.session._session.get_scoped_config()  # noqa: SLF001 # boto3 has no public way to it
            return cast("str | None", scope.get(name))

    def _client(self, service: str, operation: str) -> Any:
        """The client of a service, with credentials that are there and fresh."""
        with self._lock, self._opening(operation):
            if service not in self._clients:
                make: Callable[..., Any] = self.session.client
                self._clients[service] = make(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint_url,
                    config=self._config(),
                    verify=self._transport.verify,
                )
            if self._transport.signs:
                _check_credentials(self.session)
            return self._clients[service]

    def _config(self) -> Config:
        settings = dict(self._transport.settings)
        if not self._transport.signs:
            settings["signature_version"] = UNSIGNED
        if is_local(self.endpoint_url):
            settings["proxies"] = {}
        return Config(**settings)

    @contextmanager
    def _opening(self, operation: str) -> Iterator[None]:
        """Raise what settings and credentials bring about, before anything of the call is sent, as eicnb's errors."""
        try:
            yield
        except EicError:
            raise
        except failures.ClientError as error:
            told = self._attempt(error.operation_name).answered(error.response)
            self._forget()
            raise told from error
        except (failures.BotoCoreError, *_UNUSABLE) as error:
            attempt = self._attempt(operation)
            self._forget()
            raise attempt.failed(error) from error

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        """Raise botocore's errors as eicnb's, with botocore's as the cause."""
        try:
            yield
        except EicError:
            raise
        except failures.ClientError as error:
            told = self._attempt(operation).answered(error.response)
            if isinstance(told, AccessDenied | ExpiredCredentials):
                self._forget()
            raise told from error
        except failures.BotoCoreError as error:
            raise self._attempt(operation).failed(error) from error
        except _BROKEN as error:
            raise broken_answer(operation, str(error)) from error

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


def _check_credentials(session: Session) -> None:
    """Refuse missing credentials, and those that no HTTP header can hold: botocore would quote them in its error."""
    credentials = session.get_credentials()
    if credentials is None:
        raise failures.NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    for what, value in (("access key", frozen.access_key), ("secret key", frozen.secret_key), ("token", frozen.token)):
        if value and not (value.isascii() and value.isprintable() and " " not in value):
            raise ConfigurationError(
                f"no usable AWS credentials: the {what} has a blank, a line break or another odd character in it",
                hint=f"the {what} again, as AWS shows it",
            )


@cache
def known_profiles() -> tuple[str, ...]:
    """The profiles of the AWS config files; none where these cannot be read."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except failures.BotoCoreError:
        return ()


@cache
def known_regions() -> tuple[str, ...]:
    """The regions that have Lambda, from botocore's own data."""
    return tuple(botocore.session.Session().get_available_regions(_LAMBDA))


@cache
def shape_of(operation: str) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """What an operation of Lambda takes and answers, from botocore's service model; no session is opened.

    >>> [member.name for member in shape_of("GetFunctionEventInvokeConfig")[0]]
    ['FunctionName', 'Qualifier']
    """
    model = ServiceModel(Loader().load_service_model(_LAMBDA, "service-2"), _LAMBDA).operation_model(operation)
    return _members(model.input_shape), _members(model.output_shape)


def _members(shape: Shape | None) -> tuple[Member, ...]:
    """The members of a structure, or the one element of a list or a map."""
    match shape:
        case StructureShape():
            required = shape.required_members
            return tuple(_member(name, inner, required=name in required) for name, inner in shape.members.items())
        case ListShape():
            return (_member(shape.member.name, shape.member),)
        case MapShape():
            return (_member(shape.value.name, shape.value),)
    return ()


def _member(name: str, shape: Shape, *, required: bool = False) -> Member:
    limits = shape.metadata
    return Member(
        name,
        shape.type_name,
        required=required,
        documentation=shape.documentation,
        members=_members(shape),
        choices=tuple(limits.get("enum", ())),
        minimum=limits.get("min") if shape.type_name in {"integer", "long"} else None,
    )
