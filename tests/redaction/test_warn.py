"""A warning stands at the caller's line and shows nothing that is to be masked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eicnb.client import settings
from eicnb.client.eic import Eic

CELLS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext eicnb\\n_ = %eic sandbox")
shell.run_cell("'before'\\nframe = %eic audit --functions shop* --no-progress --rate 200")
"""


def told_by_a_cell(home: Path, **environment: str) -> str:
    """What standard error shows when a cell's glob fits nothing."""
    command = [sys.executable, "-c", CELLS]
    environment = {**os.environ, "IPYTHONDIR": str(home), **environment}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stderr


def test_the_line_is_the_caller_s(eic: Eic) -> None:
    with pytest.warns(UserWarning, match=r"^no function matches nix-\*$") as caught:
        eic.audit(functions="nix-*", rate=500, progress=False)
    assert [(one.filename, one.lineno) for one in caught] == [(__file__, FIRST_LINE + 2)]


FIRST_LINE = test_the_line_is_the_caller_s.__code__.co_firstlineno


def test_a_line_that_holds_what_is_masked_is_not_shown(eic: Eic) -> None:
    settings.choose(redact=True, redact_names=["shop"])
    with pytest.warns(UserWarning, match=r"^no function matches NAME-0001\*$") as caught:
        eic.audit(functions="shop*", rate=500, progress=False)
    assert [(one.filename, one.lineno) for one in caught] == [("<line hidden>", 0)]


def test_a_magic_shows_the_line_of_its_cell_and_no_path_of_the_package(tmp_path: Path) -> None:
    told = told_by_a_cell(tmp_path)
    assert "UserWarning: no function matches shop*\n" in told
    assert "eic', 'audit --functions shop* --no-progress --rate 200'" in told
    assert not [path for path in ("eicnb/", "IPython/") if path in told]


def test_a_magic_shows_a_mask_instead_of_its_line(tmp_path: Path) -> None:
    told = told_by_a_cell(tmp_path, EICNB_REDACT="1", EICNB_REDACT_NAMES="shop")
    assert told == "<line hidden>:0: UserWarning: no function matches NAME-0001*\n"
