"""The journal: every write is recorded before it is sent, and again with its outcome.

All writes go through `recorded`. The journal never contains a credential: it stores only the scheme, host and port of
an endpoint, and masks anything in an error message that looks like a secret.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import platformdirs

from eicnb.aws.connection import Connection
from eicnb.aws.retries import may_have_arrived
from eicnb.changes import journal_file
from eicnb.changes.change import Change
from eicnb.changes.journal_entry import JournalEntry, Site, WriteOutcome, parse
from eicnb.changes.journal_event import EVENT_VERBS, EventEntry
from eicnb.errors import ConfigurationError, EicError
from eicnb.model.function import FunctionRef
from eicnb.model.place import partition_of
from eicnb.model.reported import ReportedConfig
from eicnb.redaction.debug_log import without_secrets
from eicnb.redaction.warn import warn

OFF = "off"
"""The value of the setting `journal` that disables it."""

_WITHOUT = "name another folder, or write without a journal\n%env EICNB_JOURNAL=off"

_run: ContextVar[str | None] = ContextVar("eicnb_run", default=None)

_sandboxes: WeakKeyDictionary[object, str] = WeakKeyDictionary()
_sandboxes_lock = threading.Lock()


class JournalFolder:
    """The folder of the journal; `choose` registers the function that returns the setting."""

    def __init__(self) -> None:
        self._setting: Callable[[], str | None] = lambda: None

    def choose(self, setting: Callable[[], str | None]) -> None:
        """Register the function that returns the setting."""
        self._setting = setting

    def path(self) -> Path | None:
        """Return the folder, by default in the user's state directory, or None if the journal is off."""
        chosen = self._setting()
        if chosen == OFF:
            return None
        if chosen:
            try:
                return Path(chosen).expanduser().absolute()
            except RuntimeError as error:
                raise ConfigurationError(f"there is no home folder for {chosen!r}", hint=_WITHOUT) from error
        return platformdirs.user_state_path("eicnb", appauthor=False) / "journal"


FOLDER = JournalFolder()
"""The folder of this process's journal."""


@contextmanager
def one_run() -> Iterator[str]:
    """Group the writes inside into one run, unless they are already in one, and yield its id.

    >>> with one_run() as outer, one_run() as inner:
    ...     outer == inner, outer[:2]
    (True, 'r-')
    """
    current = _run.get()
    if current is not None:
        yield current
        return
    token = _run.set(f"r-{secrets.token_hex(5)}")
    try:
        yield _run.get() or ""
    finally:
        _run.reset(token)


class Unrecorded:
    """A write in flight while the journal is off."""

    is_doubtful = False

    def applied(self, config: ReportedConfig | None) -> None:
        """Ignore that AWS accepted the write."""

    def refused(self, error: EicError) -> None:
        """Ignore that AWS rejected the write."""


@dataclass(slots=True)
class Recording(Unrecorded):
    """The record of a write in flight.

    If the outcome is not recorded explicitly, the error decides: `failed` if AWS rejected the write, otherwise
    `unknown`. Once a response was lost, the write `is_doubtful`, and a later rejection proves nothing.
    """

    entry: JournalEntry
    is_doubtful: bool = False

    def applied(self, config: ReportedConfig | None) -> None:
        """Record that AWS accepted the write, and the config that it reported."""
        self.entry = self.entry.ended("applied")
        if config is not None:
            self.entry = self.entry.reported(config)

    def refused(self, error: EicError) -> None:
        """Record that AWS rejected the write, so nothing changed."""
        self.entry = self.entry.ended("failed", without_secrets(error.message))

    def outcome_of(self, error: BaseException | None) -> JournalEntry:
        """Return the write with its outcome, derived from the error if it is not known."""
        if self.entry.outcome != "unknown":
            return self.entry
        if not isinstance(error, EicError):
            return self.entry.ended("unknown", f"stopped by {type(error).__name__} before the response")
        outcome: WriteOutcome = "unknown" if self.is_doubtful or may_have_arrived(error) else "failed"
        return self.entry.ended(outcome, without_secrets(error.message))


