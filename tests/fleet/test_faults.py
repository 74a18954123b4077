"""Every fault becomes a row, in time, and never one that looks right."""

from __future__ import annotations

import json
import random
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.aws.http.sender import PATIENCE
from eicnb.errors import IncompleteAudit
from eicnb.frames.frame import Frame
from tests.answering import Answer, Answering, Cut, Seen, Silence, Stall, Step, as_json
from tests.fleet.conftest import Run
from tests.fleet.lambdas import BROKEN, DENIED, EXPIRED, GONE, THROTTLED, Lambda, Twist

REGIONS = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1"]


def never(seen: Seen, region: str, name: str) -> None:
    return None


def audited(run: Run, twist: Twist, size: int = 3, **options: Any) -> tuple[Frame, Lambda]:
    service = Lambda(size, twist)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        return run(eic.derive(read_timeout=1), errors="rows", **options), service


def states(frame: Frame) -> dict[Any, str]:
    names = [name if isinstance(name, str) else None for name in frame.function_name]
    return dict(zip(names, frame.scan_state, strict=True))


def test_a_fleet_is_read_completely_despite_failures_and_torn_responses(run: Run) -> None:
    drawn = random.Random(4)

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if region == "us-west-2":
            return DENIED
        share = drawn.random()
        if share < 0.05:
            return BROKEN
        if share < 0.08:
            return Cut()
        return Answer(200, b'{"Functions": [', {"Content-Type": "application/json"}) if share < 0.09 else None

    frame, service = audited(run, twist, size=120, regions=REGIONS, patience=PATIENCE)
    assert len(frame) == 4 * 120 + 1
    assert frame.scan_state.value_counts().to_dict() == {"ok": 480, "denied": 1}
    denied = frame[frame.scan_state == "denied"].iloc[0]
    assert denied.region == "us-west-2"
    assert denied[["function_name", "qualifier", "configured", "effective_retry_attempts"]].isna().all()
    assert "not authorized to perform: lambda:ListFunctions" in denied.error
    assert frame.attrs["denied"] == 1
    assert not frame.attrs["complete"]
    assert sum(service.asked.values()) > 480 + 12


def test_an_incomplete_audit_is_an_error_that_carries_the_frame(run: Run) -> None:
    def twist(seen: Seen, region: str, name: str) -> Step | None:
        return {"us-east-2": DENIED}.get(region) or (GONE if name == "f0001" else None)

    service = Lambda(3, twist)
    with Answering(service) as server, pytest.raises(IncompleteAudit) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), regions=REGIONS[:2])
    assert raised.value.message == (
        "the audit is incomplete: 2 of 4 rows could not be read (1 denied, 1 gone)\n"
        "    us-east-1/f0001: The function doesn't exist.\n"
        "    us-east-2: User: me is not authorized to perform: lambda:ListFunctions\n"
        'The error has the frame as `result`; errors="rows" (--errors rows) returns it instead.'
    )
    assert raised.value.hint == "%eic audit --resume ${sys.last_value}"
    assert raised.value.exit_code == 255
    assert len(raised.value.result) == 4


ALWAYS: dict[str, tuple[Step, str, str]] = {
    "denied": (DENIED, "denied", "not authorized"),
    "gone": (GONE, "gone", "doesn't exist"),
    "throttled": (THROTTLED, "throttled", "Rate exceeded"),
    "500": (BROKEN, "failed", "An error occurred"),
    "cut": (Cut(), "failed", "got no response"),
    "silence": (Silence(30), "failed", "got no response"),
    "stall": (Stall(b'{"Functions"', 30), "failed", "got no response"),
    "hotel": (Answer(200, b"<html>Please log in</html>"), "failed", "is malformed"),
    "a list": (as_json([1]), "failed", "is malformed: it is a list"),
    "no list": (as_json({}), "failed", "has no FunctionEventInvokeConfigs"),
    "numbers": (as_json({"FunctionEventInvokeConfigs": [1]}), "failed", "not all of its"),
    "redirect": (Answer(302, b"", {"Location": "http://127.0.0.1:1/"}), "failed", "302"),
    "404 of a proxy": (Answer(404, b"<html>nothing here</html>"), "failed", "404"),
    "too much": (as_json({"message": "x" * 100_000}, 400), "failed", "xxx"),
}


