"""The picture of where failed events go: functions on the left, targets on the right.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from eicnb.widgets.pictures.failure_routes import Fate, RouteEnd, Routes
from eicnb.widgets.pictures.figure import QUIET, Picture, label, write

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """The colour and marker of a fate; either alone identifies it."""

    colour: str
    marker: str

    @property
    def outline(self) -> str:
        """The colour of the marker's edge: black around a light colour."""
        return "black" if self.marker == "s" else self.colour


LOOKS: Mapping[Fate, Look] = {
    Fate.KEPT: Look("#0072B2", "o"),
    Fate.FOREIGN: Look("#CC79A7", "D"),
    Fate.DANGLING: Look("#D55E00", "X"),
    Fate.FIFO: Look("#E69F00", "s"),
    Fate.LOOP: Look("#009E73", "P"),
    Fate.NOWHERE: Look("#333333", "v"),
    Fate.UNREAD: Look("#888888", "$?$"),
}
"""Colours that colour-blind readers can distinguish on a white background."""

_SMALLEST = 0.028
_GAP = 0.014
_LEFT, _RIGHT, _BLOCK = 0.0, 1.0, 0.012


@dataclass(frozen=True, slots=True)
class Block:
    """The vertical extent of a group or target in its column."""

    bottom: float
    top: float

    @property
    def middle(self) -> float:
        """The height of its label."""
        return (self.bottom + self.top) / 2


def draw_destinations(routes: Routes, place: str) -> Picture:
    """Draw ribbons from functions to the targets of their failed events."""
    rows = max(len(routes.groups), len(routes.targets))
    picture = Picture(height=min(max(0.34 * rows + 1.4, 3.2), 14))
    axes = picture.add_subplot()
    left, right = _column(routes.groups), _column(routes.targets)
    for ribbon in _ribbons(routes, left, right):
        axes.add_patch(ribbon)
    for group, block in left.items():
        axes.add_patch(Rectangle((_LEFT - _BLOCK, block.bottom), _BLOCK, block.top - block.bottom, color=QUIET))
        write(axes, _LEFT - 2 * _BLOCK, block.middle, _counted(group, routes.members[group]), ha="right")
    for target, block in right.items():
        _draw_target(axes, target, block, routes.targets[target])
    axes.set(xlim=(-0.45, 1.5), ylim=(-0.02, 1.02))
    axes.axis("off")
    _add_legend(axes, routes)
    functions = _plural(routes.functions, "function")
    loses = "loses" if routes.losing == 1 else "lose"
    what = f"Where the failed events of {functions} go"
    if routes.losing:
        what = f"{routes.losing:,} of {functions} {loses} failed events"
    picture.title(what, f"{place}; a ribbon's width is the number of functions")
    picture.alternative_text = label(f"{what} ({place}). {_in_words(routes)}", longest=1000)
    return picture


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _counted(group: str, number: int) -> str:
    return label(group) if number == 1 or group[0].isdecimal() else f"{label(group)}  {number:,}"


def _column(sizes: Mapping[T, int]) -> dict[T, Block]:
    """Return the blocks of a column from top to bottom, each at least high enough for its label."""
    total = sum(sizes.values()) or 1
    heights = {name: max(size / total, _SMALLEST) for name, size in sizes.items()}
    scale = (1 - _GAP * (len(sizes) - 1)) / (sum(heights.values()) or 1)
    blocks, top = {}, 1.0
    for name, height in heights.items():
        blocks[name] = Block(top - height * scale, top)
        top -= height * scale + _GAP
    return blocks


def _ribbons(routes: Routes, left: Mapping[str, Block], right: Mapping[RouteEnd, Block]) -> Iterator[PathPatch]:
    tops_left = {group: block.top for group, block in left.items()}
    tops_right = {target: block.top for target, block in right.items()}
    for target, total in routes.targets.items():
        for group, sum_of_group in routes.groups.items():
            width = routes.widths.get((group, target), 0)
            if not width:
                continue
            height = width / sum_of_group * (left[group].top - left[group].bottom)
            arrival = width / total * (right[target].top - right[target].bottom)
            outline = _ribbon(tops_left[group], height, tops_right[target], arrival)
            tops_left[group] -= height
            tops_right[target] -= arrival
            look = LOOKS[target.fate]
            edge: dict[str, Any] = {"linewidth": 0}
            if target.fate is Fate.LOOP:
                edge = {"linewidth": 1, "edgecolor": look.colour, "linestyle": "--"}
            yield PathPatch(outline, facecolor=look.colour, alpha=0.35, **edge)


def _ribbon(start: float, height: float, end: float, arrival: float) -> Path:
    middle = (_LEFT + _RIGHT) / 2
    points = [
        (_LEFT, start),
        *((middle, start), (middle, end), (_RIGHT, end)),
        (_RIGHT, end - arrival),
        *((middle, end - arrival), (middle, start - height), (_LEFT, start - height)),
        (_LEFT, start),
    ]
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _draw_target(axes: Axes, target: RouteEnd, block: Block, number: int) -> None:
    look, height = LOOKS[target.fate], block.top - block.bottom
    place = (_RIGHT, block.bottom)
    axes.add_patch(Rectangle(place, _BLOCK, height, facecolor=look.colour, edgecolor=look.outline))
    axes.plot([_RIGHT + 3 * _BLOCK], [block.middle], clip_on=False, **_marked(target.fate))
    write(axes, _RIGHT + 5 * _BLOCK, block.middle, f"{label(target.name)}  {number:,}", ha="left")


def _marked(fate: Fate) -> dict[str, Any]:
    look = LOOKS[fate]
    return {
        "marker": look.marker,
        "markersize": 7,
        "markerfacecolor": look.colour,
        "markeredgecolor": look.outline,
        "linestyle": "none",
    }


def _add_legend(axes: Axes, routes: Routes) -> None:
    fates = [fate for fate in Fate if routes.with_fate(fate)]
    marks = [Line2D([], [], label=fate.value, **_marked(fate)) for fate in fates]
    axes.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, frameon=False, fontsize=9)


def _in_words(routes: Routes) -> str:
    if not routes.functions:
        return "No function."
    sums = {fate: routes.with_fate(fate) for fate in Fate}
    fates = "; ".join(f"{fate.value}: {number:,}" for fate, number in sums.items() if number)
    named = [(target, number) for target, number in routes.targets.items() if target.members == 1]
    largest = [f"{target.name} ({number:,})" for target, number in named[:5]]
    loops = "".join(f" Loop: {_loop(loop)}." for loop in routes.loops[:3])
    targets = f" Largest targets: {', '.join(largest)}." if largest else ""
    return f"Functions by what happens to their failed events: {fates}.{targets}{loops}"


def _loop(keys: tuple[str, ...]) -> str:
    names = [key.rpartition(":")[2] for key in keys]
    return " -> ".join([*names, names[0]])
