"""What went wrong with a call, in eicnb's words: an error that AWS answered with, or an exception of botocore.

botocore's exceptions are known here by the names of their classes, so that `aws.py` stays the one door to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eicnb.aws.responses import (
    broken_answer,
    without_user,
)
from eicnb.aws.retries import certainly_not_sent
from eicnb.errors import (
    AccessDenied,
    AwsError,
    ConfigurationError,
    EicError,
    ExpiredCredentials,
    NotFound,
    Throttled,
    UsageError,
)
from eicnb.model.verbs import action_of

_NO_ANSWER = {"HTTPClientError", "ConnectionError"}

_BROKEN = {"PaginationError", "ResponseParserError"}

_SIGN_IN_ENDED = {"SSOError", "UnauthorizedSSOTokenError", "TokenRetrievalError"}

_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError"}

_NO_PROVIDER = {"CredentialRetrievalError", "InvalidConfigError", "ProfileNotFound"}

_UNREADABLE = {"OSError", "EOFError", "KeyError", "JSONDecodeError"}

# What botocore's parsers raise on an answer that is not what the service model says.
_BROKEN_ANSWER = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RuntimeError)

# What settings of the environment and the config files make botocore raise, beside its own errors.
_UNUSABLE_SETTING = (ValueError, TypeError, KeyError, OSError, EOFError, RuntimeError)

_NOT_SENT_HINT = "a look at the region, the endpoint URL and the network"

_NO_ANSWER_HINT = "%eic get, to see whether it arrived all the same; then the command again"

_GET_CREDENTIALS = "aws configure, aws sso login, or %eic sandbox for an AWS without an account"

_SETTINGS_HINT = "a look at the AWS_* variables and the AWS config file"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried: an operation of AWS, in a region, at a place in words."""

    operation: str
    region: str
    place: str

    def answered(self, response: Mapping[str, Any]) -> AwsError:
        """The error that AWS answered with, as the class for its code.

        >>> attempt = Attempt("GetFunction", "us-east-1", "us-east-1")
        >>> type(attempt.answered({"Error": {"Code": "AccessDeniedException", "Message": "no"}})).__name__
        'AccessDenied'
        """
        told = response.get("Error", {})
        metadata = response.get("ResponseMetadata", {})
        code, status = told.get("Code", "Unknown"), metadata.get("HTTPStatusCode")
        message = told.get("Message") or f"AWS answered {status} without a message"
        kind, hint = kind_of(code, status, self.operation, message)
        return kind(
            message,
            operation=self.operation,
            code=code,
            region=self.region,
            request_id=metadata.get("RequestId"),
            place=self.place,
            hint=hint,
        )

    def told(self, error: Any, *, sent: bool) -> EicError | None:
        """The error for an exception of a call that was sent or was still to be sent; None for what must be a bug."""
        names = _names(error)
        if "ClientError" in names:
            return replace(self, operation=error.operation_name).answered(error.response)
        if "BotoCoreError" in names:
            return self.failed(error)
        if sent and ("ResponseParserError" in names or isinstance(error, _BROKEN_ANSWER)):
            return broken_answer(self.operation, str(error))
        return self._before(error) if not sent and isinstance(error, _UNUSABLE_SETTING) else None

    def failed(self, error: Exception) -> EicError:
        """What an exception of botocore means: the network, an answer that came apart, or else a setting."""
        return self._on_the_way(error) or self._before(error)

    def _on_the_way(self, error: Exception) -> EicError | None:
        """What the network, or an answer that came apart, did to a call; None when it was something else."""
        told, names = without_user(str(error)), _names(error)
        if certainly_not_sent(error):
            return EicError(f"{self.operation} was not sent: {told}", hint=_NOT_SENT_HINT)
        if "SSOError" in names or "BotoCoreError" not in names:
            return None
        if names & _NO_ANSWER:
            return EicError(f"{self.operation} got no answer: {told}", hint=_NO_ANSWER_HINT)
        return broken_answer(self.operation, told) if names & _BROKEN else None

    def _before(self, error: Exception) -> EicError:  # noqa: PLR0911 # a table
        """What is wrong with the credentials, the region or another setting; nothing was sent."""
        told, names = without_user(str(error)), _names(error)
        if "SSOTokenLoadError" in names:
            return ConfigurationError(f"no usable AWS credentials: {told}", hint=RENEW_HINT)
        if names & _SIGN_IN_ENDED:
            return self._expired(told, type(error).__name__)
        if "RuntimeError" in names and "still expired" in told:
            return self._expired(told, "ExpiredCredentials")
        if names & _NO_CREDENTIALS:
            return ConfigurationError(f"no usable AWS credentials: {told}", hint=_GET_CREDENTIALS)
        if names & {"InvalidRegionError", "UnknownRegionError"}:
            return UsageError(told, hint="--region us-east-1")
        if "ParamValidationError" in names:
            return UsageError(told)
        if "ValueError" in names and "endpoint" in told.lower():
            return UsageError(told, hint="--endpoint-url http://127.0.0.1:4566")
        if names & (_NO_PROVIDER | _UNREADABLE):
            return ConfigurationError(f"no usable AWS credentials: {told}", hint=RENEW_HINT)
        return ConfigurationError(f"an AWS setting cannot be used: {told}", hint=_SETTINGS_HINT)

    def _expired(self, message: str, code: str) -> ExpiredCredentials:
        return ExpiredCredentials(
            message, operation=self.operation, code=code, region=self.region, place=self.place, hint=RENEW_HINT
        )


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


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

_NO_CONFIG_HINT = "list the configs of the function, or put this one"

RENEW_HINT = "aws sso login (or renew the credentials), then run this again; no restart is needed"


def kind_of(code: str, status: int | None, operation: str, message: str) -> tuple[type[AwsError], str | None]:
    """The class of an error, and what to do about it."""
    if code in _EXPIRED:
        return ExpiredCredentials, RENEW_HINT
    if code in _NOT_THESE_CREDENTIALS:
        return AccessDenied, "other credentials: AWS does not know these"
    if code in _DENIED:
        return AccessDenied, f"a role that may call {action_of(operation)}, or other credentials"
    if code in _THROTTLED or status == _TOO_MANY_REQUESTS:
        return Throttled, "the same again in a few seconds; the account's other tools share this limit"
    if code == "ResourceNotFoundException":
        no_config = "doesn't have an EventInvokeConfig" in message
        return NotFound, _NO_CONFIG_HINT if no_config else _NO_FUNCTION_HINT
    return AwsError, None