@pytest.mark.parametrize("case", ALWAYS)
def test_a_function_without_a_usable_response_is_one_row_with_its_facts(run: Run, case: str) -> None:
    answer, state, told = ALWAYS[case]
    frame, _ = audited(run, lambda seen, region, name: answer if name == "f0001" else None)
    assert states(frame) == {"f0000": "ok", "f0001": state, "f0002": "ok"}
    row = frame[frame.function_name == "f0001"].iloc[0]
    assert told in row.error
    assert row[["configured", "effective_retry_attempts", "maximum_retry_attempts", "on_failure"]].isna().all()
    assert (row.qualifier, row.runtime, row.timeout) == ("$LATEST", "python3.12", 30)


@pytest.mark.parametrize("case", ["denied", "throttled", "500", "cut", "hotel", "a list"])
def test_a_region_without_a_usable_response_is_one_row(run: Run, case: str) -> None:
    answer, state, _ = ALWAYS[case]
    frame, _ = audited(run, lambda seen, region, name: answer)
    assert states(frame) == {None: state}


def test_a_service_that_goes_down_gets_no_request_for_every_function_that_is_left(run: Run) -> None:
    frame, service = audited(run, lambda seen, region, name: BROKEN if name else None, size=300, rate=100)
    assert set(frame.scan_state) == {"failed"}
    assert set(frame.function_name.dropna()) >= set(service.names[:50])
    assert sum(service.asked.values()) < 3 * 300


def test_a_list_that_breaks_off_keeps_its_functions_and_says_so(run: Run) -> None:
    frame, _ = audited(run, lambda seen, region, name: BROKEN if "Marker" in seen.path else None, size=60)
    assert frame.scan_state.value_counts().to_dict() == {"ok": 50, "failed": 1}
    assert frame.function_name.isna().tolist() == [True, *[False] * 50]


def test_a_function_deleted_between_list_and_read_is_gone(run: Run) -> None:
    frame, _ = audited(run, lambda seen, region, name: GONE if name == "f0002" else None)
    assert states(frame) == {"f0000": "ok", "f0001": "ok", "f0002": "gone"}


SERVICE = Lambda()
GARBAGE: dict[str, Any] = {
    "another function": SERVICE.config("us-east-1", "f0002"),
    "another region": SERVICE.config("eu-west-1", "f0001"),
    "another account": {
        **SERVICE.config("us-east-1", "f0001"),
        "FunctionArn": "arn:aws:lambda:us-east-1:999999999999:function:f0001:$LATEST",
    },
    "no ARN": SERVICE.config("us-east-1", "f0001", FunctionArn=None),
    "retries as text": SERVICE.config("us-east-1", "f0001", MaximumRetryAttempts="1"),
    "retries true": SERVICE.config("us-east-1", "f0001", MaximumRetryAttempts=True),
    "an age below zero": SERVICE.config("us-east-1", "f0001", MaximumEventAgeInSeconds=-1),
    "a huge age": SERVICE.config("us-east-1", "f0001", MaximumEventAgeInSeconds=2**40),
    "no time": SERVICE.config("us-east-1", "f0001", LastModified=None),
    "a time as text": SERVICE.config("us-east-1", "f0001", LastModified="yesterday"),
    "a time far away": SERVICE.config("us-east-1", "f0001", LastModified=1e18),
    "destinations as a list": SERVICE.config("us-east-1", "f0001", DestinationConfig=[]),
    "a destination as a number": SERVICE.config(
        "us-east-1", "f0001", DestinationConfig={"OnFailure": {"Destination": 1}}
    ),
}


