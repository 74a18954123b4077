"""The README's tables say what the code says, and its commands are what a newcomer needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from eicnb import errors
from eicnb.changes.columns import APPLIED_COLUMNS, PLAN_COLUMNS
from eicnb.changes.export.languages import LANGUAGES
from eicnb.changes.journal_frame import JOURNAL_COLUMNS
from eicnb.cli import options
from eicnb.cli.option import Option
from eicnb.cli.permissions import ACTIONS, LAYERS, NOTES, OPTION_ACTIONS, policy
from eicnb.client import settings
from eicnb.fleet.checks.catalog import checks, layers
from eicnb.fleet.checks.finding import FINDING_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.compare import COMPARE_COLUMNS
from eicnb.fleet.failed_events.columns import RECORD_COLUMNS, REPLAYED_ADDED
from eicnb.fleet.losses import LOSS_COLUMNS
from eicnb.fleet.parts.columns import SUMMARY_COLUMNS
from eicnb.fleet.snapshots.verb_columns import HISTORY_COLUMNS
from eicnb.frames.columns import CONFIG_COLUMNS, FUNCTION_COLUMNS, NAME_COLUMNS, Column
from eicnb.widgets.pictures.of_frames import KINDS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def table_under(heading: str) -> list[str]:
    """The rows of the first table under a heading, without its head."""
    section = README.partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None, f"there is a table under {heading!r}"
    return table[0].splitlines()[2:]


def all_options() -> Iterator[Option]:
    """Each option once; one that means something else in another command is another one."""
    yield from dict.fromkeys(option for verb in options.VERBS for option in verb.options)


def verbs_of(option: Option) -> str:
    return ", ".join(verb.name for verb in options.VERBS if option in verb.options)


def test_the_table_of_verbs_is_the_table_of_commands() -> None:
    expected = [
        row(f"`{verb.name}`", f"`{verb.aws_name}`" if verb.aws_name else "", verb.meaning) for verb in options.VERBS
    ]
    assert table_under("### Verbs") == expected


def test_the_table_of_options_is_the_table_that_the_parser_reads() -> None:
    expected = [row(f"`{f'{o.name} {o.metavar}'.strip()}`", verbs_of(o), o.meaning) for o in all_options()]
    assert table_under("### Options") == expected


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("### Columns of a config", CONFIG_COLUMNS),
        ("### Columns of `functions`", FUNCTION_COLUMNS),
        ("### Columns of the journal", JOURNAL_COLUMNS),
        ("### Columns of a comparison", COMPARE_COLUMNS[: -len(NAME_COLUMNS)]),
        ("### Columns that `history` adds", HISTORY_COLUMNS[len(COMPARE_COLUMNS) :]),
        ("### Columns of an audit", AUDIT_COLUMNS[len(CONFIG_COLUMNS) :]),
        ("### Columns of the summary of a folder", SUMMARY_COLUMNS),
        ("### Columns of a check", FINDING_COLUMNS),
        ("### Columns of `records`", RECORD_COLUMNS),
        ("### Columns that `replay` adds", REPLAYED_ADDED),
        ("### Columns of `losses`", LOSS_COLUMNS),
        ("### Columns of a plan", PLAN_COLUMNS),
        ("### Columns that `apply` adds", APPLIED_COLUMNS[len(PLAN_COLUMNS) :]),
    ],
)
def test_the_tables_of_columns_are_the_frames_schemas(heading: str, columns: tuple[Column, ...]) -> None:
    assert table_under(heading) == [row(f"`{c.name}`", f"`{c.dtype}`", c.meaning) for c in columns]


def test_the_table_of_checks_is_the_catalog() -> None:
    expected = [row(f"`{one.name}`", one.severity, ", ".join(one.layers), one.meaning) for one in checks().values()]
    assert table_under("### The checks") == expected


def test_the_table_of_variables_is_the_one_that_settings_read() -> None:
    assert table_under("### Environment variables") == [row(f"`{v.name}`", v.meaning) for v in settings.VARIABLES]


def error_classes(of: type[errors.EicError] = errors.EicError) -> Iterator[type[errors.EicError]]:
    yield of
    for below in of.__subclasses__():
        yield from error_classes(below)


def test_the_table_of_errors_is_the_tree() -> None:
    expected = {f"`{kind.__name__}` | {kind.exit_code}" for kind in error_classes()}
    assert {" | ".join(line.split(" | ")[:2]).removeprefix("| ") for line in table_under("### Errors")} == expected


def test_both_commands_are_one_line_and_start_with_a_virtual_environment() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    assert commands == [
        (
            "python3 -m venv .venv && .venv/bin/python -m pip install -q -e '.[notebooks]' "
            "&& .venv/bin/jupyter lab --allow-root notebooks/quickstart.ipynb"
        ),
        "python3 -m venv .venv && .venv/bin/python -m pip install -q -e '.[test]' && .venv/bin/python -m pytest",
    ]


def test_the_table_of_settings_is_that_of_the_process() -> None:
    words = {True: "on", False: "off"}
    variables = {variable.setting: f"`{variable.name}`" for variable in settings.VARIABLES}
    expected = []
    for name, meaning in settings.MEANINGS.items():
        value = getattr(settings.Settings(), name)
        default = words[value] if isinstance(value, bool) else "" if value in {None, ()} else str(value)
        expected.append(row(f"`{name}`", default, variables.get(name, ""), meaning))
    assert table_under("## Configuration") == expected


def test_the_permissions_are_those_that_the_commands_need() -> None:
    expected = [
        row(f"`{verb}`", ", ".join(f"`{action}`" for action in actions), NOTES.get(verb, ""))
        for verb, actions in (*ACTIONS.items(), *OPTION_ACTIONS.items())
        if actions
    ]
    assert table_under("## What eicnb sends to AWS") == expected
    assert "".join(f"    {line}\n" for line in json.dumps(policy(), indent=2).splitlines()) in README


def test_the_table_of_layers_is_that_of_the_checks() -> None:
    readers = layers()
    assert table_under("### Layers of a check") == [
        row(
            f"`{name}`",
            readers[name].meaning if name in readers else "the audit alone",
            ", ".join(f"`{action}`" for action in dict.fromkeys(operation.action for operation in operations)),
        )
        for name, operations in LAYERS.items()
    ]


def test_the_table_of_languages_is_that_of_the_export() -> None:
    """What each one does is tested in tests/changes/export."""
    expected = [
        row(f"`{one.name}`", one.is_a, one.no_config, one.empty_config, one.several_places) for one in LANGUAGES
    ]
    assert table_under("### Languages of an export") == expected


def test_the_table_of_pictures_has_each_kind() -> None:
    named = [line.split("|")[1].strip(" `") for line in table_under("## Pictures and the explorer")]
    assert named == [*KINDS]
