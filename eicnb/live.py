"""The config that is live for one function and qualifier, or why nothing is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from eicnb.arn import FunctionRef
from eicnb.draft import sentence
from eicnb.eic import Eic
from eicnb.errors import EicError, NotFound
from eicnb.frames import Frame
from eicnb.model import ReportedConfig
from eicnb.preview import settings_of
from eicnb.request import Request


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
    def read(cls, eic: Eic, subject: FunctionRef) -> Self:
        """Ask AWS; a function without a config and one that does not exist have the same answer, so it asks again.

        >>> from eicnb.arn import FunctionRef
        >>> Live.read(eic.derive(), FunctionRef("my-function", "BLUE")).config.maximum_retry_attempts
        0
        """
        function, qualifier = subject.without_qualifier(), subject.qualifier
        try:
            return cls(eic.reported(Request("get", function, qualifier)))
        except NotFound:
            return cls._without_config(eic, function)
        except EicError as error:
            return cls(trouble=sentence(error), error=error)

    @classmethod
    def _without_config(cls, eic: Eic, function: FunctionRef) -> Self:
        try:
            eic.pages(Request("list", function))
        except NotFound as error:
            there = f"there is no function {str(function)!r} in {eic.region}. Try: a name of the list"
            return cls(trouble=f"{there[:1].upper()}{there[1:]}", is_missing=True, error=error)
        except EicError as error:
            return cls(trouble=sentence(error), error=error)
        return cls()

    @classmethod
    def of_frame(cls, frame: Frame, verb: str) -> Self:
        """What is live after a put or a delete, by the row that it returned."""
        if verb == "delete":
            return cls()
        row: Any = frame.astype(object).where(frame.notna(), None).to_dict("records")[0]
        config = ReportedConfig(
            function=FunctionRef.parse(row["function_arn"]),
            maximum_retry_attempts=row["maximum_retry_attempts"],
            maximum_event_age_in_seconds=row["maximum_event_age_in_seconds"],
            on_failure=row["on_failure"],
            on_success=row["on_success"],
            last_modified=row["last_modified"].to_pydatetime(),
        )
        return cls(config)

    def is_as(self, other: Live) -> bool:
        """Whether nobody changed a setting in between, made the config or removed it."""
        same_existence = (self.config is None) == (other.config is None)
        return same_existence and settings_of(self.config) == settings_of(other.config)
