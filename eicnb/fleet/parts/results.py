"""The combined results of an audit in parts, while it runs and afterwards.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from eicnb.aws.boto import Aws
from eicnb.aws.http.sender import Tally
from eicnb.fleet.parts.cluster import Cluster
from eicnb.fleet.parts.part import Key, PartProgress, PartResult
from eicnb.fleet.places import AccountRegion
from eicnb.fleet.progress import Progress, by_account
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.row import AuditRow
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import Scope


@dataclass(slots=True, kw_only=True)
class Parts:
    """The parts of an audit: the `results` of finished ones, and the `audits` that run in this process.

    `own_rows` are about accounts that could not be identified and so have no part.
    """

    connections: Sequence[Aws]
    regions: tuple[str, ...] | None
    scope: Scope
    cluster: Cluster | None
    clock: Callable[[], float] = time.monotonic
    earlier: Earlier = NOTHING
    is_part: bool = False
    is_placed: bool = False
    places: list[AccountRegion] = field(default_factory=list)
    results: dict[Key, PartResult] = field(default_factory=dict)
    audits: dict[Key, Audit] = field(default_factory=dict)
    own_rows: list[AuditRow] = field(default_factory=list)
    started_at: float = 0.0

    def unmatched(self) -> tuple[str, ...]:
        """Return the names and globs that match no listed function."""
        missing = [result.unmatched for result in list(self.results.values())]
        return tuple(name for name in self.scope.selection.patterns or () if all(name in one for one in missing))

    def listed_names(self) -> Iterator[str]:
        """Yield the listed names that resemble a name that matches no function."""
        return (name for result in list(self.results.values()) for name in result.likely)

    @property
    def has_listed(self) -> bool:
        """Whether a function was listed."""
        return any(result.has_listed for result in list(self.results.values()))

    @property
    def is_whole(self) -> bool:
        """Whether every list of functions was read completely."""
        results = list(self.results.values())
        is_read = self.is_placed and not self.own_rows and len(results) >= len(self.places)
        return is_read and all(result.is_whole for result in results)

    @property
    def tally(self) -> Tally:
        """The requests of all parts."""
        parts = [*map(_finished, list(self.results.values())), *self._in_progress()]
        return Tally(calls=sum(part.calls for part in parts), throttles=sum(part.throttles for part in parts))

    @property
    def handlers(self) -> frozenset[str]:
        """The modules whose event handlers forced an audit to use botocore."""
        return frozenset(module for result in list(self.results.values()) for module in result.handlers)

    def audited_regions(self) -> list[str]:
        """Return the regions of the audit, including those that were not read."""
        return sorted({place.region for place in self.places})

    @property
    def place_count(self) -> int:
        """The number of accounts and regions."""
        return len(self.places)

    def accounts(self) -> list[str]:
        """Return the accounts of the audit, including those that were not read."""
        return sorted({place.account_id for place in self.places})

    def progress(self, *, is_over: bool = False) -> Progress:
        """Return the progress so far."""
        going = [*self._in_progress()]
        parts = [*(_finished(result) for result in list(self.results.values())), *going]
        is_listed = self.is_placed and len(parts) == len(self.places) and all(part.is_listed for part in going)
        left = [part.seconds_left or 0.0 for part in going]
        return Progress(
            functions_done=sum(part.done for part in parts),
            functions_known=sum(part.known for part in parts),
            regions_done=min(len(self.results), len(self.places)),
            regions=len(self.places),
            calls=sum(part.calls for part in parts),
            throttles=sum(part.throttles for part in parts),
            seconds=self.clock() - self.started_at,
            seconds_left=max(left, default=None) if is_listed else None,
            is_listed=is_listed,
            is_over=is_over,
            by_account=by_account((part.account_id, part.done, part.known) for part in parts),
        )

    def _in_progress(self) -> Iterator[PartProgress]:
        """Yield the progress of the parts that are being read."""
        if self.cluster is not None:
            for key, part in list(self.cluster.progress.items()):
                if key not in self.results:
                    yield part
        for key, audit in list(self.audits.items()):
            if key not in self.results:
                yield PartProgress.of(audit.progress(), key)


def _finished(result: PartResult) -> PartProgress:
    functions = result.counts.functions
    return PartProgress(
        account_id=result.account_id,
        region=result.region,
        known=functions,
        done=functions,
        calls=result.calls,
        throttles=result.throttles,
        is_listed=True,
    )
