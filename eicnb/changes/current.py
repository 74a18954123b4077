"""The config that is live for one function and qualifier, or why nothing is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from eicnb.aws.connection import Connection
from eicnb.changes.change import settings_of
from eicnb.errors import AccessDenied, EicError, NotFound, sentence
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import Operation


@dataclass(frozen=True, slots=True)
class Live:
    """What AWS has: a config, none, or trouble in words; `is_missing` is whether there is no such function.

    `error` is the trouble as it was raised.
    """

    config: ReportedConfig | None = None
    trouble: str = ""
    is_missing: bool = False
    error: EicError | None = None

    @classmethod
    def read(cls, connection: Connection, subject: FunctionRef) -> Self:
        """Ask AWS; a function without a config and one that does not exist have the same answer, so it asks again.

        >>> from eicnb.model.function import FunctionRef
        >>> Live.read(connection, FunctionRef("my-function", "BLUE")).config.maximum_retry_attempts
        0
        """
        function, qualifier = subject.without_qualifier(), subject.qualifier
        try:
            return cls(connection.reported(Request("get", function, qualifier)))
        except NotFound:
            return cls._without_config(connection, subject)
        except EicError as error:
            return cls(trouble=sentence(error), error=error)

    @classmethod
    def _without_config(cls, connection: Connection, subject: FunctionRef) -> Self:
        function = subject.without_qualifier()
        try:
            connection.pages(Request("list", function))
        except NotFound as error:
            there = f"there is no function {str(function)!r} in {connection.region}. Try: a name of the list"
            return cls(trouble=f"{there[:1].upper()}{there[1:]}", is_missing=True, error=error)
        except EicError as error:
            return cls(trouble=sentence(error), error=error)
        return cls() if subject.qualifier in {None, LATEST} else cls._of_qualifier(connection, subject)

    @classmethod
    def _of_qualifier(cls, connection: Connection, subject: FunctionRef) -> Self:
        """No config, or no such version or alias; who may not ask which of the two hears of none."""
        named = {"FunctionName": str(subject.without_qualifier()), "Qualifier": subject.qualifier}
        try:
            next(iter(connection.listing("lambda", Operation.GET_CONFIGURATION, 1, **named)), None)
        except AccessDenied:
            return cls()
        except NotFound as error:
            missing = _no_such_qualifier(error, subject)
            return cls(trouble=sentence(missing), error=missing)
        except EicError as error:
            return cls(trouble=sentence(error), error=error)
        return cls()

    def is_as(self, other: Live) -> bool:
        """Whether nobody changed a setting in between, made the config or removed it."""
        same_existence = (self.config is None) == (other.config is None)
        return same_existence and settings_of(self.config) == settings_of(other.config)


def _no_such_qualifier(error: NotFound, subject: FunctionRef) -> NotFound:
    """AWS's answer, which speaks of a function that is not found, in words that fit."""
    name = str(subject.without_qualifier())
    missing = NotFound(
        f"there is no version or alias {subject.qualifier!r} of {name}",
        operation=error.operation,
        code=error.code,
        region=error.region,
        request_id=error.request_id,
        place=error.place,
        hint="a version or an alias that the function has, or none for $LATEST",
    )
    missing.__cause__ = error
    return missing
