"""Plans for tests, made and applied fast and without progress."""

from __future__ import annotations

from typing import Any

import eicnb
from eicnb.changes.plan import Plan
from eicnb.frames.frame import Frame

FAST: dict[str, Any] = {"rate": 1000, "progress": False}


def planned(desired: Any, **options: Any) -> Plan:
    return eicnb.plan(desired, **{**FAST, **options})


def applied(plan: Plan, **options: Any) -> Frame:
    return plan.apply(**{**FAST, **options})


def with_retries(retries: int, *functions: str) -> Plan:
    """A plan that sets the retries of `$LATEST` of some functions."""
    import pandas as pd

    return planned(pd.DataFrame({"function_name": list(functions), "maximum_retry_attempts": retries}))


def words(frame: Any) -> dict[str, str]:
    """The outcome of each row, by its function."""
    return dict(zip(frame.function_name + ":" + frame.qualifier, frame.outcome, strict=True))
