"""The verbs `plan`, `apply` and `undo`, on the connection in use or on several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eicnb.changes.plan import Plan
from eicnb.client.connections import current
from eicnb.client.eic import Eic, connection_of
from eicnb.client.parameters import checked
from eicnb.client.planning import apply, connections_of, plan_bound_to, plan_on
from eicnb.client.undoing import undo_on
from eicnb.fleet.progress import Choice

__all__ = ["Plan", "apply", "plan", "undo"]


@checked
def plan(
    desired: Any, *, rate: float | None = None, progress: Choice = True, connections: Iterable[Eic] | None = None
) -> Plan:
    """Compare the configs that a DataFrame describes with the current ones; return the plan of changes.

    >>> desired = eic.audit(progress=False)
    >>> desired.loc[desired.function_name == "newsletters", "on_failure"] = "sqs:shop-failures"
    >>> plan(desired, progress=False).lines()  # doctest: +ELLIPSIS
    ['%eic put arn:aws:lambda:us-east-1:123456789012:function:newsletters:$LATEST --on-failure ... --region us-east-1']

    The frame names functions by `function_arn`, or by `function_name` with `qualifier`, `region` and `account_id` where
    they are not the connection's, and has some of the four settings as columns. A setting without a column stays as it
    is; `<NA>` is not set. A row without any setting is an empty config if `configured` is True, and else none: its
    config is deleted. Destinations are written as in `put`; `sqs:NAME` is in the row's account and region. All other
    columns are ignored.

    What pandas damages in files (floats, lost zeros, qualifiers read as numbers) is repaired if the ARN shows what it
    was, and else is a UsageError that names row and column, as any wrong value is. Rows that can't be planned are
    refused, with a reason: unread rows, functions that no longer exist, accounts out of reach.

    `rate` is calls a second in each account and region. Without `connections` it is the connection in use, in every
    region of its account. Nothing is written before the plan is applied.
    """
    if connections is None:
        return plan_on([connection_of(current())], desired, rate=rate, progress=progress)
    return plan_bound_to(connections_of(connections), desired, rate=rate, progress=progress)


@checked
def undo(what: Any = None, *, functions: str | Sequence[str] | None = None) -> Plan:
    """Return the plan that restores what the last run changed; nothing is written before it is applied.

    >>> _ = eic.update("my-function:BLUE", maximum_retry_attempts=1)
    >>> undo().frame["change"].tolist()
    ['retries 1 -> 0']

    `what` is a run (`"r-…"`), rows of the journal, or a time (`"2026-11-25 14:00"`, in UTC unless it has a zone, or
    `"2h"` ago), whose configs are restored: also those that were deleted, and those that did not exist. The last run
    is the latest one in the account of the connection in use that was not refused as a whole; undoing an undo redoes
    it. `functions` are names and globs (`"shop-*"`).

    The current configs are read. One that another writer changed since is a `conflict`. A write in another account or
    sandbox is `refused`, and so is one that did not read the config before it (with `;`, `--quiet` or `--output`). If
    the outcome of a write is unknown, the current config decides. Without anything to undo, the plan is empty.
    """
    return undo_on(connection_of(current()), what, functions)
