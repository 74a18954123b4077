"""One of the two frames of a comparison: its configs, and the rows and places that were not read.

Tested in tests/fleet/test_compare.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple, Self

import pandas as pd

from eicnb.errors import UsageError, shown
from eicnb.fleet.scope import ALL_REGIONS, CHOSEN, Selection
from eicnb.frames.columns import CONFIG_COLUMNS, SETTING_NAMES, SEVERAL, VERB, Column
from eicnb.frames.frame import values_of, verb_of_other_rows
from eicnb.model.arn import ACCOUNT, NAME, PARTITION, QUALIFIER, REGION
from eicnb.model.destination import named_in
from eicnb.model.function import LATEST
from eicnb.model.place import Where
from eicnb.model.request import resolved_destination

On = Literal["function_arn", "function_name"]
"""The column by which rows of the two frames are matched, always together with the qualifier."""

Key = tuple[str, ...]

Settings = tuple[Any, ...]
"""The values of the four settings, in the order of `SETTING_NAMES`."""

UnreadPlace = tuple[str | None, str | None]
"""An account and region that could not be read; None means unknown."""

_ARN = re.compile(rf"arn:({PARTITION}):lambda:({REGION}):({ACCOUNT}):function:({NAME})(?::({QUALIFIER}))?")

_NEEDED = tuple(column for column in CONFIG_COLUMNS if column.name in {"function_arn", *SETTING_NAMES})

_OPTIONAL = (
    *(column for column in CONFIG_COLUMNS if column.name in {"qualifier", "region", "account_id"}),
    Column("configured", "boolean", ""),
    Column("scan_state", "string", ""),
)

_IN_ORDER = (
    *("function_arn", "qualifier", "region", "account_id", "scan_state", "configured", "modified"),
    *SETTING_NAMES,
)

COMPARED_COLUMNS = frozenset([*(column.name for column in (*_NEEDED, *_OPTIONAL)), "last_modified"])
"""The columns that a comparison reads, if a frame has them."""

_ACCOUNT_DIGITS = 12

NOTHING: Settings = (None,) * len(SETTING_NAMES)
"""The settings of an empty config."""


class ComparedRow(NamedTuple):
    """The names and settings of a row; settings of None mean no config."""

    where: Where
    function_name: str
    qualifier: str
    function_arn: str
    settings: Settings | None

    @property
    def place(self) -> tuple[str, str]:
        """The account and the region."""
        return self.where.account_id, self.where.region


@dataclass(frozen=True, slots=True)
class AuditedPart:
    """The accounts, regions and functions that an audit covers, according to its attrs.

    >>> part = AuditedPart.of({"verb": "audit", "regions": "us-east-1", "selected": '["shop-*"]'})
    >>> part.covers("shop-cart", "eu-west-1"), part.covers("shop-cart", "us-east-1")
    (False, True)

    A frame that is not an audit counts as covering everything. `accounts` is None if they are unknown.
    """

    accounts: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    selection: Selection = field(default_factory=Selection)
    is_chosen: bool = False

    @classmethod
    def of(cls, attrs: Mapping[Any, Any], accounts: Iterable[str | None] = ()) -> Self:
        """Read the attrs of a frame; `accounts` has the accounts of its rows."""
        if attrs.get(VERB) != "audit":
            return cls()
        account_id, listed = attrs.get("account_id"), attrs.get("accounts")
        several = [*filter(None, accounts), *(str(listed).split(",") if listed else ())]
        covered = several if account_id == SEVERAL else [account_id] if account_id else []
        named = attrs.get("regions") or attrs.get("region")
        everywhere = named in {None, ALL_REGIONS, SEVERAL}
        selected = attrs.get("selected")
        return cls(
            accounts=frozenset(map(str, covered)) or None,
            regions=None if everywhere else frozenset(str(named).split(",")),
            selection=Selection.from_attr(selected),
            is_chosen=selected == CHOSEN,
        )

    def covers(self, function_name: str, region: str | None, account_id: str | None = None) -> bool:
        """Return whether the audit would include a function of this name, there or in any place."""
        if self.accounts is not None and account_id is not None and account_id not in self.accounts:
            return False
        in_region = region is None or self.regions is None or region in self.regions
        return in_region and not self.is_chosen and self.selection.fits(function_name)


@dataclass(frozen=True, slots=True)
class ComparedFrame:
    """The rows of a frame by key, and the rows and places that were not read."""

    on: On
    audited: AuditedPart
    rows: Mapping[Key, ComparedRow]
    unread: Mapping[Key, ComparedRow]
    unread_places: frozenset[UnreadPlace]
    unread_functions: frozenset[Key]
    places: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, name: str, frame: Any, on: On) -> Self:
        """Read a frame; `name` is its name in messages."""
        if not isinstance(frame, pd.DataFrame):
            raise UsageError(f"{name} is {shown(frame)}, not a frame of configs", hint="eicnb.audit()")
        rows: dict[Key, ComparedRow] = {}
        unread: dict[Key, ComparedRow] = {}
        places: set[UnreadPlace] = set()
        own: set[tuple[str, str]] = set()
        for label, row, was_read in _rows(name, frame, on):
            if not isinstance(row, ComparedRow):
                places.add(row)
                continue
            key = key_of(row, on)
            own.add(row.place)
            if key in rows or key in unread:
                raise _duplicate(name, label, row, rows.get(key) or unread[key], on)
            (rows if was_read else unread)[key] = row
        audited = AuditedPart.of(frame.attrs, [account_id for account_id, _ in (*own, *places)])
        return cls(
            on=on,
            audited=audited,
            rows=rows,
            unread=unread,
            unread_places=frozenset(places) if audited.regions else _whole_accounts(places, own),
            unread_functions=frozenset(key[:-1] for key in unread),
            places=frozenset(own),
        )

    def has_no(self, row: ComparedRow) -> bool:
        """Return whether a row that only the other frame has is known to have no config here."""
        if key_of(row, self.on)[:-1] in self.unread_functions:
            return False
        if self.on == "function_name":
            return self.audited.covers(row.function_name, None) and not self.unread_places
        account_id, region = row.place
        could_be_in = {(account_id, region), (None, region), (account_id, None), (None, None)}
        return self.audited.covers(row.function_name, region, account_id) and not could_be_in & self.unread_places


def _whole_accounts(unread: Iterable[UnreadPlace], read: Iterable[tuple[str, str]]) -> frozenset[UnreadPlace]:
    """Return the unread places of an audit of all regions.

    If an account has no other row, its regions may be unknown, so all of them count as unread.
    """
    known = {None, *(account_id for account_id, _ in read)}
    return frozenset((account_id, region if account_id in known else None) for account_id, region in unread)


def key_of(row: ComparedRow, on: On) -> Key:
    """Return the key that a row shares with its counterpart in the other frame."""
    where = row.where
    if on == "function_arn":
        return where.account_id, where.region, row.function_name, row.qualifier
    return row.function_name, row.qualifier


def _duplicate(name: str, label: Any, row: ComparedRow, other: ComparedRow, on: On) -> UsageError:
    if row.place == other.place:
        hint = f'{name}.drop_duplicates("function_arn")'
        return UsageError(f"row {label} of {name} is a second row of {row.function_arn}", hint=hint)
    different = "region" if row.where.region != other.where.region else "account_id"
    return UsageError(
        f"{name} has {row.function_name}:{row.qualifier} in {other.where} and in {row.where}, "
        f"so its rows cannot be compared on {on}",
        hint=f'{name}[{name}.{different} == "{getattr(other.where, different)}"]',
    )


def _rows(name: str, frame: pd.DataFrame, on: On) -> Iterator[tuple[Any, ComparedRow | UnreadPlace, bool]]:
    """Yield each row's label, the row or its unread place, and whether the row was read."""
    if foreign := verb_of_other_rows(frame):
        raise UsageError(f"{name} is a frame of {foreign}, not of configs", hint="eicnb.audit()")
    if not {"configured", "last_modified"} & set(frame.columns):
        raise UsageError(f"{name} has no column 'configured'", hint="keep the columns configured and last_modified")
    present = [column for column in _OPTIONAL if column.name in frame.columns]
    values = {**_default_values(len(frame)), **values_of(frame, [*_NEEDED, *present])}
    if "last_modified" in frame.columns:
        values["modified"] = frame["last_modified"].notna().tolist()
    where, settings_in = cache(_where), cache(_settings_in)
    for label, arn, qualifier, region, account_id, state, configured, modified, *settings in zip(
        frame.index, *(values[column] for column in _IN_ORDER), strict=True
    ):
        found = _ARN.fullmatch(arn or "")
        if found is not None:
            place = where(*found.group(1, 2, 3))
            held = settings_in(place, on, *settings)
            exists = True if held != NOTHING or (configured is None and modified) else configured
            named = found[5] or qualifier or LATEST
            whole = arn if found[5] else f"{arn}:{named}"
            was_read = state == "ok" and exists is not None
            yield label, ComparedRow(place, found[4], named, whole, held if exists else None), was_read
        elif not arn and state != "ok":
            yield label, (_account(account_id), region or None), False
        else:
            raise _not_an_arn(name, label, arn)


