"""`--output yaml`: YAML 1.2 in block style with sorted keys, exactly as the AWS CLI writes it.

    DestinationConfig:
      OnFailure:
        Destination: arn:aws:sqs:us-east-1:123456789012:lost
      OnSuccess: {}
    LastModified: '2019-11-13T23:00:21+00:00'

The CLI writes with libyaml. The pure-Python writer of ruamel.yaml chooses other quotes and line breaks, so eicnb has
its own writer. ruamel.yaml only decides which texts a reader would mistake for numbers or dates. A text is bare if it
cannot be mistaken for another type, 'quoted' if it can, and "escaped" if it has characters that YAML cannot show.
A text that passes column 80 breaks at its next blank. A repeated list or structure is an alias: `&id001` marks it,
`*id001` repeats it.

Tested in tests/cli/test_output.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode

_WIDTH = 80
_LONGEST_KEY = 128
_TEXT = "tag:yaml.org,2002:str"
_HIDDEN = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAKS = "\n\u2028\u2029"
_BROKEN = re.compile(rf"[{_BREAKS}]")
_MORE_LINES = re.compile("[\r\n\x85\u2028\u2029]")
_BLANK_AT_A_BREAK = re.compile(rf" [{_BREAKS}]|[{_BREAKS}] ")
_INDICATORS = re.compile(r"---|\.\.\.|[#,\[\]{}&*!|>'\"%@`]|[?:-](?: |\Z)|.*?(?::(?: |\Z)| #)")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip
_CODES = (("x", 2), ("u", 4), ("U", 8))


def dump(value: Any) -> str:
    """Write a list or a structure as a YAML document.

    >>> print(dump({"Retries": [0, None], "Name": "true"}), end="")
    Name: 'true'
    Retries:
    - 0
    - null
    """
    writer = _Writer(value)
    writer.node(value, 0, compact=True)
    return "".join(writer.pieces) + "\n"


class _Writer:
    """The text written so far, and the current column."""

    def __init__(self, value: Any) -> None:
        self.pieces: list[str] = []
        self.column = 0
        self.anchors = _anchors(value)
        self.written: set[int] = set()

    def node(self, value: Any, indent: int, *, compact: bool) -> None:
        """node = alias / [anchor] (sequence / mapping / scalar) ; if `compact`, on the current line"""
        anchor = self.anchors.get(id(value)) if isinstance(value, Mapping | list) else None
        if anchor and id(value) in self.written:
            self._word(f"*{anchor}")
            return
        if anchor:
            self.written.add(id(value))
            self._word(f"&{anchor}")
        if isinstance(value, Mapping) and value:
            self._mapping(value, indent, compact=compact and not anchor)
        elif isinstance(value, list) and value:
            self._sequence(value, indent, compact=compact and not anchor)
        else:
            self._word("")
            self._scalar(value, indent)

    def _mapping(self, value: Mapping[str, Any], indent: int, *, compact: bool) -> None:
        """mapping = 1*( key ":" node / "?" scalar ":" node ) ; a list after a short key is not indented"""
        for number, name in enumerate(sorted(value)):
            self._entry(indent, compact=compact and not number)
            member = value[name]
            if _is_short(name):
                self._scalar(name, None)
                self._put(":")
                self.node(member, indent if isinstance(member, list) and member else indent + 2, compact=False)
            else:
                self._put("? ")
                self._scalar(name, indent + 2)
                self._entry(indent, compact=False)
                self._put(":")
                self.node(member, indent + 2, compact=True)

    def _sequence(self, values: list[Any], indent: int, *, compact: bool) -> None:
        """sequence = 1*( "-" node )"""
        for number, value in enumerate(values):
            self._entry(indent, compact=compact and not number)
            self._put("-")
            self.node(value, indent + 2, compact=True)

    def _scalar(self, value: Any, indent: int | None) -> None:
        """scalar = bare / "'" text "'" / '"' escaped '"' ; without an indent (a short key), never folded"""
        if not isinstance(value, str):
            self._put(_bare(value))
            return
        style = _style(value)
        self._put(style)
        if style == '"':
            self._escaped(value, indent)
        else:
            self._shown(value, indent, quote=style)
        self._put(style)

    def _shown(self, text: str, indent: int | None, *, quote: str) -> None:
        """Write text without escapes; YAML requires doubled quotes in quoted text, and doubled newlines."""
        broken = False
        for at, character in enumerate(text):
            if character in _BREAKS:
                self._line("\n\n" if character == "\n" and not broken else character)
                broken = True
                continue
            if broken:
                self._put(" " * (indent or 0))
            broken = False
            if not self._folded(text, at, indent):
                self._put(character * 2 if character == quote else character)
        if broken:
            self._put(" " * (indent or 0))

    def _escaped(self, text: str, indent: int | None) -> None:
        for at, character in enumerate(text):
            if self._folded(text, at, indent, before_blank=True):
                self._put("\\" if text[at + 1] == " " else "")
            else:
                self._put(_escape(character))

    def _folded(self, text: str, at: int, indent: int | None, *, before_blank: bool = False) -> bool:
        """Break the line instead of writing a blank after column 80, and return whether it did.

        A leading or trailing blank, or one after another blank, never breaks the line.
        """
        if indent is None or self.column <= _WIDTH or text[at] != " " or at in (0, len(text) - 1):
            return False
        if text[at - 1] == " " or (text[at + 1] == " " and not before_blank):
            return False
        self._line("\n")
        self._put(" " * indent)
        return True

    def _entry(self, indent: int, *, compact: bool) -> None:
        if compact:
            self._word("")
        else:
            self._line("\n")
            self._put(" " * indent)

    def _word(self, word: str) -> None:
        """Write a word, preceded by a blank unless it begins the document."""
        self._put(" " + word if self.pieces else word)

    def _put(self, text: str) -> None:
        if text:
            self.pieces.append(text)
        self.column += len(text)

    def _line(self, end: str) -> None:
        self.pieces.append(end)
        self.column = 0


def _is_short(key: str) -> bool:
    """Return whether a key fits on one line before its colon, in at most 128 bytes."""
    return len(key.encode("utf-8", "surrogatepass")) <= _LONGEST_KEY and not _MORE_LINES.search(key)


def _anchors(value: Any) -> Mapping[int, str]:
    """Return the anchors of repeated lists and structures, numbered by their first repetition."""
    seen: set[int] = set()
    names: dict[int, str] = {}

    def visit(node: Any) -> None:
        if not isinstance(node, Mapping | list):
            return
        if id(node) in seen:
            names.setdefault(id(node), f"id{len(names) + 1:03}")
            return
        seen.add(id(node))
        for inner in node if isinstance(node, list) else [node[name] for name in sorted(node)]:
            visit(inner)

    visit(value)
    return names


def _bare(value: Any) -> str:
    """Return the text of a scalar that is not text, or of an empty list or structure."""
    match value:
        case None:
            return "null"
        case float():
            return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(value), repr(value))
        case Mapping() | list() | bool():
            return str(value).lower() if isinstance(value, bool) else "{}" if isinstance(value, Mapping) else "[]"
    return str(value)


def _style(text: str) -> str:
    """Return the quote mark that a text needs: none, single or double."""
    if _HIDDEN.search(text) or _BLANK_AT_A_BREAK.search(text):
        return '"'
    is_plain = text.strip(" ") == text and not _BROKEN.search(text) and not _INDICATORS.match(text)
    return "" if is_plain and _resolver().resolve(ScalarNode, text, (True, False)) == _TEXT else "'"


def _escape(character: str) -> str:
    if character in _ESCAPES and (character in '"\\' or _HIDDEN.match(character) or character in _BREAKS):
        return "\\" + _ESCAPES[character]
    if not _HIDDEN.match(character):
        return character
    mark, digits = next(form for form in _CODES if ord(character) < 16 ** form[1])
    return f"\\{mark}{ord(character):0{digits}X}"


@cache
def _resolver() -> Any:
    """Return ruamel.yaml's resolver, which types a bare text by the rules of YAML 1.2."""
    return YAML(typ="safe", pure=True).resolver
