"""What a form offers: the account's functions, their versions and aliases, and the destinations of each kind.

A list that may not be read is an empty one with a note that says so: whoever knows a name can still type it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.errors import AccessDenied, EicError, sentence
from eicnb.model.function import LATEST
from eicnb.model.verbs import Operation

MOST_NAMES = 10_000
MOST_OFFERED = 50
_MOST_PAGES = 200
_PAGES_AT_ONCE = 10
_SECONDS_BETWEEN_PAGES = 0.1

Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Listed:
    """The names that AWS lists, and what there is to say about the list; `is_whole` is whether none is missing."""

    names: tuple[str, ...] = ()
    note: str = ""
    is_whole: bool = False

    def offered(self, typed: str) -> tuple[str, ...]:
        """The names that a field offers for what is typed: those that begin so, then those that contain it, a few.

        >>> Listed(("order-events", "events")).offered("EVENT")
        ('events', 'order-events')
        """
        typed = typed.strip().lower()
        if not typed:
            return self.names[:MOST_OFFERED]
        begin = [name for name in self.names if name.lower().startswith(typed)]
        contain = [name for name in self.names if typed in name.lower() and not name.lower().startswith(typed)]
        return tuple((begin + contain)[:MOST_OFFERED])

    def said(self) -> str:
        """The note, or how many there are and that they are not all offered at once.

        >>> Listed(("a", "b")).said()
        '2 found'
        """
        more = ", type to search" if len(self.names) > MOST_OFFERED else ""
        return self.note or f"{len(self.names):,} found{more}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One list of AWS: where it is read, under which key its items stand, and what they are called."""

    operation: Operation
    key: str
    what: str
    name: Callable[[Any], str]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def read(self, connection: Connection, sleep: Sleep | None = None, **parameters: Any) -> Listed:
        """The names in order, without FIFO queues and topics, which cannot be destinations; never an error."""
        names: list[str] = []
        try:
            pages = connection.listing(
                self.operation.service, self.operation, _MOST_PAGES, **self.parameters, **parameters
            )
            for page in _gently(pages, sleep or threading.Event().wait):
                names += [self.name(item) for item in page.get(self.key) or ()]
                if len(names) >= MOST_NAMES:
                    break
        except EicError as error:
            if isinstance(error, AccessDenied) or getattr(error, "code", "") == _SNS_DENIES:
                return Listed(
                    note=f"You may not list {self.what} ({self.operation.action} is denied): type the name or the ARN."
                )
            return self._unlisted(sentence(error))
        except (KeyError, TypeError, AttributeError) as error:
            return self._unlisted(f"AWS's answer to {self.operation} cannot be read: {error!r}")
        is_whole = len(names) < MOST_NAMES
        return Listed(self._usable(names), "" if is_whole else f"only the first {MOST_NAMES:,} are offered", is_whole)

    def _usable(self, names: list[str]) -> tuple[str, ...]:
        has_fifo = self.operation.service in {"sqs", "sns"}
        return tuple(sorted(name for name in names if not (has_fifo and name.endswith(".fifo"))))

    def _unlisted(self, why: str) -> Listed:
        return Listed(note=f"The {self.what} cannot be listed; type the name or the ARN. {why}")


_SNS_DENIES = "AuthorizationError"


def _gently(pages: Iterable[Mapping[str, Any]], sleep: Sleep) -> Iterator[Mapping[str, Any]]:
    """A long list is read slowly: AWS's limit of calls is shared with the account's deployments."""
    for number, page in enumerate(pages, start=1):
        yield page
        if number >= _PAGES_AT_ONCE:
            sleep(_SECONDS_BETWEEN_PAGES)


FUNCTIONS = Catalogue(Operation.LIST_FUNCTIONS, "Functions", "functions", lambda item: str(item["FunctionName"]))
TARGETS: Mapping[str, Catalogue] = {
    "sqs": Catalogue(
        Operation.LIST_QUEUES,
        "QueueUrls",
        "queues",
        lambda url: str(url).rpartition("/")[2],
        {"PaginationConfig": {"PageSize": 1000}},
    ),
    "sns": Catalogue(Operation.LIST_TOPICS, "Topics", "topics", lambda item: str(item["TopicArn"]).rpartition(":")[2]),
    "lambda": FUNCTIONS,
    "events": Catalogue(Operation.LIST_BUSES, "EventBuses", "buses", lambda item: str(item["Name"]), {"Limit": 100}),
    "s3": Catalogue(Operation.LIST_BUCKETS, "Buckets", "buckets", lambda item: str(item["Name"])),
}
"""The lists of destinations, by kind."""

_VERSIONS = Catalogue(Operation.LIST_VERSIONS, "Versions", "versions", lambda item: str(item["Version"]))
_ALIASES = Catalogue(Operation.LIST_ALIASES, "Aliases", "aliases", lambda item: str(item["Name"]))


def qualifiers(connection: Connection, function_name: str) -> Listed:
    """`$LATEST`, the aliases and then the versions of a function, the newest first."""
    aliases = _ALIASES.read(connection, FunctionName=function_name)
    versions = _VERSIONS.read(connection, FunctionName=function_name)
    numbers = sorted((name for name in versions.names if name != LATEST), key=_number, reverse=True)
    note = " ".join(dict.fromkeys(filter(None, (aliases.note, versions.note))))
    return Listed((LATEST, *aliases.names, *numbers), note, aliases.is_whole and versions.is_whole)


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0
