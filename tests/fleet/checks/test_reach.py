"""The connections that reach the accounts and regions of an audit."""

from __future__ import annotations

import pytest

from eicnb.client.eic import Eic
from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.reach import reaching
from tests.fleet.checks.audits import audit_of, row


def test_a_connection_reaches_all_regions_of_its_account(eic: Eic) -> None:
    own = Audited(audit_of(row(account_id=eic.account_id), row(account_id=eic.account_id, region="eu-west-1")))
    reached = reaching(own, [eic._connection.aws])
    assert {place: aws.region for place, aws in reached.items()} == {
        (eic.account_id, "us-east-1"): "us-east-1",
        (eic.account_id, "eu-west-1"): "eu-west-1",
    }


def test_an_account_that_no_connection_is_of_is_a_usage_error(eic: Eic) -> None:
    with pytest.raises(UsageError) as caught:
        reaching(Audited(audit_of(row(account_id="999999999999"))), [eic._connection.aws])
    assert str(caught.value) == (
        f"the audit has rows of account 999999999999, but the connection is to account {eic.account_id}\n"
        "Try: use a connection for each account of the frame, such as connections=eicnb.organization(role) "
        "(--organization --role ROLE)"
    )
