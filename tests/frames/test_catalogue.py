from __future__ import annotations

from collections import Counter

from eicnb.changes.columns import APPLIED_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.catalogue import CATALOGUE, arranged, shown_of
from eicnb.frames.columns import CONFIG_COLUMNS


def heads(columns: list[str]) -> list[str]:
    return [one.head for one in arranged(shown_of(columns), columns)[0]]


def test_the_columns_of_a_config_have_short_heads() -> None:
    expected = ["Function", "Retries", "Max age", "On failure", "On success", "Changed", "Region", "Account"]
    assert heads([column.name for column in CONFIG_COLUMNS]) == expected


def test_the_state_of_an_audit_leads() -> None:
    assert heads([column.name for column in AUDIT_COLUMNS])[:4] == ["State", "Reason", "Function", "Retries"]


def test_the_change_of_a_plan_is_shown_instead_of_eight_columns_about_it() -> None:
    names = [column.name for column in APPLIED_COLUMNS]
    shown = heads(names)
    assert shown[:5] == ["Action", "Outcome", "Reason", "Function", "Change"]
    assert not [head for head in shown if head.endswith(("before", "after"))]


def test_columns_of_a_selection_keep_their_order_and_others_their_names() -> None:
    assert heads(["team", "region", "qualifier", "role_arn"]) == ["team", "Region", "Qualifier", "Role"]


def test_no_two_entries_are_about_the_same_columns() -> None:
    assert max(Counter(one.of for one in CATALOGUE).values()) == 1
