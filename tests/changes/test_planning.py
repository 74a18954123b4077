"""Plans from a frame compared with the current configs: puts, deletes, unchanged and refused rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.changes.plan import Plan
from eicnb.errors import UsageError
from tests.answering import Answering, Seen, Step, fault
from tests.changes.lossy import Losing
from tests.changes.plans import FAST, applied, planned

pytestmark = pytest.mark.usefixtures("keys")

QUEUE = "arn:aws:sqs:us-east-1:123456789012:shop-failures"
FIFO = "arn:aws:sqs:us-east-1:123456789012:search-updates.fifo"
WITHOUT_TYPES: Any = eicnb
SETTINGS = ["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"]


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({name: [value] for name, value in columns.items()})


def one(desired: Any) -> tuple[str, str, str]:
    """The action, the change and the reason of a plan with one row."""
    [row] = planned(desired).rows
    return row.action, row.words, row.reason


def test_an_unedited_audit_changes_nothing(eic: eicnb.Eic) -> None:
    for qualifiers in ("configured", "all"):
        audit = eic.audit(progress=False, rate=1000, regions=["us-east-1", "eu-west-1"], qualifiers=qualifiers)
        plan = planned(audit)
        assert (len(plan), set(plan.frame.action)) == (0, {"none"})
    assert set(planned(eic.list("my-function")).frame.action) == {"none"}


PLANNED: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "a missing column keeps its value": (
        {"function_name": "my-function:GREEN", "maximum_retry_attempts": 0},
        ("put", "retries 2 -> 0", ""),
    ),
    "NA resets": (
        {"function_name": "my-function:BLUE", "maximum_retry_attempts": 0, "maximum_event_age_in_seconds": pd.NA},
        ("put", "age 1h -> 6h (default)", ""),
    ),
    "nothing left is a delete": (
        {"function_name": "my-function:BLUE", **dict.fromkeys(SETTINGS, pd.NA)},
        ("delete", "retries 0 -> 2 (default), age 1h -> 6h (default)", ""),
    ),
    "nothing left but configured is an empty config": (
        {"function_name": "my-function:BLUE", **dict.fromkeys(SETTINGS, pd.NA), "configured": True},
        ("put", "retries 0 -> 2 (default), age 1h -> 6h (default)", ""),
    ),
    "settings win over configured": (
        {"function_name": "newsletters", "maximum_retry_attempts": 0, "configured": False},
        ("put", "retries 2 -> 0", ""),
    ),
    "nothing where there is none": (
        {"function_name": "newsletters", **dict.fromkeys(SETTINGS, pd.NA)},
        ("none", "", ""),
    ),
    "an empty config where there is none": (
        {"function_name": "newsletters", "on_failure": pd.NA, "configured": True},
        ("put", "no config -> an empty config", ""),
    ),
    "a name in the row's own region": (
        {"function_name": "stock-feed", "region": "eu-west-1", "on_failure": "sqs:nowhere"},
        ("refused", "", "there is no function 'stock-feed' in eu-west-1"),
    ),
    "a destination that AWS refuses, as it is": (
        {"function_name": "search-indexer", "on_failure": FIFO},
        ("none", "", ""),
    ),
    "another setting next to it": (
        {"function_name": "search-indexer", "on_failure": FIFO, "maximum_retry_attempts": 0},
        (
            "refused",
            "",
            "'search-updates.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events",
        ),
    ),
    "away from it": (
        {"function_name": "search-indexer", "on_failure": "sqs:shop-failures"},
        (
            "put",
            "on-failure sqs:search-updates.fifo -> sqs:shop-failures",
            (
                "cannot be undone: 'search-updates.fifo' is a FIFO queue, to which Lambda does not deliver records of "
                "asynchronous events"
            ),
        ),
    ),
    "a destination in another account": (
        {"function_name": "newsletters", "on_failure": "arn:aws:sqs:us-east-1:999999999999:theirs"},
        (
            "put",
            "on-failure none -> arn:aws:sqs:us-east-1:999999999999:theirs",
            "on_failure is in another account: 999999999999",
        ),
    ),
    "no such alias": (
        {"function_name": "my-function:nope", "maximum_retry_attempts": 0},
        ("refused", "", "there is no version or alias 'nope' of my-function"),
    ),
    "an alias without a config": (
        {"function_name": "order-events:61", "maximum_retry_attempts": 0},
        ("refused", "", "there is no version or alias '61' of order-events"),
    ),
    "an account out of reach": (
        {"function_name": "f", "account_id": "999999999999", "maximum_retry_attempts": 0},
        ("refused", "", "account 999999999999 is out of reach: connected to 123456789012"),
    ),
    "a row that was not read": (
        {"function_name": "newsletters", "maximum_retry_attempts": 0, "scan_state": "denied", "error": "no"},
        ("refused", "", "it was not read (denied): no"),
    ),
    "a row that does not say whether it is configured": (
        {"function_name": "my-function:BLUE", **dict.fromkeys(SETTINGS, pd.NA), "configured": pd.NA},
        ("refused", "", "no setting is set, and configured is <NA>: its config was not read"),
    ),
}


@pytest.mark.parametrize("case", PLANNED)
def test_a_row_is_planned(eic: eicnb.Eic, case: str) -> None:
    cells, expected = PLANNED[case]
    assert one(frame(**cells)) == expected


def test_an_empty_config_that_was_read_stays_in_a_frame_that_cannot_say_so(eic: eicnb.Eic) -> None:
    eic.put("newsletters", on_failure="none")
    assert one(eic.list("newsletters")) == ("none", "", "")
    assert one(eic.list("newsletters").drop(columns="last_modified"))[0] == "delete"


def test_expired_credentials_refuse_a_row_and_the_reason_says_how_to_renew_them(eic: eicnb.Eic) -> None:
    forward = Losing(str(eic.endpoint_url), "cut before", times=0)
    expired = fault(403, "ExpiredTokenException", "The security token included in the request is expired")
    with Answering(lambda request: expired if "event-invoke-config" in request.path else forward(request)) as proxy:
        connection = eicnb.connect(region="us-east-1", endpoint_url=proxy.url)
        plan = planned(eic.list("my-function"), connections=[connection])
    assert {*plan.frame.action} == {"refused"}
    [reason] = {*plan.frame.reason}
    assert reason == (
        "The security token included in the request is expired. "
        "Try: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new credentials, "
        "then run this again"
    )


def test_a_region_that_could_not_be_listed_is_a_refused_row(eic: eicnb.Eic) -> None:
    desired = eic.audit(progress=False, functions="my-function")
    desired.loc[len(desired), ["region", "scan_state", "error"]] = ["eu-west-1", "denied", "you may not"]
    plan = planned(desired)
    assert plan.frame.action.tolist()[-1] == "refused"
    assert plan.frame.reason.tolist()[-1] == "it was not read (denied): you may not"
    assert plan.frame.function_name.isna().tolist()[-1]


def test_a_fifo_queue_that_is_not_there_yet_is_a_wrong_value(eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError) as raised:
        planned(frame(function_name="newsletters", on_failure=FIFO))
    assert raised.value.message == (
        "row 0 (arn:aws:lambda:us-east-1:123456789012:function:newsletters:$LATEST), column 'on_failure': "
        "'search-updates.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events"
    )


def test_a_region_that_does_not_exist_is_a_wrong_value(eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError) as raised:
        planned(frame(function_name="newsletters", region="us-wst-1", on_failure=None))
    assert raised.value.message.endswith("column 'region': there is no region 'us-wst-1' that botocore knows")
    assert raised.value.hint == "us-west-1"


def test_a_frame_without_rows_is_an_empty_plan(eic: eicnb.Eic) -> None:
    plan = planned(eic.list("my-function")[:0])
    assert (len(plan), plan.lines(), applied(plan).outcome.tolist()) == (0, [], [])


def test_several_accounts_and_regions_are_planned_together(eic: eicnb.Eic) -> None:
    other = eicnb.sandbox()
    try:
        accounts = [eic, other, other.derive(region="eu-west-1")]
        audit = eicnb.audit(connections=accounts, progress=False, rate=1000, functions=["newsletters", "my-function"])
        desired = audit.assign(maximum_event_age_in_seconds=61)
        plan = planned(desired, connections=accounts)
        assert set(applied(plan, connections=accounts).outcome) == {"applied"}
        assert set(planned(desired, connections=accounts).frame.action) == {"none"}
        assert len(plan) == len(desired)
    finally:
        assert other.server is not None
        other.server.stop()


def test_a_function_that_cannot_be_read_is_refused_and_the_others_are_planned(eic: eicnb.Eic) -> None:
    def script(seen: Seen) -> Step:
        if "/newsletters/" in seen.path:
            return fault(403, "AccessDeniedException", "you may not")
        assert eic.server is not None
        return Losing(eic.server.url, "cut after", times=0)(seen)

    with Answering(script) as proxy:
        connection = eicnb.connect(region="us-east-1", endpoint_url=proxy.url)
        desired = pd.DataFrame({"function_name": ["newsletters", "order-events"], "maximum_retry_attempts": 1})
        plan = eicnb.plan(desired, connections=[connection], **FAST)
    assert [(row.action, row.reason) for row in plan.rows] == [("refused", "you may not"), ("put", "")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda frame: eicnb.plan(frame, rate=0), "the rate is 0"),
        (lambda frame: WITHOUT_TYPES.plan(frame, rates=1), "plan has no parameter 'rates'"),
        (lambda frame: eicnb.plan(frame, connections=[]), "connections is empty"),
        (lambda frame: WITHOUT_TYPES.plan(frame, progress="yes"), "progress is 'yes'"),
        (lambda _frame: WITHOUT_TYPES.plan(), "plan needs desired"),
        (lambda _frame: WITHOUT_TYPES.apply(7), "7 is neither a plan nor the path of a plan file"),
    ],
)
def test_a_wrong_argument_is_a_usage_error(eic: eicnb.Eic, call: Callable[[Any], Plan], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        call(eic.list("my-function"))
    assert raised.value.message == message
