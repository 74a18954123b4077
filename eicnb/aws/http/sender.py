"""Sends the calls of one account and region: in turn, signed, and again after what may pass."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from eicnb.aws.failures import Attempt
from eicnb.aws.http.keyring import Keyring
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.route import Route
from eicnb.aws.http.signing import Signer
from eicnb.aws.keys import Keys
from eicnb.aws.responses import Markers, broken_answer, without_user
from eicnb.errors import AwsError, EicError, ExpiredCredentials, Throttled

_OK = 200
_SERVER_ERROR = 500
_PORTS = {"http": 80, "https": 443}
_LONGEST_ERROR = 4096
_ENOUGH_FAILURES = 8  # so that one failure after a long silence is not taken for a service that is down


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long what may pass is tried again, in seconds.

    `throttled` is for answers of 429, `failed` for 500s, connections that are cut or refused, silence and answers that
    come apart. A region that answers nothing right for so long is not asked any further: what is left of it gets the
    last error. `pause` is the wait before the second attempt; it doubles up to `longest_pause`. `answer` is the longest
    that one answer may take as a whole, or the connection's read timeout twice where that is longer.
    """

    throttled: float = 60.0
    failed: float = 30.0
    pause: float = 0.2
    longest_pause: float = 5.0
    answer: float = 120.0


PATIENCE = Patience()
"""The patience of an audit unless told otherwise."""


@dataclass(slots=True)
class Tally:
    """What the calls of an audit came to so far."""

    calls: int = 0
    throttles: int = 0
    retries: int = 0


class _Passing(Exception):
    """A failure that may pass, and the error that it is if it does not."""

    def __init__(self, error: EicError, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


@dataclass(slots=True, kw_only=True)
class Sender:
    """Asks Lambda in one account and region.

    `turns` says when the next call may go; `sleep` waits; `clock` counts seconds. One call at a time waits for its
    turn, so that a refusal slows all the others.
    """

    route: Route
    keyring: Keyring
    turns: TokenBucket
    session: aiohttp.ClientSession
    attempt_at: Callable[[str], Attempt]
    tally: Tally
    patience: Patience = PATIENCE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    down: EicError | None = None
    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failures_in_a_row: int = 0
    _failing_since: float = 0.0
    _signer: Signer = field(init=False)
    _timeout: aiohttp.ClientTimeout = field(init=False)
    _host: str = field(init=False)
    _base: str = field(init=False)

    def __post_init__(self) -> None:
        route, parts = self.route, urlsplit(self.route.url)
        self._signer = Signer(route.region, route.service)
        self._timeout = aiohttp.ClientTimeout(
            total=max(self.patience.answer, 2 * (route.read_timeout or 0.0)),
            sock_connect=route.connect_timeout,
            sock_read=route.read_timeout,
        )
        is_default = parts.port in {None, _PORTS.get(parts.scheme)}
        self._host = parts.netloc.removesuffix(f":{parts.port}") if is_default else parts.netloc
        self._base = parts.path

    async def pages(self, operation: str, path: str, **query: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every page of a list; one that never ends is an EicError."""
        seen = Markers(operation)
        page = await self.call(operation, path, **query)
        while True:
            seen.check(page)
            yield page
            marker = page.get("NextMarker")
            if not marker:
                return
            page = await self.call(operation, path, **query, Marker=marker)

    async def call(self, operation: str, path: str, **query: str) -> Mapping[str, Any]:
        """One answer, as long as it takes within the patience; an EicError says why there is none."""
        pause = self.patience.pause
        first_failure: float | None = None
        while True:
            await self._turn()
            sent_at = self.clock()
            try:
                answer = await self._once(operation, path, query)
            except _Passing as passing:
                first_failure = sent_at if first_failure is None else first_failure
                self._bear(passing.error, sent_at, first_failure)
                if passing.retry_after is not None:
                    self.tally.throttles += 1
                    self.turns.refused(sent_at, passing.retry_after)
                else:
                    await self.sleep(pause)
                    pause = min(2 * pause, self.patience.longest_pause)
            except AwsError:
                self._failures_in_a_row = 0
                raise
            else:
                self._failures_in_a_row = 0
                return answer

    def _bear(self, error: EicError, sent_at: float, first_failure: float) -> None:
        """Raise the error once it has lasted; where all calls fail for so long, no further one is sent."""
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
        """Wait for the next turn, unless no call is to be made any more."""
        async with self._line:
            if self.down is not None:
                raise self.down
            seconds = self.turns.take()
            if seconds > 0:
                await self.sleep(seconds)

    async def _keys(self) -> Keys:
        try:
            return await self.keyring.keys()
        except EicError as error:
            self.down = error
            raise

    async def _once(self, operation: str, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        text = "&".join(f"{quote(name, safe='')}={quote(query[name], safe='')}" for name in sorted(query))
        keys = await self._keys() if self.route.signs else None
        headers = {"Host": self._host, "User-Agent": self.route.user_agent}
        if keys is not None:
            headers |= self._signer.headers(keys, self._host, self._base + path, text, datetime.now(UTC))
        self.tally.calls += 1
        try:
            async with self.session.get(
                URL(f"{self.route.url}{path}{'?' if text else ''}{text}", encoded=True),
                headers=headers,
                proxy=self.route.proxy,
                ssl=self.route.tls or True,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                status, said, body = response.status, response.headers, await response.read()
        except (aiohttp.ClientError, OSError) as error:
            told = without_user(str(error)) or type(error).__name__
            raise _Passing(EicError(f"{operation} got no answer: {told}", hint=_NO_ANSWER)) from error
        if status == _OK:
            return _read(operation, body)
        refusal = self.attempt_at(operation).answered(_as_botocore(status, said, body))
        if isinstance(refusal, Throttled):
            raise _Passing(refusal, _seconds(said.get("Retry-After")))
        if status >= _SERVER_ERROR:
            raise _Passing(refusal)
        if isinstance(refusal, ExpiredCredentials):
            if keys is not None and await self.keyring.renewed(keys):
                raise _Passing(refusal)
            self.down = refusal
        raise refusal


_NO_ANSWER = "the audit again with resume=; if it stays so, a look at the region and the network"


def _read(operation: str, body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise _Passing(broken_answer(operation, str(error))) from error
    if not isinstance(answer, dict):
        raise _Passing(broken_answer(operation, f"it is a {type(answer).__name__}, not an object"))
    return answer


def _as_botocore(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """An error's answer in the shape that botocore gives it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = {}
    told = told if isinstance(told, dict) else {}
    code = headers.get("x-amzn-ErrorType") or told.get("code") or told.get("__type") or str(status)
    message = told.get("message") or told.get("Message") or ""
    return {
        "Error": {"Code": str(code).partition(":")[0].rpartition("#")[2], "Message": str(message)[:_LONGEST_ERROR]},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": headers.get("x-amzn-RequestId")},
    }


def _seconds(text: str | None) -> float:
    """What a Retry-After says; a second where it says nothing that can be read."""
    try:
        return float(text or "")
    except ValueError:
        return 1.0
