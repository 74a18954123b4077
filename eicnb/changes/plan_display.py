"""The display of a plan: a table of its changes, before and after, as HTML and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eicnb.changes.change import LABELS, UNKNOWN, SettingChange, in_short, place_of
from eicnb.changes.planned import PlannedChange
from eicnb.errors import width_of
from eicnb.frames.columns import SETTING_NAMES
from eicnb.frames.html import HtmlCell, escaped, html_table
from eicnb.model.place import Where
from eicnb.redaction import masks
from eicnb.redaction.control_characters import printable

_ARROW = " \N{RIGHTWARDS ARROW} "

_LOUD = 'style="font-weight: bold; color: #ffffff; background: #a6200d; padding: 0 0.3em"'
"""White on red, which is legible on light and dark pages."""

_STRONG = 'style="font-weight: bold"'

_CELL = ' style="text-align: left; white-space: nowrap; padding: 0.2em 0.7em"'

_SCROLLS = 'style="max-height: 600px; overflow: auto"'

_LOUD_WORDS = frozenset({"delete", "conflict", "refused"})


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A cell's text; `is_loud` marks a reset, a deletion or a row that will not be applied."""

    text: str
    is_changed: bool = False
    is_loud: bool = False


Shown = list[PlanCell]


@dataclass(frozen=True, slots=True)
class PlanWords:
    """The text around the table: a summary and the plan's subject above it, notes below it."""

    summary: str
    about: str = ""
    notes: tuple[str, ...] = ()

    def below(self, more: Sequence[str]) -> list[str]:
        """Return the lines below the table, with secrets masked."""
        return [*more, *map(masks.printed, self.notes)]

    def above(self) -> list[str]:
        """Return the line between the summary and the table, if there is one, with secrets masked."""
        return [masks.printed(self.about)] if self.about else []


def summary(rows: Sequence[PlannedChange], name: str, *, sandbox: bool) -> str:
    """Summarise a plan: the number of each action, the accounts and the regions."""
    counts: Counter[str] = Counter(row.action for row in rows)
    resets = sum(_is_reset(setting) for row in rows if row.action == "put" for setting in _settings(row))
    words = [f"{counts[action]} {noun}" for action, noun in _NOUNS.items() if counts[action]]
    words += [f"{resets} {'reset' if resets == 1 else 'resets'}"] if resets else []
    words += [f"{counts['none']} unchanged"]
    return "  ".join([f"Plan {name}: {', '.join(words)}", *_places(rows), *(["SANDBOX"] if sandbox else [])])


_NOUNS = {"put": "to put", "delete": "to DELETE", "conflict": "in CONFLICT", "refused": "REFUSED"}


def _places(rows: Sequence[PlannedChange]) -> Iterator[str]:
    accounts = sorted({row.account_id for row in rows if row.account_id})
    regions = sorted({row.region for row in rows if row.region})
    if accounts:
        yield f"account{'s' if len(accounts) > 1 else ''} {', '.join(accounts)}"
    if regions:
        yield ", ".join(regions)


