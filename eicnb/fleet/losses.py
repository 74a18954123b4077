"""The verb `losses`, which counts how many asynchronous events were lost in a period, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from eicnb.aws.boto import Aws
from eicnb.aws.http.sender import Tally
from eicnb.fleet.async_events import (
    DEAD_LETTER_FAILURES,
    DESTINATION_FAILURES,
    DROPPED,
    METRICS,
    Counts,
    EventCounts,
    Refused,
    read_counts,
)
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.evidence import NO_EVIDENCE, Reading, Unreadable
from eicnb.fleet.checks.reach import reaching
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import check_rate
from eicnb.frames.columns import SUMMARY, Column, Scalar, common
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.period import Period

SERIES = "series"
"""The attr with the number of lost events over time."""

_LACKING = "aliases missing from the audit count as $LATEST: audit with --qualifiers all"

Why = Literal["nowhere-to-go", "destination-fails", "kept", "no-events", "not-read"]

LOSS_COLUMNS = (
    Column("function_name", "string", "the function"),
    Column("qualifier", "string", "`$LATEST`, a version or an alias"),
    Column("received", "Int64", "events that Lambda queued; `$LATEST` has those that no other row counts"),
    Column("dropped", "Int64", "events that Lambda dropped; AWS counts them even if a destination received them"),
    Column("destination_failures", "Int64", "records that a destination did not accept"),
    Column("dead_letter_failures", "Int64", "events that the dead-letter queue did not accept"),
    Column("lost", "Int64", "events lost, at most; `<NA>`: not read, or the config changed within the period"),
    Column("lost_share", "Float64", "`lost` divided by `received`; `<NA>`: either is unknown, or none was received"),
    Column("oldest_seconds", "Int64", "age of the oldest event; `<NA>`: none, or it may be an event of another row"),
    Column(
        "why",
        "string",
        "`nowhere-to-go`: dropped events are lost; `destination-fails`; `kept`; `no-events`; `not-read`; "
        "`<NA>`: the config changed within the period",
    ),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, ending in the qualifier"),
)


def losses(
    frame: Any,
    *,
    since: Any = "7d",
    until: Any = None,
    rate: Any = None,
    show: Show,
    connections: Sequence[Aws] = (),
    now: datetime | None = None,
) -> Frame:
    """Return the losses of an audit's rows; the arguments are those of `eicnb.losses`.

    All arguments are validated before the first request. If no metric could be read at all, the error is raised, with
    the frame as its `result`.
    """
    period = Period.parse(since, until, now=now or datetime.now(UTC))
    rate = check_rate(rate)
    audit = Audited(frame, verb="losses")
    tally = Tally()
    reached = reaching(audit, connections) if audit.size else {}
    reading = Reading(audit=audit, connections=reached, rate=rate, show=show, evidence=NO_EVIDENCE, tally=tally)
    refused: Refused = {}
    counts = read_counts(reading, period, refused=refused) if audit.size else {}
    result = _to_frame(audit, counts, period, tally)
    if counts and not any(isinstance(fact, EventCounts) for fact in counts.values()):
        for error in refused.values():
            error.result = result
            raise error
    return result


def _to_frame(audit: Audited, counts: Counts, period: Period, tally: Tally) -> Frame:
    changed = set(rows(audit.changed_within(period)))
    found = [_row(audit, row, counts.get(row), is_changed=row in changed) for row in range(audit.size)]
    orders = [audit.order(row) for row in range(audit.size)]
    places = sorted(
        range(audit.size), key=lambda row: (found[row]["lost"] is None, -(found[row]["lost"] or 0), orders[row])
    )
    attrs = _attrs(audit, counts, period, tally)
    attrs[SERIES] = _series(audit, counts, {row: values["lost"] for row, values in enumerate(found)}, period)
    return to_frame([found[row] for row in places], LOSS_COLUMNS, attrs)


def _row(audit: Audited, row: int, counts: EventCounts | Unreadable | None, *, is_changed: bool) -> dict[str, Any]:
    account_id, region = audit.place(row)
    named = {
        "function_name": audit.function_names[row],
        "qualifier": audit.qualifiers[row],
        "region": region,
        "account_id": account_id,
        "function_arn": audit.function_arns[row],
    }
    if not isinstance(counts, EventCounts):
        unknown = {column.name: None for column in LOSS_COLUMNS if column.name not in named}
        return {**unknown, **named, "why": "not-read"}
    lost = None if is_changed else lost_of(audit, row, counts)
    return {
        **named,
        "received": counts.received,
        "dropped": counts.dropped,
        "destination_failures": counts.destination_failures,
        "dead_letter_failures": counts.dead_letter_failures,
        "lost": lost,
        "lost_share": lost / counts.received if lost is not None and counts.received else None,
        "oldest_seconds": counts.oldest_seconds,
        "why": why_of(audit, row, counts, lost),
    }


def lost_of(audit: Audited, row: int, counts: EventCounts) -> int:
    """Return an upper bound of a row's lost events, if its settings did not change in the period.

    Dropped events with nowhere to go are lost, and so are those that the on-failure destination or the dead-letter
    queue did not accept. The bound may be too high: AWS counts failed deliveries to an on-success destination in the
    same metric. If a row has both an on-failure destination and a dead-letter queue, one may have received what the
    other did not.
    """
    nowhere = counts.dropped if has_nowhere_to_go(audit, row) else 0
    refused = counts.destination_failures if audit.on_failure[row] else 0
    return nowhere + refused + counts.dead_letter_failures


def _series(audit: Audited, counts: Counts, lost: Mapping[int, int | None], period: Period) -> str:
    """Return the lost events over time as JSON: the start, the step in seconds, and the numbers."""
    numbers = [0] * period.most_points
    for row, number in lost.items():
        found = counts.get(row)
        for time, value in _lost_over_time(audit, row, found) if number and isinstance(found, EventCounts) else ():
            step = int((time - period.since).total_seconds() // period.step)
            numbers[min(max(step, 0), len(numbers) - 1)] += round(value)
    start = period.since.isoformat(timespec="seconds")
    return json.dumps({"start": start, "step": period.step, "lost": numbers})


def _lost_over_time(audit: Audited, row: int, counts: EventCounts) -> Iterator[tuple[datetime, float]]:
    """Yield the points of the counts that `lost_of` adds up."""
    names = [DROPPED] if has_nowhere_to_go(audit, row) else []
    names += [DESTINATION_FAILURES] if audit.on_failure[row] else []
    for name in [*names, DEAD_LETTER_FAILURES]:
        yield from counts.over_time.get(name, {}).items()


def has_nowhere_to_go(audit: Audited, row: int) -> bool:
    """Return whether a row has neither an on-failure destination nor a dead-letter queue."""
    return not audit.on_failure[row] and not audit.dead_letters[row]


def why_of(audit: Audited, row: int, counts: EventCounts, lost: int | None) -> Why | None:
    """Return why events were lost or were not; None if the settings at the time are unknown."""
    if counts.is_empty:
        return "no-events"
    if lost is None:
        return None
    if lost == 0:
        return "kept"
    return "nowhere-to-go" if has_nowhere_to_go(audit, row) else "destination-fails"


def _attrs(audit: Audited, counts: Counts, period: Period, tally: Tally) -> dict[str, Scalar]:
    since, until = (
        moment.isoformat(timespec="seconds").replace("+00:00", "Z") for moment in (period.since, period.until)
    )
    reasons = sorted({fact.reason for fact in counts.values() if isinstance(fact, Unreadable)})
    lacking = [_LACKING] if audit.places_without_aliases else []
    return {
        "verb": "losses",
        "account_id": common(audit.account_ids, audit.attrs.get("account_id")),
        "region": common(audit.regions, audit.attrs.get("region")),
        "sandbox": audit.attrs.get("sandbox"),
        "qualifiers": audit.attrs.get("qualifiers"),
        "since": since,
        "until": until,
        "period": period.step,
        "metrics": ",".join(METRICS),
        "requests": tally.calls,
        "unreadable": "; ".join(reasons) or None,
        SUMMARY: "; ".join([f"{since} to {until}", "CloudWatch lags by some minutes", *lacking, *reasons]),
    }
