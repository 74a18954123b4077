"""A row of a plan: a change and the action that it takes, or the reason why it can't be made.

Tested in tests/changes/test_plan.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from eicnb.changes.change import Change, Unread, place_of
from eicnb.changes.columns import side_of
from eicnb.errors import ConfigurationError, EicError, ExpiredCredentials, UsageError, sentence
from eicnb.model.destination import DestinationArn
from eicnb.model.function import LATEST
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig

Action = Literal["put", "delete", "none", "conflict", "refused"]

WRITTEN: tuple[Action, ...] = ("put", "delete")
"""The actions that write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """A row of a plan: a change, the action that it takes, and a reason or note.

    >>> from eicnb.model.function import FunctionRef
    >>> PlannedChange.of(Change(FunctionRef("my-function", "live"), None, None)).action
    'none'

    `change` is None for a row that names no function; only its `region` and `account_id` may be known.
    """

    change: Change | None
    action: Action
    reason: str = ""
    region: str | None = None
    account_id: str | None = None

    @classmethod
    def of(cls, change: Change, reason: str = "") -> Self:
        """Return the row of a change: a put, a delete, or none; refused if AWS would reject the put.

        The reason also notes if the change can't be undone or if a destination is in another account.
        """
        if isinstance(change.before, Unread):
            return cls.refused(change, change.before.reason)
        if not change.is_one:
            return cls._in(change, "none", reason)
        try:
            change.request()
        except UsageError as error:
            return cls.refused(change, error.message)
        notes = [reason, _not_undoable(change), _foreign(change)]
        return cls._in(change, "delete" if change.after is None else "put", "; ".join(filter(None, notes)))

    @classmethod
    def refused(cls, change: Change, reason: str) -> Self:
        """Return the row of a change that can't be planned."""
        return cls._in(change, "refused", reason)

    @classmethod
    def conflict(cls, change: Change, reason: str) -> Self:
        """Return the row of a change that is skipped because another writer changed the config."""
        return cls._in(change, "conflict", reason)

    @classmethod
    def _in(cls, change: Change, action: Action, reason: str) -> Self:
        target = change.target
        return cls(change=change, action=action, reason=reason, region=target.region, account_id=target.account_id)

    def noting(self, note: str) -> Self:
        """Return the row with one more note."""
        return replace(self, reason="; ".join(filter(None, [self.reason, note])))

    @property
    def writes(self) -> bool:
        """Whether applying the row writes a config."""
        return self.action in WRITTEN

    @property
    def subject(self) -> str:
        """The function with its qualifier, or the region if there is no function."""
        if self.change is None:
            return self.region or "no function"
        return f"{self.change.target.function_name}:{self.change.target.qualifier or LATEST}"

    @property
    def words(self) -> str:
        """The changes in a few words, or "" if there are none."""
        if self.change is None or self.action in {"none", "refused"}:
            return ""
        return self.change.words(place_of(self.change.target))

    def row(self) -> dict[str, Any]:
        """Return the row as values of `PLAN_COLUMNS`."""
        change, is_known = self.change, self.action != "refused"
        before: ReportedConfig | Unread | None = change.before if change else Unread("")
        after = change.after if change and is_known else Unread("")
        was_read = change is not None and not isinstance(before, Unread)
        return {
            "action": self.action,
            "function_name": change.target.function_name if change else None,
            "qualifier": change.target.qualifier or LATEST if change else None,
            "change": self.words or None,
            **side_of(before, "before"),
            **side_of(after, "after"),
            "configured_before": before is not None if was_read else None,
            "configured_after": None if isinstance(after, Unread) else after is not None,
            "last_modified": before.last_modified if isinstance(before, ReportedConfig) else None,
            "reason": self.reason or None,
            "region": self.region,
            "account_id": self.account_id,
            "function_arn": str(change.target) if change else None,
        }


def why_unread(error: EicError) -> str:
    """Return why a config could not be read and, for a credentials error, how to fix it.

    >>> why_unread(ConfigurationError("there are no AWS credentials", hint="aws sso login"))
    'There are no AWS credentials. Try: aws sso login'
    """
    return sentence(error) if isinstance(error, ConfigurationError | ExpiredCredentials) else error.message


def _not_undoable(change: Change) -> str:
    """Return a note if a change can't be undone, because AWS would reject the previous config today."""
    try:
        change.inverse().request()
    except EicError as error:
        return f"cannot be undone: {error.message}"
    return ""


def _foreign(change: Change) -> str:
    """Return a note about the new destinations that are in another account."""
    where: Where = place_of(change.target)
    return "; ".join(
        f"{name} is in another account: {arn.account_id}"
        for name, arn in new_destinations(change)
        if arn.account_id not in {None, where.account_id}
    )


def new_destinations(change: Change) -> Iterator[tuple[str, DestinationArn]]:
    """Yield each destination that a change newly sets, preceded by the name of its setting.

    >>> from eicnb.model.function import FunctionRef
    >>> list(new_destinations(Change(FunctionRef("my-function", "live"), None, None)))
    []
    """
    for setting in change.settings():
        if setting.name in {"on_failure", "on_success"} and setting.is_one and setting.after is not None:
            yield setting.name, DestinationArn.parse(setting.after)
