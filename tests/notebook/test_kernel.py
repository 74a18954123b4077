from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

MESSAGE = """\
the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2
    %eic put my-function --retries 3
                                   ^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""


@pytest.fixture
def in_a_quiet_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give kernels a home directory for their files, and the warnings of this process."""
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return tmp_path


def executed(*cells: str) -> nbformat.NotebookNode:
    """Return the notebook after Run All, and whether all cells ran."""
    v4: Any = nbformat.v4  # its functions have no types
    notebook: nbformat.NotebookNode = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3")
    try:
        asyncio.run(client.async_execute())
    except CellExecutionError:
        notebook.metadata["stopped"] = True
    return notebook


def test_the_main_job_runs_in_a_kernel(in_a_quiet_home: Path) -> None:
    notebook = executed(
        "%load_ext eicnb",
        "%eic sandbox",
        "%%eic --out row\naws lambda put-function-event-invoke-config \\\n    --function-name my-function \\\n"
        "    --maximum-event-age-in-seconds 3600 \\\n    --maximum-retry-attempts 0",
        "row",
    )
    loaded, started, put, shown = [cell.outputs for cell in notebook.cells]
    assert "stopped" not in notebook.metadata
    assert loaded == []
    line = "put my-function:$LATEST  retries 2 -> 0, age 6h -> 1h  us-east-1  123456789012  SANDBOX\n"
    assert [output.text for output in put] == [line]
    assert started[0].data["text/plain"] == "Eic(SANDBOX, account_id='123456789012', region='us-east-1')"
    assert [output.output_type for output in shown] == ["execute_result"]
    assert set(shown[0].data) == {"text/plain", "text/html"}
    assert "SANDBOX  account 123456789012  us-east-1  1 row" in shown[0].data["text/html"]
    assert "my-function:$LATEST" in shown[0].data["text/html"]


def test_a_failing_command_stops_the_run_with_our_lines_alone(in_a_quiet_home: Path) -> None:
    notebook = executed("%load_ext eicnb\n%eic sandbox", "%eic put my-function --retries 3", "print('on and on')")
    _, failed, after = [cell.outputs for cell in notebook.cells]
    assert notebook.metadata["stopped"]
    assert after == []
    assert len(failed) == 1
    assert failed[0] == {
        "output_type": "error",
        "ename": "UsageError",
        "evalue": MESSAGE,
        "traceback": [f"UsageError: {MESSAGE}"],
    }


def test_what_a_kernel_saves_is_masked(in_a_quiet_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT", "1")
    monkeypatch.setenv("EICNB_REDACT_NAMES", "my-function, table")
    notebook = executed(
        "%load_ext eicnb",
        "%eic sandbox",
        "frame = %eic list my-function\nframe",
        "from IPython.display import display\ndisplay(frame[['function_arn']], frame.function_arn.tolist())",
        "assert frame.account_id.unique().tolist() == ['1234567890' + '12']",
        "%eic get my-function:v1",
    )
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert notebook.metadata["stopped"]
    assert [output.output_type for output in outputs] == [*["execute_result"] * 2, *["display_data"] * 2, "error"]
    for output in outputs:
        assert "ACCOUNT-0001" in str(output)
        assert not re.search("123456789012|my-func", str(output))
    assert outputs[1].data["text/html"].count("<table>") == 1