@pytest.mark.parametrize("case", GARBAGE)
def test_a_malformed_config_is_never_a_row_that_looks_right(run: Run, case: str) -> None:
    answer = as_json({"FunctionEventInvokeConfigs": [GARBAGE[case]]})
    frame, _ = audited(run, lambda seen, region, name: answer if name == "f0001" else None)
    assert states(frame) == {"f0000": "ok", "f0001": "failed", "f0002": "ok"}


def test_a_config_that_comes_twice_is_malformed(run: Run) -> None:
    answer = as_json({"FunctionEventInvokeConfigs": [SERVICE.config("us-east-1", "f0001")] * 2})
    frame, _ = audited(run, lambda seen, region, name: answer if name == "f0001" else None)
    assert states(frame)["f0001"] == "failed"


NAMED: list[dict[str, Any]] = [
    {"FunctionArn": None},
    {"FunctionArn": "?"},
    {"Runtime": 12},
    {"Runtime": "\ud800"},
    {"Timeout": "30"},
    {"DeadLetterConfig": "queue"},
    {"DeadLetterConfig": {"TargetArn": 7}},
]
UNNAMED: list[Any] = [
    {"FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f0001"},
    {"FunctionArn": "arn:aws:lambda:us-east-1:999999999999:function:f0001"},
    {"FunctionName": "other"},
    {"FunctionName": None, "FunctionArn": None},
    {"FunctionName": "a b", "FunctionArn": None},
]


def listing(changes: dict[str, Any]) -> Answer:
    functions = [SERVICE.function("us-east-1", name) for name in SERVICE.names]
    functions[1] |= changes
    return as_json({"Functions": functions})


@pytest.mark.parametrize(("changes", "name"), [(c, "f0001") for c in NAMED] + [(c, None) for c in UNNAMED], ids=str)
def test_a_malformed_entry_in_a_list_of_functions_is_one_row_and_all_others_are_read(
    run: Run, changes: dict[str, Any], name: str | None
) -> None:
    frame, _ = audited(run, lambda seen, region, name: None if name else listing(changes))
    assert states(frame) == {"f0000": "ok", name: "failed", "f0002": "ok"}
    assert not frame.attrs["complete"]


@pytest.mark.parametrize("item", [None, 7, "f0001", []], ids=str)
def test_an_entry_that_is_not_an_object_is_one_row_and_all_others_are_read(run: Run, item: Any) -> None:
    answer = as_json({"Functions": [item, SERVICE.function("us-east-1", "f0002")]})
    frame, _ = audited(run, lambda seen, region, name: None if name else answer)
    assert states(frame) == {None: "failed", "f0002": "ok"}


def test_resume_meets_a_malformed_entry_again_without_reading_the_others_again(run: Run) -> None:
    answers = [listing({"Timeout": "30"}), listing({})]
    service = Lambda(3, lambda seen, region, name: None if name else answers[0])
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        first = run(eic, errors="rows")
        again = run(eic, errors="rows", resume=first)
        service.twist = lambda seen, region, name: None if name else answers[1]
        whole = run(eic, errors="rows", resume=again)
    assert states(first) == states(again) == {"f0000": "ok", "f0001": "failed", "f0002": "ok"}
    assert service.asked == {"": 3, "f0000": 1, "f0001": 1, "f0002": 1}
    assert whole.attrs["complete"]
    assert whole.timeout.tolist() == [30, 30, 30]


def test_a_malformed_latest_is_one_row_where_every_version_is_listed(run: Run) -> None:
    arn = SERVICE.arn("us-east-1", "f0001")
    other, third = (SERVICE.arn("us-east-1", name) for name in ("f0000", "f0002"))
    functions = [
        SERVICE.function("us-east-1", "f0000"),
        SERVICE.function("us-east-1", "f0000", FunctionArn=f"{other}:1"),
        SERVICE.function("us-east-1", "f0001", FunctionArn=f"{arn}:$LATEST", Timeout="30"),
        SERVICE.function("us-east-1", "f0001", FunctionArn=f"{arn}:1"),
        SERVICE.function("us-east-1", "f0002", FunctionArn=f"{third}:$LATEST"),
        SERVICE.function("us-east-1", "f0002", FunctionArn=f"{third}:1", Runtime=1),
    ]

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if seen.path.endswith("/aliases"):
            return as_json({"Aliases": [{"Name": "live", "FunctionVersion": "1"}]})
        return None if name else as_json({"Functions": functions})

    frame, _ = audited(run, twist, qualifiers="all")
    rows = list(zip(frame.function_name, frame.qualifier, frame.scan_state, strict=True))
    assert rows == [
        *(("f0000", qualifier, "ok") for qualifier in ("$LATEST", "1", "live")),
        ("f0001", "$LATEST", "failed"),
        *(("f0002", *rest) for rest in (("$LATEST", "ok"), ("1", "failed"), ("live", "failed"))),
    ]


