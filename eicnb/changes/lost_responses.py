"""Writes whose response was lost: confirmed by reading the config, sent again, or an error."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from eicnb.aws.connection import Connection
from eicnb.aws.retries import may_have_arrived
from eicnb.changes.change import Change, Unread, described, place_of, settings_of, target_of
from eicnb.errors import EicError, NotFound
from eicnb.model.function import LATEST
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request

_PAUSES = (0.2, 1.0)
"""The seconds to wait before the second and the third attempt."""

_CLOCK_SKEW = timedelta(minutes=5)
"""The largest difference between the clocks with which AWS still accepts a request."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A write that may have arrived: its request, its change, its error, and when it was sent."""

    request: Request
    change: Change
    error: EicError
    sent_at: float

    @property
    def cause(self) -> BaseException:
        """The exception of botocore that caused the error."""
        return self.error.__cause__ or self.error


@dataclass(frozen=True, slots=True)
class Settled:
    """The configs of a successful write; `is_confirmed` if only a later read confirmed it."""

    configs: Sequence[ReportedConfig]
    is_confirmed: bool


def settle(connection: Connection, lost: Lost) -> Settled:
    """Find out whether a write arrived; while the config is unchanged, resend it at most twice."""
    for pause in _PAUSES:
        now = _read(connection, lost)
        if _is_done(lost, now):
            return Settled([now] if now else [], is_confirmed=True)
        lost = _unchanged(lost, now)
        time.sleep(pause)
        try:
            return Settled(connection.send(lost.request), is_confirmed=False)
        except EicError as error:
            if isinstance(error, NotFound) and lost.request.verb == "delete":
                return Settled([], is_confirmed=True)
            if not may_have_arrived(error):
                message = f"{error.message}; before that the response to {_words(lost.request)} was lost"
                raise _doubtful(error, message, lost.request) from lost.cause
            lost = replace(lost, error=error)
    now = _read(connection, lost)
    if _is_done(lost, now):
        return Settled([now] if now else [], is_confirmed=True)
    _unchanged(lost, now)
    times = len(_PAUSES) + 1
    raise _doubtful(
        lost.error,
        f"{_words(lost.request)} was sent {times} times, each response was lost ({lost.error.message}), "
        "and the config has not changed",
        lost.request,
    ) from lost.cause


def _read(connection: Connection, lost: Lost) -> ReportedConfig | None:
    try:
        return connection.current_config(lost.change.target)
    except NotFound:
        return None
    except EicError as error:
        raise _doubtful(
            lost.error,
            f"{_loss(lost.error, lost.request)}, and the config can't be read to find out whether it arrived "
            f"({error.message}); this may have reached AWS: {_phrases(lost)}",
            lost.request,
        ) from lost.cause


def _is_done(lost: Lost, now: ReportedConfig | None) -> bool:
    """Return whether the config has the settings of the request; False if eicnb does not know them all."""
    if lost.change.after is None or now is None:
        return lost.change.after is None and now is None
    requested, found = settings_of(lost.change.after), settings_of(now)
    return not lost.request.more and all(requested[name] == found[name] for name in lost.request.given())


def _unchanged(lost: Lost, now: ReportedConfig | None) -> Lost:
    """Return the write with its previous config; raise if another writer has changed the config."""
    before = lost.change.before
    if isinstance(before, Unread):
        sent = datetime.fromtimestamp(lost.sent_at, UTC)
        is_old = now is not None and now.last_modified is not None and now.last_modified < sent - _CLOCK_SKEW
        if is_old:
            return replace(lost, change=replace(lost.change, before=now))
        why = "the config differs from the request, and was not read before the write"
        raise _overwritten(lost, now, why) from lost.cause
    if now == before:
        return lost
    raise _overwritten(lost, now, "another writer changed the config meanwhile") from lost.cause


def _overwritten(lost: Lost, now: ReportedConfig | None, why: str) -> EicError:
    return _doubtful(
        lost.error,
        f"{_loss(lost.error, lost.request)}, and {why}: it is now {described(now, _where(lost, now))}; "
        f"this may have reached AWS before: {_phrases(lost)}",
        lost.request,
    )


def with_doubt(error: EicError, request: Request) -> EicError:
    """Return the error of a write that botocore retried, extended by what may have reached AWS.

    If a retried delete finds no config, the earlier attempt may have deleted it.
    """
    if isinstance(error, NotFound):
        response = getattr(error.__cause__, "response", {})
        if request.verb != "delete" or not response.get("ResponseMetadata", {}).get("RetryAttempts"):
            return error
        message = f"{error.message}; an earlier attempt, whose response was lost, may have deleted it"
        return _doubtful(error, message, request)
    if not may_have_arrived(error):
        return error
    sent = described(request.config, place_of(request.function), request.given()) if request.config else "the delete"
    return _doubtful(error, f"{_loss(error, request)}; this may have reached AWS: {sent}", request)


def _loss(error: EicError, request: Request) -> str:
    return f"the response to {_words(request)} was lost ({error.message})"


def _words(request: Request) -> str:
    target = target_of(request)
    return f"the {request.verb} of {target.function_name}:{target.qualifier}"


def _phrases(lost: Lost) -> str:
    where = _where(lost, None)
    return ", ".join(setting.phrase(where) for setting in lost.change.settings() if setting.is_one) or "no change"


def _where(lost: Lost, now: ReportedConfig | None) -> Where:
    known = now or lost.change.before
    return place_of(known.function if isinstance(known, ReportedConfig) else lost.change.target)


def _doubtful(error: EicError, message: str, request: Request) -> EicError:
    """Return a copy of the error, same class and details, with a message about the whole write."""
    doubtful = copy.copy(error)
    doubtful.message, doubtful.args = message, (message,)
    target = target_of(request)
    qualifier = "" if target.qualifier in {None, LATEST} else f" --qualifier {target.qualifier}"
    doubtful.hint = f"%eic get {target.without_qualifier()}{qualifier}"
    return doubtful
