"""Hints work: whatever a hint suggests is typed here, into a shell on a sandbox.

A hint is a sentence, then the lines to type, each alone on its own line; an empty line begins the next cell. A hint of
one word or one option is typed in the place that the error marks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eicnb.cli.cell import parse_cell
from eicnb.cli.source import Source
from eicnb.client.eic import Eic
from eicnb.errors import Excerpt, UsageError
from tests.cli.test_cell import BAD
from tests.cli.test_parser import BAD_INPUT
from tests.cli.test_shell import ADVICE
from tests.shell import Notebook

PACKAGE = Path(__file__).parents[2] / "eicnb"
TO_TYPE_IN_PLACE = re.compile(r"(?:--[\w-]+(?: [a-z0-9,-]+)?|file://\S+|\$\{\S+\}|'.*'|[a-z][\w-]*)")
NOT_TYPED = {
    "!pip": "it installs packages",
    "getpass": "it waits for a secret at the keyboard",
    "file://C:/": "there is no such drive here",
    "--profiles": "there are no accounts behind the profiles here",
    "$CLI": "there is no program of that name here",
}
"""The parts of hints that are not typed here, and why."""

LOCALSTACK = "http://localhost:4566"
NAMES: dict[str, Any] = {
    "function": "my-function",
    "name": "my-function",
    "names": ["my-function", "order-events"],
    "retries": 0,
    "OUT": "out.csv",
}
CELLS = [
    *(f"%eic {case.partition(chr(10))[0]}" for case in BAD_INPUT.strip().split("\n\n")),
    *(f"%%eic {case.partition(chr(10) + '----' + chr(10))[0]}" for case in ADVICE),
    *(
        f"%%eic {case.rpartition(chr(10) + '    line ')[0].rpartition(chr(10))[0]}"
        for case in BAD.strip().split("\n====\n")
    ),
]


def in_place(cell: str, excerpt: Excerpt, text: str) -> str:
    """Return the cell with a text in place of what the error marks."""
    lines = cell.split("\n")
    number = (excerpt.number or 1) - 1
    assert lines[number].endswith(excerpt.line.removeprefix("%eic ").removeprefix("%%eic "))
    shift = len(lines[number]) - len(excerpt.line)
    line = lines[number]
    lines[number] = line[: excerpt.start + shift] + text + line[excerpt.end + shift :]
    return "\n".join(lines)


def error_of(cell: str) -> UsageError:
    """Return the error that a cell raises."""
    magic, _, text = cell.partition(" ")
    is_cell = magic == "%%eic"
    with pytest.raises(UsageError) as caught:
        parse_cell(Source(text, f"{magic} ", first_line=1 if is_cell else None), NAMES)
    return caught.value


def cells_of(cell: str, error: UsageError) -> tuple[str, ...]:
    """Return the cells to type; none if the hint is only a sentence."""
    hint = error.hint or ""
    if any(part in hint for part in NOT_TYPED):
        return ()
    _, _, lines = hint.partition("\n")
    if lines:
        return tuple(lines.split("\n\n"))
    if hint.startswith("%"):
        return (hint,)
    if TO_TYPE_IN_PLACE.fullmatch(hint) and error.excerpt is not None:
        return (in_place(cell, error.excerpt, hint),)
    return ()


TYPINGS = {cell: typed for cell in CELLS if (typed := cells_of(cell, error_of(cell)))}


@pytest.fixture
def machine(notebook: Notebook, eic: Eic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """Return a shell with the files, programs and profiles that the hints name."""
    monkeypatch.chdir(tmp_path)
    config = '{"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:shop-failures"}}'
    for name in ("d.json", "folder/d.yaml", "in.json", "in.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        is_input = name.startswith("in.")
        (tmp_path / name).write_text(
            '{"FunctionName": "my-function", "MaximumRetryAttempts": 0}' if is_input else config
        )
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "config").write_text(
        "".join(f"[profile {name}]\nregion = us-east-1\n" for name in ("p", "prod", "default"))
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in ("aws", "awslocal", "docker"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\necho arn:aws:sqs:us-east-1:123456789012:lost\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    notebook.shell.user_ns |= {**NAMES, "sandbox_url": eic.endpoint_url}
    notebook.run("%eic put my-function --retries 1;\n%eic put order-events --retries 1;")
    return notebook


@pytest.mark.parametrize("cell", TYPINGS)
def test_what_a_hint_gives_to_type_works(machine: Notebook, cell: str) -> None:
    for typed in TYPINGS[cell]:
        machine.shell.user_ns["_exit_code"] = 0
        machine.run(typed.replace(LOCALSTACK, machine["sandbox_url"]))
        assert machine.shell.user_ns["_exit_code"] == 0


def test_many_hints_are_typed() -> None:
    assert len(TYPINGS) > 100


def texts_in(node: ast.AST) -> Iterator[str]:
    """Return the texts that an expression can have, with `…` for values that it fills in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for inner in ast.iter_child_nodes(node):
            yield from texts_in(inner)


def hints_in(path: Path) -> Iterator[str]:
    """Return the hints in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values = [node.value] if isinstance(node, ast.keyword) and node.arg == "hint" else []
        if isinstance(node, ast.Assign) and any(
            ast.unparse(target).lower().endswith(("hint", "credentials")) for target in node.targets
        ):
            values = [node.value]
        for value in values:
            yield from texts_in(value)


@pytest.mark.parametrize(
    "module",
    [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))],
)
def test_a_command_in_a_hint_is_alone_on_its_line(module: str) -> None:
    inside = [hint for hint in hints_in(PACKAGE / module) if re.search(r"(?<=[^\n`%])%%?(?:eic|config)\b", hint)]
    followed = [
        hint for hint in hints_in(PACKAGE / module) if re.search(r"^%{1,2}eic [^\n]*(?:,| or| to | for | in )", hint)
    ]
    assert inside + followed == []
