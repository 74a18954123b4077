"""papermill's parameters reach the commands unchanged and with their types."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import eicnb
from tests.runners.conftest import Run, by_papermill, served_by, written

PARAMETERS = 'function_name = "my-function"\nqualifier = "BLUE"\nattempts = 1\nfailures = "none"'
COMMAND = (
    "row = %eic put ${function_name} --qualifier $qualifier --retries {attempts} --on-failure ${failures}\n"
    "print(row.function_name.item(), row.qualifier.item(), row.maximum_retry_attempts.item(), row.on_failure.item())"
)
CELLS = (PARAMETERS, "%load_ext eicnb", COMMAND)


@pytest.fixture
def environment(environment: Mapping[str, str], eic: eicnb.Eic) -> Mapping[str, str]:
    assert eic.server is not None
    return {**environment, **served_by(eic.server.url)}


def last_line(run: Run) -> str:
    """The last line that the last cell printed, in any number of messages."""
    assert run.saved is not None
    return str("".join(output.text for output in run.saved.cells[-1].outputs).splitlines()[-1])


def test_a_notebook_runs_with_the_parameters_it_has(tmp_path: Path, environment: Mapping[str, str]) -> None:
    run = by_papermill(written(tmp_path / "run", *CELLS), environment)
    assert run.succeeded, run.said
    assert last_line(run) == "my-function BLUE 1 <NA>"


def test_parameters_that_are_given_win(tmp_path: Path, environment: Mapping[str, str]) -> None:
    lost = "arn:aws:sqs:us-east-1:123456789012:lost-events"
    given = {"function_name": "checkout", "qualifier": "$LATEST", "attempts": "2", "failures": lost}
    words = [word for name, value in given.items() for word in ("-p", name, value)]
    run = by_papermill(written(tmp_path / "run", *CELLS), environment, *words)
    assert run.succeeded, run.said
    assert last_line(run) == f"checkout $LATEST 2 {lost}"


def test_a_parameter_that_cannot_be_used_ends_the_run(tmp_path: Path, environment: Mapping[str, str]) -> None:
    run = by_papermill(written(tmp_path / "run", *CELLS), environment, "-p", "attempts", "3")
    assert not run.succeeded
    assert "UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2" in run.said
