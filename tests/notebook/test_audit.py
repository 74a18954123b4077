"""An audit in a real kernel, in an unattended notebook, and in a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from tests.notebook.test_kernel import executed, in_a_quiet_home
from tests.shell import Notebook

__all__ = ["in_a_quiet_home"]

SETUP = "%load_ext eicnb\n%eic sandbox"
LAST = r"100%\|█{10}\| 26/26 functions \[\d\d:\d\d, [0-9.]+/s, 1/1 regions, [0-9.]+ calls/s\]"


class Kernel:
    """Return a kernel that a person uses."""

    def __init__(self, manager: Any, client: Any) -> None:
        self.manager = manager
        self.client = client
        self.messages: list[dict[str, Any]] = []

    def run(self, cell: str, hook: Callable[[dict[str, Any]], object] = lambda message: None) -> dict[str, Any]:
        """Run a cell and return the reply."""

        def keep(message: dict[str, Any]) -> None:
            self.messages.append(message)
            hook(message)

        self.messages.clear()
        reply: dict[str, Any] = self.client.execute_interactive(
            cell, allow_stdin=True, output_hook=keep, stdin_hook=lambda message: None, timeout=60
        )
        content: dict[str, Any] = reply["content"]
        return content

    def shown(self, kind: str) -> list[str]:
        """Return the texts that a cell displayed in one kind of message."""
        return [message["content"]["data"]["text/plain"] for message in self.messages if message["msg_type"] == kind]


@pytest.fixture
def kernel(in_a_quiet_home: Path, warm_kernels: None) -> Iterator[Kernel]:
    manager, client = start_new_kernel(kernel_name="python3")
    yield Kernel(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_one_line_is_updated_in_place_and_the_last_one_stays(kernel: Kernel) -> None:
    kernel.run(SETUP)
    assert kernel.run("audit = %eic audit --rate 40")["status"] == "ok"
    [first], updates = kernel.shown("display_data"), kernel.shown("update_display_data")
    functions = r"( *\d+%\|.{10}\| )?\d+/\d+\+? functions"
    assert re.fullmatch(functions + r" \[\d\d:\d\d<[\d?:]+, [0-9.]+/s(, \d/1 regions)?, [0-9.]+ calls/s\]", first)
    assert 1 <= len(updates) <= 10
    assert re.fullmatch(LAST, updates[-1])
    ids = {
        message["content"]["transient"]["display_id"]
        for message in kernel.messages
        if message["msg_type"].endswith("display_data")
    }
    assert len(ids) == 1
    assert not [message for message in kernel.messages if message["msg_type"] == "stream"]


def test_the_python_api_shows_it_too_and_no_progress_shows_nothing(kernel: Kernel) -> None:
    kernel.run("import eicnb\neic = eicnb.sandbox()")
    kernel.run("frame = eic.audit(rate=100)")
    assert re.fullmatch(LAST, (kernel.shown("update_display_data") or kernel.shown("display_data"))[-1])
    kernel.run("frame = eicnb.audit(rate=100, progress=False)")
    assert kernel.shown("display_data") == []


def test_ctrl_c_stops_long_before_the_end_and_leaves_what_was_read(kernel: Kernel) -> None:
    kernel.run(SETUP)
    interrupted: list[float] = []

    def press(message: dict[str, Any]) -> None:
        done = re.search(r"\b[3-9]/", message["content"].get("data", {}).get("text/plain", ""))
        if done and not interrupted:
            interrupted.append(time.monotonic())
            kernel.manager.interrupt_kernel()

    reply = kernel.run("audit = %eic audit --rate 6", press)
    assert time.monotonic() - interrupted[0] < 10
    assert (reply["status"], reply["ename"]) == ("error", "AuditInterrupted")
    assert re.search(
        r"the audit was stopped: \d+ of \d+ rows were read\nTry: %eic audit --resume \$\{sys\.last_value\}",
        reply["evalue"],
    )
    hint = reply["evalue"].partition("Try: ")[2]
    assert kernel.run(f"whole = {hint}\nassert whole.attrs['complete']")["status"] == "ok"


def test_an_interrupted_audit_carries_what_was_read(kernel: Kernel) -> None:
    kernel.run(f"{SETUP}\nimport json, os, signal, sys")
    cell = """
    def press(progress):
        if progress.functions_done >= 3:
            os.kill(os.getpid(), signal.SIGINT)
    eicnb.audit(rate=10, progress=press)"""
    reply = kernel.run(f"import eicnb\n{textwrap.dedent(cell)}")
    assert (reply["status"], reply["ename"]) == ("error", "AuditInterrupted")
    kernel.run("print(json.dumps(sys.last_value.result.attrs))")
    attrs = json.loads(next(m["content"]["text"] for m in kernel.messages if m["msg_type"] == "stream"))
    assert attrs["ok"] >= 3
    assert attrs["unread"] > 0


def test_a_notebook_that_no_one_watches_saves_no_line(in_a_quiet_home: Path) -> None:
    notebook: nbformat.NotebookNode = executed(SETUP, "audit = %eic audit --rate 100", "len(audit)")
    assert "stopped" not in notebook.metadata
    assert notebook.cells[1].outputs == []
    assert notebook.cells[2].outputs[0].data["text/plain"] == "91"


PLAIN = """
import eicnb
eic = eicnb.sandbox()
print("ready", flush=True)
try:
    eic.audit(rate=2, progress=lambda progress: progress.functions_done == 2 and print("reading", flush=True))
