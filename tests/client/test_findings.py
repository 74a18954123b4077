"""Checks on the connections that reach the accounts of an audit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import UsageError


def test_the_verb_stands_on_a_connection_and_in_the_package(eic: Eic) -> None:
    audit = eic.audit(progress=False)
    before = len(eic.server.requests()) if eic.server else 0
    pd.testing.assert_frame_equal(eicnb.check(audit), eic.check(audit))
    pd.testing.assert_frame_equal(eicnb.check(audit, connections=[eic]), eic.check(audit))
    assert eic.server is not None
    assert len(eic.server.requests()) == before


def test_an_audit_from_a_file_is_checked_without_a_usable_connection(
    eic: Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.csv"
    audit = eic.audit(functions="my-function", qualifiers="all", progress=False)
    audit.to_csv(path, index=False)
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    eicnb.use(eicnb.connect())
    again = eicnb.check(pd.read_csv(path))
    assert set(again.fix.str.endswith(" --region us-east-1")) == {True}
    assert again.drop(columns="fix").equals(eic.check(audit).drop(columns="fix"))


def test_the_fixes_are_lines_for_the_connection_in_use(eic: Eic) -> None:
    names = ["newsletters", "price-feed", "vat-report", "exchange-rates"]
    audit = eic.audit(functions=names, regions=["us-east-1", "eu-west-1"], errors="rows", progress=False)
    fixes = eicnb.check(audit).set_index("function_name").fix
    subject = "function:{}:$LATEST --create --on-failure sqs:shop-failures"
    assert fixes["newsletters"] == f"%eic update arn:aws:lambda:us-east-1:123456789012:{subject.format('newsletters')}"
    assert fixes["vat-report"] == (
        f"%eic update arn:aws:lambda:eu-west-1:123456789012:{subject.format('vat-report')} --region eu-west-1"
    )


def test_without_an_audit_the_error_names_the_parameter(eic: Eic) -> None:
    with pytest.raises(UsageError) as caught:
        eicnb.check()  # type: ignore[call-arg] # that is the mistake
    assert str(caught.value) == "check needs audit\nTry: audit=…"


@pytest.mark.parametrize("frame", [None, "audit", 7])
def test_anything_but_a_frame_is_a_usage_error(eic: Eic, frame: object) -> None:
    with pytest.raises(UsageError) as caught:
        eic.check(frame)  # type: ignore[arg-type] # that is the mistake
    assert "is not the frame of an audit" in caught.value.message


def test_the_frame_of_a_list_is_not_an_audit(eic: Eic) -> None:
    with pytest.raises(UsageError) as caught:
        eic.check(eic.list("my-function"))
    assert caught.value.message == (
        "the frame has no columns 'configured', 'dead_letter_arn', 'timeout', 'role_arn', 'scan_state', 'error'"
    )
