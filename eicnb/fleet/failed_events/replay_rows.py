"""The rows of a frame of records whose events are to be replayed, and why others are refused.

Tested in tests/fleet/failed_events/test_replay.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from eicnb.aws.connection import Connection
from eicnb.changes.current import missing
from eicnb.changes.journal_event import EventEntry
from eicnb.changes.reach import Reachable
from eicnb.errors import EicError, NotFound, UsageError, shown
from eicnb.fleet.checks.concurrent_reads import CallsTo, Pacing, read_in_threads
from eicnb.fleet.checks.evidence import Unreadable
from eicnb.fleet.failed_events.columns import IS_RECORD, RECORD_COLUMNS
from eicnb.fleet.failed_events.invocations import Outlets, outlets_of
from eicnb.fleet.failed_events.source import RecordSource, source_of
from eicnb.frames.frame import rows_of
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import LARGEST_EVENT

_NEEDED = tuple(
    column
    for column in RECORD_COLUMNS
    if column.name in {"source", "message_id", "state", "function_arn", "payload_bytes"}
)

_CONDITION = tuple(column for column in RECORD_COLUMNS if column.name == "condition")

SUCCEEDED = "its event succeeded"
"""Why a record of an on-success destination is not replayed, unless the caller names the function."""

_SEND_AGAIN = "check the journal for the time, or send the event again with to= (--to)\n%eic journal --run {}"

_REACH_IT = "add a connection to that account: connections= (--organization --role ROLE, or --profiles)"

_NAME_IT = 'name it: to="my-function" (--to my-function)'


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """One row of the frame: its message, and the function that gets its event.

    `refusal` is the reason if the event must not be sent, and `argument` the argument that caused it. `is_named` is
    True if the caller named the function.
    """

    number: int
    source: RecordSource | None
    message_id: str
    target: FunctionRef | None = None
    connection: Connection | None = None
    is_named: bool = False
    refusal: str = ""
    hint: str = ""
    argument: str = ""

    @property
    def name(self) -> str:
        """The function with its qualifier, for messages."""
        return f"{self.target.function_name}:{self.target.qualifier}" if self.target else "no function"

    def refused(self, reason: str, hint: str = "", argument: str = "") -> ReplayRow:
        """Return the row with the reason why its event is not sent, unless it has one already."""
        return self if self.refusal else replace(self, refusal=reason, hint=hint, argument=argument)

    @property
    def is_sent(self) -> bool:
        """Whether the event is to be sent."""
        return not self.refusal


def names_of(rows: Sequence[ReplayRow]) -> list[str]:
    """Return the function of each row, with its region and account if these differ between the rows."""
    targets = [row.target for row in rows if row.target]
    has_regions = len({target.region for target in targets}) > 1
    has_accounts = len({target.account_id for target in targets}) > 1

    def named(row: ReplayRow) -> str:
        if row.target is None:
            return row.name
        region = row.target.region if has_regions else None
        place = ", ".join(filter(None, [region, f"account {row.target.account_id}" if has_accounts else None]))
        return f"{row.name} ({place})" if place else row.name

    return [named(row) for row in rows]


def rows_to_replay(
    frame: Any, to: Any, reach: Reachable, earlier: Iterable[EventEntry], outlets: OutletReader
) -> list[ReplayRow]:
    """Return the rows of a frame of records, with the reason if an event must not be sent.

    `earlier` are the events in the journal. `outlets` reads where functions send events. Without `to`, a function is
    invoked only if it names the source of the record, since anyone who may send to a queue can forge records.
    """
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{shown(frame)} is not a frame of records", hint='eicnb.replay(eicnb.records("sqs:NAME"))')
    target = _target(to)
    sent = {
        (entry.source, entry.message_id): entry
        for entry in earlier
        if entry.verb == "replay" and entry.may_have_arrived
    }
    done, found, sources = set[tuple[str, str]](), list[ReplayRow](), dict[str, RecordSource]()
    columns = (*_NEEDED, *(_CONDITION if "condition" in frame else ()))
    for number, row in enumerate(rows_of(frame, columns, "pass the DataFrame from `%eic records`")):
        one = _row(number, row, target, reach, sources)
        key = (str(one.source), one.message_id)
        if key in done:
            one = one.refused("the same message is in an earlier row")
        done.add(key)
        if target is None and (before := sent.get(key)) is not None:
            one = one.refused(_sent_before(before), _SEND_AGAIN.format(before.run))
        found.append(one)
    return _checked_functions(found, outlets)


def _target(to: Any) -> FunctionRef | None:
    with UsageError.about("to"):
        return None if to is None else to if isinstance(to, FunctionRef) else FunctionRef.parse(to)


def _row(
    number: int, row: dict[str, Any], to: FunctionRef | None, reach: Reachable, sources: dict[str, RecordSource]
) -> ReplayRow:
    text, message_id = row["source"], row["message_id"]
    if text is None or message_id is None:
        return ReplayRow(number, None, "").refused("it names no message: its source or message_id is missing")
    try:
        place = _without_key(text)
        source = sources[place] = sources.get(place) or source_of(place, reach)
    except UsageError as error:
        return ReplayRow(number, None, message_id).refused(error.message)
    one = _checked(ReplayRow(number, source, message_id, is_named=to is not None), row)
    if one.refusal:
        return one
    try:
        target = FunctionRef.parse(row["function_arn"]) if to is None else to
    except UsageError as error:
        return one.refused(error.message)
    return _with_target(one, target, source, reach)


def _checked(one: ReplayRow, row: dict[str, Any]) -> ReplayRow:
    """Refuse a row whose event cannot be sent to any function."""
    if row["state"] != IS_RECORD:
        return one.refused("it is not a record")
    if (size := row["payload_bytes"] or 0) > LARGEST_EVENT:
        return one.refused(f"its event has {size} bytes, but asynchronous invocations allow {LARGEST_EVENT}")
    if not one.is_named and row.get("condition") == "Success":
        return one.refused(SUCCEEDED, _NAME_IT)
    if not one.is_named and row["function_arn"] is None:
        return one.refused("a dead-letter message names no function", _NAME_IT)
    return one


def _without_key(source: str) -> str:
    """Return the source without the key of an object."""
    return f"s3:{source.removeprefix('s3://').partition('/')[0]}" if source.startswith("s3://") else source


def _with_target(one: ReplayRow, target: FunctionRef, source: RecordSource, reach: Reachable) -> ReplayRow:
    home = source.connection.where()
    placed = replace(
        target,
        qualifier=target.qualifier or LATEST,
        partition=home.partition,
        region=target.region or home.region,
        account_id=target.account_id or home.account_id,
        marked=True,
    )
    one = replace(one, target=placed)
    try:
        connection = reach.at(placed.account_id, placed.region)
    except UsageError as error:
        return one.refused(error.message)
    if connection is None:
        return one.refused(f"no connection reaches account {placed.account_id}", _REACH_IT)
    return replace(one, connection=connection)


def _sent_before(entry: EventEntry) -> str:
    return (
        f"Lambda {'accepted' if entry.outcome == 'applied' else 'may have accepted'} the event in the run {entry.run}"
    )


def _checked_functions(rows: Sequence[ReplayRow], outlets: OutletReader) -> list[ReplayRow]:
    """Refuse the rows whose function does not exist, cannot run, or does not name the source."""
    wanted = {one.target: one.connection for one in rows if one.is_sent and one.target and one.connection}
    known = outlets(wanted) if wanted else {}
    hints: dict[FunctionRef | None, str] = {}
    for one in rows:
        if one.is_sent and one.is_named and one.target not in hints:
            hints[one.target] = _similar(one, known.get(one.target))
    return [_allowed(one, known.get(one.target), hints.get(one.target, "")) if one.is_sent else one for one in rows]


def _similar(one: ReplayRow, outlets: Outlets | EicError | Unreadable | None) -> str:
    """Return the hint if the function that the caller named does not exist, or an empty text."""
    if not isinstance(outlets, NotFound) or one.connection is None or one.target is None:
        return ""
    found = missing(one.connection, one.target, outlets)
    return (found.error if found else outlets).hint or ""


def _allowed(one: ReplayRow, outlets: Outlets | EicError | Unreadable | None, hint: str) -> ReplayRow:
    name = one.name
    if isinstance(outlets, NotFound):
        return one.refused(f"{name} does not exist", hint, "to" if one.is_named else "")
    if not isinstance(outlets, Outlets):
        why = outlets.message if isinstance(outlets, EicError) else outlets.reason if outlets else "it was not read"
        return one.refused(f"{name} could not be read: {why}")
    if outlets.reserved_concurrency == 0:
        return one.refused(f"the reserved concurrency of {name} is 0, so it would fail again")
    if not one.is_named and not outlets.include(str(one.source)):
        return one.refused(
            f"neither a config nor the dead-letter queue of {name} names {one.source}, so anyone could have written it",
            _NAME_IT,
        )
    return one


@dataclass(slots=True)
class OutletReader:
    """A concurrent reader of the places that functions send events to; `known` has the results."""

    pacing: Pacing
    known: dict[FunctionRef | None, Outlets | EicError | Unreadable] = field(default_factory=dict)

    def __call__(
        self, targets: Mapping[FunctionRef, Connection]
    ) -> Mapping[FunctionRef | None, Outlets | EicError | Unreadable]:
        """Return the outlets of each function, or the error from reading them."""

        def one(target: FunctionRef, calls_to: CallsTo) -> Outlets | EicError:
            try:
                return outlets_of(calls_to(targets[target].aws, target.account_id or ""), target)
            except EicError as error:
                return error

        found = read_in_threads(self.pacing, "functions", list(targets), one)
        self.known.update({target: found[target] for target in targets})
        return self.known
