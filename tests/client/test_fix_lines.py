"""The fixes of findings are run on the sandbox, and the findings disappear."""

from __future__ import annotations

import json

import pytest

import eicnb
from eicnb.changes.change import WRITES
from eicnb.cli.parser import parse
from eicnb.cli.source import Source
from eicnb.client import commands, connections
from eicnb.client.eic import Eic
from eicnb.frames.frame import Frame

REGIONS = ["us-east-1", "eu-west-1"]


def audit(eic: Eic, functions: str | list[str] | None = None) -> Frame:
    return eic.audit(regions=REGIONS, functions=functions, qualifiers="all", rate=1000, errors="rows", progress=False)


@pytest.fixture
def used(shared: Eic, monkeypatch: pytest.MonkeyPatch) -> Eic:
    monkeypatch.setattr(connections, "_in_use", type(connections._in_use)())
    return eicnb.use(shared)


FIXED = [
    # check, function, qualifier, its verb
    ("nowhere-to-go", "newsletters", "$LATEST", "update"),
    ("nowhere-to-go", "my-function", "BLUE", "update"),
    ("nowhere-to-go", "thumbnails-eu", "$LATEST", "update"),
    ("alias-bypass", "inventory-sync", "live", "put"),
    ("fifo-destination", "search-indexer", "$LATEST", "update"),
    ("fifo-destination", "support-tickets", "$LATEST", "update"),
    ("retries-cannot-happen", "cart-reminder", "$LATEST", "update"),
    ("retries-cannot-happen", "order-events", "5", "update"),
    ("says-nothing", "newsletter-bounces", "$LATEST", "update"),
    ("says-nothing", "customs-forms", "$LATEST", "delete"),
    ("loop", "courier-tracker", "$LATEST", "update"),
]


def test_the_line_of_a_fix_solves_its_finding(used: Eic) -> None:
    findings = used.check(audit(used))
    for check, function_name, qualifier, verb in FIXED:
        is_it = (findings.check == check) & (findings.function_name == function_name)
        one = findings[is_it & (findings.qualifier == qualifier)]
        assert one.fix_kind.tolist() == ["eic"], (check, function_name)
        [command] = parse(Source(one.fix.item().removeprefix("%eic "), "%eic "), {})
        assert command.verb == verb
        commands.run([command], commands.Context(lambda _: None))
        again = used.check(audit(used, function_name))
        assert one.function_arn.item() not in set(again[again.check == check].function_arn), (check, function_name)


def test_the_lines_of_all_findings_can_be_run_one_after_another(eic: Eic) -> None:
    """Two functions are left out, because their roles may not send to any queue."""
    before = eic.check(audit(eic))
    lines = eicnb.commands_for(before[~before.function_name.isin(["customer-export", "gdpr-erasure"])])
    assert {line.split()[0] for line in lines} <= WRITES
    eicnb.run(lines)
    live = eic.get("inventory-sync:live")
    assert live.maximum_event_age_in_seconds.tolist() == [7200], "two lines about one alias add up"
    left = eic.check(audit(eic))
    assert set(left.function_name[left.fix_kind == "eic"]) == {"customer-export", "gdpr-erasure"}


def test_the_lines_of_all_layers_agree_and_what_they_fix_does_not_come_back(eic: Eic) -> None:
    eicnb.use(eic)
    before = eic.check(audit(eic), look="all", rate=10_000, progress=False)
    lines = eicnb.commands_for(before)
    assert len(lines) > 30
    for line in lines:
        eicnb.run([line])
    after = eic.check(audit(eic), look="all", rate=10_000, progress=False)
    assert named(after).isdisjoint(named(before[before.fix_kind == "eic"]))
    assert named(after[after.severity >= "high"]) <= named(before)


def named(findings: Frame) -> set[tuple[str, str]]:
    return set(zip(findings.check, findings.function_arn.fillna(""), strict=True))


def test_a_missing_permission_for_the_queue_is_reported_first(used: Eic) -> None:
    found = used.check(audit(used), look="roles", progress=False)
    [fix] = found[(found.check == "nowhere-to-go") & (found.function_name == "customer-export")].fix
    queue = f"arn:aws:sqs:us-east-1:{used.account_id}:shop-failures"
    assert json.loads(fix) == {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}


def test_a_queue_is_created_if_no_function_has_one(used: Eic) -> None:
    findings = used.check(audit(used, "sessions-cleanup"))
    line = "aws sqs create-queue --queue-name lambda-failures --attributes MessageRetentionPeriod=1209600"
    assert findings[findings.check == "nowhere-to-go"].fix.tolist() == [f"{line} --region us-east-1"]
    assert eicnb.commands_for(findings) == []
