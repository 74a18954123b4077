"""Runs an audit: all accounts and regions side by side, in a loop of its own thread, while the caller's draws."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from eicnb.aws.boto import Aws
from eicnb.aws.failures import Attempt
from eicnb.aws.http.keyring import Keyring
from eicnb.aws.http.rate_limit import Buckets
from eicnb.aws.http.route import Route
from eicnb.aws.http.sender import PATIENCE, Patience, Sender, Tally
from eicnb.aws.http.threads import aside
from eicnb.aws.session import known_regions
from eicnb.errors import AwsError, ConfigurationError, EicError, UsageError, nearest
from eicnb.fleet.progress import Progress, Show
from eicnb.fleet.region import RegionWalk
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.row import Finding, scan_state_of
from eicnb.fleet.scope import ALL_REGIONS, Scope
from eicnb.model.verbs import Operation

_BETWEEN_DRAWINGS = 0.1
_LONGEST_GOODBYE = 0.5
_MOST_CONNECTIONS = 256

BUCKETS = Buckets(time.monotonic)
"""The buckets of this process: audits of the same account and region share one."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One account and region, and who asks there."""

    aws: Aws
    keyring: Keyring
    account_id: str
    region: str

    @property
    def key(self) -> tuple[str, str]:
        return self.account_id, self.region


@dataclass(slots=True, kw_only=True)
class Audit:
    """One audit: `connections` in their `regions`, which are None for each one's own and `("all",)` for all enabled.

    `is_placed` says whether the accounts and regions are known yet; before that nothing is read.
    """

    connections: Sequence[Aws]
    regions: tuple[str, ...] | None
    scope: Scope
    earlier: Earlier = NOTHING
    patience: Patience = PATIENCE
    buckets: Buckets = BUCKETS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tally: Tally = field(default_factory=Tally)
    walks: list[RegionWalk] = field(default_factory=list)
    is_placed: bool = False
    _findings: list[Finding] = field(default_factory=list)
    _finished: int = 0
    _started_at: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)
    _error: BaseException | None = None
    _pending: dict[tuple[str, str], None] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None
    _routes: dict[Aws, asyncio.Future[Route]] = field(default_factory=dict)
    _is_stopped: bool = False

    def run(self, show: Show) -> None:
        """Audit until all is read; an exception in between, Ctrl-C above all, stops it at once and is raised."""
        self._started_at = self.clock()
        threading.Thread(target=self._in_a_loop, daemon=True, name="eicnb-audit").start()
        try:
            while not self._done.wait(_BETWEEN_DRAWINGS):
                show(self.progress())
        except BaseException:
            self._stop()
            raise
        finally:
            show(self.progress(is_over=True))
        if self._error is not None:
            raise self._error

    def findings(self) -> list[Finding]:
        """All that was found; what was not read yet is there too, as `failed`."""
        error = EicError("the audit was stopped before this was read", hint="resume=, to go on")
        walks = list(self.walks)
        found = [finding for walk in walks for finding in [*walk.findings, *walk.unread(error)]]
        if not self.is_placed:
            return [_region_finding(None, aws.region, error) for aws in self.connections]
        never = [_region_finding(account_id, region, error) for account_id, region in list(self._pending)]
        return [*self._findings, *found, *never]

    def audited_regions(self) -> list[str]:
        """The regions that were walked."""
        return sorted({walk.region for walk in list(self.walks)} | {region for _, region in list(self._pending)})

    def progress(self, *, is_over: bool = False) -> Progress:
        """How far it is."""
        walks = list(self.walks)
        known = sum(len(walk.functions) for walk in walks)
        return Progress(
            functions_done=known - sum(walk.left for walk in walks),
            functions_known=known,
            regions_done=self._finished,
            regions=len(walks) + len(self._pending),
            calls=self.tally.calls,
            throttles=self.tally.throttles,
            seconds=self.clock() - self._started_at,
            seconds_left=self._seconds_left(walks),
            is_over=is_over,
        )

    def _seconds_left(self, walks: Iterable[RegionWalk]) -> float | None:
        """From what is left in the slowest region, at the rate that it has now."""
        walks = list(walks)
        if self._pending or not walks or not all(walk.is_listed for walk in walks):
            return None
        calls = 2 if self.scope.wants_all_qualifiers else 1
        return max(calls * walk.left / walk.sender.turns.rate for walk in walks)

    def _stop(self) -> None:
        self._is_stopped = True
        if self._task is not None:
            with suppress(RuntimeError):  # it has come to its end meanwhile
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)
            self._done.wait(_LONGEST_GOODBYE)

    def _in_a_loop(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 # it is raised in the caller's thread
            self._error = error
        finally:
            self._done.set()

    async def _main(self) -> None:
        self._task = asyncio.current_task()
        places = await self._places()
        self._pending.update((place.key, None) for place in places)
        self.is_placed = True
        if self._is_stopped:
            return
        connector = aiohttp.TCPConnector(limit=_MOST_CONNECTIONS)
        cookies = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=cookies) as session:
            with ExitStack() as shares:
                await _together(self._walk(place, session, shares) for place in places)

    async def _places(self) -> list[_Place]:
        """Every account and region, with who asks there; an account that cannot be told is a finding a region."""
        accounts = await _together(self._account(aws) for aws in self.connections)
        known = [(aws, account_id) for aws, account_id in zip(self.connections, accounts, strict=True) if account_id]
        own: dict[str, list[str]] = {}
        for aws, account_id in known:
            own.setdefault(account_id, []).append(aws.region)
        found = await _together(self._regions(aws, account_id, own[account_id]) for aws, account_id in known)
        places = []
        for (aws, account_id), regions in zip(known, found, strict=True):
            keyring = Keyring(aws)
            places += [_Place(aws, keyring, account_id, region) for region in regions]
        seen: set[tuple[str, str]] = set()
        for place in places:
            if place.key in seen:
                raise UsageError(
                    f"two of the connections are of account {place.account_id} in {place.region}",
                    hint="each account and region once",
                )
            seen.add(place.key)
        self.earlier.check_accounts({place.account_id for place in places})
        return places

    async def _account(self, aws: Aws) -> str | None:
        try:
            with naming(aws):
                return await aside(lambda: aws.account_id)
        except (UsageError, ConfigurationError):
            raise
        except EicError as error:
            named = None if self.regions == (ALL_REGIONS,) else self.regions
            self._findings += [_region_finding(None, region, error) for region in named or (aws.region,)]
            return None

    async def _regions(self, aws: Aws, account_id: str, own: Sequence[str]) -> tuple[str, ...]:
        """The regions of a connection; where several are of its account, their `own` are those of all of them."""
        if self.regions is None and len(own) > 1:
            self.earlier.regions_of(account_id, tuple(own))
            return (aws.region,)
        regions = self.earlier.regions_of(account_id, self.regions)
        if regions == (ALL_REGIONS,):
            enabled = await aside(_enabled_regions, aws)
            return tuple(sorted({*enabled, *self.earlier.regions_in(account_id)}))
        if regions:
            await aside(_check_regions, aws, regions)
        return regions or (aws.region,)

    async def _walk(self, place: _Place, session: aiohttp.ClientSession, shares: ExitStack) -> None:
        account_id, region = place.key
        try:
            with naming(place.aws):
                route = await self._route(place)
        except (UsageError, ConfigurationError):
            raise
        except EicError as error:
            del self._pending[place.key]
            self._findings.append(_region_finding(account_id, region, error))
            return
        turns = self.buckets.of(account_id, region)
        shares.enter_context(turns.shared_at(self.scope.rate))
        words = ", ".join([region, *(["SANDBOX"] if place.aws.sandbox else []), f"account {account_id}"])
        sender = Sender(
            route=route,
            keyring=place.keyring,
            turns=turns,
            session=session,
            attempt_at=lambda operation: Attempt(operation, region, words),
            tally=self.tally,
            patience=self.patience,
            clock=self.clock,
            sleep=self.sleep,
        )
        before = self.earlier.at(account_id, region)
        walk = RegionWalk(
            account_id=account_id,
            region=region,
            sender=sender,
            scope=self.scope,
            settled=before.settled,
            known=before.known,
        )
        self.walks.append(walk)
        del self._pending[place.key]
        await walk.run()
        self._finished += 1

    async def _route(self, place: _Place) -> Route:
        """The way there; an endpoint that was named is the same in every region, and is worked out once."""
        if place.aws.endpoint_url is None:
            return await aside(place.aws.route, place.region)
        if place.aws not in self._routes:
            self._routes[place.aws] = asyncio.ensure_future(aside(place.aws.route, place.region))
        return replace(await self._routes[place.aws], region=place.region)


