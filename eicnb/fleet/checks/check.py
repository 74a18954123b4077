"""The parts of a check, and the decorator that makes one from a function.

Tested in tests/fleet/checks/test_catalog.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.evidence import Evidence
from eicnb.fleet.checks.finding import Finding
from eicnb.fleet.checks.fixes import Fixes
from eicnb.fleet.checks.mutes import Mute
from eicnb.fleet.checks.rules import HouseRule
from eicnb.model.severity import Severity


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The means of a check: the audited rows, the evidence, the fixes that it can propose, and the time.

    `rules` and `mutes` are the team's own.
    """

    audit: Audited
    evidence: Evidence
    fixes: Fixes
    now: datetime
    rules: tuple[HouseRule, ...] = ()
    mutes: tuple[Mute, ...] = ()


Find = Callable[[CheckContext], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check, which runs if all the `layers` that it needs were read.

    `meaning` is a phrase for what it finds, `why` says what that does to events, and `source` is a page of AWS's
    documentation.
    """

    name: str
    severity: Severity
    meaning: str
    why: str
    source: str
    layers: tuple[str, ...]
    find: Find

    @property
    def layer(self) -> str:
        """The layer that the check is listed under."""
        return self.layers[0]


def check(
    name: str, *, severity: Severity, meaning: str, why: str, source: str, layers: str = "settings"
) -> Callable[[Find], Check]:
    """Turn a function that yields findings into a check; `layers` are comma-separated names."""

    def made(find: Find) -> Check:
        needed = tuple(layers.split(","))
        return Check(name=name, severity=severity, meaning=meaning, why=why, source=source, layers=needed, find=find)

    return made
