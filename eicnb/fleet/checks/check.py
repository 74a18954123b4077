"""A check: its name, its severity, what it finds and why that matters, and the function that finds it.

Tested in tests/fleet/checks/test_catalog.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.evidence import Evidence
from eicnb.fleet.checks.finding import Found
from eicnb.fleet.checks.fixes import Fixes
from eicnb.fleet.checks.mutes import Mute
from eicnb.fleet.checks.rules import HouseRule
from eicnb.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a check gets: the audited rows, the evidence, the fixes that it can propose, and the time.

    `rules` and `mutes` are those of the team.
    """

    audit: Audited
    evidence: Evidence
    fixes: Fixes
    now: datetime
    rules: tuple[HouseRule, ...] = ()
    mutes: tuple[Mute, ...] = ()


Find = Callable[[Inspection], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check; it runs once all the `layers` that it needs were read.

    `meaning` is what it finds, in a phrase; `why` what that does to events; `source` the page of AWS.
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
        """The layer that it belongs to."""
        return self.layers[0]


def check(
    name: str, *, severity: Severity, meaning: str, why: str, source: str, layers: str = "settings"
) -> Callable[[Find], Check]:
    """Make a function that yields findings into a check; `layers` are names with commas between them."""

    def made(find: Find) -> Check:
        needed = tuple(layers.split(","))
        return Check(name=name, severity=severity, meaning=meaning, why=why, source=source, layers=needed, find=find)

    return made
