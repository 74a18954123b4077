"""The comparison of two frames: what was added, removed and changed, and what is unknown."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb import compare
from eicnb.errors import UsageError
from eicnb.fleet.compare import COMPARE_COLUMNS
from eicnb.frames.frame import to_frame

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"

Edit = Callable[[pd.DataFrame], Any]


def audit_of(**configs: Any) -> pd.DataFrame:
    """Return an audit as loaded from a file, by `name__qualifier`: settings, None for no config, or a scan state."""
    rows = []
    for name, settings in configs.items():
        function_name, _, qualifier = name.partition("__")
        state = settings if isinstance(settings, str) else "ok"
        values = settings if isinstance(settings, tuple) else ()
        retries, age, on_failure, on_success = (*values, None, None, None, None)[:4]
        rows.append(
            {
                "function_name": function_name,
                "qualifier": qualifier or "$LATEST",
                "maximum_retry_attempts": retries,
                "maximum_event_age_in_seconds": age,
                "on_failure": on_failure,
                "on_success": on_success,
                "region": "us-east-1",
                "account_id": "123456789012",
                "function_arn": f"{ARN}{function_name}:{qualifier or '$LATEST'}",
                "configured": None if state != "ok" else settings is not None,
                "scan_state": state,
            }
        )
    return pd.DataFrame(rows)


CASES: dict[str, tuple[Any, Any, tuple[str, str] | None]] = {
    "the same": ((0,), (0,), None),
    "no config in both": (None, None, None),
    "a setting changed": ((0, 3600), (1, 3600), ("changed", "retries 0 -> 1")),
    "a setting reset": ((0, 3600), (None, 3600), ("changed", "retries 0 -> 2 (default)")),
    "a default set": ((None, 3600), (2, 3600), ("changed", "retries 2 (default) -> 2")),
    "a destination": ((0,), (0, None, QUEUE), ("changed", "on-failure none -> sqs:lost")),
    "a config made": (None, (0, 60), ("added", "retries 2 -> 0, age 6h -> 1m")),
    "a config deleted": (
        (0, None, None, QUEUE),
        None,
        ("removed", "retries 0 -> 2 (default), on-success sqs:lost -> none"),
    ),
    "an empty config made": (None, (), ("added", "no config -> an empty config")),
    "an empty config deleted": ((), None, ("removed", "an empty config -> no config")),
    "an empty config filled": ((), (2,), ("changed", "retries 2 (default) -> 2")),
    "denied before": ("denied", (0,), None),
    "gone after": ((0,), "gone", None),
    "unread in both": ("unread", "throttled", None),
}


@pytest.mark.parametrize(("before", "after", "found"), CASES.values(), ids=CASES)
def test_a_row_says_what_happened_to_a_config(before: Any, after: Any, found: tuple[str, str] | None) -> None:
    result = compare(audit_of(f__live=before), audit_of(f__live=after))
    assert list(result[["what", "change"]].itertuples(index=False, name=None)) == ([found] if found else [])
    assert result.attrs["not_compared"] == int(isinstance(before, str) or isinstance(after, str))


def test_a_function_with_a_config_in_one_frame_alone_is_added_or_removed() -> None:
    result = compare(audit_of(f=(0,), g=None, h=(1,)), audit_of(f=(0,), i=(2,), j=None))
    assert result[["what", "function_name"]].to_numpy().tolist() == [["removed", "h"], ["added", "i"]]
    counts = {name: result.attrs[name] for name in ("added", "removed", "changed", "unchanged", "not_compared")}
    assert counts == {"added": 1, "removed": 1, "changed": 0, "unchanged": 1, "not_compared": 0}


def test_a_difference_has_the_settings_before_and_after_and_the_names() -> None:
    [row] = compare(audit_of(f__live=(0, None, QUEUE)), audit_of(f__live=(1, 60))).to_dict("records")
    assert {name: value for name, value in row.items() if not pd.isna(value)} == {
        "what": "changed",
        "change": "retries 0 -> 1, age 6h -> 1m, on-failure sqs:lost -> none",
        "before_maximum_retry_attempts": 0,
        "before_on_failure": QUEUE,
        "after_maximum_retry_attempts": 1,
        "after_maximum_event_age_in_seconds": 60,
        "function_name": "f",
        "qualifier": "live",
        "region": "us-east-1",
        "account_id": "123456789012",
        "function_arn": f"{ARN}f:live",
    }


def test_the_columns_and_dtypes_are_always_the_same() -> None:
    dtypes = {column.name: column.dtype for column in COMPARE_COLUMNS}
    for frame in (compare(audit_of(f=(0,)), audit_of(f=(1,))), compare(audit_of(f=None), audit_of(f=None))):
        assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == dtypes
        json.dumps(frame.attrs)


def test_the_qualifier_is_part_of_the_key() -> None:
    result = compare(audit_of(f__7=(0,)), audit_of(f__live=(0,)))
    assert result[["what", "qualifier"]].to_numpy().tolist() == [["removed", "7"], ["added", "live"]]


def test_all_qualifiers_of_a_function_that_was_not_read_are_not_compared() -> None:
    result = compare(audit_of(f="denied", g__live=(0,)), audit_of(f=(0,), f__live=(0,), g__live=(1,)))
    assert result.function_name.tolist() == ["g"]
    assert result.attrs["not_compared"] == 2
    assert repr(result).splitlines()[-1].endswith("1 row: 1 changed, 2 not compared")


@pytest.mark.parametrize("account", ["123456789012", None], ids=["an account", "an unknown account"])
@pytest.mark.parametrize("on", ["function_arn", "function_name"])
def test_nothing_in_a_region_that_was_not_read_is_compared(account: str | None, on: Any) -> None:
    region = {"region": "us-east-1", "account_id": account, "scan_state": "denied"}
    before = pd.concat([audit_of(f=(0,)), pd.DataFrame([region])], ignore_index=True)
    result = compare(before, audit_of(f=(1,), g=(0,), h=None), on=on)
    assert result.function_name.tolist() == ["f"]
    assert result.attrs["not_compared"] == 2


@pytest.fixture(scope="module")
def shops() -> Iterator[tuple[eicnb.Eic, eicnb.Eic]]:
    """Two accounts with the same layout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        both = eicnb.sandbox(), eicnb.sandbox()
        yield both
        for shop in both:
            assert shop.server is not None
            shop.server.stop()


