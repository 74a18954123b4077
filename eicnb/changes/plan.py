"""A plan: the changes of many configs as one value, which is shown, saved, applied and undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from eicnb.changes.change import Change
from eicnb.changes.columns import PLAN_COLUMNS
from eicnb.changes.export.command_lines import change_line
from eicnb.changes.planned import Action, PlannedChange
from eicnb.frames.columns import SEVERAL, Scalar
from eicnb.frames.frame import Frame, to_frame

ACTIONS: tuple[Action, ...] = ("put", "delete", "none", "conflict", "refused")
"""The actions of a plan's rows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of many configs, as a tuple of frozen rows; nothing is written before it is applied.

    >>> from eicnb.model.function import FunctionRef
    >>> arn = "arn:aws:lambda:us-east-1:123456789012:function:my-function:live"
    >>> plan = Plan.of([Change(FunctionRef.parse(arn), None, None)])
    >>> len(plan), plan.frame.action.tolist(), plan.lines()
    (0, ['none'], [])

    `len` counts the changes. `sandbox` is whether the configs were read in the embedded AWS.
    """

    rows: tuple[PlannedChange, ...]
    sandbox: bool = False

    @classmethod
    def of(cls, changes: Iterable[Change | PlannedChange], *, sandbox: bool = False) -> Self:
        """Return the plan of some changes; rows that are planned already stay as they are."""
        rows = (change if isinstance(change, PlannedChange) else PlannedChange.of(change) for change in changes)
        return cls(tuple(rows), sandbox)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        return True

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that applying the plan would write, in its order."""
        return tuple(row.change for row in self.rows if row.writes and row.change is not None)

    @property
    def frame(self) -> Frame:
        """The rows as a DataFrame with `PLAN_COLUMNS`."""
        return to_frame([row.row() for row in self.rows], PLAN_COLUMNS, self.attrs("plan"))

    def attrs(self, verb: str) -> dict[str, Scalar]:
        """Return the attrs of a frame about the plan: where it is, and how many rows have which action."""
        counts = Counter(row.action for row in self.rows)
        return {
            "verb": verb,
            "account_id": _one_of(row.account_id for row in self.rows),
            "region": _one_of(row.region for row in self.rows),
            "sandbox": self.sandbox,
            **{action: counts[action] for action in ACTIONS},
        }

    def lines(self) -> list[str]:
        """Return the `%eic` lines that make the changes, each with its region."""
        return [f"%eic {change_line(change)}" for change in self.changes]


def _one_of(values: Iterable[str | None]) -> str | None:
    """Return the value that all have in common, or `several`; None without values."""
    different = [value for value in dict.fromkeys(values) if value is not None]
    return different[0] if len(different) == 1 else SEVERAL if different else None