@contextmanager
def recorded(connection: Connection, verb: str, change: Callable[[], Change]) -> Iterator[Unrecorded]:
    """Record a write before the request inside is sent, and its outcome afterwards.

    If the write cannot be recorded, it is not sent, and a ConfigurationError is raised. If its outcome cannot be
    recorded, there is a warning.
    """
    folder = FOLDER.path()
    if folder is None:
        yield Unrecorded()
        return
    with one_run() as run:
        recording = Recording(_entry(connection, run, verb, change()))
        _begin(folder, recording.entry)
        try:
            yield recording
        except BaseException as error:
            if why := _end(connection, folder, recording.outcome_of(error)):
                error.add_note(why)
            raise
        if why := _end(connection, folder, recording.outcome_of(None)):
            warn(why)


@dataclass(slots=True)
class EventRecording:
    """The record of an event in flight; if its outcome is not recorded explicitly, the error decides."""

    entry: EventEntry | None

    def accepted(self, request_id: str) -> None:
        """Record that Lambda accepted the event."""
        if self.entry is not None:
            self.entry = replace(self.entry.ended("applied"), request_id=request_id)

    def not_deleted(self, why: str) -> None:
        """Record that the message of an accepted event could not be deleted."""
        if self.entry is not None:
            self.entry = self.entry.ended(self.entry.outcome, f"accepted, but not deleted: {without_secrets(why)}")

    def failed(self, error: BaseException) -> None:
        """Record an error; if the event was already accepted, the error is about its message."""
        if self.entry is None:
            return
        if self.entry.outcome == "applied":
            self.not_deleted(getattr(error, "message", "") or f"stopped by {type(error).__name__}")
        elif isinstance(error, EicError):
            outcome: WriteOutcome = "unknown" if may_have_arrived(error) else "failed"
            self.entry = self.entry.ended(outcome, without_secrets(error.message))
        else:
            self.entry = self.entry.ended("unknown", f"stopped by {type(error).__name__} before the response")


@contextmanager
def recorded_event(
    connection: Connection, verb: str, target: FunctionRef, *, source: str | None = None, message_id: str | None = None
) -> Iterator[EventRecording]:
    """Record an event before it is sent inside, and its outcome afterwards, but never its payload.

    If the event cannot be recorded, it is not sent, and a ConfigurationError is raised. If its outcome cannot be
    recorded, there is a warning.
    """
    folder = FOLDER.path()
    if folder is None:
        yield EventRecording(None)
        return
    with one_run() as run:
        entry = EventEntry(
            identity=secrets.token_hex(8),
            run=run,
            time=datetime.now(UTC),
            verb=verb,
            target=target,
            by=connection.aws.known_identity_arn,
            site=site_of(connection),
            source=source,
            message_id=message_id,
        )
        recording = EventRecording(entry)
        _begin(folder, entry)
        try:
            yield recording
        except BaseException as error:
            recording.failed(error)
            if why := _end(connection, folder, recording.entry or entry):
                error.add_note(why)
            raise
        if why := _end(connection, folder, recording.entry or entry):
            warn(why)


def _entry(connection: Connection, run: str, verb: str, change: Change) -> JournalEntry:
    site = site_of(connection)
    target = _placed(connection, change, site.region)
    return JournalEntry(
        identity=secrets.token_hex(8),
        run=run,
        time=datetime.now(UTC),
        verb=verb,
        change=replace(change, target=target),
        by=connection.aws.known_identity_arn,
        site=site,
    )


