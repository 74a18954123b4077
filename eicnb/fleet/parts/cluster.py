"""The notebook's side of a Dask cluster, whose workers each read whole accounts and regions.

Tested in tests/fleet/parts/test_cluster.py.
"""

from __future__ import annotations

import asyncio
import math
import os
import secrets
import socket
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from weakref import WeakValueDictionary

from eicnb.aws.boto import Aws
from eicnb.aws.http.threads import in_thread
from eicnb.aws.recipe import Recipe
from eicnb.errors import ConfigurationError, EicError, UsageError, shown
from eicnb.fleet.parts.part import Key, PartOrder, PartProgress, PartResult
from eicnb.fleet.places import AccountRegion
from eicnb.fleet.scope import CHOSEN, Credentials, Scope
from eicnb.redaction.warn import warn

_ENCRYPTED = "tls://"
_RETRIES = 3
_MOST_SENT = 16
"""The pending orders with credentials per worker; later ones wait, so that their credentials are fresh."""

_BETWEEN_TRIES = 0.2
_MOST_NAMED = 3
_VERSION = "(__import__('eicnb').__version__,)"
_INSTALLED = "(__import__('eicnb').__version__, __import__('pyarrow').__version__)"


class Cluster:
    """The workers of a `dask.distributed.Client`, which read accounts and regions for one audit.

    The key of a task names its account and region, so that two workers never read the same one: their rates would add
    up.
    """

    between_checks = 30.0
    """The seconds after which a waiting audit checks whether the cluster still has workers."""

    def __init__(self, client: Any, credentials: Credentials) -> None:
        self.run = f"a-{secrets.token_hex(5)}"
        self.progress: dict[Key, PartProgress] = {}
        self._client = client
        self._sends = credentials == "send"
        self._futures: dict[Key, Any] = {}
        self._room = asyncio.Semaphore(1)
        self._checked_at = -math.inf

    @classmethod
    def parse(cls, client: Any, credentials: Any, scope: Scope) -> Cluster:
        """Check the arguments of an audit on a cluster, without a request to it."""
        distributed = _distributed()
        with UsageError.about("client"):
            hint = _make_client(client if isinstance(client, str) and "://" in client else "tls://scheduler:8786")
            if not isinstance(client, distributed.Client):
                raise UsageError(f"client is {shown(client)}, not a client of a Dask cluster", hint=hint)
            if client.asynchronous:
                raise UsageError("the client is asynchronous", hint=hint)
            if client.status != "running":
                raise UsageError(f"the client is {client.status}", hint=hint)
        if scope.selection.as_attr == CHOSEN:
            with UsageError.about("functions"):
                raise UsageError(
                    "functions is a callable, which cannot be sent to workers", hint='functions="checkout-*"'
                )
        return cls(client, credentials)

    def prepare(self) -> None:
        """Check the workers and their versions, and subscribe to their progress."""
        addresses = sorted(self._client.nthreads())
        if not addresses:
            hint = "wait for a worker\nclient.wait_for_workers(1)"
            raise ConfigurationError("the cluster has no workers", hint=hint)
        if self._sends:
            _check_encrypted([self._client.scheduler.address, *addresses])
        _check_versions({**self._client.run(eval, _INSTALLED, on_error="return"), "the scheduler": self._scheduler()})
        from eicnb.fleet.parts.worker import PROGRESS, leave_group

        if hasattr(os, "setpgrp"):
            self._client.run(leave_group, socket.gethostname(), os.getpid(), os.getpgrp())
        self._room = asyncio.Semaphore(_MOST_SENT * len(addresses))
        _RUNNING[self.run] = self
        self._client.subscribe_topic(PROGRESS, _store_progress)

    def _scheduler(self) -> Any:
        """Return the version of eicnb on the scheduler, or the error of importing it.

        The scheduler unpickles the orders too.
        """
        try:
            return self._client.run_on_scheduler(eval, _VERSION)
        except ModuleNotFoundError as error:
            return error

    def recipe(self, aws: Aws) -> Recipe:
        """Return how a worker connects to an account; if the credentials can't be sent, raise UsageError."""
        return Recipe.with_keys(aws) if self._sends else Recipe.of(aws)

    async def read(self, place: AccountRegion, scope: Scope) -> PartResult:
        """Let a worker read an account and region; if it dies, another worker takes over."""
        if not self._sends:
            return await self._read(place, scope)
        async with self._room:
            return await self._read(place, scope)

    async def _read(self, place: AccountRegion, scope: Scope) -> PartResult:
        while True:
            recipe = await in_thread(self.recipe, place.aws)
            account_id, region = place.key
            order = PartOrder(
                run=self.run,
                version=version("eicnb"),
                account_id=account_id,
                region=region,
                recipe=recipe,
                scope=scope,
            )
            result = await self._result(order)
            if result is not None and result.run == self.run:
                return result
            await asyncio.sleep(_BETWEEN_TRIES)  # another audit is reading this account and region

    async def _result(self, order: PartOrder) -> PartResult | None:
        """Return the result of a task; None if another audit cancelled it."""
        from distributed import CancelledError

        from eicnb.fleet.parts.worker import read_on_worker

        key = order.key
        future = self._client.submit(read_on_worker, order, key=order.task, pure=False, retries=_RETRIES)
        self._futures[key] = future
        try:
            await self._wait(future)
            result: PartResult = await in_thread(future.result)
        except CancelledError:
            return None
        except EicError:
            raise
        except Exception as error:
            raise EicError(f"the cluster could not read this region: {type(error).__name__}: {error}") from error
        else:
            return result
        finally:
            del self._futures[key]
            future.release()

    async def _wait(self, future: Any) -> None:
        """Wait until a task is done, and warn once if no worker is left to run it."""
        waiting = asyncio.ensure_future(_wait_until_done(future))
        try:
            while not (await asyncio.wait([waiting], timeout=self.between_checks))[0]:
                await self._check_workers()
        finally:
            waiting.cancel()

    async def _check_workers(self) -> None:
        now = time.monotonic()
        if now - self._checked_at < self.between_checks:
            return
        self._checked_at = now
        if not await in_thread(self._client.nthreads):
            self._checked_at = math.inf
            warn("the cluster has lost all its workers, and the audit waits for new ones; their logs may say why")

    def stop(self) -> None:
        """Stop the workers; the rows of an account and region that is only partly read are lost."""
        _RUNNING.pop(self.run, None)
        futures = [*self._futures.values()]
        if futures and self._client.status == "running":
            self._client.cancel(futures)


