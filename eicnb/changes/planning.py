"""A plan made from a frame of desired configs, by comparing each row with the current config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from eicnb.aws.connection import Connection
from eicnb.changes.change import Change, Unread, is_same
from eicnb.changes.desired import DesiredRow, desired_in
from eicnb.changes.ignored_columns import ignored_notes
from eicnb.changes.new_destinations import noting_missing
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange, why_unread
from eicnb.changes.reach import Reachable
from eicnb.changes.row_errors import RowFault, faults_error
from eicnb.errors import EicError, UsageError
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig

Targets = Mapping[FunctionRef, Connection]
"""Versions and aliases, each with the connection to its account and region."""

Configs = Mapping[FunctionRef, ReportedConfig | EicError | None]
"""The current configs: None if there is none, an error if it can't be read or the function doesn't exist."""


class ReadsConfigs(Protocol):
    """A reader of many configs, at its own rate."""

    def configs(self, targets: Targets) -> Configs:
        """Return the current config of each version or alias."""
        ...

    def missing(self, targets: Targets) -> Mapping[FunctionRef, EicError]:
        """Return an error for each version or alias that doesn't exist."""
        ...


def plan_of(desired: Any, reach: Reachable, reader: ReadsConfigs) -> Plan:
    """Return the plan that gives the functions of a frame the configs that it describes.

    Each row is compared with its current config. A wrong value is a UsageError that names row and column. A row is
    refused if it was not read, if its function no longer exists, or if its account is out of reach.
    """
    rows = desired_in(desired, reach.homes)
    targets = _targets(rows, reach)
    current = reader.configs(targets)
    planned = without_missing(_planned(rows, current, reach), targets, reader)
    noted, notes = noting_missing(planned, reach)
    return Plan(noted, reach.sandbox, notes=(*ignored_notes(desired.columns), *notes))


def without_missing(
    planned: Sequence[PlannedChange], targets: Targets, reader: ReadsConfigs
) -> tuple[PlannedChange, ...]:
    """Return the rows of a plan; refuse new configs for versions and aliases that don't exist."""
    new = {
        row.change.target: targets[row.change.target]
        for row in planned
        if row.action == "put" and row.change and row.change.before is None and row.change.target.qualifier != LATEST
    }
    missing = reader.missing(new) if new else {}
    return tuple(_unless_missing(row, missing) for row in planned)


def _targets(rows: Iterable[DesiredRow], reach: Reachable) -> dict[FunctionRef, Connection]:
    """Return the configs to read, each with its connection; an unknown region is a UsageError."""
    targets: dict[FunctionRef, Connection] = {}
    faults: dict[str, str] = {}
    for row in rows:
        if row.target is None or row.unread:
            continue
        try:
            connection = reach.at(row.target.account_id, row.target.region)
        except UsageError as error:
            faults[RowFault(error.message, "", "region").at(str(row))] = error.hint or "edit the row"
            continue
        if connection is not None:
            targets[row.target] = connection
    if faults:
        raise faults_error(faults, "planned")
    return targets


def _planned(rows: Iterable[DesiredRow], current: Configs, reach: Reachable) -> list[PlannedChange]:
    planned: list[PlannedChange] = []
    faults: dict[str, str] = {}
    for row in rows:
        try:
            planned.append(_planned_row(row, current, reach))
        except RowFault as fault:
            faults[fault.at(str(row))] = fault.hint
    if faults:
        raise faults_error(faults, "planned")
    return planned


def _planned_row(row: DesiredRow, current: Configs, reach: Reachable) -> PlannedChange:
    if row.target is None:
        return PlannedChange(
            change=None, action="refused", reason=row.unread, region=row.region, account_id=row.account_id
        )
    if row.unread:
        return _refused(row.target, row.unread)
    if row.target not in current:
        return _refused(row.target, f"account {row.target.account_id} is out of reach: connected to {reach.accounts}")
    before = current[row.target]
    if isinstance(before, EicError):
        return _refused(row.target, why_unread(before))
    if row.is_unknown(before):
        return _refused(row.target, "no setting is set, and configured is <NA>: its config was not read")
    after = row.after(before)
    return PlannedChange.of(Change(row.target, before, before if is_same(before, after) else after))


def _refused(target: FunctionRef, reason: str) -> PlannedChange:
    return PlannedChange.refused(Change(target, Unread(reason), None), reason)


def _unless_missing(row: PlannedChange, missing: Mapping[FunctionRef, EicError]) -> PlannedChange:
    if row.change is None or row.change.target not in missing:
        return row
    return PlannedChange.refused(row.change, missing[row.change.target].message)
