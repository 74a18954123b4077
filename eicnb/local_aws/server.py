"""The sandbox, to start and to stop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from eicnb.errors import ConfigurationError
from eicnb.local_aws import account_ids, shop
from eicnb.local_aws.throttle import Throttle

if TYPE_CHECKING:
    from types import TracebackType

    from eicnb.local_aws.application import Application
    from eicnb.local_aws.http_server import HttpServer
    from eicnb.local_aws.other_services import OtherServices
    from eicnb.local_aws.request_log import RequestRecord

LAST_PORT = 65535
_MOTO_PARTS = {"moto", "werkzeug", "flask", "flask_cors"}


@dataclass(frozen=True, slots=True)
class _Running:
    """The parts that exist only between start and stop."""

    account_id: str
    other_services: OtherServices
    application: Application
    server: HttpServer


class Sandbox:
    """An AWS account of its own on 127.0.0.1, seeded with a small web shop.

        with Sandbox() as aws:
            client = boto3.client("lambda", endpoint_url=aws.url, region_name="us-east-1", …)

    Any access key is accepted. `port` 0 is a free one; `requests_per_second` and `burst` are those of
    `throttle`; `now` gives the time of changes, in seconds since 1970. Stopping forgets everything.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account_id: str | None = None,
        requests_per_second: float | None = None,
        burst: float | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not 0 <= port <= LAST_PORT:
            raise _unusable_port(port, f"ports end at {LAST_PORT}")
        self._port = port
        self._wanted_account_id = account_id
        self._now = now
        self._throttle = Throttle()
        self._throttle.limit(requests_per_second, burst)
        self._running: _Running | None = None

    def start(self) -> Self:
        """Start serving; a running sandbox is left as it is."""
        if self._running is None:
            account_id = account_ids.claim(self._wanted_account_id)
            try:
                self._running = self._build(account_id)
            except BaseException:
                account_ids.release(account_id)
                raise
        return self

    def stop(self) -> None:
        """Stop serving and forget the account; a stopped sandbox is left as it is."""
        running, self._running = self._running, None
        if running is not None:
            try:
                running.server.stop()
                running.other_services.forget()
            finally:
                account_ids.release(running.account_id)

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
        """Its address, as an `endpoint_url`."""
        return f"http://127.0.0.1:{self._started().server.port}"

    @property
    def account_id(self) -> str:
        """The account of every caller."""
        return self._started().account_id

    @property
    def caller_arn(self) -> str:
        """The ARN of every caller, as STS reports it."""
        return f"arn:aws:sts::{self.account_id}:user/moto"

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions with functions; every other region works too, and is empty."""
        return shop.REGIONS

    def throttle(self, requests_per_second: float | None, burst: float | None = None) -> None:
        """Refuse control-plane calls beyond this rate a region, as AWS does beyond 15; None lifts the limit.

        `burst` calls may come at once, by default as many as fit into one second. GetFunction has a limit
        of its own, 100/15 times as high
        (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests).
        """
        self._throttle.limit(requests_per_second, burst)

    def requests(self) -> list[RequestRecord]:
        """Return the latest 10,000 requests since the start, oldest first."""
        return self._started().application.requests()

    def _started(self) -> _Running:
        if self._running is None:
            raise ConfigurationError("The sandbox is not running.", hint="Sandbox().start()")
        return self._running

    def _build(self, account_id: str) -> _Running:
        try:
            from eicnb.local_aws import application, control_plane, other_services, seed
            from eicnb.local_aws.account import Account
        except ModuleNotFoundError as error:
            raise _missing_moto(error) from error
        others = other_services.OtherServices(account_id)
        account = Account(account_id, self._now, others.may)
        served = application.Application(control_plane.ControlPlane(account, self._throttle), others)
        server = self._bind(served)
        try:
            seed.fill(account, others)
        except BaseException:
            server.server_close()
            others.forget()
            raise
        server.start()
        return _Running(account_id, others, served, server)

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
