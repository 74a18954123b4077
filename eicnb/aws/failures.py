"""Map AWS error codes and botocore's exceptions to eicnb's errors.

botocore's exceptions are recognised by their class names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from eicnb.aws.responses import (
    malformed,
    without_user,
)
from eicnb.aws.retries import THROTTLED, certainly_not_sent
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
from eicnb.model.delivery import DECRYPT
from eicnb.model.function import FunctionRef
from eicnb.model.verbs import WRITES, action_of
from eicnb.redaction.debug_log import without

_NO_RESPONSE = {"HTTPClientError", "ConnectionError"}

_MALFORMED = {"PaginationError", "ResponseParserError"}

_SIGN_IN_EXPIRED = {"SSOError", "UnauthorizedSSOTokenError", "TokenRetrievalError", "LoginError"}

_SIGN_IN_MISSING = {"SSOTokenLoadError", "LoginTokenLoadError"}

_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError"}

_NO_PROVIDER = {"CredentialRetrievalError", "InvalidConfigError", "ProfileNotFound"}

_UNREADABLE = {"OSError", "EOFError", "KeyError", "JSONDecodeError"}

# What botocore's parsers raise on a response that does not fit the service model.
_PARSER_ERRORS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RuntimeError)

# What botocore raises, besides its own errors, if a setting of the environment or the config files is unusable.
_UNUSABLE_SETTING = (ValueError, TypeError, KeyError, OSError, EOFError, RuntimeError)

_NOT_SENT_HINT = "check the region, the endpoint URL and the network"

_WRITE_HINT = "read the config to see whether the write arrived, and repeat it if it did not"

_READ_HINT = "check the network, then run it again"

_GET_CREDENTIALS = "run aws configure or aws sso login; the sandbox needs no account\n%eic sandbox"

_SETTINGS_HINT = "check the AWS_* variables and ~/.aws/config"

CERTIFICATE_HINT = "give the certificates that your network uses: --ca-bundle PATH, or the variable AWS_CA_BUNDLE"

_CLOCK_HINT = "set the clock of this machine: AWS refuses a request whose time is more than 5 minutes off"

_CRT_HINT = "pip install 'eicnb[crt]'"

RENEW_HINT = "renew the credentials, then run this again; no restart is needed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that is about to be made, described for its errors.

    `place` is the region and account in words. `renew` is the hint for renewing credentials. `secrets` returns the
    current credentials, which are removed from messages.
    """

    operation: str
    region: str
    place: str
    renew: str = RENEW_HINT
    secrets: Callable[[], Collection[str]] = tuple

    def error_in(self, response: Mapping[str, Any]) -> AwsError:
        """Return the error in AWS's response, as the class for its code.

        >>> attempt = Attempt("GetFunction", "us-east-1", "us-east-1")
        >>> type(attempt.error_in({"Error": {"Code": "AccessDeniedException", "Message": "no"}})).__name__
        'AccessDenied'
        """
        error = response.get("Error", {})
        metadata = response.get("ResponseMetadata", {})
        code, status = error.get("Code", "Unknown"), metadata.get("HTTPStatusCode")
        message = without(error.get("Message") or "", self.secrets()) or f"AWS answered {status} without a message"
        kind, hint = kind_of(code, status, self.operation, message)
        return kind(
            message,
            operation=self.operation,
            code=code,
            region=self.region,
            request_id=metadata.get("RequestId"),
            place=self.place,
            hint=self.renew if kind is ExpiredCredentials else hint,
        )

    def translated(self, error: Any, *, sent: bool) -> EicError | None:
        """Translate an exception that was raised before or after sending; return None for a bug."""
        names = _names(error)
        if "ClientError" in names:
            return replace(self, operation=error.operation_name).error_in(error.response)
        if "BotoCoreError" in names:
            return self._of_the_network(error) or self._before_sending(error)
        if sent and ("ResponseParserError" in names or isinstance(error, _PARSER_ERRORS)):
            return malformed(self.operation, str(error))
        return self._before_sending(error) if not sent and isinstance(error, _UNUSABLE_SETTING) else None

    def _of_the_network(self, error: Exception) -> EicError | None:
        """Translate a network failure or a malformed response; return None for other exceptions."""
        text, names = without_user(str(error)), _names(error)
        nothing = ", so nothing was written" if self.operation in WRITES else ""
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return EicError(f"{self.operation} was not sent{nothing}: {_one_line(text)}", hint=CERTIFICATE_HINT)
        if certainly_not_sent(error):
            return EicError(f"{self.operation} was not sent{nothing}: {text}", hint=_NOT_SENT_HINT)
        if "SSOError" in names or "BotoCoreError" not in names:
            return None
        if names & _NO_RESPONSE:
            hint = _WRITE_HINT if self.operation in WRITES else _READ_HINT
            return EicError(f"{self.operation} got no response: {text}", hint=hint)
        return malformed(self.operation, text) if names & _MALFORMED else None

    def _before_sending(self, error: Exception) -> EicError:  # noqa: PLR0911 # a table
        """Translate an exception about credentials, the region or another setting, before sending."""
        text, names = without_user(str(error)), _names(error)
        if names & _SIGN_IN_MISSING:
            return ConfigurationError(f"no usable AWS credentials: {text}", hint=self.renew)
        if names & _SIGN_IN_EXPIRED:
            return self._expired(text, type(error).__name__)
        if "RuntimeError" in names and "still expired" in text:
            return self._expired(text, "ExpiredCredentials")
        if "MissingDependencyException" in names:
            return ConfigurationError("a profile of `aws login` needs botocore's extra crt", hint=_CRT_HINT)
        if names & _NO_CREDENTIALS:
            return ConfigurationError(f"no usable AWS credentials: {text}", hint=_GET_CREDENTIALS)
        if names & {"InvalidRegionError", "UnknownRegionError"}:
            return UsageError(text, hint="--region us-east-1")
        if "ParamValidationError" in names:
            return UsageError(text)
        if "ValueError" in names and "endpoint" in text.lower():
            return UsageError(text, hint="--endpoint-url http://127.0.0.1:4566")
        if names & (_NO_PROVIDER | _UNREADABLE):
            return ConfigurationError(f"no usable AWS credentials: {text}", hint=self.renew)
        return ConfigurationError(f"an AWS setting cannot be used: {text}", hint=_SETTINGS_HINT)

    def _expired(self, message: str, code: str) -> ExpiredCredentials:
        error = ExpiredCredentials(
            message, operation=self.operation, code=code, region=self.region, place=self.place, hint=self.renew
        )
        error.was_sent = False
        return error


