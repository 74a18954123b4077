"""The explorer of a frame: a table to select rows in, and a bar that changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
from IPython.display import display
from ipywidgets import HTML, Text, VBox

from eicnb.frames.caption import provenance
from eicnb.frames.columns import SETTING_NAMES
from eicnb.frames.frame import Frame
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.redaction import masks
from eicnb.widgets.background import Background, here
from eicnb.widgets.explorer.bar import ChangeBar, Planning
from eicnb.widgets.explorer.table import MOST_ROWS, ExplorerTable, Words
from eicnb.widgets.fields import control, stylesheet, text_html

_EFFECTIVE = (
    ("maximum_retry_attempts", "effective_retry_attempts", DEFAULT_RETRY_ATTEMPTS),
    ("maximum_event_age_in_seconds", "effective_event_age_in_seconds", DEFAULT_EVENT_AGE_IN_SECONDS),
)
_NAMES = ("function_arn", "function_name", "qualifier", "region", "check")
_SECONDS_AFTER_THE_LAST_KEY = 0.25


class Explorer(VBox):  # type: ignore[misc] # ipywidgets has no types
    """A frame as a table in the notebook; `selection` has its selected rows.

    The selection follows functions, versions and aliases, not positions in the table, so sorting and filtering do not
    change it. The explorer copies the frame, so later changes of the original do not affect it.
    """

    def __init__(self, frame: pd.DataFrame, planning: Planning | None, background: Background | None = None) -> None:
        self._frame = frame.copy()
        self._words = Words.of(self._frame)
        self._selected: set[int] = set()
        self._shown: list[int] = list(range(len(frame)))[:MOST_ROWS]
        self._background = background or here()
        self._cancel_search: Callable[[], object] = lambda: None
        self._table = ExplorerTable(self._part(), self._chosen)
        self._about = HTML("")
        offline = HTML(f'{stylesheet()}<div class="eicnb-text eicnb-offline">⚠ {escape(_NEEDS_A_KERNEL)}</div>')
        parts: list[Any] = [offline, self._about]
        if len(frame) > MOST_ROWS:
            self._search = control(Text, f"Search all {len(frame):,} rows", continuous_update=True)
            self._search.observe(lambda _: self._search_soon(), "value")
            parts.append(self._search)
        parts.append(self._table.widget)
        self._bar = self._bar_of(planning)
        super().__init__(children=[*parts, *([self._bar.box] if self._bar else [])])
        self.add_class("eicnb-form")
        self.add_class("eicnb-explorer")
        self._describe()

    @property
    def selection(self) -> pd.DataFrame:
        """The selected rows, in the order of the frame."""
        return self._frame.iloc[sorted(self._selected)]

    def select(self, rows: pd.DataFrame) -> None:
        """Select the rows for the same functions, versions and aliases as some rows, and no others."""
        wanted = {*_keys(rows)}
        self._selected = {place for place, key in enumerate(_keys(self._frame)) if key in wanted}
        self._show(self._shown)

    def _ipython_display_(self) -> None:
        """Display the explorer, and as a separate output what a reopened notebook shows instead of it."""
        display(self._repr_mimebundle_(), raw=True)
        again = f'<div class="eicnb-reopened">{_html(self._frame)}<p>{escape(_NEEDS_A_KERNEL)}</p></div>'
        display({"text/html": again, "text/plain": _NEEDS_A_KERNEL}, raw=True)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the widget, and the frame for front ends without widgets."""
        static = StaticExplorer(self._frame)
        return {
            "text/plain": repr(static),
            "text/html": static._repr_html_(),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
        }

    def _bar_of(self, planning: Planning | None) -> ChangeBar | None:
        """Return the bar for configs or findings; other frames have none."""
        columns = {*self._frame.columns}
        fixes = "fix" in columns
        if planning is None or "function_arn" not in columns or not (fixes or columns.issuperset(SETTING_NAMES)):
            return None
        return ChangeBar(planning, self._background, lambda: self.selection, self._take, fixes=fixes)

    def _part(self) -> Words:
        """Return the words of the rows in the table."""
        return replace(self._words, columns=self._words.columns.iloc[self._shown])

    def _chosen(self) -> None:
        self._selected -= {*self._shown}
        self._selected |= {*self._table.selection}
        self._describe()
        if self._bar:
            self._bar.refresh()

    def _describe(self) -> None:
        rows = f"{len(self._frame):,} row{'' if len(self._frame) == 1 else 's'}"
        part = f"; {len(self._shown):,} of them are in the table" if len(self._shown) < len(self._frame) else ""
        selected = f"; {len(self._selected):,} selected" if self._selected else ""
        about = dict(self._frame.attrs)
        where = [provenance(about)] if about.get("account_id") else []
        self._about.value = text_html("  ".join([*where, f"{rows}{part}{selected}"]), "eicnb-title")

    def _search_soon(self) -> None:
        """Search when typing pauses."""
        self._cancel_search()
        self._cancel_search = self._background.later(
            _SECONDS_AFTER_THE_LAST_KEY, lambda: self._find(self._search.value)
        )

    def _find(self, text: str) -> None:
        """Show the rows that contain all words of a text, up to the number that a browser can search."""
        words = text.casefold().split()
        joined = self._words.columns.agg("\n".join, axis="columns").str.casefold()
        found = pd.Series(data=True, index=joined.index)
        for word in words:
            found &= joined.str.contains(word, regex=False)
        self._show([place for place, is_found in enumerate(found) if is_found][:MOST_ROWS])

    def _show(self, places: Iterable[int]) -> None:
        self._shown = [*places]
        self._table.show(self._part().columns, self._shown, self._selected)
        self._describe()
        if self._bar:
            self._bar.refresh()

    def _take(self, applied: Frame) -> None:
        """Update the rows that were changed with their new settings."""
        self._frame = updated(self._frame, pd.DataFrame(applied))
        self._words = Words.of(self._frame)
        self._show(self._shown)


