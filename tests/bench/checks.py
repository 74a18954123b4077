"""A benchmark of `check`: all checks of the settings on 10,000 rows, compared with simple programs.

    python tests/bench/checks.py [--small]

The baselines only find the rows without a failure destination and the aliases that `$LATEST` bypasses: one with
pandas' masks and merge, one with an object for each row. Time is CPU time, since a check of the settings sends
nothing. Memory is the peak of what Python and pandas allocate.
`--small` checks that 2,000 rows stay below the same limits, in a second.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

import eicnb
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.frame import Frame, to_frame

MOST_SECONDS = 0.3
MOST_MEGABYTES = 60
ACCOUNT = "123456789012"
MEGABYTE = 2**20


def an_audit(rows: int) -> Frame:
    """An audit in which every third row has a finding: functions with `$LATEST`, an alias and versions."""
    return to_frame([_row(number) for number in range(rows)], AUDIT_COLUMNS, {"verb": "audit", "qualifiers": "all"})


def _row(number: int) -> dict[str, Any]:
    function, place = divmod(number, 4)
    qualifier = ("$LATEST", "live", "1", "2")[place]
    region = ("us-east-1", "eu-west-1")[function % 2]
    name, arn = f"function-{function}", f"arn:aws:lambda:{region}:{ACCOUNT}:function:function-{function}"
    configured = place < 2 and function % 3 > 0
    queue = f"arn:aws:sqs:{region}:{ACCOUNT}:failures-{function % 40}"
    return {
        **{column.name: None for column in AUDIT_COLUMNS},
        "function_name": name,
        "qualifier": qualifier,
        "maximum_retry_attempts": 2 if configured else None,
        "maximum_event_age_in_seconds": (60, 3600)[function % 5 > 0] if configured else None,
        "on_failure": queue if configured else None,
        "on_success": f"arn:aws:lambda:{region}:{ACCOUNT}:function:function-{function + 2}" if configured else None,
        "region": region,
        "account_id": ACCOUNT,
        "function_arn": f"{arn}:{qualifier}",
        "configured": configured,
        "timeout": 30,
        "scan_state": "ok",
    }


def with_pandas(audit: pd.DataFrame) -> int:
    """Two of the checks with pandas alone."""
    bare = audit.on_failure.isna() & audit.dead_letter_arn.isna()
    keys = ["account_id", "region", "function_name"]
    latest = audit[audit.configured & audit.qualifier.eq("$LATEST")][keys].assign(has_latest=True)
    aliases = audit[~audit.configured & ~audit.qualifier.str.fullmatch(r"[0-9]+|\$LATEST")]
    return int(bare.sum()) + len(aliases.merge(latest, on=keys))


@dataclass(frozen=True)
class Row:
    """A row as an object, as in most programs."""

    of_column: dict[Any, Any]


def with_objects(audit: pd.DataFrame) -> int:
    """The same two checks with an object for each row."""
    rows = [Row(values) for values in audit.to_dict("records")]
    configured = {one.of_column["function_name"] for one in rows if one.of_column["configured"]}
    bare = [one for one in rows if pd.isna(one.of_column["on_failure"]) and pd.isna(one.of_column["dead_letter_arn"])]
    bypassed = [one for one in rows if not one.of_column["configured"] and one.of_column["function_name"] in configured]
    return len(bare) + len(bypassed)


def seconds_of(run: Callable[[], object], turns: int) -> float:
    """The median CPU time of a few runs after a first one."""
    taken = []
    for _ in range(turns + 1):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return statistics.median(taken[1:])


def megabytes_of(run: Callable[[], object]) -> float:
    """The peak memory allocated during a run."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / MEGABYTE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="2,000 rows and few turns")
    small = parser.parse_args().small
    rows, turns = (2_000, 1) if small else (10_000, 7)
    audit = an_audit(rows)
    findings = eicnb.check(audit)
    print(f"check: {rows:,} rows, {len(findings):,} findings of {findings.check.nunique()} checks, no request")
    ways = {
        "eicnb.check": lambda: eicnb.check(audit),
        "pandas, 2 checks": lambda: with_pandas(audit),
        "objects, 2 checks": lambda: with_objects(audit),
    }
    for way, run in ways.items():
        print(f"  {way:18} {seconds_of(run, turns) * 1000:6.0f} ms  {megabytes_of(run):5.1f} MB")
    assert findings.attrs["requests"] == 0
    assert seconds_of(ways["eicnb.check"], turns) < MOST_SECONDS, "a check takes less than 300 ms"
    assert megabytes_of(ways["eicnb.check"]) < MOST_MEGABYTES, "a check takes less than 60 MB"


if __name__ == "__main__":
    main()