def to_text(rows: Sequence[PlannedChange], words: PlanWords, most: int) -> str:
    """Return the changes of a plan as a text table, with a column for each setting that changes."""
    names, cells, more = _table(rows, most)
    if not cells:
        return "\n".join([masks.printed(words.summary), *words.above(), *words.below(more)])
    hidden = _hidden([words.summary, *names, *(_marked(cell) for row in cells for cell in row)])
    columns = [hidden[1 + place :: len(names)] for place in range(len(names))]
    widths = [max(map(width_of, column)) for column in columns]
    lines = [
        "  ".join(word + " " * (width - width_of(word)) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]
    return "\n".join([hidden[0], *words.above(), *lines, *words.below(more)])


def to_html(rows: Sequence[PlannedChange], words: PlanWords, most: int) -> str:
    """Return the same table as script-free HTML, escaped; resets and deletions are white on red."""
    names, cells, more = _table(rows, most)
    hidden = _hidden([words.summary, *names, *(_marked(cell) for row in cells for cell in row)])
    caption, texts = escaped(hidden[0]), hidden[1 + len(names) :]
    drawn = iter(texts)
    heads = [HtmlCell(escaped(name), _CELL) for name in hidden[1 : 1 + len(names)]]
    table = html_table(heads, ([_html_cell(cell, next(drawn)) for cell in row] for row in cells))
    above = "".join(f"<p>{escaped(line)}</p>\n" for line in words.above())
    below = "".join(f"\n<p>{escaped(line)}</p>" for line in words.below(more))
    shown = f'<div role="region" aria-label="{caption}" tabindex="0" {_SCROLLS}>\n{table}\n</div>' if cells else ""
    return f"<p {_STRONG}>{caption}</p>\n{above}{shown}{below}"


def _table(rows: Sequence[PlannedChange], most: int) -> tuple[list[str], list[Shown], list[str]]:
    """Return the column names, the rows that change, and a line about rows that are not shown."""
    changing = [row for row in rows if row.action != "none"]
    shown = changing[:most]
    settings = [name for name in SETTING_NAMES if any(row.change and _changes(row, name) for row in shown)]
    several = len({(row.account_id, row.region) for row in rows}) > 1
    names = ["action", "function", *(LABELS[name] for name in settings), "note"]
    names += ["region", "account"] if several else []
    cells = [list(_cells(row, settings, several=several)) for row in shown]
    left = len(changing) - len(shown)
    return names, cells, [f"{left} more; plan.frame has all rows"] if left else []


def _cells(row: PlannedChange, settings: Sequence[str], *, several: bool) -> Iterator[PlanCell]:
    yield PlanCell(row.action, is_loud=row.action in _LOUD_WORDS)
    yield PlanCell(row.subject)
    changes = {setting.name: setting for setting in _settings(row)}
    for name in settings:
        yield _setting_cell(row, changes[name]) if name in changes else PlanCell("")
    yield PlanCell(row.reason)
    if several:
        yield from (PlanCell(row.region or ""), PlanCell(row.account_id or ""))


def _setting_cell(row: PlannedChange, setting: SettingChange) -> PlanCell:
    assert row.change is not None, "a row without a change has no settings"
    where = place_of(row.change.target)
    before, after = (_word(setting.name, value, where) for value in (setting.before, setting.after))
    if not setting.is_one:
        return PlanCell(before)
    return PlanCell(f"{before}{_ARROW}{after}", is_changed=True, is_loud=_is_reset(setting))


def _word(name: str, value: Any, where: Where) -> str:
    word = in_short(name, value, where)
    return f"{word} (default)" if value is None and word != "none" else word


def _settings(row: PlannedChange) -> tuple[SettingChange, ...]:
    return row.change.settings() if row.change and row.action != "refused" else ()


def _changes(row: PlannedChange, name: str) -> bool:
    return any(setting.is_one for setting in _settings(row) if setting.name == name)


def _is_reset(setting: SettingChange) -> bool:
    """Return whether the change removes a setting that was set."""
    return setting.is_one and setting.after is None and setting.before is not UNKNOWN


def _marked(cell: PlanCell) -> str:
    """Return a cell's text; mark a loud cell with a word too, because not everyone sees colours."""
    if not cell.is_loud:
        return cell.text
    return f"{cell.text} RESET" if cell.is_changed else cell.text.upper()


def _html_cell(cell: PlanCell, text: str) -> HtmlCell:
    style = _LOUD if cell.is_loud else _STRONG if cell.is_changed else ""
    return HtmlCell(f"<span {style}>{escaped(text)}</span>" if style else escaped(text), _CELL)


def _hidden(texts: Sequence[str]) -> list[str]:
    return [printable(text) for text in masks.masked_together([" ".join(text.split("\n")) for text in texts])]
