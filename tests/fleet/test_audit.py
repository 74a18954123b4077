"""The contract of an audit, on the sandbox."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.frame import Frame
from eicnb.model.reported import ReportedFunction
from tests.fleet.conftest import Run

BOTH = ["us-east-1", "eu-west-1"]
DTYPES = {
    "configured": "boolean",
    "effective_retry_attempts": "Int64",
    "effective_event_age_in_seconds": "Int64",
    "dead_letter_arn": "string",
    "runtime": "string",
    "timeout": "Int64",
    "role_arn": "string",
    "scan_state": "string",
    "error": "string",
    "read_at": "datetime64[ns, UTC]",
}


def of(frame: Frame, function_name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of one function by qualifier."""
    rows = frame[frame.function_name == function_name]
    plain: Any = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return {row["qualifier"]: row for row in plain}


def same(one: Frame, other: Frame) -> bool:
    """Return whether two audits have the same rows, apart from the times at which they were read."""
    times = ["last_modified", "read_at"]
    return one.drop(columns=times).equals(other.drop(columns=times))


def calls(eic: Eic) -> list[str | None]:
    assert eic.server is not None
    return [request.operation for request in eic.server.requests()]


def test_every_function_of_both_regions_is_there_with_its_settings_and_the_counts(eic: Eic) -> None:
    frame = eic.audit(regions=BOTH, rate=500, progress=False)
    listed = {name for region in BOTH for name in eic.derive(region=region).functions().function_name}
    assert set(frame.function_name) == listed
    assert frame[frame.qualifier == "$LATEST"].function_name.is_unique
    assert dict(list(frame.dtypes.astype(str).items())[12:]) == DTYPES
    assert list(frame.columns) == [column.name for column in AUDIT_COLUMNS]
    counts = {name: frame.attrs[name] for name in ("functions", "rows", "ok", "failed", "complete", "throttled_calls")}
    assert counts == {
        "functions": len(listed),
        "rows": len(frame),
        "ok": len(frame),
        "failed": 0,
        "complete": True,
        "throttled_calls": 0,
    }
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs


def test_a_default_differs_from_a_value_that_is_set(eic: Eic) -> None:
    frame = eic.audit(rate=500, progress=False)
    names = ("configured", "maximum_retry_attempts", "effective_retry_attempts", "effective_event_age_in_seconds")
    assert [of(frame, "newsletters")["$LATEST"][name] for name in names] == [False, None, 2, 21600]
    assert [of(frame, "newsletter-bounces")["$LATEST"][name] for name in names] == [True, None, 2, 21600]
    assert [of(frame, "reviews-moderation")["$LATEST"][name] for name in names] == [True, 2, 2, 21600]
    assert [of(frame, "cart-reminder")["$LATEST"][name] for name in names] == [True, 2, 2, 60]


def test_the_dead_letter_queue_has_a_column_next_to_the_destination(eic: Eic) -> None:
    row = of(eic.audit(functions="payments-*", rate=500, progress=False), "payments-reconcile")["$LATEST"]
    assert row["dead_letter_arn"] == f"arn:aws:sqs:us-east-1:{eic.account_id}:payment-dead-letters"
    assert (row["on_failure"], row["timeout"], row["runtime"]) == (None, 600, "python3.12")


def test_configured_has_the_qualifiers_with_a_config_and_all_has_every_alias_and_version(eic: Eic) -> None:
    configured = eic.audit(functions=["my-function"], rate=500, progress=False)
    everything = eic.audit(functions=["my-function"], qualifiers="all", rate=500, progress=False)
    assert list(configured.qualifier) == ["$LATEST", "BLUE", "GREEN"]
    assert list(everything.qualifier) == ["$LATEST", "1", "2", "3", "BLUE", "GREEN", "prod", "v1"]
    assert list(everything.configured) == [False, False, False, False, True, True, False, False]
    assert set(everything.runtime) == {"python3.12"}
    assert list(everything.function_arn.str.rpartition(":")[2]) == list(everything.qualifier)


def test_the_order_is_that_of_accounts_regions_names_and_qualifiers_whatever_the_timing(eic: Eic) -> None:
    frames = [eic.audit(regions=regions, rate=500, progress=False) for regions in (BOTH, BOTH[::-1])]
    assert same(*frames)
    order_events = frames[0][frames[0].function_name == "order-events"].qualifier
    assert list(order_events) == ["$LATEST", *map(str, range(1, 61))]
    assert list(dict.fromkeys(frames[0].region)) == sorted(BOTH)


def test_a_throttled_account_is_read_whole(eic: Eic) -> None:
    assert eic.server is not None
    eic.server.throttle(15, burst=1)
    frame = eic.audit(rate=40, progress=False)
    assert frame.attrs["throttled_calls"] > 0
    assert frame.attrs["complete"]


def test_a_polite_audit_meets_no_limit_and_keeps_its_rate(eic: Eic) -> None:
    assert eic.server is not None
    eic.server.throttle(15, burst=3)
    started = time.monotonic()
    frame = eic.audit(functions=lambda function: function.function.function_name < "f", rate=14, progress=False)
    assert frame.attrs["throttled_calls"] == 0
    assert time.monotonic() - started >= (frame.attrs["calls"] - 2) / 14


