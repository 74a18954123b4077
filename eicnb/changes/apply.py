"""Writes, rehearsed or sent: the resulting configs, and a line about the change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any

from eicnb.aws.connection import Connection, Pages
from eicnb.aws.failures import NO_CONFIG
from eicnb.aws.retries import certainly_not_sent, may_have_arrived
from eicnb.changes.change import NOT_READ, WRITES, Change, Unread, place_of, settings_of, target_of
from eicnb.changes.current import missing
from eicnb.changes.export.command_lines import line_without_config
from eicnb.changes.journal import recorded
from eicnb.changes.lost_responses import Lost, settle, with_doubt
from eicnb.changes.role import explain_role
from eicnb.changes.waiting import Say, patiently, silently
from eicnb.errors import AwsError, ConfigurationError, EicError, NotFound, UsageError
from eicnb.frames.columns import CONFIG_COLUMNS, NEXT_TOKEN, Scalar
from eicnb.frames.frame import Frame, config_row, to_frame
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import CONFIGS, Operation

CONFIRMED = "confirmed by reading"
"""The note about a write whose response was lost but whose config shows that it arrived."""

_MOST_MERGES = 4

_TURNS = tuple(Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a write or its rehearsal: the configs in the response, and a line.

    The line is worded only when it is needed. If `is_confirmed`, the response was lost and reading the config confirmed
    the write.
    """

    configs: Sequence[ReportedConfig]
    word: Callable[[], str]
    is_confirmed: bool = False

    @property
    def line(self) -> str:
        """A line about what changed and where."""
        return self.word()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A complete request, and the previous config."""

    request: Request
    before: ReportedConfig | Unread | None

    @property
    def change(self) -> Change:
        """The change that the request makes to the config."""
        return Change.of(self.request, self.before)


def rehearse(connection: Connection, request: Request, *, must: bool = True) -> Applied:
    """Return what a put, update or delete would change, without writing.

    >>> rehearse(connection, connection.request("delete", "my-function:BLUE")).line
    'delete my-function:BLUE  retries 0 -> 2 (default), age 1h -> 6h (default)  us-east-1  123456789012  SANDBOX'

    A missing function or qualifier is NotFound. If the current config can't be read, it is an error unless `must` is
    False.
    """
    prepared = prepare(connection, request, must=must, finds_missing=True)
    change = prepared.change
    if isinstance(change.before, ReportedConfig):
        where = place_of(change.before.function, sandbox=connection.is_sandbox)
    else:
        where = connection.where()
    word = partial(change.line, where, prepared.request.verb)
    if change.after is not None:
        return Applied([replace(change.after, function=_placed(change.target, where))], word)
    return Applied([change.before] if isinstance(change.before, ReportedConfig) else [], word)


def write(connection: Connection, request: Request, *, reads: bool = True, say: Say = silently) -> Applied:
    """Send a put, update or delete.

    >>> write(connection, connection.request("update", "my-function:BLUE", maximum_retry_attempts=1)).line
    'update my-function:BLUE  retries 0 -> 1  us-east-1  123456789012  SANDBOX'

    The current config is read first; if that fails, the write is sent anyway. With `reads=False`, a write that does not
    depend on the current config is a single request. If the request has to wait, `say` gets a line about it.
    """
    if not request.wait:
        return _write(connection, request, reads=reads)
    return patiently(partial(_write, connection, request, reads=reads), seconds=request.wait, say=say)


def _write(connection: Connection, request: Request, *, reads: bool) -> Applied:
    if request.keeps_other_destination:
        return _write_merged(connection, request)
    if not (reads or request.verb == "delete" or request.creates):
        return apply(connection, Prepared(request, NOT_READ))
    return apply(connection, prepare(connection, request))


def prepare(connection: Connection, request: Request, *, must: bool = False, finds_missing: bool = False) -> Prepared:
    """Read the current config, and complete a request that preserves part of it.

    An update or delete without a config is NotFound, as it is when sent. With `finds_missing`, so is a put to a missing
    function or qualifier. A config that can't be read is an error only if it `must` be readable.
    """
    before: ReportedConfig | Unread | None
    try:
        before = connection.current_config(target_of(request))
    except NotFound as error:
        tolerant = request.verb == "put" or request.missing_ok or request.creates
        if not tolerant or finds_missing or request.missing_ok:
            explained = _explained(connection, request, error)
            if not tolerant or explained is not error:
                raise explained from error.__cause__
        before = None
    except EicError as error:
        if must:
            raise
        before = _unread(error, request)
    request = _completed(request, before)
    return Prepared(request, before)


def send_as_the_cli(connection: Connection, request: Request, *, say: Say = silently) -> Pages:
    """Send a request with botocore's own retries, as the AWS CLI does, and return the pages.

    A write reads the current config only if it depends on it, so most of these writes cannot be undone. An error states
    what may have reached AWS. A delete with `missing_ok` returns an empty response if there is no config.
    """
    try:
        if request.verb not in WRITES:
            return connection.pages(request)
        return patiently(partial(_write_as_the_cli, connection, request), seconds=request.wait, say=say)
    except NotFound as error:
        _hinted(request, error)
        if not request.missing_ok:
            raise
        if (explained := _explained(connection, request, error)) is not error:
            raise explained from error.__cause__
        return [{}], None
    except EicError as error:
        explain_role(connection, request, error, reads=False)
        raise


def _write_as_the_cli(connection: Connection, request: Request) -> Pages:
    if not (request.keeps_other_destination or request.creates):
        return _written_as_the_cli(connection, Prepared(request, NOT_READ))
    with _turn(connection, request):
        return _written_as_the_cli(connection, prepare(connection, request))


def _written_as_the_cli(connection: Connection, prepared: Prepared) -> Pages:
    """Record a write and send it with botocore's own retries."""
    request = prepared.request
    with recorded(connection, request.verb, lambda: prepared.change) as recording:
        try:
            pages, token = connection.pages(request)
        except EicError as error:
            doubtful = with_doubt(error, request)
            if doubtful is error:
                raise
            recording.is_doubtful = True
            raise doubtful from error.__cause__ or error
        recording.applied(None if request.verb == "delete" else ReportedConfig.from_api(pages[0]))
    return pages, token


