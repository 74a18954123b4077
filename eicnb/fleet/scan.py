"""One run of an audit, over all accounts and regions in parallel.

Tested in tests/fleet/test_audit.py and tests/fleet/test_faults.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from eicnb.aws.boto import Aws
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import BUCKETS, LAMBDA, Buckets
from eicnb.aws.http.route import Route
from eicnb.aws.http.sender import PATIENCE, Patience, Sender, Tally
from eicnb.aws.http.threads import in_thread
from eicnb.aws.paced_requests import Quotas
from eicnb.errors import EicError
from eicnb.fleet.background import LoopThread
from eicnb.fleet.list_entry import Home
from eicnb.fleet.places import AccountRegion, PlaceFinder, errors_naming, together
from eicnb.fleet.progress import Progress, Show, by_account
from eicnb.fleet.region import ChoiceError, RegionWalk, readers_of_each, utc_now
from eicnb.fleet.resume import NOTHING, Earlier, EarlierRegion, Row
from eicnb.fleet.row import AuditRow, region_failure
from eicnb.fleet.scope import Scope
from eicnb.fleet.unmatched_names import unmatched_rows
from eicnb.fleet.versions import Details, Grant
from eicnb.model.verbs import Operation

Freshen = Callable[[AccountRegion, Home], Awaitable[EarlierRegion]]
"""Returns the part of an earlier audit that is still valid in an account and region."""

STOPPED = "the audit was stopped before this was read"


@dataclass(slots=True, kw_only=True)
class Audit:
    """One audit of the accounts of its `connections`, in their `regions`.

    `regions` is None for each connection's own region, and `("all",)` for every enabled one. `is_placed` means that the
    accounts and regions are known; nothing is read before that. A refresh passes `freshen`. If the audit `is_part` of a
    larger one, the larger one reports the names that match no function. `grants` records, for each account, whether it
    allows GetFunction. One class, because its fields are the options of a run and what the run has found so far.
    """

    connections: Sequence[Aws]
    regions: tuple[str, ...] | None
    scope: Scope
    earlier: Earlier = NOTHING
    patience: Patience = PATIENCE
    buckets: Buckets = BUCKETS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = utc_now
    freshen: Freshen | None = None
    tally: Tally = field(default_factory=Tally)
    walks: list[RegionWalk] = field(default_factory=list)
    is_placed: bool = False
    is_part: bool = False
    grants: dict[str, Grant] = field(default_factory=dict)
    _rows: list[AuditRow] = field(default_factory=list)
    _failed: set[tuple[str, str]] = field(default_factory=set)
    _started_at: float = 0.0
    _pending: dict[tuple[str, str], None] = field(default_factory=dict)
    _routes: dict[Aws, asyncio.Future[Route]] = field(default_factory=dict)

    def run(self, show: Show) -> None:
        """Read everything; an exception while drawing, such as Ctrl-C, stops the audit."""
        self._started_at = self.clock()
        try:
            LoopThread(self._main).run(lambda: show(self.progress()))
        except ChoiceError as error:
            raise error.error from None
        finally:
            show(self.progress(is_over=True))

    def rows(self) -> list[AuditRow]:
        """Return all rows, with an `unread` row for everything not read yet."""
        if not self.is_placed:
            return [unread_row(None, aws.region) for aws in self.connections]
        walks = list(self.walks)
        found = [row for walk in walks for row in [*walk.found(), *walk.unread(STOPPED)]]
        never = [unread_row(account_id, region) for account_id, region in list(self._pending)]
        rows = [*self._rows, *found, *never]
        if self.is_part:
            return rows
        region, reported = self.connections[0].region, self.earlier.reported
        homes = [walk.home for walk in walks]
        return rows + unmatched_rows(self.unmatched(), homes, region, is_whole=self.is_whole, reported=reported)

    def earlier_rows(self) -> list[Row]:
        """Return the rows of the earlier audit that are still valid."""
        if self.freshen is None:
            return [*self.earlier.rows]
        still = {(walk.home.account_id, walk.home.region): walk.still for walk in list(self.walks)}
        return [
            row
            for row in self.earlier.rows
            if row["function_name"] in still.get((row["account_id"], row["region"]), ())
        ]

    def unmatched(self) -> tuple[str, ...]:
        """Return the names and globs that match no function listed now or read before."""
        if not self.scope.selection.patterns:
            return ()
        return self.scope.selection.unmatched(
            {name for walk in list(self.walks) for name in walk.names | walk.read_before}
        )

    def listed_names(self) -> Iterator[str]:
        """Yield the names of all listed functions."""
        return (name for walk in list(self.walks) for name in (*walk.names, *walk.others))

    @property
    def has_listed(self) -> bool:
        """Whether any function was listed, now or by the earlier audit."""
        return any(self.earlier.functions.values()) or any(walk.names or walk.others for walk in list(self.walks))

    @property
    def is_whole(self) -> bool:
        """Whether every list of functions was read completely."""
        return self.is_placed and not self._pending and not self._rows and all(walk.is_whole for walk in self.walks)

    @property
    def handlers(self) -> frozenset[str]:
        """The modules whose event handlers forced the audit to use botocore."""
        return frozenset(module for aws in self.connections for module in aws.handlers)

    def audited_regions(self) -> list[str]:
        """Return the regions of the audit, including those that were not read."""
        walked = {walk.home.region for walk in list(self.walks)}
        return sorted(walked | {region for _, region in [*self._pending, *self._failed]})

    def accounts(self) -> list[str]:
        """Return the accounts of the audit, including those that were not read."""
        walked = {walk.home.account_id for walk in list(self.walks)}
        return sorted(walked | {account_id for account_id, _ in [*self._pending, *self._failed]})

    def progress(self, *, is_over: bool = False) -> Progress:
        """Return the progress so far."""
        walks = list(self.walks)
        known = sum(len(walk.functions) for walk in walks)
        is_listed = self.is_placed and not self._pending and all(walk.is_listed for walk in walks)
        return Progress(
            functions_done=known - sum(walk.left for walk in walks),
            functions_known=known,
            regions_done=sum(walk.is_over for walk in walks) + len(self._failed),
            regions=len(walks) + len(self._pending) + len(self._failed),
            calls=self.tally.calls,
            throttles=self.tally.throttles,
            seconds=self.clock() - self._started_at,
            seconds_left=max((walk.seconds_left for walk in walks), default=None) if is_listed else None,
            is_listed=is_listed,
            is_over=is_over,
            by_account=by_account(
                (walk.home.account_id, len(walk.functions) - walk.left, len(walk.functions)) for walk in walks
            ),
        )

    async def _main(self) -> None:
        pool = SenderPool(patience=self.patience, clock=self.clock, sleep=self.sleep, tally=self.tally)
        async with pool:
            finder = PlaceFinder(connections=self.connections, regions=self.regions, earlier=self.earlier, pool=pool)
            places = await finder.find()
            self._rows += finder.rows
            await self.read(places, pool)

    async def read(self, places: Sequence[AccountRegion], pool: SenderPool) -> None:
        """Read these accounts and regions in parallel."""
        self._pending.update((place.key, None) for place in places)
        self.is_placed = True
        grants = [self.grants.setdefault(place.account_id, Grant()) for place in places]
        with Quotas(self.buckets, self.scope.rate) as quotas:
            await together(self._walk(place, pool, quotas, grant) for place, grant in zip(places, grants, strict=True))

    def fail(self, row: AuditRow) -> None:
        """Add the row of an account and region that cannot be read at all."""
        place = (row.account_id or "", row.region)
        self._rows.append(row)
        self._failed.add(place)
        self._pending.pop(place, None)
        self.is_placed = True

    async def _walk(self, place: AccountRegion, pool: SenderPool, quotas: Quotas, grant: Grant) -> None:
        try:
            with errors_naming(place.aws):
                route = await self._route(place)
                home = Home(place.account_id, place.region, place.aws.partition)
        except Exception as error:  # noqa: BLE001 # whatever the error, the other regions are read
            self.fail(region_failure(*place.key, error))
            return
        words = place.aws.words_of(place.region, place.account_id)

        def sender(quota: str = LAMBDA) -> Sender:
            turns = quotas.of(place.account_id, place.region, quota, usual_rate=place.aws.usual_rate)
            attempt = partial(place.aws.attempt, region=place.region, place=words)
            return pool.sender(route, place.keyring, turns, attempt)

        before = await self._earlier_region(place, home)
        walk = RegionWalk(
            home=home,
            sender=sender(),
            scope=self.scope,
            # botocore logs whole responses, and GetFunction's contain a link to the code
            details=None if route.through else Details(sender=sender(Operation.GET_FUNCTION), grant=grant),
            most_readers=readers_of_each(len(self.walks) + len(self._pending)),
            settled=set(before.settled),
            known=before.known,
            facts=before.facts,
            now=self.now,
        )
        self.walks.append(walk)
        del self._pending[place.key]
        await walk.run()

    async def _earlier_region(self, place: AccountRegion, home: Home) -> EarlierRegion:
        before = self.earlier.at(place.account_id, place.region)
        return before if self.freshen is None else await self.freshen(place, home)

    async def _route(self, place: AccountRegion) -> Route:
        """Return the route to a region; a custom endpoint serves every region and is resolved once."""
        if place.aws.endpoint_url is None:
            return await in_thread(place.aws.route, place.region)
        if place.aws not in self._routes:
            self._routes[place.aws] = asyncio.ensure_future(in_thread(place.aws.route, place.region))
        return replace(await self._routes[place.aws], region=place.region)


def unread_row(account_id: str | None, region: str) -> AuditRow:
    """Return the row of an account and region that a stopped audit did not read."""
    return replace(region_failure(account_id, region, EicError(STOPPED)), scan_state="unread")
