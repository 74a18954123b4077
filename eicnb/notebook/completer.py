"""Completion of `%eic` and `%%eic` in IPython, from what this notebook has seen; nobody is asked over the network."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from eicnb.arn import DestinationArn
from eicnb.cli.completion import Completions, Known, complete
from eicnb.cli.cursor import Candidate
from eicnb.cli.options import Option
from eicnb.errors import UsageError

_IDENTIFIER = "eicnb"
_HOOK_KEY = r"[^#]*%eic\s"

Provider = Callable[[], Sequence[str]]
"""Gives names that need no network, such as the profiles of the config files; asked at each completion."""

NewerOptions = Callable[[], Mapping[str, Sequence[Option]]]
"""Gives, by command, the options that only the service model knows."""


_MOST_UNREAD = 100


class Memory:
    """The functions, qualifiers and destinations in the results so far; of too many functions the oldest go.

    >>> import pandas as pd
    >>> memory = Memory()
    >>> memory.learn(pd.DataFrame({"function_name": ["my-function"], "qualifier": ["live"]}))
    >>> memory.known().qualifiers
    {'my-function': ('live',)}
    """

    def __init__(self, most_functions: int = 50_000) -> None:
        self.most_functions = most_functions
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin again, as for another account."""
        with self._lock:
            self._qualifiers: dict[str, dict[str, None]] = {}
            self._destinations: dict[str, None] = {}
            self._regions: dict[str, None] = {}
            self._known: Known | None = None
            self._unread: list[Any] = []

    def learn(self, result: Any) -> None:
        """Take what the frame of a verb says; anything else says nothing. Small frames are read when asked for."""
        frames = result if isinstance(result, list) else [result]
        with self._lock:
            self._unread += [frame for frame in frames if "function_name" in getattr(frame, "columns", ())]
            if len(self._unread) > _MOST_UNREAD or any(len(frame) > _MOST_UNREAD for frame in self._unread):
                self._read()

    def _read(self) -> None:
        for frame in self._unread:
            self._known = None
            self._learn_functions(frame)
            self._learn_destinations(frame)
        self._unread.clear()

    def known(self) -> Known:
        """All that was learned, made once between two results."""
        with self._lock:
            self._read()
            if self._known is None:
                qualifiers = {name: tuple(its) for name, its in self._qualifiers.items() if its}
                self._known = Known(
                    functions=tuple(self._qualifiers),
                    qualifiers=qualifiers,
                    destinations=tuple(self._destinations),
                    regions=tuple(self._regions),
                )
            return self._known

    def _learn_functions(self, frame: Any) -> None:
        for name, qualifier, region in _rows(frame, "function_name", "qualifier", "region"):
            if name:
                its = self._qualifiers.pop(name, {})
                its.update({qualifier: None} if qualifier else {})
                self._qualifiers[name] = its
            self._regions.update({region: None} if region else {})
        _drop_oldest(self._qualifiers, self.most_functions)

    def _learn_destinations(self, frame: Any) -> None:
        for column in ("on_failure", "on_success", "dead_letter_arn"):
            for text, region, account_id in set(_rows(frame, column, "region", "account_id")):
                self._destinations.update(dict.fromkeys(_spellings(text, region, account_id)))
        _drop_oldest(self._destinations, self.most_functions)


MEMORY = Memory()
"""What this kernel has seen."""


def _rows(frame: Any, *columns: str) -> Iterator[tuple[str, ...]]:
    """The texts of some columns side by side, empty where there are none."""
    empty = [""] * len(frame)
    texts = (frame[name].tolist() if name in frame.columns else empty for name in columns)
    return (tuple(text if isinstance(text, str) else "" for text in row) for row in zip(*texts, strict=True))


def _drop_oldest(entries: dict[str, Any], most: int) -> None:
    for name in list(entries)[: max(0, len(entries) - most)]:
        del entries[name]


def _spellings(text: str, region: str, account_id: str) -> list[str]:
    """A destination's ARN, and `kind:name` where that means the same: in its function's account and region."""
    try:
        arn = DestinationArn.parse(text)
    except UsageError:
        return []
    own = arn.kind == "s3" or (arn.region, arn.account_id) == (region, account_id)
    return [text, f"{arn.kind}:{arn.name}"] if own else [text]


def known_to(
    ip: Any,
    memory: Memory = MEMORY,
    *,
    profiles: Provider = tuple,
    regions: Provider = tuple,
    options: NewerOptions = dict,
) -> Known:
    """What a shell knows: its names, what it has seen of AWS, and what the providers tell.

    >>> from types import SimpleNamespace
    >>> shell = SimpleNamespace(user_ns={"queue": "sqs:lost", "_": 1, "In": []}, user_ns_hidden={"In": []})
    >>> known_to(shell, Memory()).names
    ['In', 'queue']
    """
    seen = memory.known()
    return Known(
        functions=seen.functions,
        qualifiers=seen.qualifiers,
        destinations=seen.destinations,
        profiles=profiles(),
        regions=tuple({*regions(), *seen.regions}),
        names=_names(ip),
        options=options(),
    )


