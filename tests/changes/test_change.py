"""A change to one config: its settings, line, request and inverse."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.changes.change import SETTINGS, Change, Unread, settings_of
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request

WHERE = Where(partition="aws", region="us-east-1", account_id="123456789012")
TARGET = FunctionRef.parse("arn:aws:lambda:us-east-1:123456789012:function:f:live")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
TOPIC = "arn:aws:sns:us-east-1:123456789012:won"


def config(**settings: Any) -> ReportedConfig:
    unset: dict[str, Any] = dict.fromkeys(SETTINGS)
    return ReportedConfig(function=TARGET, last_modified=datetime(2026, 1, 1, tzinfo=UTC), **{**unset, **settings})


configs = st.none() | st.builds(
    lambda *values: config(**dict(zip(SETTINGS, values, strict=True))),
    st.sampled_from([None, 0, 1, 2]),
    st.sampled_from([None, 60, 3600, 21600]),
    st.sampled_from([None, QUEUE, TOPIC]),
    st.sampled_from([None, QUEUE, "arn:aws:s3:::lost"]),
)


@given(configs, configs)
def test_the_request_makes_the_change(before: ReportedConfig | None, after: Any) -> None:
    request = Change(TARGET, before, after).request()
    assert (request.verb, str(request.function), request.qualifier) == (
        "delete" if after is None else "put",
        str(TARGET.without_qualifier()),
        "live",
    )
    remade = Change.of(request, before)
    assert settings_of(remade.after) == settings_of(after)
    assert after is None or request.config is not None
    assert after is None or bool(request.config), "AWS refuses a put in which nothing is set"


@given(configs, configs)
def test_the_inverse_of_the_inverse_is_the_change(before: Any, after: Any) -> None:
    change = Change(TARGET, before, after)
    assert change.inverse() == Change(TARGET, after, before)
    assert change.inverse().inverse() == change
    assert hash(change.inverse().inverse()) == hash(change)


@given(configs, configs)
def test_a_change_is_one_if_its_config_differs(before: Any, after: Any) -> None:
    is_one = (before is None) != (after is None) or settings_of(before) != settings_of(after)
    assert Change(TARGET, before, after).is_one == is_one


LINES = [
    (None, config(maximum_retry_attempts=0), "put f:live  retries 2 -> 0"),
    (config(maximum_retry_attempts=0), None, "delete f:live  retries 0 -> 2 (default)"),
    (config(), config(maximum_retry_attempts=2), "put f:live  retries 2 (default) -> 2"),
    (config(maximum_event_age_in_seconds=90), config(), "put f:live  age 90s -> 6h (default)"),
    (config(on_failure=QUEUE), config(on_success=QUEUE), "put f:live  on-failure sqs:lost -> none, on-success none"),
    (config(), config(on_failure="arn:aws:sqs:eu-west-1:1:a.fifo"), "put f:live  on-failure none -> arn:aws:sqs:eu-"),
    (config(), config(), "put f:live  no change"),
    (
        Unread("AccessDenied"),
        config(maximum_retry_attempts=0),
        (
            "put f:live  retries ? -> 0, age ? -> 6h (default), on-failure ? -> none, on-success ? -> none, "
            "the previous config could not be read: AccessDenied"
        ),
    ),
]


@pytest.mark.parametrize(("before", "after", "line"), LINES)
def test_a_line_has_the_change_and_its_place(before: Any, after: Any, line: str) -> None:
    shown = Change(TARGET, before, after).line()
    assert shown.startswith(line)
    assert shown.endswith("  us-east-1  123456789012")


def test_the_line_of_an_update_has_its_verb_and_its_place() -> None:
    where = replace(WHERE, region="eu-west-1", sandbox=True)
    line = Change(TARGET, None, config(maximum_retry_attempts=0)).line(where, "update")
    assert line == "update f:live  retries 2 -> 0  eu-west-1  123456789012  SANDBOX"


UPDATES: list[tuple[dict[str, Any], str]] = [
    ({"maximum_retry_attempts": 0}, "retries ? -> 0"),
    ({"maximum_event_age_in_seconds": 60}, "age ? -> 1m"),
    (
        {"destination_config": DestinationConfig(on_failure=DestinationArn.parse(QUEUE))},
        "on-failure ? -> sqs:lost, on-success ? -> none",
    ),
]


@pytest.mark.parametrize(("settings", "phrases"), UPDATES)
def test_an_update_over_a_config_that_was_not_read_shows_only_what_it_writes(
    settings: dict[str, Any], phrases: str
) -> None:
    request = Request("update", FunctionRef("f"), "live", EventInvokeConfig(**settings))
    change = Change.of(request, Unread("no"))
    assert ", ".join(setting.phrase(WHERE) for setting in change.settings() if setting.is_one).count("?") == len(
        request.given()
    )
    assert f"f:live  {phrases}, the previous config could not be read: no  " in change.line(WHERE)


def test_an_update_preserves_the_settings_that_it_does_not_give() -> None:
    before = config(maximum_retry_attempts=1, on_failure=QUEUE, on_success=TOPIC)
    request = Request("update", FunctionRef("f"), "live", EventInvokeConfig(maximum_retry_attempts=0))
    after = Change.of(request, before).after
    assert after is not None
    assert settings_of(after) == {**settings_of(before), "maximum_retry_attempts": 0}


def test_a_change_to_an_unread_config_cannot_be_undone() -> None:
    with pytest.raises(UsageError, match="cannot be undone: the previous config could not be read: AccessDenied"):
        Change(TARGET, Unread("AccessDenied"), None).inverse()


def test_a_config_that_aws_would_reject_today_cannot_be_restored() -> None:
    fifo = config(on_failure="arn:aws:sqs:us-east-1:123456789012:orders.fifo")
    with pytest.raises(UsageError, match="is a FIFO queue"):
        Change(TARGET, fifo, None).inverse().request()


def test_a_change_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Change(TARGET, None, None).after = config()  # type: ignore[misc] # that is what is tested


EFFECTS = [
    (None, 1, ("not set (AWS's default: 2)", "1", "SET")),
    (0, 1, ("0", "1", "CHANGED")),
    (1, None, ("1", "not set (AWS's default: 2)", "RESET: settings left out are removed")),
    (1, 1, ("1", "1", "unchanged")),
]


@pytest.mark.parametrize(("before", "after", "words"), EFFECTS)
def test_a_setting_has_its_effect(before: Any, after: Any, words: tuple[str, str, str]) -> None:
    change = Change(TARGET, config(maximum_retry_attempts=before), config(maximum_retry_attempts=after))
    assert change.settings()[0].row() == ("Maximum retry attempts", *words)
