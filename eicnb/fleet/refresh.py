"""The verb `refresh`, which brings an earlier audit up to date by reading only what changed."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import BUCKETS, Buckets
from eicnb.aws.http.sender import PATIENCE, Patience, Tally
from eicnb.aws.paced_requests import Quotas
from eicnb.errors import UsageError
from eicnb.fleet.audit import finished, frame_in, rows_in, with_region
from eicnb.fleet.list_entry import Home
from eicnb.fleet.listed_facts import Facts, facts_in
from eicnb.fleet.places import AccountRegion
from eicnb.fleet.progress import Show
from eicnb.fleet.region import utc_now
from eicnb.fleet.result import KNOWN_UNTIL, Lines
from eicnb.fleet.resume import Earlier, EarlierRegion, Row
from eicnb.fleet.row import failure
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import CHOSEN, Scope, Selection, check_choice, check_regions
from eicnb.fleet.trail import INCOMPLETE, KnownFunctions, TrailReader, UnusableTrail
from eicnb.frames.columns import SUMMARY, Scalar
from eicnb.frames.frame import Frame
from eicnb.model.function import LATEST
from eicnb.model.trail import DELAY
from eicnb.model.verbs import Operation
from eicnb.redaction.warn import warn

READ_IN_FULL = "read_in_full"
"""The attr with the places that a refresh read in full and the reasons, as JSON; None if there are none."""

Place = tuple[str | None, str]

_MOST_LOOKUPS = 32

_SHORT_TIMEOUTS = {"connect_timeout": 5, "read_timeout": 20, "retries": 2}
"""The options of requests to CloudTrail: if it does not respond, the place is read in full."""


def refresh(
    earlier: Any,
    connections: Sequence[Aws],
    *,
    rate: Any = None,
    errors: Any = "raise",
    show: Show,
    line: str = "%eic audit",
    list_line: str = "%eic functions",
    patience: Patience = PATIENCE,
    buckets: Buckets = BUCKETS,
    now: Callable[[], datetime] = utc_now,
) -> Frame:
    """Bring an audit up to date; the arguments are those of `eicnb.refresh`."""
    check_choice("errors", errors, ("raise", "rows"))
    frame = frame_in(earlier, "refresh")
    attrs, started_at = frame.attrs, now()
    scope = _scope(attrs, rate)
    with UsageError.about("refresh"):
        rows = rows_in(frame, connections)
    is_whole = attrs.get("rows") == len(frame)
    named = check_regions(attrs.get("regions"))
    tally = Tally()
    with Quotas(buckets, scope.rate) as quotas:
        fresh = _Freshening(
            rows=_by_place(rows),
            scope=scope,
            is_whole=is_whole,
            known_until=_moment(attrs.get(KNOWN_UNTIL), started_at),
            now=started_at,
            quotas=quotas,
            tally=tally,
            patience=patience,
        )
        running = Audit(
            connections=[with_region(aws, named) for aws in connections],
            regions=named,
            scope=scope,
            earlier=Earlier.of_rows(rows, is_whole=is_whole, is_everywhere=False, purpose="refresh"),
            patience=patience,
            buckets=buckets,
            now=now,
            freshen=fresh.of,
            tally=tally,
        )
        lines = Lines(line, list_line, connections[0].known_region)
        try:
            return finished(running, show, frame, errors=errors, lines=lines, again="refresh", more=fresh.attrs)
        finally:
            fresh.warn()


def _scope(attrs: Mapping[Any, Any], rate: Any) -> Scope:
    """Return the scope of the earlier audit, with another rate."""
    if attrs.get("selected") == CHOSEN:
        raise UsageError(
            "the functions of this audit were chosen by a callable, which the frame does not store",
            hint="audit again: eicnb.audit(functions=…)",
        )
    scope = Scope.parse(functions=None, qualifiers=attrs.get("qualifiers", "configured"), rate=rate)
    return replace(scope, selection=Selection.from_attr(attrs.get("selected")))


def _moment(text: Any, now: datetime) -> datetime | None:
    """Return the time in an attr; None unless it is a past time with a time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None and moment <= now else None


