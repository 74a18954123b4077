"""The reader of one function: its configs, and the version behind each configured qualifier.

Tested in tests/fleet/test_faults.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from eicnb.aws.http.sender import Sender
from eicnb.aws.responses import items, malformed
from eicnb.errors import EicError, NotFound, UsageError
from eicnb.fleet.entry import Home, Malformed, Unnamed, entries, is_encodable, qualifier_of
from eicnb.fleet.row import AuditRow, function_failure
from eicnb.model.function import LATEST, FunctionRef, check_qualifier
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.model.verbs import CONFIGS, Operation

FUNCTIONS = "/2015-03-31/functions"
_CONFIGS_OF = "/2019-09-25/functions/{}/event-invoke-config/list"

Versions = dict[str, ReportedFunction | Malformed]
"""The versions of a function by their numbers; `$LATEST` may be among them."""

Configs = dict[str, ReportedConfig | EicError]
"""The configs of a function by qualifier; one that cannot be read is its error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionReader:
    """A reader of the functions of one account and region.

    `wants_all` adds the versions and aliases without a config.
    """

    home: Home
    sender: Sender
    wants_all: bool

    async def rows(self, function: ReportedFunction, listed: Versions | None, read_at: datetime) -> list[AuditRow]:
        """Return the rows of a function; `listed` are its versions if the list of functions had them all."""
        configs = await self.configs(function.function)
        others = configs.keys() - {LATEST}
        found = [self._row(function.function, LATEST, function, configs.get(LATEST), read_at)]
        if not others and not self.wants_all:
            return found
        try:
            aliases, versions = await self._qualifiers(function.function, others, listed)
        except NotFound:
            raise
        except EicError as error:
            if self.wants_all:
                raise
            return found + [function_failure(function.function.with_qualifier(other), error) for other in others]
        wanted = others | (aliases.keys() | versions.keys() if self.wants_all else set())
        for qualifier in wanted - {LATEST}:
            version = aliases.get(qualifier, qualifier)
            runs = function if version == LATEST else versions.get(version)
            found.append(self._row(function.function, qualifier, runs, configs.get(qualifier), read_at))
        return found

    def _row(
        self,
        function: FunctionRef,
        qualifier: str,
        runs: ReportedFunction | Malformed | None,
        config: ReportedConfig | EicError | None,
        read_at: datetime,
    ) -> AuditRow:
        """Return the row of a qualifier; a deleted one runs nothing, but its row has its config."""
        if isinstance(config, EicError):
            known = None if isinstance(runs, Malformed) else runs
            return function_failure(function.with_qualifier(qualifier), config, known)
        if isinstance(runs, Malformed):
            return function_failure(function.with_qualifier(qualifier), runs.error)
        return AuditRow(
            region=self.home.region,
            account_id=self.home.account_id,
            function=function,
            qualifier=qualifier,
            runs=runs,
            config=config,
            read_at=read_at,
        )

    async def configs(self, function: FunctionRef) -> Configs:
        """Return the configs of a function by qualifier; refuse duplicates and other functions' configs."""
        operation = Operation.LIST
        configs: Configs = {}
        async for page in self.sender.pages(operation, _CONFIGS_OF.format(quote(function.function_name, safe=""))):
            for item in items(page, CONFIGS, operation):
                config, named = _config(item)
                qualifier = qualifier_of(named)
                if named.without_qualifier() != function:
                    raise malformed(operation, f"it is about another function, {str(named)!r}")
                if qualifier in configs:
                    raise malformed(operation, f"it has two configs of {qualifier}")
                configs[qualifier] = config
        return configs

    async def _qualifiers(
        self, function: FunctionRef, configured: set[str], listed: Versions | None
    ) -> tuple[dict[str, str], Versions]:
        """Return the aliases of a function with their versions, and its versions.

        Only what is needed is requested.
        """
        path = f"{FUNCTIONS}/{quote(function.function_name, safe='')}"
        aliases: dict[str, str] = {}
        if self.wants_all or any(not qualifier.isdecimal() for qualifier in configured):
            async for page in self.sender.pages(Operation.LIST_ALIASES, f"{path}/aliases"):
                aliases.update(_alias(item) for item in items(page, "Aliases", Operation.LIST_ALIASES))
        if listed is not None:
            return aliases, listed
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


def _config(item: Mapping[str, Any]) -> tuple[ReportedConfig | EicError, FunctionRef]:
    """Return a config and its function; if it cannot be read, its error.

    Without a valid ARN its function is unknown, and the error is raised.
    """
    try:
        config = ReportedConfig.from_api({**item, "LastModified": _time(item.get("LastModified"))})
    except EicError as error:
        try:
            return error, FunctionRef.parse(item["FunctionArn"])
        except (UsageError, TypeError, KeyError):
            raise error from None
    for text in (config.on_failure, config.on_success):
        if text is not None and not is_encodable(text):
            return malformed(Operation.LIST, f"{text!r} is not text"), config.function
    return config, config.function


def _time(value: Any) -> Any:
    """Return a time from AWS's seconds since 1970 or moto's text; the model refuses anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return value


def _alias(item: Mapping[str, Any]) -> tuple[str, str]:
    name, version = item.get("Name"), item.get("FunctionVersion")
    if not isinstance(name, str) or not isinstance(version, str):
        raise malformed(Operation.LIST_ALIASES, f"an alias is {name!r} at version {version!r}")
    try:
        return check_qualifier(name), check_qualifier(version)
    except UsageError as error:
        raise malformed(Operation.LIST_ALIASES, error.message) from error
