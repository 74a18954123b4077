"""What a list of functions reports of one function and its versions, to compare with an earlier list.

Tested in tests/fleet/test_refresh.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eicnb.fleet.list_entry import Malformed
from eicnb.model.function import LATEST
from eicnb.model.reported import ReportedFunction

Facts = Mapping[str, object]
"""The facts of `$LATEST` and, if all versions were listed, of each version, by qualifier."""

_NAMES = ("runtime", "timeout", "dead_letter_arn", "role_arn")


def facts_of(function: ReportedFunction, versions: Mapping[str, ReportedFunction | Malformed] | None) -> Facts:
    """Return the facts of a listed function; a malformed version never equals an earlier one."""
    listed = {LATEST: function, **(versions or {})}
    return {
        qualifier: object() if isinstance(one, Malformed) else tuple(getattr(one, name) for name in _NAMES)
        for qualifier, one in listed.items()
    }


def facts_in(rows: Iterable[Mapping[str, Any]], *, has_all_versions: bool) -> Facts:
    """Return the facts in the rows of a function; a deleted version has none."""
    return {
        row["qualifier"]: tuple(row[name] for name in _NAMES)
        for row in rows
        if row["qualifier"] == LATEST
        or (has_all_versions and row["qualifier"].isdecimal() and row["timeout"] is not None)
    }
