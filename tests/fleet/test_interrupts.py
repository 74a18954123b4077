"""Ctrl-C twice: the second one waits until the rows of the audit are returned."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import pytest

import eicnb
from eicnb.errors import AuditInterrupted
from eicnb.fleet.interrupts import Interrupts
from eicnb.fleet.list_entry import Home
from eicnb.fleet.progress import Progress
from eicnb.fleet.region import RegionWalk
from eicnb.fleet.result import to_audit_frame
from eicnb.fleet.row import AuditRow
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import Scope
from eicnb.model.reported import ReportedFunction
from tests.answering import Answering, Silence
from tests.fleet.conftest import Run
from tests.fleet.lambdas import Lambda


def press() -> None:
    """Press Ctrl-C while the main thread works."""
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_the_first_interrupt_stops_an_audit_and_later_ones_lose_no_row(run: Run, more: int) -> None:
    def show(progress: Progress) -> None:
        if progress.is_over:
            for _ in range(more):
                press()
        elif progress.functions_done >= 3:
            press()

    before = signal.getsignal(signal.SIGINT)
    with Answering(Lambda(60)) as server, pytest.raises(AuditInterrupted) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), rate=20, show=show)
    assert signal.getsignal(signal.SIGINT) is before
    attrs = raised.value.result.attrs
    assert (attrs["rows"], attrs["failed"]) == (60, 0)
    assert attrs["ok"] >= 3
    assert attrs["unread"] == 60 - attrs["ok"]


@pytest.mark.parametrize("functions", [None, ["f0001", "nosuch"], "f*"], ids=str)
def test_an_audit_that_is_stopped_while_it_lists_says_so(run: Run, functions: Any) -> None:
    def show(progress: Progress) -> None:
        if progress.regions and not progress.is_over:
            press()

    with (
        Answering(Lambda(3, lambda seen, region, name: Silence(30))) as server,
        pytest.raises(AuditInterrupted) as raised,
    ):
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), functions=functions, show=show)
    assert str(raised.value) == (
        "the audit was stopped: no function was listed yet\nTry: %eic audit --resume ${sys.last_value}"
    )


def test_an_interrupt_that_was_held_back_is_raised_with_the_whole_frame(run: Run) -> None:
    def show(progress: Progress) -> None:
        if progress.is_over:
            press()

    with Answering(Lambda(3)) as server, pytest.raises(AuditInterrupted) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), show=show)
    assert raised.value.result.attrs["complete"]


def test_a_drawer_that_is_interrupted_every_time_loses_no_row(run: Run) -> None:
    def show(progress: Progress) -> None:
        raise KeyboardInterrupt

    with Answering(Lambda(3)) as server, pytest.raises(AuditInterrupted) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), rate=2, show=show)
    assert len(raised.value.result) >= 1


def test_in_another_thread_no_handler_is_installed() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def elsewhere() -> None:
        with Interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]


MANY = 100_000
SLOWEST = 2.0
"""CPU seconds to return 100,000 rows: half a second on an idle machine, and twice that on shared cores."""


def test_many_rows_are_returned_quickly() -> None:
    home = Home("123456789012", "us-east-1", "aws")
    sender: Any = None  # nothing is sent
    walk = RegionWalk(home=home, sender=sender, scope=Scope.parse(functions=None, qualifiers="configured", rate=10))
    for number in range(MANY):
        name = f"function-{number:06}"
        function = ReportedFunction(
            function=home.function(name), runtime="python3.13", timeout=3, dead_letter_arn=None, role_arn="role"
        )
        walk.functions[name] = function
        if number % 2:
            walk.done.add(name)
            walk.rows.append(
                AuditRow(
                    region=home.region,
                    account_id=home.account_id,
                    function=function.function,
                    qualifier="$LATEST",
                    runs=function,
                )
            )
    running = Audit(
        connections=[eicnb.connect(region="us-east-1")._connection.aws],
        regions=None,
        scope=walk.scope,
        walks=[walk],
        is_placed=True,
    )
    taken = []
    for _ in range(3):
        started = time.process_time()
        frame = to_audit_frame(running)
        taken.append(time.process_time() - started)
    assert min(taken) < SLOWEST
    assert (len(frame), frame.attrs["ok"], frame.attrs["unread"]) == (MANY + 1, MANY // 2, MANY // 2 + 1)