def _names(ip: Any) -> list[str]:
    """The notebook's names: neither private ones nor those that IPython puts there itself, unless they were changed."""
    missing = object()
    hidden = ip.user_ns_hidden
    return sorted(
        name
        for name, value in ip.user_ns.copy().items()
        if not name.startswith("_") and value is not hidden.get(name, missing)
    )


_CELL = re.compile(r"\s*%%eic(?!\S)")
_OTHER_CELL = re.compile(r"\s*%%(?!(?:capture|prun|time|timeit)\b)")
_OUT = re.compile(r"(?<!\S)--out(?:=|[^\S\n]+|$)\S*", re.MULTILINE)
_LINE = re.compile(
    r"""[^\S\n]*
    (?:[^\W\d]\w*(?:[^\S\n]*(?:\.\w+|\[[^\]\n]*\]|,[^\S\n]*[^\W\d]\w*))*[^\S\n]*,?[^\S\n]*=[^\S\n]*)?
    %eic(?!\S)""",
    re.VERBOSE,
)
_JOINED = re.compile(r"(?:[^\n]*\\\r?\n)*[^\n]*")


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands in a cell that the cursor stands in, where they begin, and the cursor within them.

    >>> Commands.at("x = %eic get my", 15)
    Commands(text=' get my', start=8, cursor=7, whole_cell=False)
    """

    text: str
    start: int
    cursor: int
    whole_cell: bool = False

    @classmethod
    def at(cls, cell: str, offset: int) -> Commands | None:
        """The body of a `%%eic` cell, or what stands behind the `%eic` of the line; None anywhere else."""
        head = _CELL.match(cell)
        line = None if head or _OTHER_CELL.match(cell) else _LINE.match(cell, _line_start(cell, offset))
        begin = found.end() if (found := head or line) else len(cell)
        if offset <= begin:
            return None
        joined = _JOINED.match(cell, begin)
        text = cell[begin:] if head or joined is None else joined[0]
        return cls(text, begin, offset - begin, whole_cell=head is not None)

    def complete(self, known: Known) -> Completions:
        """The candidates at the cursor, with their place in the cell."""
        first_line = self.text.partition("\n")[0] if self.whole_cell else ""
        out = _OUT.search(first_line)
        if out is not None and out.start() < self.cursor <= out.end():
            return Completions(self.start + self.cursor)
        text = _OUT.sub(lambda out: " " * len(out[0]), first_line) + self.text[len(first_line) :]
        found = complete(text, self.cursor, known)
        half = first_line[: self.cursor].strip()
        out_option = (_OUT_OPTION,) if len(half) > 1 and _OUT_OPTION.text.startswith(half) else ()
        return Completions(self.start + found.start, (*out_option, *found.candidates))


_OUT_OPTION = Candidate("--out", "option", "the name that the cell's result gets")


def _line_start(cell: str, offset: int) -> int:
    r"""Where the line of the cursor begins; a `\` at the end of a line joins it to the next."""
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
    """Let a shell complete `%eic`, once however often this is called.

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
    """Take the completion of `%eic` out of a shell, if it is there."""
    matchers = ip.Completer.custom_matchers
    matchers[:] = [one for one in matchers if getattr(one, "matcher_identifier", None) != _IDENTIFIER]
    hooks = ip.strdispatchers["complete_command"].regexs
    for pattern in [pattern for pattern in hooks if pattern.pattern == _HOOK_KEY]:
        del hooks[pattern]


def _matcher(known: Callable[[], Known]) -> Callable[[Any], dict[str, Any]]:
    """For IPython 8.6 and later: it is given the whole cell, and says itself which part it completes."""
    from IPython.core.completer import SimpleCompletion

    def eicnb_matcher(context: Any) -> dict[str, Any]:
        lines = context.full_text.split("\n")[: context.cursor_line]
        offset = sum(len(line) + 1 for line in lines) + context.cursor_position
        commands = Commands.at(context.full_text, offset)
        if commands is None:
            return {"completions": []}
        found = commands.complete(known())
        texts = [SimpleCompletion(text=candidate.text, type=candidate.kind) for candidate in found.candidates]
        fragment = context.full_text[found.start : offset]
        return {"completions": texts, "matched_fragment": fragment, "ordered": True, "suppress": bool(texts)}

    return eicnb_matcher


def _hook(known: Callable[[], Known]) -> Callable[[Any, Any], list[str]]:
    """For IPython before 8.6: it is given one line, and completes the part that IPython cuts out of it."""

    def eicnb_hook(_shell: Any, event: Any) -> list[str]:
        offset = len(event.text_until_cursor)
        commands = Commands.at(event.line, offset)
        found = commands.complete(known()) if commands else Completions(offset)
        return list(_from(event.line, offset - len(event.symbol), found))

    return eicnb_hook


def _from(line: str, start: int, found: Completions) -> Iterable[str]:
    """The candidates for a part that begins earlier or later than theirs."""
    earlier, said = line[start : found.start], line[found.start : max(found.start, start)]
    texts = (candidate.text for candidate in found.candidates)
    return (earlier + text.removeprefix(said) for text in texts if text.startswith(said))