def _default_values(count: int) -> dict[str, list[Any]]:
    """Return values for the optional columns; without a `scan_state`, all rows count as read."""
    values: dict[str, list[Any]] = {name: [None] * count for name in _IN_ORDER}
    return {**values, "scan_state": ["ok"] * count}


def _where(partition: str, region: str, account_id: str) -> Where:
    return Where(partition=partition, region=region, account_id=account_id)


def _settings_in(where: Where, on: On, retries: Any, age: Any, *destinations: str | None) -> Settings:
    return (retries, age, *(_destination(text, where, on) for text in destinations))


def _destination(text: str | None, where: Where, on: On) -> str | None:
    """Return the ARN of a destination, or `kind:name` if rows are matched by name.

    Two accounts cannot have a bucket of the same name, so most names include the account or the region. Those of the
    row become `ACCOUNT` and `REGION`, which no bucket's name can contain.
    """
    if not text or text == "none":
        return None
    if on == "function_name":
        name = named_in(text, where)
        is_bucket = name.startswith("s3:")
        return name.replace(where.account_id, "ACCOUNT").replace(where.region, "REGION") if is_bucket else name
    if text.startswith("arn:"):
        return text
    try:
        return str(resolved_destination(where, text))
    except UsageError:
        return text  # AWS may have stored a text that it would reject today


def _account(text: str | None) -> str | None:
    """Restore an account id that lost its leading zeros, or became a decimal number, in a file."""
    digits = (text or "").removesuffix(".0")
    return digits.zfill(_ACCOUNT_DIGITS) if digits else None


def _not_an_arn(name: str, label: Any, arn: str | None) -> UsageError:
    if not arn:
        hint = f'{name}.dropna(subset=["function_arn"])'
        return UsageError(f"row {label} of {name} has no function_arn", hint=hint)
    return UsageError(
        f"row {label} of {name}: its function_arn is {arn!r}, not the full ARN of a function",
        hint=f"pass {name} as eicnb returned it",
    )
