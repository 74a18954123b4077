"""The names in earlier results, remembered for completion.

Tested in tests/notebook/test_completion.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from eicnb.cli.completion import Known
from eicnb.cli.option import Option
from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn

Provider = Callable[[], Sequence[str]]
"""A function that returns names without the network, such as profiles; called at each completion."""

NewerOptions = Callable[[], Mapping[str, Sequence[Option]]]
"""A function that returns the options that only the service model knows, by command."""

_MOST_UNREAD = 100


Texts = Mapping[str, list[str]]
"""The columns of a frame that hold names."""

_DESTINATIONS = ("on_failure", "on_success", "dead_letter_arn")
_COLUMNS = ("function_name", "qualifier", *_DESTINATIONS, "region", "account_id")


class Memory:
    """The functions, qualifiers and destinations in earlier results.

    Above a limit, the oldest names are dropped.

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
        """Forget everything, such as after a change of account."""
        with self._lock:
            self._qualifiers: dict[str, dict[str, None]] = {}
            self._destinations: dict[str, None] = {}
            self._regions: dict[str, None] = {}
            self._known: Known | None = None
            self._unread: list[Any] = []

    def learn(self, result: Any) -> None:
        """Learn the names in the frame of a verb; ignore any other result.

        Small frames are read only when the names are needed.
        """
        frames = result if isinstance(result, list) else [result]
        frames = [frame for frame in frames if "function_name" in _columns_of(frame)]
        with self._lock:
            self._unread += frames
            if len(self._unread) > _MOST_UNREAD or any(_is_large(frame) for frame in frames):
                self._read()

    def _read(self) -> None:
        for frame in self._unread:
            self._known = None
            texts = _texts(frame)
            self._learn_functions(texts)
            self._learn_destinations(texts)
        self._unread.clear()

    def known(self) -> Known:
        """Return the names learned so far; the value is cached until the next result."""
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

    def _learn_functions(self, texts: Texts) -> None:
        for name, qualifier, region in _rows(texts, "function_name", "qualifier", "region"):
            if name:
                its = self._qualifiers.pop(name, {})
                its.update({qualifier: None} if qualifier else {})
                self._qualifiers[name] = its
            self._regions.update({region: None} if region else {})
        _drop_oldest(self._qualifiers, self.most_functions)

    def _learn_destinations(self, texts: Texts) -> None:
        for column in _DESTINATIONS:
            for text, region, account_id in set(_rows(texts, column, "region", "account_id")):
                self._destinations.update(dict.fromkeys(_names_of(text, region, account_id)))
        _drop_oldest(self._destinations, self.most_functions)


MEMORY = Memory()
"""The memory of this kernel."""


def _unmade_rows(frame: Any) -> Sequence[Mapping[str, Any]] | None:
    """Return the rows of a lazy frame that pandas has not built yet, so that reading names won't build it."""
    return getattr(getattr(frame, "_unmade", None), "rows", None)


def _columns_of(frame: Any) -> Collection[str]:
    rows = _unmade_rows(frame)
    return rows[0] if rows else getattr(frame, "columns", ())


def _is_large(frame: Any) -> bool:
    return not _unmade_rows(frame) and len(frame) > _MOST_UNREAD


def _texts(frame: Any) -> Texts:
    """Return the columns that contain names, with "" for missing columns and values."""
    if rows := _unmade_rows(frame):
        found = {name: [row[name] for row in rows] for name in _COLUMNS if name in rows[0]}
    else:
        places = {name: place for place, name in enumerate(frame.columns)}
        array: Callable[[int], Any] = frame._get_column_array  # noqa: SLF001 # a Series would copy the frame's attrs
        found = {name: array(places[name]).tolist() for name in _COLUMNS if name in places}
    empty = [""] * len(rows or frame)
    return {name: [text if isinstance(text, str) else "" for text in found.get(name, empty)] for name in _COLUMNS}


def _rows(texts: Texts, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield the texts of the given columns, row by row."""
    return zip(*(texts[name] for name in columns), strict=True)


def _drop_oldest(entries: dict[str, Any], most: int) -> None:
    for name in list(islice(entries, max(0, len(entries) - most))):
        del entries[name]


def _names_of(text: str, region: str, account_id: str) -> list[str]:
    """Return a destination's ARN and, if it is in its function's account and region, `kind:name`."""
    if not text:
        return []
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
    """Return the names known to an IPython shell: its own, those in earlier results, and the providers'.

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
    """Return the notebook's public names; IPython's own count only if their values were changed."""
    missing = object()
    hidden = ip.user_ns_hidden
    return sorted(
        name
        for name, value in ip.user_ns.copy().items()
        if not name.startswith("_") and value is not hidden.get(name, missing)
    )
