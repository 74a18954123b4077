"""The preview of a form: each setting before and after Apply, and the request as commands."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from eicnb.changes.change import (
    DEFAULTS,
    LABELS,
    SETTINGS,
    Change,
    SettingChange,
    Unread,
    count,
    in_words,
    settings_of,
)
from eicnb.changes.export.command_lines import aws_command, eic_line, python_call
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.frames.html import html_table_of_texts
from eicnb.model.config import EventInvokeConfig
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.widgets.draft import DestinationDraft, Draft, Validated


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The live config of a form's function, the changes that Apply would make, and their commands.

    `live` is None without a config. `trouble` is why nothing can be written. `unread` is why the live config is
    unknown, which does not prevent Apply. `connection_options` lead from the connection in use to the form's.
    """

    where: Where
    validated: Validated
    subject: FunctionRef | None = None
    live: ReportedConfig | None = None
    trouble: str = ""
    unread: str = ""
    connection_options: ConnectionOptions = field(default_factory=ConnectionOptions)
    read: bool = True

    @cached_property
    def settings(self) -> tuple[SettingChange, ...]:
        """Each setting before and after Apply; without changes while fields have errors."""
        if self.validated.request is None:
            return Change(self.subject or FunctionRef("NAME"), self.live, self.live).settings()
        before = Unread(self.unread) if self.unread else self.live
        return Change.of(self.validated.request, before).settings()

    @property
    def number_of_changes(self) -> int:
        """The number of settings that would change."""
        return sum(setting.is_one for setting in self.settings)

    @property
    def is_applicable(self) -> bool:
        """Whether there is a change that can be applied."""
        is_ready = self.read and not self.trouble and self.validated.request is not None
        return is_ready and self.number_of_changes > 0 and not self._deletes_unread()

    @property
    def title(self) -> str:
        """The function with its qualifier, account and region."""
        return f"{self.subject or 'no function chosen'} in {self.where}"

    def verdict(self) -> str:
        """Return a sentence that says what prevents Apply, or that it is ready."""
        if self.validated.faults:
            names = ", ".join(LABELS[name] for name in self.validated.faults)
            return f"Not ready: {count(len(self.validated.faults), 'field')} to correct ({names})."
        if self.trouble:
            return f"Not ready: {self.trouble}"
        if not self.read:
            return f"Reading the config of {self.subject} …"
        if self._deletes_unread():
            return f"Nothing to apply: the live config could not be read, and nothing is set. {self.unread}"
        if not self.number_of_changes:
            state = "has no config, and nothing is set" if self.live is None else "already has these settings"
            return f"Nothing to apply: {self.subject} {state}."
        unread = f" The live config could not be read: {self.unread}" if self.unread else ""
        deletes = " (delete the config)" if self._deletes() else ""
        return f"Ready: {count(self.number_of_changes, 'change')}{deletes}.{unread}"

    def action(self) -> str:
        """Return the label of Apply, which describes its effect."""
        number = count(self.number_of_changes, "change")
        what = "Delete the config of" if self._deletes() else f"Apply {number} to"
        removed = f" ({count(self.number_of_changes, 'setting')} removed)" if self._deletes() else ""
        return f"{what} {self.title}{removed}"

    def _deletes(self) -> bool:
        return self.validated.request is not None and self.validated.request.verb == "delete"

    def _deletes_unread(self) -> bool:
        """Return whether Apply would delete a config that could not be read, which the user cannot intend."""
        return bool(self.unread) and self._deletes()

    def effect(self) -> str:
        """Return what the request does besides changing the settings."""
        if not (self.validated.request and self.number_of_changes) or self._deletes_unread():
            return ""
        if self._deletes():
            return "Nothing is set, and AWS refuses a config without settings, so Apply deletes it."
        return "Apply is one put: it writes all four settings as shown and removes those that are not set."

    @property
    def is_known(self) -> bool:
        """Whether there are settings to show: the function exists, and its config has been requested."""
        return self.subject is not None and self.read and not self.trouble

    def _table(self) -> list[tuple[str, ...]]:
        """Return the settings under their headings; while fields have errors, without the values after Apply."""
        rows: list[tuple[str, ...]] = [setting.row() for setting in self.settings]
        table: list[tuple[str, ...]] = [("Setting", "Now", "After Apply", "Effect"), *rows]
        return table if self.validated.request else [row[:2] for row in table]

    def commands(self) -> dict[str, str]:
        """Return the request as a command for a terminal, for `%eic` and for Python."""
        request = self.validated.request
        if request is None or (self._deletes() and self.live is None):
            return {}
        return {
            "In a terminal": aws_command(request, self.where),
            "In a notebook": eic_line(request, self.where, self.connection_options.options),
            "In Python": python_call(request, self.where, self.connection_options.options),
        }

    def notes(self) -> list[str]:
        """Return notes on running the commands elsewhere."""
        notes = []
        if self.where.sandbox and self.commands():
            notes.append("This is the SANDBOX: in a terminal the command goes to AWS unless --endpoint-url is added.")
        if not self.connection_options.is_complete and self.commands():
            notes.append(ELSEWHERE)
        return notes

    def text(self) -> str:
        """Return the preview as plain text."""
        parts = [f"Preview: {self.title}", self.verdict(), *self.validated.faults.values()]
        if self.is_known:
            parts += [_columns([*self._table()]), self.effect()]
        commands = [f"{name}:\n{_indented(text)}" for name, text in self.commands().items()]
        return "\n".join(filter(None, [*parts, *commands, *self.notes(), REOPENED]))

    def html(self) -> str:
        """Return the preview as HTML; values from AWS and from fields are escaped."""
        parts = [f"<p><strong>Preview: {escape(self.title)}</strong><br>{escape(self.verdict())}</p>"]
        if self.validated.faults:
            parts.append(f"<ul>{''.join(f'<li>{escape(fault)}</li>' for fault in self.validated.faults.values())}</ul>")
        if self.is_known:
            head, *rows = self._table()
            parts += [html_table_of_texts(head, rows), _paragraph(self.effect())]
        for name, text in self.commands().items():
            parts.append(f"<p>{escape(name)}</p><pre {_WRAPPED}>{escape(text)}</pre>")
        reopened = f'<p class="eicnb-reopened">{escape(REOPENED)}</p>'
        return "\n".join([*filter(None, parts), *map(_paragraph, self.notes()), reopened])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": f"<div>{self.html()}</div>", "text/plain": self.text()}


