"""The progress of an audit as events, independent of how they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from eicnb.model.pace import Pace
from eicnb.redaction import masks


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of an audit, or of a layer of `check`.

    `functions_known` grows until `is_listed`: from then on every list of functions is complete. `throttles` counts 429
    responses. `seconds_left` is estimated from the rate; None while it is unknown. `is_over` marks the last event,
    which is sent once, however the audit ends. `what` names what is counted, if it is not functions; `regions` may then
    be 0. `by_account` has each account's id with its functions done and known.
    """

    functions_done: int
    functions_known: int
    regions_done: int
    regions: int
    calls: int
    throttles: int
    seconds: float
    seconds_left: float | None
    is_listed: bool = True
    is_over: bool = False
    what: str = "functions"
    by_account: tuple[tuple[str, int, int], ...] = ()

    @property
    def calls_a_second(self) -> float:
        """The requests a second since the start."""
        return self.calls / self.seconds if self.seconds > 0 else 0.0

    @property
    def pace(self) -> Pace:
        """The pace, with notes about regions, calls and throttling."""
        notes = [f"{self.regions_done}/{self.regions} regions"] if self.regions else []
        notes += [f"{self.calls_a_second:.1f} calls/s"]
        notes += [f"{self.throttles} throttled"] if self.throttles else []
        return Pace(
            done=self.functions_done,
            known=self.functions_known,
            what=self.what,
            seconds=self.seconds,
            seconds_left=self.seconds_left,
            is_counted=self.is_listed,
            is_over=self.is_over,
            notes=tuple(notes),
        )

    def __str__(self) -> str:
        return str(self.pace)

    def accounts_in_lines(self) -> list[str]:
        """Return a line for each account, with secrets masked."""
        lines = [f"  account {account}: {done}/{known} {self.what}" for account, done, known in self.by_account]
        return [masks.printed(line) for line in lines]


def by_account(counts: Iterable[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """Return each account once, with the sums of its functions done and known.

    >>> by_account([("222222222222", 1, 1), ("111111111111", 0, 3), ("111111111111", 2, 4)])
    (('111111111111', 2, 7), ('222222222222', 1, 1))
    """
    done, known = Counter[str](), Counter[str]()
    for account_id, functions_done, functions_known in counts:
        done[account_id] += functions_done
        known[account_id] += functions_known
    return tuple((account_id, done[account_id], known[account_id]) for account_id in sorted(known))


Show = Callable[[Progress], object]
"""Draws an event; called in the thread that started the audit."""

Choice = bool | Literal["accounts"] | Show
"""Whether to draw the progress, `"accounts"` for a line per account too, or a function that draws it."""
