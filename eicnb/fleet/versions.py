"""What versions and aliases run: one GetFunction for each, or lists if it is denied.

GetFunction has its own quota, seven times as large, so an audit's other requests do not wait for it.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from eicnb.aws.failures import is_denied
from eicnb.aws.functions import read_configuration
from eicnb.aws.http.sender import Sender
from eicnb.aws.responses import items, malformed
from eicnb.errors import AccessDenied, EicError, NotFound, UsageError
from eicnb.fleet.list_entry import Home, Malformed, Unnamed, entries, entry_of, qualifier_of
from eicnb.model.function import LATEST, FunctionRef, check_qualifier
from eicnb.model.reported import ReportedFunction
from eicnb.model.verbs import FUNCTIONS_PATH, Operation

Versions = dict[str, ReportedFunction | Malformed]
"""The versions of a function by their numbers; `$LATEST` may be among them."""

Runs = ReportedFunction | EicError | None
"""What a version or alias runs: its settings, the error of reading them, or None if it no longer exists."""

T = TypeVar("T")

_VERDICT_SECONDS = 2.0


@dataclass(slots=True)
class Grant:
    """A record of whether an account allows an operation.

    The first request decides; requests made meanwhile wait briefly for its result.
    """

    is_denied: bool = False
    _first: asyncio.Event | None = None

    async def attempt(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """Return the result of a call; None if the operation is denied, now or earlier."""
        if self._first is None:
            self._first = asyncio.Event()
            try:
                return await self._request(call)
            finally:
                self._first.set()
        if not self._first.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_VERDICT_SECONDS):
                    await self._first.wait()
        return None if self.is_denied else await self._request(call)

    async def _request(self, call: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await call()
        except AccessDenied as error:
            if not is_denied(error):
                raise
            self.is_denied = True
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The sender of GetFunction in one account and region, and whether the account allows it."""

    sender: Sender
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReader:
    """A reader of what the versions and aliases of a function run, in one account and region.

    Without `details`, or if GetFunction is denied, it lists versions and aliases. With `wants_all` it always lists
    them.
    """

    home: Home
    sender: Sender
    details: Details | None = None
    wants_all: bool = False

    async def runs(
        self, function: ReportedFunction, configured: Collection[str], listed: Versions | None
    ) -> Mapping[str, Runs]:
        """Return what these versions and aliases run; with `wants_all`, those of the whole function.

        `listed` has the versions of the function, if the list of functions included versions.
        """
        described = await self._describe_all(function.function, configured)
        if described is not None:
            return described
        aliases, versions = await self._listed(function.function, configured, listed)
        wanted = {*configured, *(aliases.keys() | versions.keys() if self.wants_all else ())} - {LATEST}
        meant = {qualifier: aliases.get(qualifier, qualifier) for qualifier in wanted}
        return {
            qualifier: function if version == LATEST else _as_runs(versions.get(version))
            for qualifier, version in meant.items()
        }

    async def _describe_all(self, function: FunctionRef, configured: Collection[str]) -> Mapping[str, Runs] | None:
        """Return what GetFunction reports for each; None if it is denied or would not be enough."""
        details = self.details
        if details is None or details.grant.is_denied or self.wants_all:
            return None
        found = await asyncio.gather(*(self._describe(details, function.with_qualifier(name)) for name in configured))
        if details.grant.is_denied:
            return None
        if None in found:  # a version or alias, or the whole function, no longer exists
            exists = await details.grant.attempt(lambda: read_configuration(details.sender, function))
            if exists is None:
                return None
        return dict(zip(configured, found, strict=True))

    async def _describe(self, details: Details, function: FunctionRef) -> Runs:
        """Return what GetFunction reports; None if it is denied or finds nothing."""
        try:
            item = await details.grant.attempt(lambda: read_configuration(details.sender, function))
        except NotFound:
            return None
        except EicError as error:
            return error
        return None if item is None else self._validated(item, function)

    def _validated(self, item: Mapping[str, Any], function: FunctionRef) -> ReportedFunction | EicError:
        """Return the reported version or alias, or an error if it is a different one."""
        entry = entry_of(item, Operation.GET_FUNCTION, self.home)
        if not isinstance(entry, ReportedFunction):
            return entry.error
        qualifier, named = str(function.qualifier), qualifier_of(entry.function)
        is_meant = qualifier in {named, item.get("Version")} or not (qualifier.isdecimal() or named == LATEST)
        if entry.function.function_name == function.function_name and is_meant:
            return entry
        return malformed(Operation.GET_FUNCTION, f"it is about {str(entry.function)!r}")

    async def _listed(
        self, function: FunctionRef, configured: Collection[str], listed: Versions | None
    ) -> tuple[dict[str, str], Versions]:
        """Return the version of each alias of a function, and its versions.

        It requests only the lists that are needed.
        """
        path = f"{FUNCTIONS_PATH}/{quote(function.function_name, safe='')}"
        aliases: dict[str, str] = {}
        if self.wants_all or any(not qualifier.isdecimal() for qualifier in configured):
            async for page in self.sender.pages(Operation.LIST_ALIASES, f"{path}/aliases"):
                aliases.update(_alias(item) for item in items(page, "Aliases", Operation.LIST_ALIASES))
        if listed is not None and {*aliases.values()} <= listed.keys() | {LATEST}:
            return aliases, listed  # otherwise a version was published since: AWS deletes no version that an alias uses
        versions: Versions = {}
        operation = Operation.LIST_VERSIONS
        async for page in self.sender.pages(operation, f"{path}/versions"):
            for entry in entries(page, "Versions", operation, self.home):
                if isinstance(entry, Unnamed):
                    raise entry.error
                if entry.function.function_name != function.function_name:
                    raise malformed(operation, f"it is about {str(entry.function)!r}")
                versions[qualifier_of(entry.function)] = entry
        return aliases, versions


def _as_runs(entry: ReportedFunction | Malformed | None) -> Runs:
    return entry.error if isinstance(entry, Malformed) else entry


def _alias(item: Mapping[str, Any]) -> tuple[str, str]:
    name, version = item.get("Name"), item.get("FunctionVersion")
    if not isinstance(name, str) or not isinstance(version, str):
        raise malformed(Operation.LIST_ALIASES, f"an alias is {name!r} at version {version!r}")
    try:
        return check_qualifier(name), check_qualifier(version)
    except UsageError as error:
        raise malformed(Operation.LIST_ALIASES, error.message) from error
