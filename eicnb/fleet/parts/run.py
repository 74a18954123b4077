"""An audit in parts, from its start to its frame.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

from eicnb.errors import AuditInterrupted
from eicnb.fleet.interrupts import Interrupts
from eicnb.fleet.parts.divided_audit import DividedAudit
from eicnb.fleet.parts.frames import divided_frame, files_how_far, incomplete_files
from eicnb.fleet.progress import Show
from eicnb.fleet.result import Lines, how_far, incomplete, warn_about
from eicnb.frames.frame import Frame
from eicnb.redaction.warn import warn

_AGAIN = "run it again with the same folder: only what is missing is read"


def audit_in_parts(running: DividedAudit, *, show: Show, errors: str, lines: Lines) -> Frame:
    """Run an audit on a cluster or into a folder, and return its frame or the summary of its files."""
    is_folder = running.folder is not None
    with Interrupts() as interrupts:
        interrupt = interrupts.run(lambda: running.run(show))
        if interrupt is not None:
            running.write_begun()
        result = divided_frame(running)
    if interrupt is not None or interrupts.has_held_back:
        far, hint = (files_how_far(running), _AGAIN) if is_folder else (how_far(running, result), lines.resume)
        raise AuditInterrupted(f"the audit was stopped: {far}\nTry: {hint}", result) from interrupt
    if running.resumed:
        warn(f"{running.resumed} of {running.place_count} account-regions were already in the folder")
    warn_about(running)
    if errors == "raise" and not result.attrs["complete"]:
        raise incomplete_files(result, _AGAIN) if is_folder else incomplete(result, running, lines)
    return result