def _one_line(text: str) -> str:
    """Return the text of a TLS error without the line in OpenSSL's source."""
    return re.sub(r" \(_ssl\.c:\d+\)", "", " ".join(text.split()))


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


_TOO_MANY_REQUESTS = 429

_DENIED_BY_KMS = {"KMS.AccessDeniedException", "KmsAccessDenied"}

_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", *_DENIED_BY_KMS}

_DENIED_ACTION = re.compile(r"not authorized to perform: (?P<action>[a-z0-9-]+:[A-Za-z0-9]+)(?=\s|$)")

FORBIDDEN = "403"
"""The error code of a response without a body, such as S3's to a HEAD request."""

_UNKNOWN_CREDENTIALS = {
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}

_EXPIRED = {"ExpiredToken", "ExpiredTokenException"}

_CLOCK = {"RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"}

_CLOCK_MESSAGE = re.compile(r"signature (not yet current|expired)", re.IGNORECASE)

_NO_FUNCTION_HINT = "name another region with --region, or see the functions of this one\n%eic functions"

NO_CONFIG = "doesn't have an EventInvokeConfig"
"""AWS's message about a function, version or alias that exists but has no config."""


def _denied_action(code: str, operation: str, message: str) -> str:
    """Return the denied action; if a KMS key denied access, the action on the key."""
    if code in _DENIED_BY_KMS:
        return DECRYPT
    named = _DENIED_ACTION.search(message)
    return named["action"] if named else action_of(operation)


_WITHOUT_CONFIG = re.compile(rf"The function (?P<function>\S+) {NO_CONFIG}")


def without_config(message: str) -> FunctionRef | None:
    """Return the function that has no config according to AWS's message; None for other messages.

    >>> without_config(f"The function 123456789012:function:my-function {NO_CONFIG}").account_id
    '123456789012'
    """
    found = _WITHOUT_CONFIG.search(message)
    try:
        return FunctionRef.parse(found["function"]) if found else None
    except UsageError:
        return None


_NO_CONFIG_HINT = "list the configs of the function, or put this one"


def is_denied(error: AwsError) -> bool:
    """Return whether AWS denied the action, rather than the credentials.

    >>> is_denied(AccessDenied("no", operation="GetPolicy", code="AccessDeniedException", region="us-east-1"))
    True
    """
    return isinstance(error, AccessDenied) and error.code in {*_DENIED, FORBIDDEN} and error.hint != _CLOCK_HINT


def kind_of(code: str, status: int | None, operation: str, message: str) -> tuple[type[AwsError], str | None]:  # noqa: PLR0911 # a table
    """Return the class of an error, and its hint."""
    if code in _CLOCK or (code in _UNKNOWN_CREDENTIALS and _CLOCK_MESSAGE.search(message)):
        return AccessDenied, _CLOCK_HINT
    if code in _EXPIRED:
        return ExpiredCredentials, RENEW_HINT
    if code in _UNKNOWN_CREDENTIALS:
        return AccessDenied, "use other credentials: AWS does not know these"
    if code in _DENIED:
        action = _denied_action(code, operation, message)
        return AccessDenied, f"use a role that may call {action}, or other credentials"
    if code in THROTTLED or status == _TOO_MANY_REQUESTS:
        return Throttled, "run it again in a few seconds; the account's other tools share this limit"
    if code == "ResourceNotFoundException":
        return NotFound, _NO_CONFIG_HINT if NO_CONFIG in message else _NO_FUNCTION_HINT
    return AwsError, None
