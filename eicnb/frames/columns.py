"""The columns of every DataFrame, as data.

Tested in tests/frames/test_frame.py and tests/test_readme.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from eicnb.model.age import human
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS, choices
from eicnb.model.place import partition_of

Scalar = str | int | float | bool | None

SEVERAL = "several"
"""The value of an attr if it differs between a frame's rows."""


def common(values: Iterable[Any], otherwise: Any = None) -> Any:
    """Return the value that all rows have in common, or `several`; without values, `otherwise`.

    >>> common(["us-east-1", "us-east-1"]), common(["us-east-1", "eu-west-1"]), common([])
    ('us-east-1', 'several', None)
    """
    different = list(dict.fromkeys(values))
    return otherwise if not different else different[0] if len(different) == 1 else SEVERAL


VERB = "verb"
"""The first column of a frame of several commands, and the attr with the verb of a single command."""

SUMMARY = "summary"
"""The attr with the text that the caption of a whole frame adds to the number of rows."""

SUMMARY_VERB = "audit summary"
"""The verb of the summary of an audit in a folder, whose rows are not configs."""

NEXT_TOKEN = "next_token"  # noqa: S105 # a page marker, not a password
"""The attr of a list that was cut off: the `--starting-token` that continues it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame: its name, its pandas dtype and its meaning.

    `categories` are those of the dtype `category`, the lowest first.
    """

    name: str
    dtype: str
    meaning: str
    categories: tuple[str, ...] = ()


_KEEPS = f"AWS keeps events {human(DEFAULT_EVENT_AGE_IN_SECONDS)}"

VERB_COLUMN = Column(VERB, "string", "the command that the row comes from; only in a frame of several commands")

CONFIG_COLUMNS = (
    Column("function_name", "string", "the function"),
    Column("qualifier", "string", "`$LATEST`, a version or an alias; never empty"),
    Column("maximum_retry_attempts", "Int64", f"{choices(RETRY_ATTEMPTS)}; `<NA>`: not set, AWS retries twice"),
    Column("maximum_event_age_in_seconds", "Int64", f"{choices(EVENT_AGE_IN_SECONDS)}; `<NA>`: not set, {_KEEPS}"),
    Column("on_failure_type", "string", "`sqs`, `sns`, `s3`, `lambda`, `events`; `<NA>`: none"),
    Column("on_failure", "string", "ARN of the on-failure destination"),
    Column("on_success_type", "string", "`sqs`, `sns`, `lambda`, `events`; `<NA>`: none"),
    Column("on_success", "string", "ARN of the on-success destination"),
    Column("last_modified", "datetime64[ns, UTC]", "when the config was last written"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, ending in the qualifier"),
)

SETTING_NAMES = ("maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success")
"""The four settings, in the order of a frame's columns."""

BEFORE, AFTER = "before_", "after_"
"""The prefixes of a setting's columns in a frame of changes."""

BEFORE_AND_AFTER = tuple(
    Column(
        f"{when}{column.name}",
        column.dtype,
        f"`{column.name}` {when.strip('_')} the change; `<NA>`: not set or not known",
    )
    for when in (BEFORE, AFTER)
    for column in CONFIG_COLUMNS
    if column.name in SETTING_NAMES
)
"""The four settings before and after a change."""

NAME_COLUMNS = tuple(
    column
    for column in CONFIG_COLUMNS
    if column.name in {"function_name", "qualifier", "region", "account_id", "function_arn"}
)
"""The names of a function, version or alias."""

FUNCTION_COLUMNS = (
    Column("function_name", "string", "the function"),
    Column("runtime", "string", "such as `python3.13`; `<NA>`: a container image"),
    Column("timeout", "Int64", "seconds that one run may take"),
    Column("dead_letter_arn", "string", "ARN of the dead-letter queue or topic; `<NA>`: none"),
    Column("role_arn", "string", "execution role of the function"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, without a qualifier"),
)

CONNECTION_COLUMNS = (
    Column("name", "string", "what `%eic use NAME` calls it"),
    Column("in_use", "boolean", "whether it is the connection in use"),
    Column("account_id", "string", "account; `<NA>`: not looked up yet"),
    Column("account_name", "string", "its name in the organisation; `<NA>`: `organization` did not list it"),
    Column("region", "string", "region of the calls; `<NA>`: none is set"),
    Column("profile", "string", "profile of the AWS config files; `<NA>`: boto3's own chain"),
    Column("role_arn", "string", "role that it acts as; `<NA>`: none"),
    Column("endpoint_url", "string", "URL that calls go to instead of AWS; `<NA>`: AWS"),
    Column("sandbox", "boolean", "whether it is the embedded AWS"),
)

IDENTITY_COLUMNS = (
    Column("account_id", "string", "account of the credentials"),
    Column("account_alias", "string", "name of the account; `<NA>`: it has none, or you may not see it"),
    Column("region", "string", "region of the calls"),
    Column("partition", "string", f"such as `aws` or `{partition_of('cn-north-1')}`"),
    Column("identity_arn", "string", "ARN of the caller"),
    Column("expires_at", "datetime64[ns, UTC]", "when the credentials expire; `<NA>`: not known"),
    Column("profile", "string", "profile of the AWS config files; `<NA>`: boto3's own chain"),
    Column("sandbox", "boolean", "whether it is the embedded AWS"),
)

SETTING_COLUMNS = (
    Column("setting", "string", "what `%config EicMagics.NAME = …` chooses"),
    Column("value", "string", "current value; `<NA>`: none"),
    Column("source", "string", "where the value comes from"),
)
