"""A plan: changes to many configs as one value, which can be shown, saved, applied and undone."""

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
    """The function that applies a plan on the connection in use; the client registers it with `choose`."""

    def __init__(self) -> None:
        self._apply: Callable[..., Frame] | None = None

    def choose(self, apply: Callable[..., Frame]) -> None:
        """Register the function, and give `Plan.apply` its signature for `help` and Tab."""
        self._apply = apply
        own = signature(apply)
        plan, *others = own.parameters.values()
        parameters = [plan.replace(name="self"), *others]
        Plan.apply.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # `inspect` reads it

    def __call__(self, plan: Plan, **arguments: Any) -> Frame:
        assert self._apply is not None, "`eicnb.plan`, `eicnb.undo` and `eicnb.Plan` import what sets it"
        return self._apply(plan, **arguments)


APPLYING = PlanApplier()
"""The process-wide function that applies a plan."""


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Changes to many configs, as a tuple of frozen rows; nothing is written until the plan is applied.

    >>> from eicnb.model.function import FunctionRef
    >>> arn = "arn:aws:lambda:us-east-1:123456789012:function:my-function:live"
    >>> plan = Plan.of([Change(FunctionRef.parse(arn), None, None)])
    >>> len(plan), plan.frame.action.tolist(), plan.lines()
    (0, ['none'], [])

    `len` counts the changes. `sandbox` is whether the configs were read in the embedded AWS. `about` states the purpose
    of the plan above the table; `notes` are shown below it. `connections` were passed in when the plan was made, and
    apply it; if there are none, the connection in use does. None of these three is saved, pickled or compared.
    """

    rows: tuple[PlannedChange, ...]
    sandbox: bool = False
    about: str = field(default="", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    connections: tuple[Connection, ...] = field(default=(), compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only the content, because a connection has credentials."""
        return type(self), (self.rows, self.sandbox)

    @classmethod
    def of(cls, changes: Iterable[Change | PlannedChange], *, sandbox: bool = False) -> Self:
        """Build a plan from changes or from finished rows."""
        rows = (change if isinstance(change, PlannedChange) else PlannedChange.of(change) for change in changes)
        return cls(tuple(rows), sandbox)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        return True

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that applying the plan would write, in order."""
        return tuple(row.change for row in self.rows if row.writes and row.change is not None)

    @property
    def frame(self) -> Frame:
        """The rows as a DataFrame with `PLAN_COLUMNS`."""
        return to_frame([row.row() for row in self.rows], PLAN_COLUMNS, self.attrs("plan"))

    def attrs(self, verb: str) -> dict[str, Scalar]:
        """Return the attrs of a frame about the plan: account, region, and the number of each action."""
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
        """The plan's short name, which is derived from its content."""
        return plan_file.plan_id(plan_file.digest_of(self.rows, sandbox=self.sandbox))

    @property
    def summary(self) -> str:
        """The number of each action, with the accounts and regions, in one line."""
        return plan_display.summary(self.rows, self.id, sandbox=self.sandbox)

    def text(self, most: int | None = None) -> str:
        """Return the table of changes as text, with at most `most` rows."""
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

        The file has a digest with which `load` detects accidental edits, but which is not a signature. It contains no
        profile, endpoint or credential.
        """
        file = _path(path)
        plan_file.save(plan_file.to_text(self.rows, sandbox=self.sandbox), file)
        return file

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a plan that `save` wrote.

        A file that was edited, is damaged or has another format version is a UsageError. A plan for another account is
        refused only when it is applied.
        """
        return cls(*plan_file.load(_path(path)))

    def apply(self, **arguments: Any) -> Frame:
        """Write the changes and return the frame with the outcome of each row.

        The arguments are those of `eicnb.apply`. Each config is read and compared right before it is written.
        """
        return APPLYING(self, **arguments)

    def lines(self) -> list[str]:
        """Return the `%eic` lines that make the changes, each with its region."""
        return [f"%eic {change_line(change)}" for change in self.changes]


def _most_rows() -> int | None:
    """Return the most rows that a display shows, or None for all."""
    rows = VIEW.current().rows
    return rows if isinstance(rows, int) else None


def _path(path: Any) -> Path:
    if not isinstance(path, str | os.PathLike) or "\0" in str(path):
        raise UsageError(f"the path is {shown(path)}", hint='plan.save("plan.json")')
    return Path(path)
