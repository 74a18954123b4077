"""The explorer of a frame, and the plan of the fixes selected in it.

Tested in tests/widgets/explorer/test_explorer.py.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from eicnb.aws.service_model import members
from eicnb.changes.apply import prepare
from eicnb.changes.change import Change
from eicnb.changes.plan import Plan
from eicnb.cli.parser import parse
from eicnb.cli.source import Source
from eicnb.client.connections import current
from eicnb.client.eic import connection_of
from eicnb.client.offline import commands_for
from eicnb.client.parameters import checked
from eicnb.client.plans import plan
from eicnb.errors import ConfigurationError, UsageError
from eicnb.model.function import FunctionRef


@checked
def explore(frame: Any) -> Any:
    """Open a frame as a table to search, sort, filter and select rows in.

    >>> explorer = explore(eic.audit(progress=False))
    >>> len(explorer.selection)
    0

    `selection` is a frame of the selected rows; sorting and filtering do not change it. The bar below the table changes
    the settings of all selected rows: it shows the plan, and applies it once. For findings, it plans the fixes that are
    `%eic` lines. A frame with more than 10,000 rows shows only the rows that match a search. Without widgets, the frame
    is displayed as it is, with lines to type. Needs the extra: `pip install 'eicnb[explorer]'`.
    """
    try:
        from eicnb.widgets.explorer.bar import Planning
        from eicnb.widgets.explorer.open import explorer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"itables", "anywidget"}:
            raise
        raise ConfigurationError(
            "the explorer needs itables and anywidget", hint="pip install 'eicnb[explorer]'"
        ) from error
    planning = Planning(
        plan=partial(plan, progress=False),
        plan_fixes=plan_of_fixes,
        apply=lambda made: made.apply(limit=max(len(made), 1), confirm=False, progress=False),
    )
    return explorer(frame, planning)


def plan_of_fixes(findings: pd.DataFrame) -> Plan:
    """Plan the `%eic` fixes of some findings; fixes of the same version or alias become one change."""
    lines = commands_for(findings)
    if not lines:
        raise UsageError(
            "no selected finding has a fix that is an %eic line", hint="show the other fixes\nfindings.fix"
        )
    changes: dict[FunctionRef, Change] = {}
    for command in parse(Source("\n".join(lines), first_line=1), {}, model=members):
        eic = current().derive(**command.connection)
        connection = connection_of(eic)
        request = connection.request(command.verb, **command.arguments)
        change = prepare(connection, request, must=True, finds_missing=True).change
        earlier = changes.get(change.target)
        if earlier is not None:
            change = Change(change.target, earlier.before, Change.of(request, earlier.after).after)
        changes[change.target] = change
    return Plan.of(changes.values(), sandbox=current().is_sandbox)