async def _together(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """The results of all, side by side; where one fails the others are stopped."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


@contextmanager
def naming(aws: Aws) -> Iterator[None]:
    """Put the profile or the role into what is wrong with its settings: of several accounts it says which one."""
    try:
        yield
    except ConfigurationError as error:
        if aws.user is not None:
            error.message = f"{aws.user}: {error.message}"
        raise


def _region_finding(account_id: str | None, region: str, error: EicError) -> Finding:
    return Finding(region=region, account_id=account_id, scan_state=scan_state_of(error), error=str(error))


def _enabled_regions(aws: Aws) -> list[str]:
    try:
        return aws.enabled_regions()
    except AwsError as error:
        needed = Operation.DESCRIBE_REGIONS.action
        error.hint = f"the regions by name: --regions us-east-1,eu-west-1; or a role that may call {needed}"
        raise


def _check_regions(aws: Aws, regions: Sequence[str]) -> None:
    """Refuse names of no region; one that botocore does not know may be newer than it, which the account can say."""
    unknown = [region for region in regions if region not in known_regions()]
    if not unknown:
        return
    try:
        enabled: Sequence[str] = aws.enabled_regions()
    except EicError:
        enabled = ()
    for region in unknown:
        if region not in enabled:
            raise _no_region(region)


def _no_region(region: str) -> UsageError:
    hint = nearest(region, known_regions()) or 'regions="all" for every region of the account'
    error = UsageError(f"there is no region {region!r}", hint=hint, culprit=region)
    error.argument = "regions"
    return error
