"""`--organization` in a real shell: every command on several accounts, and invalid lines."""

from __future__ import annotations

import re
from typing import Any

import pytest

import eicnb
from eicnb.errors import ChecksFailed, IncompleteAudit, UsageError
from tests.shell import Notebook

ALL = "%eic audit --organization --role audit --regions all"
LEFT_OUT = r"left out 1 account that is not active: \d{12} \(old-shop\): suspended\n"


@pytest.fixture
def prod(notebook: Notebook) -> Notebook:
    """Return a notebook on a sandbox, with an audit of the accounts in one unit."""
    notebook.run("prod = %eic audit --organization --role audit --units Workloads/Prod --regions us-east-1,eu-west-1")
    notebook.printed()
    return notebook


def account_of(eic: eicnb.Eic, name: str) -> str:
    [found] = eicnb.organization("audit", accounts=name)
    return str(found._connection.known_account_id)


def test_a_whole_organisation_is_one_audit_and_an_account_without_the_role_a_row(
    notebook: Notebook, eic: eicnb.Eic
) -> None:
    error = notebook.fail(f"{ALL} --rate 1000 --no-progress")
    assert re.match(LEFT_OUT, notebook.printed())
    assert isinstance(error, IncompleteAudit)
    audit = error.result
    [denied] = audit[audit.scan_state != "ok"].to_dict("records")
    playground = account_of(eic, "playground")
    assert (denied["account_id"], denied["scan_state"], denied["region"]) == (playground, "denied", "us-east-1")
    assert denied["error"] == (
        f"arn:aws:sts::{eic.account_id}:user/moto may not assume arn:aws:iam::{playground}:role/audit\n"
        f"    AccessDenied, returned by AssumeRole in us-east-1, SANDBOX, account {eic.account_id} (shop), "
        f"for account {playground} (playground)\n"
        f"Try: create the role audit in account {playground} (playground), or let its trust policy allow "
        f"arn:aws:sts::{eic.account_id}:user/moto to assume it; "
        "the caller also needs sts:AssumeRole, and --external-id if the role requires one"
    )
    read = audit[audit.scan_state == "ok"]
    assert read.account_id.nunique() == 10
    assert (read.account_id == eic.account_id).sum() > 50
    first, line = (error.hint or "").splitlines()
    assert first == (
        f"create the role audit in account {playground} (playground), and let it trust the caller; "
        "or leave the account out with --accounts; then read the rest"
    )
    assert line == "%eic audit --organization --role audit --resume ${sys.last_value}"
    notebook.run("import sys")
    again = notebook.fail(f"{line} --rate 1000 --no-progress")
    assert isinstance(again, IncompleteAudit)
    assert again.result.drop(columns="read_at").equals(audit.drop(columns="read_at"))
    others = "--accounts shop,network,analytics,*-*"
    rest = notebook.run(f"%eic audit --organization --role audit {others} --resume ${{sys.last_value}} --no-progress")
    assert rest.drop(columns="read_at").equals(read.drop(columns="read_at").reset_index(drop=True))


def test_an_audit_of_a_unit_is_read_further_by_the_same_accounts(prod: Notebook) -> None:
    assert prod["prod"].account_id.nunique() == 3
    assert prod["prod"].attrs["complete"]
    options = "--organization --role audit --units Workloads/Prod --no-progress"
    findings = prod.run(f"%eic check ${{prod}} --look targets {options}")
    assert "fraud-alerts" in set(findings.function_name)
    assert prod.run(f"%eic losses ${{prod}} {options}").account_id.nunique() == 3
    plan = prod.run(f"%eic plan ${{prod}} {options}")
    assert set(plan.frame.action) == {"none"}
    assert isinstance(prod.fail(f"%eic check ${{prod}} --fail-on low {options}"), ChecksFailed)


def test_an_account_without_the_role_stops_no_other_command(notebook: Notebook) -> None:
    options = "--organization --role audit --units Playground,Workloads/Dev --no-progress"
    notebook.run(f"dev = %eic audit {options} --errors rows")
    findings = notebook.run(f"%eic check ${{dev}} --look all {options}")
    assert (findings.check == "not-read").sum() == 1
    assert (findings.check == "nowhere-to-go").sum() > 0
    assert set(notebook.run(f"%eic losses ${{dev}} {options}").why) == {"no-events", "not-read"}
    assert set(notebook.run(f"%eic plan ${{dev}} {options}").frame.action) == {"none", "refused"}


def test_a_change_of_another_account_is_planned_and_applied_there(prod: Notebook) -> None:
    prod.run("mails = prod[prod.function_name == 'fraud-alerts'].copy()")
    prod.run("mails['on_failure'] = 'sqs:failures'")
    prod.run("plan = %eic plan ${mails} --organization --role audit --accounts payments-prod --no-progress")
    applied = prod.run("%eic apply ${plan} --organization --role audit --accounts payments-prod --no-progress")
    assert applied.outcome.tolist() == ["applied"]
    prod.run("import eicnb; payments, = eicnb.organization('audit', accounts='payments-prod')")
    destination = prod.run("payments.get('fraud-alerts').on_failure.item()")
    assert destination == f"arn:aws:sqs:us-east-1:{prod['prod'].account_id[0]}:failures"


