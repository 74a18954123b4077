"""The progress of a long operation, as a line in the style of tqdm."""

from __future__ import annotations

from dataclasses import dataclass

_WIDTH = 10
_PARTS = " \N{LEFT ONE EIGHTH BLOCK}\N{LEFT ONE QUARTER BLOCK}\N{LEFT THREE EIGHTHS BLOCK}\N{LEFT HALF BLOCK}"
_PARTS += "\N{LEFT FIVE EIGHTHS BLOCK}\N{LEFT THREE QUARTERS BLOCK}\N{LEFT SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The progress of a long operation.

    >>> print(Pace(done=30, known=100, what="changes", seconds=6, notes=("2 not applied",)))
     30%|███       | 30/100 changes [00:06<00:14, 5.0/s, 2 not applied]

    Without `is_counted`, the total may still grow beyond `known`. `seconds_left` overrides the estimate from the pace
    so far. `notes` are appended to the line.
    """

    done: int
    known: int
    what: str
    seconds: float
    seconds_left: float | None = None
    is_counted: bool = True
    is_over: bool = False
    notes: tuple[str, ...] = ()

    @property
    def a_second(self) -> float:
        """The number done per second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    def __str__(self) -> str:
        known = f"{self.known}{'' if self.is_counted else '+'}"
        times = clock_time(self.seconds)
        if not self.is_over:
            left = self._left()
            times += f"<{'?' if left is None else clock_time(left)}"
        inner = ", ".join([times, f"{self.a_second:.1f}/s", *self.notes])
        return f"{self._bar()}{self.done}/{known} {self.what} [{inner}]"

    def _left(self) -> float | None:
        if not self.is_counted or self.seconds_left is not None or not self.a_second:
            return self.seconds_left
        return max(0, self.known - self.done) / self.a_second

    def _bar(self) -> str:
        """Return the percentage and the bar; an empty text while the total is unknown."""
        if not self.is_counted or not self.known:
            return ""
        share = min(self.done / self.known, 1)
        whole, part = divmod(int(share * _WIDTH * 8), 8)
        bar = _PARTS[-1] * whole + (_PARTS[part] if part else "")
        return f"{int(share * 100):3}%|{bar:<{_WIDTH}}| "


def clock_time(seconds: float) -> str:
    """Format a duration as a clock shows it.

    >>> clock_time(65), clock_time(7325)
    ('01:05', '2:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
