"""A warning points at the caller's line and shows nothing that must be masked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from eicnb.client import settings
from eicnb.client.eic import Eic

CELLS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext eicnb\\n_ = %eic sandbox", store_history=True)
shell.run_cell("'before'\\nframe = %eic audit --functions shop* --no-progress --rate 200", store_history=True)
for _ in range(2):
    shell.run_cell("frame = get_ipython().user_ns['_'].audit(functions='shop*', progress=False)", store_history=True)
"""


def warnings_of_cells(python: str, home: Path, **environment: str) -> str:
    """Return what standard error shows when the globs of cells match nothing."""
    command = [python, "-c", CELLS]
    environment = {**os.environ, "IPYTHONDIR": str(home), **environment}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stderr


def test_the_line_is_the_callers(eic: Eic) -> None:
    with pytest.warns(UserWarning, match=r"^no function matches nix-\*$") as caught:
        eic.audit(functions="nix-*", rate=500, progress=False)
    assert [(one.filename, one.lineno) for one in caught] == [(__file__, FIRST_LINE + 2)]


FIRST_LINE = test_the_line_is_the_callers.__code__.co_firstlineno


def test_a_line_that_would_be_masked_is_not_shown(eic: Eic) -> None:
    settings.choose(redact=True, redact_names=["shop"])
    with pytest.warns(UserWarning, match=r"^no function matches NAME-0001\*$") as caught:
        eic.audit(functions="shop*", rate=500, progress=False)
    assert [(one.filename, one.lineno) for one in caught] == [("<line hidden>", 0)]


@pytest.mark.parametrize(
    ("environment", "name"),
    [({}, "shop*"), ({"EICNB_REDACT": "1", "EICNB_REDACT_NAMES": "shop"}, "NAME-0001*")],
    ids=["plain", "masked"],
)
def test_each_run_of_a_cell_warns_in_one_line_that_names_the_cell(
    tmp_path: Path, warm_python: str, environment: dict[str, str], name: str
) -> None:
    warning = f"UserWarning: no function matches {name}\n"
    assert (
        warnings_of_cells(warm_python, tmp_path, **environment)
        == f"Cell In[2]:2: {warning}Cell In[3]:1: {warning}Cell In[4]:1: {warning}"
    )
