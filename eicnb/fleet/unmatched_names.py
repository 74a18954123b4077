"""The names passed to an audit that match no function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest
from itertools import pairwise

from eicnb.changes.current import no_function
from eicnb.fleet.list_entry import Home
from eicnb.fleet.row import AuditRow, ScanState
from eicnb.fleet.scope import is_glob
from eicnb.model.function import LATEST
from eicnb.model.misspelling import likely_name
from eicnb.model.reported import ReportedFunction

_LIKELY = 100
_UNKNOWN = "no function of this name was listed, but not every list of functions was read"


def unmatched_rows(
    patterns: Iterable[str],
    homes: Sequence[Home],
    region: str,
    *,
    is_whole: bool,
    reported: Callable[[str], ReportedFunction | None],
) -> list[AuditRow]:
    """Return a row for each unmatched full name: `gone`, or `unread` if not all lists were read.

    A name has no region, so its row is in the first searched account and region. Without one, the row is in `region`,
    without an account. A function that an earlier audit `reported` keeps its account and region.
    """
    home = min(homes, key=lambda one: (one.account_id, one.region), default=None)
    searched = ", ".join(sorted({one.region for one in homes})) or region
    state: ScanState = "gone" if is_whole else "unread"
    rows = []
    for name in patterns:
        if is_glob(name):
            continue
        earlier = reported(name)
        function = earlier.function if earlier else home.function(name) if home else None
        rows.append(
            AuditRow(
                region=function.region or region if function else region,
                account_id=function.account_id if function else None,
                function=function,
                qualifier=LATEST if function else None,
                runs=earlier,
                scan_state=state,
                error=no_function(name, searched) if is_whole else f"{name!r}: {_UNKNOWN}",
            )
        )
    return rows


def closest(name: str, listed: Iterable[str]) -> str | None:
    """Return the listed name closest to one that matches no function; None if none is close.

    `likely_name` would take seconds for 100,000 names, so it gets only the likely ones.
    """
    return likely_name(name, likely(name, listed))


def likely(name: str, listed: Iterable[str]) -> list[str]:
    """Return the 100 names that share the most pairs of characters with a name."""
    wanted = _pairs(name)

    def likeness(known: str) -> float:
        pairs = _pairs(known)
        return len(wanted & pairs) / (len(wanted) + len(pairs) or 1)

    return nlargest(_LIKELY, listed, key=likeness)


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(text.lower()))
