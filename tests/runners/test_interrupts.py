"""A keyboard interrupt stops a slow `%eic`, and the kernel keeps running."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.answering import Answering, Seen, Silence, Step, config_answer
from tests.runners.conftest import written

SLOWEST = 30
"""The most seconds from the interrupt to the end of the run; the pending response takes six times as long."""

CONNECTION = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}


def silent_about_the_slow_function(request: Seen) -> Step:
    return Silence(30) if "slow" in request.path else config_answer()


HOW_FAR = """\
KeyboardInterrupt: stopped, but it may have reached AWS: put slow --retries 0
1 of 3 commands ran before it
    done      put my-function --retries 0
    stopped   put slow --retries 0
    not done  delete my-function"""
COLOUR = re.compile(r"\x1b\[[\d;]*m")


async def interrupted(path: Path, environment: Mapping[str, str], aws: Answering) -> nbformat.NotebookNode:
    """The notebook after an interrupt at the slow function, with one more cell in the same kernel."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    client: Any = NotebookClient(notebook, timeout=60)  # its generated members have no types
    v4: Any = nbformat.v4
    async with client.async_setup_kernel(env=dict(environment)):
        run = asyncio.create_task(client.async_execute(reset_kc=False, cleanup_kc=False))
        while not any("slow" in request.path for request in aws.seen):
            assert not run.done()
            await asyncio.sleep(0.02)
        since = time.monotonic()
        await client.km.interrupt_kernel()
        with pytest.raises(CellExecutionError):
            await run
        assert time.monotonic() - since < SLOWEST
        notebook.cells.append(v4.new_code_cell("%eic get my-function"))
        await client.async_execute_cell(notebook.cells[-1], len(notebook.cells) - 1)
    return notebook


def stopped_at_the_slow_function(
    tmp_path: Path, environment: Mapping[str, str], cell: str
) -> tuple[nbformat.NotebookNode, list[str]]:
    """The notebook, and the functions in the requests to AWS."""
    with Answering(silent_about_the_slow_function) as aws:
        path = written(tmp_path / "run", "%load_ext eicnb", cell, "%eic get next")
        place = {**environment, **CONNECTION, "AWS_ENDPOINT_URL": aws.url}
        notebook = asyncio.run(interrupted(path, place, aws))
    return notebook, [request.path.split("/")[3] for request in aws.seen]


@pytest.mark.parametrize(
    ("cell", "sent"),
    [
        ("%eic get slow", ["slow"]),
        ("x = %eic put slow --retries 0", ["slow"]),
        ("for name in ('my-function', 'slow', 'my-function'):\n    %eic get ${name}", ["my-function", "slow"]),
        ("try:\n    %eic get slow\nexcept Exception:\n    pass", ["slow"]),
    ],
    ids=["a line", "an assignment", "a loop", "what catches errors"],
)
def test_an_interrupt_stops_the_run_and_leaves_a_kernel_that_works(
    tmp_path: Path, environment: Mapping[str, str], cell: str, sent: list[str]
) -> None:
    notebook, asked = stopped_at_the_slow_function(tmp_path, environment, cell)
    _, stopped, never_run, run_after = [cell.outputs for cell in notebook.cells]
    assert [(output.output_type, output.get("ename")) for output in stopped] == [("error", "KeyboardInterrupt")]
    assert never_run == []
    assert "my-function" in run_after[0].data["text/plain"]
    assert asked == [*sent, "my-function"]


def test_a_cell_that_is_stopped_says_what_was_done_and_what_is_not_known(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    cell = "%%eic\nput my-function --retries 0\nput slow --retries 0\ndelete my-function"
    notebook, asked = stopped_at_the_slow_function(tmp_path, environment, cell)
    shown = COLOUR.sub("", "\n".join(notebook.cells[1].outputs[-1].traceback))
    assert shown.endswith(HOW_FAR)
    assert "urllib3" not in shown
    assert asked == ["my-function", "my-function", "slow", "my-function"]