def test_a_malformed_config_leaves_those_of_the_other_qualifiers_readable(run: Run) -> None:
    arn = SERVICE.arn("us-east-1", "f0001")
    configs = [
        SERVICE.config("us-east-1", "f0001"),
        SERVICE.config("us-east-1", "f0001", FunctionArn=f"{arn}:2", MaximumRetryAttempts="many"),
    ]

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if seen.path.endswith("/f0001?Qualifier=2"):
            return as_json({"Configuration": SERVICE.function("us-east-1", "f0001", FunctionArn=f"{arn}:2")})
        return as_json({"FunctionEventInvokeConfigs": configs}) if name == "f0001" else None

    frame, _ = audited(run, twist)
    assert list(frame.scan_state) == ["ok", "ok", "failed", "ok"]
    assert list(frame.qualifier) == ["$LATEST", "$LATEST", "2", "$LATEST"]
    assert frame.timeout[2] == 30


def test_versions_that_may_not_be_listed_leave_latest_readable(run: Run) -> None:
    live = SERVICE.config("us-east-1", "f0001", FunctionArn=SERVICE.arn("us-east-1", "f0001") + ":live")

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if name == "f0001" and "/2019-09-25/" not in seen.path:
            return DENIED
        return as_json({"FunctionEventInvokeConfigs": [live]}) if name == "f0001" else None

    frame, _ = audited(run, twist)
    assert list(zip(frame.qualifier, frame.scan_state, strict=True)) == [
        ("$LATEST", "ok"),
        ("$LATEST", "ok"),
        ("live", "denied"),
        ("$LATEST", "ok"),
    ]


SURROGATE = "\ud800"


@pytest.mark.parametrize("where", ["configs", "functions"])
def test_a_marker_that_is_half_a_character_is_one_row(run: Run, where: str) -> None:
    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if name == "f0001" and where == "configs":
            return as_json({"FunctionEventInvokeConfigs": [], "NextMarker": SURROGATE})
        if not name and where == "functions":
            functions = [SERVICE.function(region, name) for name in SERVICE.names]
            return as_json({"Functions": functions, "NextMarker": SURROGATE})
        return None

    frame, _ = audited(run, twist)
    expected: dict[Any, str] = {"f0001": "failed"} if where == "configs" else {None: "failed", "f0001": "ok"}
    assert states(frame) == {"f0000": "ok", **expected, "f0002": "ok"}
    error = frame[frame.scan_state == "failed"].error.iloc[0]
    assert error.startswith("UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800'")


HALF: dict[str, Any] = {"OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:123456789012:{SURROGATE}"}}


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"message": SURROGATE}, 400),
        as_json({"FunctionEventInvokeConfigs": [SERVICE.config("us-east-1", "f0001", DestinationConfig=HALF)]}),
    ],
    ids=["message", "destination"],
)
def test_text_that_is_half_a_character_loses_no_row(run: Run, answer: Answer) -> None:
    frame, _ = audited(run, lambda seen, region, name: answer if name == "f0001" else None)
    assert states(frame) == {"f0000": "ok", "f0001": "failed", "f0002": "ok"}


@pytest.mark.parametrize("marker", [1, "0"])
def test_an_endless_list_is_stopped(run: Run, marker: Any) -> None:
    page = json.dumps({"Functions": [], "NextMarker": marker})
    frame, _ = audited(run, lambda seen, region, name: None if name else Answer(200, page.encode()))
    assert states(frame) == {None: "failed"}


