"""Runbooks run in another account, region and function by their parameters alone, and state what they did."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

import eicnb

RUNBOOKS = Path(__file__).parents[1] / "notebooks" / "runbooks"
NAMES = [
    *("alias_gap", "find_silent_failures", "replay_failed_events"),
    *("roll_out_failure_queue", "stop_retries_in_an_incident"),
]
WRITERS = [name for name in NAMES if name not in {"find_silent_failures", "replay_failed_events"}]
WRITES = re.compile(r"(Put|Update|Delete)FunctionEventInvokeConfig")
PROFILE = """[profile shop]
region = ap-south-1
endpoint_url = {url}
aws_access_key_id = a
aws_secret_access_key = b
"""
ELSEWHERE = "this notebook is for account 210987654321, but the connection in use is in"

RunAs = Callable[..., Any]


@pytest.fixture
def run(eic: eicnb.Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_kernels: None) -> RunAs:
    """Run a runbook through papermill in the account of `eic`, selected by a profile as on AWS."""
    assert eic.server is not None
    config = tmp_path / "config"
    config.write_text(PROFILE.format(url=eic.server.url), encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    place = {"account": eic.account_id, "sandbox": False, "profile": "shop"}

    def run_as(name: str, **parameters: Any) -> Any:
        return papermill.execute_notebook(
            str(RUNBOOKS / f"{name}.ipynb"),
            str(tmp_path / "run.ipynb"),
            {**place, **({} if name.startswith(("roll", "stop")) else {"rate": 200}), **parameters},
            kernel_name="python3",
            progress_bar=False,
        )

    return run_as


def writes(eic: eicnb.Eic) -> list[str]:
    """The writes that reached the account, as verbs; refused ones are in brackets."""
    assert eic.server is not None
    seen = []
    for request in eic.server.requests():
        if found := WRITES.fullmatch(request.operation or ""):
            verb = found[1].lower()
            seen.append(verb if request.status < 300 else f"({verb})")
    return seen


def everything(eic: eicnb.Eic) -> pd.DataFrame:
    frame = eic.audit(regions=["us-east-1", "eu-west-1"], qualifiers="all", rate=1000, progress=False)
    return frame.drop(columns=["last_modified", "read_at"])


@pytest.mark.parametrize(
    ("name", "parameters", "sent"),
    [
        (
            "roll_out_failure_queue",
            {"functions": "newsletters,thumb*,my-func*", "queue": "order-failures", "canary": "newsletters"},
            [*["put"] * 5, "delete", "put", "delete", "delete", "delete"],
        ),
        (
            "roll_out_failure_queue",
            {"region": "eu-west-1", "functions": "thumb*,vat-*", "queue": "shop-failures", "canary": "thumbnails-eu"},
            ["put", "put", "put", "delete"],
        ),
        (
            "stop_retries_in_an_incident",
            {"function_name": "my-function", "qualifier": "prod", "lose_events": True},
            ["put", "delete"],
        ),
        (
            "stop_retries_in_an_incident",
            {"function_name": "newsletter-bounces", "lose_events": True},
            ["put", "put"],
        ),
        (
            "stop_retries_in_an_incident",
            {"region": "eu-west-1", "function_name": "checkout-eu", "qualifier": "live"},
            ["put", "put"],
        ),
        ("alias_gap", {"functions": "checkout*", "region": "eu-west-1"}, []),
        ("roll_out_failure_queue", {"functions": "checkout", "canary": "checkout"}, []),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_a_rehearsal_writes_verifies_and_leaves_all_as_it_was(
    run: RunAs, eic: eicnb.Eic, name: str, parameters: dict[str, Any], sent: list[str]
) -> None:
    before = everything(eic)
    run(name, **{"region": "us-east-1", **parameters})
    assert writes(eic) == sent
    pd.testing.assert_frame_equal(everything(eic), before)


def test_several_aliases_get_the_settings_of_latest_one_first(run: RunAs, eic: eicnb.Eic) -> None:
    eic.put("my-function", maximum_retry_attempts=1, on_failure="sqs:order-failures")
    run("alias_gap", undo=False)
    assert writes(eic) == ["put"] * 4
    after = eic.audit(functions="my-function,inventory-sync", rate=1000, progress=False)
    kept = ["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"]
    own = after[after.function_name == "my-function"].set_index("qualifier")[kept].astype(str).T.to_dict()
    assert own["prod"] == own["v1"] == own["$LATEST"]
    assert own["BLUE"]["maximum_event_age_in_seconds"] == "3600"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("stop_retries_in_an_incident", {"function_name": "cart-reminder"}),
        ("roll_out_failure_queue", {}),
        ("alias_gap", {}),
    ],
)
def test_a_change_stays_without_undo_and_another_kernel_takes_it_back(
    run: RunAs, eic: eicnb.Eic, name: str, parameters: dict[str, Any]
) -> None:
    before, started = everything(eic), datetime.now(UTC)
    run(name, undo=False, **parameters)
    assert not everything(eic).equals(before)
    eicnb.use(eicnb.connect("shop", region="us-east-1"))
    assert len(eicnb.undo(started).apply(progress=False)) == len(eicnb.journal(since=started)) // 2
    pd.testing.assert_frame_equal(everything(eic), before)


def test_the_silent_ones_are_found_by_glob_and_region(run: RunAs, eic: eicnb.Eic) -> None:
    notebook = run("find_silent_failures", region="eu-west-1", regions="eu-west-1", functions="*-eu")
    [table] = [cell for cell in notebook.cells if cell.source.startswith("silent.set_index")]
    shown = table.outputs[0]["data"]["text/plain"]
    assert re.findall(r"^(?:eu-west-1| {9}) (\S+) +(\$\S+)", shown, re.MULTILINE)[:4] == [
        ("checkout-eu", "$LATEST"),
        ("newsletters-eu", "$LATEST"),
        ("payments-webhook-eu", "$LATEST"),
        ("thumbnails-eu", "$LATEST"),
    ]
    [picture] = [cell for cell in notebook.cells if cell.source == "eicnb.picture(silent)"]
    assert "<img" in picture.outputs[-1]["data"]["text/html"]
    assert writes(eic) == []


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        *((name, {"account": "210987654321"}, f"{ELSEWHERE} us-east-1, account 123") for name in NAMES),
        ("alias_gap", {"account": 21098765432, "sandbox": True}, ELSEWHERE.replace("210987654321", "021098765432")),
        ("alias_gap", {"region": "eu-nowhere 1"}, "'eu-nowhere 1' is not the name of a region"),
    ],
)
def test_in_the_wrong_place_it_stops_before_anything_is_written(
    run: RunAs, eic: eicnb.Eic, name: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(PapermillExecutionError) as stopped:
        run(name, **parameters)
    assert stopped.value.evalue.startswith(message)
    assert writes(eic) == []


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("find_silent_failures", {"functions": "shop-*"}, "no function of us-east-1,eu-west-1 fits shop-*"),
        ("roll_out_failure_queue", {"queue": "payment-failurs"}, "this notebook needs the SQS queue payment-failurs"),
        ("roll_out_failure_queue", {"canary": "payments-refund"}, "payments-refund is not in the table above"),
        ("roll_out_failure_queue", {"queue": "search-updates.fifo"}, "'search-updates.fifo' is a FIFO queue"),
        (
            "stop_retries_in_an_incident",
            {"function_name": "cart-remainder"},
            "the audit is incomplete: 1 of 1 rows could not be read (1 gone)",
        ),
        ("stop_retries_in_an_incident", {"qualifier": "live"}, "there is no function cart-reminder with live"),
        ("stop_retries_in_an_incident", {"function_name": "newsletters"}, "failed events would be lost"),
        (
            "stop_retries_in_an_incident",
            {"function_name": "search-indexer"},
            "not all of the plan is applied: 1 refused",
        ),
    ],
)
def test_changes_that_lose_events_or_cannot_be_undone_stop_it_before_the_first_write(
    run: RunAs, eic: eicnb.Eic, name: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(PapermillExecutionError) as stopped:
        run(name, **parameters)
    assert stopped.value.evalue.startswith(message)
    assert writes(eic) == []


def test_a_roll_out_that_is_refused_for_one_function_names_it_and_can_be_undone(run: RunAs, eic: eicnb.Eic) -> None:
    eic.update("audit-trail", on_failure="none")
    before, started = everything(eic), datetime.now(UTC)
    functions = "audit-trail,customer-export,newsletters,returns-label"
    with pytest.raises(PapermillExecutionError) as stopped:
        run("roll_out_failure_queue", functions=functions, queue="shop-failures", canary="newsletters")
    queue = f"arn:aws:sqs:us-east-1:{eic.account_id}:shop-failures"
    assert stopped.value.evalue.splitlines()[:2] == [
        "not all of the plan is applied: 2 applied, 1 unchanged, 1 failed",
        (
            "    customer-export:$LATEST: failed: The function's execution role does not have permissions "
            f"to call SendMessage on {queue}"
        ),
    ]
    assert writes(eic) == ["update", "put", "put", "(put)", "put"]
    eicnb.use(eicnb.connect("shop", region="us-east-1"))
    eicnb.undo(started).apply(progress=False)
    pd.testing.assert_frame_equal(everything(eic), before)


def test_failed_events_are_sent_again_and_leave_the_queue(run: RunAs, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    eic.server.fail("checkout")
    eic.send("checkout", {"order": 1})
    eic.server.settle()
    eic.server.succeed("checkout")
    run("replay_failed_events", region="us-east-1", wait=1)
    assert len(eic.records("sqs:checkout-failures", progress=False)) == 0
    with pytest.raises(PapermillExecutionError, match="sqs:checkout-failures holds no failed events of checkout"):
        run("replay_failed_events", region="us-east-1", wait=1)


def test_the_papermill_command_runs_a_runbook(run: RunAs, eic: eicnb.Eic, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        "-p",
        "sandbox",
        "False",
        "-p",
        "profile",
        "shop",
    ]
    command += ["-p", "account", str(eic.account_id), "-p", "function_name", "stock-alert", "-p", "undo", "False"]
    command += [str(RUNBOOKS / "stop_retries_in_an_incident.ipynb"), str(tmp_path / "done.ipynb")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert eic.get("stock-alert").maximum_retry_attempts.tolist() == [0]


def cells(name: str) -> Iterator[Any]:
    yield from nbformat.read(RUNBOOKS / f"{name}.ipynb", as_version=4).cells


def test_these_are_the_runbooks() -> None:
    assert sorted(path.stem for path in RUNBOOKS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_runbook_says_its_parts_in_their_order(name: str) -> None:
    sources = [cell.source for cell in cells(name)]
    order = ["# ", "account = ", "## Connect", "%load_ext eicnb", "%eic require", "## Look", "## Verify", "## Undo"]
    if name in WRITERS:
        order[6:6] = ["## Plan", "plan = %eic plan ${desired}", "## Change", "from datetime", "written = "]
    places = [next(n for n, source in enumerate(sources) if source.startswith(part)) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_has_a_sentence_above_it_and_no_helper_code(name: str) -> None:
    above = None
    for cell in cells(name):
        if cell.cell_type == "code":
            assert above is not None, cell.source
            assert above.cell_type == "markdown", cell.source
            assert not re.search(r"^\s*(def|class|try|while)\b|\blambda\b", cell.source, re.MULTILINE)
        above = cell


def parameters_of(name: str) -> dict[str, Any]:
    [cell] = [cell for cell in cells(name) if "parameters" in cell.metadata.get("tags", ())]
    return {
        ast.unparse(line.targets[0]): ast.literal_eval(line.value)
        for line in ast.parse(cell.source).body
        if isinstance(line, ast.Assign)
    }


@pytest.mark.parametrize("name", NAMES)
def test_as_committed_it_runs_on_the_sandbox(name: str) -> None:
    parameters = parameters_of(name)
    assert (parameters["account"], parameters["sandbox"], parameters["profile"]) == ("123456789012", True, None)
    assert parameters.get("undo", True) is True


def test_the_readmes_table_names_each_runbook_and_its_parameters() -> None:
    readme = (RUNBOOKS.parents[1] / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n## Runbooks\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \[`(\w+)`\]\((\S+)\) \| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert sorted((name, link) for name, link, _, _ in rows) == [(n, f"notebooks/runbooks/{n}.ipynb") for n in NAMES]
    shared = ["account", "region", "sandbox", "profile"]
    for name, _, _, own in rows:
        assert [*shared, *own.replace("`", "").split(", ")] == list(parameters_of(name))
    assert [line for line in section.splitlines() if re.match(r" {4}papermill notebooks/runbooks/\w+\.ipynb ", line)]
