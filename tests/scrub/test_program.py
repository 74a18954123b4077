"""`python -m eicnb scrub`, as a program and as a function."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from eicnb.scrub.program import main
from tests.scrub.conftest import Save, code, shown, stream

ONE = "123456789012"
KEY = "AKIAIOSFODNN7EXAMPLE"

Printed = Callable[[], tuple[list[str], list[str]]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return the lines written to both streams since the last call."""

    def lines() -> tuple[list[str], list[str]]:
        out, err = capsys.readouterr()
        return out.splitlines(), err.splitlines()

    return lines


def test_it_cleans_a_notebook_and_says_what_it_found(save: Save) -> None:
    path = save(code(stream(f"account {ONE}, key {KEY}\n")), code(shown(image_png="iVBORw0KGgo=")))
    command = [sys.executable, "-W", "error", "-m", "eicnb", "scrub", str(path)]
    program = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (program.returncode, program.stderr) == (0, "")
    assert program.stdout == (
        f"{path}: 2 found, 2 masked\n"
        "  cell 1, output: 1 account id, 1 access key id\n"
        "  cell 2, output: 1 picture not searched\n"
    )
    text = path.read_text(encoding="utf-8")
    assert "account ACCOUNT-0001, key KEY-0001" in text
    nbformat.validate(nbformat.reads(text, as_version=4))


def test_the_report_contains_none_of_the_findings(save: Save, printed: Printed) -> None:
    path = save(code(stream(f"{ONE} {KEY}"), source=f"x = '{ONE}'; acme"))
    main([str(path), "--name", "acme"])
    report = "\n".join([*(streams := printed())[0], *streams[1]])
    assert not [one for one in (ONE, KEY, "acme") if one in report]


def test_only_masked_text_changes_in_the_file(save: Save) -> None:
    path = save(code(stream(f"é 日本 {ONE}\n"), source="é"), kernelspec={"name": "python3", "display_name": "Python 3"})
    before = path.read_text(encoding="utf-8")
    assert main([str(path)]) == 0
    assert path.read_text(encoding="utf-8") == before.replace(ONE, "ACCOUNT-0001")


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_the_indentation_stays(save: Save, indent: int) -> None:
    path = save(code(stream(ONE)), indent=indent)
    before = path.read_text(encoding="utf-8")
    main([str(path)])
    assert path.read_text(encoding="utf-8") == before.replace(ONE, "ACCOUNT-0001")


def test_a_clean_notebook_is_not_written(save: Save, printed: Printed) -> None:
    path = save(code(stream(ONE)))
    main([str(path)])
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    printed()
    assert main([str(path)]) == 0
    assert printed() == ([f"{path}: nothing found"], [])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_what_is_left_in_a_source_is_exit_code_1(save: Save, printed: Printed) -> None:
    path = save(code(stream(ONE), source=f"%eic get {ONE}:function:f"))
    assert main([str(path)]) == 1
    assert printed() == (
        [
            f"{path}: 2 found, 1 masked, 1 left in sources",
            "  cell 1, output: 1 account id",
            "  cell 1, source: 1 account id (left: edit the cell)",
        ],
        [],
    )
    assert ONE in path.read_text(encoding="utf-8")
    assert main([str(path), "--check"]) == 1


def test_check_changes_nothing(save: Save, printed: Printed) -> None:
    path = save(code(stream(ONE)))
    before = path.read_bytes()
    assert main(["--check", str(path)]) == 1
    assert printed()[0] == [f"{path}: 1 found, nothing changed", "  cell 1, output: 1 account id"]
    assert path.read_bytes() == before
    main([str(path)])
    assert main(["--check", str(path)]) == 0


def test_names_come_from_the_command_and_from_the_environment(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT_NAMES", "shop")
    path = save(code(stream("acme shop fish")))
    assert main([str(path), "--name", "acme", "--name=fish"]) == 0
    assert json.loads(path.read_text())["cells"][0]["outputs"][0]["text"] == ["NAME-0001 NAME-0002 NAME-0003"]


BAD_COMMANDS = [
    (["--name", ""], 252, ["name 1 of 1 to redact is empty", "Try: remove the empty name"]),
    (["--names", "x"], 252, ["unrecognized arguments: --names x"]),
]


@pytest.mark.parametrize(("options", "code_", "lines"), BAD_COMMANDS)
def test_a_bad_command_line_changes_nothing(
    *, save: Save, printed: Printed, options: list[str], code_: int, lines: list[str]
) -> None:
    path = save(code(stream(ONE)))
    before = path.read_bytes()
    assert main([str(path), *options]) == code_
    assert printed()[1][: len(lines)] == lines
    assert path.read_bytes() == before


def test_no_notebook_at_all_is_a_bad_command_line(printed: Printed) -> None:
    assert main([]) == 252
    assert printed()[1] == [
        "the following arguments are required: NOTEBOOK",
        "Try: python -m eicnb scrub [-h] [--name NAME] [--check] NOTEBOOK [NOTEBOOK ...]",
    ]


def test_a_bad_variable_is_exit_code_253(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT_NAMES", ",")
    assert main([str(save(code()))]) == 253


def test_several_notebooks_are_all_processed_and_the_highest_code_counts(
    save: Save, tmp_path: Path, printed: Printed
) -> None:
    first, last = save(code(stream(ONE)), name="1.ipynb"), save(code(stream(ONE)), name="3.ipynb")
    assert main([str(first), str(tmp_path / "2.ipynb"), str(last)]) == 255
    out, err = printed()
    assert out == [
        line for path in (first, last) for line in (f"{path}: 1 found, 1 masked", "  cell 1, output: 1 account id")
    ]
    assert err == [f"{tmp_path / '2.ipynb'} cannot be read: No such file or directory", "Try: check the path"]


def test_the_file_keeps_its_permissions_and_a_link_stays_one(save: Save, tmp_path: Path) -> None:
    path, link = save(code(stream(ONE))), tmp_path / "link.ipynb"
    path.chmod(0o640)
    link.symlink_to(path)
    assert main([str(link)]) == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "ACCOUNT-0001" in path.read_text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.ipynb", "runbook.ipynb"]


def test_a_large_notebook_is_cleaned(save: Save) -> None:
    line = f"arn:aws:lambda:us-east-1:{ONE}:function:some-function  python3.12  0.123  not set\n"
    path = save(*(code(stream(*[line] * 1000), shown(image_png="iVBORw0K" * 10_000)) for _ in range(50)))
    assert path.stat().st_size > 8_000_000
    assert main([str(path)]) == 0
    assert ONE not in path.read_text()