def test_accounts_and_their_names_are_shown(notebook: Notebook) -> None:
    notebook.run("import eicnb; dev, = eicnb.organization('audit', accounts='payments-dev')")
    notebook.run("_ = eicnb.use(dev, name='dev')")
    shown = repr(notebook.run("%eic use"))
    assert "payments-dev" in shown
    assert "payments-dev" in repr(notebook.run("dev"))


@pytest.mark.parametrize(
    ("line", "message", "marked", "hint"),
    [
        (
            "%eic audit --organization",
            "--organization needs the name of a role to assume in each account",
            "--organization",
            "%eic audit --organization --role audit",
        ),
        (
            "%eic audit --role audit",
            "--role belongs to --organization, which is missing",
            "audit",
            "%eic audit --role audit --organization",
        ),
        (
            "%eic audit --credentials send",
            "--credentials belongs to --client, which is missing",
            "send",
            "%eic audit --credentials send --client ${client}",
        ),
        (
            "%eic losses ${audit} --units Data",
            "--units belongs to --organization, which is missing",
            "Data",
            "%eic losses ${audit} --units Data --organization --role audit",
        ),
        (
            "%eic audit --organization --role audit --profiles a,b",
            "both --profiles and --organization are given",
            "--organization",
            "use one of the two",
        ),
        (
            "%eic audit --organization --role arn:aws:iam::123456789012:role/audit",
            "'arn:aws:iam::123456789012:role/audit' is the role of one account",
            "arn:aws:iam::123456789012:role/audit",
            "audit",
        ),
        (
            "%eic audit --organization --role audit --units Workloads/Prods",
            "the organisation has no unit 'Workloads/Prods'",
            "Workloads/Prods",
            "Workloads/Prod",
        ),
        (
            "%eic audit --organization --role audit --accounts network,payment-dev",
            "no account of the organisation is 'payment-dev'",
            "payment-dev",
            "payments-dev",
        ),
        (
            "%eic audit --organization --role audit --external-id x",
            "the external id is not one that STS accepts",
            "x",
            "use 2 to 1224 letters, digits and =,.@:/-",
        ),
    ],
)
def test_a_wrong_line_is_pointed_at(notebook: Notebook, line: str, message: str, marked: str, hint: str) -> None:
    notebook.run("import pandas as pd; audit = pd.DataFrame()")
    error = notebook.fail(line)
    assert isinstance(error, UsageError)
    assert (error.message, error.hint) == (message, hint)
    typed, caret = str(error).splitlines()[1:3]
    assert typed[caret.index("^") : caret.rindex("^") + 1] == marked


@pytest.mark.filterwarnings("ignore:.* read in full")
@pytest.mark.parametrize("option", ["refresh", "resume"])
def test_the_hint_about_an_audit_of_several_accounts_is_a_line_that_goes_on_with_it(
    prod: Notebook, option: str
) -> None:
    error: Any = prod.fail(f"%eic audit --{option} ${{prod}}")
    assert f"the frame to {option} has rows of account " in str(error)
    line = f"%eic audit --{option} ${{prod}} --organization --role audit"
    assert error.hint == f"audit all accounts of the frame\n{line}"
    again = prod.run(f"{line} --no-progress --errors rows")
    assert set(again.account_id) >= set(prod["prod"].account_id)


@pytest.mark.parametrize("option", ["refresh", "resume"])
def test_a_frame_without_a_column_is_to_be_made_again(prod: Notebook, option: str) -> None:
    prod.run("old = prod.drop(columns='read_at')")
    error: Any = prod.fail(f"%eic audit --{option} ${{old}}")
    assert (error.message, error.hint) == (
        "the frame has no column 'read_at'",
        "audit again: the frame is from an earlier version, or has lost columns",
    )
    assert str(error).splitlines()[2].strip() == "^" * len("${old}")


def test_a_function_that_no_account_has_is_looked_for_in_the_whole_organisation(notebook: Notebook) -> None:
    error = notebook.fail("%eic audit --organization --role audit --units Data --functions clickstreem --no-progress")
    assert isinstance(error, IncompleteAudit)
    assert error.hint == "copy the name from the list\n%eic audit --organization --role audit --units Data"
    assert "clickstream" in set(notebook.run(error.hint.splitlines()[1]).function_name)


def test_what_the_help_page_shows_works(notebook: Notebook) -> None:
    notebook.run("%eic help audit")
    line = "%eic audit --organization --role audit --units Workloads/Prod"
    assert line in notebook.printed()
    notebook.run(line)
