"""The replay of a frame of records, with a dry run, a limit, a confirmation and a canary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from eicnb.aws.http.rate_limit import BUCKETS
from eicnb.aws.paced_requests import Quotas
from eicnb.changes import journal
from eicnb.changes.change import count
from eicnb.changes.conditions import Conditions, Size, Unconfirmed, confirm
from eicnb.changes.interrupts import Stop
from eicnb.changes.journal_event import EventEntry
from eicnb.changes.progress import WriteProgress
from eicnb.changes.reach import Reachable
from eicnb.errors import IncompleteReplay, ReplayInterrupted, UsageError
from eicnb.fleet.failed_events.columns import REPLAY_OUTCOMES, restored
from eicnb.fleet.failed_events.polling import SKEW, RecordPoll, readable_sources
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.failed_events.replay_rows import OutletReader, ReplayRow, names_of, rows_to_replay
from eicnb.fleet.failed_events.replayer import EventOutcome, Replayer, untried
from eicnb.frames.columns import SUMMARY, common
from eicnb.frames.frame import Frame

_SIZE = Size("the replay", "event", nothing="nothing was sent")
_UNCONFIRMED = Unconfirmed("nothing was sent", "replay the records again and reply y")
_MOST_ROWS = 5
_DONE = frozenset({"accepted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """The options of a replay.

    `keep` leaves the messages in the queue. `wait` is how many seconds the canary is watched for new failures.
    """

    to: Any
    keep: bool
    dry_run: bool
    wait: float
    conditions: Conditions
    reading: ReadOptions
    show: Callable[[WriteProgress], object]


def replay(frame: Any, options: ReplayOptions, reach: Reachable) -> Frame:
    """Send the events of a frame of records again, and return it with the outcome of each row.

    All rows are validated before the first event is sent. If an event is not accepted, raise IncompleteReplay with the
    frame as `result`. After Ctrl-C, raise ReplayInterrupted.
    """
    conditions = options.conditions
    with Quotas(BUCKETS, options.reading.rate) as quotas:
        reader = OutletReader(options.reading)
        rows = rows_to_replay(frame, options.to, reach, _earlier(), reader)
        sent = [row for row in rows if row.is_sent]
        refused = {row.number: EventOutcome("refused", row.refusal) for row in rows if not row.is_sent}
        if rows and not sent:
            raise _none_to_send(rows)
        if options.dry_run:
            planned = {row.number: EventOutcome("not tried") for row in sent}
            return _frame(
                frame, rows, {**planned, **refused}, reach, dry_run=True, summary=f"would send {_by_function(sent)}"
            )
        _SIZE.check(len(sent), rows=len(rows), limit=conditions.limit)
        if conditions.confirms and sent:
            confirm(f"About to send {_by_function(sent)}. Send them?", conditions.ask, _UNCONFIRMED)
        with journal.one_run() as run, Stop() as stop:
            replayer = Replayer(
                reading=options.reading,
                quotas=quotas,
                stop=stop,
                keep=options.keep,
                total=len(sent),
                show=options.show,
            )
            try:
                _send(replayer, sent, options, reader)
            except BaseException as error:
                error.add_note(f"Outcomes of the replay: {_in_words(_outcomes(sent, replayer, refused))}.")
                raise
    outcomes = _outcomes(sent, replayer, refused)
    if sent:
        options.show(replayer.progress(is_over=True))
    result = _frame(frame, rows, outcomes, reach, summary=_in_words(outcomes))
    result.attrs["run"] = run
    if stop.is_interrupted:
        raise ReplayInterrupted(f"the replay was stopped: {_in_words(outcomes)}", result)
    if any(outcome.word not in _DONE for outcome in outcomes.values()):
        raise _incomplete(rows, outcomes, result)
    return result


def _earlier() -> Sequence[EventEntry]:
    return () if journal.FOLDER.path() is None else journal.read().events


def _none_to_send(rows: Sequence[ReplayRow]) -> UsageError:
    """Return the error about a frame in which every row is refused."""
    reasons = Counter((row.refusal, row.hint, row.argument) for row in rows)
    (reason, hint, argument), number = reasons.most_common(1)[0]
    others = f" ({number} of {len(rows)} rows)" if len(rows) > 1 else ""
    error = UsageError(
        f"none of the events can be sent: {reason}{others}; nothing was sent", hint=hint or "choose other records"
    )
    error.argument = argument or None
    return error


def _send(replayer: Replayer, rows: Sequence[ReplayRow], options: ReplayOptions, reader: OutletReader) -> None:
    """Send the canary, then the rest unless the canary was not accepted or failed again."""
    conditions = options.conditions
    if conditions.canary:
        sent_at = datetime.now(UTC)
        replayer.send(rows, most=conditions.canary)
        tried = [row for row in rows if row.number in replayer.outcomes]
        rest = len(rows) - len(tried)
        if not rest or replayer.is_over:
            return
        if any(replayer.outcomes[row.number].word not in _DONE for row in tried):
            replayer.reason = "the canary was not fully accepted"
            return
        replayer.reason, words = _failed_again(replayer, tried, options, reader, sent_at)
        if not replayer.reason and not conditions.ask(
            f"{count(len(tried), 'event')} accepted as the canary, and {words}. Send the other {rest}? [y/N] "
        ):
            replayer.reason = "stopped after the canary"
        if replayer.reason:
            return
    replayer.send(rows)


def _failed_again(
    replayer: Replayer, tried: Sequence[ReplayRow], options: ReplayOptions, reader: OutletReader, sent_at: datetime
) -> tuple[str, str]:
    """Watch for new records about the canary; return a reason to stop, or a phrase for the question."""
    names = {replayer.outcomes[row.number].request_id or "": row for row in tried}
    sources = readable_sources(
        [(row.connection, row.target, reader.known.get(row.target)) for row in tried],
        replayer.quotas,
        options.reading,
    )
    if not sources or not options.wait:
        return "", "whether they fail again is unknown"
    poll = RecordPoll(sources, replayer.quotas, replace(options.reading, since=sent_at - SKEW))
    try:
        for found in poll.records(names, options.wait):
            if found.record.condition != "Success":
                row = names[found.record.request_id or ""]
                why = ": ".join(filter(None, [found.record.error_type, found.record.error_message]))
                return f"the canary failed again: {row.name}{f' ({why})' if why else ''}", ""
    except KeyboardInterrupt:
        replayer.stop.interrupt()
        return "stopped after the canary", ""
    return "", f"none of them failed again within {options.wait:g} s"


def _outcomes(
    sent: Sequence[ReplayRow], replayer: Replayer, refused: Mapping[int, EventOutcome]
) -> dict[int, EventOutcome]:
    return {**untried(sent, replayer.outcomes, replayer.reason), **replayer.outcomes, **refused}


def _by_function(rows: Sequence[ReplayRow]) -> str:
    """Return how many events go to each function, in words.

    >>> _by_function([])
    '0 events'
    """
    counts = Counter(names_of(rows))
    places = ", ".join(f"{number} to {name}" for name, number in counts.most_common())
    return f"{count(len(rows), 'event')}{f': {places}' if places else ''}"


def _in_words(outcomes: Mapping[int, EventOutcome]) -> str:
    counts = Counter[str](outcome.word for outcome in outcomes.values())
    return ", ".join(f"{counts[word]} {word}" for word in REPLAY_OUTCOMES if counts[word]) or "nothing to send"


def _frame(
    frame: Any,
    rows: Sequence[ReplayRow],
    outcomes: Mapping[int, EventOutcome],
    reach: Reachable,
    *,
    summary: str,
    dry_run: bool = False,
) -> Frame:
    """Return the records with their outcomes, and with unchanged payloads."""
    result = restored(frame)
    in_order = [outcomes[number] for number in range(len(result))]
    result["outcome"] = pd.array([outcome.word for outcome in in_order], dtype="string")
    result["error"] = pd.array([outcome.error or None for outcome in in_order], dtype="string")
    counts = Counter[str](outcome.word for outcome in in_order)
    targets = [row.target for row in rows if row.target]
    result.attrs = {
        "verb": "replay",
        "account_id": common([target.account_id for target in targets], reach.homes[0].account_id),
        "region": common([target.region for target in targets], reach.homes[0].region),
        "sandbox": reach.sandbox,
        "dry_run": dry_run,
        **{word.replace(" ", "_"): counts[word] for word in REPLAY_OUTCOMES},
        SUMMARY: summary,
    }
    return result


def _incomplete(rows: Sequence[ReplayRow], outcomes: Mapping[int, EventOutcome], result: Frame) -> IncompleteReplay:
    wrong = [
        f"    {name}, message {row.message_id}: {outcome.word}{f': {outcome.error}' if outcome.error else ''}"
        for row, name in zip(rows, names_of(rows), strict=True)
        if (outcome := outcomes[row.number]).word not in _DONE
    ]
    more = [f"    and {len(wrong) - _MOST_ROWS} more"] if len(wrong) > _MOST_ROWS else []
    hints = [row.hint for row in rows if row.hint]
    error = IncompleteReplay(
        "\n".join(
            [
                f"not all events were accepted: {_in_words(outcomes)}",
                *(line.replace("\n", " ") for line in wrong[:_MOST_ROWS]),
                *more,
                "The error has the frame as `result`.",
            ]
        ),
        hint=hints[0] if hints else "check the outcome and the error of each row in the frame",
    )
    error.result = result
    return error
