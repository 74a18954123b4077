"""The picture of findings: the number for each check, the most severe first.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matplotlib.patches import Patch

from eicnb.widgets.pictures.figure import INK, Picture, label, write

LOOKS: Mapping[str, tuple[str, str]] = {
    "critical": ("#7F0000", "xx"),
    "high": ("#D55E00", "//"),
    "medium": ("#E69F00", ".."),
    "low": ("#56B4E9", ""),
    "info": ("#BBBBBB", ""),
}
"""The colour and the hatching of each severity, the most severe first."""

_MOST_BARS = 30


def draw_findings(findings: Sequence[tuple[str, str]], place: str) -> Picture:
    """Draw a bar for each check in some findings, given as pairs of severity and check."""
    severities = [*LOOKS]
    counts = Counter(findings)
    bars = sorted(counts, key=lambda one: (severities.index(one[0]), -counts[one], one[1]))
    shown, rest = bars[:_MOST_BARS], bars[_MOST_BARS:]
    picture = Picture(width=9, height=min(max(0.34 * len(shown) + 1.5, 2.6), 12))
    axes = picture.add_subplot()
    for row, (severity, check) in enumerate(shown):
        colour, hatch = LOOKS[severity]
        axes.barh(row, counts[severity, check], color=colour, hatch=hatch, edgecolor="white", height=0.7)
        write(axes, counts[severity, check], row, f" {counts[severity, check]:,}")
    axes.set_yticks(range(len(shown)), [label(check) for _, check in shown], color=INK)
    axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1.08 * max(counts.values(), default=1))
    axes.set_xlabel("findings", color=INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    by_severity = Counter(severity for severity, _ in findings)
    marks = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=f"{severity} {by_severity[severity]:,}")
        for severity, (colour, hatch) in LOOKS.items()
        if by_severity[severity]
    ]
    if marks:
        axes.legend(handles=marks, loc="lower right", frameon=False, fontsize=9)
    sums = ", ".join(f"{by_severity[severity]:,} {severity}" for severity in LOOKS if by_severity[severity])
    title = f"{len(findings):,} finding{'' if len(findings) == 1 else 's'}{': ' if sums else ''}{sums}"
    more = f"; {len(rest)} more checks are not shown" if rest else ""
    picture.title(title, f"{place}; number of findings of each check{more}")
    listed = "; ".join(f"{check} ({severity}) {counts[severity, check]:,}" for severity, check in bars)
    picture.alternative_text = label(f"{title} ({place}).{f' {listed}.' if listed else ''}", longest=1000)
    return picture
