"""The progress of the writes of a plan, independent of how it is drawn.

Tested in tests/changes/test_apply_plan.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from eicnb.model.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteProgress:
    """The state of the writes of a plan at one moment, worded like tqdm.

    >>> print(WriteProgress(done=30, total=100, applied=28, unchanged=0, seconds=6.0))
     30%|███       | 30/100 changes [00:06<00:14, 5.0/s, 2 not applied]

    `unchanged` counts changes that had already been made. `is_over` marks the last event. `things` and `done_with` are
    the words for what is counted.
    """

    done: int
    total: int
    applied: int
    unchanged: int
    seconds: float
    is_over: bool = False
    things: str = "changes"
    done_with: str = "applied"

    def __str__(self) -> str:
        other = self.done - self.applied - self.unchanged
        notes = (f"{other} not applied",) if other else ()
        pace = Pace(
            done=self.done, known=self.total, what="changes", seconds=self.seconds, is_over=self.is_over, notes=notes
        )
        return str(pace)
