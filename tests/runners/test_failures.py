"""A failing `%eic` stops the run in every runner, and a correct notebook succeeds in each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from eicnb.client.connect import start_sandbox
from tests.runners.conftest import RUNNERS, Run, quiet_home, served_by, warmed, written

pytestmark = pytest.mark.timeout(300)  # a test that is run alone may have to wait for the runs of earlier ones

SETUP = """\
%load_ext eicnb
def note(word):
    with open("notes", "a") as notes:
        print(word, file=notes)
"""
NEXT = "note('the next cell')"

BAD_RETRIES = """\
UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2
    %eic put my-function --retries 3
                                   ^
Try: give a whole number: 0, 1 or 2
See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""

NO_CONFIG = """\
NotFound: The function arn:aws:lambda:us-east-1:123456789012:function:my-function:v1 doesn't have an EventInvokeConfig
    ResourceNotFoundException, returned by GetFunctionEventInvokeConfig in us-east-1
Try: %eic list my-function"""

NO_CONFIG_HERE = NO_CONFIG.replace("in us-east-1", "in us-east-1, account 123456789012")
"""The same after a successful command, whose response showed the account."""

HOW_FAR = """\
1 of 3 commands ran before it
    done      put my-function --retries 0
    failed    get my-function:v1
    not done  put my-function --retries 1"""


@dataclass(frozen=True)
class Failing:
    """A cell, the lines that it must leave in the notebook, and what it did before it failed."""

    cell: str
    shown: list[str]
    noted: str = ""


FAILING = {
    "a usage error": Failing("%eic put my-function --retries 3", [BAD_RETRIES]),
    "an AWS error": Failing("%eic get my-function:v1", [NO_CONFIG]),
    "a failure inside a cell": Failing(
        "%%eic\nput my-function --retries 0\nget my-function:v1\nput my-function --retries 1", [NO_CONFIG_HERE, HOW_FAR]
    ),
    "a failure inside a loop": Failing(
        "for qualifier in ('BLUE', 'v1', 'GREEN'):\n    %eic get my-function:${qualifier}\n    note(qualifier)",
        [NO_CONFIG_HERE],
        "BLUE\n",
    ),
    "an error in an assignment": Failing("x = %eic get my-function:v1\nnote(x)", [NO_CONFIG]),
    "a failing --out": Failing("%%eic --out x\nget my-function:v1", [NO_CONFIG]),
}
GOOD = """\
for qualifier in ('BLUE', 'GREEN'):
    x = %eic get my-function:${qualifier}
    note(x.qualifier.item())"""

CELLS = {name: failing.cell for name, failing in FAILING.items()} | {"success": GOOD}
Runs = Mapping[tuple[str, str], Future[tuple[Run, str]]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, warm_place: Path) -> Iterator[Runs]:
    """Run every notebook in every runner, in the order of the tests, one per processor at a time.

    They share one AWS, which would take each kernel two seconds to start. Successful ones are not started warm.
    """
    aws = start_sandbox()
    assert aws.server is not None
    environment = quiet_home(tmp_path_factory.mktemp("home")) | served_by(aws.server.url)
    warm = warmed(environment, warm_place)

    def run(case: str, runner: str) -> tuple[Run, str]:
        path = written(tmp_path_factory.mktemp(runner), SETUP, CELLS[case], NEXT)
        done = RUNNERS[runner](path, environment if case == "success" else warm)
        notes = path.with_name("notes")
        return done, notes.read_text() if notes.exists() else ""

    pool = ThreadPoolExecutor(os.cpu_count())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", warm["JUPYTER_PATH"])  # nbclient looks for kernels in this process
        yield {(case, runner): pool.submit(run, case, runner) for case in CELLS for runner in RUNNERS}
    pool.shutdown(cancel_futures=True)
    aws.server.stop()


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("case", FAILING)
def test_a_failing_command_ends_the_run(runs: Runs, case: str, runner: str) -> None:
    failing = FAILING[case]
    run, notes = runs[case, runner].result()
    assert not run.succeeded
    assert notes == failing.noted
    assert "\n".join(failing.shown) in run.said
    assert "magics.py" not in run.said


@pytest.mark.parametrize("runner", sorted(RUNNERS.keys() - {"nbconvert"}))
@pytest.mark.parametrize("case", FAILING)
def test_the_notebook_that_is_left_has_our_lines_alone(runs: Runs, case: str, runner: str) -> None:
    failing = FAILING[case]
    saved = runs[case, runner].result()[0].saved
    assert saved is not None
    cells = {cell.source: cell for cell in saved.cells}
    errors = [output for output in cells[failing.cell].outputs if output.output_type == "error"]
    assert [error.traceback for error in errors] == [failing.shown]
    assert [f"{error.ename}: {error.evalue}" for error in errors] == failing.shown[:1]
    assert (cells[NEXT].execution_count, cells[NEXT].outputs) == (None, [])


@pytest.mark.parametrize("case", FAILING)
def test_nbconvert_leaves_no_notebook_that_looks_like_a_result(runs: Runs, case: str) -> None:
    assert runs[case, "nbconvert"].result()[0].saved is None


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_notebook_that_is_right_passes(runs: Runs, runner: str) -> None:
    run, notes = runs["success", runner].result()
    assert run.succeeded, run.said
    assert notes == "BLUE\nGREEN\nthe next cell\n"
    assert run.saved is not None
    assert [cell.execution_count for cell in run.saved.cells] == [1, 2, 3]
