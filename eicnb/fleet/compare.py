"""The verb `compare`, which finds the differences between two frames of configs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, get_args

from eicnb.changes.change import worded
from eicnb.errors import UsageError, nearest, shown
from eicnb.fleet.compared_frame import NOTHING, ComparedFrame, ComparedRow, On, Settings, key_of
from eicnb.frames.columns import (
    AFTER,
    BEFORE,
    BEFORE_AND_AFTER,
    NAME_COLUMNS,
    SETTING_NAMES,
    SUMMARY,
    VERB,
    Column,
    Scalar,
    common,
)
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.order import Order, order
from eicnb.model.place import Where

COMPARE_COLUMNS = (
    Column("what", "string", "`added`, `removed` or `changed`: what happened to the config"),
    Column("change", "string", "the change in words; an empty config is not the same as no config"),
    *BEFORE_AND_AFTER,
    *NAME_COLUMNS,
)

_COUNTS = ("added", "removed", "changed", "unchanged", "not_compared")


def compare(before: Any, after: Any, *, on: On = "function_arn") -> Frame:
    """Return the configs that differ between two frames of configs, such as two audits.

    >>> before = eic.list("my-function")
    >>> _ = eic.put("my-function:BLUE", maximum_retry_attempts=1)
    >>> compare(before, eic.list("my-function")).change.tolist()
    ['retries 0 -> 1, age 1h -> 6h (default)']

    Each row is a function with its qualifier. `on="function_name"` compares two accounts or two regions, so that equal
    layouts show no differences: a destination in its row's own account and region becomes a name such as `sqs:NAME`. In
    the name of a bucket, the row's account and region become `ACCOUNT` and `REGION`. A row without a config in either
    frame is no difference.

    A row is not compared if one side could not read it (its `scan_state` is not `ok`) or did not cover it. The caption
    and `attrs["not_compared"]` count these rows.
    """
    if on not in get_args(On):
        close = nearest(on, get_args(On)) if isinstance(on, str) else None
        raise UsageError(f"on is {shown(on)}", hint=f'on="{close}"' if close else 'on="function_name"')
    sides = ComparedFrame.of("before", before, on), ComparedFrame.of("after", after, on)
    if on == "function_arn" and all(side.places for side in sides) and not sides[0].places & sides[1].places:
        raise UsageError(
            "the two frames have no account and region in common, so no function_arn is in both",
            hint='on="function_name"',
        )
    found = _Comparison(*sides)
    return to_frame(found.rows(), COMPARE_COLUMNS, found.attrs(on, before.attrs, after.attrs))


class Difference(NamedTuple):
    """A row whose settings differ, with the settings before and after; None means no config."""

    row: ComparedRow
    before: Settings | None
    after: Settings | None

    @property
    def what(self) -> str:
        """The word for what happened to the config."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    def values(self, words: Callable[[Settings | None, Settings | None, Where], str]) -> dict[str, Any]:
        """Return the values of `COMPARE_COLUMNS`."""
        row, before, after = self
        return {
            "what": self.what,
            "change": words(before, after, row.where),
            **{f"{BEFORE}{name}": value for name, value in zip(SETTING_NAMES, before or NOTHING, strict=True)},
            **{f"{AFTER}{name}": value for name, value in zip(SETTING_NAMES, after or NOTHING, strict=True)},
            "function_name": row.function_name,
            "qualifier": row.qualifier,
            "region": row.where.region,
            "account_id": row.where.account_id,
            "function_arn": row.function_arn,
        }


class _Comparison:
    """The comparison of two frames, which matches their rows by key and counts the outcomes."""

    def __init__(self, before: ComparedFrame, after: ComparedFrame) -> None:
        self._sides = before, after
        self._counts: Counter[str] = Counter()
        self._different = sorted(self._differences(), key=lambda found: order_of(found.row))

    def _differences(self) -> Iterator[Difference]:
        """Yield the rows that differ, and count the outcome of every row."""
        before, after = self._sides
        keys = dict.fromkeys((*before.rows, *after.rows, *before.unread, *after.unread))
        self._counts["not_compared"] += len(before.unread_places | after.unread_places)
        for key in keys:
            old, new = before.rows.get(key), after.rows.get(key)
            row = new or old
            if row is None or not ((old or _is_absent(before, row)) and (new or _is_absent(after, row))):
                self._counts["not_compared"] += 1
                continue
            ends = old and old.settings, new and new.settings
            if ends[0] == ends[1]:
                self._counts["unchanged"] += ends[0] is not None
                continue
            different = Difference(row, *ends)
            self._counts[different.what] += 1
            yield different

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return the differences as rows of `COMPARE_COLUMNS`, in the order of an audit."""
        words = cache(in_words)
        return (different.values(words) for different in self._different)

    def attrs(self, on: On, *attrs: Any) -> dict[str, Scalar]:
        """Return the attrs: the accounts and regions, and the number of rows with each outcome."""
        counts = {name: self._counts[name] for name in _COUNTS}
        places = sorted(self._sides[0].places | self._sides[1].places)
        return {
            VERB: "compare",
            "on": on,
            "account_id": common([account_id for account_id, _ in places]),
            "region": common([region for _, region in places]),
            "sandbox": common([bool(one.get("sandbox")) for one in attrs]),
            **counts,
            SUMMARY: ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number),
        }


def _is_absent(frame: ComparedFrame, row: ComparedRow) -> bool:
    """Return whether a row missing from a frame can be compared as having no config."""
    return key_of(row, frame.on) not in frame.unread and (row.settings is None or frame.has_no(row))


def in_words(before: Settings | None, after: Settings | None, where: Where) -> str:
    """Describe the change from one config to another."""
    old, new = (None if end is None else dict(zip(SETTING_NAMES, end, strict=True)) for end in (before, after))
    return worded(old, new, where)


def order_of(row: ComparedRow) -> Order:
    """Return the sort key of a row in an audit."""
    return order(row.where.account_id, row.where.region, row.function_name, row.qualifier)
