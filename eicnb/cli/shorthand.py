"""The AWS CLI's shorthand for structures: `OnFailure={Destination=arn:…},OnSuccess={…}`.

Each method has its grammar rule as its docstring, from the whole to its parts. The grammar and the resulting values
are those of the CLI (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html). Only the errors are
more detailed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from eicnb.errors import UsageError

_KEY = re.compile(r"[a-zA-Z0-9\-_.#/:]+")
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_START = r"[!#-&(-+\-.-<>-Z\\-z|-\uffff]"
_FIRST = re.compile(rf"(?:\\,|{_START})(?:\\,|[\s!#-&(-+\-.-\\^-|~-\uffff])*")
_NEXT = re.compile(rf"(?:\\,|{_START})(?:\\,|[\s!#-&(-+\-.-<>-\uffff])*")
_BLANKS = re.compile(r"\s*")
_DEEPEST = 50


def parse(text: str, read_file: Callable[[str], str] = str) -> dict[str, Any]:
    """Parse shorthand into dictionaries, lists and text.

    >>> parse("OnFailure={Destination=arn:aws:s3:::lost}")
    {'OnFailure': {'Destination': 'arn:aws:s3:::lost'}}

    A UsageError has the offset of the error as `position`. `read_file` resolves the values after `@=`.
    """
    return _Parser(text, read_file).structure()


def dump(value: Mapping[str, Any]) -> str:
    """Write a structure as shorthand that `parse` reads back.

    >>> dump({"OnFailure": {"Destination": "arn:aws:s3:::lost"}, "OnSuccess": {}})
    'OnFailure={Destination=arn:aws:s3:::lost},OnSuccess={}'
    """
    return ",".join(f"{key}={_dump_value(member)}" for key, member in value.items())


def _dump_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + dump(value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump_value, value)) + "]"
    if re.fullmatch(r"[a-zA-Z0-9:/._$-]+", value):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Parser:
    def __init__(self, text: str, read_file: Callable[[str], str]) -> None:
        self.text = text
        self.read_file = read_file
        self.at = 0
        self.open: list[int] = []

    def structure(self) -> dict[str, Any]:
        """structure = pair *( "," pair )"""
        pairs: dict[str, Any] = {}
        while True:
            start = self.at
            key, value = self._pair(self._value_or_list)
            if key in pairs:
                raise UsageError(
                    f"{key!r} is given twice", hint=f"write {key}={{…}} once, with all members inside", position=start
                )
            pairs[key] = value
            if self.at >= len(self.text):
                return pairs
            self._expect(",")

    def _pair(self, read_value: Callable[[], Any]) -> tuple[str, Any]:
        """pair = key ( "=" / "@=" ) value ; after "@=", a scalar that names a file becomes its content"""
        found = _KEY.match(self.text, self.at)
        key = found[0] if found else ""
        self.at += len(key)
        self._skip_blanks()
        from_file = self._current() == "@"
        if from_file:
            self._expect("@", key)
        self._expect("=", key)
        value = read_value()
        return key, self.read_file(value) if from_file and isinstance(value, str) else value

    def _value_or_list(self) -> Any:
        """value = list / map / scalar / scalar *( "," scalar )"""
        if self._current() in ("[", "{"):
            return self._value()
        values = [self._scalar(_FIRST)]
        while True:
            self._skip_blanks()
            if self._current() != ",":
                break
            comma = self.at
            self.at += 1
            self._skip_blanks()
            try:
                start = self.at
                following = self._scalar(_NEXT)
                nothing = self.at == start
                self._skip_blanks()
                if nothing or self._current() not in ("", ","):
                    raise self._expected("a comma")
            except UsageError:
                if self.at >= len(self.text):
                    raise
                self.at = comma
                break
            values.append(following)
        return values if len(values) > 1 else values[0]

    def _value(self) -> Any:
        """value = list / map / scalar ; inside brackets, where a list needs its own brackets"""
        if self._current() == "[":
            return self._list()
        if self._current() == "{":
            return self._map()
        return self._scalar(_FIRST)

    def _list(self) -> list[Any]:
        """list = "[" [ value *( "," value ) [ "," ] ] "]" ; a trailing comma is allowed"""
        values: list[Any] = []
        self._enter("[")
        while self._current() != "]":
            values.append(self._value())
            self._separate("]")
        self._leave()
        return values

    def _map(self) -> dict[str, Any]:
        """map = "{" [ pair *( "," pair ) [ "," ] ] "}" ; if a key is repeated, the last one counts"""
        pairs: dict[str, Any] = {}
        self._enter("{")
        while self._current() != "}":
            key, value = self._pair(self._value)
            pairs[key] = value
            self._separate("}")
        self._leave()
        return pairs

    def _scalar(self, bare: re.Pattern[str]) -> str:
        r"""scalar = "'" text "'" / '"' text '"' / bare ; `\\` escapes a quote, or a comma in bare text"""
        for mark, pattern in (("'", _SINGLE), ('"', _DOUBLE)):
            if self._current() == mark:
                return self._quoted(mark, pattern)
        found = bare.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found[0].replace("\\,", ",").rstrip()

    def _quoted(self, mark: str, pattern: re.Pattern[str]) -> str:
        """quoted = mark text mark ; if every later mark is escaped, the last one still closes the text"""
        found = pattern.match(self.text, self.at)
        end = found.end() if found else self.text.rfind(mark) + 1
        if end <= self.at + 1:
            raise UsageError(f"the quote {mark} is not closed", hint=f"add a second {mark}", position=self.at)
        inside = self.text[self.at + 1 : end - 1]
        self.at = end
        return inside.replace(f"\\{mark}", mark).replace("\\\\", "\\")

    def _enter(self, mark: str) -> None:
        if len(self.open) >= _DEEPEST:
            raise UsageError(f"more than {_DEEPEST} nested brackets", position=self.at)
        self.open.append(self.at)
        self._expect(mark)

    def _separate(self, closing: str) -> None:
        self._skip_blanks()
        if self._current() != closing:
            self._expect(",")

    def _leave(self) -> None:
        self.at += 1
        self.open.pop()

    def _current(self) -> str:
        """Return the next character, or "" at the end of the text, where an open bracket is an error."""
        if self.at < len(self.text):
            return self.text[self.at]
        if self.open:
            bracket = self.text[self.open[-1]]
            closing = "}" if bracket == "{" else "]"
            hint = f'add a {closing} at the end, and write "" for an empty value'
            raise UsageError(f"the {bracket} is not closed", hint=hint, position=self.open[-1])
        return ""

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self.text, self.at)
        self.at = blanks.end() if blanks else self.at

    def _expect(self, mark: str, key: str | None = None) -> None:
        """mark = *blank mark *blank"""
        self._skip_blanks()
        if self._current() != mark:
            raise self._expected(f"a {mark!r}" + (f" after {key!r}" if key else ""))
        self.at += 1
        self._skip_blanks()

    def _expected(self, what: str) -> UsageError:
        found = repr(self.text[self.at]) if self.at < len(self.text) else "the end"
        return UsageError(
            f"shorthand needs {what} here, not {found}",
            hint="OnFailure={Destination=ARN},OnSuccess={Destination=ARN}, in single quotes if it has blanks",
            position=min(self.at, max(0, len(self.text) - 1)),
        )
