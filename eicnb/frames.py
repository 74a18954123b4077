"""The DataFrames that eicnb returns: their columns as data, and rows made into frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from eicnb import redaction, settings
from eicnb.errors import UsageError
from eicnb.finding import Finding
from eicnb.model import (
    DEFAULT_EVENT_AGE_IN_SECONDS,
    DEFAULT_RETRY_ATTEMPTS,
    ReportedConfig,
    ReportedFunction,
)
from eicnb.table import READ, STATE, Cut, Table

Scalar = str | int | float | bool | None


SEVERAL = "several"
"""What stands in a frame's attrs where its rows come from more than one place."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame: its name, its pandas dtype and what stands in it."""

    name: str
    dtype: str
    meaning: str


CONFIG_COLUMNS = (
    Column("function_name", "string", "the function"),
    Column("qualifier", "string", "`$LATEST`, a version or an alias; never empty"),
    Column("maximum_retry_attempts", "Int64", "0 to 2; `<NA>`: not set, AWS retries twice"),
    Column("maximum_event_age_in_seconds", "Int64", "60 to 21600; `<NA>`: not set, AWS keeps events 6 hours"),
    Column("on_failure_type", "string", "`sqs`, `sns`, `s3`, `lambda`, `events`; `<NA>`: none"),
    Column("on_failure", "string", "ARN of the on-failure destination"),
    Column("on_success_type", "string", "`sqs`, `sns`, `lambda`, `events`; `<NA>`: none"),
    Column("on_success", "string", "ARN of the on-success destination"),
    Column("last_modified", "datetime64[ns, UTC]", "when the config was last written"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, ending in the qualifier"),
)

FUNCTION_COLUMNS = (
    Column("function_name", "string", "the function"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("role_arn", "string", "role that the function runs with"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, without a qualifier"),
)

CONNECTION_COLUMNS = (
    Column("name", "string", "what `%eic use NAME` calls it"),
    Column("in_use", "boolean", "whether it is the one in use"),
    Column("account_id", "string", "account; `<NA>`: not asked for yet"),
    Column("region", "string", "region of the calls; `<NA>`: none is set"),
    Column("profile", "string", "profile of the AWS config files; `<NA>`: boto3's own chain"),
    Column("endpoint_url", "string", "where calls go instead of AWS; `<NA>`: AWS"),
    Column("sandbox", "boolean", "whether it is the embedded AWS"),
)

IDENTITY_COLUMNS = (
    Column("account_id", "string", "account of the credentials"),
    Column("account_alias", "string", "name of the account; `<NA>`: it has none, or you may not see it"),
    Column("region", "string", "region of the calls"),
    Column("partition", "string", "such as `aws` or `aws-cn`"),
    Column("identity_arn", "string", "who you are"),
    Column("expires_at", "datetime64[ns, UTC]", "when the credentials end; `<NA>`: they do not say"),
    Column("profile", "string", "profile of the AWS config files; `<NA>`: boto3's own chain"),
    Column("sandbox", "boolean", "whether it is the embedded AWS"),
)

SETTING_COLUMNS = (
    Column("setting", "string", "what `%config EicMagics.NAME = …` chooses"),
    Column("value", "string", "what holds now; `<NA>`: nothing"),
    Column("source", "string", "where that comes from"),
)

AUDIT_COLUMNS = (
    *CONFIG_COLUMNS,
    Column("configured", "boolean", "whether a config exists; `<NA>`: it could not be read"),
    Column("effective_retry_attempts", "Int64", "what AWS will do: the default where unset"),
    Column("effective_event_age_in_seconds", "Int64", "the same, for the age"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take"),
    Column("role_arn", "string", "role that the function runs with"),
    Column("scan_state", "string", "`ok`, or why it could not be read: `denied`, `throttled`, `gone`, `failed`"),
    Column("error", "string", "what went wrong; `<NA>`: nothing"),
)


_WIDTH = 80


class Frame(pd.DataFrame):
    """A DataFrame that shows where its rows come from, its ARNs whole, and types and missing values as words.

    Only the display is in words and has masks (`eicnb.redaction`); the values are real. Whatever is made from it is
    a plain DataFrame: a slice or a merge loses the caption rather than lie.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def provenance(self) -> str:
        """Account and region, as they stand in the caption."""
        return redaction.masked(provenance(self.attrs))

    def __repr__(self) -> str:
        return self._drawn().to_text()

    def _repr_html_(self) -> str | None:
        return self._drawn().to_html() if pd.get_option("display.notebook_repr_html") else None

    def _repr_data_resource_(self) -> None:
        """Nothing: front ends would show it as a tree instead of the table, and with its real values."""

    def _drawn(self) -> Table:
        """Raises ConfigurationError for a setting that cannot be used, rather than show what should be masked."""
        columns = tuple(str(name) for name in self.columns)
        states = self.iloc[:, columns.index(STATE)] if STATE in columns else [READ] * len(self)
        cut = Cut.of([_plain(state) for state in states], settings.current().max_rows)
        drawn = self.iloc[list(cut.places)]
        return Table(
            caption=f"{provenance(self.attrs)}  {cut}",
            columns=columns,
            labels=tuple(str(label) for label in drawn.index),
            rows=[tuple(map(_plain, row)) for row in drawn.itertuples(index=False, name=None)],
            index_name=" ".join(str(name) for name in self.index.names if name is not None),
            width=pd.get_option("display.width") or _WIDTH,
            hide=redaction.masked,
        )


def uncut() -> AbstractContextManager[object]:
    """While this is open pandas cuts no cell, so that no half of a name or an account id is shown."""
    return pd.option_context("display.max_colwidth", None)


def _plain(value: Any) -> Any:
    """A value without pandas and NumPy: None for a missing one."""
    if not pd.api.types.is_scalar(value):
        return value
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def provenance(attrs: Mapping[Any, Any]) -> str:
    """Where a frame comes from, in words: `SANDBOX` where it is one, the account, the region."""
    if "scope" in attrs:
        return str(attrs["scope"])
    account_id, region, sandbox = (attrs.get(name) for name in ("account_id", "region", "sandbox"))
    account = f"account {account_id}" if account_id else "account not asked for"
    where = [
        "DRY RUN, nothing was written" if attrs.get("dry_run") else None,
        "SANDBOX and others" if sandbox == SEVERAL else "SANDBOX" if sandbox else None,
        "several accounts" if account_id == SEVERAL else account,
        "several regions" if region == SEVERAL else region,
    ]
    return "  ".join(filter(None, where))


def config_row(config: ReportedConfig) -> dict[str, Any]:
    """A reported config as a row of `CONFIG_COLUMNS`."""
    function = config.function.with_qualifier(config.function.qualifier or "$LATEST")
    return {
        "function_name": function.function_name,
        "qualifier": function.qualifier,
        "maximum_retry_attempts": config.maximum_retry_attempts,
        "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds,
        "on_failure_type": config.on_failure_type,
        "on_failure": config.on_failure,
        "on_success_type": config.on_success_type,
        "on_success": config.on_success,
        "last_modified": config.last_modified,
        "region": function.region,
        "account_id": function.account_id,
        "function_arn": str(function),
    }


def function_row(reported: ReportedFunction) -> dict[str, Any]:
    """A reported function as a row of `FUNCTION_COLUMNS`."""
    return {
        "function_name": reported.function.function_name,
        "runtime": reported.runtime,
        "timeout": reported.timeout,
        "dead_letter_arn": reported.dead_letter_arn,
        "role_arn": reported.role_arn,
        "region": reported.function.region,
        "account_id": reported.function.account_id,
        "function_arn": str(reported.function),
    }


def audit_row(finding: Finding) -> dict[str, Any]:
    """A finding as a row of `AUDIT_COLUMNS`."""
    function, config, was_read = finding.function, finding.config, finding.scan_state == "ok"
    row: dict[str, Any] = dict.fromkeys(_AUDIT_NAMES)
    if config is not None:
        row.update(config_row(config))
    row.update(
        region=finding.region,
        account_id=finding.account_id,
        qualifier=finding.qualifier,
        scan_state=finding.scan_state,
        error=finding.error,
    )
    if function is not None:
        row.update(
            function_name=function.function.function_name,
            function_arn=f"{function.function}:{finding.qualifier}",
            dead_letter_arn=function.dead_letter_arn,
            runtime=function.runtime,
            timeout=function.timeout,
            role_arn=function.role_arn,
        )
    if was_read:
        retries, age = row["maximum_retry_attempts"], row["maximum_event_age_in_seconds"]
        row.update(
            configured=config is not None,
            effective_retry_attempts=DEFAULT_RETRY_ATTEMPTS if retries is None else retries,
            effective_event_age_in_seconds=DEFAULT_EVENT_AGE_IN_SECONDS if age is None else age,
        )
    return row


_AUDIT_NAMES = tuple(column.name for column in AUDIT_COLUMNS)


@cache
def _dtype(name: str) -> Any:
    """The dtype itself; to look it up by name takes longer than to fill a row."""
    return pd.api.types.pandas_dtype(name)


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], attrs: Mapping[str, Scalar]) -> Frame:
    """Make rows into a frame of exactly these columns and dtypes, also when there are no rows."""
    rows = list(rows)
    array: Callable[..., Any] = pd.array  # its overloads know the dtypes by their literal names only
    values = {c.name: array([row[c.name] for row in rows], dtype=_dtype(c.dtype)) for c in columns}
    frame = Frame(values, copy=False)
    frame.attrs.update(attrs)
    return frame


def rows_of(frame: pd.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The rows of a frame with these columns, None where nothing is; any other frame is a UsageError."""
    if missing := [column.name for column in columns if column.name not in frame.columns]:
        raise UsageError(f"the frame has no column {missing[0]!r}", hint=", ".join(column.name for column in columns))
    array: Callable[..., Any] = pd.array
    values = {}
    for column in columns:
        held = frame[column.name]
        try:
            exact = array(held.array, dtype=_dtype(column.dtype))
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"the frame's column {column.name!r} is {held.dtype}, not {column.dtype}", hint="the frame as it was"
            ) from error
        values[column.name] = [None if missing else value for value, missing in zip(exact, pd.isna(exact), strict=True)]
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def objects_frame(objects: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A plain frame of what a query selected: a column a member, of whatever dtype pandas finds."""
    return pd.DataFrame(list(objects))


def stack(frames: Sequence[Frame]) -> Frame:
    """One frame with the rows of all, which have the same columns; attrs that differ become `several`."""
    stacked = Frame(pd.concat(frames, ignore_index=True))
    first, *others = (frame.attrs for frame in frames)
    for key, value in first.items():
        stacked.attrs[key] = value if all(attrs.get(key) == value for attrs in others) else SEVERAL
    return stacked
