"""The public verbs `plan` and `apply`, without a notebook."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.changes.plan import Plan
from eicnb.client.plans import apply
from eicnb.errors import ApplyInterrupted, IncompleteApply, UsageError
from tests.changes.plans import with_retries


def test_an_engineer_edits_an_audit_sees_what_would_change_and_applies_it(eic: eicnb.Eic) -> None:
    desired = eicnb.audit(functions=["checkout", "newsletters"], progress=False)
    desired.loc[desired.on_failure.isna(), "on_failure"] = "sqs:shop-failures"
    plan = eicnb.plan(desired, progress=False)
    assert plan.frame.set_index("function_name").change.dropna().to_dict() == {
        "newsletters": "on-failure none -> sqs:shop-failures"
    }
    assert plan.apply(progress=False).outcome.tolist() == ["none", "none", "applied"]
    assert eicnb.get("newsletters").on_failure_type.tolist() == ["sqs"]


def test_a_connection_has_the_same_verb(eic: eicnb.Eic) -> None:
    in_europe = eic.derive(region="eu-west-1")
    name = in_europe.functions().function_name[0]
    plan = in_europe.plan(in_europe.audit(functions=name, progress=False), progress=False)
    assert set(plan.frame.region) == {"eu-west-1"}


def test_a_plan_is_applied_from_its_file(eic: eicnb.Eic, tmp_path: Path) -> None:
    path = with_retries(1, "newsletters").save(tmp_path / "plan.json")
    assert eicnb.apply(str(path), progress=False).outcome.tolist() == ["applied"]
    assert eicnb.Plan.load(path).apply(progress=False).outcome.tolist() == ["none"]


def test_apply_has_the_same_parameters_on_a_plan() -> None:
    of_function = list(inspect.signature(apply).parameters)[1:]
    assert list(inspect.signature(Plan(()).apply).parameters) == of_function


def test_a_plan_cannot_be_changed_and_survives_a_pickle() -> None:
    plan: Any = Plan(())
    with pytest.raises(AttributeError):
        plan.rows = ()
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_a_typo_in_a_parameter_has_the_right_one_as_hint(eic: eicnb.Eic) -> None:
    with pytest.raises(UsageError) as raised:
        with_retries(1, "newsletters").apply(canry=3)
    assert str(raised.value) == "apply has no parameter 'canry'\nTry: canary"


def test_code_that_catches_errors_catches_an_incomplete_apply_but_not_ctrl_c() -> None:
    assert issubclass(IncompleteApply, eicnb.EicError)
    assert issubclass(ApplyInterrupted, KeyboardInterrupt)
    assert not issubclass(ApplyInterrupted, Exception)


def test_a_plan_of_a_connection_is_applied_in_a_process_that_uses_nothing_else(
    eic: eicnb.Eic, warm_python: str
) -> None:
    assert eic.server is not None
    code = (
        "import eicnb, sys\n"
        "eic = eicnb.use(eicnb.connect(region='us-east-1', endpoint_url=sys.argv[1]))\n"
        "plan = eic.plan(eic.list('my-function').assign(maximum_retry_attempts=1), progress=False)\n"
        "print(plan.apply(progress=False).outcome.tolist())"
    )
    keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    command = [warm_python, "-c", code, eic.server.url]
    done = subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "['applied', 'applied']\n"


def test_a_plan_of_a_connection_is_applied_by_it(eic: eicnb.Eic) -> None:
    other = eicnb.sandbox()
    eicnb.use(eic)
    desired = other.list("my-function").assign(maximum_retry_attempts=1)
    plan = other.plan(desired, progress=False)
    copied = pickle.loads(pickle.dumps(plan))  # it was pickled here
    with pytest.raises(UsageError) as refused:
        copied.apply(progress=False)
    assert refused.value.hint == (
        f"connect to account {plan.rows[0].account_id} and name that connection: plan.apply(connections=[…])"
    )
    plan.apply(progress=False)
    assert other.list("my-function").maximum_retry_attempts.tolist() == [1, 1]
    assert copied.apply(connections=[other], progress=False).outcome.tolist() == ["none", "none"]
    assert eic.list("my-function").maximum_retry_attempts.tolist() == [0, 2]
