"""The options of `check`.

Tested in tests/notebook/test_check.py.
"""

from __future__ import annotations

from eicnb.cli.option import Option
from eicnb.cli.permissions import LAYERS
from eicnb.model.severity import SEVERITIES

AUDITED = Option("", "audit", "frame", "${AUDIT}", "DataFrame from an audit", is_required=True)

CHECK = (
    Option(
        "--look",
        "look",
        "names",
        "LAYERS",
        f"layers to check: {', '.join(LAYERS)} or all; default: settings, which sends no request",
    ),
    Option("--checks", "checks", "names", "A,B", "checks to run; default: all checks of the layers"),
    Option("--rules", "rules", "value", "FILE", "settings that the team requires: a YAML file, or ${FRAME}"),
    Option("--mute", "mute", "value", "FILE", "findings that the team accepts: a YAML file, or ${FRAME}"),
    Option(
        "--fail-on",
        "fail_on",
        "choice",
        "SEVERITY",
        f"raise an error for findings of this severity or higher: {', '.join(SEVERITIES)}",
        SEVERITIES,
    ),
)