def audited(eic: eicnb.Eic, **options: Any) -> Any:
    return eic.audit(rate=1000, progress=False, **options)


def test_two_accounts_with_the_same_layout_have_no_differences(shops: tuple[eicnb.Eic, eicnb.Eic]) -> None:
    prod, test = map(audited, shops)
    assert prod.account_id[0] != test.account_id[0]
    result = compare(prod, test, on="function_name")
    assert len(result) == 0
    assert result.attrs["unchanged"] == prod.configured.sum()
    assert result.attrs["account_id"] == "several"
    with pytest.raises(UsageError) as raised:
        compare(prod, test)
    assert str(raised.value) == (
        'the two frames have no account and region in common, so no function_arn is in both\nTry: on="function_name"'
    )


def test_two_regions_with_the_same_layout_have_no_differences() -> None:
    bucket = "arn:aws:s3:::lost-us-east-1-123456789012"
    here = audit_of(f=(0, 60, QUEUE), g=(1, None, bucket), h=(0, 60, QUEUE.replace("lost", "orders.fifo")))
    there = here.replace({"us-east-1": "eu-west-1", "123456789012": "999999999999"}, regex=True)
    assert len(compare(here, there, on="function_name")) == 0
    [row] = compare(here, there.assign(maximum_retry_attempts=0), on="function_name").to_dict("records")
    assert row["change"] == "retries 1 -> 0"
    assert row["after_on_failure"] == "s3:lost-REGION-ACCOUNT"


