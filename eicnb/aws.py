"""The one door to AWS: sessions, clients, calls, and AWS's errors in eicnb's words."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
_READ_TIMEOUT = 15
_LAMBDA = "lambda"
_TOO_MANY_REQUESTS = 429

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
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
_BROKEN_ANSWER_HINT = "the command again; if it stays so, look for a proxy between here and AWS"
_RENEW = "aws sso login (or renew the credentials), then run this again; no restart is needed"

# What botocore's parsers raise on an answer that is not what the service model says.
_BROKEN = (
    ResponseParserError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
)


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
        self._open_session = open_session
        self._region = region
        self._session_region = region
        self.endpoint_url = endpoint_url
        self.sandbox = sandbox
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._clients: dict[str, Any] = {}
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
            with self._translated("GetCallerIdentity"):
                identity = self._client("sts").get_caller_identity()
                self._account_id = str(identity["Account"])
        return self._account_id

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Lambda, named as in AWS's API; returns what botocore made of the answer."""
        with self._translated(operation):
            answer: dict[str, Any] = getattr(self._client(_LAMBDA), xform_name(operation))(**parameters)
            return answer

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Call a list operation of Lambda until AWS has no more pages."""
        with self._translated(operation):
            yield from self._client(_LAMBDA).get_paginator(xform_name(operation)).paginate(**parameters)

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                make: Callable[..., Any] = self.session.client
                self._clients[service] = make(
                    service, region_name=self.region, endpoint_url=self.endpoint_url, config=self._config()
                )
            return self._clients[service]

    def _config(self) -> Config:
        proxies: Mapping[str, str] | None = {} if self.sandbox else None
        return Config(
            connect_timeout=_CONNECT_TIMEOUT,
            read_timeout=_READ_TIMEOUT,
            proxies=proxies,
            user_agent_extra="eicnb",
        )

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
        except (failures.BotoCoreError, *_BROKEN) as error:
            failure = self._from_failure(error, operation)
            if isinstance(failure, ConfigurationError | ExpiredCredentials):
                self._forget()
            raise failure from error

    def _forget(self) -> None:
        """Drop the session with its refused credentials; the next call opens another."""
        with self._lock:
            self._session = None
            self._session_region = self._region
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

    def _from_failure(self, error: Exception, operation: str) -> EicError:
        """What stopped a call before an answer came, or made the answer unreadable."""
        match error:
            case failures.SSOError() | failures.UnauthorizedSSOTokenError() | failures.TokenRetrievalError():
                return ExpiredCredentials(
                    str(error),
                    operation=operation,
                    code=type(error).__name__,
                    region=self.region,
                    place=self.place,
                    hint=_RENEW,
                )
            case failures.ConnectTimeoutError() | failures.EndpointConnectionError() | failures.ProxyConnectionError():
                return EicError(f"{operation} was not sent: {error}", hint=_NOT_SENT_HINT)
            case failures.HTTPClientError() | failures.ConnectionError():
                return EicError(f"{operation} got no answer: {error}", hint=_NO_ANSWER_HINT)
            case failures.BotoCoreError():
                return _from_setting(error, operation)
            case ValueError() if "endpoint" in str(error).lower():
                return UsageError(str(error), hint="--endpoint-url http://127.0.0.1:4566")
        return EicError(f"AWS's answer to {operation} cannot be read: {error}", hint=_BROKEN_ANSWER_HINT)


def _from_setting(error: failures.BotoCoreError, operation: str) -> EicError:
    """What is wrong with the credentials, the region or a parameter, found before anything was sent."""
    match error:
        case failures.NoCredentialsError() | failures.PartialCredentialsError():
            hint = "aws configure, aws sso login, or %eic sandbox for an AWS without an account"
            return ConfigurationError(f"no usable AWS credentials: {error}", hint=hint)
        case failures.CredentialRetrievalError() | failures.InvalidConfigError() | failures.SSOTokenLoadError():
            return ConfigurationError(f"no usable AWS credentials: {error}", hint=_RENEW)
        case failures.NoRegionError() | failures.ConfigNotFound() | failures.ConfigParseError():
            return ConfigurationError(str(error), hint="--region us-east-1, or a look at the AWS config file")
        case failures.InvalidRegionError():
            return UsageError(str(error), hint="--region us-east-1")
        case failures.ParamValidationError():
            return UsageError(str(error))
    return EicError(f"{operation} failed: {error}")


def _kind_of(code: str, status: int | None, operation: str, message: str) -> tuple[type[AwsError], str | None]:
    """The class of an error, and what to do about it."""
    if code in _EXPIRED:
        return ExpiredCredentials, _RENEW
    if code in _DENIED:
        return AccessDenied, f"a role that may call lambda:{operation}, or other credentials"
    if code in _THROTTLED or status == _TOO_MANY_REQUESTS:
        return Throttled, "the same again in a few seconds; the account's other tools share this limit"
    if code == "ResourceNotFoundException":
        no_config = "doesn't have an EventInvokeConfig" in message
        return NotFound, _NO_CONFIG_HINT if no_config else _NO_FUNCTION_HINT
    return AwsError, None
