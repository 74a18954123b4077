"""The findings of checks: their columns and their fixes.

Tested in tests/fleet/checks/test_run.py and tests/test_readme.py.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import pandas as pd

from eicnb.frames.columns import Column
from eicnb.model.severity import SEVERITIES, Severity

FixKind = Literal["eic", "aws", "iam", "none"]

FINDING_COLUMNS = (
    Column(
        "severity",
        "category",
        '`info`, `low`, `medium`, `high` or `critical`, in this order: `severity >= "high"`',
        categories=SEVERITIES,
    ),
    Column("check", "string", "name of the check, as in the table of checks"),
    Column("function_name", "string", "the function; `<NA>`: the finding is about a whole region or account"),
    Column("qualifier", "string", "`$LATEST`, a version or an alias"),
    Column("finding", "string", "what is wrong"),
    Column("why", "string", "what it does to events"),
    Column("fix", "string", "a line to run, a policy statement to add, or what to do in words"),
    Column(
        "fix_kind",
        "string",
        "`eic`: an `%eic` line; `aws`: a line of the AWS CLI; `iam`: a policy statement; `none`: words",
    ),
    Column("muted", "string", "reason why it is accepted; `<NA>`: it is not muted"),
    Column("source", "string", "page of AWS's documentation"),
    Column("region", "string", "region of the function"),
    Column("account_id", "string", "account of the function"),
    Column("function_arn", "string", "ARN of the function, ending in the qualifier"),
)


class Fix(NamedTuple):
    """The fix of a finding: a line to run, a policy statement, or words.

    `sets` has the options that a line sets or relies on, with their values. `replaces` is True if the line replaces
    the whole config.
    """

    text: str
    kind: FixKind = "none"
    sets: tuple[tuple[str, str], ...] = ()
    replaces: bool = False


NO_FIX = Fix("nothing, if it is intended")


class Finding(NamedTuple):
    """A finding about a row of the audit or, without a `row`, about an account and region.

    `severity`, `why` and `source` default to those of the check.
    """

    row: int | None
    finding: str
    fix: Fix = NO_FIX
    severity: Severity | None = None
    why: str | None = None
    place: tuple[str | None, str | None] = (None, None)
    source: str | None = None


_MAGIC = "%eic "


def fix_lines(findings: pd.DataFrame) -> list[str]:
    """Return the `%eic` lines that fix findings, each once; muted findings are left out.

    >>> fix_lines(pd.DataFrame({"fix": ["%eic delete f", "words"], "fix_kind": ["eic", "none"]}))
    ['delete f']
    """
    is_open = findings["muted"].isna() if "muted" in findings else findings["fix"].notna()
    lines = findings["fix"][is_open & findings["fix_kind"].eq("eic")]
    return list(dict.fromkeys(line.removeprefix(_MAGIC) for line in lines))
