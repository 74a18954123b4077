"""The picture of lost events: over time, and by function.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from eicnb.widgets.pictures.figure import INK, QUIET, Picture, label, write

_COLOUR = "#D55E00"
_MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class LostEvents:
    """Lost events by function, and over time as pairs of a UTC time and a number.

    `unknown` is the number of functions whose losses are unknown.
    """

    by_function: Mapping[str, int]
    over_time: Sequence[tuple[datetime, float]] = field(default_factory=tuple)
    received: int = 0
    unknown: int = 0
    period: str = ""


def draw_losses(lost: LostEvents, place: str) -> Picture:
    """Draw the functions that lost the most events, and the losses over time if they are known."""
    losing = {name: number for name, number in lost.by_function.items() if number}
    bars = sorted(losing, key=lambda name: (-losing[name], name))
    shown = bars[:_MOST_BARS]
    height = min(max(0.3 * len(shown) + 1.5, 3.2), 9)
    picture = Picture(height=height)
    if lost.over_time:
        over_time, by_function = picture.subplots(1, 2, width_ratios=(3, 2))
        _draw_over_time(over_time, lost.over_time)
    else:
        by_function = picture.add_subplot()
    _draw_by_function(by_function, {name: losing[name] for name in shown})
    total = sum(losing.values())
    title = f"{total:,} events lost{f' of {lost.received:,} received' if lost.received else ''}"
    unknown = f"; unknown for {lost.unknown:,}" if lost.unknown else ""
    more = f"; the {_MOST_BARS} functions that lost most of {len(bars):,}" if len(bars) > len(shown) else ""
    period = f"{lost.period}; " if lost.period else ""
    detail = f"{period}{place}; at most{unknown}{more}"
    picture.title(title, detail)
    most = "; ".join(f"{name} {losing[name]:,}" for name in shown[:8]) or "no function"
    picture.alternative_text = label(f"{title} ({detail}). By function: {most}.", longest=1000)
    return picture


def _draw_over_time(axes: Axes, points: Sequence[tuple[datetime, float]]) -> None:
    times = [time for time, _ in points]
    axes.fill_between(times, [number for _, number in points], step="post", color=_COLOUR, alpha=0.8, linewidth=0)  # type: ignore[arg-type] # matplotlib converts times
    locator = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call] # matplotlib has no types for it
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call] # the same
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("time, UTC", color=INK)
    axes.set_ylabel("lost events", color=INK)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_by_function(axes: Axes, numbers: Mapping[str, int]) -> None:
    for row, number in enumerate(numbers.values()):
        axes.barh(row, number, color=_COLOUR, height=0.7)
        write(axes, number, row, f" {number:,}")
    axes.set_yticks(range(len(numbers)), [label(name) for name in numbers], color=INK)
    axes.set_ylim(max(len(numbers), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1.15 * max(numbers.values(), default=1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_xlabel("lost events", color=INK)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if not numbers:
        write(axes, 0.5, 0, "none", ha="center", color=QUIET)
