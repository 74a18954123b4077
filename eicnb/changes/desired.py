"""The configs that a frame describes: a function in each row, and settings in its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from eicnb.changes import cells
from eicnb.changes.change import SETTINGS, place_of, settings_of
from eicnb.changes.ignored_columns import settings_meant_by
from eicnb.changes.row_errors import RowFault, faults_error
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import SETTING_NAMES
from eicnb.frames.frame import verb_of_other_rows
from eicnb.model.arn import example_arn
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where, check_region, partition_of
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Paging, build

_NAMES = ("function_name", "qualifier", "region", "account_id")

_READ = frozenset({*_NAMES, *SETTING_NAMES, "function_arn", "configured", "scan_state", "error", "last_modified"})
"""The columns that are read; all others are ignored."""

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A destination that AWS would reject today; it may stay if it is the current one."""

    text: str
    error: UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRow:
    """The config that a row describes.

    `settings` has only the settings that are columns of the frame. `configured` is None if it is unknown, and
    `has_configured` is whether the frame has that column. `unread` is the reason why an audit could not read the row.
    Only such a row may lack a `target`.
    """

    label: Any
    target: FunctionRef | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    configured: bool | None = None
    has_configured: bool = False
    was_read: bool = False
    unread: str = ""
    region: str | None = None
    account_id: str | None = None

    def __str__(self) -> str:
        subject = self.target or self.region or "no name"
        return f"row {self.label} ({subject})"

    def is_unknown(self, before: ReportedConfig | None) -> bool:
        """Return whether the row has no setting and does not tell whether a config exists."""
        return self.has_configured and self.configured is None and not _are_set(self._values(before))

    def after(self, before: ReportedConfig | None) -> ReportedConfig | None:
        """Return the desired config, given the current one; None means no config.

        A setting without a column keeps its value. A row without any setting is an empty config if it is configured,
        otherwise no config. If the frame lacks the column `configured`, an empty config that was read from AWS stays.
        """
        assert self.target is not None, "a row that was read names a function"
        values = self._values(before)
        if not (_are_set(values) or self.configured or self._stays_empty(before)):
            return None
        last_modified = before.last_modified if before else None
        return ReportedConfig(function=self.target, last_modified=last_modified, **values)

    def _values(self, before: ReportedConfig | None) -> dict[str, Any]:
        return {**settings_of(before), **{name: self._value(name, before) for name in self.settings}}

    def _stays_empty(self, before: ReportedConfig | None) -> bool:
        """Return whether the config is still empty, as it was when the row was read without `configured`."""
        if before is None or self.has_configured or not self.was_read:
            return False
        return not _are_set(settings_of(before))

    def _value(self, name: str, before: ReportedConfig | None) -> Any:
        """Return the value of a setting; a value that AWS would reject must be the current one."""
        value = self.settings[name]
        if not isinstance(value, Unwritable):
            return value
        if value.text == settings_of(before)[name]:
            return value.text
        raise RowFault(value.error.message, value.error.hint or "edit the row", name)


def _are_set(values: Cells) -> bool:
    return any(value is not None for value in values.values())


def desired_in(frame: Any, homes: Sequence[Where]) -> list[DesiredRow]:
    """Return the config that each row of a frame describes; a wrong row is a UsageError.

    `homes` are the places of the connections. A row without a region or account is in the only place, if there is one.
    """
    columns = _columns_of(frame)
    rows: list[DesiredRow] = []
    faults: dict[str, str] = {}
    seen: dict[FunctionRef, Any] = {}
    labels = _labels(frame)
    for label, values in zip(labels, zip(*columns.values(), strict=True), strict=True):
        given = dict(zip(columns, values, strict=True))
        try:
            row = _row(label, given, homes)
            if row.target is not None and row.target in seen:
                raise RowFault(f"row {seen[row.target]} is about it too", _apart(columns))  # noqa: TRY301 # one place words the faults
        except RowFault as fault:
            faults[fault.at(f"row {label} ({_subject(given)})")] = fault.hint
            continue
        if row.target is not None:
            seen[row.target] = label
        rows.append(row)
    if faults:
        raise faults_error(faults, "planned")
    return rows