def _completed(request: Request, before: ReportedConfig | Unread | None) -> Request:
    if before is None and request.creates:
        request = replace(request, verb="put")
    if isinstance(before, ReportedConfig) and request.keeps_other_destination:
        return request.keeping(before)
    return replace(request, keeps_other_destination=False) if request.keeps_other_destination else request


def _unread(error: EicError, request: Request) -> Unread:
    """Return the reason why the config is unknown; raise if the write would fail for the same reason."""
    if not _may_still_write(error):
        raise _as_error_of_the_write(error, request) from error.__cause__
    return Unread(type(error).__name__ if isinstance(error, AwsError) else error.message)


def _as_error_of_the_write(error: EicError, request: Request) -> EicError:
    """Reword the error of a read that was not sent, to say that the write was not sent either."""
    of_the_read = f"{Operation.GET} was not sent: "
    if error.message.startswith(of_the_read):
        why = error.message.removeprefix(of_the_read)
        error.message = f"{request.operation} was not sent, so nothing was written: {why}"
        error.args = (error.message,)
    return error


def _may_still_write(error: EicError) -> bool:
    """Return whether a write may succeed although the read before it failed with this error."""
    unreachable = error.__cause__ is not None and certainly_not_sent(error.__cause__)
    return not (unreachable or isinstance(error, ConfigurationError | UsageError))


def apply(connection: Connection, prepared: Prepared) -> Applied:
    """Send a prepared request; if the response is lost, read the config to find out whether it arrived."""
    request, before = prepared.request, prepared.before
    if request.verb == "delete" and before is None:
        return Applied([], partial(_worded, connection, prepared, []))
    sent_at, is_confirmed, refusal = time.time(), False, None
    configs: Sequence[ReportedConfig] = []
    with recorded(connection, request.verb, lambda: prepared.change) as recording:
        try:
            configs = connection.send(request)
        except EicError as error:
            if may_have_arrived(error):
                recording.is_doubtful = True
                settled = settle(connection, Lost(request, prepared.change, error, sent_at))
                configs, is_confirmed = settled.configs, settled.is_confirmed
            else:
                refusal = error
                recording.refused(error)
        if refusal is None:
            recording.applied(next(iter(configs), None))
    if refusal is not None and not (request.missing_ok and isinstance(refusal, NotFound)):
        raise _reworded(connection, request, refusal)
    if request.verb == "delete" and isinstance(before, ReportedConfig) and refusal is None:
        configs = [before]
    words = [CONFIRMED] if is_confirmed else []
    return Applied(configs, partial(_worded, connection, prepared, configs, *words), is_confirmed)


def _reworded(connection: Connection, request: Request, refusal: EicError) -> EicError:
    """Extend AWS's error by what is missing: the function, the config or a permission of the role."""
    if not isinstance(refusal, NotFound):
        explain_role(connection, request, refusal)
        return refusal
    explained = _explained(connection, request, refusal)
    explained.__cause__ = refusal.__cause__
    return explained