def test_a_sandbox_is_read_as_fast_as_it_responds_unless_a_rate_is_given(eic: Eic) -> None:
    events: list[eicnb.Progress] = []
    frame = eic.audit(progress=events.append)
    assert events[-1].seconds < frame.attrs["calls"] / 10 / 2
    eic.audit(functions="c*", rate=20, progress=events.append)
    assert events[-1].seconds >= 0.2


def test_a_sandbox_with_a_limit_is_read_within_it(eic: Eic) -> None:
    assert eic.server is not None
    eic.server.throttle(60)
    assert eic.audit(functions="my-*,c*", progress=False).attrs["throttled_calls"] == 0


def test_all_regions_are_those_of_the_account_s_partition(eic: Eic) -> None:
    frame = eic.audit(regions="all", functions="checkout*", rate=200, progress=False)
    assert set(frame.region) == set(BOTH)
    regions = {request.region for request in eic.server.requests() if request.operation == "ListFunctions"}  # type: ignore[union-attr] # a sandbox has one
    assert len(regions) > 15
    assert not {region for region in regions if region.startswith(("cn-", "us-gov-"))}


def test_functions_are_chosen_by_name_glob_and_callable(eic: Eic) -> None:
    def is_java(function: ReportedFunction) -> bool:
        return (function.runtime or "").startswith("java")

    assert set(eic.audit(functions="checkout,my-*", rate=500, progress=False).function_name) == {
        "checkout",
        "my-function",
    }
    assert set(eic.audit(functions=is_java, rate=500, progress=False).runtime) == {"java21"}


def test_a_callable_that_fails_is_its_caller_s_error(eic: Eic) -> None:
    with pytest.raises(ZeroDivisionError):
        eic.audit(functions=lambda function: 1 / 0, rate=500, progress=False)


def test_a_glob_that_matches_nothing_is_an_empty_frame_and_a_warning(eic: Eic) -> None:
    with pytest.warns(UserWarning, match=r"^no function matches nix-\*$"):
        frame = eic.audit(functions="nix-*", rate=500, progress=False)
    assert len(frame) == 0
    assert list(frame.columns) == [column.name for column in AUDIT_COLUMNS]
    assert frame.attrs["complete"]


def test_an_account_without_functions_is_an_empty_frame_and_no_warning(eic: Eic) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(eic.audit(regions="ap-south-1", rate=500, progress=False)) == 0


def test_it_runs_in_a_thread_that_has_a_running_loop(eic: Eic) -> None:
    async def cell() -> Frame:
        return eic.audit(functions="checkout", rate=500, progress=False)

    assert len(asyncio.run(cell())) == 2


def test_two_audits_at_once_are_no_faster_than_one(eic: Eic) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        frames = [pending.result() for pending in [pool.submit(eic.audit, rate=30, progress=False) for _ in range(2)]]
    assert same(*frames)
    seconds = time.monotonic() - started
    shared = len([call for call in calls(eic) if call not in {"GetFunction", "GetCallerIdentity"}])
    caught_up = 0.3 * 30 + 1  # the burst that a stall allows
    assert seconds >= (shared - caught_up) / 30 > 1.2


def test_an_audit_leaves_no_thread_behind(eic: Eic) -> None:
    eic.audit(functions="checkout", rate=500, progress=False)
    time.sleep(0.2)
    assert not [thread for thread in threading.enumerate() if thread.name in {"eicnb-audit", "eicnb-blocking-call"}]


def test_a_named_function_takes_one_call_besides_the_lists(eic: Eic) -> None:
    eic.audit(functions="newsletters", rate=500, progress=False)
    assert calls(eic).count("ListFunctionEventInvokeConfigs") == 1


def test_the_audit_of_the_module_uses_the_connection_in_use(eic: Eic) -> None:
    options: Any = {"functions": "checkout", "rate": 500, "progress": False}
    assert same(eicnb.audit(**options), eic.audit(**options))


def test_events_report_the_progress_and_the_last_one_comes_once(eic: Eic) -> None:
    events: list[eicnb.Progress] = []
    eic.audit(rate=60, progress=events.append)
    assert [event.is_over for event in events].count(True) == 1
    last = events[-1]
    assert (last.functions_done, last.functions_known, last.regions_done, last.regions) == (26, 26, 1, 1)
    assert any(event.seconds_left for event in events)
    assert all(one.functions_done <= two.functions_done for one, two in pairwise(events))


def test_events_come_in_the_caller_s_thread(eic: Eic) -> None:
    threads: set[threading.Thread] = set()
    eic.audit(functions="checkout", rate=50, progress=lambda event: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}


def test_an_error_while_drawing_stops_the_audit(eic: Eic) -> None:
    def draw(progress: eicnb.Progress) -> None:
        raise RuntimeError("no pen")

    with pytest.raises(RuntimeError, match="no pen"):
        eic.audit(rate=10, progress=draw)


def test_the_run_of_the_other_tests_has_the_same_rows(eic: Eic, run: Run) -> None:
    assert same(run(eic, functions="checkout"), eic.audit(functions="checkout", rate=500, progress=False))
