"""What a check finds: its columns, its severity and its fix.

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
    """What solves a finding: a line to run, a policy statement, or words.

    Of a line also what it `sets` or relies on, each option with its value, and whether it `replaces` the whole config.
    """

    text: str
    kind: FixKind = "none"
    sets: tuple[tuple[str, str], ...] = ()
    replaces: bool = False


NO_FIX = Fix("nothing, if it is meant so")


class Found(NamedTuple):
    """One finding of a check, about a row of the audit.

    Without a `row` it is about a place: an account and a region. `severity`, `why` and `source` are the check's own by
    default.
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
    """Return the fixes of findings that are `%eic` lines, each once; those of muted findings are left out.

    >>> fix_lines(pd.DataFrame({"fix": ["%eic delete f", "words"], "fix_kind": ["eic", "none"]}))
    ['delete f']
    """
    is_open = findings["muted"].isna() if "muted" in findings else findings["fix"].notna()
    lines = findings["fix"][is_open & findings["fix_kind"].eq("eic")]
    return list(dict.fromkeys(line.removeprefix(_MAGIC) for line in lines))