def _worded(connection: Connection, prepared: Prepared, configs: Sequence[ReportedConfig], *words: str) -> str:
    """Return the line of a write: the change, the place, and further words."""
    where = place_of(configs[0].function, sandbox=connection.is_sandbox) if configs else _known_where(connection)
    return "  ".join([prepared.change.line(where, prepared.request.verb), *words])


def _write_merged(connection: Connection, request: Request) -> Applied:
    """Send an update of one destination, and resend it if another update overwrote it meanwhile.

    To AWS, both destinations are one setting, and there is no conditional write. Updates in this process wait for one
    another. Another process that read before this write and wrote after it would restore the old value.
    """
    with _turn(connection, request):
        for _ in range(_MOST_MERGES):
            started = time.monotonic()
            prepared = prepare(connection, request)
            applied = apply(connection, prepared)
            if _lasts(connection, request, prepared.change, time.monotonic() - started):
                return applied
    raise EicError(
        f"other updates reverted this one {_MOST_MERGES} times: {applied.line}",
        hint="set both destinations in one update",
    )


def _turn(connection: Connection, request: Request) -> Lock:
    """Return the lock that updates of a single destination of this config share."""
    key = (connection.region, request.function.function_name, target_of(request).qualifier)
    return _TURNS[hash(key) % len(_TURNS)]


def _lasts(connection: Connection, request: Request, change: Change, seconds: float) -> bool:
    """Wait for other updates in flight, then return whether the written destination is still set.

    Another update takes about as long as this one did, which determines the wait.
    """
    destinations = request.config.destination_config if request.config else None
    name = "on_failure" if getattr(destinations, "on_failure", None) is not None else "on_success"
    before, after = settings_of(change.before)[name], settings_of(change.after)[name]
    if isinstance(change.before, Unread) or before == after:
        return True
    time.sleep(min(max(3 * seconds, 0.05), 2))
    try:
        return bool(settings_of(connection.current_config(change.target))[name] != before)
    except EicError:
        return True


def _explained(connection: Connection, request: Request, error: NotFound) -> NotFound:
    """Return an error that names what is missing: the function, the qualifier or only the config."""
    try:
        found = missing(connection, target_of(request), error)
    except EicError:
        return _hinted(request, error)
    return found.error if found else _hinted(request, error)


def _hinted(request: Request, error: NotFound) -> NotFound:
    """Give the error a line to type as its hint if AWS reports that only the config is missing."""
    if NO_CONFIG in error.message:
        error.hint = line_without_config(request)
    return error


def _placed(function: FunctionRef, where: Where) -> FunctionRef:
    return replace(function, partition=where.partition, region=where.region, account_id=where.account_id, marked=True)


def _known_where(connection: Connection) -> Where:
    """Return the place of the connection as far as it is known without a request."""
    account_id = connection.known_account_id or ""
    return Where(partition="", region=connection.region, account_id=account_id, sandbox=connection.is_sandbox)


def sent(connection: Connection, request: Request) -> Frame:
    """Send a get or list and return its rows.

    If a list was truncated, `attrs` has the `next_token`. NotFound states whether the function, the qualifier or only
    the config is missing.

    >>> sent(connection, connection.request("get", "my-function:BLUE")).qualifier.item()
    'BLUE'
    """
    try:
        if request.verb != "list":
            return config_frame(connection, connection.send(request), request.verb)
        pages, token = connection.pages(request)
    except NotFound as error:
        raise _explained(connection, request, error) from error.__cause__
    configs = [ReportedConfig.from_api(config) for page in pages for config in page[CONFIGS]]
    frame = config_frame(connection, configs, request.verb)
    if token := token or (pages[-1].get("NextMarker") if pages else None):
        frame.attrs[NEXT_TOKEN] = token
    return frame


def config_frame(connection: Connection, configs: Iterable[ReportedConfig], verb: str) -> Frame:
    """Return reported configs as the frame of a verb.

    >>> config_frame(connection, [], "list").attrs["region"]
    'us-east-1'
    """
    rows = [config_row(config) for config in configs]
    return to_frame(rows, CONFIG_COLUMNS, frame_attrs(connection, rows, verb))


def frame_attrs(connection: Connection, rows: Sequence[Mapping[str, Any]], verb: str) -> dict[str, Scalar]:
    """Return the attrs of a frame: verb, account, region and whether it is from the sandbox."""
    account_id = rows[0]["account_id"] if rows else connection.known_account_id
    return {
        "verb": verb,
        "account_id": account_id,
        "region": connection.region,
        "sandbox": connection.is_sandbox,
    }
