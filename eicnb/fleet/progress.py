"""How far an audit is, as events; who draws them is not known here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eicnb.model.age import brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an audit is.

    `functions_known` grows until every list is read. `throttles` counts answers of 429. `seconds_left` follows from
    the rate; None while it is not known. `is_over` marks the last event, which comes once however the audit ends.
    """

    functions_done: int
    functions_known: int
    regions_done: int
    regions: int
    calls: int
    throttles: int
    seconds: float
    seconds_left: float | None
    is_over: bool = False

    @property
    def calls_a_second(self) -> float:
        """Calls a second since the start."""
        return self.calls / self.seconds if self.seconds > 0 else 0.0

    def __str__(self) -> str:
        regions = f"{self.regions_done} of {self.regions} regions"
        throttles = f", {self.throttles} throttled" if self.throttles else ""
        left = "" if self.is_over or self.seconds_left is None else f", {brief(self.seconds_left)} left"
        end = f" in {brief(self.seconds)}" if self.is_over else ""
        return (
            f"{self.functions_done} of {self.functions_known} functions, {regions}, "
            f"{self.calls_a_second:.1f} calls/s{throttles}{left}{end}"
        )


Show = Callable[[Progress], object]
"""Draws an event; called in the thread that asked for the audit."""
