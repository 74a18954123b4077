"""The findings of the checks in the sandbox's shop, where the proposed fixes work."""

from __future__ import annotations

import json
import shlex
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.frames.frame import Frame

LAYERS = "targets,roles,functions,triggers"
REGIONS = "us-east-1,eu-west-1"

SHOWN = {
    ("dangling-destination", "gdpr-export"),
    ("dangling-destination", "thumbnails"),
    ("short-retention", "payments-reconcile"),
    ("unheard-bus", "gdpr-export"),
    ("role-may-not-send", "loyalty-points"),
    ("role-may-not-encrypt", "invoices"),
    ("bucket-owner-unchecked", "invoice-pdf"),
    ("stopped", "returns-label"),
    ("managed-by", "checkout"),
    ("managed-by", "payments-reconcile"),
    ("managed-by", "payments-refund"),
    ("managed-by", "payments-webhook"),
    ("settings-do-not-act", "price-feed"),
    ("invoked-elsewhere", "inventory-sync"),
}


def audited(eic: eicnb.Eic, functions: Any = None) -> Frame:
    """Return an audit of some functions of the shop."""
    return eic.audit(regions=REGIONS, functions=functions, qualifiers="all", rate=1000, progress=False)


def looked(eic: eicnb.Eic, audit: Frame, look: str = LAYERS, checks: Any = None, rate: float = 10_000) -> Frame:
    """Return the findings of an audit."""
    return eic.check(audit, look=look, checks=checks, rate=rate, progress=False)


@pytest.fixture(scope="module")
def findings(shared: eicnb.Eic) -> Frame:
    return looked(shared, audited(shared))


def test_each_check_of_evidence_finds_its_mistake_in_the_shop(findings: Frame) -> None:
    names = {check for check, _ in SHOWN}
    found = findings[findings.check.isin(names)]
    assert set(zip(found.check, found.function_name, strict=True)) == SHOWN
    assert findings.attrs["unreadable"] is None


WEEK = {
    "losing-events": {
        *("customer-export", "gdpr-erasure", "inventory-sync", "newsletters", "payments-webhook", "returns-label"),
        "thumbnails-eu",
    },
    "destination-fails": {
        *("customs-forms", "gdpr-export", "invoices", "loyalty-points", "search-indexer", "support-tickets"),
        "thumbnails",
    },
    "queue-near-expiry": {"cart-reminder", "fraud-score"},
    "nobody-reads-it": {"invoices-eu"},
}


def test_a_week_of_the_shop_lost_events(shared: eicnb.Eic) -> None:
    found = looked(shared, audited(shared), "targets,metrics", [*WEEK])
    shown = {name: set(found.function_name[found.check == name]) for name in WEEK}
    assert shown == WEEK
    assert found.attrs["unreadable"] is None


def test_every_statement_that_is_proposed_is_one(findings: Frame) -> None:
    for fix in findings.fix[findings.fix_kind == "iam"]:
        assert set(json.loads(fix)) - {"Condition"} == {"Effect", "Action", "Resource"}


def test_every_line_of_the_aws_cli_that_is_proposed_is_one(findings: Frame) -> None:
    session: Any = boto3.Session(region_name="us-east-1")
    for fix in dict.fromkeys(findings.fix[findings.fix_kind == "aws"]):
        program, service, command, *options = shlex.split(fix)
        model = session.client({"s3api": "s3"}.get(service, service)).meta
        operation = model.service_model.operation_model(model.method_to_api_mapping[command.replace("-", "_")])
        known = {_option(member) for member in operation.input_shape.members} | {"--region"}
        assert program == "aws"
        assert {word for word in options if word.startswith("--")} <= known, fix


def _option(member: str) -> str:
    """Return the AWS CLI's option for a member of a request."""
    return "--" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in member).lstrip("-")


def test_a_config_for_the_qualifier_that_is_invoked_solves_the_finding(shared: eicnb.Eic) -> None:
    before = looked(shared, audited(shared, "inventory-sync"), "triggers", "invoked-elsewhere")
    [line] = before.fix
    assert before.fix_kind.tolist() == ["eic"]
    typed(shared, line)
    assert looked(shared, audited(shared, "inventory-sync"), "triggers", "invoked-elsewhere").empty


def test_another_destination_solves_a_missing_function(shared: eicnb.Eic) -> None:
    audit = audited(shared, ["stock-alert", "cart-reminder"])
    lost = f"arn:aws:lambda:us-east-1:{shared.account_id}:function:deleted"
    audit.loc[audit.function_name == "stock-alert", "on_failure"] = lost
    [line] = looked(shared, audit, "targets", "dangling-destination").fix
    typed(shared, line)
    assert shared.get("stock-alert").on_failure.item().endswith(":shop-failures")
    assert looked(shared, audited(shared, "stock-alert"), "targets", "dangling-destination").empty


def typed(eic: eicnb.Eic, line: str) -> None:
    """Run a proposed line."""
    eicnb.use(eic)
    eicnb.run(line.removeprefix("%eic "))


def test_the_quotas_of_lambda_are_never_exceeded(shared: eicnb.Eic) -> None:
    assert shared.server is not None
    audit = audited(shared)
    before = len(shared.server.requests())
    shared.server.throttle(150, burst=50)
    try:
        looked(shared, audit, "functions,triggers", rate=100)
    finally:
        shared.server.throttle(None)
    sent = shared.server.requests()[before:]
    assert {"GetFunction", "GetPolicy", "ListEventSourceMappings"} <= {str(one.operation) for one in sent}
    assert [one for one in sent if one.status == 429] == []
