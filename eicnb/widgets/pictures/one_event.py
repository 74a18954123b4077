"""The picture of one event: its attempts over time.

Tested in tests/client/test_explain.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from eicnb.model.age import compact
from eicnb.model.timeline import EventAttempt
from eicnb.widgets.pictures.figure import INK, QUIET, Picture, plain_style

_COLOURS = {"always": "#0072B2", "if runs are short": "#E69F00", "never": "#D55E00"}
_MARKERS = {"always": "o", "if runs are short": "D", "never": "X"}


def draw_event(attempts: Sequence[EventAttempt], age: int, title: str, end: str) -> Picture:
    """Draw each attempt at its earliest time, and the range up to its latest."""
    with plain_style():
        picture = Picture(height=2.6)
        axes = picture.add_subplot()
        for attempt in attempts:
            colour, name = _COLOURS[attempt.happens], f"retry {attempt.number}" if attempt.number else "first attempt"
            axes.plot([attempt.earliest, attempt.latest], [0, 0], color=colour, linewidth=3, alpha=0.5)
            axes.plot(attempt.earliest, 0, marker=_MARKERS[attempt.happens], color=colour, markersize=12)
            how = "" if attempt.happens == "always" else f"\n{attempt.happens}"
            axes.annotate(f"{name}{how}", (attempt.earliest, 0), (0, 14), textcoords="offset points", color=INK)
        last = max(attempt.latest for attempt in attempts)
        if age <= 2 * max(last, 60):
            axes.axvline(age, color=QUIET, linestyle="--")
            axes.annotate("maximum age", (age, 0), (4, -22), textcoords="offset points", color=QUIET)
        axes.set_xlabel("seconds after the event's arrival")
        axes.set_yticks([])
        axes.set_ylim(-1, 1.6)
        axes.margins(x=0.12)
        picture.title(title, f"maximum age {compact(age)}; {end}")
    shown = ", ".join(f"{attempt.number or 'first'} at {attempt.earliest} s {attempt.happens}" for attempt in attempts)
    picture.alternative_text = f"{title}. Attempts: {shown}. {end}."
    return picture
