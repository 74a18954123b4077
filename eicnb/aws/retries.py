"""Retries of failed writes: a write is sent again only if it certainly did not arrive.

After a lost connection or a 5xx response, botocore retries any request, even a write that AWS carried out. Within
`sent_once`, it retries only writes that were throttled or never sent; the code that sends a write then reads the
config to find out what happened. Reads, and writes outside of `sent_once`, are retried as usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError

from eicnb.errors import AwsError, ConfigurationError, EicError, Throttled, UsageError
from eicnb.model.verbs import WRITES, Operation

_WRITES = (*WRITES, Operation.INVOKE)

THROTTLED = frozenset(
    {
        *("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "ThrottledException"),
        *("Throttling", "ThrottlingException", "TooManyRequestsException", "KMS.ThrottlingException", "SlowDown"),
    }
)
"""The error codes of all services for a throttled request."""

_NOT_SENT = frozenset({"EndpointConnectionError", "ConnectTimeoutError"})

_NOT_CONNECTED = frozenset({"NewConnectionError", "ConnectTimeoutError"})

_REDIRECTS, _REQUEST_TIMEOUT, _SERVER_ERRORS = range(300, 400), 408, range(500, 1000)

_sends_once: ContextVar[bool] = ContextVar("eicnb_sends_once", default=False)


@contextmanager
def sent_once() -> Iterator[None]:
    """Let botocore retry writes in this context only if they certainly did not arrive."""
    token = _sends_once.set(True)
    try:
        yield
    finally:
        _sends_once.reset(token)


def install(client: Any) -> None:
    """Make a Lambda client respect `sent_once`."""
    for operation in _WRITES:
        client.meta.events.register_first(
            f"needs-retry.lambda.{operation}", _refuse_retry, unique_id=f"eicnb-sent-once-{operation}"
        )


def _refuse_retry(response: Any, operation: Any, caught_exception: Exception | None, **_: Any) -> None:
    """Raise the error of a write that may have arrived, before botocore retries it."""
    if not _sends_once.get():
        return
    if caught_exception is not None:
        if not certainly_not_sent(caught_exception):
            raise caught_exception
        return
    status, code = response[0].status_code, response[1].get("Error", {}).get("Code")
    if _is_uncertain(status) and code not in THROTTLED:
        raise ClientError(response[1], operation.name)


def _is_uncertain(status: int) -> bool:
    """Return whether a status leaves the result open: neither success nor a refusal with 4xx."""
    return status in _REDIRECTS or status == _REQUEST_TIMEOUT or status in _SERVER_ERRORS


def certainly_not_sent(error: BaseException) -> bool:
    """Return whether a request was never sent: connection refused, name not resolved, no tunnel.

    A proxy that reads the request and then closes the connection raises the same exception as one that cannot be
    reached, so the cause of the exception decides.
    """
    names = _names(error)
    if names & _NOT_SENT or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return True
    if "ProxyConnectionError" not in names:
        return False
    cause = getattr(getattr(error, "kwargs", {}).get("error"), "original_error", None)
    return bool(_names(cause) & _NOT_CONNECTED) or "Tunnel connection failed" in str(cause)


def _names(error: object) -> frozenset[str]:
    return frozenset(kind.__name__ for kind in type(error).__mro__)


def may_have_arrived(error: EicError) -> bool:
    """Return whether AWS may have carried out a failed request: it got no response, or no refusal."""
    if isinstance(error, ConfigurationError | UsageError | Throttled):
        return False
    if isinstance(error, AwsError):
        response: Mapping[str, Any] = getattr(error.__cause__, "response", {})
        return _is_uncertain(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    return error.__cause__ is None or not certainly_not_sent(error.__cause__)
