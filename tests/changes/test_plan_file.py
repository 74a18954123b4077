"""A plan in a file: readable, complete, and refused if it is not what was saved."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.changes.plan import Plan
from eicnb.errors import EicError, UsageError
from tests.changes.plans import planned, with_retries
from tests.changes.test_plan import ROWS

PLAN = Plan.of(of for of, *_ in ROWS.values())


def test_a_plan_round_trips(tmp_path: Path) -> None:
    path = PLAN.save(tmp_path / "plan.json")
    again = Plan.load(path)
    assert again == PLAN
    assert (again.id, str(again), again.lines()) == (PLAN.id, repr(PLAN), PLAN.lines())


def test_a_plan_of_an_audit_round_trips(eic: eicnb.Eic, tmp_path: Path) -> None:
    plan = planned(eic.audit(progress=False, rate=1000))
    assert Plan.load(plan.save(str(tmp_path / "new folder" / "plan.json"))) == plan


def test_a_file_is_readable_and_has_no_way_to_an_account(tmp_path: Path) -> None:
    text = PLAN.save(tmp_path / "plan.json").read_text()
    saved = json.loads(text)
    assert list(saved) == ["format", "version", "id", "digest", "note", "sandbox", "rows"]
    assert saved["id"] == PLAN.id
    assert saved["note"] == "The digest detects accidental edits; it is not a signature."
    assert list(saved["rows"][0]) == [
        *("action", "function_arn", "region", "account_id", "change", "reason", "before", "after"),
    ]
    assert not any(word in text for word in ("profile", "endpoint", "http"))


def edited(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        saved = json.loads(content)
        change(saved)
        return json.dumps(saved).encode()

    return edit


def name_of(path: Path) -> str:
    return repr(str(path))


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "an edited setting": (
        edited(lambda saved: saved["rows"][2]["after"].update(maximum_retry_attempts=2)),
        "the plan in PATH was edited after it was saved: its digest does not match",
    ),
    "a row less": (
        edited(lambda saved: saved["rows"].pop()),
        "the plan in PATH was edited after it was saved: its digest does not match",
    ),
    "another id": (
        edited(lambda saved: saved.update(id="p-000000000000")),
        "the plan in PATH was edited after it was saved: its digest does not match",
    ),
    "no rows": (
        edited(lambda saved: saved.pop("rows")),
        "the plan in PATH was edited after it was saved: its digest does not match",
    ),
    "another version": (
        edited(lambda saved: saved.update(version=2)),
        "the plan in PATH has format version 2, not 1",
    ),
    "another file": (lambda _content: b'{"a": 1}', "PATH is not a plan that can be applied: it is not a plan"),
    "a list": (lambda _content: b"[]", "PATH is not a plan that can be applied: it is not a plan"),
    "a part of it": (
        lambda content: content[:-100],
        "PATH is not a plan that can be applied: it is not JSON, or is truncated",
    ),
    "nothing": (
        lambda _content: b"",
        "PATH is not a plan that can be applied: it is not JSON, or is truncated",
    ),
    "a picture": (
        lambda _content: b"\x89PNG\r\n\x1a\n\x00\xff",
        "PATH is not a plan that can be applied: it is not text",
    ),
    "deep nesting": (
        lambda _content: b"[" * 100_000,
        "PATH is not a plan that can be applied: it is not JSON, or is truncated",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    edit, message = DAMAGES[damage]
    path = PLAN.save(tmp_path / "plan.json")
    path.write_bytes(edit(path.read_bytes()))
    with pytest.raises(UsageError) as raised:
        Plan.load(path)
    assert raised.value.message == message.replace("PATH", name_of(path))


FORGED: dict[str, Callable[[Any], object]] = {
    "out of range": lambda row: row["after"].update(maximum_retry_attempts=7),
    "no such action": lambda row: row.update(action="drop"),
    "another action": lambda row: row.update(action="delete"),
    "other words": lambda row: row.update(change="nothing"),
    "no ARN": lambda row: row.update(function_arn="a b"),
    "a name for an ARN": lambda row: row.update(function_arn="my-function"),
    "a number for a destination": lambda row: row["after"].update(on_failure=5),
    "no time": lambda row: row["after"].update(last_modified="soon"),
    "no before": lambda row: row.pop("before"),
    "no object": lambda row: row.update(after=[]),
    "another region": lambda row: row.update(region="eu-west-1"),
    "another account": lambda row: row.update(account_id=None),
    "a list for a region": lambda row: row.update(region=[]),
    "a time before all others": lambda row: row["after"].update(last_modified="0001-01-01T00:00:00+23:59"),
}


@pytest.mark.parametrize("case", FORGED)
def test_an_impossible_row_is_refused_even_with_a_right_digest(tmp_path: Path, case: str) -> None:
    from eicnb.changes.plan_file import _digest, plan_id

    path = PLAN.save(tmp_path / "plan.json")
    saved = json.loads(path.read_text())
    FORGED[case](saved["rows"][2])
    digest = _digest({name: saved[name] for name in ("sandbox", "rows")})
    path.write_text(json.dumps({**saved, "digest": digest, "id": plan_id(digest)}))
    with pytest.raises(UsageError, match="is not a plan that can be applied: a row can't be read: "):
        Plan.load(path)


@pytest.mark.parametrize("content", [{}, {"rows": []}, {"sandbox": False}, {"sandbox": False, "rows": {}}], ids=str)
def test_a_file_without_rows_is_refused_even_with_a_right_digest(tmp_path: Path, content: dict[str, Any]) -> None:
    from eicnb.changes.plan_file import _digest, plan_id

    path, digest = tmp_path / "plan.json", _digest(content)
    path.write_text(
        json.dumps({"format": "eicnb plan", "version": 1, "digest": digest, "id": plan_id(digest), **content})
    )
    with pytest.raises(UsageError, match="is not a plan that can be applied: a row can't be read: "):
        Plan.load(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        Plan.load(tmp_path / "plan.json")
    assert raised.value.message == f"there is no file {name_of(tmp_path / 'plan.json')}"
    with pytest.raises(EicError, match="can't be read: Is a directory"):
        Plan.load(tmp_path)
    with pytest.raises(UsageError, match="the path is None"):
        Plan.load(None)  # type: ignore[arg-type] # a wrong call
    with pytest.raises(UsageError, match=r"the path is 'plan\\x00'"):
        Plan.load("plan\0")


def test_a_plan_that_cannot_be_saved_leaves_no_part_of_it(tmp_path: Path) -> None:
    for path in ("/proc/plan.json", str(tmp_path)):
        with pytest.raises(EicError) as raised:
            PLAN.save(path)
        assert raised.value.message.startswith(f"the plan was not saved to {path!r}: ")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_saved_in_one_process_is_applied_in_another(eic: eicnb.Eic, tmp_path: Path, warm_python: str) -> None:
    assert eic.server is not None
    path = with_retries(1, "newsletters", "order-events").save(tmp_path / "plan.json")
    code = (
        "import eicnb, sys\n"
        "eicnb.use(eicnb.connect(region='eu-west-1', endpoint_url=sys.argv[1]))\n"
        "print(eicnb.apply(sys.argv[2], progress=False).outcome.tolist())"
    )
    keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    command = [warm_python, "-c", code, eic.server.url, str(path)]
    done = subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "['applied', 'applied']\n"
    assert eic.get("newsletters").maximum_retry_attempts.tolist() == [1]
