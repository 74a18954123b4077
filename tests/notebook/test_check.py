"""`%eic check` in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

import eicnb
from eicnb.errors import ChecksFailed, UsageError
from eicnb.fleet.checks.catalog import checks, page
from tests.shell import Notebook

AUDIT = "audit = eicnb.audit(qualifiers='all', functions=['*sync', 'price*', 'search*', 'order*'], rate=1000)"


@pytest.fixture
def audited(notebook: Notebook, eic: eicnb.Eic) -> Notebook:
    notebook.run("import eicnb, pandas as pd")
    notebook.run(AUDIT)
    return notebook


def test_a_check_shows_the_worst_first_and_sends_nothing(audited: Notebook, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    before = len(eic.server.requests())
    findings = audited.run("%eic check ${audit}")
    assert len(eic.server.requests()) == before
    assert findings.severity.is_monotonic_decreasing
    assert findings[findings.check == "alias-bypass"].function_arn.tolist() == [
        "arn:aws:lambda:us-east-1:123456789012:function:inventory-sync:live"
    ]


def test_options_choose_checks_rules_mutes_and_the_severity_that_stops(audited: Notebook, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("- {functions: price-feed, on_failure: 's3:*', severity: low}\n")
    audited.run("accepted = pd.DataFrame([{'check': 'fifo-destination', 'functions': '*', 'reason': 'known'}])")
    line = f"%eic check ${{audit}} --checks fifo-destination,alias-bypass --rules {tmp_path}/rules.yaml"
    line = f"{line} --mute ${{accepted}}"
    findings = audited.run(line)
    assert findings.groupby("check").size().to_dict() == {"fifo-destination": 1, "house-rule": 1, "alias-bypass": 1}
    assert set(findings.check[findings.muted == "known"]) == {"fifo-destination"}
    error = audited.fail(f"{line} --fail-on high")
    assert isinstance(error, ChecksFailed)
    assert error.message.startswith("1 finding stops this run: 1 high\n    high: alias-bypass: inventory-sync:live: ")
    assert len(error.result) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "check needs an audit, such as ${AUDIT}"),
        ("audit", "the audit is 'audit', which is text, not a DataFrame"),
        ("${audit} --fail-on severe", "--fail-on cannot be 'severe'"),
        ("${audit} --look setings", "there is no layer 'setings'"),
        ("${audit} --checks loops", "there is no check 'loops'"),
        ("${audit} --rules nowhere.yaml", "'nowhere.yaml' cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_line_points_at_its_word(notebook: Notebook, eic: eicnb.Eic, options: str, message: str) -> None:
    notebook.run("import eicnb")
    notebook.run("audit = eicnb.audit(functions='price-feed', progress=False)")
    error = notebook.fail(f"%eic check {options}".rstrip())
    assert isinstance(error, UsageError)
    assert (error.message, error.excerpt is not None) == (message, True)


def test_the_checks_have_a_help_page(notebook: Notebook) -> None:
    notebook.printed()
    notebook.run("%eic help checks")
    shown = notebook.printed()
    assert shown == page()
    assert [name for name in checks() if f"\n  {name} " not in shown] == []
