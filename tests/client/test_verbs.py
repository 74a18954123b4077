"""The contract of the Python API, on the sandbox."""

from __future__ import annotations

import gc
import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import eicnb
from eicnb import DestinationArn, DestinationConfig, FunctionRef, NoDestination, NotFound, UsageError
from eicnb.client.eic import Eic
from eicnb.frames.columns import CONFIG_COLUMNS, FUNCTION_COLUMNS
from eicnb.frames.frame import Frame

CONFIG_DTYPES = {
    "function_name": "string",
    "qualifier": "string",
    "maximum_retry_attempts": "Int64",
    "maximum_event_age_in_seconds": "Int64",
    "on_failure_type": "string",
    "on_failure": "string",
    "on_success_type": "string",
    "on_success": "string",
    "last_modified": "datetime64[ns, UTC]",
    "region": "string",
    "account_id": "string",
    "function_arn": "string",
}
FUNCTION_DTYPES = {
    "function_name": "string",
    "runtime": "string",
    "timeout": "Int64",
    "dead_letter_arn": "string",
    "role_arn": "string",
    "region": "string",
    "account_id": "string",
    "function_arn": "string",
}
VERBS = ("put", "update", "get", "list", "delete", "functions")


def rows(frame: Frame) -> list[dict[str, Any]]:
    """Return the rows, with None for settings that are not set."""
    return [
        {str(key): None if value is None or value != value else value for key, value in row.items()}  # noqa: PLR0124 # only NaT is not itself
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def row(frame: Frame) -> dict[str, Any]:
    """Return the only row."""
    (only,) = rows(frame)
    return only


def settings(frame: Frame) -> tuple[Any, ...]:
    """Return the retries, the age, and the failure and success destinations of the only row."""
    only = row(frame)
    names = ("maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success")
    return tuple(only[name] for name in names)


def operations(eic: Eic) -> list[str | None]:
    """Return the requests that the sandbox received so far."""
    assert eic.server is not None
    return [request.operation for request in eic.server.requests()]


def queue(eic: Eic, name: str = "shop-failures") -> str:
    return f"arn:aws:sqs:{eic.region}:{eic.account_id}:{name}"


def topic(eic: Eic, name: str = "shop-alerts") -> str:
    return f"arn:aws:sns:{eic.region}:{eic.account_id}:{name}"


def test_the_documented_example_gives_its_row(eic: Eic) -> None:
    before = datetime.now(UTC)
    frame = eicnb.put("my-function", maximum_retry_attempts=0, maximum_event_age_in_seconds=3600)
    only = row(frame)
    assert before - timedelta(seconds=1) <= only.pop("last_modified") <= datetime.now(UTC) + timedelta(seconds=1)
    assert only == {
        "function_name": "my-function",
        "qualifier": "$LATEST",
        "maximum_retry_attempts": 0,
        "maximum_event_age_in_seconds": 3600,
        "on_failure_type": None,
        "on_failure": None,
        "on_success_type": None,
        "on_success": None,
        "region": "us-east-1",
        "account_id": eic.account_id,
        "function_arn": f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:$LATEST",
    }


@pytest.mark.parametrize(
    ("verb", "call"),
    [
        ("put", lambda eic: eic.put("my-function:BLUE", maximum_retry_attempts=0)),
        ("update", lambda eic: eic.update("my-function:BLUE", maximum_retry_attempts=0)),
        ("get", lambda eic: eic.get("my-function:BLUE")),
        ("list", lambda eic: eic.list("my-function")),
        ("list", lambda eic: eic.list("newsletters")),
        ("delete", lambda eic: eic.delete("my-function:BLUE")),
    ],
    ids=["put", "update", "get", "list", "empty list", "delete"],
)
def test_every_verb_returns_the_same_columns_and_plain_attrs(eic: Eic, verb: str, call: Callable[[Eic], Frame]) -> None:
    frame = call(eic)
    assert isinstance(frame, Frame)
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == CONFIG_DTYPES
    assert list(frame.columns) == list(CONFIG_DTYPES) == [column.name for column in CONFIG_COLUMNS]
    assert list(frame.index) == list(range(len(frame)))
    assert frame.attrs == {"verb": verb, "account_id": eic.account_id, "region": "us-east-1", "sandbox": True}
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs


def test_a_list_of_a_function_without_configs_is_an_empty_frame(eic: Eic) -> None:
    assert len(eic.list("newsletters")) == 0


def test_functions_are_all_functions_of_the_region(eic: Eic) -> None:
    frame = eic.functions()
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == FUNCTION_DTYPES
    assert list(frame.columns) == [column.name for column in FUNCTION_COLUMNS]
    assert len(frame) == len(set(frame.function_name)) > 20
    by_name = {only["function_name"]: only for only in rows(frame)}
    reconcile = by_name["payments-reconcile"]
    assert reconcile == {
        "function_name": "payments-reconcile",
        "runtime": "python3.12",
        "timeout": 600,
        "dead_letter_arn": queue(eic, "payment-dead-letters"),
        "role_arn": f"arn:aws:iam::{eic.account_id}:role/shop-billing",
        "region": "us-east-1",
        "account_id": eic.account_id,
        "function_arn": f"arn:aws:lambda:us-east-1:{eic.account_id}:function:payments-reconcile",
    }
    assert len(eic.derive(region="sa-east-1").functions()) == 0


def test_put_removes_omitted_settings_and_update_keeps_them(eic: Eic) -> None:
    everything: dict[str, Any] = {
        "maximum_retry_attempts": 1,
        "maximum_event_age_in_seconds": 600,
        "on_failure": queue(eic),
        "on_success": topic(eic),
    }
    assert settings(eic.put("my-function", **everything)) == (1, 600, queue(eic), topic(eic))
    assert settings(eic.update("my-function", maximum_retry_attempts=2)) == (2, 600, queue(eic), topic(eic))
    assert settings(eic.update("my-function", maximum_event_age_in_seconds=60)) == (2, 60, queue(eic), topic(eic))
    assert settings(eic.get("my-function")) == (2, 60, queue(eic), topic(eic))
    assert settings(eic.put("my-function", maximum_event_age_in_seconds=61)) == (None, 61, None, None)
    assert settings(eic.get("my-function")) == (None, 61, None, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"on_failure": "sns:shop-alerts"}, ("sns:shop-alerts", "sqs:order-failures")),
        ({"on_success": "sns:shop-alerts"}, ("sqs:shop-failures", "sns:shop-alerts")),
        ({"on_failure": "none"}, (None, "sqs:order-failures")),
        ({"on_success": "none"}, ("sqs:shop-failures", None)),
        ({"on_failure": NoDestination.BLANK}, (None, "sqs:order-failures")),
        ({"on_failure": "none", "on_success": "none"}, (None, None)),
        ({"destination_config": {}}, (None, None)),
        ({"destination_config": {"OnSuccess": {}}}, (None, None)),
        ({"maximum_retry_attempts": 2}, ("sqs:shop-failures", "sqs:order-failures")),
    ],
    ids=str,
)
def test_update_of_one_destination_keeps_the_other(
    eic: Eic, given: dict[str, Any], kept: tuple[str | None, str | None]
) -> None:
    eic.put("my-function", on_failure="sqs:shop-failures", on_success="sqs:order-failures")
    _, _, *destinations = settings(eic.update("my-function", **given))
    arns = {"sns:shop-alerts": topic(eic)}
    for name in ("shop-failures", "order-failures"):
        arns[f"sqs:{name}"] = queue(eic, name)
    assert tuple(destinations) == tuple(arns[name] if name else None for name in kept)