_RUNNING: WeakValueDictionary[str, Cluster] = WeakValueDictionary()
"""The audits of this process on clusters, by their ids."""


def _store_progress(event: tuple[float, Mapping[str, Any]]) -> None:
    """Store the progress that a worker reports."""
    _, message = event
    running = _RUNNING.get(message["run"])
    if running is not None:
        part = PartProgress(**message["part"])
        running.progress[part.account_id, part.region] = part


async def _wait_until_done(future: Any) -> None:
    """Wait until a task has finished, failed or been cancelled."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def settle(_: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(settle)
    await done.wait()


def _make_client(address: str) -> str:
    """Return the hint to make a client for the cluster at this address."""
    return f"make a client, and pass it\nfrom dask.distributed import Client\nclient = Client({address!r})"


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        if error.name != "distributed":
            raise
        raise ConfigurationError("a Dask cluster needs distributed", hint="pip install 'eicnb[dask]'") from error
    return distributed


def _check_encrypted(addresses: list[str]) -> None:
    """Refuse to send credentials over anything but TLS."""
    plain = [address for address in addresses if not address.startswith(_ENCRYPTED)]
    if plain:
        with UsageError.about("credentials"):
            raise UsageError(
                f'credentials="send" needs an encrypted cluster, and {plain[0]} is not encrypted',
                hint="connect to the cluster with distributed.Security(require_encryption=True, …); "
                'or let the workers use their own credentials: credentials="workers"',
            )


def _check_versions(installed: Mapping[str, Any]) -> None:
    """Reject workers and schedulers with another version of eicnb, or without it."""
    here, different = version("eicnb"), dict[str, list[str]]()
    for address, versions in installed.items():
        if isinstance(versions, BaseException):
            different.setdefault(_why_missing(versions), []).append(address)
        elif versions[0] != here:
            different.setdefault(f"eicnb {versions[0]}", []).append(address)
    if not different:
        return
    lines = [f"{', '.join(names[:_MOST_NAMED])}{_more(names)}: {what}" for what, names in sorted(different.items())]
    raise ConfigurationError(
        f"the notebook has eicnb {here}, but not the whole cluster does:\n    " + "\n    ".join(lines),
        hint=f"install it on the scheduler and on the workers, then restart them\npip install 'eicnb[dask]=={here}'",
    )


def _more(names: list[str]) -> str:
    return f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""


def _why_missing(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"no {error.name}"
    return f"{type(error).__name__}: {error}"
