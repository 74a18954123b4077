"""The functions of one account and region that may have changed, according to CloudTrail.

The trail is trusted only once it has shown the earlier audit's own requests. In any doubt, the place is read in full.
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
from eicnb.aws.http.threads import in_thread
from eicnb.errors import AccessDenied, EicError, ExpiredCredentials, Throttled
from eicnb.fleet.list_entry import Home
from eicnb.model.function import FunctionRef
from eicnb.model.trail import DELAY, MARGIN, RECONFIGURING_EVENTS, RETENTION, SUFFIXES, changing_events
from eicnb.model.verbs import Operation

_LOOKUP = Operation.LOOKUP_EVENTS
_PROOF_PAGES, _FEWEST_PAGES = 4, 10
_NO_PAGE: Mapping[str, Any] = {}
_ENOUGH = timedelta(minutes=2)

_MINUTES = DELAY // timedelta(minutes=1)
INCOMPLETE = "the earlier audit is incomplete there"
_UNTIMED = "the earlier audit does not record when it read its rows"
_YOUNG = f"the earlier audit is younger than {_MINUTES} minutes, and CloudTrail is up to {_MINUTES} minutes late"
_OLD = f"the earlier audit is older than the {RETENTION.days} days that CloudTrail goes back"
_SILENT = "CloudTrail does not show the requests of the earlier audit"
_DENIED = f"CloudTrail cannot be read: {_LOOKUP.action} is denied"
_MANY = "reading the changes from CloudTrail would take more requests than an audit"


class UnusableTrail(Exception):
    """The reason why a place is read in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFunctions:
    """The functions of an earlier audit in one place, with the time at which each was read.

    Changes count from `since` on.
    """

    read_at: Mapping[str, datetime]
    since: datetime

    @classmethod
    def of(cls, read_at: Mapping[str, datetime | None], known_until: datetime | None, now: datetime) -> KnownFunctions:
        """Return the functions, or raise UnusableTrail if no trail can show what changed since.

        If the earlier audit was a refresh, the rows that it did not read again were right until `known_until`.
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
        """Return the latest time of a request of the earlier audit that the trail must show by now."""
        shown = [time for time in self.read_at.values() if now - RETENTION < time - MARGIN and time <= now - DELAY]
        if not shown:
            raise UnusableTrail(_OLD)
        return max((time for time in shown if time <= now - DELAY - _ENOUGH), default=min(shown))


@dataclass(slots=True, kw_only=True)
class TrailReader:
    """A reader of the trail of one account and region.

    It reads the first page for each event name, and at most `most_pages` more in total. `turns` paces the requests of
    this place, and `room` limits the concurrent requests of all places. `has_aliases` means that the audit has rows of
    aliases there.
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
        """Return the suffix of the names of 2019 operations, found in the earlier audit's own requests."""
        at = self.known.proving_time(self.now)
        for suffix in SUFFIXES:
            number = 0
            async for page in self._pages(f"{Operation.LIST}{suffix}", at - MARGIN, at + MARGIN):
                if any(map(self._is_audit_request, page)):
                    return suffix
                number += 1
                if number == _PROOF_PAGES:
                    break
        raise UnusableTrail(_SILENT)

    def _is_audit_request(self, event: TrailEvent) -> bool:
        function = event.function
        read_at = None if function is None else self.known.read_at.get(function.function_name)
        if function is None or read_at is None or event.error_code is not None:
            return False
        return self._is_here(function) and abs(event.time - read_at) <= MARGIN

    def _is_here(self, function: FunctionRef) -> bool:
        """Return whether a function may be in this place, given the account and region in its name."""
        return function.account_id in {None, self.home.account_id} and function.region in {None, self.home.region}

    async def _changed_by(
        self, event_name: str, is_late: Callable[[FunctionRef, datetime], bool] = lambda *_: False
    ) -> AsyncIterator[str]:
        """Yield the functions of the events of this name, except events too late to matter."""
        is_first = True
        async for page in self._pages(event_name, self.known.since, None):
            self._extra_pages += not is_first
            is_first = False
            if self._extra_pages > self.most_pages:
                raise UnusableTrail(_MANY)
            for event in page:
                function, at = event.function, event.time
                if function is not None and self._may_have_changed(function, at) and not is_late(function, at):
                    yield function.function_name

    def _may_have_changed(self, function: FunctionRef, at: datetime) -> bool:
        """Return whether a function may have changed after it was read, with a margin for clock skew."""
        read_at = self.known.read_at.get(function.function_name)
        return self._is_here(function) and (read_at is None or at >= read_at - MARGIN)

    def _is_after_the_read(self, function: FunctionRef, at: datetime) -> bool:
        """Return whether a function was reconfigured after it was read, so that its listed facts show it.

        An earlier reconfiguration matters only to an alias that runs `$LATEST`: if it came between the list and the
        read of the alias, the two rows have different settings.
        """
        read_at = self.known.read_at.get(function.function_name)
        return read_at is not None and at > read_at + MARGIN

    async def _pages(self, name: str, since: datetime, until: datetime | None) -> AsyncIterator[list[TrailEvent]]:
        """Yield the pages of events of this name.

        A throttled request starts the listing over, and so does the first one with expired credentials.
        """
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
                has_expired = True  # the connection dropped the expired ones, so the next request has new ones
            else:
                return

    async def _next(self, pages: Iterator[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Request the next page when its turn comes; a missing page is malformed."""
        await asyncio.sleep(self.turns.take())
        async with self.room:
            self.tally.calls += 1
            return await in_thread(next, pages, _NO_PAGE)
