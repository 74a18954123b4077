"""Notes about destinations that a plan newly sets and that do not exist."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from eicnb.aws.connection import Connection
from eicnb.changes.planned import PlannedChange, new_destinations
from eicnb.changes.reach import Reachable
from eicnb.changes.targets import absence, exists, note_about
from eicnb.model.destination import DestinationArn

_AT_ONCE = 8

_MOST_NOTES = 10


def noting_missing(
    rows: Sequence[PlannedChange], reach: Reachable
) -> tuple[tuple[PlannedChange, ...], tuple[str, ...]]:
    """Add notes about new destinations that do not exist to the rows, and return a line for each too.

    Each destination in the account and region of its function is requested once. If a destination is elsewhere or AWS
    does not tell whether it exists, there is no note.
    """
    found = _connections(rows, reach)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        exist = dict(zip(found, pool.map(exists, found.values(), found), strict=True))
    missing = [arn for arn, does_exist in exist.items() if does_exist is False]
    notes = [note_about(arn) for arn in missing[:_MOST_NOTES]]
    left = len(missing) - len(notes)
    more = [f"Note: {left} more destinations of the plan do not exist; the column reason names them."] if left else []
    return tuple(_noting(row, missing) for row in rows), (*notes, *more)


def _connections(rows: Sequence[PlannedChange], reach: Reachable) -> dict[DestinationArn, Connection]:
    """Return the connection for each destination: that of the first function in its account and region."""
    found: dict[DestinationArn, Connection] = {}
    for row in rows:
        for arn in _set_by(row):
            is_in_place = arn.kind == "s3" or (arn.account_id, arn.region) == (row.account_id, row.region)
            if is_in_place and arn not in found and (connection := reach.at(row.account_id, row.region)) is not None:
                found[arn] = connection
    return found


def _set_by(row: PlannedChange) -> list[DestinationArn]:
    return [arn for _, arn in new_destinations(row.change)] if row.writes and row.change else []


def _noting(row: PlannedChange, missing: Sequence[DestinationArn]) -> PlannedChange:
    for arn in dict.fromkeys(_set_by(row)):
        row = row.noting(absence(arn)) if arn in missing else row
    return row