def test_update_of_one_destination_without_a_config_is_not_found_and_changes_nothing(eic: Eic) -> None:
    with pytest.raises(NotFound, match="doesn't have an EventInvokeConfig"):
        eic.update("my-function", on_failure="sqs:shop-failures")
    assert operations(eic) == ["GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs"]


def test_update_does_not_lose_a_destination_that_could_not_be_written_today(eic: Eic) -> None:
    before = settings(eic.get("search-indexer"))
    with pytest.raises(UsageError) as raised:
        eic.update("search-indexer", on_success="sqs:shop-failures")
    assert str(raised.value) == (
        "the other destination cannot be sent again: 'search-updates.fifo' is a FIFO queue, to which Lambda does not "
        "deliver records of asynchronous events\nTry: set both destinations in one update"
    )
    assert settings(eic.get("search-indexer")) == before


@pytest.mark.parametrize(
    ("name", "kind", "arn"),
    [
        ("sqs:shop-failures", "sqs", "arn:aws:sqs:us-east-1:ACCOUNT:shop-failures"),
        ("sns:shop-alerts", "sns", "arn:aws:sns:us-east-1:ACCOUNT:shop-alerts"),
        ("s3:my-bucket", "s3", "arn:aws:s3:::my-bucket"),
        ("lambda:failure-triage", "lambda", "arn:aws:lambda:us-east-1:ACCOUNT:function:failure-triage"),
        ("events:shop", "events", "arn:aws:events:us-east-1:ACCOUNT:event-bus/shop"),
    ],
)
def test_a_destination_by_name_is_in_the_connections_account_and_region(
    eic: Eic, name: str, kind: str, arn: str
) -> None:
    only = row(eic.put("my-function", on_failure=name))
    assert (only["on_failure_type"], only["on_failure"]) == (kind, arn.replace("ACCOUNT", eic.account_id))
    assert row(eic.put("my-function", on_failure=arn.replace("ACCOUNT", eic.account_id))) | {
        "last_modified": None
    } == only | {"last_modified": None}


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("sqs:lost", "sqs:REGION:ACCOUNT:lost"),
        ("s3:lost", "s3:::lost"),
        ("lambda:lost:live", "lambda:REGION:ACCOUNT:function:lost:live"),
    ],
)
def test_a_destination_by_name_is_in_the_regions_partition(
    shared: Eic, region: str, partition: str, name: str, rest: str
) -> None:
    there = shared.derive(region=region)
    config = there._connection.request("put", "my-function", on_failure=name).parameters()["DestinationConfig"]
    arn = f"arn:{partition}:{rest.replace('REGION', region).replace('ACCOUNT', shared.account_id)}"
    assert config == {"OnFailure": {"Destination": arn}}


