"""The requests of one account and region: rate-limited, signed, retried after temporary failures."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from eicnb.aws.failures import CERTIFICATE_HINT, Attempt
from eicnb.aws.handlers import parameters_of
from eicnb.aws.http.deadlines import Deadlines
from eicnb.aws.http.keyring import KeyProvider
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.route import Route, Through
from eicnb.aws.http.signing import Signer
from eicnb.aws.http.threads import in_thread
from eicnb.aws.keys import Keys
from eicnb.aws.responses import Markers, malformed, without_user
from eicnb.errors import AwsError, ConfigurationError, EicError, ExpiredCredentials, Throttled, UsageError

_OK = 200
_SERVER_ERROR = 500
_PORTS = {"http": 80, "https": 443}
_LONGEST_ERROR = 4096
_ENOUGH_FAILURES = 8  # a single failure after a long silence does not mean that the service is down


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The time for which temporary failures are retried, in seconds.

    `throttled` applies to responses with 429, `failed` to 5xx, cut or refused connections, timeouts and malformed
    responses. A region without a usable response for that long gets no more requests; the rest of it fails with the
    last error. `pause` is the wait before the second attempt; it doubles up to `longest_pause`. `response` limits the
    time of one response, unless twice the read timeout is longer. `sts` limits the wait for STS to report the account;
    after that, Lambda's first response shows it.
    """

    throttled: float = 60.0
    failed: float = 30.0
    pause: float = 0.2
    longest_pause: float = 5.0
    response: float = 120.0
    sts: float = 3.0


PATIENCE = Patience()
"""The default patience of an audit."""


@dataclass(slots=True)
class Tally:
    """The number of requests that an audit has sent, and how many were throttled or retried."""

    calls: int = 0
    throttles: int = 0
    retries: int = 0


