"""The picture of retries and ages: how many functions have which, with a panel for each region.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from matplotlib.axes import Axes

from eicnb.model.age import human
from eicnb.model.limits import (
    DEFAULT_EVENT_AGE_IN_SECONDS,
    DEFAULT_RETRY_ATTEMPTS,
    EVENT_AGE_IN_SECONDS,
    RETRY_ATTEMPTS,
)
from eicnb.widgets.pictures.figure import INK, Picture, label

_MOST_PANELS = 6
_PANELS_IN_A_ROW = 3
_EDGES = (EVENT_AGE_IN_SECONDS[0], 300, 900, 3600, 3 * 3600, DEFAULT_EVENT_AGE_IN_SECONDS - 1)
_OTHERS = "other regions"


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings in effect for a function in a region."""

    function: str
    region: str
    retries: int
    age: int


def draw_settings(settings: Sequence[Effective], place: str) -> Picture:
    """Draw a heat map for each region: retries across, ages down."""
    regions = _panels(Counter(region for _, region in {(one.function, one.region) for one in settings}))
    shown = list(dict.fromkeys(regions.values()))
    counts = _counts(settings, regions)
    most = max(counts.values(), default=1)
    rows = ceil(len(shown) / _PANELS_IN_A_ROW) or 1
    columns = min(len(shown), _PANELS_IN_A_ROW) or 1
    picture = Picture(width=3.4 * columns + 1.6, height=3.2 * rows + 1.1)
    panels = picture.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for number, axes in enumerate(panels.flat):
        if number < len(shown):
            _draw_panel(axes, shown[number], counts, most)
        else:
            axes.axis("off")
    functions = len({(one.function, one.region) for one in settings})
    default = len({(one.function, one.region) for one in settings if _is_default(one)})
    keep = "function keeps" if functions == 1 else "functions keep"
    title = f"{default:,} of {functions:,} {keep} AWS's default retries and age"
    picture.title(title, f"{place}; number of functions", axes=panels[0, 0])
    picture.supxlabel("retry attempts", fontsize=10, color=INK)
    picture.supylabel("maximum event age", fontsize=10, color=INK)
    picture.alternative_text = label(f"{title} ({place}). {_in_words(counts)}", longest=1000)
    return picture


def _is_default(one: Effective) -> bool:
    return (one.retries, one.age) == (DEFAULT_RETRY_ATTEMPTS, DEFAULT_EVENT_AGE_IN_SECONDS)


def _panels(sizes: Mapping[str, int]) -> Mapping[str, str]:
    """Return the panel of each region: its own, or a shared one for small regions if there are many."""
    by_size = [region for region, _ in Counter(sizes).most_common()]
    own = by_size if len(by_size) <= _MOST_PANELS else by_size[: _MOST_PANELS - 1]
    return {region: region if region in own else _OTHERS for region in by_size}


Cell = tuple[str, int, int]
"""A panel, the index of an age, and a number of retries."""


def _counts(settings: Sequence[Effective], regions: Mapping[str, str]) -> Mapping[Cell, int]:
    """Return the number of functions in each cell; a function counts once per cell."""
    cells = {((regions[one.region], _bin(one.age), one.retries), one.function, one.region) for one in settings}
    return Counter(cell for cell, *_ in cells)


def _bin(age: int) -> int:
    return sum(age > edge for edge in _EDGES)


def _ages() -> list[str]:
    """Return the labels of the ages, from the shortest to AWS's default.

    >>> _ages()[0], _ages()[-1]
    ('1 minute', '6 hours (default)')
    """
    between = [f"up to {human(high)}" for _, high in pairwise(_EDGES[:-1])]
    default = human(DEFAULT_EVENT_AGE_IN_SECONDS)
    return [human(_EDGES[0]), *between, f"under {default}", f"{default} (default)"]


def _draw_panel(axes: Axes, panel: str, counts: Mapping[Cell, int], most: int) -> None:
    ages = _ages()
    grid = [[counts.get((panel, age, retries), 0) for retries in RETRY_ATTEMPTS] for age in range(len(ages))]
    axes.imshow(grid, cmap="Blues", vmin=0, vmax=most * 1.25, aspect="auto")
    for age, row in enumerate(grid):
        for place, count in enumerate(row):
            if count:
                colour = "white" if count > most * 0.7 else INK
                axes.text(place, age, f"{count:,}", ha="center", va="center", fontsize=10, color=colour)
    axes.set_xticks(range(len(RETRY_ATTEMPTS)), [_retry_label(retries) for retries in RETRY_ATTEMPTS], color=INK)
    axes.set_yticks(range(len(ages)), ages, color=INK)
    axes.set_xlabel(label(panel), color=INK, fontweight="bold").set_parse_math(False)
    axes.set_xticks([retries - 0.5 for retries in RETRY_ATTEMPTS], minor=True)
    axes.set_yticks([age - 0.5 for age in range(len(ages))], minor=True)
    axes.grid(which="minor", color="#DDDDDD")
    axes.tick_params(which="both", length=0, labelbottom=True)
    axes.spines[:].set_visible(False)


def _retry_label(retries: int) -> str:
    return f"{retries} (default)" if retries == DEFAULT_RETRY_ATTEMPTS else str(retries)


def _in_words(counts: Mapping[Cell, int]) -> str:
    ages = _ages()
    sums: Counter[tuple[int, int]] = Counter()
    for (_, age, retries), count in counts.items():
        sums[age, retries] += count
    most = sorted(sums, key=lambda cell: (-sums[cell], cell))[:6]
    cells = [
        f"{sums[age, retries]:,} with {retries} {'retry' if retries == 1 else 'retries'} and {ages[age]}"
        for age, retries in most
    ]
    return f"Most frequent: {'; '.join(cells)}." if cells else "No function was read."
