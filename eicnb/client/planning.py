"""Plans made and applied on given connections, with the arguments of the public verbs.

Tested in tests/client/test_plans.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.apply_plan import Ask, Conditions, apply_plan
from eicnb.changes.plan import Plan
from eicnb.changes.planning import plan_of
from eicnb.changes.reach import Reachable
from eicnb.errors import UsageError, shown
from eicnb.fleet.configs import ConfigReader
from eicnb.fleet.scope import check_rate
from eicnb.frames.frame import Frame
from eicnb.redaction import masks
from eicnb.widgets.progress import show_of

_YES = frozenset({"y", "yes"})


def plan_on(connections: Sequence[Connection], desired: Any, *, rate: Any, progress: Any) -> Plan:
    """Return the plan that gives the functions of a frame the configs that it describes.

    >>> len(plan_on([connection], eic.list("my-function"), rate=10, progress=False))
    0
    """
    rate, show = check_rate(rate), show_of(progress)
    return plan_of(desired, Reachable.of(connections), ConfigReader(rate=rate, show=show))


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

    >>> len(apply_on([connection], Plan(()), limit=0, canary=0, confirm=False, rate=10, progress=False, ask=input))
    0
    """
    rate = check_rate(rate)
    show: Any = show_of(progress)  # it draws any progress that has words
    if not (confirm is None or isinstance(confirm, bool) or callable(confirm)):
        hint = "confirm=True, confirm=False, or a callable that takes a question"
        raise UsageError(f"confirm is {shown(confirm)}", hint=hint)
    conditions = Conditions.parse(limit=limit, canary=canary, confirms=bool(confirm), ask=_asking(confirm, ask))
    return apply_plan(plan, Reachable.of(connections), conditions, rate=rate, show=show)


def _asking(confirm: Any, ask: Callable[[str], str]) -> Ask:
    """Return the function that asks a question; it returns None if no one can reply."""
    if callable(confirm):
        return lambda question: bool(confirm(question))
    if confirm is False:
        return lambda _question: None

    def asking(question: str) -> bool | None:
        try:
            return ask(masks.printed(question)).strip().lower() in _YES
        except (EOFError, RuntimeError, OSError):
            return None

    return asking
