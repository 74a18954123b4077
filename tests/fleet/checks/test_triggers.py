"""The checks of what invokes functions: what passes, what fails, and what could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fleet.checks.audits import row
from tests.fleet.checks.aws_account import AwsAccount, mapping, service, serving

KEPT = {"on_failure": "sqs:kept"}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"

ACTING: list[tuple[str, AwsAccount]] = [
    ("nothing is known to invoke it", AwsAccount()),
    ("an asynchronous trigger", AwsAccount(policies={"f": [service("s3")]})),
    ("both", AwsAccount(policies={"f": [service("sns"), service("lex")]}, event_sources=[mapping("sqs:q", "f")])),
    ("another account", AwsAccount(policies={"f": [{**service("x"), "Principal": {"AWS": "arn:aws:iam::1:root"}}]})),
    ("a mapping of its alias", AwsAccount(event_sources=[mapping("sqs:q", "f:live")])),
    ("a disabled mapping", AwsAccount(event_sources=[mapping("sqs:q", "f", "Disabled")])),
]  # fmt: skip


@pytest.mark.parametrize("account", [case[1] for case in ACTING], ids=[case[0] for case in ACTING])
def test_settings_that_may_act_pass(account: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(account, monkeypatch) as found:
        assert found(row(**KEPT), look="triggers").empty


IDLE: list[tuple[AwsAccount, str]] = [
    (AwsAccount(event_sources=[mapping("sqs:q", "f")]), "an SQS queue"),
    (AwsAccount(event_sources=[mapping("sqs:q", "f:$LATEST")]), "an SQS queue"),
    (AwsAccount(policies={"f": [service("apigateway")]}), "API Gateway"),
    (AwsAccount(policies={"f": [service("elasticloadbalancing"), service("lex")]}), "a load balancer and Amazon Lex"),
]


@pytest.mark.parametrize(("account", "names"), IDLE)
def test_settings_of_a_function_that_is_invoked_synchronously_do_not_act(
    account: AwsAccount, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        [one] = found(row(**KEPT), look="triggers").to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("settings-do-not-act", "info", "none")
    assert one["finding"] == f"it is invoked by {names} only, synchronously"


def test_an_alias_is_invoked_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(event_sources=[mapping("sqs:q", "f:live")])
    with serving(account, monkeypatch) as found:
        result = found(row(**KEPT), row(qualifier="live", **KEPT), look="triggers")
    assert result.qualifier.tolist() == ["live"]


ELSEWHERE: list[tuple[list[dict[str, Any]], AwsAccount, str, str]] = [
    (
        [row(**KEPT), row(qualifier="live")],
        AwsAccount(policies={"f:live": [service("s3")]}),
        "the alias live is invoked by Amazon S3 and has no config, but $LATEST has one",
        f"%eic put {FUNCTION}:live --on-failure sqs:kept --on-success none",
    ),
    (
        [row(), row(qualifier="live", retries=0)],
        AwsAccount(policies={"f": [service("s3"), service("sns")]}),
        "$LATEST is invoked by Amazon S3 and Amazon SNS and has no config, but the alias live has one",
        f"%eic put {FUNCTION}:$LATEST --retries 0 --on-failure none --on-success none",
    ),
    (
        [row(**KEPT), row(qualifier="7")],
        AwsAccount(policies={"f:7": [service("events")]}),
        "the version 7 is invoked by EventBridge and has no config, but $LATEST has one",
        f"%eic put {FUNCTION}:7 --on-failure sqs:kept --on-success none",
    ),
]


@pytest.mark.parametrize(("rows", "account", "text", "fix"), ELSEWHERE)
def test_a_qualifier_without_a_config_that_is_invoked_is_found(
    rows: list[dict[str, Any]], account: AwsAccount, text: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        [one] = found(*rows, look="triggers", checks="invoked-elsewhere").to_dict("records")
    assert (one["severity"], one["finding"]) == ("high", text)
    assert (one["fix"], one["fix_kind"]) == (fix, "eic")


@pytest.mark.parametrize(
    ("rows", "account"),
    [
        ([row(**KEPT), row(qualifier="live", **KEPT)], AwsAccount(policies={"f:live": [service("s3")]})),
        ([row(**KEPT), row(qualifier="live")], AwsAccount(policies={"f:live": [service("apigateway")]})),
        ([row(**KEPT), row(qualifier="live")], AwsAccount(event_sources=[mapping("sqs:q", "f:live")])),
        ([row(), row(qualifier="live")], AwsAccount(policies={"f:live": [service("s3")]})),
    ],
    ids=["configured", "synchronous", "queue", "no config at all"],
)
def test_a_qualifier_that_is_invoked_as_configured_passes(
    rows: list[dict[str, Any]], account: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        assert found(*rows, look="triggers", checks="invoked-elsewhere").empty


def test_a_function_that_is_a_destination_is_invoked_asynchronously(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(**KEPT), row(qualifier="live"), row("g", on_failure="lambda:f:live"), row("h", on_failure="lambda:f")]
    account = AwsAccount(event_sources=[mapping("sqs:q", "f")])
    with serving(account, monkeypatch) as found:
        result = found(*rows, look="triggers", checks="invoked-elsewhere,settings-do-not-act")
    assert result.finding.tolist() == [
        "the alias live is invoked by g, whose destination it is, and has no config, but $LATEST has one"
    ]


def test_the_mappings_of_a_region_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount()
    with serving(account, monkeypatch) as found:
        found(*(row(f"f{number}", **KEPT) for number in range(20)), look="triggers")
    assert dict(account.asked) == {"lambda:GetPolicy": 20, "lambda:ListEventSourceMappings": 1}


@pytest.mark.parametrize("action", ["lambda:GetPolicy", "lambda:ListEventSourceMappings"])
def test_denied_triggers_are_not_checked(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(event_sources=[mapping("sqs:q", "f")], denied={action})
    with serving(account, monkeypatch) as found:
        result = found(row(**KEPT), look="triggers")
    [one] = result.to_dict("records")
    assert (one["check"], one["severity"]) == ("not-checked", "medium")
    assert f"{action} is denied" in one["finding"]


BYPASSED: list[tuple[list[dict[str, Any]], AwsAccount, list[str]]] = [
    ([row(**KEPT), row(qualifier="7")], AwsAccount(), []),
    (
        [row(**KEPT), row(qualifier="7")],
        AwsAccount(policies={"f:7": [service("lex")]}),
        ["the version 7 has no config, but $LATEST has one"],
    ),
    (
        [row(**KEPT), row(qualifier="7")],
        AwsAccount(event_sources=[mapping("sqs:q", "f:7")]),
        ["the version 7 has no config, but $LATEST has one"],
    ),
    ([row(), row(qualifier="live", **KEPT)], AwsAccount(), []),
    (
        [row(), row(qualifier="live", **KEPT)],
        AwsAccount(policies={"f": [service("s3")]}),
        ["$LATEST has no config, but the alias live has one"],
    ),
]


@pytest.mark.parametrize(("rows", "account", "texts"), BYPASSED)
def test_versions_and_latest_are_bypassed_if_something_invokes_them(
    rows: list[dict[str, Any]], account: AwsAccount, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        assert found(*rows, look="triggers", checks="alias-bypass").finding.tolist() == texts


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (AwsAccount(event_sources=[{}]), "an event source mapping names the function None and the source None"),
        (AwsAccount(policies={"f": None}), "the function's policy is malformed: "),  # type: ignore[dict-item] # malformed
    ],
)
def test_malformed_triggers_are_not_checked(account: AwsAccount, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(account, monkeypatch) as found:
        [one] = found(row(**KEPT), look="triggers").to_dict("records")
    assert one["check"] == "not-checked"
    assert reason in one["finding"]