@pytest.mark.parametrize("as_object", [False, True], ids=["dict", "DestinationConfig"])
def test_a_destination_config_is_a_dict_or_a_value(eic: Eic, *, as_object: bool) -> None:
    members = {"OnSuccess": {"Destination": topic(eic)}, "OnFailure": {"Destination": queue(eic)}}
    value = DestinationConfig(on_success=DestinationArn.parse(topic(eic)), on_failure=DestinationArn.parse(queue(eic)))
    assert value.to_api() == members
    frame = eic.put("my-function", destination_config=value if as_object else members)
    assert settings(frame) == (None, None, queue(eic), topic(eic))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"maximum_retry_attempts": 0}, {"MaximumRetryAttempts": 0}),
        ({"maximum_retry_attempts": 2}, {"MaximumRetryAttempts": 2}),
        ({"maximum_event_age_in_seconds": 21600}, {"MaximumEventAgeInSeconds": 21600}),
        ({"destination_config": {}}, {"DestinationConfig": {}}),
        ({"destination_config": {"OnSuccess": {}}}, {"DestinationConfig": {"OnSuccess": {}}}),
        (
            {"destination_config": {"OnFailure": {"Destination": ""}}},
            {"DestinationConfig": {"OnFailure": {"Destination": ""}}},
        ),
        ({"on_failure": "none"}, {"DestinationConfig": {"OnFailure": {}}}),
    ],
    ids=str,
)
def test_absent_empty_and_explicit_are_sent_as_three_different_things(
    shared: Eic, given: dict[str, Any], sent: dict[str, Any]
) -> None:
    parameters = shared._connection.request("put", "my-function", **given).parameters()
    assert parameters == {"FunctionName": "my-function", **sent}


def test_absent_empty_and_explicit_defaults_are_three_states(eic: Eic) -> None:
    with pytest.raises(NotFound):
        eic.get("my-function")
    assert settings(eic.put("my-function", destination_config={"OnSuccess": {}})) == (None, None, None, None)
    assert settings(eic.get("my-function")) == (None, None, None, None)
    explicit = eic.put("my-function", maximum_retry_attempts=2, maximum_event_age_in_seconds=21600)
    assert settings(explicit) == (2, 21600, None, None)


