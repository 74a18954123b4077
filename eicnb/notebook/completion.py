"""Completion of `%eic` and `%%eic` from earlier results, without any request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from eicnb.cli.completion import Completions, Known, complete
from eicnb.cli.cursor import Candidate
from eicnb.cli.memory import (
    MEMORY,
    Memory,
    NewerOptions,
    Provider,
    known_to,
)

_IDENTIFIER = "eicnb"

_HOOK_KEY = r"[^#]*%eic\s"

_CELL = re.compile(r"\s*%%eic(?!\S)")

_OTHER_CELL = re.compile(r"\s*%%(?!(?:capture|prun|time|timeit)\b)")

_OUT = re.compile(r"(?<!\S)--out(?:=|[^\S\n]+|$)\S*", re.MULTILINE)

_LINE = re.compile(
    r"""[^\S\n]*
    (?:[^\W\d]\w*(?:[^\S\n]*(?:\.\w+|\[[^\]\n]*\]|,[^\S\n]*[^\W\d]\w*))*[^\S\n]*,?[^\S\n]*=[^\S\n]*)?
    %eic(?!\S)""",
    re.VERBOSE,
)

_PATH = re.compile(r"(?:[/~]\S*|--ca-bundle[= ]\S*)\Z")
"""A half-typed path, which IPython completes."""

_JOINED = re.compile(r"(?:[^\n]*\\\r?\n)*[^\n]*")


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands around the cursor, their offset in the cell, and the cursor within them.

    >>> Commands.at("x = %eic get my", 15)
    Commands(text=' get my', start=8, cursor=7, whole_cell=False)
    """

    text: str
    start: int
    cursor: int
    whole_cell: bool = False

    @classmethod
    def at(cls, cell: str, offset: int) -> Commands | None:
        """Return the body of a `%%eic` cell or the text after `%eic` in a line; None elsewhere."""
        head = _CELL.match(cell)
        line = None if head or _OTHER_CELL.match(cell) else _LINE.match(cell, _line_start(cell, offset))
        begin = found.end() if (found := head or line) else len(cell)
        if offset <= begin:
            return None
        joined = _JOINED.match(cell, begin)
        text = cell[begin:] if head or joined is None else joined[0]
        return cls(text, begin, offset - begin, whole_cell=head is not None)

    def complete(self, known: Known) -> Completions:
        """Return the candidates at the cursor, with their position in the cell."""
        first_line = self.text.partition("\n")[0] if self.whole_cell else ""
        out = _OUT.search(first_line)
        if out is not None and out.start() < self.cursor <= out.end():
            return Completions(self.start + self.cursor)
        text = _OUT.sub(lambda out: " " * len(out[0]), first_line) + self.text[len(first_line) :]
        found = complete(text, self.cursor, known)
        half = first_line[: self.cursor].strip()
        out_option = (_OUT_OPTION,) if len(half) > 1 and _OUT_OPTION.text.startswith(half) else ()
        return Completions(self.start + found.start, (*out_option, *found.candidates))


_OUT_OPTION = Candidate("--out", "option", "name to assign the cell's result to")


def _line_start(cell: str, offset: int) -> int:
    r"""Return where the cursor's line begins; a `\` at the end of a line joins the next one to it."""
    start = cell.rfind("\n", 0, offset) + 1
    while re.search(r"\\\r?\n\Z", cell[max(0, start - 3) : start]):
        start = cell.rfind("\n", 0, start - 1) + 1
    return start


def register(
    ip: Any,
    memory: Memory = MEMORY,
    *,
    profiles: Provider = tuple,
    regions: Provider = tuple,
    options: NewerOptions = dict,
) -> None:
    """Complete `%eic` in a shell; a second call has no effect.

    >>> from types import SimpleNamespace
    >>> completer, hooks = SimpleNamespace(custom_matchers=[]), SimpleNamespace(regexs={})
    >>> shell = SimpleNamespace(Completer=completer, strdispatchers={"complete_command": hooks})
    >>> register(shell)
    >>> register(shell)
    >>> len(completer.custom_matchers)
    1
    """
    unregister(ip)
    known = partial(known_to, ip, memory, profiles=profiles, regions=regions, options=options)
    try:
        from IPython.core.completer import context_matcher
    except ImportError:
        ip.set_hook("complete_command", _hook(known), re_key=_HOOK_KEY)
    else:
        ip.Completer.custom_matchers.append(context_matcher(identifier=_IDENTIFIER)(_matcher(known)))


def unregister(ip: Any) -> None:
    """Remove the completion of `%eic` from a shell."""
    matchers = ip.Completer.custom_matchers
    matchers[:] = [one for one in matchers if getattr(one, "matcher_identifier", None) != _IDENTIFIER]
    hooks = ip.strdispatchers["complete_command"].regexs
    for pattern in [pattern for pattern in hooks if pattern.pattern == _HOOK_KEY]:
        del hooks[pattern]


def _matcher(known: Callable[[], Known]) -> Callable[[Any], dict[str, Any]]:
    """Return the matcher for IPython 8.6 and later, which gets the whole cell.

    It returns the text that it replaces, too.
    """
    from IPython.core.completer import SimpleCompletion

    def eicnb_matcher(context: Any) -> dict[str, Any]:
        lines = context.full_text.split("\n")[: context.cursor_line]
        offset = sum(len(line) + 1 for line in lines) + context.cursor_position
        commands = Commands.at(context.full_text, offset)
        if commands is None:
            return {"completions": []}
        found = commands.complete(known())
        texts = [SimpleCompletion(text=candidate.text, type=_type(candidate)) for candidate in found.candidates]
        fragment = context.full_text[found.start : offset]
        if not texts and not _PATH.search(context.full_text, 0, offset):
            return {"completions": _Nothing(), "matched_fragment": fragment, "suppress": True}
        return {"completions": texts, "matched_fragment": fragment, "ordered": True, "suppress": bool(texts)}

    return eicnb_matcher


def _type(candidate: Candidate) -> str:
    """Return the type of a candidate for IPython, which would put brackets after a `function`."""
    return "lambda" if candidate.kind == "function" else candidate.kind


class _Nothing(list[Any]):
    """An empty list of length 1; IPython suppresses other completions only for a list that is not empty."""

    def __len__(self) -> int:
        return 1


def _hook(known: Callable[[], Known]) -> Callable[[Any, Any], list[str]]:
    """Return the hook for IPython before 8.6, which gets one line and the word that IPython completes."""

    def eicnb_hook(_shell: Any, event: Any) -> list[str]:
        offset = len(event.text_until_cursor)
        commands = Commands.at(event.line, offset)
        found = commands.complete(known()) if commands else Completions(offset)
        return list(_from(event.line, offset - len(event.symbol), found))

    return eicnb_hook


def _from(line: str, start: int, found: Completions) -> Iterable[str]:
    """Return the candidates for a word that begins before or after their own start."""
    earlier, typed = line[start : found.start], line[found.start : max(found.start, start)]
    texts = (candidate.text for candidate in found.candidates)
    return (earlier + text.removeprefix(typed) for text in texts if text.startswith(typed))
