"""A matplotlib figure with a description in words.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import matplotlib as mpl
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from eicnb.redaction import masks

INK = "#333333"
QUIET = "#666666"
RESOLUTION = 110  # dots per inch: 11 inches fill an output area of 1,200 pixels

_LONGEST_LABEL = 44


class Picture(Figure):
    """An ordinary matplotlib figure with alternative text for screen readers.

    Front ends drop the alternative text of a PNG, so a notebook gets an HTML image that has it.
    """

    def __init__(self, width: float = 11, height: float = 4, **options: Any) -> None:
        super().__init__(figsize=(width, height), layout="constrained", facecolor="white", **options)
        self.alternative_text = ""

    def title(self, text: str, detail: str, axes: Axes | None = None) -> None:
        """Set the title, and a line below it about units and place."""
        heading = self.suptitle(label(text, longest=120), x=0.01, ha="left", fontsize=14, color=INK, weight="bold")
        heading.set_parse_math(False)
        under = (axes or self.axes[0]).set_title(label(detail, longest=160), loc="left", fontsize=10, color=QUIET)
        under.set_parse_math(False)

    def _repr_html_(self) -> str:
        image = BytesIO()
        self.savefig(image, format="png", dpi=RESOLUTION)
        encoded = base64.b64encode(image.getvalue()).decode()
        described = html.escape(self.alternative_text)
        return f'<img alt="{described}" style="max-width: 100%" src="data:image/png;base64,{encoded}">'

    def _ipython_display_(self) -> None:
        display({"text/html": self._repr_html_(), "text/plain": self.alternative_text}, raw=True)


@contextmanager
def plain_style() -> Iterator[None]:
    """Draw with matplotlib's default style, whatever style the notebook has chosen."""
    with mpl.rc_context(mpl.rcParamsDefault):
        yield


def label(text: str, longest: int = _LONGEST_LABEL) -> str:
    """Return a text as a label: masked, in characters of the font, and shortened in the middle.

    >>> label("payments-webhook-for-all-the-shops-of-the-whole-company")
    'payments-webhook-for-a…-of-the-whole-company'
    """
    shown = masks.printed(text)
    shown = "".join(letter if _has(letter) else "\N{REPLACEMENT CHARACTER}" for letter in shown)
    if len(shown) <= longest:
        return shown
    half = longest // 2
    return f"{shown[:half]}…{shown[half + 1 - longest :]}"


@cache
def _has(letter: str) -> bool:
    return letter.isascii() or get_font(findfont("DejaVu Sans")).get_char_index(ord(letter)) != 0


def write(axes: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Write a label at a point of some axes; nothing in it is read as mathematics."""
    axes.text(x, y, text, **{"color": INK, "fontsize": 9, "va": "center", **options}).set_parse_math(False)