def test_retry_after_is_waited_for(run: Run) -> None:
    told: list[float] = []

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        told.append(time.monotonic())
        return Answer(429, THROTTLED.body, {**THROTTLED.headers, "Retry-After": "1"}) if len(told) == 2 else None

    frame, _ = audited(run, twist, size=5)
    assert frame.attrs["complete"]
    assert frame.attrs["throttled_calls"] == 1
    assert max(later - earlier for earlier, later in pairwise(told)) >= 0.9


@pytest.mark.parametrize("renewed", [True, False], ids=["renewed", "not renewed"])
def test_credentials_that_expire_during_an_audit(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, renewed: bool
) -> None:
    path = tmp_path / "credentials"

    def write(key: str) -> None:
        other = tmp_path / f"{key}{threading.get_ident()}"
        other.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n")
        other.replace(path)

    write("OLD")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if name >= "f0030" and renewed:
            write("NEW")
        return EXPIRED if name >= "f0030" and seen.access_key == "OLD" else None

    frame, service = audited(run, twist, size=60, rate=100)
    if renewed:
        assert frame.attrs["complete"], set(frame.error.dropna())
    else:
        assert set(frame.scan_state) == {"ok", "failed"}
        assert frame[frame.scan_state == "failed"].error.str.contains("expired").all()
        assert len(frame) == 60
        assert sum(service.asked.values()) < 60


def test_an_account_that_cannot_be_identified_is_a_row_next_to_the_others(run: Run) -> None:
    def refuses(seen: Seen) -> Step:
        return EXPIRED

    with Answering(Lambda()) as good, Answering(refuses) as bad:
        connections = [eicnb.connect(region="us-east-1", endpoint_url=server.url) for server in (good, bad)]
        frame = run(connections, errors="rows")
    assert frame.scan_state.value_counts().to_dict() == {"ok": 3, "failed": 1}
    assert frame.account_id.isna().tolist() == [True, False, False, False]


def test_a_connection_without_a_region_uses_those_of_the_audit(run: Run) -> None:
    with Answering(Lambda()) as server:
        eic = eicnb.connect(endpoint_url=server.url)
        assert set(run(eic, regions=["eu-west-1", "us-east-1"]).region) == {"eu-west-1", "us-east-1"}
        with pytest.raises(eicnb.ConfigurationError, match="no AWS region is set"):
            run(eic)


def test_without_credentials_it_is_a_configuration_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(eicnb.ConfigurationError, match="no usable AWS credentials"):
        run(eicnb.connect(region="us-east-1", endpoint_url="http://127.0.0.1:1"))


def test_an_alias_of_a_version_that_is_not_listed_is_a_row_that_runs_nothing(run: Run) -> None:
    def twist(seen: Seen, region: str, name: str) -> Step | None:
        if seen.path.endswith("/aliases"):
            return as_json({"Aliases": [{"Name": "live", "FunctionVersion": "7"}]})
        return None

    frame, _ = audited(run, twist, size=1, qualifiers="all")
    assert list(zip(frame.qualifier, frame.scan_state, frame.timeout.isna(), strict=True)) == [
        ("$LATEST", "ok", False),
        ("live", "ok", True),
    ]


def test_a_destination_that_aws_would_reject_today_is_shown_unchanged(run: Run) -> None:
    texts = ["arn:aws:sqs:us-east-1:123456789012:my queue", "arn:aws:sqs:us-east-1:123456789012:q ", "?", "sqs:é"]

    class Old(Lambda):
        def config(self, region: str, name: str, **changes: Any) -> dict[str, Any]:
            held = {"OnFailure": {"Destination": texts[self.names.index(name)]}}
            return super().config(region, name, DestinationConfig=held, **changes)

    with Answering(Old(len(texts))) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic)
        assert run(eic, resume=frame).equals(frame)
    assert list(frame.on_failure) == texts
