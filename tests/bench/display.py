"""A benchmark of the display of a large frame: its time, and the size of its HTML.

    python tests/bench/display.py [--rows 100000] [--small]

The frame is an audit of several regions. The baseline is pandas' own display of the same rows.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import pandas as pd

from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.frame import Frame, to_frame

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
MOST_MILLISECONDS, MOST_BYTES = 300.0, 100_000
ACCOUNT = "123456789012"


def audit_of(count: int) -> Frame:
    """Return an audit with a number of rows, some of which could not be read."""
    rows = []
    for number in range(count):
        region, name = REGIONS[number % len(REGIONS)], f"shop-orders-function-{number}"
        queue = f"arn:aws:sqs:{region}:{ACCOUNT}:shop-failures-{number % 500}"
        values = {
            "function_name": name,
            "qualifier": "$LATEST",
            "maximum_retry_attempts": number % 3,
            "maximum_event_age_in_seconds": None,
            "on_failure_type": "sqs",
            "on_failure": queue,
            "region": region,
            "account_id": ACCOUNT,
            "function_arn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}:$LATEST",
            "configured": True,
            "effective_retry_attempts": number % 3,
            "effective_event_age_in_seconds": 21600,
            "runtime": "python3.13",
            "timeout": 30,
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/shop-{number % 50}",
            "scan_state": "denied" if number % 97 == 0 else "ok",
            "error": "User is not authorized to perform lambda:GetFunction" if number % 97 == 0 else None,
        }
        rows.append({column.name: values.get(column.name) for column in AUDIT_COLUMNS})
    return to_frame(rows, AUDIT_COLUMNS, {"verb": "audit", "account_id": ACCOUNT, "region": "several"})


def milliseconds(action: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--small", action="store_true", help="a few seconds at most")
    asked = arguments.parse_args()
    frame = audit_of(asked.rows)
    times = 3 if asked.small else 9
    html = milliseconds(frame._repr_html_, times)
    text = milliseconds(frame.__repr__, times)
    plain = milliseconds(lambda: pd.DataFrame(frame).to_html(max_rows=60), times)
    size = len((frame._repr_html_() or "").encode())
    print(f"{asked.rows} rows: HTML {html:.0f} ms and {size / 1000:.0f} kB, text {text:.0f} ms; pandas {plain:.0f} ms")
    assert max(html, text) < MOST_MILLISECONDS, f"a display takes {max(html, text):.0f} ms"
    assert size < MOST_BYTES, f"the HTML has {size} bytes"


if __name__ == "__main__":
    main()
