"""The current configs of many versions and aliases, read in parallel with one request per function."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from eicnb.aws.connection import Connection
from eicnb.aws.http.keyring import Keyring
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import BUCKETS, USUAL_RATE, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience, Sender, Tally
from eicnb.aws.http.threads import in_thread
from eicnb.changes.current import no_function, no_qualifier
from eicnb.errors import EicError, NotFound
from eicnb.fleet.background import LoopThread
from eicnb.fleet.list_entry import Home
from eicnb.fleet.places import errors_naming, together
from eicnb.fleet.progress import Progress, Show
from eicnb.fleet.reader import FunctionReader
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig
from eicnb.model.verbs import FUNCTIONS_PATH, Operation

Current = ReportedConfig | EicError | None
"""A config, None if there is none, or the error of reading it."""

Read = Callable[[Sender, Home, FunctionRef, "list[FunctionRef]"], Awaitable[Mapping[FunctionRef, Current]]]
"""Reads some qualifiers of one function."""

_ByPlace = dict[Connection, dict[FunctionRef, list[FunctionRef]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReader:
    """A reader of many configs, at `rate` requests a second in each account and region.

    A rate of None is the default one.

    >>> from eicnb.model.function import FunctionRef
    >>> target = FunctionRef.parse("arn:aws:lambda:us-east-1:123456789012:function:my-function:BLUE")
    >>> reader = ConfigReader(rate=10, show=lambda progress: None)
    >>> reader.configs(dict.fromkeys([target], connection))[target].maximum_retry_attempts
    0
    """

    rate: float | None
    show: Show
    patience: Patience = PATIENCE
    buckets: Buckets = BUCKETS

    def configs(self, targets: Mapping[FunctionRef, Connection]) -> Mapping[FunctionRef, Current]:
        """Return the current config of each version or alias, or the error if it can't be read."""
        return self._read(targets, _configs)

    def missing(self, targets: Mapping[FunctionRef, Connection]) -> Mapping[FunctionRef, EicError]:
        """Return an error for each version or alias that doesn't exist; ignore those that can't be read."""
        found = self._read(targets, _existence)
        return {target: error for target, error in found.items() if isinstance(error, NotFound)}

    def _read(self, targets: Mapping[FunctionRef, Connection], read: Read) -> Mapping[FunctionRef, Current]:
        by_place: _ByPlace = {}
        for target, connection in targets.items():
            by_place.setdefault(connection, {}).setdefault(target.without_qualifier(), []).append(target)
        scan = _ConfigScan(by_place=by_place, read=read, reader=self)
        if targets:
            scan.run()
        return scan.found


@dataclass(slots=True, kw_only=True)
class _ConfigScan:
    """One pass over the functions of all places."""

    by_place: _ByPlace
    read: Read
    reader: ConfigReader
    found: dict[FunctionRef, Current] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    _done: int = 0
    _places_done: int = 0
    _rates: list[float] = field(default_factory=list)
    _started_at: float = 0.0

    def run(self) -> None:
        """Read everything; an exception while drawing, such as Ctrl-C, stops the scan."""
        self._started_at = time.monotonic()
        try:
            LoopThread(self._main).run(lambda: self.reader.show(self._progress()))
        finally:
            self.reader.show(self._progress(is_over=True))

    def _progress(self, *, is_over: bool = False) -> Progress:
        left = max((len(functions) for functions in self.by_place.values()), default=0) - self._done
        return Progress(
            functions_done=self._done,
            functions_known=sum(len(functions) for functions in self.by_place.values()),
            regions_done=self._places_done,
            regions=len(self.by_place),
            calls=self.tally.calls,
            throttles=self.tally.throttles,
            seconds=time.monotonic() - self._started_at,
            seconds_left=max(0, left) / min(self._rates, default=USUAL_RATE),
            is_over=is_over,
        )

    async def _main(self) -> None:
        with ExitStack() as shares:
            async with SenderPool(patience=self.reader.patience, tally=self.tally) as pool:
                await together(
                    self._place(pool, shares, connection, functions) for connection, functions in self.by_place.items()
                )

    async def _place(
        self,
        pool: SenderPool,
        shares: ExitStack,
        connection: Connection,
        functions: Mapping[FunctionRef, list[FunctionRef]],
    ) -> None:
        try:
            sender, home = await self._sender(pool, shares, connection)
        except EicError as error:
            self.found.update((target, error) for targets in functions.values() for target in targets)
            self._done += len(functions)
        else:
            await together(self._function(sender, home, *of_one) for of_one in functions.items())
        self._places_done += 1

    async def _sender(self, pool: SenderPool, shares: ExitStack, connection: Connection) -> tuple[Sender, Home]:
        aws = connection.aws
        with errors_naming(aws):
            route = await in_thread(aws.route, aws.region)
            where = await in_thread(connection.where)
        turns = self.reader.buckets.of(where.account_id, where.region)
        self._rates.append(self.reader.rate or aws.usual_rate)
        shares.enter_context(turns.shared_at(self._rates[-1]))
        attempt = partial(aws.attempt, region=where.region, place=str(where))
        return pool.sender(route, Keyring(aws), turns, attempt), Home(where.account_id, where.region, where.partition)

    async def _function(self, sender: Sender, home: Home, function: FunctionRef, targets: list[FunctionRef]) -> None:
        try:
            self.found.update(await self.read(sender, home, function, targets))
        except EicError as error:
            self.found.update(dict.fromkeys(targets, error))
        self._done += 1


async def _configs(
    sender: Sender, home: Home, function: FunctionRef, targets: Iterable[FunctionRef]
) -> Mapping[FunctionRef, Current]:
    """Return the configs of one function; listing them fails if the function doesn't exist."""
    try:
        configs = await FunctionReader(home=home, sender=sender).configs(function)
    except NotFound as error:
        error.message = no_function(function.function_name, home.region)
        raise
    return {target: configs.get(target.qualifier or "") for target in targets}


async def _existence(
    sender: Sender, _home: Home, function: FunctionRef, targets: Iterable[FunctionRef]
) -> Mapping[FunctionRef, Current]:
    """Return an error for each version or alias that can't be read; None for the others."""
    path = f"{FUNCTIONS_PATH}/{quote(function.function_name, safe='')}/configuration"
    found: dict[FunctionRef, Current] = {}
    for target in targets:
        try:
            await sender.call(Operation.GET_CONFIGURATION, path, Qualifier=str(target.qualifier))
        except NotFound as error:
            error.message = no_qualifier(function.function_name, target.qualifier)
            found[target] = error
        except EicError as error:
            found[target] = error
        else:
            found[target] = None
    return found
