"""What runs on a worker of a Dask cluster: one account and region, in one of many turns side by side.

Tested in tests/fleet/parts/test_cluster.py.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from dataclasses import asdict
from importlib.metadata import version
from itertools import count
from typing import Any

from distributed import get_worker, secede
from distributed.core import Status

from eicnb.errors import ConfigurationError
from eicnb.fleet.parts.part import PartOrder, PartProgress, PartResult, failed_result, read_part, result_of
from eicnb.fleet.row import region_failure
from eicnb.fleet.scan import Audit

PROGRESS = "eicnb-audit"
"""The topic of the progress of all audits."""

MOST_AT_ONCE = 50
"""The accounts and regions that one worker reads side by side."""

_BETWEEN_LOOKS = 0.25
_LOOKS_BETWEEN_REPORTS = 4
_RUNNING = {Status.running, Status.paused}
_STATES = {"executing", "long-running"}


class NoLongerWantedError(Exception):
    """The end of a part whose audit was stopped, or whose worker has left the cluster."""


class Loop:
    """A thread with an asyncio loop, in which all parts of a process run; it starts with the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Start a coroutine."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True, name="eicnb-parts").start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)


_LOOP = Loop()
_ROOM = threading.BoundedSemaphore(MOST_AT_ONCE)


def read_on_worker(order: PartOrder) -> PartResult:
    """Read an account and region, and return its rows; errors are rows.

    The thread waits outside of the worker's pool, so that the worker starts more parts than it has threads: they wait
    for AWS's limits nearly all the time.
    """
    is_wanted = _watch(order)
    audit = order.audit()
    while not _ROOM.acquire(timeout=_BETWEEN_LOOKS):
        if not is_wanted():
            raise NoLongerWantedError
    try:
        secede()  # type: ignore[no-untyped-call] # it has no types
        _check_version(order)
        _await(_LOOP.start(read_part(audit, order)), is_wanted, lambda: _report(audit, order))
        return result_of(audit, order.key, order.run)
    except NoLongerWantedError:
        raise
    except Exception as error:  # noqa: BLE001 # whatever it is, it is the row of this account and region
        return failed_result(audit, region_failure(*order.key, error), order.run)
    finally:
        _ROOM.release()


def _watch(order: PartOrder) -> Callable[[], bool]:
    """Return a function that tells whether this task is still wanted.

    It is as long as the audit runs, and the worker is in the cluster. A worker that lost its scheduler must stop by
    itself: another one may have its parts by then.
    """
    worker = get_worker()

    def is_wanted() -> bool:
        task = worker.state.tasks.get(order.task)
        return worker.status in _RUNNING and task is not None and task.state in _STATES

    return is_wanted


def _await(running: Future[None], is_wanted: Callable[[], bool], report: Callable[[], None]) -> None:
    """Wait for a part, and report its progress meanwhile; stop it if it is no longer wanted."""
    for look in count(1):
        if running.done() or wait([running], _BETWEEN_LOOKS).done:
            return running.result()
        if not is_wanted():
            running.cancel()
            raise NoLongerWantedError
        if look % _LOOKS_BETWEEN_REPORTS == 0:
            report()
    return None


def _report(audit: Audit, order: PartOrder) -> None:
    progress = PartProgress.of(audit.progress(), order.key)
    get_worker().log_event(PROGRESS, {"run": order.run, "part": asdict(progress)})


def _check_version(order: PartOrder) -> None:
    """Refuse an order of another version: a worker may have joined after all were compared."""
    here = version("eicnb")
    if order.version != here:
        raise ConfigurationError(
            f"the worker {socket.gethostname()} has eicnb {here}, and the notebook {order.version}",
            hint=f"pip install eicnb=={order.version}",
        )


def leave_group(host: str, process: int, group: int) -> None:
    """Take a worker that the notebook's process started out of its process group.

    Ctrl-C in the notebook would reach it too.
    """
    if socket.gethostname() == host and os.getpid() != process and os.getpgrp() == group:
        os.setpgrp()
