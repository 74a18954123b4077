"""The rows of an audit as columns, so that a check of thousands of rows needs no object for each.

Tested in tests/fleet/checks/test_audited.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from eicnb.errors import UsageError, shown
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.frame import columns_of
from eicnb.model.function import LATEST
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.model.order import Order, order
from eicnb.model.period import Period
from eicnb.model.reported import ReportedDestination

_NOT_NEEDED = {
    *("on_failure_type", "on_success_type", "effective_retry_attempts", "effective_event_age_in_seconds"),
    *("runtime", "read_at"),
}

NEEDED = tuple(column for column in AUDIT_COLUMNS if column.name not in _NOT_NEEDED)
"""The columns of an audit that checks read."""

Mask = Any
"""A NumPy array with a boolean for each row."""

Place = tuple[str | None, str | None]
"""An account and region."""

Texts = list[Any]
"""A text for each row, or None."""


class Audited:
    """An audit's columns as lists and arrays, each with a value for each row.

    >>> audited = Audited(eic.audit(functions="my-function", progress=False))
    >>> list(zip(audited.qualifiers, audited.retries.tolist()))
    [('$LATEST', 2), ('BLUE', 0), ('GREEN', 2)]
    """

    def __init__(self, frame: Any, *, verb: str = "check") -> None:
        if not isinstance(frame, pd.DataFrame):
            raise UsageError(f"{shown(frame)} is not the frame of an audit", hint=f"eicnb.{verb}(eicnb.audit())")
        self.attrs: Mapping[Any, Any] = dict(frame.attrs)
        self._columns = columns_of(frame, NEEDED, hint="pass the DataFrame from `%eic audit`")
        self._destinations: dict[str, ReportedDestination | None] = {}
        self.size = len(frame)
        self.function_names = self._texts("function_name")
        self.qualifiers = self._texts("qualifier")
        self.regions = self._texts("region")
        self.account_ids = [_padded(text) for text in self._texts("account_id")]
        self.function_arns = self._texts("function_arn")
        self.on_failure = self._texts("on_failure")
        self.on_success = self._texts("on_success")
        self.dead_letters = self._texts("dead_letter_arn")
        self.role_arns = self._texts("role_arn")
        self.states = self._texts("scan_state")
        self.errors = self._texts("error")

    def _texts(self, name: str) -> Texts:
        return self._columns[name].astype(object).where(self._columns[name].notna(), None).tolist()

    def _numbers(self, name: str, default: int) -> Any:
        return self._columns[name].to_numpy(dtype="int64", na_value=default)

    @cached_property
    def was_read(self) -> Mask:
        """Whether the row could be read."""
        return self._columns["scan_state"].eq("ok").to_numpy(dtype=bool, na_value=False)

    @cached_property
    def configured(self) -> Mask:
        """Whether a config exists."""
        return self.was_read & self._columns["configured"].to_numpy(dtype=bool, na_value=False)

    @cached_property
    def is_latest(self) -> Mask:
        """Whether the qualifier is `$LATEST`."""
        return self._columns["qualifier"].eq(LATEST).to_numpy(dtype=bool, na_value=False)

    @cached_property
    def is_version(self) -> Mask:
        """Whether the qualifier is a version that was published."""
        return self._columns["qualifier"].str.fullmatch("[0-9]+").to_numpy(dtype=bool, na_value=False)

    @cached_property
    def is_alias(self) -> Mask:
        """Whether the qualifier is an alias."""
        named = self._columns["qualifier"].notna().to_numpy(dtype=bool)
        return named & ~self.is_latest & ~self.is_version

    @cached_property
    def exists(self) -> Mask:
        """Whether the row was read and its version or alias still exists; a config may outlive it."""
        return self.was_read & self.has("timeout")

    @cached_property
    def in_use(self) -> Mask:
        """Whether the row is worth a finding: it exists, and is not an old version without a config."""
        return self.exists & (self.configured | ~self.is_version)

    def has(self, column: str) -> Mask:
        """Return for each row whether it has a value in a column."""
        return self._columns[column].notna().to_numpy(dtype=bool)

    def changed_within(self, period: Period) -> Mask:
        """Return for each row whether its config was last written within a period."""
        times = self._columns["last_modified"]
        return times.between(pd.Timestamp(period.since), pd.Timestamp(period.until)).to_numpy(dtype=bool)

    @cached_property
    def retries(self) -> Any:
        """The retries that AWS will make."""
        return self._numbers("maximum_retry_attempts", DEFAULT_RETRY_ATTEMPTS)

    @cached_property
    def ages(self) -> Any:
        """The seconds that AWS will keep an event."""
        return self._numbers("maximum_event_age_in_seconds", DEFAULT_EVENT_AGE_IN_SECONDS)

    @cached_property
    def timeouts(self) -> Any:
        """The timeout of the function in seconds; 0 if it is unknown."""
        return self._numbers("timeout", 0)

    @cached_property
    def functions(self) -> Any:
        """The number of each row's function; -1 if the row is about a whole region."""
        keys = [*zip(self.account_ids, self.regions, self.function_names, strict=True)]
        numbers: dict[Any, int] = {}
        return pd.Series([numbers.setdefault(key, len(numbers)) if key[2] else -1 for key in keys], dtype="int64")

    @cached_property
    def rows_of_functions(self) -> Mapping[int, Sequence[int]]:
        """The rows of each function, by its number."""
        rows: dict[int, list[int]] = defaultdict(list)
        for row, function in enumerate(self.functions.tolist()):
            if function >= 0:
                rows[function].append(row)
        return rows

    @cached_property
    def places_without_aliases(self) -> Sequence[Place]:
        """The accounts and regions whose aliases and versions without a config may be missing.

        The attrs state which qualifiers were audited. If a file has lost them, a single row of an alias or version
        without a config proves that none is missing anywhere. If audits were joined, it proves that for its own place.
        """
        audited = self.attrs.get("qualifiers")
        shown = {self.place(row) for row in rows(self.was_read & ~self.configured & ~self.is_latest)}
        if audited == "all" or (audited is None and shown):
            return ()
        return [place for place in dict.fromkeys(map(self.place, rows(self.was_read))) if place not in shown]

    def destination(self, text: str) -> ReportedDestination | None:
        """Return a parsed destination, or None if the text is not an ARN; each is parsed once for all checks."""
        if text not in self._destinations:
            self._destinations[text] = ReportedDestination.parse(text)
        return self._destinations[text]

    def place(self, row: int) -> Place:
        """Return the account and region of a row."""
        return self.account_ids[row], self.regions[row]

    def named(self, row: int) -> str:
        """Return the qualifier of a row in words, such as `the alias live`."""
        qualifier = str(self.qualifiers[row])
        if qualifier == LATEST:
            return LATEST
        return f"the {'version' if qualifier.isdecimal() else 'alias'} {qualifier}"

    def order(self, row: int) -> Order:
        """Return the sort key of a row, as in the audit."""
        return order(self.account_ids[row], self.regions[row] or "", self.function_names[row], self.qualifiers[row])


def _padded(account_id: str | None) -> str | None:
    """Return an account id with the leading zeros that it loses as a number in a file."""
    return account_id and account_id.removesuffix(".0").zfill(12)


def rows(mask: Mask) -> list[int]:
    """Return the numbers of the rows for which a mask is true."""
    return mask.nonzero()[0].tolist()  # type: ignore[no-any-return] # NumPy's types are not imported
