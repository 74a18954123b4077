"""The reader of one function: its configs, and a row for each of its qualifiers.

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
from eicnb.fleet.list_entry import Home, is_encodable, qualifier_of
from eicnb.fleet.row import AuditRow, function_failure
from eicnb.fleet.versions import Runs, VersionReader, Versions
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.model.verbs import CONFIGS, Operation

_CONFIGS_OF = "/2019-09-25/functions/{}/event-invoke-config/list"

Configs = dict[str, ReportedConfig | EicError]
"""The configs of a function by qualifier; a malformed one is represented by its error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionReader:
    """A reader of the functions of one account and region.

    `versions` reads what versions and aliases run; None if only configs are read.
    """

    home: Home
    sender: Sender
    versions: VersionReader | None = None

    async def rows(self, function: ReportedFunction, listed: Versions | None, read_at: datetime) -> list[AuditRow]:
        """Return the rows of a function; `listed` has its versions if the list of functions included them."""
        assert self.versions is not None, "an audit reads versions too"
        configs = await self.configs(function.function)
        others = configs.keys() - {LATEST}
        found = [self._row(function.function, LATEST, function, configs.get(LATEST), read_at)]
        if not others and not self.versions.wants_all:
            return found
        try:
            runs = await self.versions.runs(function, others, listed)
        except NotFound:
            raise
        except EicError as error:
            if self.versions.wants_all:
                raise
            return found + [function_failure(function.function.with_qualifier(other), error) for other in others]
        rows = [self._row(function.function, name, its, configs.get(name), read_at) for name, its in runs.items()]
        return found + rows

    def _row(
        self,
        function: FunctionRef,
        qualifier: str,
        runs: Runs,
        config: ReportedConfig | EicError | None,
        read_at: datetime,
    ) -> AuditRow:
        """Return the row of a qualifier; the config of a deleted version or alias may still exist."""
        if isinstance(config, EicError):
            known = None if isinstance(runs, EicError) else runs
            return function_failure(function.with_qualifier(qualifier), config, known)
        if isinstance(runs, EicError):
            return function_failure(function.with_qualifier(qualifier), runs)
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
        """Return the configs of a function by qualifier; reject duplicates and other functions' configs."""
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


def _config(item: Mapping[str, Any]) -> tuple[ReportedConfig | EicError, FunctionRef]:
    """Return a config and its function; if the config is malformed, return its error instead.

    Without a valid ARN the function is unknown, and the error is raised.
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
    """Return a time from AWS's seconds since 1970 or moto's text; the model rejects anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return value
