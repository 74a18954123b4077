"""`%eic plan` and `%eic apply` in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import eicnb
from eicnb.errors import ConfigurationError, IncompleteApply, UsageError
from tests.shell import Notebook


@pytest.fixture
def desired(notebook: Notebook, eic: eicnb.Eic) -> Notebook:
    """Return a notebook with an edited audit."""
    assert eic.region
    notebook.run("desired = %eic audit --functions newsletters,checkout")
    notebook.run("desired.loc[desired.function_name == 'newsletters', 'maximum_retry_attempts'] = 0")
    return notebook


def test_a_plan_is_made_shown_and_applied(desired: Notebook, eic: eicnb.Eic) -> None:
    desired.run("plan = %eic plan ${desired}")
    assert repr(desired["plan"]).splitlines()[1:] == [
        "action  function             Maximum retry attempts  note",
        "put     newsletters:$LATEST  2 (default) → 0",
    ]
    assert desired.run("%eic apply ${plan}").outcome.tolist() == ["none", "none", "applied"]
    assert eic.get("newsletters").maximum_retry_attempts.tolist() == [0]


def test_a_plan_is_applied_from_its_file(desired: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    desired.run("plan = %eic plan ${desired} --rate 14 --no-progress")
    desired.run(f"plan.save({str(path)!r})")
    assert desired.run(f"%eic apply {path} --limit 1 --canary 1").outcome.tolist()[-1] == "applied"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("plan", "plan needs a frame to plan, such as ${FRAME}"),
        ("plan desired", "the frame to plan is 'desired', which is text, not a DataFrame"),
        ("apply ${desired}", "a Frame is neither a plan nor the path of a plan file"),
        ("apply no-such-file.json", "there is no file 'no-such-file.json'"),
        ("apply ${plan} --limit 0", "the plan has 1 change, but limit allows 0; nothing was written"),
        ("apply ${plan} --canary x", "--canary is 'x', which is not a whole number"),
    ],
)
def test_a_wrong_line_writes_nothing(desired: Notebook, eic: eicnb.Eic, line: str, message: str) -> None:
    desired.run("plan = %eic plan ${desired}")
    error = desired.fail(f"%eic {line}")
    assert isinstance(error, UsageError)
    assert error.message == message
    assert len(eic.list("newsletters")) == 0


def test_a_confirmation_is_required_as_for_every_write(
    desired: Notebook, eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    desired.run("plan = %eic plan ${desired}")
    desired.run("%config EicMagics.confirm = True")
    error = desired.fail("%eic apply ${plan}")
    assert isinstance(error, ConfigurationError)
    assert len(eic.list("newsletters")) == 0
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    assert desired.run("%eic apply ${plan}").outcome.tolist()[-1] == "applied"


def test_what_is_not_done_stops_the_notebook_and_has_its_frame(desired: Notebook, eic: eicnb.Eic) -> None:
    desired.run("plan = %eic plan ${desired}")
    eic.put("newsletters", maximum_retry_attempts=1)
    error = desired.fail("result = %eic apply ${plan}")
    assert isinstance(error, IncompleteApply)
    assert error.result.outcome.tolist() == ["none", "none", "conflict"]


def test_another_region_is_reached_by_its_option(notebook: Notebook, eic: eicnb.Eic) -> None:
    name = eic.derive(region="eu-west-1").functions().function_name[0]
    notebook.run("import pandas as pd")
    notebook.run(f"desired = pd.DataFrame({{'function_name': [{name!r}], 'maximum_event_age_in_seconds': [61]}})")
    notebook.run("plan = %eic plan ${desired} --region eu-west-1")
    assert notebook.run("%eic apply ${plan}").region.tolist() == ["eu-west-1"]