def test_list_returns_every_page(eic: Eic) -> None:
    frame = eic.list("order-events")
    assert list(frame.qualifier) == [str(version) for version in range(1, 61)]
    assert list(frame.maximum_event_age_in_seconds) == [60 * version for version in range(1, 61)]
    assert operations(eic) == ["ListFunctionEventInvokeConfigs"] * 2


def test_delete_returns_the_deleted_config(eic: Eic) -> None:
    before = row(eic.get("my-function:GREEN"))
    assert row(eic.delete("my-function:GREEN")) == before
    with pytest.raises(NotFound):
        eic.get("my-function:GREEN")
    with pytest.raises(NotFound):
        eic.delete("my-function:GREEN")
    assert list(eic.list("my-function").qualifier) == ["BLUE"]


def test_delete_with_missing_ok_returns_no_row_without_a_config(eic: Eic) -> None:
    assert len(eic.delete("my-function:GREEN", missing_ok=True)) == 1
    frame = eic.delete("my-function:GREEN", missing_ok=True)
    assert (len(frame), list(frame.columns)) == (0, list(eic.list("my-function").columns))


NAMES = [
    ("my-function", None, "$LATEST"),
    ("my-function:$LATEST", None, "$LATEST"),
    ("my-function", "$LATEST", "$LATEST"),
    ("my-function:BLUE", None, "BLUE"),
    ("my-function", "BLUE", "BLUE"),
    ("my-function:BLUE", "BLUE", "BLUE"),
    ("my-function:2", None, "2"),
    ("my-function", "2", "2"),
    ("function:my-function", None, "$LATEST"),
    ("ACCOUNT:my-function", None, "$LATEST"),
    ("ACCOUNT:function:my-function", None, "$LATEST"),
    ("ACCOUNT:function:my-function:BLUE", None, "BLUE"),
    ("us-east-1:ACCOUNT:function:my-function:BLUE", None, "BLUE"),
    ("arn:aws:lambda:us-east-1:ACCOUNT:function:my-function", None, "$LATEST"),
    ("arn:aws:lambda:us-east-1:ACCOUNT:function:my-function", "2", "2"),
    ("arn:aws:lambda:us-east-1:ACCOUNT:function:my-function:BLUE", None, "BLUE"),
    ("arn:aws:lambda:us-east-1:ACCOUNT:function:my-function:$LATEST", None, "$LATEST"),
]


@pytest.mark.parametrize("parsed", [False, True], ids=["text", "FunctionRef"])
@pytest.mark.parametrize(("name", "qualifier", "meant"), NAMES, ids=[f"{name} {other}" for name, other, _ in NAMES])
def test_every_form_of_a_function_name_works(
    shared: Eic, name: str, qualifier: str | None, meant: str, *, parsed: bool
) -> None:
    text = name.replace("ACCOUNT", shared.account_id)
    function = FunctionRef.parse(text) if parsed else text
    function_arn = f"arn:aws:lambda:us-east-1:{shared.account_id}:function:my-function:{meant}"
    written = row(shared.put(function, qualifier=qualifier, maximum_retry_attempts=1))
    assert (written["function_name"], written["qualifier"], written["function_arn"]) == (
        "my-function",
        meant,
        function_arn,
    )
    assert row(shared.get(function, qualifier=qualifier)) == written
    assert row(shared.update(function, qualifier=qualifier, maximum_retry_attempts=1))["function_arn"] == function_arn
    assert function_arn in set(shared.list(function).function_arn)
    assert row(shared.delete(function, qualifier=qualifier))["function_arn"] == function_arn


def test_each_qualifier_has_a_config_of_its_own(eic: Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=0)
    eic.put("my-function:1", maximum_retry_attempts=1)
    eic.put("my-function", qualifier="prod", maximum_retry_attempts=2)
    found = {only["qualifier"]: only["maximum_retry_attempts"] for only in rows(eic.list("my-function"))}
    assert found == {"$LATEST": 0, "1": 1, "prod": 2, "BLUE": 0, "GREEN": 2}


