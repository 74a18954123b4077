"""The one door to AWS: sessions, clients, calls, and AWS's errors in eicnb's words."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.exceptions as failures
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.parsers import ResponseParserError

from eicnb.errors import (
    AccessDenied,
    AwsError,
    ConfigurationError,
    EicError,
    ExpiredCredentials,
    NotFound,
    Throttled,
    UsageError,
    nearest,
)

_CONNECT_TIMEOUT = 5
_READ_TIMEOUT = 10
_MOST_EMPTY_PAGES = 100
_LAMBDA = "lambda"
_TOO_MANY_REQUESTS = 429

_DENIED = {"AccessDenied", "AccessDeniedException"}
_NOT_THESE_CREDENTIALS = {
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_THROTTLED = {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_NO_FUNCTION_HINT = "%eic functions for the functions of this region, --region for another one"
_NO_CONFIG_HINT = "%eic list NAME for the configs that there are, %eic put to write this one"
_NOT_SENT_HINT = "a look at the region, the endpoint URL and the network"
_NO_ANSWER_HINT = "%eic get, to see whether it arrived all the same; then the command again"
BROKEN_ANSWER_HINT = "the command again; if it stays so, look for a proxy between here and AWS"
_GET_CREDENTIALS = "aws configure, aws sso login, or %eic sandbox for an AWS without an account"
_RENEW = "aws sso login (or renew the credentials), then run this again; no restart is needed"

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
    """AWS as one user sees it in one region; every call of eicnb goes through here.

    Nothing is opened before it is needed. `sandbox` marks an endpoint that is not AWS.
    """

    def __init__(
        self,
        open_session: OpenSession,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        account_id: str | None = None,
        sandbox: bool = False,
    ) -> None:
        if endpoint_url and "@" in urlsplit(endpoint_url).netloc:
            raise UsageError("the endpoint URL has a user or a password in it", hint="the URL without them")
        self._open_session = open_session
        self._region = region
        self._session_region = region
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
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

    def derived(self, *, region: str | None = None, endpoint_url: str | None = None) -> Aws:
        """The same user in another region or at another endpoint, which is then no longer the sandbox."""
        sandbox = self.sandbox and endpoint_url in {None, self.endpoint_url}
        return Aws(
            self._open_session,
            region=region or self._region,
            endpoint_url=endpoint_url or self.endpoint_url,
            account_id=self._account_id if endpoint_url in {None, self.endpoint_url} else None,
            sandbox=sandbox,
        )

    @property
    def place(self) -> str:
        """Region and account in words, as far as they are known without a call."""
        account = f"account {self._account_id}" if self._account_id else None
        return ", ".join(filter(None, [self.region, "SANDBOX" if self.sandbox else None, account]))

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
                raise _broken_answer("GetCallerIdentity", f"{account_id!r} is not an account")
            self._account_id = account_id
        return self._account_id

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Lambda, named as in AWS's API; returns what botocore made of the answer."""
        client = self._client(_LAMBDA, operation)
        with self._translated(operation):
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
            return answer

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Call a list operation of Lambda until AWS has no more pages."""
        client = self._client(_LAMBDA, operation)
        seen = _Markers(operation)
        with self._translated(operation):
            for page in client.get_paginator(xform_name(operation)).paginate(**parameters):
                seen.check(page)
                yield page

    def _client(self, service: str, operation: str) -> Any:
        """The client of a service, with credentials that are there and fresh."""
        with self._lock, self._opening(operation):
            if service not in self._clients:
                make: Callable[..., Any] = self.session.client
                self._clients[service] = make(
                    service, region_name=self.region, endpoint_url=self.endpoint_url, config=self._config()
                )
            _check_credentials(self.session)
            return self._clients[service]

    def _config(self) -> Config:
        local = urlsplit(self.endpoint_url or "").hostname in {"127.0.0.1", "localhost", "::1"}
        proxies: Mapping[str, str] | None = {} if local else None
        return Config(
            connect_timeout=_CONNECT_TIMEOUT,
            read_timeout=_READ_TIMEOUT,
            proxies=proxies,
            user_agent_extra="eicnb",
        )

    @contextmanager
    def _opening(self, operation: str) -> Iterator[None]:
        """Raise what settings and credentials bring about, before anything of the call is sent, as eicnb's errors."""
        try:
            yield
        except EicError:
            raise
        except failures.ClientError as error:
            self._forget()
            raise self._from_answer(error, error.operation_name) from error
        except failures.BotoCoreError as error:
            self._forget()
            raise self._from_network(error, operation) or self._from_setting(error, operation) from error
        except _UNUSABLE as error:
            self._forget()
            raise self._from_setting(error, operation) from error

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        """Raise botocore's errors as eicnb's, with botocore's as the cause."""
        try:
            yield
        except EicError:
            raise
        except failures.ClientError as error:
            told = self._from_answer(error, operation)
            if isinstance(told, AccessDenied | ExpiredCredentials):
                self._forget()
            raise told from error
        except failures.BotoCoreError as error:
            raise self._from_network(error, operation) or self._from_setting(error, operation) from error
        except _BROKEN as error:
            raise _broken_answer(operation, str(error)) from error

    def _forget(self) -> None:
        """Drop the session with its refused credentials and their account; the next call opens another."""
        with self._lock:
            self._session = None
            self._session_region = self._region
            self._account_id = self._given_account_id
            self._clients.clear()

    def _from_answer(self, error: failures.ClientError, operation: str) -> AwsError:
        """The error that AWS answered with, as the class for its code."""
        told = error.response.get("Error", {})
        metadata = error.response.get("ResponseMetadata", {})
        code, status = told.get("Code", "Unknown"), metadata.get("HTTPStatusCode")
        message = told.get("Message") or f"AWS answered {status} without a message"
        kind, hint = _kind_of(code, status, operation, message)
        return kind(
            message,
            operation=operation,
            code=code,
            region=self.region,
            request_id=metadata.get("RequestId"),
            place=self.place,
            hint=hint,
        )

    def _from_network(self, error: failures.BotoCoreError, operation: str) -> EicError | None:
        """What the network, or an answer that came apart, did to a call; None when it was something else."""
        told = _without_user(str(error))
        match error:
            case failures.ConnectTimeoutError() | failures.EndpointConnectionError() | failures.ProxyConnectionError():
                return EicError(f"{operation} was not sent: {told}", hint=_NOT_SENT_HINT)
            case failures.SSOError():
                return None
            case failures.HTTPClientError() | failures.ConnectionError():
                return EicError(f"{operation} got no answer: {told}", hint=_NO_ANSWER_HINT)
            case failures.PaginationError():
                return _broken_answer(operation, told)
            case ResponseParserError():
                return _broken_answer(operation, told)
        return None

    def _from_setting(self, error: Exception, operation: str) -> EicError:  # noqa: PLR0911 # a table
        """What is wrong with the credentials, the region or another setting; nothing was sent."""
        told = _without_user(str(error))
        match error:
            case failures.SSOError() | failures.UnauthorizedSSOTokenError() | failures.TokenRetrievalError():
                return self._expired(told, type(error).__name__, operation)
            case RuntimeError() if "still expired" in told:
                return self._expired(told, "ExpiredCredentials", operation)
            case failures.NoCredentialsError() | failures.PartialCredentialsError():
                return ConfigurationError(f"no usable AWS credentials: {told}", hint=_GET_CREDENTIALS)
            case failures.InvalidRegionError():
                return UsageError(told, hint="--region us-east-1")
            case failures.ParamValidationError():
                return UsageError(told)
            case ValueError() if "endpoint" in told.lower():
                return UsageError(told, hint="--endpoint-url http://127.0.0.1:4566")
            case failures.CredentialRetrievalError() | failures.InvalidConfigError() | failures.ProfileNotFound():
                return ConfigurationError(f"no usable AWS credentials: {told}", hint=_RENEW)
            case OSError() | EOFError() | KeyError() | json.JSONDecodeError():
                return ConfigurationError(f"no usable AWS credentials: {told}", hint=_RENEW)
        return ConfigurationError(
            f"an AWS setting cannot be used: {told}", hint="a look at the AWS_* variables and the AWS config file"
        )

    def _expired(self, message: str, code: str, operation: str) -> ExpiredCredentials:
        return ExpiredCredentials(
            message, operation=operation, code=code, region=self.region, place=self.place, hint=_RENEW
        )


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


