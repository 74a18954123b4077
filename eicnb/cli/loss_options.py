"""The options of the `losses` command, as data.

Tested in tests/cli/test_parser.py and tests/notebook/test_losses.py.
"""

from __future__ import annotations

from eicnb.cli.option import Option

OF_AUDIT = Option("", "audit", "frame", "${AUDIT}", "frame of an audit", is_required=True)
LOSSES = (
    Option("--since", "since", "value", "TIME", "how long ago, as 7d or 12h, or a time; default: 7d"),
    Option("--until", "until", "value", "TIME", "the same for the end of the period; default: now"),
)
