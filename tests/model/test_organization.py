"""Accounts and units of an organisation, and the patterns that choose some."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.model.organization import OrganizationAccount, OrganizationUnit

ID = "123456789012"


@pytest.mark.parametrize(
    ("listed", "is_active"),
    [
        ({"State": "ACTIVE"}, True),
        ({"Status": "ACTIVE"}, True),
        ({"State": "ACTIVE", "Status": "SUSPENDED"}, True),
        ({"State": "SUSPENDED", "Status": "ACTIVE"}, False),
        ({"State": "PENDING_CLOSURE"}, False),
        ({"State": "PENDING_ACTIVATION"}, False),
        ({"State": "CLOSED"}, False),
        ({"Status": "SUSPENDED"}, False),
    ],
)
def test_the_state_takes_precedence_over_the_older_status(listed: dict[str, Any], *, is_active: bool) -> None:
    assert OrganizationAccount.from_api({"Id": ID, "Name": "payments", **listed}).is_active is is_active


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (ID, True),
        ("payments-prod", True),
        ("pay*", True),
        ("*-prod", True),
        ("Payments-prod", False),
        ("payments", False),
        ("1234*", False),
    ],
)
def test_an_account_is_chosen_by_its_id_its_name_or_a_glob_of_the_name(pattern: str, *, fits: bool) -> None:
    assert OrganizationAccount(ID, "payments-prod", "ACTIVE").fits(pattern) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("ou-ab12-11111111", True),
        ("Workloads/Prod", True),
        ("/Workloads/Prod/", True),
        ("Root/Workloads/Prod", True),
        ("Prod", True),
        ("Work*/*", True),
        ("P*", True),
        ("Workloads", False),
        ("prod", False),
        ("Root", False),
    ],
)
def test_a_unit_is_chosen_by_its_id_its_path_or_its_name(pattern: str, *, fits: bool) -> None:
    assert OrganizationUnit("ou-ab12-11111111", "Workloads/Prod").fits(pattern) is fits


def test_the_root_has_every_unit_and_a_unit_has_those_inside_it() -> None:
    root, outer, inner = (OrganizationUnit(path or "r", path) for path in ("", "Workloads", "Workloads/Prod"))
    assert [root.has(outer), outer.has(inner), outer.has(outer)] == [True, True, True]
    assert [inner.has(outer), outer.has(root), outer.has(OrganizationUnit("x", "Workloads2"))] == [False, False, False]
    assert root.fits("Root")
