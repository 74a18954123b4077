"""The choice of an organisation's accounts: by unit, name and state, and without permission to list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import eicnb
from eicnb.aws.boto import Aws
from eicnb.errors import AccessDenied, AwsError, ConfigurationError, EicError, UsageError
from eicnb.fleet.accounts import wanted_accounts
from tests.answering import Answering
from tests.fleet.organizations import DENIED, MANAGER, MEMBER, Organization, account, refused

PROD, DEV, CLOSED = "333333333333", "444444444444", "555555555555"
COMPANY = Organization(
    accounts=[
        [account(MANAGER, "main"), account(MEMBER, "network"), account(PROD, "payments-prod")],
        [],
        [account(DEV, "payments-dev", Status="ACTIVE"), account(CLOSED, "old", State="SUSPENDED", Status="ACTIVE")],
    ],
    units={
        "r-root": [[{"Id": "ou-root-work", "Name": "Workloads"}, {"Id": "ou-root-play", "Name": "Playground"}]],
        "ou-root-work": [[{"Id": "ou-root-prod", "Name": "Prod"}], [{"Id": "ou-root-devs", "Name": "Dev"}]],
        "ou-root-play": [[{"Id": "ou-root-pdev", "Name": "Dev"}]],
    },
    inside={
        "r-root": [[account(MANAGER, "main")]],
        "ou-root-work": [[account(MEMBER, "network")]],
        "ou-root-prod": [[], [account(PROD, "payments-prod")]],
        "ou-root-devs": [[account(DEV, "payments-dev")]],
        "ou-root-pdev": [[account(CLOSED, "old", State="SUSPENDED")]],
    },
)
SUSPENDED = f"left out 1 account that is not active: {CLOSED} (old): suspended"


@pytest.fixture(scope="module")
def company() -> Iterator[str]:
    with Answering(COMPANY) as server:
        yield server.url


def chosen(url: str, said: list[str] | None = None, **options: Any) -> list[str]:
    lines: list[str] = [] if said is None else said
    return [one.account_id for one in wanted_accounts(reaching(url), **options, say=lines.append).active]


def reaching(url: str) -> Aws:
    return eicnb.connect(region="eu-west-1", endpoint_url=url)._connection.aws


def test_every_active_account_of_every_page_is_chosen_and_the_others_are_named(company: str) -> None:
    said: list[str] = []
    assert chosen(company, said) == [MANAGER, MEMBER, PROD, DEV]
    assert said == [SUSPENDED]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"units": "Workloads"}, [MEMBER, PROD, DEV]),
        ({"units": "Workloads/Prod"}, [PROD]),
        ({"units": "Prod"}, [PROD]),
        ({"units": ["ou-root-devs", "Workloads/Prod"]}, [PROD, DEV]),
        ({"units": "Root"}, [MANAGER, MEMBER, PROD, DEV]),
        ({"units": "r-root"}, [MANAGER, MEMBER, PROD, DEV]),
        ({"units": "Workloads,Workloads/Prod"}, [MEMBER, PROD, DEV]),
        ({"accounts": PROD}, [PROD]),
        ({"accounts": [PROD, PROD, "payments-prod"]}, [PROD]),
        ({"accounts": "payments-*"}, [PROD, DEV]),
        ({"accounts": "network,payments-dev"}, [MEMBER, DEV]),
        ({"units": "Workloads", "accounts": "*-prod"}, [PROD]),
    ],
    ids=str,
)
def test_units_and_accounts_select(company: str, options: dict[str, Any], expected: Sequence[str]) -> None:
    assert chosen(company, **options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": "Workload"}, "the organisation has no unit 'Workload'\nTry: Workloads"),
        (
            {"units": "zzz"},
            (
                "the organisation has no unit 'zzz'\n"
                "Try: Workloads, Playground, Workloads/Prod, Workloads/Dev, Playground/Dev"
            ),
        ),
        ({"units": "Dev"}, "the organisation has 2 units named 'Dev'\nTry: Playground/Dev, Workloads/Dev"),
        ({"accounts": "payment-prod"}, "no account of the organisation is 'payment-prod'\nTry: payments-prod"),
        (
            {"accounts": "333333333334"},
            ("no account of the organisation is '333333333334'\nTry: main, network, payments-prod, payments-dev"),
        ),
        (
            {"accounts": "x-*"},
            "no account of the organisation matches 'x-*'\nTry: main, network, payments-prod, payments-dev",
        ),
        (
            {"accounts": "33333333333"},
            (
                "'33333333333' is not an account: it has 11 digits, but AWS's accounts have twelve\n"
                "Try: write all twelve digits, with the leading zeros: 123456789012"
            ),
        ),
        ({"accounts": "old"}, f"account {CLOSED} (old) is suspended\nTry: leave it out"),
        (
            {"units": "Playground"},
            "no active account is selected\nTry: leave out units= and accounts= (--units, --accounts)",
        ),
        ({"units": "Prod", "accounts": "network"}, "no account in these units is 'network'\nTry: payments-prod"),
        ({"accounts": 7}, 'accounts is 7, not a list of names\nTry: accounts=["123456789012", …]'),
        ({"units": []}, 'units is empty\nTry: units=["Workloads/Prod", …]'),
    ],
    ids=str,
)
def test_an_unknown_unit_or_account_is_a_usage_error(company: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        chosen(company, **options)
    assert str(raised.value) == message


def failing(code: str, operation: str = "ListAccounts", **options: Any) -> EicError:
    with (
        Answering(Organization(faults={operation: refused(code, DENIED)})) as server,
        pytest.raises(EicError) as raised,
    ):
        chosen(server.url, **options)
    return raised.value


def test_no_organisation_is_a_configuration_error() -> None:
    error = failing("AWSOrganizationsNotInUseException")
    assert isinstance(error, ConfigurationError)
    assert str(error) == (
        "these credentials belong to an account outside any organisation\n"
        "Try: connect to the organisation's management account, or name accounts by their profiles: "
        "--profiles A,B (connections=)"
    )


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("ListAccounts", {}),
        ("ListAccounts", {"accounts": [PROD, "payments-*"]}),
        ("ListRoots", {"units": "Workloads", "accounts": PROD}),
        ("ListOrganizationalUnitsForParent", {"units": "Workloads"}),
    ],
)
def test_without_permission_the_hint_names_what_is_missing(operation: str, options: dict[str, Any]) -> None:
    error = failing("AccessDeniedException", operation, **options)
    assert isinstance(error, AccessDenied)
    assert error.message == DENIED
    assert error.hint == (
        "connect to the organisation's management account, or to a delegated administrator, with a role that may "
        f"call organizations:{operation}; or give accounts= (--accounts) as ids"
    )


def test_accounts_given_as_ids_need_no_list() -> None:
    said: list[str] = []
    faults = {"ListAccounts": refused("AccessDeniedException", DENIED)}
    with Answering(Organization(faults=faults)) as server:
        assert chosen(server.url, said, accounts=f"{PROD},{DEV},{PROD}") == [PROD, DEV]
    assert said == ["ListAccounts was denied, so the accounts are used as given, without their names"]


def test_other_errors_of_aws_do_not_change() -> None:
    error = failing("ServiceException", accounts=PROD)
    assert isinstance(error, AwsError)
    assert (error.code, error.operation) == ("ServiceException", "ListAccounts")
