"""What the evidence shows in the sandbox's shop, and that the fixes that checks propose work there."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.client.eic import connection_of
from eicnb.fleet.checks.run import check
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
    ("settings-do-not-act", "exchange-rates"),
    ("settings-do-not-act", "price-feed"),
    ("invoked-elsewhere", "inventory-sync"),
}


@pytest.fixture(scope="module")
def shop() -> Iterator[eicnb.Eic]:
    eic = eicnb.sandbox()
    yield eic
    assert eic.server is not None
    eic.server.stop()


def looked(eic: eicnb.Eic, look: str = LAYERS, checks: Any = None, functions: Any = None, audit: Any = None) -> Frame:
    """What a check of the shop finds."""
    if audit is None:
        audit = eic.audit(regions=REGIONS, functions=functions, qualifiers="all", rate=1000, progress=False)
    connection = connection_of(eic)
    return check(
        audit,
        look=look,
        checks=checks,
        rate=10_000,
        show=lambda _: None,
        connections=[connection.aws],
        region=connection.region,
    )


@pytest.fixture(scope="module")
def findings(shop: eicnb.Eic) -> Frame:
    return looked(shop)


def test_each_check_of_evidence_finds_its_mistake_in_the_shop(findings: Frame) -> None:
    names = {check for check, _ in SHOWN}
    found = findings[findings.check.isin(names)]
    assert set(zip(found.check, found.function_name, strict=True)) == SHOWN
    assert findings.attrs["unreadable"] is None


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
    """The AWS CLI's option for a member of a request."""
    return "--" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in member).lstrip("-")


def test_a_config_for_the_qualifier_that_is_invoked_solves_the_finding(shop: eicnb.Eic) -> None:
    only = {"look": "triggers", "checks": "invoked-elsewhere", "functions": "inventory-sync"}
    before = looked(shop, **only)
    [line] = before.fix
    assert before.fix_kind.tolist() == ["eic"]
    typed(shop, line)
    assert looked(shop, **only).empty


def test_another_destination_solves_a_missing_function(shop: eicnb.Eic) -> None:
    audit = shop.audit(functions=["stock-alert", "cart-reminder"], qualifiers="all", progress=False)
    lost = f"arn:aws:lambda:us-east-1:{shop.account_id}:function:deleted"
    audit.loc[audit.function_name == "stock-alert", "on_failure"] = lost
    [line] = looked(shop, "targets", "dangling-destination", audit=audit).fix
    typed(shop, line)
    assert shop.get("stock-alert").on_failure.item().endswith(":shop-failures")
    assert looked(shop, "targets", "dangling-destination", "stock-alert").empty


def typed(eic: eicnb.Eic, line: str) -> None:
    """Type a line that was proposed."""
    eicnb.use(eic)
    eicnb.run(line.removeprefix("%eic "))
