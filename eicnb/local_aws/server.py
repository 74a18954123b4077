"""The sandbox, which serves the embedded AWS between start and stop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

from eicnb.errors import ConfigurationError, UsageError
from eicnb.local_aws import account_ids, company, shop
from eicnb.local_aws.event_clock import EVENT_SPEED, EventClock
from eicnb.local_aws.throttle import Throttle

if TYPE_CHECKING:
    from types import TracebackType

    from eicnb.local_aws.account import Account
    from eicnb.local_aws.accounts import Accounts
    from eicnb.local_aws.application import Application
    from eicnb.local_aws.http_server import HttpServer
    from eicnb.local_aws.request_log import RequestRecord
    from eicnb.local_aws.trail import TrailSettings

LAST_PORT = 65535
_MOTO_PARTS = {"moto", "werkzeug", "flask", "flask_cors"}


@dataclass(frozen=True, slots=True)
class _Running:
    """The parts that exist only between start and stop."""

    accounts: Accounts
    application: Application
    server: HttpServer

    @property
    def account(self) -> Account:
        """The account that the sandbox connects to."""
        return self.accounts.management.account


class Sandbox:
    """A private AWS account on 127.0.0.1, seeded with a small web shop.

        with Sandbox() as aws:
            client = boto3.client("lambda", endpoint_url=aws.url, region_name="us-east-1", …)

    Any access key is accepted. `port` 0 uses a free port. `requests_per_second` and `burst` are those of `throttle`.
    `now` returns the time of changes, in seconds since 1970. `event_speed` is how many times faster than real time the
    waits between retries pass. With the default of 300 an event fails for good within a few seconds; with 0, waits
    pass only in `advance` and `settle`. Stopping deletes everything.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account_id: str | None = None,
        requests_per_second: float | None = None,
        burst: float | None = None,
        event_speed: float | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not 0 <= port <= LAST_PORT:
            raise _unusable_port(port, f"the highest port is {LAST_PORT}")
        self._port = port
        self._wanted_account_id = account_id
        self._event_speed = EVENT_SPEED if event_speed is None else event_speed
        EventClock(self._event_speed)
        self._now = now
        self._skipped = 0.0
        self._throttle = Throttle()
        self._throttle.limit(requests_per_second, burst)
        self._running: _Running | None = None

    def start(self) -> Self:
        """Start serving, unless the sandbox is already running."""
        if self._running is None:
            account_id = account_ids.claim(self._wanted_account_id)
            try:
                self._running = self._build(account_id)
            except BaseException:
                account_ids.release(account_id)
                raise
        return self

    def stop(self) -> None:
        """Stop serving and delete all state, unless the sandbox is already stopped."""
        running, self._running = self._running, None
        if running is not None:
            try:
                running.server.stop()
                running.account.clock.close()
                running.accounts.forget()
            finally:
                account_ids.release(running.account.account_id)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The URL of the sandbox, for `endpoint_url`."""
        return f"http://127.0.0.1:{self._started().server.port}"

    @property
    def account_id(self) -> str:
        """The account id of every caller."""
        return self._started().account.account_id

    @property
    def caller_arn(self) -> str:
        """The ARN of every caller, as STS reports it."""
        return f"arn:aws:sts::{self.account_id}:user/moto"

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions with functions; every other region works too, and is empty."""
        return shop.REGIONS

    def throttle(self, requests_per_second: float | None, burst: float | None = None) -> None:
        """Throttle control-plane calls beyond this rate in each region, as AWS does beyond 15 per second.

        None removes the limit. `burst` calls are admitted at once, by default those of one second. GetFunction has
        its own limit, which is 100/15 times as high
        (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests).
        """
        self._throttle.limit(requests_per_second, burst)

    def quota(self) -> float | None:
        """Return the limit of control-plane calls per second in a region, or None without a limit."""
        return self._throttle.rate()

    def fail(self, function_name: str, how: str = "error") -> None:
        """Make a function fail from now on, at every qualifier: with an "error", a "timeout" or a "throttle".

        It fails in every account that has it. A throttled function does not run, so its asynchronous events wait until
        they reach their maximum age.
        """
        from eicnb.local_aws.functions_run import FAILURES

        if how not in FAILURES:
            raise UsageError(f"'{how}' is not a way to fail", hint=f"use {', '.join(FAILURES[:-1])} or {FAILURES[-1]}")
        self._started().account.failures[self._checked(function_name)] = how

    def succeed(self, function_name: str) -> None:
        """Make a function succeed again, as every function of the sandbox does by default."""
        self._started().account.failures.pop(self._checked(function_name), None)

    def settle(self) -> None:
        """Skip all waits; return once no asynchronous event is pending."""
        self._started().account.clock.settle()

    def advance(self, seconds: float) -> None:
        """Advance the clock of asynchronous events; return once everything due by then is done."""
        self._started().account.clock.advance(seconds)

    @property
    def time(self) -> float:
        """The time of changes and of CloudTrail in the sandbox, in seconds since 1970."""
        return self._now() + self._skipped

    def pass_time(self, seconds: float) -> None:
        """Advance the time of changes, of CloudTrail and of the audits of this connection.

        Asynchronous events have a separate clock; see `advance`.
        """
        self._skipped += seconds

    @property
    def trail(self) -> TrailSettings:
        """The settings of its CloudTrail: delay, names of operations, and access."""
        return self._started().accounts.trail

    def requests(self) -> list[RequestRecord]:
        """Return the latest 10,000 requests since the start, oldest first."""
        return self._started().application.requests()

    def _started(self) -> _Running:
        if self._running is None:
            raise ConfigurationError("The sandbox is not running.", hint="Sandbox().start()")
        return self._running

    def _checked(self, function_name: str) -> str:
        names = {name for region in self._started().account.regions.values() for name in region.functions}
        names |= {
            function.name for member in company.MEMBERS for region in member.regions for function in region.functions
        }
        if function_name not in names:
            similar = get_close_matches(str(function_name), sorted(names), n=1)
            hint = similar[0] if similar else "name a function of the sandbox, without a qualifier"
            raise UsageError(f"the sandbox has no function '{function_name}'", hint=hint)
        return function_name

    def _build(self, account_id: str) -> _Running:
        try:
            from eicnb.local_aws.accounts import Accounts
            from eicnb.local_aws.application import Application
        except ModuleNotFoundError as error:
            raise _missing_moto(error) from error
        accounts = Accounts(account_id, lambda: self.time, self._throttle, EventClock(self._event_speed))
        served = Application(accounts)
        server = self._bind(served)
        try:
            accounts.fill()
        except BaseException:
            server.server_close()
            accounts.forget()
            raise
        server.start()
        return _Running(accounts, served, server)

    def _bind(self, served: Application) -> HttpServer:
        from eicnb.local_aws.http_server import HttpServer

        try:
            return HttpServer(served, self._port)
        except OSError as error:
            raise _unusable_port(self._port, os.strerror(error.errno or 0)) from error


def _unusable_port(port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"The sandbox cannot listen on port {port}: {reason}.", hint="use port 0, which takes a free one"
    )


def _missing_moto(error: ModuleNotFoundError) -> Exception:
    if (error.name or "").partition(".")[0] not in _MOTO_PARTS:
        return error
    return ConfigurationError("The sandbox needs moto.", hint="pip install 'eicnb[sandbox]'")
