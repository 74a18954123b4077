"""What versions and aliases run: GetFunction and its fallback, lists, give the same rows."""

from __future__ import annotations

import logging
import pickle
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

import eicnb
from eicnb.aws.http.sender import Patience
from eicnb.frames.frame import Frame
from tests.answering import Answer, Answering, Cut, Seen, Step, as_json
from tests.fleet.conftest import Run
from tests.fleet.failed_events.samples import call
from tests.fleet.lambdas import ACCOUNT, BROKEN, CODE, DENIED, GONE, SECRETS, THROTTLED, Lambda, Twist

PUBLISHED = {"1": "1", "2": "2", "live": "2", "next": "$LATEST"}

CASES: dict[str, tuple[tuple[str, ...], dict[str, int | None]]] = {
    "no config": ((), {"$LATEST": 30}),
    "$LATEST": (("$LATEST",), {"$LATEST": 30}),
    "a version": (("1",), {"$LATEST": 30, "1": 101}),
    "an alias": (("live",), {"$LATEST": 30, "live": 102}),
    "an alias of $LATEST": (("next",), {"$LATEST": 30, "next": 30}),
    "versions and aliases": (("$LATEST", "2", "live"), {"$LATEST": 30, "2": 102, "live": 102}),
    "a deleted version": (("7",), {"$LATEST": 30, "7": None}),
    "a deleted alias": (("old",), {"$LATEST": 30, "old": None}),
    "deleted ones next to others": (
        ("1", "7", "live", "old"),
        {"$LATEST": 30, "1": 101, "7": None, "live": 102, "old": None},
    ),
}
"""The configured qualifiers of each case, and the timeout of each row."""


def kind(seen: Seen) -> str:
    """Return the operation of a request."""
    path = seen.path.partition("?")[0]
    ends = {"/list": "configs", "/aliases": "aliases", "/versions": "versions", "/functions": "functions"}
    return next((name for end, name in ends.items() if path.endswith(end)), "function")


def denying(seen: Seen, region: str, name: str) -> Step | None:
    return DENIED if kind(seen) == "function" else None


def allowing(seen: Seen, region: str, name: str) -> Step | None:
    return None


def audited(run: Run, service: Callable[[Seen], Step], **options: Any) -> tuple[Frame, Counter[str]]:
    with Answering(service) as server:
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=server.url), errors="rows", **options)
        return frame, Counter(kind(seen) for seen in server.seen if seen.service == "lambda")


def fleet(twist: Twist, size: int = 1, *qualifiers: str) -> Lambda:
    """Return a fleet with these configured qualifiers for each function."""
    service = Lambda(size, twist)
    service.published = dict.fromkeys(service.names, PUBLISHED)
    service.configured = dict.fromkeys(service.names, qualifiers)
    return service


@pytest.mark.parametrize("case", CASES)
def test_the_rows_are_the_same_whether_get_function_is_allowed_or_not(run: Run, case: str) -> None:
    configured, timeouts = CASES[case]
    frame, asked = audited(run, fleet(allowing, 1, *configured))
    listed, _ = audited(run, fleet(denying, 1, *configured))
    assert frame.drop(columns="read_at").equals(listed.drop(columns="read_at"))
    found = frame.timeout.astype(object).where(frame.timeout.notna(), None)
    assert dict(zip(frame.qualifier, found, strict=True)) == timeouts
    assert frame.attrs["complete"]
    assert set(frame[frame.timeout.isna()].runtime.dropna()) == set()
    assert not asked["aliases"] + asked["versions"]


@pytest.mark.parametrize("case", CASES)
def test_every_version_and_alias_has_the_same_rows_either_way(run: Run, case: str) -> None:
    frames = [
        audited(run, fleet(twist, 1, *CASES[case][0]), qualifiers="all")[0].drop(columns="read_at")
        for twist in (allowing, denying)
    ]
    assert frames[0].equals(frames[1])
    assert {"1", "2", "live", "next"} <= set(frames[0].qualifier)


def test_the_shared_quota_sees_one_request_a_function_and_the_pages(run: Run) -> None:
    _, asked = audited(run, fleet(allowing, 60, "1", "live"))
    assert asked == {"functions": 2, "configs": 60, "function": 120}


def test_a_denied_account_gets_one_request(run: Run) -> None:
    frame, asked = audited(run, fleet(denying, 60, "live"), regions="us-east-1,eu-west-1")
    assert frame.attrs["complete"]
    assert asked == {"functions": 4, "configs": 120, "function": 1, "aliases": 120, "versions": 120}


def test_an_account_that_denies_only_some_functions_has_all_rows(run: Run) -> None:
    def some(seen: Seen, region: str, name: str) -> Step | None:
        return DENIED if kind(seen) == "function" and name == "f0030" else None

    frame, asked = audited(run, fleet(some, 60, "live"))
    assert frame.attrs["complete"]
    assert frame[frame.qualifier == "live"].timeout.tolist() == [102] * 60
    assert 0 < asked["versions"] < 60