def test_a_destination_in_another_account_is_a_difference(shops: tuple[eicnb.Eic, eicnb.Eic]) -> None:
    prod, test = (audited(shop, functions="checkout") for shop in shops)
    queue = f"arn:aws:sqs:us-east-1:{prod.account_id[0]}:lost"
    [row] = compare(
        prod[:1].assign(on_failure="sqs:lost"), test[:1].assign(on_failure=queue), on="function_name"
    ).to_dict("records")
    assert (row["before_on_failure"], row["after_on_failure"]) == ("sqs:lost", queue)
    assert row["account_id"] == test.account_id[0]


@pytest.mark.parametrize(
    ("narrow", "wide", "unknown"),
    [
        ({}, {"regions": "all"}, "eu-west-1"),
        ({"regions": "us-east-1"}, {"regions": ["us-east-1", "eu-west-1"]}, "eu-west-1"),
        ({"functions": "my-*"}, {"functions": "my-*,checkout"}, "checkout"),
        ({"functions": lambda one: one.function.function_name == "my-function"}, {"functions": "my-*,c*"}, "checkout"),
    ],
    ids=["the connection's region", "a region", "functions", "a callable"],
)
def test_what_the_other_audit_did_not_cover_is_not_compared(
    shops: tuple[eicnb.Eic, eicnb.Eic], narrow: Any, wide: Any, unknown: str
) -> None:
    small, large = audited(shops[0], **narrow), audited(shops[0], **wide)
    beyond = large[~large.function_arn.isin(small.function_arn) & large.configured]
    assert beyond.function_arn.str.contains(unknown).any()
    for pair in ((small, large), (large, small)):
        result = compare(*pair)
        assert (len(result), result.attrs["not_compared"]) == (0, len(beyond))


FILES: dict[str, Callable[[Any], Any]] = {
    "CSV": lambda frame: pd.read_csv(io.StringIO(frame.to_csv(index=False))),
    "CSV read as text": lambda frame: pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str),
    "without the columns of an audit": lambda frame: pd.DataFrame(frame.loc[:, :"function_arn"]),
}


@pytest.mark.parametrize("again", FILES.values(), ids=FILES)
def test_a_frame_from_a_file_is_the_same(shops: tuple[eicnb.Eic, eicnb.Eic], again: Callable[[Any], Any]) -> None:
    frame = audited(shops[0])
    edited = frame.copy()
    edited.loc[edited.function_arn.str.endswith(":my-function:BLUE"), "maximum_retry_attempts"] = 1
    assert len(compare(frame, again(frame))) == 0
    assert compare(again(frame), edited).change.tolist() == ["retries 0 -> 1"]
    assert len(compare(frame.iloc[::-1], again(frame))) == 0


def test_lists_are_compared_too(eic: eicnb.Eic) -> None:
    before = eic.list("my-function")
    eic.delete("my-function:BLUE")
    eic.put("my-function:GREEN", destination_config={"OnSuccess": {}})
    result = compare(before, eic.list("my-function"))
    assert result[["what", "qualifier"]].to_numpy().tolist() == [["removed", "BLUE"], ["changed", "GREEN"]]
    assert compare(before[:0], before).what.tolist() == ["added", "added"]


