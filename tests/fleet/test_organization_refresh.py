"""A refresh of an organisation's audit equals a whole audit, although accounts joined, left or hide their trail."""

from __future__ import annotations

import json
from typing import Any

import pytest

import eicnb
from eicnb.client.eic import Eic, connection_of
from eicnb.errors import IncompleteAudit, UsageError
from eicnb.frames.frame import Frame
from eicnb.local_aws.trail import TrailSettings
from tests.fleet.failed_events.samples import call
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

OPTIONS: dict[str, Any] = {"regions": "all", "progress": False, "rate": 1000, "errors": "rows"}
BEFORE = "data-lake,analytics,payments-prod,orders-prod,catalog-prod,playground"
NOW = "data-lake,analytics,payments-prod,orders-prod,catalog-dev,playground"


@pytest.fixture
def company(eic: Eic) -> Eic:
    """Return the connection to the management account of a sandbox, which is in use."""
    eicnb.use(eic)
    return eic


def member(name: str) -> Eic:
    [found] = eicnb.organization("audit", accounts=name)
    return found


def account_of(name: str) -> str:
    return str(connection_of(member(name)).known_account_id)


def whole(**chosen: str) -> Frame:
    return eicnb.audit(connections=eicnb.organization("audit", **chosen), **OPTIONS)


def refreshed(audit: Frame, **chosen: str) -> Frame:
    options: dict[str, Any] = {"progress": False, "rate": 1000, "errors": "rows"}
    return eicnb.refresh(audit, connections=eicnb.organization("audit", **chosen), **options)


def same(one: Frame, other: Frame) -> bool:
    return one.drop(columns="read_at").equals(other.drop(columns="read_at"))


def change(eic: Eic) -> None:
    """Change a config in two accounts, let the role sessions expire, and let CloudTrail show the changes."""
    assert eic.server is not None
    eic.server.pass_time(3600)
    member("payments-prod").put("fraud-alerts", maximum_retry_attempts=0, on_failure="sqs:failures")
    member("analytics").put("daily-report", maximum_event_age_in_seconds=600)
    eic.server.pass_time(20 * 60)


def test_it_equals_a_whole_audit_in_every_account(company: Eic) -> None:
    before = whole(accounts=BEFORE)
    hidden = account_of("data-lake"), account_of("orders-prod")
    for account_id in hidden:
        served: Any = company.server._started().accounts.of(account_id)  # type: ignore[union-attr] # it is a sandbox
        served.account.trail.settings = TrailSettings(is_denied=True)
    change(company)
    call(company, "organizations", "CloseAccount", AccountId=account_of("catalog-prod"))
    with pytest.warns(UserWarning, match="were read in full: CloudTrail cannot be read") as warned:
        after = refreshed(before, accounts=NOW)
    now = whole(accounts=NOW)
    assert same(after, now)
    assert len(warned) == 1
    assert {place["account_id"] for place in json.loads(after.attrs["read_in_full"])} == {hidden[1]}
    assert after.attrs["accounts"] == now.attrs["accounts"]
    assert after[after.scan_state != "ok"].account_id.tolist() == [account_of("playground")]
    kept = (after.scan_state == "ok") & after.read_at.isin(before.read_at)
    assert set(after[kept].account_id) == {account_of("payments-prod"), account_of("analytics")}
    changed = eicnb.compare(before, after)
    assert set(changed.function_name) == {"fraud-alerts", "daily-report"}


def test_an_audit_is_resumed_after_an_account_was_suspended(company: Eic) -> None:
    before = whole(units="Data,Workloads/Prod")
    call(company, "organizations", "CloseAccount", AccountId=account_of("catalog-prod"))
    after = eicnb.audit(resume=before, connections=eicnb.organization("audit", units="Data,Workloads/Prod"), **OPTIONS)
    [gone] = before.account_id[before.function_name == "price-import"]
    assert set(before.account_id) - set(after.account_id) == {gone}
    assert after.attrs["complete"]

    members = eicnb.organization("audit", units="Data,Workloads/Prod")
    with pytest.raises(UsageError) as raised:
        eicnb.losses(before, connections=members, progress=False)
    assert (
        raised.value.message == f"the audit has rows of account {gone}, which is no longer active in its organisation"
    )
    sentence, line = (raised.value.hint or "").splitlines()
    assert sentence == "leave its rows out"
    typed: dict[str, Any] = {"audit": before}
    exec(line, typed)  # the line that the error tells to type
    assert gone not in set(eicnb.losses(typed["audit"], connections=members, progress=False).account_id)


def test_an_account_that_left_is_named_and_the_hint_works(notebook: Notebook, company: Eic) -> None:
    line = "%eic audit --organization --role audit --units Data"
    notebook.run("before = %eic audit --organization --role audit --units Data,Security --no-progress")
    [gone] = notebook["before"].account_id[notebook["before"].function_name == "rotate-keys"]
    error: Any = notebook.fail(f"{line} --refresh ${{before}} --no-progress")
    assert isinstance(error, UsageError)
    assert error.message.startswith(f"the frame to refresh has rows of account {gone}, but the audit covers ")
    assert error.hint == (
        "audit again, since the account has left the organisation; or select more of its accounts "
        f"with --units and --accounts\n{line}"
    )
    assert notebook.run(error.hint.splitlines()[1]).attrs["complete"]


def test_a_line_refreshes_an_organisation(notebook: Notebook, company: Eic) -> None:
    options = "--organization --role audit --no-progress"
    units = "--units Data,Workloads/Prod,Playground"
    before = notebook.fail(f"%eic audit {options} {units} --regions us-east-1")
    assert isinstance(before, IncompleteAudit)
    notebook.run("import sys; before = sys.last_value")
    change(company)
    notebook.run(f"after = %eic audit --refresh ${{before}} {options} {units} --errors rows")
    notebook.run(f"now = %eic audit {options} {units} --regions us-east-1 --errors rows")
    assert same(notebook["after"], notebook["now"])
    assert notebook["after"].attrs["read_in_full"] is None
