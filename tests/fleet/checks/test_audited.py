"""An audit's rows as columns."""

from __future__ import annotations

import io

import pandas as pd

from eicnb.fleet.checks.audited import Audited, rows
from tests.fleet.checks.audits import audit_of, row
from tests.fleet.checks.test_table import DENIED


def test_an_old_version_without_a_config_is_not_in_use() -> None:
    audited = Audited(audit_of(row(), row(qualifier="1"), row(qualifier="2", retries=0), row(qualifier="live")))
    assert rows(audited.in_use) == [0, 2, 3]
    assert rows(audited.is_alias) == [3]


def test_an_audit_that_was_a_csv_file_is_read_as_it_was() -> None:
    frame = audit_of(row(account_id="012345678901", retries=0, dead_letter="sqs:d"), row("g", **DENIED), row("h"))
    again = pd.read_csv(io.StringIO(frame.to_csv(index=False)))
    of_file, own = Audited(again), Audited(frame)
    for name in ("account_ids", "regions", "qualifiers", "on_failure", "dead_letters", "states"):
        assert getattr(of_file, name) == getattr(own, name), name
    for name in ("was_read", "configured", "retries", "timeouts"):
        assert getattr(of_file, name).tolist() == getattr(own, name).tolist(), name
