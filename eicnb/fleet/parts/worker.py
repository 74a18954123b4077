"""The task that a worker of a Dask cluster runs for one account and region, alongside many others.

Tested in tests/fleet/parts/test_cluster.py.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import asdict
from importlib.metadata import version
from itertools import count
from typing import Any

from distributed import get_worker
from distributed.core import Status
from distributed.worker_state_machine import SecedeEvent

from eicnb.aws.http.threads import in_thread
from eicnb.errors import ConfigurationError
from eicnb.fleet.parts.part import Key, PartOrder, PartProgress, PartResult, failed_result, read_part, result_of
from eicnb.fleet.row import region_failure
from eicnb.fleet.scan import Audit

PROGRESS = "eicnb-audit"
"""The topic of the progress of all audits."""

MOST_AT_ONCE = 50
"""The accounts and regions that one worker reads in parallel."""

_BETWEEN_CHECKS = 0.25
_CHECKS_BETWEEN_REPORTS = 4
_RUNNING = {Status.running, Status.paused}
_STATES = {"executing", "long-running"}


class NoLongerWantedError(Exception):
    """The error that ends a part whose audit was stopped, or whose worker has left the cluster."""


class Loop:
    """A thread with an event loop for all parts of a process; it starts with the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Start a coroutine in the thread, and return its future."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True, name="eicnb-parts").start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)


_LOOP = Loop()
_BEING_READ: set[tuple[str, Key]] = set()


async def read_on_worker(order: PartOrder) -> PartResult:
    """Read an account and region, and return its rows; an error becomes a row.

    It blocks none of the worker's threads, so that the worker can start more parts than it has threads: parts spend
    nearly all their time waiting for AWS's limits.
    """
    audit, is_wanted = order.audit(), _watch(order)
    while len(_BEING_READ) >= MOST_AT_ONCE:
        await asyncio.sleep(_BETWEEN_CHECKS)
        _stop_unless(is_wanted())
    part = (order.run, order.key)
    _BEING_READ.add(part)
    try:
        _secede(order)
        _check_version(order)
        await _finish(_LOOP.start(read_part(audit, order)), is_wanted, lambda: _report(audit, order))
        return await in_thread(result_of, audit, order.key, order.run)
    except NoLongerWantedError:
        raise
    except Exception as error:  # noqa: BLE001 # whatever the error, it becomes a row of this account and region
        return await in_thread(failed_result, audit, region_failure(*order.key, error), order.run)
    finally:
        _BEING_READ.discard(part)


def _secede(order: PartOrder) -> None:
    """Let the worker start another task, as `distributed.secede` does for tasks that run in a thread."""
    get_worker().handle_stimulus(
        SecedeEvent(key=order.task, compute_duration=0.0, stimulus_id=f"secede-{order.run}-{time.time()}")
    )


def _watch(order: PartOrder) -> Callable[[], bool]:
    """Return a function that checks whether this task is still wanted.

    A task is wanted while the audit runs and the worker is in the cluster. A worker that lost its scheduler must stop
    by itself: another worker may already be reading its parts.
    """
    worker = get_worker()

    def is_wanted() -> bool:
        task = worker.state.tasks.get(order.task)
        return worker.status in _RUNNING and task is not None and task.state in _STATES

    return is_wanted


def _stop_unless(is_wanted: bool) -> None:  # noqa: FBT001 # the name of the function says it
    if not is_wanted:
        raise NoLongerWantedError


async def _finish(running: Future[None], is_wanted: Callable[[], bool], report: Callable[[], None]) -> None:
    """Wait for a part, and report its progress meanwhile; stop it if it is no longer wanted."""
    waiting = asyncio.wrap_future(running)
    try:
        for check in count(1):
            await asyncio.wait([waiting], timeout=_BETWEEN_CHECKS)
            if waiting.done():
                return await waiting
            _stop_unless(is_wanted())
            if check % _CHECKS_BETWEEN_REPORTS == 0:
                report()
    finally:
        waiting.cancel()


def _report(audit: Audit, order: PartOrder) -> None:
    progress = PartProgress.of(audit.progress(), order.key)
    get_worker().log_event(PROGRESS, {"run": order.run, "part": asdict(progress)})


def _check_version(order: PartOrder) -> None:
    """Reject an order of another version: a worker may join after the versions were checked."""
    here = version("eicnb")
    if order.version != here:
        raise ConfigurationError(
            f"the worker {socket.gethostname()} has eicnb {here}, but the notebook has {order.version}",
            hint=f"pip install eicnb=={order.version}",
        )


def leave_group(host: str, process: int, group: int) -> None:
    """Take a worker that the notebook's process started out of its process group.

    Otherwise Ctrl-C in the notebook would stop the worker too.
    """
    if socket.gethostname() == host and os.getpid() != process and os.getpgrp() == group:
        os.setpgrp()