def _labels(frame: Any) -> list[str | int]:
    """Return a name for each row in messages: its label, or its position if labels are not unique."""
    if not frame.index.is_unique:
        return [f"at position {position}" for position in range(len(frame))]
    return [label if isinstance(label, str | int) else str(label) for label in frame.index]


def _apart(columns: Collection[str]) -> str:
    """Return a hint that tells rows of the same function apart or drops duplicates."""
    if not {"qualifier", "function_arn"} & {*columns}:
        return "keep the column qualifier or function_arn: a function has a row for each version and alias"
    named = ["function_arn"] if "function_arn" in columns else [name for name in _NAMES if name in columns]
    return f"frame.drop_duplicates({named})"


def _columns_of(frame: Any) -> dict[str, list[Any]]:
    """Return the columns of a frame that are read, including levels of its index."""
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{shown(frame)} is not a DataFrame of configs", hint="eicnb.audit()")
    levels = [name for name in frame.index.names if name in _READ and name not in frame.columns]
    frame = frame.reset_index(level=levels) if levels else frame
    twice = [name for name in frame.columns[frame.columns.duplicated()] if name in _READ]
    if twice:
        hint = "frame.loc[:, ~frame.columns.duplicated()]"
        raise UsageError(f"the frame has several columns {twice[0]!r}", hint=hint)
    names = [str(name) for name in frame.columns if name in _READ]
    has_names = bool({"function_arn", "function_name"} & {*names})
    if not (has_names and {*SETTINGS, "configured"} & {*names}) and (foreign := verb_of_other_rows(frame)):
        raise UsageError(f"the frame is one of {foreign}, not of configs", hint="eicnb.audit()")
    if not has_names:
        hint = "keep the column function_arn, or function_name with qualifier, region and account_id"
        raise UsageError("the frame names no functions: it has no column 'function_arn' or 'function_name'", hint=hint)
    if not {*SETTINGS, "configured"} & {*names}:
        meant = settings_meant_by(frame.columns)
        hint = f"frame.rename(columns={meant})" if meant else f"add a column: {', '.join(SETTING_NAMES)}"
        raise UsageError("the frame has none of the four settings as a column", hint=hint)
    return {name: [cells.plain(value) for value in frame[name].astype(object)] for name in names}


def _subject(given: Cells) -> str:
    """Name the subject of a row as far as possible."""
    named = [given.get("function_name"), given.get("qualifier")]
    found = given.get("function_arn") or ":".join(str(part) for part in named if part is not None)
    return str(found or given.get("region") or "no name")


def _row(label: Any, given: Cells, homes: Sequence[Where]) -> DesiredRow:
    unread = _unread(given)
    target = _target(given, homes, may_be_missing=bool(unread))
    region, account_id = (
        (target.region, target.account_id) if target else (given.get("region"), given.get("account_id"))
    )
    if unread or target is None:
        known = [None if part is None else str(part) for part in (region, account_id)]
        return DesiredRow(label=label, target=target, unread=unread, region=known[0], account_id=known[1])
    return DesiredRow(
        label=label,
        target=target,
        settings=dict(_settings(target, given)),
        configured=cells.truth(given.get("configured")),
        has_configured="configured" in given,
        was_read=given.get("last_modified") is not None,
        region=region,
        account_id=account_id,
    )


def _unread(given: Cells) -> str:
    """Return why an audit could not read a row, or "" if it did."""
    state = given.get("scan_state")
    if state == "ok" or cells.is_missing(state):
        return ""
    error = given.get("error")
    why = f": {str(error).splitlines()[0]}" if error else ""
    return f"it was not read ({state}){why}"


