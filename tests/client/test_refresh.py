"""`eicnb.refresh` and `%eic audit --refresh` on the sandbox, whose clock the tests advance."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.client import commands
from eicnb.client.eic import Eic
from eicnb.errors import UsageError
from eicnb.frames.frame import Frame
from eicnb.local_aws.server import Sandbox

BOTH = "us-east-1,eu-west-1"
OPTIONS: Any = {"rate": 1000, "progress": False}
MINUTE = 60


@pytest.fixture
def aws() -> Iterator[Eic]:
    eic = eicnb.sandbox()
    yield eic
    server(eic).stop()


def server(eic: Eic) -> Sandbox:
    assert eic.server is not None
    return eic.server


def same(one: Frame, other: Frame) -> bool:
    rows = [frame.drop(columns="read_at") for frame in (one, other)]
    return rows[0].equals(rows[1])


def changed(before: Frame, after: Frame) -> set[str]:
    """Return the functions that a refresh read."""
    keep = set(before.read_at)
    return set(after[~after.read_at.isin(keep)].function_name)


def reasons(frame: Frame) -> dict[str, str]:
    return {one["region"]: one["reason"] for one in json.loads(frame.attrs["read_in_full"] or "[]")}


def command(line: str, audit: Frame) -> Any:
    return commands.run(parser.parse(Source(line), {"audit": audit}), commands.Context(lambda _: None))


@pytest.mark.parametrize("suffix", ["", "20190925"])
@pytest.mark.parametrize("qualifiers", ["configured", "all"])
def test_only_what_changed_is_read_and_the_result_is_a_whole_audit(aws: Eic, suffix: str, qualifiers: Any) -> None:
    server(aws).trail.suffix = suffix
    audit = aws.audit(regions=BOTH, qualifiers=qualifiers, **OPTIONS)
    server(aws).pass_time(20 * MINUTE)
    aws.put("checkout", maximum_retry_attempts=0)
    aws.update("my-function:BLUE", maximum_event_age_in_seconds=77)
    aws.derive(region="eu-west-1").put("checkout-eu:live", maximum_retry_attempts=0)
    aws.delete("arn:aws:lambda:us-east-1:" + aws.account_id + ":function:order-events:24")
    client = aws._connection.aws._client("lambda")
    client.update_alias(FunctionName="payments-webhook", Name="live", FunctionVersion="1")
    with pytest.raises(eicnb.NotFound):
        aws.delete("newsletters")
    server(aws).pass_time(20 * MINUTE)
    refreshed = eicnb.refresh(audit, **OPTIONS)
    assert changed(audit, refreshed) == {"checkout", "my-function", "checkout-eu", "order-events", "payments-webhook"}
    assert same(refreshed, aws.audit(regions=BOTH, qualifiers=qualifiers, **OPTIONS))
    assert refreshed.attrs["read_in_full"] is None
    assert {name: refreshed.attrs[name] for name in ("verb", "complete", "regions", "qualifiers")} == {
        "verb": "audit",
        "complete": True,
        "regions": BOTH,
        "qualifiers": qualifiers,
    }
    until = pd.Timestamp(server(aws).time - 15 * MINUTE, unit="s", tz="UTC")
    assert abs(pd.Timestamp(refreshed.attrs["known_until"]) - until) < pd.Timedelta("1min")


def test_a_refresh_of_a_refresh_reads_on_from_there(aws: Eic) -> None:
    audit = aws.audit(**OPTIONS)
    server(aws).pass_time(60 * MINUTE)
    first = aws.refresh(audit, **OPTIONS)
    assert changed(audit, first) == set()
    aws.put("checkout", maximum_retry_attempts=1)
    server(aws).pass_time(60 * MINUTE)
    second = aws.refresh(first, **OPTIONS)
    assert changed(first, second) == {"checkout"}
    server(aws).pass_time(60 * MINUTE)
    third = aws.refresh(second, **OPTIONS)
    assert changed(second, third) == set()
    assert same(third, aws.audit(**OPTIONS))


def test_the_trail_is_read_from_the_earliest_row_even_if_an_earlier_refresh_was_too_early_for_it(aws: Eic) -> None:
    audit = aws.audit(**OPTIONS)
    server(aws).pass_time(60 * MINUTE)
    aws.put("checkout", maximum_retry_attempts=1)
    server(aws).pass_time(10 * MINUTE)
    first = aws.refresh(audit, **OPTIONS)
    assert changed(audit, first) == set(), "the trail is 15 minutes late"
    assert pd.Timestamp(first.attrs["known_until"]).timestamp() < server(aws).time - 14 * MINUTE
    server(aws).pass_time(10 * MINUTE)
    second = aws.refresh(first, **OPTIONS)
    assert changed(first, second) == {"checkout"}


def test_a_region_with_an_unreliable_trail_is_read_in_full_and_the_result_says_so(aws: Eic) -> None:
    audit = aws.audit(regions=BOTH, **OPTIONS)
    server(aws).pass_time(20 * MINUTE)
    server(aws).trail.off.add("eu-west-1")
    aws.derive(region="eu-west-1").put("checkout-eu:live", maximum_retry_attempts=0)
    reason = "CloudTrail does not show the requests of the earlier audit"
    with pytest.warns(UserWarning, match="read in full") as caught:
        refreshed = aws.refresh(audit, **OPTIONS)
    text = f"eu-west-1 of account {aws.account_id} was read in full: {reason}"
    assert [str(one.message) for one in caught] == [text]
    assert reasons(refreshed) == {"eu-west-1": reason}
    assert changed(audit, refreshed) == set(audit[audit.region == "eu-west-1"].function_name)
    assert same(refreshed, aws.audit(regions=BOTH, **OPTIONS))
    assert "; 1 region read in full" in repr(refreshed)


def test_a_denied_trail_is_requested_once_per_region(aws: Eic) -> None:
    audit = aws.audit(regions=BOTH, **OPTIONS)
    server(aws).pass_time(20 * MINUTE)
    server(aws).trail.is_denied = True
    with pytest.warns(UserWarning, match=r"eu-west-1 of account \d+ and 1 region more were read in full"):
        refreshed = aws.refresh(audit, **OPTIONS)
    assert set(reasons(refreshed).values()) == {"CloudTrail cannot be read: cloudtrail:LookupEvents is denied"}
    asked = [request.region for request in server(aws).requests() if request.operation == "LookupEvents"]
    assert sorted(asked) == ["eu-west-1", "us-east-1"]
    assert same(refreshed, aws.audit(regions=BOTH, **OPTIONS))


YOUNG = "the earlier audit is younger than 15 minutes, and CloudTrail is up to 15 minutes late"


def test_several_accounts_are_refreshed_through_their_connections(aws: Eic) -> None:
    other = eicnb.sandbox()
    both = [aws, other]
    audit = eicnb.audit(connections=both, regions=BOTH, **OPTIONS)
    for one in both:
        server(one).pass_time(20 * MINUTE)
        one.put("checkout", maximum_retry_attempts=1)
        server(one).pass_time(20 * MINUTE)
    refreshed = eicnb.refresh(audit, connections=both, **OPTIONS)
    read = refreshed[~refreshed.read_at.isin(set(audit.read_at))]
    names = read[["account_id", "function_name"]].drop_duplicates().to_numpy().tolist()
    assert names == [[one.account_id, "checkout"] for one in both]
    assert same(refreshed, eicnb.audit(connections=both, regions=BOTH, **OPTIONS))
    with pytest.raises(UsageError, match=f"the frame to refresh has rows of account {other.account_id}"):
        aws.refresh(audit, **OPTIONS)
    server(other).stop()


def test_an_audit_that_is_too_young_or_too_old_is_read_in_full(aws: Eic) -> None:
    audit = aws.audit(**OPTIONS)
    with pytest.warns(UserWarning, match="younger than 15 minutes"):
        assert reasons(aws.refresh(audit, **OPTIONS)) == {"us-east-1": YOUNG}
    server(aws).pass_time(91 * 86400)
    with pytest.warns(UserWarning, match="older than the 90 days"):
        refreshed = aws.refresh(audit, **OPTIONS)
    assert reasons(refreshed) == {"us-east-1": "the earlier audit is older than the 90 days that CloudTrail goes back"}
    assert changed(audit, refreshed) == set(audit.function_name)


def test_rows_that_were_lost_or_have_no_time_are_read_in_full(aws: Eic) -> None:
    audit = aws.audit(**OPTIONS)
    server(aws).pass_time(20 * MINUTE)
    whole = aws.audit(**OPTIONS)
    timeless = audit.assign(read_at=pd.Series(pd.NaT, index=audit.index, dtype="datetime64[ns, UTC]"))
    with pytest.warns(UserWarning, match="was read in full"):
        lost, untimed = aws.refresh(audit[1:], **OPTIONS), aws.refresh(timeless, **OPTIONS)
    assert reasons(lost) == {"us-east-1": "the earlier audit is incomplete there"}
    assert reasons(untimed) == {"us-east-1": "the earlier audit does not record when it read its rows"}
    assert same(lost, whole)
    assert same(untimed, whole)


def test_the_command_takes_a_frame_and_no_option_that_the_frame_decides(aws: Eic) -> None:
    audit = aws.audit(functions="check*", **OPTIONS)
    server(aws).pass_time(20 * MINUTE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refreshed = command("audit --refresh ${audit} --no-progress --rate 1000", audit)
    assert same(refreshed, audit)
    with pytest.raises(UsageError) as raised:
        command("audit --refresh ${audit} --regions us-east-1", audit)
    assert (
        raised.value.message
        == "--refresh and --regions are both given: a refresh keeps the options of the earlier audit"
    )


REFUSALS = [
    (5, "refresh is 5, not a frame of an audit"),
    (pd.DataFrame({"a": [1]}), "the frame has no column"),
]


@pytest.mark.parametrize(("given", "message"), REFUSALS)
def test_anything_but_an_audit_is_refused(aws: Eic, given: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        aws.refresh(given, **OPTIONS)
    assert message in raised.value.message


def test_functions_that_a_callable_chose_cannot_be_chosen_again(aws: Eic) -> None:
    audit = aws.audit(functions=lambda function: function.runtime == "python3.12", **OPTIONS)
    with pytest.raises(UsageError, match="were chosen by a callable, which the frame does not store"):
        aws.refresh(audit, **OPTIONS)


def test_credentials_of_a_role_that_expired_since_the_audit_are_renewed(aws: Eic) -> None:
    accounts = eicnb.organization("audit", units="Workloads/Prod")
    audit = eicnb.audit(connections=accounts, **OPTIONS)
    server(aws).pass_time(90 * MINUTE)
    refreshed = eicnb.refresh(audit, connections=accounts, **OPTIONS)
    assert reasons(refreshed) == {}
    assert changed(audit, refreshed) == set()