def _by_place(rows: Sequence[Row]) -> Mapping[Place, Mapping[str | None, list[Row]]]:
    """Return the rows by account and region, then by function; None has those about the place itself."""
    found: dict[Place, dict[str | None, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row["account_id"], row["region"]][row["function_name"]].append(row)
    return found


@dataclass(slots=True, kw_only=True)
class _Freshening:
    """The rows of an earlier audit that are still valid, determined place by place.

    `full` has the reason for each place that must be read in full.
    """

    rows: Mapping[Place, Mapping[str | None, list[Row]]]
    scope: Scope
    is_whole: bool
    known_until: datetime | None
    now: datetime
    quotas: Quotas
    tally: Tally
    patience: Patience
    full: dict[Place, str] = field(default_factory=dict)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_LOOKUPS))

    async def of(self, place: AccountRegion, home: Home) -> EarlierRegion:
        """Return the unchanged functions of a place, or none if it must be read in full."""
        named = self.rows.get(place.key, {})
        if not named and self.is_whole and (None, home.region) not in self.rows:
            return EarlierRegion(facts={})  # the place had no functions
        try:
            return await self._unchanged(place, home, named)
        except UnusableTrail as unusable:
            self.full[place.key] = str(unusable)
        except Exception as error:  # noqa: BLE001 # whatever the error, the place is read in full
            self.full[place.key] = f"CloudTrail could not be read: {failure(error)[1].splitlines()[0]}"
        return EarlierRegion(facts={})

    async def _unchanged(
        self, place: AccountRegion, home: Home, named: Mapping[str | None, list[Row]]
    ) -> EarlierRegion:
        every = [row for its in named.values() for row in its]
        if not every or not self.is_whole or any(row["scan_state"] != "ok" for row in every):
            raise UnusableTrail(INCOMPLETE)
        read_at = {str(name): min((row["read_at"] for row in its), key=_missing_first) for name, its in named.items()}
        known = KnownFunctions.of(read_at, self.known_until, self.now)
        account_id, region = place.key
        reader = TrailReader(
            home=home,
            aws=place.aws.derived(region=region, options=_SHORT_TIMEOUTS),
            known=known,
            now=self.now,
            most_pages=len(every),
            turns=self.quotas.of(account_id, region, Operation.LOOKUP_EVENTS.service, usual_rate=place.aws.usual_rate),
            tally=self.tally,
            room=self.room,
            has_aliases=any(not (row["qualifier"] == LATEST or row["qualifier"].isdecimal()) for row in every),
            patience=self.patience.throttled,
        )
        unchanged = read_at.keys() - await reader.changed()
        return EarlierRegion(settled=frozenset(unchanged), facts={name: self._facts(named[name]) for name in unchanged})

    def _facts(self, rows: Sequence[Row]) -> Facts:
        return facts_in(rows, has_all_versions=self.scope.wants_all_qualifiers)

    def attrs(self) -> Mapping[str, Scalar]:
        """Return the attrs of a refreshed audit, including the summary for its caption."""
        until = self.now - DELAY
        places = [
            {"account_id": account_id, "region": region, "reason": reason}
            for (account_id, region), reason in sorted(self.full.items())
        ]
        return {
            KNOWN_UNTIL: until.isoformat(),
            READ_IN_FULL: json.dumps(places) if places else None,
            SUMMARY: "; ".join([f"known until {until:%Y-%m-%d %H:%M} UTC", *self._in_words()]),
        }

    def _in_words(self) -> list[str]:
        return [f"{_counted(len(self.full))} read in full"] if self.full else []

    def warn(self) -> None:
        """Warn about the places that were read in full, once for each reason."""
        by_reason: dict[str, list[Place]] = defaultdict(list)
        for place, reason in sorted(self.full.items()):
            by_reason[reason].append(place)
        for reason, places in by_reason.items():
            account_id, region = places[0]
            more = f" and {_counted(len(places) - 1)} more" if len(places) > 1 else ""
            were = "were" if len(places) > 1 else "was"
            warn(f"{region} of account {account_id}{more} {were} read in full: {reason}")


def _counted(number: int) -> str:
    return "1 region" if number == 1 else f"{number} regions"


def _missing_first(time: datetime | None) -> tuple[bool, Any]:
    """Return the sort key of a time; a missing one counts as the earliest."""
    return (time is not None, time or 0)
