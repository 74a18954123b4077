"""One run of an audit in parts, on the workers of a cluster, into files, or both.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from eicnb.aws.boto import Aws
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience
from eicnb.aws.http.threads import in_thread
from eicnb.errors import EicError
from eicnb.fleet.background import LoopThread
from eicnb.fleet.list_entry import Home
from eicnb.fleet.parts.cluster import Cluster
from eicnb.fleet.parts.folder import AuditFolder
from eicnb.fleet.parts.memory_limit import MemoryLimit
from eicnb.fleet.parts.part import Key, PartResult, failed_result, result_of
from eicnb.fleet.parts.results import Parts
from eicnb.fleet.places import AccountRegion, PlaceFinder, together
from eicnb.fleet.progress import Show
from eicnb.fleet.region import ChoiceError, utc_now
from eicnb.fleet.row import AuditRow, region_failure
from eicnb.fleet.scan import Audit, unread_row
from eicnb.fleet.scope import ALL_REGIONS, Scope
from eicnb.fleet.unmatched_names import unmatched_rows
from eicnb.fleet.versions import Grant


@dataclass(slots=True, kw_only=True)
class DividedAudit(Parts):
    """An audit in parts, read by a `cluster` or by this process, and stored in a `folder` if given.

    One class, because its fields are the options of a run and what the run has found so far.
    """

    folder: AuditFolder | None
    patience: Patience = PATIENCE
    buckets: Buckets = BUCKETS
    now: Callable[[], datetime] = utc_now
    resumed: int = 0
    _grants: dict[str, Grant] = field(default_factory=dict)
    _limit: MemoryLimit = field(default_factory=MemoryLimit)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

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
        """Check the arguments of an audit on a cluster or into a folder, without a request."""
        return cls(
            connections=connections,
            regions=regions,
            scope=scope,
            cluster=None if client is None else Cluster.parse(client, credentials, scope),
            folder=None if folder is None else AuditFolder.parse(folder, scope),
            **timing,
        )

    def run(self, show: Show) -> None:
        """Read everything; an exception while drawing, such as Ctrl-C, also stops the workers."""
        self.started_at = self.clock()
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
                    await in_thread(self.cluster.recipe, aws)  # credentials that no worker can use stop the audit here
            unreached = (
                {} if self.folder is None else {key: row for row in finder.rows if (key := _key(row)) is not None}
            )
            if self.folder is not None:
                are_all = not (unreached and self.regions == (ALL_REGIONS,))
                known = [*(place.key for place in places), *unreached, *self._earlier_places(unreached)]
                self.folder.open(known, are_all=are_all)
            self.own_rows += [row for row in finder.rows if _key(row) not in unreached]
            self.places += places
            self.is_placed = True
            await together(self._read(place, pool) for place in places)
            await self._store_unreached(unreached)
            await self._add_unmatched()

    async def _read(self, place: AccountRegion, pool: SenderPool) -> None:
        """Read a place, unless an earlier run has already stored it completely."""
        stored = None if self.folder is None else await in_thread(self.folder.stored, place.key)
        if stored is not None:
            self.resumed += 1
            self.results[place.key] = stored
            return
        result = await (self._read_there(place) if self.cluster else self._read_here(place, pool))
        await self._store(result)

    def _earlier_places(self, unreached: Mapping[Key, AuditRow]) -> list[Key]:
        """Return the places of an earlier run in accounts whose regions cannot be listed now."""
        if self.folder is None or self.regions != (ALL_REGIONS,):
            return []
        accounts = {account_id for account_id, _ in unreached}
        return [key for key in self.folder.found if key[0] in accounts and key not in unreached]

    async def _store_unreached(self, unreached: Mapping[Key, AuditRow]) -> None:
        """Store the rows of accounts that cannot be reached, but keep what an earlier run read of them.

        If an account cannot list its regions, some may be missing from the earlier run, so its row is added as well.
        """
        if self.folder is None:
            return
        for key in self._earlier_places(unreached):
            self._add(await in_thread(self.folder.result, key))
        for key, row in unreached.items():
            earlier = await in_thread(self.folder.result, key)
            if earlier is None or not (earlier.is_whole or earlier.counts.states.get("ok")):
                await self._store(failed_result(self._audit(self.connections[0], row.region), row))
                continue
            self._add(earlier)
            if self.regions == (ALL_REGIONS,):
                self.own_rows.append(row)

    def _add(self, result: PartResult | None) -> None:
        if result is not None:
            self.results[result.key] = result

    async def _store(self, result: PartResult) -> None:
        """Store a result; if there is a folder, write its rows to a file."""
        self.results[result.key] = result if self.folder is None else await in_thread(self.folder.write, result)

    async def _read_there(self, place: AccountRegion) -> PartResult:
        assert self.cluster is not None
        try:
            return await self.cluster.read(place, self.scope)
        except EicError as error:
            return failed_result(self._audit(place.aws, place.region), region_failure(*place.key, error))

    async def _read_here(self, place: AccountRegion, pool: SenderPool) -> PartResult:
        audit = self._audit(place.aws, place.region)
        if self.folder is not None:
            audit.earlier = await in_thread(self.folder.earlier, place.key)
        async with self._limit.admit(lambda: _size(audit)):
            self.audits[place.key] = audit
            await audit.read([place], replace(pool, tally=audit.tally))
            async with self._writing:  # one frame at a time, to save memory
                result = await in_thread(result_of, audit, place.key)
        del self.audits[place.key]
        return result

    def _audit(self, aws: Aws, region: str) -> Audit:
        return Audit(
            connections=[aws],
            regions=(region,),
            scope=self.scope,
            patience=self.patience,
            buckets=self.buckets,
            clock=self.clock,
            now=self.now,
            is_part=True,
            grants=self._grants,
        )

    def write_begun(self) -> None:
        """Write what was read of the accounts and regions that were only partly read."""
        if self.folder is None:
            return
        for key, audit in list(self.audits.items()):
            if audit.has_listed:
                self.results[key] = self.folder.write(result_of(audit, key))

    async def _add_unmatched(self) -> None:
        """Add a row for each name that matches no function to the file of the first account and region."""
        rows = [row for row in self._unmatched_rows() if row.account_id is not None]
        if self.folder is not None and rows:
            key = min(result.key for result in self.results.values() if result.home is not None)
            self.results[key] = await in_thread(self.folder.add, self.results[key], rows)

    def rows(self) -> list[AuditRow]:
        """Return the rows that belong to no part."""
        if not self.is_placed:
            return [unread_row(None, aws.region) for aws in self.connections]
        never = [unread_row(*place.key) for place in self.places if place.key not in self.results]
        names = [row for row in self._unmatched_rows() if self.folder is None or row.account_id is None]
        return [*self.own_rows, *never, *names]

    def _unmatched_rows(self) -> list[AuditRow]:
        region, reported = self.connections[0].region, self.earlier.reported
        return unmatched_rows(self.unmatched(), self._homes(), region, is_whole=self.is_whole, reported=reported)

    def _homes(self) -> list[Home]:
        return [result.home for result in self.results.values() if result.home is not None]


def _key(row: AuditRow) -> Key | None:
    """Return the account and region of a row; None if the account is unknown."""
    return None if row.account_id is None else (row.account_id, row.region)


def _size(audit: Audit) -> tuple[int, bool]:
    progress = audit.progress()
    return progress.functions_known, progress.is_listed
