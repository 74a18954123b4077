"""The names that a form suggests: functions, versions and aliases, and destinations of each kind.

A list that cannot be read is empty and has a note with the reason; a name can still be typed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.errors import AccessDenied, EicError, sentence
from eicnb.model.destination import is_fifo
from eicnb.model.function import LATEST
from eicnb.model.verbs import Operation

MOST_NAMES = 10_000
MOST_OFFERED = 50
_MOST_PAGES = 200
_PAGES_AT_ONCE = 10
_SECONDS_BETWEEN_PAGES = 0.1

Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class NameList:
    """Names that AWS lists, with a note about the list; `is_whole` is whether all names were read."""

    names: tuple[str, ...] = ()
    note: str = ""
    is_whole: bool = False

    def matching(self, typed: str) -> tuple[str, ...]:
        """Return a few matching names; those that begin with the text come first.

        >>> NameList(("order-events", "events")).matching("EVENT")
        ('events', 'order-events')
        """
        typed = typed.strip().lower()
        if not typed:
            return self.names[:MOST_OFFERED]
        begin = [name for name in self.names if name.lower().startswith(typed)]
        contain = [name for name in self.names if typed in name.lower() and not name.lower().startswith(typed)]
        return tuple((begin + contain)[:MOST_OFFERED])

    def summary(self) -> str:
        """Return the note, or the number of names.

        >>> NameList(("a", "b")).summary()
        '2 found'
        """
        more = ", type to search" if len(self.names) > MOST_OFFERED else ""
        return self.note or f"{len(self.names):,} found{more}"


@dataclass(frozen=True, slots=True)
class ListOperation:
    """An AWS operation that lists names: the key of its items, what they are, and how to get a name."""

    operation: Operation
    key: str
    what: str
    name: Callable[[Any], str]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def read(self, connection: Connection, sleep: Sleep | None = None, **parameters: Any) -> NameList:
        """Return the names in order, without FIFO queues and topics, which cannot be destinations.

        It never raises; the note of the list has the error.
        """
        names: list[str] = []
        try:
            pages = connection.listing(
                self.operation.service, self.operation, _MOST_PAGES, **self.parameters, **parameters
            )
            for page in _slowly(pages, sleep or threading.Event().wait):
                names += [self.name(item) for item in page.get(self.key) or ()]
                if len(names) >= MOST_NAMES:
                    break
        except EicError as error:
            if isinstance(error, AccessDenied) or getattr(error, "code", "") == _SNS_DENIES:
                return NameList(
                    note=f"You may not list {self.what} ({self.operation.action} is denied): type the name or the ARN."
                )
            return self._unlisted(sentence(error))
        except (KeyError, TypeError, AttributeError) as error:
            return self._unlisted(f"AWS's response to {self.operation} is malformed: {error!r}")
        is_whole = len(names) < MOST_NAMES
        return NameList(
            self._without_fifo(names), "" if is_whole else f"only the first {MOST_NAMES:,} are offered", is_whole
        )

    def _without_fifo(self, names: list[str]) -> tuple[str, ...]:
        return tuple(sorted(name for name in names if not is_fifo(self.operation.service, name)))

    def _unlisted(self, why: str) -> NameList:
        return NameList(note=f"The {self.what} cannot be listed; type the name or the ARN. {why}")


_SNS_DENIES = "AuthorizationError"


def _slowly(pages: Iterable[Mapping[str, Any]], sleep: Sleep) -> Iterator[Mapping[str, Any]]:
    """Read a long list slowly, because it shares AWS's rate limit with the account's deployments."""
    for number, page in enumerate(pages, start=1):
        yield page
        if number >= _PAGES_AT_ONCE:
            sleep(_SECONDS_BETWEEN_PAGES)


FUNCTIONS = ListOperation(Operation.LIST_FUNCTIONS, "Functions", "functions", lambda item: str(item["FunctionName"]))
DESTINATIONS: Mapping[str, ListOperation] = {
    "sqs": ListOperation(
        Operation.LIST_QUEUES,
        "QueueUrls",
        "queues",
        lambda url: str(url).rpartition("/")[2],
        {"PaginationConfig": {"PageSize": 1000}},
    ),
    "sns": ListOperation(
        Operation.LIST_TOPICS, "Topics", "topics", lambda item: str(item["TopicArn"]).rpartition(":")[2]
    ),
    "lambda": FUNCTIONS,
    "events": ListOperation(
        Operation.LIST_BUSES, "EventBuses", "buses", lambda item: str(item["Name"]), {"Limit": 100}
    ),
    "s3": ListOperation(Operation.LIST_BUCKETS, "Buckets", "buckets", lambda item: str(item["Name"])),
}
"""The lists of destinations, by kind."""

_VERSIONS = ListOperation(Operation.LIST_VERSIONS, "Versions", "versions", lambda item: str(item["Version"]))
_ALIASES = ListOperation(Operation.LIST_ALIASES, "Aliases", "aliases", lambda item: str(item["Name"]))


def qualifiers(connection: Connection, function_name: str) -> NameList:
    """Return `$LATEST`, the aliases and the versions of a function, the newest version first."""
    aliases = _ALIASES.read(connection, FunctionName=function_name)
    versions = _VERSIONS.read(connection, FunctionName=function_name)
    numbers = sorted((name for name in versions.names if name != LATEST), key=_number, reverse=True)
    note = " ".join(dict.fromkeys(filter(None, (aliases.note, versions.note))))
    return NameList((LATEST, *aliases.names, *numbers), note, aliases.is_whole and versions.is_whole)


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0