def _target(given: Cells, homes: Sequence[Where], *, may_be_missing: bool) -> FunctionRef | None:
    """Return the version or alias of a row; its names must agree with its ARN."""
    arn = cells.text("function_arn", given.get("function_arn"))
    if arn is not None and not cells.is_missing(arn):
        return _of_an_arn(arn, given)
    name = cells.text("function_name", given.get("function_name"))
    if may_be_missing and cells.is_missing(name):
        return None
    if name:
        return _of_names(name, given, homes)
    raise RowFault("it names no function", "frame.dropna(subset=['function_arn'])")


def _of_an_arn(arn: str, given: Cells) -> FunctionRef:
    with _naming("function_arn"):
        function = FunctionRef.parse(arn)
        if not (function.partition and function.region and function.account_id):
            example = example_arn("lambda", "function:my-function:live")
            raise UsageError(f"{arn!r} is not a complete ARN", hint=f"give {example}, or use the column function_name")
    if function.qualifier is None:
        function = function.with_qualifier(cells.qualifier(given.get("qualifier")) or LATEST)
    for name in _NAMES:
        cells.check_against_arn(function, name, given.get(name))
    return function


def _of_names(name: str, given: Cells, homes: Sequence[Where]) -> FunctionRef:
    """Return the function of a row without an ARN; missing parts come from the only connection."""
    with _naming("function_name"):
        short = FunctionRef.parse(name)
    with _naming("qualifier"):
        short = short.with_qualifier(cells.qualifier(given.get("qualifier")))
    region = cells.text("region", given.get("region")) or short.region or _only("region", [h.region for h in homes])
    account_id = cells.account(given.get("account_id")) or short.account_id
    account_id = account_id or _only("account_id", [home.account_id for home in homes])
    for part, value in (("region", region), ("account_id", account_id)):
        if getattr(short, part) not in {None, value}:
            why = f"it is {value!r}, but the function_name has {getattr(short, part)!r}"
            raise RowFault(why, "name only one of the two", part)
    with _naming("region"):
        check_region(region)
    partition = next((home.partition for home in homes if home.region == region), None) or partition_of(region)
    if short.partition not in {None, partition}:
        why = f"it is in the partition {short.partition!r}, but {region!r} is in {partition!r}"
        raise RowFault(why, "name a region of its partition", "function_name")
    with _naming("function_name"):
        return FunctionRef(short.function_name, short.qualifier or LATEST, partition, region, account_id, marked=True)


def _only(name: str, found: Sequence[str]) -> str:
    """Return the region or account that all connections have in common."""
    different = list(dict.fromkeys(found))
    if len(different) == 1:
        return different[0]
    raise RowFault("it is missing, and the connections have several", f"add the column {name}", name)


def _settings(target: FunctionRef, given: Cells) -> Iterator[tuple[str, Any]]:
    """Yield the name of each setting of a row, and its value as AWS would store it."""
    for name in SETTING_NAMES:
        if name not in given:
            continue
        value = cells.setting(given[name])
        try:
            yield name, None if value is None else _written(target, name, value)
        except UsageError as error:
            if isinstance(value, str) and value.startswith("arn:"):
                yield name, Unwritable(value, error)
            else:
                raise RowFault(error.message, error.hint or "edit the row", name) from error


def _written(target: FunctionRef, name: str, value: Any) -> Any:
    """Return a setting as a put would write it, with `sqs:NAME` in the function's account and region."""
    given = {"on_success": None, "on_failure": None, name: value}
    request = build(place_of(target), "put", target, qualifier=None, destination_config=None, paging=Paging(), **given)
    return settings_of(request.config)[name]


@contextmanager
def _naming(column: str) -> Iterator[None]:
    """Turn a UsageError into a RowFault that names the column."""
    try:
        yield
    except UsageError as error:
        raise RowFault(error.message, error.hint or "edit the row", column) from error
