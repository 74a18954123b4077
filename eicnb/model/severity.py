"""The severities of findings.

Tested in tests/fleet/checks/test_run.py.
"""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["info", "low", "medium", "high", "critical"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The severities, the least severe first."""