class StaticExplorer:
    """The explorer without widgets: the frame, and lines to select and change rows."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    @property
    def selection(self) -> pd.DataFrame:
        """An empty frame, because nothing can be selected without widgets."""
        return self._frame.iloc[:0]

    def __repr__(self) -> str:
        return masks.printed(f"{self._frame!r}\n{_ADVICE}")

    def _repr_html_(self) -> str:
        return f"{_html(self._frame)}<pre>{escape(_ADVICE)}</pre>"


def _html(frame: pd.DataFrame) -> str:
    return str(getattr(frame, "_repr_html_", lambda: "")() or "")


_NEEDS_A_KERNEL = "The explorer needs a running kernel and a front end with widgets: run its cell again."
_ADVICE = """\
Rows are selected in a notebook with widgets. Without them, select and change rows in Python:
rows = frame[frame.on_failure.isna()].assign(maximum_retry_attempts=0)
%eic plan ${rows}"""


def _keys(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the identity of each row: its function, version or alias, and its check if it is a finding."""
    names = [name for name in _NAMES if name in frame.columns]
    columns = [frame[name].astype("string").fillna("").tolist() for name in names]
    return list(zip(*columns, strict=True)) if columns else [(str(label),) for label in frame.index]


def updated(frame: pd.DataFrame, applied: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of configs with the settings that an applied plan has written."""
    frame = frame.copy()
    done = applied[applied["outcome"] == "applied"].set_index("function_arn")
    done = done[~done.index.duplicated(keep="last")]
    written = frame["function_arn"].isin(done.index)
    arns = frame.loc[written, "function_arn"]
    for name, source in _sources(frame):
        frame.loc[written, name] = done[source].reindex(arns).array
    for name, effective, default in _EFFECTIVE:
        if {name, effective} <= {*frame.columns}:
            frame.loc[written, effective] = frame.loc[written, name].fillna(default)
    for name in ("on_failure", "on_success"):
        if f"{name}_type" in frame.columns:
            frame.loc[written, f"{name}_type"] = frame.loc[written, name].str.split(":").str[2]
    return frame


def _sources(frame: pd.DataFrame) -> Iterable[tuple[str, str]]:
    """Yield the columns that an applied plan changes, and the plan's columns with the new values."""
    columns = {**{name: f"after_{name}" for name in SETTING_NAMES}, "configured": "configured_after"}
    return ((name, source) for name, source in columns.items() if name in frame.columns)