def _placed(connection: Connection, change: Change, region: str | None) -> FunctionRef:
    """Add the region and account to the function, if the account is known without a request."""
    if isinstance(change.before, ReportedConfig):
        return change.before.function.without_qualifier().with_qualifier(change.target.qualifier)
    target, account_id = change.target, change.target.account_id or connection.known_account_id
    if account_id is None or region is None:
        return target
    partition = target.partition or partition_of(region)
    return replace(target, partition=partition, region=region, account_id=account_id, marked=True)


def site_of(connection: Connection) -> Site:
    """Return the AWS endpoint and region of a connection; each sandbox is a separate site.

    >>> site_of(connection).sandbox == site_of(connection.derive(region="eu-west-1")).sandbox
    True
    """
    region = connection.described()["region"]
    if connection.server is not None:
        with _sandboxes_lock:
            return Site(region=region, sandbox=_sandboxes.setdefault(connection.server, f"s-{secrets.token_hex(5)}"))
    if (endpoint_url := connection.aws.called_endpoint_url) is None:
        return Site(region=region)
    url = urlsplit(endpoint_url)
    return Site(region=region, endpoint=f"{url.scheme}://{url.netloc.rpartition('@')[2]}")


def _begin(folder: Path, entry: JournalEntry | EventEntry) -> None:
    try:
        journal_file.append(folder, entry.intent(), is_synced=True)
    except OSError as error:
        message = f"nothing was written: the journal in {folder} cannot be written: {_reason(error)}"
        raise ConfigurationError(message, hint=_WITHOUT) from error
    except BaseException:
        with suppress(OSError):
            not_sent = entry.ended("failed", "stopped before it was sent")
            journal_file.append(folder, not_sent.result(), is_synced=False)
        raise


def _end(connection: Connection, folder: Path, entry: JournalEntry | EventEntry) -> str:
    """Record the outcome; return a message if that fails, otherwise ""."""
    try:
        ended = replace(entry, by=connection.aws.known_identity_arn)
        journal_file.append(folder, ended.result(), is_synced=False)
    except OSError as error:
        return (
            f"the outcome of the {entry.verb} of {entry.target.function_name}, {entry.outcome}, could not be "
            f"recorded in the journal in {folder}, which shows it as unknown: {_reason(error)}"
        )
    return ""


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


@dataclass(frozen=True, slots=True)
class Entries:
    """The writes in the journal, newest first, and counts of what could not be read.

    `events` are the events that were sent to functions, also newest first.
    """

    entries: tuple[JournalEntry, ...]
    damaged_lines: int
    unread_files: int
    events: tuple[EventEntry, ...] = ()


def read() -> Entries:
    """Read the user's whole journal; ConfigurationError if it is off or is not a folder."""
    folder = FOLDER.path()
    if folder is None:
        raise ConfigurationError("the journal is off", hint="%env EICNB_JOURNAL=")
    found: dict[str, JournalEntry | EventEntry] = {}
    damaged = unread = 0
    try:
        for lines in journal_file.lines(folder):
            if lines is None:
                unread += 1
                continue
            damaged += sum(not _take(line, found) for line in lines if line)
    except OSError as error:
        message = f"the journal in {folder} cannot be read: {_reason(error)}"
        raise ConfigurationError(message, hint="name the folder itself in EICNB_JOURNAL") from error
    newest_first = sorted(found.values(), key=lambda entry: entry.time, reverse=True)
    return Entries(
        tuple(entry for entry in newest_first if isinstance(entry, JournalEntry)),
        damaged,
        unread,
        tuple(entry for entry in newest_first if isinstance(entry, EventEntry)),
    )


def _take(line: str, found: dict[str, JournalEntry | EventEntry]) -> bool:
    """Add a line to the entries found so far; return False if it is damaged."""
    try:
        content = parse(line)
        identity = content["id"]
        if "outcome" not in content:
            kind = EventEntry if content.get("verb") in EVENT_VERBS else JournalEntry
            found[identity] = kind.from_intent(content)
        elif identity in found:
            found[identity] = found[identity].with_result(content)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True