_WRAPPED = 'style="white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 0.5em 1em"'


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _columns(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  " + "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


ELSEWHERE = "%eic and eicnb act on the connection in use, which is not this form's."

NEEDS_A_KERNEL = "The form needs a running kernel and a front end with widgets: run its cell again."

REOPENED = "If the form above is missing or grey, run its cell again: it needs a running kernel."
"""The last line of a preview; the stylesheet of a working form hides it."""


@dataclass(frozen=True, slots=True)
class StaticForm:
    """A form without widgets: the current config, and a line to edit and run.

    A terminal shows its text, and a saved notebook shows its HTML in place of the form.
    """

    preview: Preview

    @property
    def line(self) -> str:
        """The `%eic put` that writes the current config, or AWS's defaults without one."""
        return editable_line(self.preview)

    def __repr__(self) -> str:
        head = f"{self.preview.title}\n{self._state()}"
        return "\n".join(
            [head, _columns(self._rows()), "To change it, edit and run:", f"    {self.line}", *self.notes()]
        )

    def _repr_html_(self) -> str:
        return (
            f"<p><strong>{escape(self.preview.title)}</strong><br>{escape(self._state())}</p>"
            f"{html_table_of_texts(('Setting', 'Now'), self._rows())}"
            f"<p>To change it, edit and run:</p><pre {_WRAPPED}>{escape(self.line)}</pre>"
            f"{''.join(map(_paragraph, self.notes()))}"
        )

    def notes(self) -> list[str]:
        """Return notes on running the line: AWS refuses it, or it uses another connection."""
        live, where = self.preview.live, self.preview.where
        faults = Draft.of("f", LATEST, live, where).check(where).faults if live else {}
        refused = [f"AWS would refuse this line: {LABELS[name]}: {fault}" for name, fault in faults.items()]
        return [*refused, *([] if self.preview.connection_options.is_complete else [ELSEWHERE])]

    def _state(self) -> str:
        if self.preview.subject is None:
            return "No function is chosen; %eic functions lists them."
        if self.preview.trouble or not self.preview.read:
            return self.preview.trouble or "The config has not been read yet."
        if self.preview.unread:
            return f"The config could not be read: {self.preview.unread}"
        return "The current config:" if self.preview.live else "There is no config: AWS's defaults apply."

    def _rows(self) -> list[tuple[str, ...]]:
        values = settings_of(Unread(self.preview.unread) if self.preview.unread else self.preview.live)
        return [(LABELS[name], in_words(name, values[name])) for name in SETTINGS]


def editable_line(preview: Preview) -> str:
    """Return a put of the live config, even if AWS would refuse it today; without one, of AWS's defaults."""
    subject, live = preview.subject or FunctionRef("NAME"), preview.live
    named = None if subject.qualifier == LATEST else subject.qualifier
    values = settings_of(live)
    config = EventInvokeConfig(
        maximum_retry_attempts=values["maximum_retry_attempts"],
        maximum_event_age_in_seconds=values["maximum_event_age_in_seconds"],
    )
    if not any(value is not None for value in values.values()):
        config = DEFAULTS
    put = eic_line(
        Request("put", subject.without_qualifier(), named, config), preview.where, preview.connection_options.options
    )
    destinations = (_destination_words(name, values[name], preview.where) for name in SETTINGS[2:])
    return " ".join(filter(None, [put, *destinations]))


def _destination_words(name: str, arn: str | None, where: Where) -> str:
    if not arn:
        return ""
    target = DestinationDraft.of(arn, where)
    return shlex.join([f"--{name.replace('_', '-')}", arn if target.text == arn else f"{target.kind}:{target.text}"])