except KeyboardInterrupt as interrupt:
    print(type(interrupt).__name__, interrupt.result.attrs["ok"] > 0)
"""


def test_ctrl_c_in_a_program_stops_long_before_the_end(in_a_quiet_home: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", PLAIN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    assert program.stdout.readline() == "reading\n"
    pressed = time.monotonic()
    program.send_signal(signal.SIGINT)
    out, error = program.communicate(timeout=60)
    assert time.monotonic() - pressed < 20
    assert out.splitlines()[-1] == "AuditInterrupted True"
    assert error == ""


def test_a_terminal_shows_one_line_that_is_written_over(in_a_quiet_home: Path) -> None:
    ours, theirs = pty.openpty()
    code = "import eicnb; eic = eicnb.sandbox(); frame = eic.audit(rate=60); print(len(frame))"
    program = subprocess.run(
        [sys.executable, "-m", "IPython", "--colors=nocolor", "-c", code],
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert program.stdout.decode().strip().endswith("91")
    lines = text.split("\r")
    assert len([line for line in lines if "functions" in line]) >= 2
    assert re.search(LAST, text)


def test_a_command_takes_a_frame_a_list_and_a_callable_of_the_notebook(notebook: Notebook) -> None:
    notebook.run("regions = ['us-east-1', 'eu-west-1']\nchosen = lambda function: 'checkout' in str(function.function)")
    notebook.run("audit = %eic audit --regions ${regions} --functions ${chosen} --rate 200")
    assert set(notebook["audit"].function_name) == {"checkout", "checkout-eu"}
    notebook.run("again = %eic audit --resume ${audit} --functions ${chosen}")
    assert notebook["again"].equals(notebook["audit"])


def test_an_incomplete_audit_binds_nothing_and_its_error_carries_the_frame(notebook: Notebook) -> None:
    error = notebook.fail(
        "audit = %eic audit --regions us-east-1 --endpoint-url http://127.0.0.1:9 --rate 100 --resume 1"
    )
    assert "--resume is '1', which is text, not a DataFrame" in str(error)
    assert "audit" not in notebook


BAD = """\
audit --rate 0
the rate is 0
    %eic audit --rate 0
                      ^
Try: give calls a second as a number above 0; AWS allows each account 15 per region, shared by all callers

audit --rate fast
--rate is 'fast', which is not a number
    %eic audit --rate fast
                      ^^^^
Try: --rate N: calls a second in each account and region; default: 10, or no limit in the sandbox; AWS's limit is 15

audit --regions mars-1
there is no region 'mars-1'
    %eic audit --regions mars-1
                         ^^^^^^
Try: read every region of the account
    --regions all

audit --regions all,us-east-1
regions contains "all" and other names
    %eic audit --regions all,us-east-1
                         ^^^^^^^^^^^^^
Try: --regions all

audit --qualifiers some
--qualifiers cannot be 'some'
    %eic audit --qualifiers some
                            ^^^^
Try: use configured, all

audit my-function
audit takes no 'my-function'
    %eic audit my-function
               ^^^^^^^^^^^
Try: leave it out

audit --external-id ours
an external id needs a role, but none is given
    %eic audit --external-id ours
                             ^^^^
Try: give role_arn= (--role-arn) too"""


@pytest.mark.parametrize("case", BAD.split("\n\n"), ids=lambda case: case.partition("\n")[0])
def test_an_error_points_at_the_bad_input(notebook: Notebook, case: str) -> None:
    line, _, message = case.partition("\n")
    assert str(notebook.fail(f"%eic {line}")) == message


def test_an_audit_runs_alone_in_its_cell(notebook: Notebook) -> None:
    assert "audit cannot be combined with other commands" in str(notebook.fail("%%eic\naudit\nlist my-function"))