class _Temporary(Exception):
    """A failure that is worth a retry, with the error to raise once the patience has run out."""

    def __init__(self, error: EicError, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


@dataclass(slots=True, kw_only=True)
class Sender:
    """The requests to Lambda in one account and region.

    `turns` limits their rate. One request at a time waits for its turn, so a throttled one slows down all the others.
    Once `down` is set to an error, nothing more is sent. `sent` counts requests.
    """

    route: Route
    keyring: KeyProvider
    turns: TokenBucket
    session: aiohttp.ClientSession
    room: asyncio.Semaphore
    deadlines: Deadlines
    attempt_at: Callable[[str], Attempt]
    tally: Tally
    patience: Patience = PATIENCE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    down: EicError | None = None
    sent: int = 0
    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failures_in_a_row: int = 0
    _failing_since: float = 0.0
    _signer: Signer = field(init=False)
    _connecting: aiohttp.ClientTimeout = field(init=False)
    _longest: float = field(init=False)
    _host: str = field(init=False)
    _origin: URL = field(init=False)
    _base: str = field(init=False)

    def __post_init__(self) -> None:
        route, parts = self.route, urlsplit(self.route.url)
        self._signer = Signer(route.region, route.service)
        self._connecting = aiohttp.ClientTimeout(connect=route.connect_timeout)
        self._longest = max(self.patience.response, 2 * (route.read_timeout or 0.0))
        netloc = parts.netloc.rpartition("@")[2]  # no user or password goes into a header
        is_default = parts.port in {None, _PORTS.get(parts.scheme)}
        self._host = netloc.removesuffix(f":{parts.port}") if is_default else netloc
        self._origin = URL(f"{parts.scheme}://{netloc}", encoded=True)
        self._base = parts.path

    async def pages(self, operation: str, path: str, **query: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield every page of a list; an endless list is an EicError."""
        page = await self.call(operation, path, **query)
        if page.get("NextMarker") is None:
            yield page
            return
        seen = Markers(operation)
        while True:
            seen.check(page)
            yield page
            marker = page.get("NextMarker")
            if not marker:
                return
            page = await self.call(operation, path, **query, Marker=marker)

    async def call(self, operation: str, path: str, **query: str) -> Mapping[str, Any]:
        """Return a response, retrying as long as the patience lasts; raise EicError if none is usable."""
        pause = self.patience.pause
        text = _query(query) if query else ""
        first_failure: float | None = None
        while True:
            await self._turn()
            sent_at = self.clock()
            try:
                response = await self._once(operation, path, query, text)
            except _Temporary as temporary:  # its traceback has the body of the response, so it is not chained
                error, retry_after = temporary.error, temporary.retry_after
            except AwsError:
                self._failures_in_a_row = 0
                raise
            else:
                self._failures_in_a_row = 0
                return response
            first_failure = sent_at if first_failure is None else first_failure
            self._raise_if_too_late(error, sent_at, first_failure)
            if retry_after is not None:
                self.tally.throttles += 1
                self.turns.refused(sent_at, retry_after)
            else:
                await self.sleep(pause)
                pause = min(2 * pause, self.patience.longest_pause)

    def _raise_if_too_late(self, error: EicError, sent_at: float, first_failure: float) -> None:
        """Raise the error once the patience has run out; if all requests fail for that long, stop sending."""
        now = self.clock()
        self.tally.retries += 1
        self._failures_in_a_row += 1
        self._failing_since = sent_at if self._failures_in_a_row == 1 else self._failing_since
        patience = self.patience.throttled if isinstance(error, Throttled) else self.patience.failed
        if now - self._failing_since >= patience and self._failures_in_a_row >= _ENOUGH_FAILURES:
            self.down = error
        if now - first_failure >= patience:
            raise error

    async def _turn(self) -> None:
        """Wait for the next turn, or raise the error after which nothing more is sent."""
        if self.down is None and not self._line.locked() and self.turns.take_now():
            return
        async with self._line:
            if self.down is not None:
                raise self.down.with_traceback(None)
            seconds = self.turns.take()
            if seconds > 0:
                await self.sleep(seconds)

    async def _keys(self) -> Keys:
        try:
            return self.keyring.fresh_keys() or await self.keyring.keys()
        except EicError as error:
            self.down = error
            raise

    async def _once(self, operation: str, path: str, query: Mapping[str, str], text: str) -> Mapping[str, Any]:
        keys = await self._keys() if self.route.signs else None
        headers = {"Host": self._host, "User-Agent": self.route.user_agent}
        if keys is not None:
            headers |= self._signer.headers(keys, self._host, self._base + path, text, datetime.now(UTC))
        self.tally.calls += 1
        self.sent += 1
        if self.route.through is not None:
            parameters = parameters_of(path, query)
            status, head, body = await self._through_botocore(self.route.through, operation, parameters)
        else:
            status, head, body = await self._send(operation, path, text, headers)
        if status == _OK:
            return _read(operation, body)
        refusal = self.attempt_at(operation).error_in(_as_botocore(status, head, body))
        if isinstance(refusal, Throttled):
            raise _Temporary(refusal, _seconds(head.get("Retry-After")))
        if status >= _SERVER_ERROR:
            raise _Temporary(refusal)
        if isinstance(refusal, ExpiredCredentials):
            if keys is not None and await self._renewed(keys):
                raise _Temporary(refusal)
            self.down = refusal
        raise refusal

    async def _send(
        self, operation: str, path: str, text: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request once, and return the status, headers and body of its response."""
        url = self._origin.with_path(f"{self._base}{path}", encoded=True)
        try:
            async with self.room:
                with self.deadlines.limit(self._longest, self.route.read_timeout) as limit:
                    response = await self.session.get(
                        URL(f"{url}?{text}", encoded=True) if text else url,
                        headers=headers,
                        proxy=self.route.proxy,
                        ssl=self.route.tls or True,
                        timeout=self._connecting,
                        allow_redirects=False,
                    )
                    limit.restart()
                    return response.status, response.headers, await response.read()
        except (aiohttp.ClientError, OSError) as error:
            raise self._without_response(operation, error) from error

    async def _through_botocore(
        self, through: Through, operation: str, parameters: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        try:
            return await in_thread(through, self.route.region, operation, parameters)
        except (ConfigurationError, UsageError, ExpiredCredentials) as error:
            self.down = error
            raise
        except EicError as error:
            raise _Temporary(error) from error

    async def _renewed(self, refused: Keys) -> bool:
        try:
            return await self.keyring.renewed(refused)
        except EicError as error:
            self.down = error
            raise

    def _without_response(self, operation: str, error: Exception) -> Exception:
        """Return the error for a request without a response; stop sending if no retry can help."""
        certificate = refused_certificate(error)
        if certificate:
            text = f"{operation} was not sent: the TLS certificate of {self._host} was refused: {certificate}"
            self.down = EicError(text, hint=CERTIFICATE_HINT)
            return self.down
        failure = EicError(f"{operation} got no response: {without_user(reason(error))}", hint=_NO_RESPONSE)
        if isinstance(error, aiohttp.ClientHttpProxyError) and error.status not in _TEMPORARY_PROXY_STATUS:
            self.down = failure
            return failure
        return _Temporary(failure)


def _query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(query[name], safe='')}" for name in sorted(query))


def refused_certificate(error: BaseException) -> str | None:
    """Return the reason why a TLS certificate was refused; None if something else went wrong.

    >>> refused_certificate(OSError("connection reset"))
    """
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    is_certificate = isinstance(error, ssl.SSLCertVerificationError)
    return re.sub(r" \(_ssl\.c:\d+\)$", "", " ".join(str(error).split())) if is_certificate else None


def reason(error: Exception) -> str:
    """Return the reason for a missing response, in one line.

    >>> reason(TimeoutError())
    'TimeoutError'
    """
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy refused the connection with {error.status} {error.message}".strip()
    if isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error.strerror or str(error.os_error) or type(error.os_error).__name__
        cause = re.sub(r" \(_ssl\.c:\d+\)$", "", cause)
        return f"cannot connect to {error.host}:{error.port}: {cause}"
    return " ".join(str(error).split()) or type(error).__name__


_TEMPORARY_PROXY_STATUS = {408, 429, *range(500, 600)}

_NO_RESPONSE = "check the region and the network, then resume the audit"


def _read(operation: str, body: bytes) -> Mapping[str, Any]:
    try:
        response = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise _Temporary(malformed(operation, str(error))) from error
    if not isinstance(response, dict):
        raise _Temporary(malformed(operation, f"it is a {type(response).__name__}, not an object"))
    return response


def _as_botocore(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return an error response in botocore's shape; if it is not JSON, its text is the message."""
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        error = {"message": body.decode(errors="replace").strip()}
    error = error if isinstance(error, dict) else {}
    code = headers.get("x-amzn-ErrorType") or error.get("code") or error.get("__type") or str(status)
    message = error.get("message") or error.get("Message") or ""
    return {
        "Error": {"Code": str(code).partition(":")[0].rpartition("#")[2], "Message": str(message)[:_LONGEST_ERROR]},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": headers.get("x-amzn-RequestId")},
    }


def _seconds(text: str | None) -> float:
    """Return the seconds in a Retry-After header; one second if it is malformed."""
    try:
        return float(text or "")
    except ValueError:
        return 1.0
