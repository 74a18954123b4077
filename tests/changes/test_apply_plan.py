"""Applying a plan: comparisons, single writes, stops, and the outcome of each row."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.changes.columns import APPLIED_COLUMNS
from eicnb.changes.plan import Plan
from eicnb.changes.progress import WriteProgress
from eicnb.errors import ApplyInterrupted, ConfigurationError, EicError, IncompleteApply, UsageError
from tests.answering import Answer, Answering, Seen, Step, fault
from tests.changes.lossy import LOSSES, Losing, Loss, is_write, writes
from tests.changes.plans import FAST, applied, planned, with_retries, words

pytestmark = pytest.mark.usefixtures("keys")

FUNCTIONS = ("newsletters", "order-events", "returns-label", "fraud-score", "customer-export")


def retries(eic: eicnb.Eic, name: str) -> Any:
    found = eic.list(name).set_index("qualifier").maximum_retry_attempts
    return None if "$LATEST" not in found.index or pd.isna(found["$LATEST"]) else int(found["$LATEST"])


def incomplete(plan: Plan, **options: Any) -> IncompleteApply:
    with pytest.raises(IncompleteApply) as raised:
        applied(plan, **options)
    return raised.value


def through(proxy: Answering) -> eicnb.Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=proxy.url)


def test_every_change_is_written_and_the_frame_has_its_columns(eic: eicnb.Eic) -> None:
    plan = with_retries(1, *FUNCTIONS)
    frame = applied(plan)
    assert set(frame.outcome) == {"applied"}
    assert [retries(eic, name) for name in FUNCTIONS] == [1] * 5
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        column.name: column.dtype for column in APPLIED_COLUMNS
    }
    assert frame.attrs["applied"] == 5


def test_a_plan_applied_again_writes_only_what_is_missing(eic: eicnb.Eic) -> None:
    plan = with_retries(1, *FUNCTIONS)
    eic.put("newsletters", maximum_retry_attempts=1)
    assert words(applied(plan))["newsletters:$LATEST"] == "none"
    assert set(applied(plan).outcome) == {"none"}


def test_a_message_that_no_file_can_hold_loses_no_outcome_and_no_journal(eic: eicnb.Eic) -> None:
    plan = with_retries(1, *FUNCTIONS)
    refusal = Answer(400, b'{"message": "no \\ud800"}', {"x-amzn-ErrorType": "InvalidParameterValueException"})
    forward = Losing(str(eic.endpoint_url), "cut before", times=0)
    with Answering(
        lambda request: refusal if is_write(request) and "newsletters" in request.path else forward(request)
    ) as proxy:
        error = incomplete(plan, connections=[through(proxy)])
    assert (words(error.result)["newsletters:$LATEST"], error.result.error[0]) == ("failed", "no \\ud800")
    journal = eicnb.journal().set_index("function_name")
    assert (len(journal), journal.error["newsletters"]) == (5, "no \\ud800")


def test_a_row_that_was_changed_since_is_a_conflict_and_stays_as_it_is(eic: eicnb.Eic) -> None:
    plan = with_retries(1, *FUNCTIONS)
    eic.put("newsletters", maximum_retry_attempts=0)
    error = incomplete(plan)
    assert error.message.splitlines()[:2] == [
        "not all of the plan is applied: 4 applied, 1 changed meanwhile",
        (
            "    newsletters:$LATEST: conflict: the config was changed since: it is now retries 0, age 6h, "
            "on-failure none, on-success none"
        ),
    ]
    assert words(error.result)["newsletters:$LATEST"] == "conflict"
    assert retries(eic, "newsletters") == 0


def test_a_config_that_was_deleted_since_is_a_conflict(eic: eicnb.Eic) -> None:
    plan = planned(eic.list("my-function").assign(maximum_retry_attempts=1))
    eic.delete("my-function:BLUE")
    assert words(incomplete(plan).result) == {"my-function:BLUE": "conflict", "my-function:GREEN": "applied"}


def test_deletes_and_first_configs_are_applied(eic: eicnb.Eic) -> None:
    desired = eic.audit(progress=False, functions=["my-function", "newsletters"])
    desired["configured"] = ~desired.configured
    settings = ["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"]
    desired[settings] = pd.NA
    plan = planned(desired)
    assert plan.frame.action.tolist() == ["put", "delete", "delete", "put"]
    assert set(applied(plan).outcome) == {"applied"}
    after = eic.audit(progress=False, functions=["my-function", "newsletters"])
    assert set(zip(after.function_name, after.qualifier, after.configured, strict=True)) == {
        ("my-function", "$LATEST", True),
        ("newsletters", "$LATEST", True),
    }


@pytest.mark.parametrize(("changes", "rows", "allowed"), [(25, 25, True), (26, 26, False), (30, 300, True)])
def test_without_a_limit_25_changes_or_a_tenth_of_the_rows_are_allowed(
    eic: eicnb.Eic, changes: int, rows: int, *, allowed: bool
) -> None:
    versions = [f"order-events:{number}" for number in range(1, changes + 1)]
    desired = pd.DataFrame({"function_name": versions, "maximum_event_age_in_seconds": 61})
    plan = eic.plan(desired, progress=False)
    unchanged = eic.plan(eic.list("my-function"), progress=False).rows[:1]
    whole = Plan((*plan.rows, *unchanged * (rows - changes)))
    if allowed:
        assert applied(whole).attrs["applied"] == changes
    else:
        with pytest.raises(UsageError) as raised:
            applied(whole)
        assert str(raised.value) == (
            "the plan has 26 changes, but limit allows 25; nothing was written\n"
            "Try: review the plan, then allow them: limit=26 (--limit 26)"
        )
        assert raised.value.argument == "limit"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": 4}, "the plan has 5 changes, but limit allows 4; nothing was written"),
        ({"limit": -1}, "limit is -1, not a whole number of at least 0"),
        ({"limit": True}, "limit is True, not a whole number of at least 0"),
        ({"canary": "3"}, "canary is '3', not a whole number of at least 0"),
        ({"rate": 0}, "the rate is 0"),
        ({"confirm": "yes"}, "confirm is 'yes'"),
    ],
)
def test_a_wrong_argument_writes_nothing(eic: eicnb.Eic, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        applied(with_retries(1, *FUNCTIONS), **options)
    assert raised.value.message == message
    assert retries(eic, "newsletters") is None


def test_a_plan_of_another_account_writes_nothing(eic: eicnb.Eic) -> None:
    plan = with_retries(1, *FUNCTIONS)
    other = eicnb.sandbox()
    try:
        with pytest.raises(UsageError) as raised:
            applied(plan)
    finally:
        assert other.server is not None
        other.server.stop()
    assert raised.value.message == (
        f"the plan is for account {eic.account_id}, but this is account {other.account_id}; nothing was written"
    )


class TestCanary:
    """The canary: the first changes of a plan, after which the apply asks or stops."""

    def test_stops_if_no_one_can_reply(self, eic: eicnb.Eic) -> None:
        plan = with_retries(1, *FUNCTIONS)
        error = incomplete(plan, canary=3)
        assert error.result.outcome.tolist() == ["applied"] * 3 + ["not tried"] * 2
        assert error.result.error.tolist()[3] == "stopped after the canary"
        assert [retries(eic, name) for name in FUNCTIONS] == [1, 1, 1, None, None]

    def test_writes_the_next_ones_when_the_plan_is_applied_again(self, eic: eicnb.Eic) -> None:
        plan = with_retries(1, *FUNCTIONS)
        incomplete(plan, canary=3)
        assert applied(plan, canary=3).outcome.tolist() == ["none"] * 3 + ["applied"] * 2

    def test_continues_if_the_reply_is_yes(self, eic: eicnb.Eic) -> None:
        questions: list[str] = []

        def yes(question: str) -> bool:
            questions.append(question)
            return True

        frame = applied(with_retries(1, *FUNCTIONS), canary=2, confirm=yes)
        assert set(frame.outcome) == {"applied"}
        assert questions[1:] == ["2 changes written and read back as the canary. Write the other 3? [y/N] "]

    def test_stops_if_a_change_of_it_is_not_applied(self, eic: eicnb.Eic) -> None:
        plan = with_retries(1, *FUNCTIONS)
        eic.put("newsletters", maximum_retry_attempts=0)
        result = incomplete(plan, canary=1, confirm=lambda _text: True).result
        assert result.outcome.tolist() == ["conflict", "applied", *["not tried"] * 3]
        assert result.error.tolist()[2] == "not all of the canary was applied"


class TestConfirm:
    """The confirmation before the first write."""

    def test_shows_the_changes(self, eic: eicnb.Eic) -> None:
        questions: list[str] = []
        plan = with_retries(1, "newsletters")

        def no(question: str) -> bool:
            questions.append(question)
            return False

        with pytest.raises(EicError, match="not confirmed: nothing was written"):
            applied(plan, confirm=no)
        assert questions == [f"About to write:\n{plan.text()}\nWrite it? [y/N] "]
        assert retries(eic, "newsletters") is None

    def test_writes_nothing_if_no_one_can_reply(self, eic: eicnb.Eic) -> None:
        with pytest.raises(ConfigurationError) as raised:
            applied(with_retries(1, "newsletters"), confirm=True)
        assert raised.value.message == (
            "confirm is on, but this notebook cannot ask for a confirmation; nothing was written"
        )
        assert retries(eic, "newsletters") is None

    def test_is_no_question_by_default(self, eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EICNB_CONFIRM", "1")
        assert set(applied(with_retries(1, "newsletters")).outcome) == {"applied"}
        assert eic.region


def failing(eic: eicnb.Eic, answer: Callable[[Seen], Step | None]) -> Losing:
    """A proxy that answers some requests itself instead of forwarding them."""
    assert eic.server is not None
    return _Failing(eic.server.url, "cut after", times=0, answer=answer)


class _Failing(Losing):
    def __init__(self, url: str, loss: Loss, *, times: int, answer: Callable[[Seen], Step | None]) -> None:
        super().__init__(url, loss, times=times)
        self.answer = answer

    def __call__(self, request: Seen) -> Step:
        return self.answer(request) or super().__call__(request)


DENIED = fault(403, "AccessDeniedException", "you may not")
REFUSED = fault(400, "InvalidParameterValueException", "not this")


def test_the_first_denied_request_stops_its_account_and_region_alone(eic: eicnb.Eic) -> None:
    in_europe = eic.derive(region="eu-west-1").functions().function_name[0]
    script = failing(eic, lambda seen: DENIED if is_write(seen) and "/us-east-1/" in str(seen.headers) else None)
    with Answering(script) as proxy:
        connection = through(proxy)
        frame = pd.DataFrame(
            {
                "function_name": [*FUNCTIONS, in_europe],
                "region": ["us-east-1"] * 5 + ["eu-west-1"],
                "maximum_retry_attempts": 1,
                "on_failure": "s3:lost",
            }
        )
        plan = eicnb.plan(frame, connections=[connection], **FAST)
        result = incomplete(plan, connections=[connection]).result
        assert len([seen for seen in proxy.seen if is_write(seen)]) == 2
    assert result.outcome.tolist() == ["failed", *["not tried"] * 4, "applied"]
    assert result.error.tolist()[:2] == ["you may not", "an earlier request to its account and region was denied"]


def test_three_failures_in_a_row_stop_everything(eic: eicnb.Eic) -> None:
    with Answering(failing(eic, lambda seen: REFUSED if is_write(seen) else None)) as proxy:
        plan = with_retries(1, *FUNCTIONS)
        result = incomplete(plan, connections=[through(proxy)]).result
    assert result.outcome.tolist() == ["failed"] * 3 + ["not tried"] * 2
    assert result.error.tolist()[3] == "3 writes failed in a row"


def test_a_throttled_write_is_compared_and_sent_again(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    left = [fault(429, "TooManyRequestsException", "Rate exceeded")] * 2
    with Answering(failing(eic, lambda seen: left.pop() if is_write(seen) and left else None)) as proxy:
        frame = applied(with_retries(1, "newsletters", "order-events"), connections=[through(proxy)])
        assert len(writes(proxy)) == 4
    assert set(frame.outcome) == {"applied"}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lost_response_is_settled_by_reading_and_nothing_is_written_twice(eic: eicnb.Eic, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss)) as proxy:
        frame = applied(with_retries(1, *FUNCTIONS), connections=[through(proxy)])
        assert len(writes(proxy)) == (5 if loss.endswith("after") else 6)
    assert set(frame.outcome) == {"applied"}


def test_a_write_whose_arrival_stays_open_is_unknown(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, "cut after", unreadable=True)) as proxy:
        result = incomplete(with_retries(1, "newsletters"), connections=[through(proxy)]).result
    assert result.outcome.tolist() == ["unknown"]
    assert retries(eic, "newsletters") == 1


def test_overlapping_plans_at_the_same_time_apply_each_change_once(
    eic: eicnb.Eic, tmp_path: Path, warm_python: str
) -> None:
    """Two processes apply two plans that share functions."""
    assert eic.server is not None
    code = (
        "import sys, eicnb\n"
        "eicnb.use(eicnb.connect(region='us-east-1', endpoint_url=sys.argv[1]))\n"
        "plan = eicnb.Plan.load(sys.argv[2])\n"
        "try: frame = plan.apply(rate=1000, progress=False)\n"
        "except eicnb.IncompleteApply as error: frame = error.result\n"
        "print(','.join(frame.outcome))\n"
    )
    plans = [with_retries(1, *FUNCTIONS[:4]), with_retries(0, *FUNCTIONS[1:]), with_retries(1, *FUNCTIONS)]
    running = [
        subprocess.Popen(
            [warm_python, "-c", code, eic.server.url, str(plan.save(tmp_path / f"{number}.json"))],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, plan in enumerate(plans)
    ]
    outcomes = [process.communicate(timeout=60)[0].strip().split(",") for process in running]
    done = dict.fromkeys(FUNCTIONS, 0)
    for plan, of_plan in zip(plans, outcomes, strict=True):
        for row, outcome in zip(plan.rows, of_plan, strict=True):
            assert outcome in {"applied", "none", "conflict"}
            assert row.change is not None
            done[row.change.target.function_name] += outcome == "applied"
    assert set(done.values()) == {1}


def test_ctrl_c_at_the_question_after_the_canary_stops_at_once_and_preserves_the_outcomes(eic: eicnb.Eic) -> None:
    def interrupted(question: str) -> bool:
        if "canary" in question:
            signal.raise_signal(signal.SIGINT)
        return True

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ApplyInterrupted) as raised:
        applied(with_retries(1, *FUNCTIONS), canary=2, confirm=interrupted)
    assert raised.value.result.outcome.tolist() == ["applied"] * 2 + ["not tried"] * 3
    assert set(raised.value.result.error[2:]) == {"stopped after the canary"}
    assert [retries(eic, name) for name in FUNCTIONS[2:]] == [None] * 3
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stops_after_the_write_in_flight_and_the_error_says_so(eic: eicnb.Eic) -> None:
    seen, pressed = threading.Event(), threading.Event()

    def slowly(request: Seen) -> None:
        if is_write(request):
            seen.set()
            assert pressed.wait(60)
            time.sleep(0.5)

    def press() -> None:
        assert seen.wait(60)
        signal.raise_signal(signal.SIGINT)
        pressed.set()

    with Answering(failing(eic, slowly)) as proxy:
        plan, connection = with_retries(1, *FUNCTIONS), through(proxy)
        threading.Thread(target=press, daemon=True).start()
        with pytest.raises(ApplyInterrupted) as raised:
            applied(plan, connections=[connection])
    assert raised.value.result.outcome.tolist() == ["applied", *["not tried"] * 4]
    assert str(raised.value) == (
        "the apply was stopped: 1 applied, 4 not tried\nTry: apply the plan again: it writes only what is missing"
    )
    assert set(applied(plan).outcome) == {"none", "applied"}


def test_the_progress_is_one_line_that_ends(eic: eicnb.Eic) -> None:
    events: list[WriteProgress] = []
    applied(with_retries(1, *FUNCTIONS), progress=events.append)
    assert [event.is_over for event in events][-2:] == [False, True]
    assert str(events[-1]).startswith("100%|██████████| 5/5 changes [00:0")


def test_an_exception_while_drawing_stops_the_writes_and_notes_the_progress(eic: eicnb.Eic) -> None:
    def draw(_progress: WriteProgress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        applied(with_retries(1, *FUNCTIONS), progress=draw, rate=4)
    [note] = raised.value.__notes__
    assert note.startswith("Of the plan, ")
    assert note.endswith(" not tried.")


def test_refused_rows_are_not_applied_and_are_reported(eic: eicnb.Eic) -> None:
    error = incomplete(with_retries(1, "newsletters", "no-such-function"))
    assert error.result.outcome.tolist() == ["applied", "refused"]
    assert error.result.error.tolist()[1] == "there is no function 'no-such-function' in us-east-1"


def test_a_role_that_may_not_send_has_the_hint_of_put(eic: eicnb.Eic) -> None:
    plan = planned(pd.DataFrame({"function_name": ["customer-export"], "on_failure": "sqs:shop-failures"}))
    error = incomplete(plan)
    with pytest.raises(EicError) as of_put:
        eic.put("customer-export", on_failure="sqs:shop-failures")
    assert error.hint == f"{of_put.value.hint}\nThen apply the plan again: it writes only what is missing."


def test_a_lasting_conflict_needs_a_new_plan(eic: eicnb.Eic) -> None:
    plan = with_retries(1, "newsletters")
    eic.put("newsletters", maximum_retry_attempts=0)
    assert incomplete(plan).hint == "make a new plan: applying this one again skips conflicts and refused rows"
