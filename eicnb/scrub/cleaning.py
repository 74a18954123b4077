"""Mask the outputs and metadata of a notebook; its sources are searched but not changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eicnb.redaction.accounts import digits_of, names_an_account
from eicnb.redaction.kinds import Span
from eicnb.redaction.masks import Masks, replaced
from eicnb.redaction.patterns import ACCOUNT, IN_NOTEBOOKS, SECRETS
from eicnb.redaction.search import spans
from eicnb.scrub.files import is_text
from eicnb.scrub.report import Part, Report

_DATA_URL = re.compile(r"(data:[\w.+/-]+;base64,[A-Za-z0-9+/=]+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_SCRIPTS = {"application/javascript", "text/javascript"}
_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of twelve digits, and its place in the cleaned notebook."""

    holder: Any
    key: Any
    digits: str
    place: Part
    is_named: bool


class Cleaning:
    """The cleaning of one notebook: its masks, the names to mask, and its report.

    >>> cleaning = Cleaning(Masks(), ["acme"])
    >>> cleaning.cleaned({"metadata": {"queue": "arn:aws:sqs:us-east-1:123456789012:acme-lost"}, "cells": []})
    {'metadata': {'queue': 'arn:aws:sqs:us-east-1:ACCOUNT-0001:NAME-0001-lost'}, 'cells': []}
    >>> list(cleaning.report.lines())
    ['notebook, metadata: 1 account id, 1 listed name']
    """

    def __init__(self, masks: Masks, names: Sequence[str]) -> None:
        self.report = Report()
        self._masks = masks
        self._names = names
        self._numbers: list[_Number] = []

    def cleaned(self, notebook: Mapping[str, Any]) -> dict[str, Any]:
        """Return a notebook with masks; `eicnb.scrub.files` has validated it."""
        cells = [self._cell(cell, number) for number, cell in enumerate(notebook["cells"], start=1)]
        changed = {
            "metadata": self._value(notebook.get("metadata", {}), Part(None, "metadata")),
            "cells": cells,
        }
        self._mask_numbers()
        return {name: changed.get(name, value) for name, value in notebook.items()}

    def _cell(self, cell: Mapping[str, Any], number: int) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for name, value in cell.items():
            if name == "source":
                self._text(_joined(value), Part(number, "source"))
            elif name == "outputs":
                changed[name] = [self._output(output, Part(number, "output")) for output in value]
            elif name == "attachments":
                place = Part(number, "attachment")
                for file in value:  # the source refers to it by this name
                    self._text(file, Part(number, "source"))
                changed[name] = {file: self._bundle(its, place) for file, its in value.items()}
            elif name not in {"cell_type", "execution_count", "id"}:
                changed[name] = self._value(value, Part(number, "metadata"))
        return {**cell, **changed}

    def _output(self, output: Mapping[str, Any], place: Part) -> dict[str, Any]:
        changed = {}
        for name, value in output.items():
            if name == "data":
                changed[name] = self._bundle(value, place)
            elif name == "text":
                changed[name] = self._lines(value, place)
            elif name not in {"output_type", "execution_count"}:
                changed[name] = self._value(value, place)
        return {**output, **changed}

    def _bundle(self, bundle: Mapping[str, Any], place: Part) -> dict[str, Any]:
        return {kind: self._shown(kind, value, place) for kind, value in bundle.items()}

    def _shown(self, kind: str, value: Any, place: Part) -> Any:
        """Return one representation of an output: text is masked, and Base64 is only counted."""
        if kind == "application/json" or kind.endswith("+json"):
            return self._value(value, place)
        if not (kind.startswith("text/") or kind.endswith("+xml")) and _is_base64(value):
            self.report.unread[place, "picture" if kind.startswith("image/") else f"{kind} file"] += 1
            return value
        if not is_text(value):
            return self._value(value, place)
        return self._lines(value, place, script=kind in _SCRIPTS)

    def _lines(self, value: Any, place: Part, *, script: bool = False) -> Any:
        """Mask a text, and return it as a string or a list of lines, as it was."""
        text = _joined(value)
        cleaned = self._text(text, place, script=script)
        if cleaned == text:
            return value
        return cleaned if isinstance(value, str) else cleaned.splitlines(keepends=True)

    def _value(self, value: Any, place: Part, name: str = "") -> Any:
        """Mask the texts and member names in any JSON; `name` is the name of this value."""
        if isinstance(value, str):
            return self._text(value, place, f"{name}=" if name else "")
        if isinstance(value, list):
            members = [self._value(member, place, name) for member in value]
            self._remember_numbers(members, enumerate(value), place, name)
            return members
        return self._object(value, place) if isinstance(value, dict) else value

    def _object(self, value: dict[str, Any], place: Part) -> dict[str, Any]:
        for kind, data in (("widget buffer", "data"), ("array", "bdata")):
            is_encoded = value.get("encoding") == "base64" if data == "data" else "dtype" in value
            if is_encoded and isinstance(value.get(data), str):
                self.report.unread[place, kind] += 1
                return value
        members = {}
        for name, member in value.items():
            shown = self._text(name, place)
            members[shown] = self._value(member, place, name)
            self._remember_numbers(members, [(shown, member)], place, name)
        return members

    def _remember_numbers(self, holder: Any, members: Iterable[tuple[Any, Any]], place: Part, name: str) -> None:
        for key, member in members:
            if isinstance(member, int | float) and (digits := digits_of(member)):
                self._numbers.append(_Number(holder, key, digits, place, is_named=names_an_account(name)))

    def _mask_numbers(self) -> None:
        """Replace each number that is an account id by the number of its mask; a viewer may need a number.

        It runs last, when all texts have been read and the account ids are known.
        """
        for number in self._numbers:
            if number.is_named or self._masks.given(ACCOUNT, number.digits):
                shown = self._masks.number_of(ACCOUNT, number.digits)
                number.holder[number.key] = type(number.holder[number.key])(shown)
                self.report.found[number.place, ACCOUNT.name] += 1

    def _text(self, text: str, place: Part, lead: str = "", *, script: bool = False) -> str:
        """Mask and count what is in a text; data URLs cannot be searched, and are counted too."""
        if "base64," not in text:
            return self._plain(text, place, lead, script=script)
        pieces = _DATA_URL.split(text)
        for url in pieces[1::2]:
            self.report.unread[place, "picture" if url.startswith("data:image/") else "data URL"] += 1
        pieces[::2] = [self._plain(piece, place, lead, script=script) for piece in pieces[::2]]
        return "".join(pieces)

    def _plain(self, text: str, place: Part, lead: str, *, script: bool) -> str:
        """Mask a text until nothing is left, because a mask can reveal an account id next to it."""
        for _ in range(_MOST_ROUNDS):
            found = list(self._spans(text, lead, script=script))
            for span in found:
                self.report.found[place, span.kind.name] += 1
            text, _moved = replaced(text, found, self._masks)
            if not found:
                break
        return text

    def _spans(self, text: str, lead: str, *, script: bool) -> Iterator[Span]:
        """Yield what to mask in a text; the name of its member may show that all of it is secret."""
        named = [span for span in spans(lead + text, SECRETS) if span.start == len(lead)] if lead else []
        secret = [Span(0, span.end - len(lead), span.kind) for span in named]
        yield from secret
        for span in spans(text, IN_NOTEBOOKS, self._names, script=script):
            if not any(span.overlaps(one) for one in secret):
                yield span


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _is_base64(value: Any) -> bool:
    return is_text(value) and _BASE64.fullmatch(_joined(value)) is not None
