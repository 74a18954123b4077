"""The progress of the writes of a plan, independent of how it is drawn.

Tested in tests/changes/test_apply_plan.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from eicnb.model.age import brief


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteProgress:
    """The progress of the writes of a plan.

    >>> print(WriteProgress(done=30, total=100, applied=28, unchanged=0, seconds=6.0))
    30 of 100 changes, 2 not applied, 5.0 a second, 14 s left

    `unchanged` are changes that had been made before. `is_over` marks the last event.
    """

    done: int
    total: int
    applied: int
    unchanged: int
    seconds: float
    is_over: bool = False

    def __str__(self) -> str:
        other = self.done - self.applied - self.unchanged
        words = [f"{self.done} of {self.total} changes"]
        words += [f"{other} not applied"] if other else []
        rate = self.done / self.seconds if self.seconds > 0 else 0.0
        words += [f"{rate:.1f} a second"]
        if rate and not self.is_over and self.done < self.total:
            words.append(f"{brief((self.total - self.done) / rate)} left")
        return f"{', '.join(words)}{f' in {brief(self.seconds)}' if self.is_over else ''}"
