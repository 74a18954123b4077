"""The sources of records: the queues and buckets that a text or an audit names.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.reach import Reachable
from eicnb.errors import UsageError, shown
from eicnb.fleet.checks.audited import Audited
from eicnb.model.destination import A_KIND, DestinationArn, DestinationName, destination_kind, is_fifo_destination
from eicnb.model.record_key import RECORDS
from eicnb.model.request import resolved_destination

_BUCKET = re.compile(r"(?:s3://|s3:)(?P<bucket>[^/]+)(?:/(?P<prefix>.*))?")

_PLAIN_NAME = re.compile(r"[\w.-]+")

_HINT = "name a queue, a bucket or an audit\n%eic records sqs:NAME"

ELSEWHERE = {
    "sns": "subscribe a queue to the topic, and read that\n%eic records sqs:NAME",
    "lambda": "check the function's logs, or send to a queue, which stores records\n%eic records sqs:NAME",
    "events": "check the targets of its rules: a rule can send to a queue\n%eic records sqs:NAME",
}
"""The hint for each kind of destination that stores no records."""


_WITH_KNOWN_DESTINATIONS = {"ok", "gone"}

_INCOMPLETE = "the audit is incomplete there"


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A queue or a bucket, the connection that reads it, and the prefix of a bucket's keys."""

    arn: DestinationArn
    connection: Connection
    prefix: str = RECORDS

    def __str__(self) -> str:
        return f"s3://{self.arn.name}" if self.arn.kind == "s3" else str(self.arn)


def source_of(value: Any, reach: Reachable) -> RecordSource:
    """Return the queue or bucket that a text or a destination names, or raise UsageError.

    >>> str(source_of("sqs:shop-failures", Reachable.of([connection])))
    'arn:aws:sqs:us-east-1:123456789012:shop-failures'

    If no connection reaches the queue's account, the first one is used, since the queue's policy may allow it.
    """
    with UsageError.about("source"):
        value, prefix = _with_prefix(value)
        if isinstance(value, str):
            _refuse_fifo(value)
            _refuse_plain_name(value)
        if not isinstance(value, str | DestinationArn | DestinationName):
            raise UsageError(f"{shown(value)} is neither a queue, a bucket nor an audit", hint=_HINT)
        arn = _resolved(value, reach)
        if arn.kind in ELSEWHERE:
            raise UsageError(
                f"{A_KIND[arn.kind]} stores nothing, so {arn.name} has no records to read", hint=ELSEWHERE[arn.kind]
            )
        return RecordSource(arn, _connection_for(arn, reach), prefix)


def _with_prefix(value: Any) -> tuple[Any, str]:
    """Separate the prefix from the text of a bucket."""
    found = _BUCKET.fullmatch(value.strip()) if isinstance(value, str) else None
    return (f"s3:{found['bucket']}", found["prefix"] or RECORDS) if found else (value, RECORDS)


def _refuse_fifo(text: str) -> None:
    if is_fifo_destination(text) and not text.startswith("sns:"):
        raise UsageError(
            f"{text!r} is a FIFO queue: Lambda sends no records of asynchronous events to it",
            hint="name a standard queue\n%eic records sqs:NAME",
            culprit=text,
        )


def _refuse_plain_name(text: str) -> None:
    if _PLAIN_NAME.fullmatch(text) and text != "none":
        hint = f"sqs:{text} for a queue, s3:{text} for a bucket, or ${{audit}} for all of an audit"
        raise UsageError(f"{text!r} does not say whether it is a queue or a bucket", hint=hint, culprit=text)


def _resolved(value: str | DestinationArn | DestinationName, reach: Reachable) -> DestinationArn:
    try:
        found = value if isinstance(value, DestinationArn) else resolved_destination(reach.homes[0], value)
    except UsageError as error:
        error.hint = error.hint and error.hint.removesuffix(", or none")  # only configs can have none
        raise
    if not isinstance(found, DestinationArn):
        raise UsageError(f"{shown(value)} names neither a queue nor a bucket", hint=_HINT)
    return found


def _connection_for(arn: DestinationArn, reach: Reachable) -> Connection:
    if arn.region is None:
        return reach.connections[0]
    own = reach.at(arn.account_id, arn.region)
    return own or reach.at(reach.homes[0].account_id, arn.region) or reach.connections[0]


def sources_in(audit: Any, reach: Reachable, refuse: Callable[[str, str], object]) -> Iterator[RecordSource]:
    """Yield every queue and bucket that the functions of an audit send to, each once.

    Destinations that store no records are left out. `refuse` gets each source that can't be read, and the reason. It
    also gets each account and region that the audit could not read completely.
    """
    audited = Audited(audit, verb="records")
    done = set[str]()
    for row in range(audited.size):
        account_id, region = audited.place(row)
        if audited.states[row] not in _WITH_KNOWN_DESTINATIONS:
            place = ", ".join(filter(None, [region, account_id and f"account {account_id}"]))
            refuse(place, _INCOMPLETE if audited.function_names[row] else str(audited.errors[row]).splitlines()[0])
        for texts in (audited.on_failure, audited.on_success, audited.dead_letters):
            text = texts[row]
            if text is None or text in done or destination_kind(text) not in {"sqs", "s3"}:
                continue
            done.add(text)
            try:
                arn = DestinationArn.parse(text)
                connection = reach.at(account_id, arn.region or region)
            except UsageError as error:
                refuse(text, error.message)
                continue
            if connection is None:
                refuse(text, f"no connection reaches account {account_id}")
            else:
                yield RecordSource(arn, connection)