TWICE = pd.concat([audit_of(f=(0,)), audit_of(f=(0,)).replace("us-east-1", "eu-west-1", regex=True)])
BAD: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "findings": (
        to_frame([], [COMPARE_COLUMNS[0]], {"verb": "check"}),
        {},
        "before is a frame of check, not of configs",
        "eicnb.audit()",
    ),
    "no frame": ([1], {}, "before is a list, not a frame of configs", "eicnb.audit()"),
    "functions": (
        to_frame([], [COMPARE_COLUMNS[0]], {}),
        {},
        "before has no column 'configured'",
        "keep the columns configured and last_modified",
    ),
    "no settings": (
        audit_of(f=(0,)).drop(columns="on_success"),
        {},
        "the frame has no column 'on_success'",
        (
            "keep the columns maximum_retry_attempts, maximum_event_age_in_seconds, on_failure, on_success, "
            "function_arn, qualifier, region, account_id, configured, scan_state"
        ),
    ),
    "another key": (audit_of(f=(0,)), {"on": "name"}, "on is 'name'", 'on="function_name"'),
    "no ARN": (
        audit_of(f=(0,)).assign(function_arn=None),
        {},
        "row 0 of before has no function_arn",
        'before.dropna(subset=["function_arn"])',
    ),
    "a broken ARN": (
        audit_of(f=(0,)).assign(function_arn="f:live"),
        {},
        "row 0 of before: its function_arn is 'f:live', not the full ARN of a function",
        "pass before as eicnb returned it",
    ),
    "twice": (
        pd.concat([audit_of(f=(0,)), audit_of(f=(1,))]),
        {},
        f"row 0 of before is a second row of {ARN}f:$LATEST",
        'before.drop_duplicates("function_arn")',
    ),
    "in two regions": (
        TWICE,
        {"on": "function_name"},
        (
            "before has f:$LATEST in us-east-1, account 123456789012 and in eu-west-1, account 123456789012, "
            "so its rows cannot be compared on function_name"
        ),
        'before[before.region == "us-east-1"]',
    ),
}


@pytest.mark.parametrize(("before", "options", "message", "hint"), BAD.values(), ids=BAD)
def test_a_frame_that_cannot_be_compared_is_refused(
    before: Any, options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as raised:
        compare(before, audit_of(f=(0,)), **options)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_the_hint_for_two_regions_works() -> None:
    assert len(compare(TWICE[TWICE.region == "us-east-1"], audit_of(f=(0,)), on="function_name")) == 0


def test_a_hundred_thousand_rows_take_a_few_seconds() -> None:
    """It takes 1.2 s of CPU time on an idle machine; a busy one must not fail the test."""
    frame = audit_of(f__live=(0, 60, QUEUE)).iloc[[0] * 100_000].reset_index(drop=True)
    frame["function_arn"] = [f"{ARN}f{number}:live" for number in range(len(frame))]
    started = time.process_time()
    assert len(compare(frame, frame.assign(maximum_retry_attempts=frame.index % 2))) == 50_000
    assert time.process_time() - started < 10


def test_an_account_that_the_other_audit_did_not_cover_is_not_compared() -> None:
    narrow, wide = audit_of(f=(0,)), audit_of(f=(1,), g=(0,))
    other = wide.assign(account_id="210987654321")
    other["function_arn"] = other["function_arn"].str.replace("123456789012", "210987654321")
    both = pd.concat([wide, other], ignore_index=True)
    narrow.attrs.update(verb="audit", account_id="123456789012", region="us-east-1")
    both.attrs.update(verb="audit", account_id="several", region="us-east-1")
    for pair, what in (((narrow, both), ["changed", "added"]), ((both, narrow), ["changed", "removed"])):
        result = compare(*pair)
        assert (result.what.tolist(), set(result.account_id)) == (what, {"123456789012"})
        assert result.attrs["not_compared"] == 2


def test_no_region_of_an_account_that_could_not_be_read_counts_as_empty() -> None:
    both = audit_of(checkout=(1, None), cart=(2, None))
    both.loc[1, ["region", "function_arn"]] = ["eu-west-1", f"{ARN}cart:$LATEST".replace("us-east-1", "eu-west-1")]
    unread = audit_of(checkout="denied")
    unread.loc[0, ["function_name", "qualifier", "function_arn"]] = None
    for frame in (both, unread):
        frame.attrs = {"verb": "audit", "regions": "all", "selected": None}
    for result in (compare(both, unread), compare(unread, both)):
        assert (len(result), result.attrs["not_compared"]) == (0, 3)
