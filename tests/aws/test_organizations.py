"""The lists of AWS Organizations: their pages, and malformed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import eicnb
from eicnb.aws import organizations
from eicnb.aws.boto import Aws
from eicnb.errors import EicError
from tests.answering import Answering
from tests.fleet.organizations import MANAGER, MEMBER, Organization, account

Serve = Callable[[Organization], Aws]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with ExitStack() as servers:

        def serving(script: Organization) -> Aws:
            server = servers.enter_context(Answering(script))
            return eicnb.connect(region="eu-west-1", endpoint_url=server.url)._connection.aws

        yield serving


def test_an_empty_page_with_a_token_is_not_the_last_one(serve: Serve) -> None:
    script = Organization(accounts=[[account(MANAGER)], [], [], [account(MEMBER)], []])
    assert [found.account_id for found in organizations.accounts(serve(script))] == [MANAGER, MEMBER]
    assert script.asked == ["ListAccounts"] * 5


def test_an_account_on_two_pages_is_one(serve: Serve) -> None:
    script = Organization(accounts=[[account(MANAGER), account(MEMBER)], [account(MEMBER)]])
    assert [found.account_id for found in organizations.accounts(serve(script))] == [MANAGER, MEMBER]


def test_units_have_the_path_from_the_root(serve: Serve) -> None:
    script = Organization(
        units={
            "r-root": [[{"Id": "ou-1", "Name": "Workloads"}], [{"Id": "ou-2", "Name": "Security"}]],
            "ou-1": [[], [{"Id": "ou-3", "Name": "Prod"}]],
        }
    )
    found = [(unit.unit_id, unit.path) for unit in organizations.units(serve(script))]
    assert found == [("r-root", ""), ("ou-1", "Workloads"), ("ou-2", "Security"), ("ou-3", "Workloads/Prod")]


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ({"Name": "x", "State": "ACTIVE"}, "None is not an account"),
        ({"Id": "123", "State": "ACTIVE"}, "'123' is not an account"),
        ({"Id": MEMBER, "Name": "x"}, f"account {MEMBER} has neither a State nor a Status"),
        ({"Id": MEMBER, "Name": "x", "State": 7}, f"account {MEMBER} has neither a State nor a Status"),
    ],
    ids=["no id", "a short id", "no state", "a number as state"],
)
def test_an_account_that_cannot_be_read_is_a_malformed_response(serve: Serve, listed: Any, why: str) -> None:
    with pytest.raises(EicError) as raised:
        organizations.accounts(serve(Organization(accounts=[[listed]])))
    assert raised.value.message == f"the response to ListAccounts is malformed: {why}"


def test_a_unit_without_a_name_is_a_malformed_response(serve: Serve) -> None:
    with pytest.raises(EicError, match="one of its OrganizationalUnits has no Id or no Name"):
        organizations.units(serve(Organization(units={"r-root": [[{"Id": "ou-1"}]]})))
