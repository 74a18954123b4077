"""The names given to an audit that match no function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eicnb.fleet.region import RegionWalk
from eicnb.fleet.row import AuditRow, ScanState
from eicnb.model.function import LATEST

_UNKNOWN = "no function of this name was listed, but not every list of functions was read"


def unmatched_rows(names: Iterable[str], walks: Sequence[RegionWalk], region: str, *, is_whole: bool) -> list[AuditRow]:
    """Return a row for each name without a function: `gone`, or `unread` if not all lists were read.

    A name has no region; its row is in the first searched one, or in `region` if that has no account.
    """
    home = min((walk.home for walk in walks), key=lambda one: (one.account_id, one.region), default=None)
    searched = ", ".join(sorted({walk.home.region for walk in walks})) or region
    state: ScanState = "gone" if is_whole else "unread"
    return [
        AuditRow(
            region=home.region if home else region,
            account_id=home.account_id if home else None,
            function=home.function(name) if home else None,
            qualifier=LATEST if home else None,
            scan_state=state,
            error=f"there is no function {name!r} in {searched}" if is_whole else f"{name!r}: {_UNKNOWN}",
        )
        for name in names
    ]
