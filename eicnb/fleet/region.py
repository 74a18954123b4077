"""The walk through one account and region, which turns every listed function into rows.

Tested in tests/fleet/test_faults.py.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from eicnb.aws.http.sender import Sender
from eicnb.fleet.list_entry import Entry, Home, Malformed, Unnamed, entries, qualifier_of, without_qualifier
from eicnb.fleet.listed_facts import Facts, facts_of
from eicnb.fleet.reader import FunctionReader
from eicnb.fleet.row import AuditRow, function_failure, region_failure
from eicnb.fleet.scope import Scope
from eicnb.fleet.versions import Details, VersionReader, Versions
from eicnb.model.function import LATEST
from eicnb.model.reported import ReportedFunction
from eicnb.model.verbs import FUNCTIONS_PATH, Operation

_FEWEST, _MOST = 4, 20
_MOST_OF_ALL = 4000


def readers_of_each(regions: int) -> int:
    """Return how many functions of each region to read at once, given the number of regions.

    >>> readers_of_each(1), readers_of_each(500), readers_of_each(5000)
    (20, 8, 4)
    """
    return min(_MOST, max(_FEWEST, _MOST_OF_ALL // max(regions, 1)))


def utc_now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


class ChoiceError(Exception):
    """A wrapper for an exception from the caller's function that selects functions."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(slots=True, kw_only=True)
