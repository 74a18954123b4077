"""The run of an audit in parts: accounts and regions on the workers of a cluster, into files, or both.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from eicnb.aws.boto import Aws
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience, Tally
from eicnb.aws.http.threads import aside
from eicnb.errors import EicError
from eicnb.fleet.background import LoopThread
from eicnb.fleet.entry import Home
from eicnb.fleet.parts.cluster import Cluster
from eicnb.fleet.parts.folder import AuditFolder
from eicnb.fleet.parts.part import Key, PartProgress, PartResult, failed_result, result_of
from eicnb.fleet.parts.room import Room
from eicnb.fleet.places import AccountRegion, PlaceFinder, together
from eicnb.fleet.progress import Progress, Show
from eicnb.fleet.region import ChoiceError, utc_now
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.row import AuditRow
from eicnb.fleet.scan import Audit, unread_row
from eicnb.fleet.scope import Scope, is_glob
from eicnb.fleet.unmatched import unmatched_rows
from eicnb.fleet.versions import Grant


@dataclass(slots=True, kw_only=True)
class DividedAudit:
    """One audit whose accounts and regions are read each on its own: by a `cluster`, or here into a `folder`.

    `results` are those that were read to their end.
    """

    connections: Sequence[Aws]
    regions: tuple[str, ...] | None
    scope: Scope
    cluster: Cluster | None
    folder: AuditFolder | None
    patience: Patience = PATIENCE
    buckets: Buckets = BUCKETS
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = utc_now
    earlier: Earlier = NOTHING
    is_part: bool = False
    is_placed: bool = False
    results: dict[Key, PartResult] = field(default_factory=dict)
    resumed: int = 0
    _places: list[AccountRegion] = field(default_factory=list)
    _audits: dict[Key, Audit] = field(default_factory=dict)
    _grants: dict[str, Grant] = field(default_factory=dict)
    _rows: list[AuditRow] = field(default_factory=list)
    _room: Room = field(default_factory=Room)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _started_at: float = 0.0

    @classmethod
    def parse(
        cls,
        connections: Sequence[Aws],
        regions: tuple[str, ...] | None,
        scope: Scope,
        *,
        client: Any,
        folder: Any,
        credentials: Any,
        **timing: Any,
    ) -> Self:
        """Check the arguments of an audit on a cluster or into a folder; nothing is sent."""
        return cls(
            connections=connections,
            regions=regions,
            scope=scope,
            cluster=None if client is None else Cluster.parse(client, credentials, scope),
            folder=None if folder is None else AuditFolder.parse(folder, scope),
            **timing,
        )

    def run(self, show: Show) -> None:
        """Read everything; an exception while drawing, above all Ctrl-C, stops it here and on the workers."""
        self._started_at = self.clock()
        if self.cluster is not None:
            self.cluster.prepare()
        try:
            LoopThread(self._main).run(lambda: show(self.progress()))
        except ChoiceError as error:
            raise error.error from None
        finally:
            if self.cluster is not None:
                self.cluster.stop()
            show(self.progress(is_over=True))

    async def _main(self) -> None:
        async with SenderPool(patience=self.patience, clock=self.clock) as pool:
            finder = PlaceFinder(connections=self.connections, regions=self.regions, earlier=self.earlier, pool=pool)
            places = await finder.find()
            if self.cluster is not None:
                for aws in {place.aws for place in places}:
                    await aside(self.cluster.recipe, aws)  # one that no worker can follow stops the audit here
            if self.folder is not None:
                self.folder.open(place.key for place in places)
            self._rows += finder.rows
            self._places += places
            self.is_placed = True
            await together(self._read(place, pool) for place in places)
            await self._add_unmatched()

    async def _read(self, place: AccountRegion, pool: SenderPool) -> None:
        """Read a place, unless an earlier run has its file."""
        stored = None if self.folder is None else await aside(self.folder.stored, place.key)
        if stored is not None:
            self.resumed += 1
            self.results[place.key] = stored
            return
        result = await (self._read_there(place) if self.cluster else self._read_here(place, pool))
        if self.folder is not None:
            result = await aside(self.folder.write, result)
        self.results[place.key] = result

    async def _read_there(self, place: AccountRegion) -> PartResult:
        assert self.cluster is not None
        try:
            return await self.cluster.read(place, self.scope)
        except EicError as error:
            return failed_result(self._audit(place), place.key, error)

    async def _read_here(self, place: AccountRegion, pool: SenderPool) -> PartResult:
        audit = self._audit(place)
        if self.folder is not None:
            audit.earlier = await aside(self.folder.earlier, place.key)
        async with self._room.of(lambda: _size(audit)):
            self._audits[place.key] = audit
            await audit.read([place], replace(pool, tally=audit.tally))
            async with self._writing:  # a frame at a time, so that memory stays small
                result = await aside(result_of, audit, place.key)
        del self._audits[place.key]
        return result

    def _audit(self, place: AccountRegion) -> Audit:
        return Audit(
            connections=[place.aws],
            regions=(place.region,),
            scope=self.scope,
            patience=self.patience,
            buckets=self.buckets,
            clock=self.clock,
            now=self.now,
            is_part=True,
            grants=self._grants,
        )

    def keep_begun(self) -> None:
        """Write what was read of the accounts and regions that were not read to their end."""
        if self.folder is None:
            return
        for key, audit in list(self._audits.items()):
            if audit.has_listed:
                self.results[key] = self.folder.write(result_of(audit, key))

    async def _add_unmatched(self) -> None:
        """Add a row for each name that matches no function to the file of the first account and region."""
        rows = [row for row in self._unmatched_rows() if row.account_id is not None]
        if self.folder is not None and rows:
            key = min(result.key for result in self.results.values() if result.home is not None)
            self.results[key] = await aside(self.folder.add, self.results[key], rows)

    def rows(self) -> list[AuditRow]:
        """Return the rows that no part has."""
        if not self.is_placed:
            return [unread_row(None, aws.region) for aws in self.connections]
        never = [unread_row(*place.key) for place in self._places if place.key not in self.results]
        names = [row for row in self._unmatched_rows() if self.folder is None or row.account_id is None]
        return [*self._rows, *never, *names]

    def _unmatched_rows(self) -> list[AuditRow]:
        names = [pattern for pattern in self.unmatched() if not is_glob(pattern)]
        region, reported = self.connections[0].region, self.earlier.reported
        return unmatched_rows(names, self._homes(), region, is_whole=self.is_whole, reported=reported)

    def _homes(self) -> list[Home]:
        return [result.home for result in self.results.values() if result.home is not None]

    def unmatched(self) -> tuple[str, ...]:
        """Return the names and globs that match no listed function."""
        missing = [result.unmatched for result in list(self.results.values())]
        return tuple(name for name in self.scope.selection.patterns or () if all(name in one for one in missing))

    def listed_names(self) -> Iterator[str]:
        """Yield the listed names that look like one that matches no function."""
        return (name for result in list(self.results.values()) for name in result.likely)

    @property
    def has_listed(self) -> bool:
        """Whether a function was listed."""
        return any(result.has_listed for result in list(self.results.values()))

    @property
    def is_whole(self) -> bool:
        """Whether every list of functions was read to its end."""
        results = list(self.results.values())
        is_read = self.is_placed and not self._rows and len(results) == len(self._places)
        return is_read and all(result.is_whole for result in results)

    @property
    def tally(self) -> Tally:
        """The requests of all parts."""
        parts = [*map(_finished, list(self.results.values())), *self._going()]
        return Tally(calls=sum(part.calls for part in parts), throttles=sum(part.throttles for part in parts))

    @property
    def handlers(self) -> frozenset[str]:
        """The modules whose event handlers made an audit slower."""
        return frozenset(module for result in list(self.results.values()) for module in result.handlers)

    def audited_regions(self) -> list[str]:
        """Return the regions that were or would have been read."""
        return sorted({place.region for place in self._places})

    @property
    def place_count(self) -> int:
        """The number of accounts and regions."""
        return len(self._places)

    def accounts(self) -> list[str]:
        """Return the accounts whose regions were or would have been read."""
        return sorted({place.account_id for place in self._places})

    def progress(self, *, is_over: bool = False) -> Progress:
        """Return the progress."""
        going = [*self._going()]
        parts = [*(_finished(result) for result in list(self.results.values())), *going]
        is_listed = self.is_placed and len(parts) == len(self._places) and all(part.is_listed for part in going)
        left = [part.seconds_left or 0.0 for part in going]
        return Progress(
            functions_done=sum(part.done for part in parts),
            functions_known=sum(part.known for part in parts),
            regions_done=len(self.results),
            regions=len(self._places),
            calls=sum(part.calls for part in parts),
            throttles=sum(part.throttles for part in parts),
            seconds=self.clock() - self._started_at,
            seconds_left=max(left, default=None) if is_listed else None,
            is_listed=is_listed,
            is_over=is_over,
            by_account=_by_account(parts),
        )

    def _going(self) -> Iterator[PartProgress]:
        """Yield the progress of the parts that are being read."""
        if self.cluster is not None:
            for key, part in list(self.cluster.progress.items()):
                if key not in self.results:
                    yield part
        for key, audit in list(self._audits.items()):
            if key not in self.results:
                yield PartProgress.of(audit.progress(), key)


def _size(audit: Audit) -> tuple[int, bool]:
    progress = audit.progress()
    return progress.functions_known, progress.is_listed


def _finished(result: PartResult) -> PartProgress:
    functions = result.counts.functions
    return PartProgress(
        account_id=result.account_id,
        region=result.region,
        known=functions,
        done=functions,
        calls=result.calls,
        throttles=result.throttles,
        is_listed=True,
    )


def _by_account(parts: Sequence[PartProgress]) -> tuple[tuple[str, int, int], ...]:
    """Return each account with the number of its functions that are done and known."""
    done, known = Counter[str](), Counter[str]()
    for part in parts:
        done[part.account_id] += part.done
        known[part.account_id] += part.known
    return tuple((account, done[account], known[account]) for account in sorted(known))
