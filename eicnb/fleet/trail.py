"""The functions of one account and region that may have changed, as CloudTrail has it.

The trail is believed only after it has shown the earlier audit's own requests. In any doubt the place is read in full.
Tested in tests/fleet/test_refresh.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.cloudtrail import TrailEvent, events_in, lookup_of
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.sender import PATIENCE, Tally
from eicnb.aws.http.threads import aside
from eicnb.errors import AccessDenied, EicError, ExpiredCredentials, Throttled
from eicnb.fleet.entry import Home
from eicnb.model.function import FunctionRef
from eicnb.model.trail import DELAY, MARGIN, RECONFIGURING_EVENTS, RETENTION, SUFFIXES, changing_events
from eicnb.model.verbs import Operation

_LOOKUP = Operation.LOOKUP_EVENTS
_PROOF_PAGES, _FEWEST_PAGES = 4, 10
_NO_PAGE: Mapping[str, Any] = {}
_ENOUGH = timedelta(minutes=2)

_MINUTES = DELAY // timedelta(minutes=1)
INCOMPLETE = "the earlier audit is incomplete there"
_UNTIMED = "the earlier audit does not say when it read its rows"
_YOUNG = f"the earlier audit is younger than {_MINUTES} minutes, and CloudTrail is up to {_MINUTES} minutes late"
_OLD = f"the earlier audit is older than the {RETENTION.days} days that CloudTrail goes back"
_SILENT = "CloudTrail does not show the requests of the earlier audit"
_DENIED = f"CloudTrail may not be read: {_LOOKUP.action} is denied"
_MANY = "CloudTrail has more pages of changes than an audit has requests"


class UnusableTrail(Exception):
    """The reason why a place is read in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFunctions:
    """The functions of an earlier audit in one place: when each was read, and since when any may differ."""

    read_at: Mapping[str, datetime]
    since: datetime

    @classmethod
    def of(cls, read_at: Mapping[str, datetime | None], known_until: datetime | None, now: datetime) -> KnownFunctions:
        """Return the functions, or raise UnusableTrail if no trail can say what changed since.

        An earlier refresh found the rows that it did not read to be right until `known_until`.
        """
        times = {name: time for name, time in read_at.items() if time is not None}
        if len(times) < len(read_at):
            raise UnusableTrail(_UNTIMED)
        since = min(max(time, known_until or time) for time in times.values())
        if since > now - DELAY:
            raise UnusableTrail(_YOUNG)
        if since - MARGIN < now - RETENTION:
            raise UnusableTrail(_OLD)
        return cls(read_at=times, since=since - MARGIN)

    def proving_time(self, now: datetime) -> datetime:
        """Return the last time at which the earlier audit read something that is surely in the trail."""
        there = [time for time in self.read_at.values() if now - RETENTION < time - MARGIN and time <= now - DELAY]
        if not there:
            raise UnusableTrail(_OLD)
        return max((time for time in there if time <= now - DELAY - _ENOUGH), default=min(there))


@dataclass(slots=True, kw_only=True)
class TrailReader:
    """A reader of the trail of one account and region; `most_pages` beyond the first of each name are too many.

    `turns` spaces the requests of this place, and `room` limits those of all places at the same time. `has_aliases` is
    whether the audit has rows of aliases there.
    """

    home: Home
    aws: Aws
    known: KnownFunctions
    now: datetime
    most_pages: int
    turns: TokenBucket
    tally: Tally
    room: asyncio.Semaphore
    has_aliases: bool
    patience: float = PATIENCE.throttled
    clock: Callable[[], float] = time.monotonic
    _extra_pages: int = 0

    async def changed(self) -> frozenset[str]:
        """Return the functions that may have changed; raise UnusableTrail in any doubt."""
        try:
            suffix = await self._suffix()
            found = {name for event in changing_events(suffix) async for name in self._changed_by(event)}
            for event in RECONFIGURING_EVENTS if self.has_aliases else ():
                found |= {name async for name in self._changed_by(event, is_late=self._is_after_the_read)}
            return frozenset(found)
        except AccessDenied:
            raise UnusableTrail(_DENIED) from None
        except EicError as error:
            raise UnusableTrail(f"CloudTrail could not be read: {error.message.splitlines()[0]}") from None

    async def _suffix(self) -> str:
        """Return what the names of the operations of 2019 end in, from the earlier audit's own requests."""
        at = self.known.proving_time(self.now)
        for suffix in SUFFIXES:
            number = 0
            async for page in self._pages(f"{Operation.LIST}{suffix}", at - MARGIN, at + MARGIN):
                if any(map(self._is_of_the_audit, page)):
                    return suffix
                number += 1
                if number == _PROOF_PAGES:
                    break
        raise UnusableTrail(_SILENT)

    def _is_of_the_audit(self, event: TrailEvent) -> bool:
        function = event.function
        read_at = None if function is None else self.known.read_at.get(function.function_name)
        if function is None or read_at is None or event.error_code is not None:
            return False
        return self._is_here(function) and abs(event.time - read_at) <= MARGIN

    def _is_here(self, function: FunctionRef) -> bool:
        """Return whether a function is in this place, as far as its name says."""
        return function.account_id in {None, self.home.account_id} and function.region in {None, self.home.region}

    async def _changed_by(
        self, event_name: str, is_late: Callable[[FunctionRef, datetime], bool] = lambda *_: False
    ) -> AsyncIterator[str]:
        """Yield the functions of the events of a name, without those that are too late to matter."""
        is_first = True
        async for page in self._pages(event_name, self.known.since, None):
            self._extra_pages += not is_first
            is_first = False
            if self._extra_pages > self.most_pages:
                raise UnusableTrail(_MANY)
            for event in page:
                function, at = event.function, event.time
                if function is not None and self._may_change(function, at) and not is_late(function, at):
                    yield function.function_name

    def _may_change(self, function: FunctionRef, at: datetime) -> bool:
        """Return whether the row of a function may be older than a change; either of two clocks may be ahead."""
        read_at = self.known.read_at.get(function.function_name)
        return self._is_here(function) and (read_at is None or at >= read_at - MARGIN)

    def _is_after_the_read(self, function: FunctionRef, at: datetime) -> bool:
        """Return whether a function was reconfigured after it was read, which its new facts show.

        Only between the list and the read of an alias that runs `$LATEST` can the two rows be of different settings.
        """
        read_at = self.known.read_at.get(function.function_name)
        return read_at is not None and at > read_at + MARGIN

    async def _pages(self, name: str, since: datetime, until: datetime | None) -> AsyncIterator[list[TrailEvent]]:
        """Yield the pages of events of a name; begin again after a throttled request, or once with new credentials."""
        throttled_at: float | None = None
        has_expired = False
        while True:
            lookup = lookup_of(name, since, until)
            pages = self.aws.listing(_LOOKUP.service, _LOOKUP, self.most_pages + _FEWEST_PAGES, **lookup)
            try:
                has_more = True
                while has_more:
                    page = await self._next(pages)
                    yield events_in(page)
                    has_more = bool(page.get("NextToken"))
            except Throttled:
                now = self.clock()
                throttled_at = now if throttled_at is None else throttled_at
                if now - throttled_at >= self.patience:
                    raise
                self.turns.refused(now, 1.0)
            except ExpiredCredentials:
                if has_expired:
                    raise
                has_expired = True  # the connection dropped the refused ones, so the next request has new ones
            else:
                return

    async def _next(self, pages: Iterator[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Request the next page in its turn; a missing one is malformed."""
        await asyncio.sleep(self.turns.take())
        async with self.room:
            self.tally.calls += 1
            return await aside(next, pages, _NO_PAGE)