class RegionWalk:
    """One account and region during an audit, with the functions and rows found so far.

    `settled` names the functions that need no further request. `known` has the functions that an earlier audit listed;
    None means that the list must be read. `others` has the listed names that were not selected, to suggest one of them
    if a selected name does not exist. `is_listed` means that listing has stopped, `is_whole` that the list was
    complete. `now` returns the time for the column `read_at`.

    A refresh passes the `facts` that the earlier list had of each settled function. A function whose facts have changed
    is no longer settled; `still` names the others.
    """

    home: Home
    sender: Sender
    scope: Scope
    details: Details | None = None
    most_readers: int = _MOST
    settled: set[str] = field(default_factory=set)
    facts: Mapping[str, Facts] | None = None
    still: set[str] = field(default_factory=set)
    known: tuple[ReportedFunction, ...] | None = None
    rows: list[AuditRow] = field(default_factory=list)
    functions: dict[str, ReportedFunction] = field(default_factory=dict)
    malformed: dict[str, Malformed] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    is_listed: bool = False
    is_whole: bool = False
    is_over: bool = False
    now: Callable[[], datetime] = utc_now
    _has_all_versions: bool = False
    _versions: dict[str, Versions] = field(default_factory=dict)
    _waiting: asyncio.Queue[ReportedFunction | None] = field(default_factory=asyncio.Queue)
    _reader: FunctionReader = field(init=False)
    _rate: float = 1.0
    _started_at: float = 0.0
    _pages: int = 0
    _begun: int = 0

    def __post_init__(self) -> None:
        versions = VersionReader(
            home=self.home, sender=self.sender, details=self.details, wants_all=self.scope.wants_all_qualifiers
        )
        self._reader = FunctionReader(home=self.home, sender=self.sender, versions=versions)

    async def run(self) -> None:
        """Read everything; a failure becomes a row."""
        self._started_at, self._rate = self.sender.clock(), self.sender.turns.rate
        readers = [asyncio.ensure_future(self._read_waiting()) for _ in range(self._reader_count)]
        try:
            await self._list()
            await asyncio.gather(*readers)
            self.is_over = True
        finally:
            for reader in readers:
                reader.cancel()

    @property
    def left(self) -> int:
        """The number of known functions that have not been read yet."""
        return len(self.functions) - len(self.done) - len(self.settled & self.functions.keys())

    @property
    def seconds_left(self) -> float:
        """The remaining seconds, estimated from the requests per function and their pace so far."""
        if not self._begun:
            requests: float = 2 if self.scope.wants_all_qualifiers else 1
        else:
            requests = (self.sender.sent - self._pages) / self._begun
        elapsed = self.sender.clock() - self._started_at
        pace = max(1 / self.sender.turns.rate, elapsed / self.sender.sent if self.sender.sent else 0.0)
        return self.left * requests * pace

    @property
    def names(self) -> frozenset[str]:
        """The names of the listed and selected functions, including malformed entries."""
        return frozenset(self.functions) | frozenset(self.malformed)

    @property
    def read_before(self) -> set[str]:
        """The names of the functions whose earlier rows are still valid.

        A refresh adds each one when it is listed again.
        """
        return self.settled if self.facts is None else self.still

    @property
    def _reader_count(self) -> int:
        """Enough readers to reach the rate if responses take two seconds; more would cost CPU time."""
        return min(self.most_readers, max(_FEWEST, math.ceil(2 * self._rate)))

    def found(self) -> list[AuditRow]:
        """Return the rows so far."""
        malformed = [entry for name, entry in list(self.malformed.items()) if name not in self.functions]
        return [*self.rows, *(function_failure(entry.function, entry.error) for entry in malformed)]

    def unread(self, text: str) -> list[AuditRow]:
        """Return a row with this error for everything that was not read yet."""
        read = self.done | self.read_before
        left = [function for name, function in list(self.functions.items()) if name not in read]
        rows = [] if self.is_listed else [self._unread(text)]
        return rows + [self._unread(text, function) for function in left]

    def _unread(self, text: str, function: ReportedFunction | None = None) -> AuditRow:
        return AuditRow(
            region=self.home.region,
            account_id=self.home.account_id,
            function=None if function is None else function.function,
            qualifier=None if function is None else LATEST,
            runs=function,
            scan_state="unread",
            error=text,
        )

    async def _list(self) -> None:
        """Pass every function to the readers; a failed list becomes a row about the region."""
        try:
            if self.known is None:
                await self._list_functions()
                self._has_all_versions = self.scope.wants_all_qualifiers
            for function in self.known or ():
                self._add_entry(function)
            self.is_whole = not any(row.function is None for row in self.rows)
        except ChoiceError:
            raise
        except Exception as error:  # noqa: BLE001 # whatever the error, the functions listed so far are read
            self.rows.append(region_failure(self.home.account_id, self.home.region, error))
        self.is_listed = True
        if self.scope.wants_all_qualifiers:
            self._enqueue(self.functions)
        for _ in range(self._reader_count):
            self._waiting.put_nowait(None)

    async def _list_functions(self) -> None:
        all_versions = {"FunctionVersion": "ALL"} if self.scope.wants_all_qualifiers else {}
        async for page in self.sender.pages(Operation.LIST_FUNCTIONS, FUNCTIONS_PATH, **all_versions):
            self._pages += 1
            for entry in entries(page, "Functions", Operation.LIST_FUNCTIONS, self.home):
                self._add_entry(entry)
        for name, versions in self._versions.items():
            if name not in self.names:  # the list had versions of the function, but no $LATEST
                self._add_function(name, next(iter(versions.values())))

    def _add_entry(self, entry: Entry) -> None:
        """Sort an entry: a function goes to the readers, a version is stored for later."""
        if isinstance(entry, Unnamed):
            self.rows.append(region_failure(self.home.account_id, self.home.region, entry.error))
            return
        name, qualifier = entry.function.function_name, qualifier_of(entry.function)
        if qualifier == LATEST:
            self._add_function(name, entry)
        else:
            self._versions.setdefault(name, {})[qualifier] = entry

    def _add_function(self, name: str, entry: ReportedFunction | Malformed) -> None:
        """Pass a function to the readers when its name first occurs."""
        if isinstance(entry, Malformed):
            if self.scope.selection.fits(name):
                self.malformed[name] = replace(entry, function=entry.function.without_qualifier())
            return
        bare = without_qualifier(entry)
        if name in self.functions:
            return
        if self._wants(bare):
            self.functions[name] = bare
            if not self.scope.wants_all_qualifiers:
                self._enqueue([name])
        elif self.scope.selection.has_names:
            self.others.append(name)

    def _wants(self, function: ReportedFunction) -> bool:
        try:
            return self.scope.selection.wants(function)
        except Exception as error:
            raise ChoiceError(error) from error

    def _enqueue(self, names: Iterable[str]) -> None:
        """Pass these functions to the readers, except those whose earlier rows are still valid.

        If all versions are wanted, call it only once the whole list has been read.
        """
        for name in names:
            if self.facts is not None and name in self.settled:
                is_same = facts_of(self.functions[name], self._versions.get(name)) == self.facts.get(name)
                (self.still.add if is_same else self.settled.discard)(name)
            if name not in self.settled:
                self._waiting.put_nowait(self.functions[name])

    async def _read_waiting(self) -> None:
        while (function := await self._waiting.get()) is not None:
            name = function.function.function_name
            self._begun += 1
            listed = self._versions.get(name, {}) if self._has_all_versions else None
            try:
                found = await self._reader.rows(function, listed, self.now())
            except Exception as error:  # noqa: BLE001 # whatever the error, it becomes this function's row
                found = [function_failure(function.function, error, function)]
            self.rows += found
            self.done.add(name)
