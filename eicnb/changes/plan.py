"""A plan: the changes of many configs as one value, which is shown, saved, applied and undone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any, Self

from eicnb.aws.connection import Connection
from eicnb.changes import plan_display, plan_file
from eicnb.changes.change import Change
from eicnb.changes.columns import PLAN_COLUMNS
from eicnb.changes.export.command_lines import change_line
from eicnb.changes.planned import Action, PlannedChange
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import Scalar, common
from eicnb.frames.frame import Frame, to_frame
from eicnb.frames.view import VIEW

ACTIONS: tuple[Action, ...] = ("put", "delete", "none", "conflict", "refused")
"""The actions of a plan's rows."""


class PlanApplier:
    """The function that applies a plan on the connection in use; the client sets it with `choose`."""

    def __init__(self) -> None:
        self._apply: Callable[..., Frame] | None = None

    def choose(self, apply: Callable[..., Frame]) -> None:
        """Apply with this function from now on, and give `Plan.apply` its parameters, for `help` and Tab."""
        self._apply = apply
        own = signature(apply)
        plan, *others = own.parameters.values()
        parameters = [plan.replace(name="self"), *others]
        Plan.apply.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # `inspect` reads it

    def __call__(self, plan: Plan, **arguments: Any) -> Frame:
        assert self._apply is not None, "`eicnb.plan`, `eicnb.undo` and `eicnb.Plan` import what sets it"
        return self._apply(plan, **arguments)


APPLYING = PlanApplier()
"""The process's way to apply a plan."""


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """The changes of many configs, as a tuple of frozen rows; nothing is written before it is applied.

    >>> from eicnb.model.function import FunctionRef
    >>> arn = "arn:aws:lambda:us-east-1:123456789012:function:my-function:live"
    >>> plan = Plan.of([Change(FunctionRef.parse(arn), None, None)])
    >>> len(plan), plan.frame.action.tolist(), plan.lines()
    (0, ['none'], [])

    `len` counts the changes. `sandbox` is whether the configs were read in the embedded AWS. `about` is shown above the
    table and states what the plan is for; `notes` are shown below it. `connections` are those that were named when the
    plan was made, and they apply it; without any, it is the connection in use. None of the three is saved, pickled or
    compared.
    """

    rows: tuple[PlannedChange, ...]
    sandbox: bool = False
    about: str = field(default="", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    connections: tuple[Connection, ...] = field(default=(), compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only the content: a connection has credentials."""
        return type(self), (self.rows, self.sandbox)

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
            "account_id": common(row.account_id for row in self.rows if row.account_id),
            "region": common(row.region for row in self.rows if row.region),
            "sandbox": self.sandbox,
            "plan": self.id,
            **{action: counts[action] for action in ACTIONS},
        }

    @property
    def id(self) -> str:
        """The plan's short name, which follows from its content."""
        return plan_file.plan_id(plan_file.digest_of(self.rows, sandbox=self.sandbox))

    @property
    def summary(self) -> str:
        """What the plan does in numbers, and where."""
        return plan_display.summary(self.rows, self.id, sandbox=self.sandbox)

    def text(self, most: int | None = None) -> str:
        """Return the table of the changes as text, all or so many."""
        return plan_display.to_text(self.rows, self._words, len(self.rows) if most is None else most)

    def __repr__(self) -> str:
        return self.text(_most_rows())

    def _repr_html_(self) -> str:
        return plan_display.to_html(self.rows, self._words, _most_rows() or len(self.rows))

    @property
    def _words(self) -> plan_display.PlanWords:
        return plan_display.PlanWords(self.summary, self.about, self.notes)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save the plan as a JSON file that a reviewer can read, and return its path.

        >>> import tempfile
        >>> path = Plan(()).save(f"{tempfile.mkdtemp()}/plan.json")
        >>> Plan.load(path) == Plan(())
        True

        The file has a digest, by which `load` finds accidental edits; it is no signature. It holds no profile, endpoint
        or credential.
        """
        file = _path(path)
        plan_file.save(plan_file.to_text(self.rows, sandbox=self.sandbox), file)
        return file

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a plan that `save` wrote.

        A file that was edited, is damaged or has another version of the format is a UsageError. A plan of another
        account is refused when it is applied.
        """
        return cls(*plan_file.load(_path(path)))

    def apply(self, **arguments: Any) -> Frame:
        """Write the changes and return the frame with the outcome of each row.

        The arguments are those of `eicnb.apply`. Each config is read and compared immediately before it is written.
        """
        return APPLYING(self, **arguments)

    def lines(self) -> list[str]:
        """Return the `%eic` lines that make the changes, each with its region."""
        return [f"%eic {change_line(change)}" for change in self.changes]


def _most_rows() -> int | None:
    """Return the most rows of a display; None for all."""
    rows = VIEW.current().rows
    return rows if isinstance(rows, int) else None


def _path(path: Any) -> Path:
    if not isinstance(path, str | os.PathLike) or "\0" in str(path):
        raise UsageError(f"the path is {shown(path)}", hint='plan.save("plan.json")')
    return Path(path)
