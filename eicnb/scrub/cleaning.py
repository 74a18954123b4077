"""Puts masks into the outputs and the metadata of a notebook, and looks into its sources without changing them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eicnb.redaction.masks import Masks, replaced
from eicnb.redaction.patterns import IN_NOTEBOOKS, SECRETS, Span, spans
from eicnb.scrub.report import Place, Report

_DATA_URL = re.compile(r"(data:[\w.+/-]+;base64,[A-Za-z0-9+/=]+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_MOST_ROUNDS = 5


class Cleaning:
    """One notebook's cleaning: its masks, the names to mask, and the report that grows with it.

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

    def cleaned(self, notebook: Mapping[str, Any]) -> dict[str, Any]:
        """The notebook with masks; it is one that `eicnb.scrub.files` has checked."""
        cells = [self._cell(cell, number) for number, cell in enumerate(notebook["cells"], start=1)]
        changed = {"metadata": self._value(notebook.get("metadata", {}), Place(None, "metadata")), "cells": cells}
        return {name: changed.get(name, value) for name, value in notebook.items()}

    def _cell(self, cell: Mapping[str, Any], number: int) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for name, value in cell.items():
            if name == "source":
                self._text(_joined(value), Place(number, "source"))
            elif name == "outputs":
                changed[name] = [self._output(output, Place(number, "output")) for output in value]
            elif name == "attachments":
                place = Place(number, "attachment")
                for file in value:  # the source refers to it by this name
                    self._text(file, Place(number, "source"))
                changed[name] = {file: self._bundle(its, place) for file, its in value.items()}
            elif name not in {"cell_type", "execution_count", "id"}:
                changed[name] = self._value(value, Place(number, "metadata"))
        return {**cell, **changed}

    def _output(self, output: Mapping[str, Any], place: Place) -> dict[str, Any]:
        changed = {}
        for name, value in output.items():
            if name == "data":
                changed[name] = self._bundle(value, place)
            elif name == "text":
                changed[name] = self._lines(value, place)
            elif name not in {"output_type", "execution_count"}:
                changed[name] = self._value(value, place)
        return {**output, **changed}

    def _bundle(self, bundle: Mapping[str, Any], place: Place) -> dict[str, Any]:
        return {kind: self._shown(kind, value, place) for kind, value in bundle.items()}

    def _shown(self, kind: str, value: Any, place: Place) -> Any:
        """One form of an output: text is masked, what is Base64 is counted."""
        if kind == "application/json" or kind.endswith("+json"):
            return self._value(value, place)
        if not (kind.startswith("text/") or kind.endswith("+xml")) and _is_base64(value):
            self.report.unread[place, "picture" if kind.startswith("image/") else f"{kind} file"] += 1
            return value
        return self._lines(value, place) if _is_lines(value) else self._value(value, place)

    def _lines(self, value: Any, place: Place) -> Any:
        """A text that may be saved as a list of its lines, whichever it was."""
        text = _joined(value)
        cleaned = self._text(text, place)
        if cleaned == text:
            return value
        return cleaned if isinstance(value, str) else cleaned.splitlines(keepends=True)

    def _value(self, value: Any, place: Place, name: str = "") -> Any:
        """Any JSON: texts, numbers that may be accounts, and names of members; `name` is what it is the value of."""
        if isinstance(value, str):
            return self._text(value, place, f"{name}=" if name else "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            cleaned = self._text(str(value), place)
            return value if cleaned == str(value) else cleaned
        if isinstance(value, list):
            return [self._value(member, place, name) for member in value]
        return self._object(value, place) if isinstance(value, dict) else value

    def _object(self, value: dict[str, Any], place: Place) -> dict[str, Any]:
        if value.get("encoding") == "base64" and isinstance(value.get("data"), str):
            self.report.unread[place, "widget buffer"] += 1
            return value
        return {self._text(key, place): self._value(member, place, key) for key, member in value.items()}

    def _text(self, text: str, place: Place, lead: str = "") -> str:
        """The text with masks, each counted; what is in a data URL cannot be read, and is counted too."""
        if "base64," not in text:
            return self._plain(text, place, lead)
        pieces = _DATA_URL.split(text)
        for url in pieces[1::2]:
            self.report.unread[place, "picture" if url.startswith("data:image/") else "data URL"] += 1
        pieces[::2] = [self._plain(piece, place, lead) for piece in pieces[::2]]
        return "".join(pieces)

    def _plain(self, text: str, place: Place, lead: str) -> str:
        """Masked until nothing is left to mask: a mask can part what had hidden an account id."""
        for _ in range(_MOST_ROUNDS):
            found = list(self._spans(text, lead))
            for span in found:
                self.report.found[place, span.kind.name] += 1
            text, _moved = replaced(text, found, self._masks)
            if not found:
                break
        return text

    def _spans(self, text: str, lead: str) -> Iterator[Span]:
        """What to mask in a text; the name of the member that it is the value of may say that it is secret."""
        said = [span for span in spans(lead + text, SECRETS) if span.start == len(lead)] if lead else []
        secret = [Span(0, span.end - len(lead), span.kind) for span in said]
        yield from secret
        for span in spans(text, IN_NOTEBOOKS, self._names):
            if not any(span.overlaps(one) for one in secret):
                yield span


def _is_lines(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _is_base64(value: Any) -> bool:
    return _is_lines(value) and _BASE64.fullmatch(_joined(value)) is not None
