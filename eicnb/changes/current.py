"""The current config of a function, version or alias, or the reason why it is unknown."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Literal, Self

from eicnb.aws.connection import Connection
from eicnb.changes.change import is_same
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.changes.similar import similar_function, similar_qualifier
from eicnb.errors import AccessDenied, EicError, NotFound, sentence
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import Operation


def no_function(name: str, region: str) -> str:
    """Word the error about a missing function."""
    return f"there is no function {name!r} in {region}"


def no_qualifier(name: str, qualifier: str | None) -> str:
    """Word the error about a missing version or alias of an existing function."""
    return f"there is no version or alias {qualifier!r} of {name}"


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing function, version or alias, and the error about it."""

    what: Literal["function", "qualifier"]
    error: NotFound


def missing(
    connection: Connection, subject: FunctionRef, not_found: NotFound, *, suggests: bool = True
) -> Missing | None:
    """Determine whether the function, version or alias is missing; return None if only the config is.

    AWS has one error for all three, so the function is requested, then the version or alias. If the caller may not read
    those, only the config counts as missing. With `suggests`, the hint is the existing name that is most similar.
    """
    function = subject.without_qualifier()
    try:
        connection.pages(Request("list", function))
    except NotFound:
        similar = similar_function(connection, function) if suggests else None
        hint = similar or "%eic functions"
        return Missing("function", _worded(not_found, no_function(str(function), connection.region), hint))
    except AccessDenied:
        pass
    if subject.qualifier in {None, LATEST}:
        return None
    named = {"FunctionName": str(function), "Qualifier": subject.qualifier}
    try:
        next(iter(connection.listing("lambda", Operation.GET_CONFIGURATION, 1, **named)), None)
    except AccessDenied:
        return None
    except NotFound:
        similar = similar_qualifier(connection, function, subject.qualifier) if suggests else None
        hint = similar or f"%eic audit --functions {function.function_name} --qualifiers all"
        return Missing("qualifier", _worded(not_found, no_qualifier(str(function), subject.qualifier), hint))
    return None


def _worded(not_found: NotFound, message: str, hint: str) -> NotFound:
    """Reword AWS's error, with the original as its cause."""
    error = NotFound(
        message,
        operation=not_found.operation,
        code=not_found.code,
        region=not_found.region,
        request_id=not_found.request_id,
        place=not_found.place,
        hint=hint,
    )
    error.__cause__ = not_found
    return error


@dataclass(frozen=True, slots=True)
class Live:
    """The current config, if there is one.

    `error` is the reason why the config is unknown, or reports that the function or qualifier is `missing`.
    """

    config: ReportedConfig | None = None
    error: EicError | None = None
    missing: Missing | None = None

    @classmethod
    def read(cls, connection: Connection, subject: FunctionRef, *, suggests: bool = True) -> Self:
        """Read the current config, or determine what is missing.

        >>> Live.read(connection, FunctionRef("my-function", "BLUE")).config.maximum_retry_attempts
        0
        """
        try:
            return cls(connection.current_config(subject))
        except NotFound as not_found:
            return cls._without_config(connection, subject, not_found, suggests=suggests)
        except EicError as error:
            return cls(error=error)

    @classmethod
    def _without_config(
        cls, connection: Connection, subject: FunctionRef, not_found: NotFound, *, suggests: bool
    ) -> Self:
        try:
            found = missing(connection, subject, not_found, suggests=suggests)
        except EicError as error:
            return cls(error=error)
        return cls(error=found.error, missing=found) if found else cls()

    def with_options(self, connection_options: ConnectionOptions) -> Live:
        """Add the options of a connection to the commands in its hint."""
        if self.missing is None or not connection_options.is_complete:
            return self
        error = copy(self.missing.error)
        error.hint = connection_options.added_to(error.hint or "")
        return replace(self, error=error, missing=replace(self.missing, error=error))

    @property
    def is_missing(self) -> bool:
        """Whether the function itself does not exist."""
        return self.missing is not None and self.missing.what == "function"

    @property
    def trouble(self) -> str:
        """The reason why nothing can be written, or "" unless the function or qualifier is missing."""
        return sentence(self.missing.error) if self.missing else ""

    @property
    def unread(self) -> str:
        """The reason why the config is unknown, as a sentence, or "" if it is known."""
        return sentence(self.error) if self.error is not None and self.missing is None else ""

    def is_as(self, other: Live) -> bool:
        """Return whether the config is unchanged: same settings, and neither created nor deleted."""
        return not (self.unread or other.unread) and is_same(self.config, other.config)
