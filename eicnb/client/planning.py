"""Make and apply plans on given connections, with the arguments of the public verbs.

Tested in tests/client/test_plans.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.apply_plan import apply_plan
from eicnb.changes.conditions import Ask, Conditions
from eicnb.changes.plan import APPLYING, Plan
from eicnb.changes.planning import plan_of
from eicnb.changes.progress import WriteProgress
from eicnb.changes.reach import Reachable
from eicnb.client.connections_argument import connections_of
from eicnb.client.current_connection import CURRENT_CONNECTION
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.fleet.configs import ConfigReader
from eicnb.fleet.scope import check_rate
from eicnb.frames.frame import Frame
from eicnb.redaction import masks
from eicnb.widgets.progress import show_of

_YES = frozenset({"y", "yes"})


def plan_on(connections: Sequence[Connection], desired: Any, *, rate: Any, progress: Any) -> Plan:
    """Plan the changes that give functions the configs in a frame.

    >>> len(plan_on((connection,), eic.list("my-function"), rate=10, progress=False))
    0
    """
    rate, show = check_rate(rate), show_of(progress)
    return plan_of(desired, Reachable.of(connections), ConfigReader(rate=rate, show=show))


def plan_bound_to(connections: Sequence[Connection], desired: Any, *, rate: Any, progress: Any) -> Plan:
    """Make the same plan, and bind it to these connections; `apply` uses them by default.

    >>> plan_bound_to((connection,), eic.list("my-function"), rate=10, progress=False).connections
    (Eic(SANDBOX, account_id='123456789012', region='us-east-1'),)
    """
    return replace(plan_on(connections, desired, rate=rate, progress=progress), connections=tuple(connections))


def apply_on(
    connections: Sequence[Connection],
    plan: Plan,
    *,
    limit: Any,
    canary: Any,
    confirm: Any,
    rate: Any,
    progress: Any,
    ask: Callable[[str], str],
) -> Frame:
    """Write the changes of a plan; `ask` asks the user and returns the reply.

    >>> len(apply_on((connection,), Plan(()), limit=0, canary=0, confirm=False, rate=10, progress=False, ask=input))
    0
    """
    rate = check_rate(rate)
    show: Any = show_of(progress)  # it draws the progress of writes too
    conditions = Conditions.parse(limit=limit, canary=canary, confirms=bool(confirm), ask=asking(confirm, ask))
    return apply_plan(plan, Reachable.of(connections), conditions, rate=rate, show=show)


def asking(confirm: Any, ask: Callable[[str], str]) -> Ask:
    """Return the function that asks a question; it returns None if no one can reply.

    >>> asking(lambda question: True, input)("Write it? [y/N] ")
    True
    """
    if not (confirm is None or isinstance(confirm, bool) or callable(confirm)):
        hint = "confirm=True, confirm=False, or a callable that takes a question"
        raise UsageError(f"confirm is {shown(confirm)}", hint=hint)
    if callable(confirm):
        return lambda question: bool(confirm(question))
    if confirm is False:
        return lambda _question: None

    def at_the_keyboard(question: str) -> bool | None:
        try:
            return ask(masks.printed(question)).strip().lower() in _YES
        except (EOFError, RuntimeError, OSError):
            return None

    return at_the_keyboard


@checked
def apply(
    plan: Plan | str | os.PathLike[str],
    *,
    limit: int | None = None,
    canary: int = 0,
    confirm: bool | Callable[[str], bool] | None = None,
    rate: float | None = None,
    progress: bool | Callable[[WriteProgress], object] = True,
    connections: Iterable[Any] | None = None,
) -> Frame:
    """Write the changes of a plan or plan file, and return its frame with the `outcome` of each row.

    >>> desired = eic.list("my-function").assign(maximum_retry_attempts=1)
    >>> apply(eic.plan(desired, progress=False), progress=False).outcome.tolist()
    ['applied', 'applied']

    All rows are validated before the first write. Each config is read again immediately before it is written. If it
    changed since the plan was made, the row is a `conflict`, and the config is left as it is.

    A plan with more changes than `limit` is a UsageError; the default limit is 25, or a tenth of the rows if that is
    more. `canary=3` writes three changes, reads them back and asks whether to continue; it stops if no one can reply.
    `confirm=True` asks before the first write too, `confirm=False` never asks, and a callable gets each question and
    returns whether to continue.

    Without `connections`, a plan is applied on the connections that it was made with, or else on the one in use.

    A denied request stops its account and region, and three failures in a row stop everything. If any change was not
    applied, IncompleteApply is raised with the frame as `result`; applying the plan again writes only what is missing.
    Ctrl-C stops after the current write and raises ApplyInterrupted, also with the frame.
    """
    plan = _plan(plan)
    return apply_on(
        (plan.connections or [CURRENT_CONNECTION.get()]) if connections is None else connections_of(connections),
        plan,
        limit=limit,
        canary=canary,
        confirm=confirm,
        rate=rate,
        progress=progress,
        ask=_ask_at_the_keyboard,
    )


APPLYING.choose(apply)


def _ask_at_the_keyboard(question: str) -> str:
    return input(question)


def _plan(plan: Any) -> Plan:
    if isinstance(plan, Plan):
        return plan
    if isinstance(plan, str | os.PathLike):
        return Plan.load(plan)
    raise UsageError(
        f"{shown(plan)} is neither a plan nor the path of a plan file", hint="eicnb.apply(eicnb.plan(desired))"
    )
