"""Walks one account and region: every function that is listed there becomes findings."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from eicnb.aws.http.sender import Sender
from eicnb.aws.responses import BROKEN_ANSWER_HINT, broken_answer, items
from eicnb.errors import EicError, UsageError
from eicnb.fleet.row import Finding, scan_state_of
from eicnb.fleet.scope import Scope
from eicnb.model.function import LATEST, check_qualifier
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.model.verbs import CONFIGS, Operation

_FUNCTIONS = "/2015-03-31/functions"
_CONFIGS = "/2019-09-25/functions/{}/event-invoke-config/list"
_FEWEST, _MOST = 4, 20


@dataclass(slots=True, kw_only=True)
class RegionWalk:
    """One account and region on its way: what is known so far, and what was found.

    `settled` names the functions that need not be asked again; `known` those that an earlier audit listed, None where
    the list is to be read.
    """

    account_id: str
    region: str
    sender: Sender
    scope: Scope
    settled: frozenset[str] = frozenset()
    known: tuple[ReportedFunction, ...] | None = None
    findings: list[Finding] = field(default_factory=list)
    functions: dict[str, ReportedFunction] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    is_listed: bool = False
    _has_all_versions: bool = False
    _versions: dict[str, dict[str, ReportedFunction]] = field(default_factory=dict)
    _waiting: asyncio.Queue[ReportedFunction | None] = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        """Read all that there is; whatever goes wrong is a finding."""
        readers = [asyncio.ensure_future(self._read_waiting()) for _ in range(self._reader_count)]
        try:
            await self._list()
            await asyncio.gather(*readers)
        finally:
            for reader in readers:
                reader.cancel()

    @property
    def left(self) -> int:
        """How many of the functions that are known are still to be read."""
        return len(self.functions) - len(self.done) - len(self.settled & self.functions.keys())

    @property
    def _reader_count(self) -> int:
        """Enough to keep up the usual rates while an answer takes two seconds; more of them cost CPU time."""
        return min(_MOST, max(_FEWEST, math.ceil(2 * self.scope.rate)))

    def unread(self, error: EicError) -> list[Finding]:
        """Findings for all that has none yet, as when the audit is stopped."""
        read = self.done | self.settled
        left = [function for name, function in list(self.functions.items()) if name not in read]
        region = [] if self.is_listed else [self._not_listed(error)]
        return [*region, *(self._unread(function, error) for function in left)]

    async def _list(self) -> None:
        """Name every function to the readers; a list that breaks off is a finding about the region."""
        try:
            if self.known is None:
                await self._list_functions()
                self._has_all_versions = self.scope.wants_all_qualifiers
            for function in self.known or ():
                self._take(function)
        except EicError as error:
            self.findings.append(self._not_listed(error))
        self.is_listed = True
        if self.scope.wants_all_qualifiers:
            self._release(self.functions)
        for _ in range(self._reader_count):
            self._waiting.put_nowait(None)

    async def _list_functions(self) -> None:
        all_versions = {"FunctionVersion": "ALL"} if self.scope.wants_all_qualifiers else {}
        async for page in self.sender.pages(Operation.LIST_FUNCTIONS, _FUNCTIONS, **all_versions):
            for item in items(page, "Functions", Operation.LIST_FUNCTIONS):
                self._take(self._reported(Operation.LIST_FUNCTIONS, item))

    def _reported(self, operation: str, item: Mapping[str, Any]) -> ReportedFunction:
        """A listed function that is what and where it should be."""
        reported = ReportedFunction.from_api(item)
        function = reported.function
        named = item.get("FunctionName", function.function_name)
        if (function.account_id, function.region) != (self.account_id, self.region) or named != function.function_name:
            raise broken_answer(operation, f"it is about {str(function)!r}")
        return reported

    def _take(self, reported: ReportedFunction) -> None:
        """Hand a function to the readers when its name comes up first; keep its versions for later."""
        function = reported.function
        name, qualifier = function.function_name, function.qualifier or LATEST
        if qualifier != LATEST:
            self._versions.setdefault(name, {})[qualifier] = reported
        bare = reported if function.qualifier is None else _at_no_qualifier(reported)
        if name not in self.functions and self.scope.selection.wants(bare):
            self.functions[name] = bare
            if not self.scope.wants_all_qualifiers:
                self._release([name])

    def _release(self, names: Iterable[str]) -> None:
        """Let the readers have these functions; where every version is wanted, the list is read to its end first."""
        for name in names:
            if name not in self.settled:
                self._waiting.put_nowait(self.functions[name])

    async def _read_waiting(self) -> None:
        while (function := await self._waiting.get()) is not None:
            try:
                found = await self._read(function)
            except EicError as error:
                found = [self._unread(function, error)]
            self.findings += found
            self.done.add(function.function.function_name)

    async def _read(self, function: ReportedFunction) -> list[Finding]:
        """The findings about one function; with none for a qualifier that has no config unless these are wanted."""
        configs = await self._configs(function)
        others = configs.keys() - {LATEST}
        versions: dict[str, ReportedFunction] = {}
        aliases: dict[str, str] = {}
        if others or self.scope.wants_all_qualifiers:
            aliases, versions = await self._qualifiers(function, others)
        wanted = others | (aliases.keys() | versions.keys() if self.scope.wants_all_qualifiers else set())
        found = [self._finding(function, LATEST, configs.get(LATEST))]
        for qualifier in wanted - {LATEST}:
            version = aliases.get(qualifier, qualifier)
            behind = function if version == LATEST else versions.get(version)
            if behind is None:
                raise broken_answer(Operation.LIST_VERSIONS, f"it has no version {version!r}")
            found.append(self._finding(behind, qualifier, configs.get(qualifier)))
        return found

    async def _configs(self, function: ReportedFunction) -> dict[str, ReportedConfig]:
        """The configs of a function by qualifier, each about this function and none twice."""
        operation, name = Operation.LIST, function.function.function_name
        configs: dict[str, ReportedConfig] = {}
        async for page in self.sender.pages(operation, _CONFIGS.format(quote(name, safe=""))):
            for item in items(page, CONFIGS, operation):
                config = ReportedConfig.from_api({**item, "LastModified": _time(item.get("LastModified"))})
                qualifier = config.function.qualifier or LATEST
                if config.function.without_qualifier() != function.function or qualifier in configs:
                    raise EicError(
                        f"AWS's answer to {operation} is about another function: {str(config.function)!r}",
                        hint=BROKEN_ANSWER_HINT,
                    )
                configs[qualifier] = config
        return configs

    async def _qualifiers(
        self, function: ReportedFunction, configured: set[str]
    ) -> tuple[dict[str, str], dict[str, ReportedFunction]]:
        """The aliases of a function with their versions, and its versions; only what the findings need is asked."""
        name = function.function.function_name
        path = f"{_FUNCTIONS}/{quote(name, safe='')}"
        aliases: dict[str, str] = {}
        if self.scope.wants_all_qualifiers or any(not qualifier.isdecimal() for qualifier in configured):
            async for page in self.sender.pages(Operation.LIST_ALIASES, f"{path}/aliases"):
                aliases.update(_alias(item) for item in items(page, "Aliases", Operation.LIST_ALIASES))
        if self._has_all_versions:
            return aliases, self._versions.get(name, {})
        versions: dict[str, ReportedFunction] = {}
        async for page in self.sender.pages(Operation.LIST_VERSIONS, f"{path}/versions"):
            for item in items(page, "Versions", Operation.LIST_VERSIONS):
                version = self._reported(Operation.LIST_VERSIONS, item)
                if version.function.function_name != name:
                    raise broken_answer(Operation.LIST_VERSIONS, f"it is about {str(version.function)!r}")
                versions[version.function.qualifier or LATEST] = version
        return aliases, versions

    def _finding(self, function: ReportedFunction, qualifier: str, config: ReportedConfig | None) -> Finding:
        bare = function if function.function.qualifier is None else _at_no_qualifier(function)
        return Finding(
            region=self.region, account_id=self.account_id, function=bare, qualifier=qualifier, config=config
        )

    def _unread(self, function: ReportedFunction, error: EicError) -> Finding:
        return Finding(
            region=self.region,
            account_id=self.account_id,
            function=function,
            qualifier=LATEST,
            scan_state=scan_state_of(error),
            error=str(error),
        )

    def _not_listed(self, error: EicError) -> Finding:
        state = scan_state_of(error)
        return Finding(
            region=self.region,
            account_id=self.account_id,
            scan_state="failed" if state == "gone" else state,
            error=str(error),
        )


def _at_no_qualifier(reported: ReportedFunction) -> ReportedFunction:
    """The function of a version, with the version's settings."""
    return ReportedFunction(
        function=reported.function.without_qualifier(),
        runtime=reported.runtime,
        timeout=reported.timeout,
        dead_letter_arn=reported.dead_letter_arn,
        role_arn=reported.role_arn,
    )


def _time(value: Any) -> Any:
    """AWS's seconds since 1970 as a time; anything else as it is, for the model to refuse."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return value


def _alias(item: Mapping[str, Any]) -> tuple[str, str]:
    name, version = item.get("Name"), item.get("FunctionVersion")
    if not isinstance(name, str) or not isinstance(version, str):
        raise broken_answer(Operation.LIST_ALIASES, f"an alias is {name!r} at version {version!r}")
    try:
        return check_qualifier(name), check_qualifier(version)
    except UsageError as error:
        raise broken_answer(Operation.LIST_ALIASES, error.message) from error
