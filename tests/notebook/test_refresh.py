"""`%eic audit --refresh` in cells."""

from __future__ import annotations

import eicnb
from tests.shell import Notebook


def test_yesterday_s_audit_is_brought_up_to_date(notebook: Notebook, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    notebook.run("yesterday = %eic audit --regions all --no-progress")
    eic.server.pass_time(86400)
    notebook.run("%eic put newsletters --retries 0")
    eic.server.pass_time(20 * 60)
    notebook.run("today = %eic audit --refresh ${yesterday} --no-progress")
    assert notebook.run("%eic compare ${yesterday} ${today}").function_name.tolist() == ["newsletters"]
    assert notebook["today"].attrs["calls"] < notebook["yesterday"].attrs["calls"]