@pytest.mark.parametrize("verb", VERBS)
def test_the_module_level_verbs_are_the_methods_without_self(verb: str) -> None:
    alone, method = getattr(eicnb, verb), getattr(Eic, verb)
    own = inspect.signature(method)
    assert inspect.signature(alone) == own.replace(parameters=list(own.parameters.values())[1:])
    assert (alone.__doc__, alone.__name__, alone.__module__) == (method.__doc__, verb, "eicnb.client.connections")


def test_the_module_level_verbs_act_on_the_connection_in_use(eic: Eic) -> None:
    assert eicnb.current() is eic
    other = eicnb.sandbox()
    assert eicnb.current() is other
    assert other.server is not None
    try:
        assert row(eicnb.put("my-function", maximum_retry_attempts=0))["account_id"] == other.account_id
        assert row(eicnb.update("my-function", maximum_retry_attempts=1))["maximum_retry_attempts"] == 1
        assert row(eicnb.get("my-function")) == row(other.get("my-function"))
        assert "$LATEST" in set(eicnb.list("my-function").qualifier)
        assert set(eicnb.functions().account_id) == {other.account_id}
        eicnb.delete("my-function")
        assert operations(eic) == []
        assert eicnb.use(eic) is eic
        with pytest.raises(NotFound):
            eicnb.get("my-function")
        assert operations(eic) == ["GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs"]
    finally:
        other.server.stop()


def test_two_sandboxes_share_no_state(eic: Eic) -> None:
    other = eicnb.sandbox()
    assert other.server is not None
    try:
        assert other.account_id != eic.account_id
        eic.put("my-function", maximum_retry_attempts=0)
        with pytest.raises(NotFound):
            other.get("my-function")
    finally:
        other.server.stop()
    assert row(eic.get("my-function"))["maximum_retry_attempts"] == 0


def test_derive_changes_the_region_of_a_copy(eic: Eic) -> None:
    there = eic.derive(region="eu-west-1")
    assert (there.region, eic.region, there.account_id) == ("eu-west-1", "us-east-1", eic.account_id)
    assert there.is_sandbox
    assert there.server is eic.server
    assert row(there.get("checkout-eu:live"))["region"] == "eu-west-1"
    assert there.get("checkout-eu:live").attrs["region"] == "eu-west-1"
    with pytest.raises(NotFound):
        eic.get("checkout-eu:live")
    assert eic.derive(region="eu-west-1") is there
    assert eic.derive() is eic
    assert eicnb.current() is eic


def test_derive_with_another_endpoint_leaves_the_sandbox(eic: Eic) -> None:
    elsewhere = eic.derive(endpoint_url="http://127.0.0.1:9")
    assert (elsewhere.is_sandbox, elsewhere.server, elsewhere.endpoint_url) == (False, None, "http://127.0.0.1:9")


def test_a_connection_that_was_derived_keeps_its_sandbox_running() -> None:
    there = eicnb.sandbox().derive(region="eu-west-1")
    eicnb.use(there)
    gc.collect()
    assert row(there.get("checkout-eu:live"))["function_name"] == "checkout-eu"
    assert there.server is not None
    there.server.stop()


def test_a_connection_shows_its_account_and_region(eic: Eic) -> None:
    assert repr(eic) == f"Eic(SANDBOX, account_id='{eic.account_id}', region='us-east-1')"
    assert repr(eicnb.connect()) == "Eic()"
    assert repr(eicnb.connect(region="eu-west-1")) == "Eic(region='eu-west-1')"
    assert (eic.endpoint_url, eicnb.connect().endpoint_url) == (eic.server and eic.server.url, None)


def test_a_frame_shows_that_it_is_of_the_sandbox(eic: Eic) -> None:
    assert repr(eic.list("newsletters")).endswith(f"SANDBOX  account {eic.account_id}  us-east-1  no rows")


def test_the_sandbox_never_sees_this_machines_credentials(eic: Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    eic.get("my-function:BLUE")
    credentials: Any = eic._connection.aws.session.get_credentials()
    assert credentials.access_key == "sandbox"
