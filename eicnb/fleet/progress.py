"""The progress of an audit as events, independent of how they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eicnb.model.age import brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of an audit, or of a layer of `check`.

    `functions_known` grows until `is_listed`: from then on every list of functions is complete. `throttles` counts
    responses of 429. `seconds_left` follows from the rate; None while it is unknown. `is_over` marks the last event,
    which comes once however the audit ends. `what` names what is counted, if it is not functions;
    it may be counted without `regions`.
    """

    functions_done: int
    functions_known: int
    regions_done: int
    regions: int
    calls: int
    throttles: int
    seconds: float
    seconds_left: float | None
    is_listed: bool = True
    is_over: bool = False
    what: str = "functions"

    @property
    def calls_a_second(self) -> float:
        """The requests a second since the start."""
        return self.calls / self.seconds if self.seconds > 0 else 0.0

    def __str__(self) -> str:
        known = f"{'' if self.is_listed else 'at least '}{self.functions_known}"
        functions = f"{self.functions_done} of {known} {self.what}"
        if not self.is_listed and not self.functions_known:
            functions = "listing functions"
        throttles = f", {self.throttles} throttled" if self.throttles else ""
        left = "" if self.is_over or self.seconds_left is None else f", {brief(self.seconds_left)} left"
        end = f" in {brief(self.seconds)}" if self.is_over else ""
        regions = f", {self.regions_done} of {self.regions} regions" if self.regions else ""
        return f"{functions}{regions}, {self.calls_a_second:.1f} calls/s{throttles}{left}{end}"


Show = Callable[[Progress], object]
"""Draws an event; called in the thread that started the audit."""
