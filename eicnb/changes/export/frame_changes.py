"""The changes that the rows of a frame describe, or an error that names the rows at fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eicnb.changes.change import NOT_READ, SETTINGS, Change
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import CONFIG_COLUMNS, Column
from eicnb.frames.frame import rows_of
from eicnb.model.destination import FIFO, NoDestination, is_fifo_destination, parse_destination
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.model.request import Paging, Request, build

_OF_AN_AUDIT = (Column("configured", "boolean", ""), Column("scan_state", "object", ""))

_NAMES = ("function_name", "qualifier", "region", "account_id")

_MOST_FAULTS = 10

Row = Mapping[str, Any]


class _Fault(Exception):
    """The reason why a row can't be written, and its hint."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


def changes_in(frame: Any) -> tuple[Change, ...]:
    """Return a change for each row: a put of all its settings, or a delete if it has no config.

    >>> [change.target.qualifier for change in changes_in(eic.list("my-function"))]
    ['BLUE', 'GREEN']

    The frame is a list of configs, an audit, or a part of either. The current configs are not read. A UsageError names
    each row that can't be written. Such a row was not read, contradicts its ARN, itself or another row, or has a
    setting that AWS would reject.
    """
    if "columns" not in dir(frame):
        raise UsageError(f"{shown(frame)} is not a frame of configs", hint='eicnb.list("my-function")')
    known = [column for column in _OF_AN_AUDIT if column.name in frame.columns]
    found: dict[FunctionRef, tuple[Any, Change]] = {}
    faults: dict[str, str] = {}
    for label, row in zip(frame.index, rows_of(frame, [*CONFIG_COLUMNS, *known]), strict=True):
        try:
            change = _change(row)
            other, same = found.setdefault(change.target, (label, change))
            if same != change:
                is_unique = frame.index.is_unique
                hint = f"frame.drop({label!r})" if is_unique else "frame.reset_index(drop=True)"
                faults[f"row {label} ({_subject(row)}): row {other} has other settings for it"] = hint
        except _Fault as fault:
            faults[f"row {label} ({_subject(row)}): {fault.why}"] = fault.hint
    if faults:
        raise _refused(faults)
    return tuple(change for _, change in found.values())


def _refused(faults: Mapping[str, str]) -> UsageError:
    first, hint = next(iter(faults.items()))
    if len(faults) == 1:
        return UsageError(f"{first}", hint=hint)
    shown_faults = [f"    {text}" for text in list(faults)[:_MOST_FAULTS]]
    more = len(faults) - len(shown_faults)
    rest = [f"    and {more} more"] if more else []
    return UsageError("\n".join([f"{len(faults)} rows can't be written:", *shown_faults, *rest]), hint=hint)


def _subject(row: Row) -> str:
    named = [row["function_name"], row["qualifier"]]
    return row["function_arn"] or ":".join(filter(None, named)) or row["region"] or "no name"


def _change(row: Row) -> Change:
    if row.get("scan_state", "ok") != "ok":
        raise _Fault(f"its config was not read: {row['scan_state']}", 'frame[frame.scan_state == "ok"]')
    target = _target(row)
    if not _has_config(row):
        return Change(target, NOT_READ, None)
    return Change.of(_put(target, row), NOT_READ)


def _target(row: Row) -> FunctionRef:
    """Return the version or alias of a row; its names must match its ARN."""
    try:
        target = FunctionRef.parse(row["function_arn"] or "")
    except UsageError as error:
        raise _Fault(f"its function_arn: {error.message}", "frame.dropna(subset=['function_arn'])") from error
    target = target.with_qualifier(target.qualifier or LATEST)
    for name in _NAMES:
        if row[name] != getattr(target, name):
            why = f"its {name} is {row[name]!r}, but its function_arn has {getattr(target, name)!r}"
            raise _Fault(why, "edit both, or only the settings")
    return target


def _has_config(row: Row) -> bool:
    """Return whether a row describes a config; raise if the row does not tell or contradicts itself.

    A row with settings describes a config, even if the audit found none. A config that was read has `last_modified`.
    """
    is_set = any(row[name] is not None for name in SETTINGS)
    was_read = row["last_modified"] is not None
    configured = row.get("configured", True if is_set or was_read else None)
    if configured is None and not is_set:
        raise _Fault("it has no settings, and its config was not read", "frame[frame.last_modified.notna()]")
    if is_set and was_read and configured is not None and not configured:
        why = "it is not configured, but has settings and was modified"
        raise _Fault(why, "set configured to True, or clear its settings")
    return is_set or bool(configured)


def _put(target: FunctionRef, row: Row) -> Request:
    """Return the put of all settings of a row; `sqs:NAME` is in the row's account and region."""
    where = Where(partition=target.partition or "", region=target.region or "", account_id=target.account_id or "")
    try:
        on_success, on_failure = (
            parse_destination(row[name]) if row[name] else NoDestination.EMPTY for name in ("on_success", "on_failure")
        )
        return build(
            where,
            "put",
            target,
            qualifier=None,
            on_success=on_success,
            on_failure=on_failure,
            destination_config=None,
            paging=Paging(),
            maximum_retry_attempts=row["maximum_retry_attempts"],
            maximum_event_age_in_seconds=row["maximum_event_age_in_seconds"],
        )
    except UsageError as error:
        raise _Fault(error.message, _without_fifo(row) or error.hint or "edit the row") from error


def _without_fifo(row: Row) -> str | None:
    """Return an expression that drops rows with FIFO destinations, or None if this row has none."""
    columns = [name for name in ("on_failure", "on_success") if is_fifo_destination(str(row[name]))]
    return f'frame[~frame.{columns[0]}.str.endswith("{FIFO}", na=False)]' if columns else None
