"""Audits are saved and loaded; a loaded frame works like the original."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import UsageError
from eicnb.frames.frame import Frame


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[eicnb.Eic, Frame, Path]]:
    """Return a sandbox, an audit of it, and the audit's file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        eic = eicnb.sandbox()
        audit = eic.audit(progress=False, rate=1000)
        yield eic, audit, eicnb.save(audit, tmp_path_factory.mktemp("audits") / "audit.parquet")
        assert eic.server is not None
        eic.server.stop()


FRAMES: dict[str, Callable[[eicnb.Eic, Frame], pd.DataFrame]] = {
    "audit": lambda _, audit: audit,
    "list": lambda eic, _: eic.list("my-function"),
    "functions": lambda eic, _: eic.functions(),
    "whoami": lambda eic, _: eic.whoami(),
    "check": lambda eic, audit: eic.check(audit, progress=False),
    "losses": lambda eic, audit: eic.losses(audit, progress=False),
    "plan": lambda eic, audit: eic.plan(audit, progress=False).frame,
    "compare": lambda _, audit: eicnb.compare(audit, audit),
    "records": lambda eic, _: eic.records("sqs:shop-failures", progress=False),
    "explain": lambda eic, _: eic.explain("my-function").frame,
    "journal": lambda eic, _: _journal(eic),
}


def _journal(eic: eicnb.Eic) -> pd.DataFrame:
    eic.put("my-function:BLUE", maximum_retry_attempts=0, maximum_event_age_in_seconds=3600)
    return eicnb.journal()


@pytest.mark.parametrize("verb", FRAMES)
def test_the_frame_of_every_verb_is_loaded_as_it_was_saved(
    verb: str, shop: tuple[eicnb.Eic, Frame, Path], tmp_path: Path
) -> None:
    frame = FRAMES[verb](*shop[:2])
    again = eicnb.load(eicnb.save(frame, tmp_path / "frame.parquet"))
    pd.testing.assert_frame_equal(again, frame)
    assert (again.attrs, str(again), type(again)) == (frame.attrs, str(frame), type(frame))
    empty = eicnb.load(eicnb.save(frame[:0], tmp_path / "empty.parquet"))
    pd.testing.assert_frame_equal(empty, frame[:0])


USES: dict[str, Callable[[eicnb.Eic, Any], Any]] = {
    "check": lambda eic, audit: eic.check(audit, progress=False),
    "compare": lambda _, audit: eicnb.compare(audit, audit),
    "losses": lambda eic, audit: eic.losses(audit, progress=False)["function_arn"].to_frame(),
    "plan": lambda eic, audit: eic.plan(audit.assign(maximum_retry_attempts=1), progress=False).frame,
    "resume": lambda eic, audit: eic.audit(resume=audit, progress=False).drop(columns="read_at"),
    "commands_for": lambda _, audit: pd.DataFrame(eicnb.commands_for(audit[audit.function_name == "my-function"])),
    "picture": lambda _, audit: pd.DataFrame([eicnb.picture(audit).alternative_text]),  # type: ignore[attr-defined] # ours
    "explore": lambda _, audit: eicnb.explore(audit).selection,
}


@pytest.mark.parametrize("use", USES)
def test_a_loaded_audit_works_like_the_original(use: str, shop: tuple[eicnb.Eic, Frame, Path]) -> None:
    eic, audit, path = shop
    pd.testing.assert_frame_equal(USES[use](eic, eicnb.load(path)), USES[use](eic, audit))


def test_an_incomplete_audit_is_resumed_from_its_file(eic: eicnb.Eic, tmp_path: Path) -> None:
    whole = eic.audit(progress=False, rate=1000)
    cut = whole.copy()
    cut.loc[5, ["scan_state", "error"]] = ["throttled", "no"]
    again = eic.audit(resume=eicnb.load(eicnb.save(cut, tmp_path / "a.parquet")), progress=False, rate=1000)
    assert again.attrs["complete"]
    assert again["function_arn"].tolist() == whole["function_arn"].tolist()


def test_the_folder_of_an_audit_is_loaded_as_the_audit(shop: tuple[eicnb.Eic, Frame, Path], tmp_path: Path) -> None:
    eic, regions = shop[0], ["us-east-1", "eu-west-1"]
    for day in ("monday", "tuesday"):
        eic.audit(regions=regions, folder=tmp_path / day, progress=False, rate=1000)
    loaded = eicnb.load(tmp_path / "monday")
    whole = eic.audit(regions=regions, progress=False, rate=1000)
    pd.testing.assert_frame_equal(loaded.drop(columns="read_at"), whole.drop(columns="read_at"))
    assert str(loaded) == str(whole)
    assert eic.audit(resume=loaded, progress=False).equals(loaded)
    assert eicnb.history(tmp_path).attrs["summary"].startswith("2 audits, ")


def test_a_plan_from_a_file_is_applied(eic: eicnb.Eic, tmp_path: Path) -> None:
    edited = eic.list("my-function").assign(maximum_retry_attempts=1)
    plan = eic.plan(eicnb.load(eicnb.save(edited, tmp_path / "a.parquet")), progress=False)
    assert plan.apply(confirm=False, progress=False).outcome.tolist() == ["applied"] * len(plan)
    assert eic.list("my-function").maximum_retry_attempts.tolist() == [1, 1]


def test_a_saved_frame_is_shown_with_masks_and_saved_without(
    shop: tuple[eicnb.Eic, Frame, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EICNB_REDACT", "1")
    again = eicnb.load(shop[2])
    assert str(shop[0].account_id) not in str(again)
    assert again["account_id"].unique().tolist() == [shop[0].account_id]


def test_a_wrong_parameter_is_an_error_of_usage(shop: tuple[eicnb.Eic, Frame, Path]) -> None:
    with pytest.raises(UsageError, match="save has no parameter 'overwrit'"):
        eicnb.save(shop[1], shop[2], overwrit=True)  # type: ignore[call-arg] # as one types it


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd
import eicnb
for call, *arguments in ((eicnb.save, pd.DataFrame(), "b.parquet"), (eicnb.load, "a.parquet"), (eicnb.history, ".")):
    try:
        call(*arguments)
    except eicnb.ConfigurationError as error:
        print(error)
"""


def test_without_pyarrow_the_error_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").touch()
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.stdout + done.stderr == "Parquet files need pyarrow\nTry: pip install 'eicnb[parquet]'\n" * 3
