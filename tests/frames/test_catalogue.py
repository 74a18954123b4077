from __future__ import annotations

import importlib
from collections import Counter
from pkgutil import walk_packages

import eicnb
from eicnb.changes.columns import APPLIED_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.catalogue import CATALOGUE, KNOWN, arranged, shown_of
from eicnb.frames.columns import CONFIG_COLUMNS, Column


def heads(columns: list[str]) -> list[str]:
    return [one.head for one in arranged(shown_of(columns), columns)[0]]


def test_the_columns_of_a_config_have_short_heads() -> None:
    expected = ["Function", "Retries", "Max age", "On failure", "On success", "Changed", "Region", "Account"]
    assert heads([column.name for column in CONFIG_COLUMNS]) == expected


def test_the_state_of_an_audit_leads() -> None:
    assert heads([column.name for column in AUDIT_COLUMNS])[:4] == ["State", "Reason", "Function", "Retries"]


def test_a_plan_shows_the_change_instead_of_its_eight_columns() -> None:
    names = [column.name for column in APPLIED_COLUMNS]
    shown = heads(names)
    assert shown[:5] == ["Action", "Outcome", "Reason", "Function", "Change"]
    assert not [head for head in shown if head.endswith(("before", "after"))]


def test_columns_of_a_selection_keep_their_order_and_others_their_names() -> None:
    assert heads(["team", "region", "qualifier", "role_arn"]) == ["team", "Region", "Qualifier", "Role"]


def test_every_column_of_every_frame_can_be_chosen() -> None:
    modules = [
        importlib.import_module(one.name)
        for one in walk_packages(eicnb.__path__, "eicnb.")
        if "__main__" not in one.name
    ]
    tuples = [value for module in modules for value in vars(module).values() if isinstance(value, tuple)]
    names = {one.name for columns in tuples for one in columns if isinstance(one, Column)}
    assert len(names) > 50
    assert not names - KNOWN


def test_no_two_entries_are_about_the_same_columns() -> None:
    assert max(Counter(one.of for one in CATALOGUE).values()) == 1