class _Markers:
    """Refuses a list that never ends: a marker that is no text or comes twice, or empty pages without end."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._seen: set[str] = set()
        self._empty = 0

    def check(self, page: Mapping[str, Any]) -> None:
        marker = page.get("NextMarker")
        if marker is not None and not isinstance(marker, str):
            raise _broken_answer(self._operation, f"its NextMarker is {marker!r}")
        if marker in self._seen:
            raise _broken_answer(self._operation, f"its NextMarker {marker!r} came before")
        self._empty = 0 if any(isinstance(value, list) and value for value in page.values()) else self._empty + 1
        if marker is not None and self._empty > _MOST_EMPTY_PAGES:
            raise _broken_answer(self._operation, f"{self._empty} empty pages, and no end")
        if marker is not None:
            self._seen.add(marker)


def _without_user(text: str) -> str:
    """The text without the user name and password of a URL in it."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def _broken_answer(operation: str, why: str) -> EicError:
    return EicError(f"AWS's answer to {operation} cannot be read: {why}", hint=BROKEN_ANSWER_HINT)


def _kind_of(code: str, status: int | None, operation: str, message: str) -> tuple[type[AwsError], str | None]:
    """The class of an error, and what to do about it."""
    if code in _EXPIRED:
        return ExpiredCredentials, _RENEW
    if code in _NOT_THESE_CREDENTIALS:
        return AccessDenied, "other credentials: AWS does not know these"
    if code in _DENIED:
        service = "sts" if operation in {"GetCallerIdentity", "AssumeRole"} else "lambda"
        return AccessDenied, f"a role that may call {service}:{operation}, or other credentials"
    if code in _THROTTLED or status == _TOO_MANY_REQUESTS:
        return Throttled, "the same again in a few seconds; the account's other tools share this limit"
    if code == "ResourceNotFoundException":
        no_config = "doesn't have an EventInvokeConfig" in message
        return NotFound, _NO_CONFIG_HINT if no_config else _NO_FUNCTION_HINT
    return AwsError, None
