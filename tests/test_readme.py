"""The README's tables agree with the code, and its commands are those that a newcomer needs."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from eicnb import errors
from eicnb.changes.columns import APPLIED_COLUMNS
from eicnb.changes.export.languages import LANGUAGES
from eicnb.changes.journal_frame import JOURNAL_COLUMNS
from eicnb.cli import options
from eicnb.cli.option import Option
from eicnb.cli.permissions import ACTIONS, LAYERS, NOTES, OPTION_ACTIONS, policy
from eicnb.client import settings
from eicnb.fleet.checks.catalog import checks, layers
from eicnb.fleet.checks.finding import FINDING_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.failed_events.columns import RECORD_COLUMNS, REPLAYED_ADDED
from eicnb.fleet.losses import LOSS_COLUMNS
from eicnb.fleet.parts.columns import SUMMARY_COLUMNS
from eicnb.fleet.row import SCAN_STATES
from eicnb.fleet.snapshots.verb_columns import HISTORY_COLUMNS
from eicnb.frames.columns import AFTER, BEFORE, BEFORE_AND_AFTER, CONFIG_COLUMNS, FUNCTION_COLUMNS, NAME_COLUMNS, Column
from eicnb.widgets.pictures.of_frames import KINDS

FIVE = "put, update, get, list, delete"
BY_LAYER = "those of its [layers](#layers-of-a-check)"
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def table_under(heading: str) -> list[str]:
    """The rows of the first table under a heading, without its head."""
    section = README.partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None, f"there is a table under {heading!r}"
    return table[0].splitlines()[2:]


def all_options() -> Iterator[Option]:
    """Yield each option once; an option with different meanings in two commands counts twice."""
    yield from dict.fromkeys(option for verb in options.VERBS for option in verb.options)


def verbs_of(option: Option) -> str:
    return ", ".join(verb.name for verb in options.VERBS if option in verb.options)


def test_the_table_of_verbs_is_the_table_of_commands() -> None:
    assert table_under("### Verbs") == [row(f"`{verb.name}`", verb.meaning) for verb in options.VERBS]
    assert [verb.name for verb in options.VERBS if verb.aws_name] == FIVE.split(", ")


def spelled(option: Option) -> str:
    return f"`{f'{option.name} {option.metavar}'.strip()}`"


def heading_of(option: Option) -> str:
    """Return the table of an option; options that many verbs share have their own table."""
    verbs = verbs_of(option).split(", ")
    if "functions" in verbs:
        return "#### Options of every verb that calls AWS"
    if "plan" in verbs:
        return "#### Options of the verbs for many accounts"
    return f"#### Options of {FIVE.replace(', delete', ' and delete')}" if verbs == FIVE.split(", ") else "### Options"


def test_the_tables_of_options_are_those_of_the_parser() -> None:
    expected: dict[str, list[str]] = {}
    for option in all_options():
        rows = expected.setdefault(heading := heading_of(option), [])
        if option.meaning.startswith("no effect: "):
            assert f"`{option.name}`" in README
        elif heading == "### Options":
            rows.append(row(spelled(option), verbs_of(option), option.meaning))
        else:
            rows.append(row(spelled(option), option.meaning))
    assert {heading: table_under(heading) for heading in expected} == expected


def test_the_options_that_many_verbs_share_are_those_of_the_verbs_in_the_sentence_above() -> None:
    for option in all_options():
        section = README.partition(f"\n{heading_of(option)}\n")[2]
        named = re.search(r"^For ([\w, ]+)\. (.*) takes? (.*) too\.$", section, re.MULTILINE)
        if heading_of(option).endswith(("calls AWS", "many accounts")):
            assert named is not None
            more = re.findall(r"`(\w+)`", named[2]) if f"`{option.name}`" in named[3] else []
            assert verbs_of(option).split(", ") == [*named[1].split(", "), *more]


def described(columns: tuple[Column, ...]) -> list[str]:
    """Return the rows of the columns, without function names, and with one row for similar columns."""
    rows = []
    for column in columns:
        if column in BEFORE_AND_AFTER:
            when = BEFORE if column.name.startswith(BEFORE) else AFTER
            rows.append(
                row(f"`{when}*`", "", f"the settings {when.strip('_')} the change; `<NA>`: not set or not known")
            )
        elif column.name in SCAN_STATES:
            rows.append(row(", ".join(f"`{state}`" for state in SCAN_STATES), "`Int64`", "rows with this `scan_state`"))
        elif column not in NAME_COLUMNS:
            rows.append(row(f"`{column.name}`", f"`{column.dtype}`", column.meaning))
    return [*dict.fromkeys(rows)]


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("### Columns of a config", CONFIG_COLUMNS),
        ("### Columns of the journal", JOURNAL_COLUMNS),
        ("### Columns of a comparison", HISTORY_COLUMNS),
        ("### Columns of an audit", AUDIT_COLUMNS[len(CONFIG_COLUMNS) :]),
        ("### Columns of the summary of a folder", SUMMARY_COLUMNS),
        ("### Columns of a check", FINDING_COLUMNS),
        ("### Columns of `records`", (*RECORD_COLUMNS, *REPLAYED_ADDED)),
        ("### Columns of `losses`", LOSS_COLUMNS),
        ("### Columns of a plan", APPLIED_COLUMNS),
    ],
)
def test_the_tables_of_columns_are_the_frames_schemas(heading: str, columns: tuple[Column, ...]) -> None:
    assert table_under(heading) == described(columns)


def test_a_sentence_names_the_columns_of_functions() -> None:
    names = [f"`{c.name}`" for c in FUNCTION_COLUMNS if c.name not in {column.name for column in NAME_COLUMNS}]
    assert f"The frame of `functions` has {', '.join(names[:-1])} and {names[-1]} too, and no `qualifier`." in README


def test_the_columns_that_many_frames_share_are_described_once() -> None:
    assert table_under("## Columns") == [row(f"`{c.name}`", f"`{c.dtype}`", c.meaning) for c in NAME_COLUMNS]
    named = re.search(r"`before_\*` and `after_\*` are four columns each, .*: (.*)\.$", README, re.MULTILINE)
    assert named is not None
    assert [(c.name, c.dtype) for c in CONFIG_COLUMNS if f"`{c.name}`" in named[1]] == [
        (c.name.removeprefix(BEFORE), c.dtype) for c in BEFORE_AND_AFTER if c.name.startswith(BEFORE)
    ]


def test_the_table_of_checks_is_the_catalog() -> None:
    expected = [row(f"`{one.name}`", one.severity, ", ".join(one.layers), one.meaning) for one in checks().values()]
    assert table_under("### The checks") == expected


def error_classes(of: type[errors.EicError] = errors.EicError) -> Iterator[type[errors.EicError]]:
    yield of
    for below in of.__subclasses__():
        yield from error_classes(below)


def test_the_table_of_errors_is_the_tree() -> None:
    expected = {f"`{kind.__name__}` | {kind.exit_code}" for kind in error_classes()}
    assert {" | ".join(line.split(" | ")[:2]).removeprefix("| ") for line in table_under("## Errors")} == expected


def test_both_commands_are_one_line_and_start_with_a_virtual_environment() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    assert commands == [
        (
            "python3 -m venv .venv && .venv/bin/python -m pip install -q -e '.[notebooks]' "
            "&& .venv/bin/jupyter lab --allow-root notebooks/quickstart.ipynb"
        ),
        "python3 -m venv .venv && .venv/bin/python -m pip install -q -e '.[test]' && .venv/bin/python -m pytest",
    ]


def test_the_table_of_extras_is_that_of_the_package() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", "\n".join(table_under("## Start")), re.MULTILINE))
    assert [*rows] == [*extras]
    for name in ("notebooks", "test", "dev"):
        included = re.search(r"^eicnb\[(.*)\]$", "\n".join(extras[name]), re.MULTILINE)
        assert included is not None
        assert re.findall(r"`(\w+)`", rows[name].partition(", and the extra")[2]) == included[1].split(",")


def test_the_table_of_settings_is_that_of_the_process() -> None:
    words = {True: "on", False: "off"}
    variables = {variable.setting: f"`{variable.name}`" for variable in settings.VARIABLES}
    expected = []
    for name, meaning in settings.MEANINGS.items():
        value = getattr(settings.Settings(), name)
        default = words[value] if isinstance(value, bool) else "" if value in {None, ()} else str(value)
        expected.append(row(f"`{name}`", default, variables.get(name, ""), meaning))
    assert table_under("## Configuration") == expected


def listed(actions: Iterable[str]) -> str:
    return ", ".join(f"`{action}`" for action in actions)


def test_the_permissions_are_those_that_the_commands_need() -> None:
    named = dict(re.findall(r"^- (\*\w+\*) .*: (`.*`)$", README, re.MULTILINE))
    assert [*named] == ["*lookups*", "*destinations*"]
    expected = []
    for verb, actions in (*ACTIONS.items(), *OPTION_ACTIONS.items()):
        cell = listed(actions)
        for name, group in named.items():
            cell = cell.replace(group, name)
        if actions:
            expected.append(row(f"`{verb}`", BY_LAYER if verb == "check" else cell, NOTES.get(verb, "")))
    assert table_under("### The actions of a command") == expected
    block = re.search(r"(?:^ {4}.*\n)+", README.partition("This policy has all of them")[2], re.MULTILINE)
    assert block is not None
    assert json.loads(block[0]) == policy()


def test_the_table_of_layers_is_that_of_the_checks() -> None:
    readers = layers()
    assert table_under("### Layers of a check") == [
        row(
            f"`{name}`",
            readers[name].meaning if name in readers else "the audit alone",
            listed(dict.fromkeys(operation.action for operation in operations)),
        )
        for name, operations in LAYERS.items()
    ]


def test_the_table_of_languages_is_that_of_the_export() -> None:
    """The effects of each are tested in tests/changes/export."""
    expected = [
        row(f"`{one.name}`", one.is_a, one.no_config, one.empty_config, one.several_places) for one in LANGUAGES
    ]
    assert table_under("### Languages of an export") == expected


def test_the_table_of_pictures_has_each_kind() -> None:
    named = [line.split("|")[1].strip(" `") for line in table_under("## Pictures and the explorer")]
    assert named == [*KINDS]


def test_each_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for link in re.findall(r"\]\(([^)]*)\)", README):
        assert link.removeprefix("#") in anchors if link.startswith("#") else (ROOT / link).is_file(), link