def test_get_function_is_not_called_for_a_function_with_a_config_on_latest_only(run: Run) -> None:
    _, asked = audited(run, Lambda(5))
    assert asked == {"functions": 1, "configs": 5}


def test_a_function_deleted_meanwhile_is_gone(run: Run) -> None:
    def gone(seen: Seen, region: str, name: str) -> Step | None:
        return GONE if kind(seen) not in {"functions", "configs"} else None

    frame, asked = audited(run, fleet(gone, 1, "live"))
    assert list(zip(frame.qualifier, frame.scan_state, strict=True)) == [("$LATEST", "gone")]
    assert asked["function"] == 2


IMPATIENT = Patience(throttled=0.2, failed=0.2, pause=0.02, longest_pause=0.1, response=2.0)

WRONG: dict[str, tuple[Step, str, str]] = {
    "failing": (BROKEN, "failed", "An error occurred"),
    "throttled": (THROTTLED, "throttled", "Rate exceeded"),
    "cut": (Cut(), "failed", "GetFunction got no response"),
    "no configuration": (
        as_json({"Code": CODE}),
        "failed",
        "the response to GetFunction is malformed: it has no Config",
    ),
    "another function": (
        as_json({"Configuration": {**Lambda().version("us-east-1", "f0009", "live", "2"), **SECRETS}}),
        "failed",
        f"is malformed: it is about 'arn:aws:lambda:us-east-1:{ACCOUNT}:function:f0009:live'",
    ),
    "another qualifier": (
        as_json({"Configuration": {**Lambda().version("us-east-1", "f0000", "$LATEST", "$LATEST"), **SECRETS}}),
        "failed",
        f"is malformed: it is about 'arn:aws:lambda:us-east-1:{ACCOUNT}:function:f0000:$LATEST'",
    ),
    "a timeout as text": (
        as_json({"Configuration": {**Lambda().version("us-east-1", "f0000", "live", "2"), **SECRETS, "Timeout": "3"}}),
        "failed",
        "its Timeout is '3'",
    ),
    "torn": (Answer(200, b'{"Code": {"Location": "s3cret-link", "x": "s3cret-value"'), "failed", "is malformed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_get_function_does_not_report_affects_only_the_row_of_that_qualifier(run: Run, case: str) -> None:
    answer, state, text = WRONG[case]

    def wrong(seen: Seen, region: str, name: str) -> Step | None:
        return answer if seen.path.endswith("Qualifier=live") else None

    frame, _ = audited(run, fleet(wrong, 1, "1", "live"), patience=IMPATIENT)
    assert list(zip(frame.qualifier, frame.scan_state, strict=True)) == [
        ("$LATEST", "ok"),
        ("1", "ok"),
        ("live", state),
    ]
    assert text in frame.error.iloc[2]
    assert "s3cret" not in "".join(frame.error.dropna())


@pytest.mark.parametrize("case", [None, "no configuration", "a timeout as text", "torn"])
def test_neither_the_link_to_the_code_nor_a_variable_is_kept_logged_or_pickled(
    run: Run, caplog: pytest.LogCaptureFixture, case: str | None
) -> None:
    def twist(seen: Seen, region: str, name: str) -> Step | None:
        return WRONG[case][0] if case and seen.path.endswith("Qualifier=live") else None

    service = fleet(twist, 2, "1", "live")
    with caplog.at_level(logging.DEBUG), Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        with pytest.raises(eicnb.EicError) if case else nullcontext() as raised:
            assert b"s3cret" not in pickle.dumps(run(eic, patience=IMPATIENT))
    assert raised is None or b"s3cret" not in pickle.dumps((raised.value, raised.value.result))
    assert "s3cret" not in caplog.text


def weighted(seen: Seen, region: str, name: str) -> Step | None:
    """Split the traffic of the alias live between the versions 2 and 1."""
    alias = {"Name": "live", "FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.25}}}
    return as_json({"Aliases": [alias]}) if kind(seen) == "aliases" else None


def test_an_alias_of_two_versions_shows_the_first_either_way(run: Run, eic: eicnb.Eic) -> None:
    listed, _ = audited(run, fleet(lambda *request: denying(*request) or weighted(*request), 1, "live"))
    described, _ = audited(run, fleet(weighted, 1, "live"))
    assert described.drop(columns="read_at").equals(listed.drop(columns="read_at"))
    assert described.timeout.tolist() == [30, 102]

    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    call(
        eic,
        "lambda",
        "UpdateAlias",
        FunctionName="my-function",
        Name="prod",
        FunctionVersion="3",
        RoutingConfig=weights,
    )
    eic.put("my-function:prod", maximum_retry_attempts=1)
    described, listed = (run(eic, functions="my-function", qualifiers=which) for which in ("configured", "all"))
    rows = [
        frame[frame.qualifier == "prod"].drop(columns="read_at").reset_index(drop=True) for frame in (described, listed)
    ]
    assert rows[0].equals(rows[1])
    assert len(rows[0]) == 1
