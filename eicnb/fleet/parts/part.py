"""One account and region of an audit in parts: the order to read it, and its result.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from eicnb.aws.http.pool import SenderPool
from eicnb.aws.recipe import Recipe
from eicnb.errors import ConfigurationError, EicError
from eicnb.fleet.list_entry import Home
from eicnb.fleet.places import PlaceFinder
from eicnb.fleet.progress import Progress
from eicnb.fleet.result import MOST_ERRORS, Counts, error_lines, to_audit_frame
from eicnb.fleet.row import AuditRow
from eicnb.fleet.scan import Audit
from eicnb.fleet.scope import Scope, is_glob
from eicnb.fleet.snapshots.parquet import to_bytes
from eicnb.fleet.unmatched_names import likely

Key = tuple[str, str]
"""Account and region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOrder:
    """An account and region to read, and how to connect to it; `run` is the id of the audit."""

    run: str
    version: str
    account_id: str
    region: str
    recipe: Recipe
    scope: Scope

    @property
    def key(self) -> Key:
        """Account and region."""
        return self.account_id, self.region

    @property
    def task(self) -> tuple[str, str, str]:
        """The key of the task in a cluster, the same in all audits of this account and region."""
        return "eicnb-audit", *self.key

    def audit(self) -> Audit:
        """Return the audit of this part, not started yet."""
        return Audit(connections=[self.recipe.aws(self.region)], regions=(self.region,), scope=self.scope, is_part=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """The result of an account and region.

    `rows` is the content of a Parquet file; None if the rows are in a file already. `errors` has the first errors, a
    line each. `unmatched` has the selected names and globs that match no function here, and `likely` the listed names
    that resemble them.
    """

    run: str = ""
    account_id: str
    region: str
    home: Home | None
    counts: Counts
    calls: int
    throttles: int
    is_whole: bool
    has_listed: bool
    errors: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    rows: bytes | None = field(default=None, repr=False)

    @property
    def key(self) -> Key:
        """Account and region."""
        return self.account_id, self.region

    def without_rows(self) -> PartResult:
        """Return the result without its rows, which are in a file."""
        return replace(self, rows=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartProgress:
    """The progress of an account and region: its functions, and the requests so far."""

    account_id: str
    region: str
    known: int
    done: int
    calls: int
    throttles: int
    is_listed: bool
    seconds_left: float | None = None

    @classmethod
    def of(cls, progress: Progress, key: Key) -> Self:
        """Return the progress of the audit of a part."""
        account_id, region = key
        return cls(
            account_id=account_id,
            region=region,
            known=progress.functions_known,
            done=progress.functions_done,
            calls=progress.calls,
            throttles=progress.throttles,
            is_listed=progress.is_listed,
            seconds_left=progress.seconds_left,
        )


async def read_part(audit: Audit, order: PartOrder) -> None:
    """Read a part with the credentials of this process; reject those of another account."""
    pool = SenderPool(patience=audit.patience, clock=audit.clock, sleep=audit.sleep, tally=audit.tally)
    async with pool:
        finder = PlaceFinder(connections=audit.connections, regions=audit.regions, earlier=audit.earlier, pool=pool)
        places = await finder.find()
        for place in places:
            if place.account_id != order.account_id:
                raise ConfigurationError(
                    f"the worker's credentials belong to account {place.account_id}, not {order.account_id}",
                    hint="give the workers credentials that may assume the role, and connect with role_arn=",
                )
        if finder.rows:
            raise EicError(finder.rows[0].error or "the account cannot be determined")
        await audit.read(places, pool)


def result_of(audit: Audit, key: Key, run: str = "") -> PartResult:
    """Return the result of a part that was read."""
    frame = to_audit_frame(audit)
    unmatched = audit.unmatched()
    listed = [*audit.listed_names()] if unmatched else []
    near = {name for wanted in unmatched if not is_glob(wanted) for name in likely(wanted, listed)}
    account_id, region = key
    return PartResult(
        run=run,
        account_id=account_id,
        region=region,
        home=next((walk.home for walk in audit.walks), None),
        counts=Counts.in_attrs(frame.attrs),
        calls=audit.tally.calls,
        throttles=audit.tally.throttles,
        is_whole=audit.is_whole,
        has_listed=audit.has_listed,
        errors=tuple(error_lines(frame, MOST_ERRORS, of_one_place=True)),
        unmatched=unmatched,
        likely=tuple(sorted(near)),
        handlers=tuple(sorted(audit.handlers)),
        rows=to_bytes(frame),
    )


def failed_result(audit: Audit, row: AuditRow, run: str = "") -> PartResult:
    """Return the result of a part that could not be read at all."""
    audit.fail(row)
    return result_of(audit, (row.account_id or "", row.region), run)
