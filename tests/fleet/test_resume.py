"""`resume=` requests only what is missing and returns all rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import AuditInterrupted, IncompleteAudit, UsageError
from eicnb.fleet.progress import Progress
from eicnb.frames.frame import Frame
from eicnb.model.reported import ReportedFunction
from tests.answering import Answering, Seen, Step
from tests.fleet.conftest import Run
from tests.fleet.lambdas import BROKEN, DENIED, GONE, Lambda
from tests.fleet.test_places import Everywhere


class Faulty(Lambda):
    """A fleet whose `broken` functions and regions fail until they are repaired."""

    def __init__(self, broken: dict[str, Step], size: int = 60) -> None:
        super().__init__(size, lambda seen, region, name: self.broken.get(name) or self.broken.get(region))
        self.broken = broken


def connection(server: Answering, region: str = "us-east-1") -> Eic:
    return eicnb.connect(region=region, endpoint_url=server.url)


def test_only_what_is_missing_is_read_again(run: Run) -> None:
    service = Faulty({"f0003": BROKEN, "f0051": DENIED})
    with Answering(service) as server:
        eic = connection(server)
        with pytest.raises(IncompleteAudit) as raised:
            run(eic)
        service.broken.clear()
        service.asked.clear()
        whole = run(eic, resume=raised.value)
    assert dict(service.asked) == {"f0003": 1, "f0051": 1}
    assert whole.attrs["complete"]
    assert list(whole.function_name) == service.names
    assert set(whole.scan_state) == {"ok"}
    assert whole.timeout.tolist() == [30] * 60


def test_a_denied_region_is_listed_again_and_the_regions_are_those_of_the_frame(run: Run) -> None:
    service = Faulty({"eu-west-1": DENIED}, size=3)
    with Answering(service) as server:
        eic = connection(server)
        first = run(eic, regions=["us-east-1", "eu-west-1"], errors="rows")
        service.broken.clear()
        service.asked.clear()
        whole = run(eic, resume=first)
    assert service.asked == {"": 1, "f0000": 1, "f0001": 1, "f0002": 1}
    assert list(whole.region) == ["eu-west-1"] * 3 + ["us-east-1"] * 3


def test_a_list_that_broke_off_is_read_again_to_its_end(run: Run) -> None:
    service = Faulty({})
    service.twist = lambda seen, region, name: BROKEN if "Marker" in seen.path else None
    with Answering(service) as server:
        eic = connection(server)
        first = run(eic, errors="rows")
        service.twist = lambda seen, region, name: None
        service.asked.clear()
        whole = run(eic, resume=first)
    assert len(first) == 51
    assert service.asked.pop("") == 2
    assert sorted(service.asked) == service.names[50:]
    assert list(whole.function_name) == service.names


def test_rows_removed_from_a_frame_are_read_again(run: Run) -> None:
    with Answering(Faulty({}, size=5)) as server:
        eic = connection(server)
        first = run(eic)
        whole = run(eic, resume=first[first.function_name != "f0002"])
    assert same(whole, first)


def test_a_function_that_is_gone_twice_counts_as_read(run: Run) -> None:
    with Answering(Faulty({"f0001": GONE}, size=3)) as server:
        eic = connection(server)
        with pytest.raises(IncompleteAudit) as raised:
            run(eic)
        whole = run(eic, resume=raised.value)
    assert list(whole.scan_state) == ["ok", "gone", "ok"]
    assert whole.attrs["complete"]


def test_a_complete_frame_is_returned_as_it_was_without_a_call(run: Run) -> None:
    service = Faulty({}, size=3)
    with Answering(service) as server:
        eic = connection(server)
        first = run(eic)
        service.asked.clear()
        again = run(eic, resume=first)
    assert not service.asked
    assert again.equals(first)


def test_qualifiers_and_patterns_are_those_of_the_frame(eic: Eic, run: Run) -> None:
    first = run(eic, functions=["my-function", "check*"], qualifiers="all")
    again = run(eic, resume=first[first.qualifier != "$LATEST"])
    assert same(again, first)
    assert again.attrs["qualifiers"] == "all"


def test_an_interrupted_audit_continues_where_it_stopped(run: Run) -> None:
    def press_ctrl_c(progress: Progress) -> None:
        if progress.functions_done >= 5 and not progress.is_over:
            raise KeyboardInterrupt

    service = Faulty({})
    with Answering(service) as server:
        eic = connection(server)
        with pytest.raises(AuditInterrupted) as raised:
            run(eic, rate=50, show=press_ctrl_c)
        partial = raised.value.result
        assert 5 <= partial.attrs["ok"] < 60
        assert set(partial.scan_state) == {"ok", "unread"}
        whole = run(eic, resume=raised.value)
    assert list(whole.function_name) == service.names
    assert whole.attrs["complete"]
    assert max(count for name, count in service.asked.items() if name) <= 2


def test_an_audit_that_is_stopped_before_its_account_is_known_is_not_complete_and_loses_nothing(run: Run) -> None:
    class Slow(Faulty):
        seconds = 0.5

        def __call__(self, seen: Seen) -> Step:
            time.sleep(self.seconds if seen.service == "sts" else 0)
            return super().__call__(seen)

    def press_ctrl_c(progress: Progress) -> None:
        if not progress.is_over:
            raise KeyboardInterrupt

    service = Slow({"f0001": DENIED}, size=3)
    with Answering(service) as server:
        with pytest.raises(AuditInterrupted) as raised:
            run(connection(server), show=press_ctrl_c)
        assert not raised.value.result.attrs["complete"]
        service.seconds = 0
        first = run(connection(server), resume=raised.value, errors="rows")
        assert list(first.scan_state) == ["ok", "denied", "ok"]
        service.seconds = 0.5
        with pytest.raises(AuditInterrupted) as raised:
            run(connection(server), resume=first, show=press_ctrl_c)
        service.seconds = 0
        service.broken.clear()
        whole = run(connection(server), resume=raised.value)
    assert list(whole.scan_state) == ["ok"] * 3


def frame_of(run: Run, size: int = 3) -> Frame:
    with Answering(Lambda(size)) as server:
        return run(connection(server))


def without_a_column(frame: Frame) -> Any:
    return frame.drop(columns="scan_state")


def other_state(frame: Frame) -> Any:
    return frame.assign(scan_state="fine")


def numbers_as_text(frame: Frame) -> Any:
    return frame.assign(maximum_retry_attempts="many")


def swapped_names(frame: Frame) -> Any:
    return frame.assign(function_name=frame.function_name.to_numpy()[::-1])


def no_region(frame: Frame) -> Any:
    return frame.assign(region=pd.Series(pd.NA, frame.index))


def odd_account(frame: Frame) -> Any:
    return frame.assign(account_id="12")


def no_settings(frame: Frame) -> Any:
    return frame.assign(effective_retry_attempts=pd.Series(pd.NA, frame.index))


def every_row_twice(frame: Frame) -> Any:
    return pd.concat([frame, frame])


ODD = "the frame to resume is damaged: the {} of 'f0000', qualifier $LATEST, is not a value that an audit returns"

DAMAGE: dict[Callable[[Frame], Any], str] = {
    without_a_column: "the frame has no column 'scan_state'",
    other_state: "the frame to resume is damaged: a scan_state is 'fine'",
    numbers_as_text: "the frame's column 'maximum_retry_attempts' is",
    swapped_names: "the frame to resume is damaged: a row of 'f0002' has the function_arn of another row",
    no_region: "the frame to resume is damaged: a row has no region",
    odd_account: "the frame to resume is damaged: an account_id is '12'",
    no_settings: f"{ODD.format('effective_retry_attempts')}",
    every_row_twice: "the frame to resume is damaged: f0000:$LATEST in us-east-1 has more than one row",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_frame_is_refused_and_nothing_is_sent(run: Run, damage: Callable[[Frame], Any]) -> None:
    frame = frame_of(run)
    service = Lambda()
    with Answering(service) as server, pytest.raises(UsageError) as raised:
        run(connection(server), resume=damage(frame))
    assert raised.value.message.startswith(DAMAGE[damage])
    assert raised.value.argument == "resume"
    assert not server.seen


def test_a_frame_of_another_account_is_refused(run: Run) -> None:
    frame = frame_of(run)
    with Answering(Lambda(account_id="999999999999")) as server, pytest.raises(UsageError) as raised:
        run(connection(server), resume=frame)
    assert str(raised.value) == (
        "the frame to resume has rows of account 123456789012, but the audit covers 999999999999\n"
        "Try: use a connection to account 123456789012"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resume": 3}, "resume is 3, not a frame of an audit"),
        ({"resume": ValueError("x")}, "resume is a ValueError, not a frame of an audit"),
        ({"regions": "eu-west-1"}, "the frame to resume has rows of us-east-1, which is not among the regions"),
        ({"qualifiers": "all"}, 'the frame to resume has qualifiers="configured"'),
    ],
    ids=str,
)
def test_incompatible_arguments_are_rejected(run: Run, options: dict[str, Any], message: str) -> None:
    frame = frame_of(run)
    with Answering(Lambda()) as server, pytest.raises(UsageError) as raised:
        run(connection(server), **{"resume": frame, **options})
    assert raised.value.message == message


def test_a_frame_chosen_by_a_callable_needs_the_callable_again(run: Run) -> None:
    def chosen(function: Any) -> bool:
        return bool(function.function.function_name < "f0002")

    service = Faulty({"f0001": BROKEN}, size=3)
    with Answering(service) as server:
        eic = connection(server)
        first = run(eic, functions=chosen, errors="rows")
        with pytest.raises(UsageError, match="were chosen by a callable"):
            run(eic, resume=first)
        service.broken.clear()
        assert len(run(eic, functions=chosen, resume=first)) == 2


ARN = "arn:aws:sqs:us-east-1:123456789012:lost.fifo"
GARBLED: list[tuple[dict[str, Any], str]] = [
    ({"maximum_retry_attempts": 7, "effective_retry_attempts": 7}, "maximum_retry_attempts"),
    ({"maximum_retry_attempts": -1, "effective_retry_attempts": -1}, "maximum_retry_attempts"),
    ({"maximum_event_age_in_seconds": 59, "effective_event_age_in_seconds": 59}, "maximum_event_age_in_seconds"),
    ({"maximum_event_age_in_seconds": 60}, "effective_event_age_in_seconds"),
    ({"effective_retry_attempts": 77}, "effective_retry_attempts"),
    ({"maximum_retry_attempts": None}, "effective_retry_attempts"),
    ({"on_failure_type": "sqs"}, "on_failure_type"),
    ({"on_failure": "garbage", "on_failure_type": "banana"}, "on_failure_type"),
    ({"on_success": ARN, "on_success_type": "sns"}, "on_success_type"),
    ({"on_success": ARN}, "on_success_type"),
    ({"configured": False}, "configured"),
    ({"configured": None}, "configured"),
    ({"configured": False, "last_modified": None}, "maximum_retry_attempts"),
    ({"error": "no"}, "error"),
]


@pytest.mark.parametrize(("changes", "column"), GARBLED, ids=str)
def test_implausible_settings_are_rejected(run: Run, changes: dict[str, Any], column: str) -> None:
    frame = frame_of(run)
    garbled = frame.assign(
        **{name: pd.Series(value, frame.index, frame[name].dtype) for name, value in changes.items()}
    )
    with Answering(Lambda()) as server, pytest.raises(UsageError) as raised:
        run(connection(server), resume=garbled)
    assert raised.value.message == ODD.format(column)
    assert not server.seen


def test_older_configs_that_aws_would_reject_today_are_accepted(run: Run) -> None:
    class Old(Faulty):
        def config(self, region: str, name: str, **changes: Any) -> dict[str, Any]:
            return super().config(region, name, DestinationConfig={"OnFailure": {"Destination": ARN}}, **changes)

    with Answering(Old({}, size=2)) as server:
        eic = connection(server)
        first = run(eic)
        assert set(first.on_failure_type) == {"sqs"}
        assert run(eic, resume=first).equals(first)


def test_all_regions_are_read_after_an_audit_of_one(run: Run) -> None:
    with Answering(Everywhere("us-east-1", "eu-west-1")) as server:
        eic = connection(server)
        one = run(eic)
        whole = run(eic, resume=one, regions="all")
        assert same(whole, run(eic, regions="all"))
        assert set(whole.region) == {"us-east-1", "eu-west-1"}
        again = run(eic, resume=whole, regions="all")
    assert (again.attrs["calls"], same(again, whole)) == (0, True)


def is_java(function: ReportedFunction) -> bool:
    return (function.runtime or "").startswith("java")


def named(choice: Any) -> str:
    return getattr(choice, "__name__", str(choice))


@pytest.mark.parametrize("after", ["checkout*", ["my-*", "check*"], "*", is_java, "my-*"], ids=named)
@pytest.mark.parametrize("before", [None, "my-*", is_java], ids=named)
def test_another_selection_has_its_own_functions_and_no_others(eic: Eic, run: Run, before: Any, after: Any) -> None:
    resumed = run(eic, functions=after, regions="all", resume=run(eic, functions=before, regions="all"))
    anew = run(eic, functions=after, regions="all")
    assert same(resumed, anew)
    assert resumed.attrs["selected"] == anew.attrs["selected"]
    assert resumed.attrs["complete"]


def test_a_narrower_selection_of_a_whole_frame_makes_no_call(eic: Eic, run: Run) -> None:
    narrow = run(eic, functions="my-*", resume=run(eic))
    assert (set(narrow.function_name), narrow.attrs["calls"]) == ({"my-function"}, 0)


def test_two_connections_of_one_account_resume_each_in_its_region(eic: Eic, run: Run) -> None:
    both = [eic.derive(region="us-east-1"), eic.derive(region="eu-west-1")]
    first = run(both)
    assert same(run(both, resume=first[1:]), first)
    with pytest.raises(UsageError, match="has rows of eu-west-1, which is not among the regions"):
        run([both[0], eic.derive(region="ap-south-1")], resume=first)


LOSSES: dict[str, Callable[[Frame], Any]] = {
    "the other qualifiers": lambda frame: frame[frame.qualifier == "$LATEST"],
    "all but three rows": lambda frame: frame[:3],
    "one alias": lambda frame: frame[frame.qualifier != "BLUE"],
    "the attrs": lambda frame: pd.DataFrame({name: frame[name] for name in frame}),
    "a row and the attrs": lambda frame: pd.DataFrame({name: frame[name] for name in frame})[1:],
}


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_and_attrs_missing_from_a_frame_are_read_again(eic: Eic, run: Run, loss: str) -> None:
    whole = run(eic)
    assert same(run(eic, resume=LOSSES[loss](whole)), whole)


def same(one: Frame, other: Frame) -> bool:
    rows = [frame.drop(columns="read_at") for frame in (one, other)]
    return rows[0].equals(rows[1]) and one.attrs["complete"] == other.attrs["complete"]
