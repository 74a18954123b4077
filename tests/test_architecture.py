"""What the layout promises, read from the source."""

from __future__ import annotations

import ast
import importlib
import re
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

import eicnb

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "eicnb"
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
SLOWEST_IMPORT = 0.050

FORM = ("arn", "draft", "eic", "errors", "live", "model", "preview", "redaction", "request", "spelling", "way")
"""What every part of a form may use."""

# Module -> what it may import beside the standard library; the first row that fits counts, `*` stands for any text.
# What begins with "~" may be imported inside functions only, what begins with "%" for the types alone.
IMPORTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("sandbox", "~aws", "~commands", "~notebook.*", "~settings", "%*")),
    ("sensitive", ()),
    ("redaction", ("sensitive",)),
    ("errors", ("redaction",)),
    ("warning", ("redaction",)),
    ("settings", ("endpoint", "errors", "redaction")),
    ("table", ()),
    ("shapes", ()),
    ("arn", ("errors",)),
    ("model", ("errors", "arn")),
    ("finding", ("arn", "errors", "model")),
    ("frames", ("arn", "errors", "finding", "model", "redaction", "settings", "table", "@pandas")),
    ("limits", ()),
    ("route", ("errors",)),
    ("signature", ("route",)),
    ("cli", ()),
    ("cli.lexer", ("errors", "cli.references")),
    ("cli.references", ("errors",)),
    ("cli.output", ("cli.output.*", "errors")),
    ("cli.output.query", ("errors", "@jmespath")),
    ("cli.output.yaml", ("@ruamel",)),
    ("cli.output.*", ("errors",)),
    ("cli.options", ("cli.output", "shapes")),
    ("cli.members", ("cli.inputs", "cli.shorthand", "errors", "shapes")),
    ("cli.files", ("errors",)),
    ("cli.inputs", ("arn", "errors", "model", "@ruamel")),
    ("cli.shorthand", ("errors",)),
    ("cli.manual", ("cli.options", "cli.permissions", "errors", "shapes")),
    ("cli.skeleton", ("cli.output.*", "errors", "shapes")),
    ("cli.params", ("cli.*", "arn", "errors", "model")),
    ("cli.parser", ("cli.*", "errors", "model", "shapes")),
    ("cli.command", ("cli.lexer", "cli.output", "errors")),
    ("cli.cell", ("cli.*", "errors")),
    ("cli.permissions", ()),
    ("cli.cursor", ("cli.lexer",)),
    ("cli.completion", ("arn", "cli.*")),
    ("endpoint", ("errors",)),
    ("answers", ("errors",)),
    ("failures", ("answers", "errors")),
    ("aws", ("answers", "endpoint", "errors", "failures", "route", "@boto3", "@botocore")),
    ("request", ("arn", "errors", "model", "redaction", "sensitive")),
    ("sending", ("answers", "arn", "aws", "errors", "model", "request")),
    ("variation", ("aws", "endpoint", "errors")),
    ("fleet", ()),
    ("fleet.aside", ()),
    ("fleet.progress", ()),
    ("fleet.scope", ("arn", "endpoint", "errors", "model")),
    ("fleet.keyring", ("fleet.aside", "route")),
    (
        "fleet.sender",
        ("answers", "errors", "failures", "fleet.keyring", "limits", "route", "signature", "@aiohttp", "@yarl"),
    ),
    ("fleet.earlier", ("arn", "errors", "finding", "model")),
    ("fleet.region", ("answers", "arn", "errors", "finding", "fleet.scope", "fleet.sender", "model")),
    ("fleet.run", ("aws", "errors", "failures", "finding", "fleet.*", "limits", "route", "@aiohttp")),
    ("fleet.audit", ("aws", "errors", "finding", "fleet.*", "frames", "limits", "warning")),
    ("display", ("errors", "fleet.progress", "~notebook.progress")),
    (
        "connection",
        (
            *("arn", "aws", "errors", "frames", "model", "redaction", "request", "sending", "variation"),
            "%sandbox.server",
        ),
    ),
    ("write", ("arn", "connection", "draft", "errors", "frames", "model", "preview", "request", "spelling")),
    (
        "eic",
        (
            *("answers", "arn", "write", "connection", "display", "errors", "frames", "model", "request", "sending"),
            *("fleet.progress", "fleet.scope"),
            *("~fleet.audit", "~notebook.opening"),
        ),
    ),
    ("api", ("aws", "eic", "endpoint", "errors", "settings", "~sandbox.server", "%sandbox.server")),
    ("draft", ("arn", "cli.params", "errors", "model", "request")),
    ("spelling", ("arn", "cli.options", "draft", "model", "request")),
    ("way", ("connection",)),
    ("preview", ("arn", "draft", "model", "request", "spelling", "way")),
    ("targets", ("arn", "eic", "draft", "errors")),
    ("live", ("arn", "eic", "draft", "errors", "frames", "model", "preview", "request")),
    ("requirement", ("connection", "endpoint", "errors")),
    ("in_use", ("api", "eic", "errors", "fleet.progress", "fleet.scope", "frames", "requirement", "settings")),
    ("debug", ()),
    ("printing", ("cli.*", "eic", "errors", "frames", "redaction", "request")),
    (
        "commands",
        (
            *("api", "aws", "write", "debug", "eic", "in_use", "cli.*", "errors", "fleet.scope", "frames", "printing"),
            *("redaction", "request", "requirement", "settings", "shapes"),
        ),
    ),
    ("script", ("write", "cli.command", "cli.lexer", "cli.parser", "commands", "errors", "frames", "spelling")),
    ("notebook", ()),
    ("notebook.completer", ("arn", "cli.completion", "cli.cursor", "cli.options", "errors", "@IPython")),
    ("notebook.displays", ("frames", "redaction")),
    ("notebook.progress", ("fleet.progress", "@IPython")),
    ("notebook.magics", ("commands", "cli.*", "errors", "notebook.completer", "settings", "@IPython", "@traitlets")),
    ("notebook.background", ()),
    ("notebook.opening", (*FORM, "in_use", "~notebook.form", "~notebook.destinations", "@IPython")),
    ("notebook.fields", (*FORM, "targets", "notebook.background", "@ipywidgets")),
    ("notebook.outcome", (*FORM, "notebook.fields", "@ipywidgets")),
    ("notebook.destinations", (*FORM, "notebook.background", "notebook.fields", "@ipywidgets", "@traitlets")),
    ("notebook.form", (*FORM, "in_use", "targets", "notebook.*", "@IPython", "@ipywidgets", "@traitlets")),
    ("scrub", ()),
    ("scrub.*", ("errors", "redaction", "scrub.*", "sensitive", "settings")),
    ("sandbox", ("~api", "~in_use", "~sandbox.server", "%sandbox.server")),
    ("sandbox.*", ("sandbox", "sandbox.*", "errors", "@moto", "@werkzeug", "%@_typeshed")),
)
DOORS = {
    "boto3": "aws",
    "botocore": "aws",
    "IPython": "notebook*",
    "ipywidgets": "notebook*",
    "pandas": "frames",
    "aiohttp": "fleet.*",
}


@dataclass(frozen=True)
class Import:
    """One imported module: of the project without its name (`cli.lexer`), of others by package (`@pandas`)."""

    name: str
    when: str  # "import", "call" or "types"


def modules() -> dict[str, Path]:
    """Every module of the package by its name within it; the package itself is the empty name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imports(module: str) -> frozenset[Import]:
    return frozenset(_imports(tree(module), "import"))


def _imports(node: ast.AST, when: str) -> Iterator[Import]:
    match node:
        case ast.Import(names=names):
            yield from (Import(name, when) for alias in names for name in _named(alias.name))
        case ast.ImportFrom(module=str(source), names=names):
            yield from (Import(name, when) for alias in names for name in _named(source, alias.name))
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=otherwise):
            for statement in body:
                yield from _imports(statement, "types")
            for statement in otherwise:
                yield from _imports(statement, when)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            for child in ast.iter_child_nodes(node):
                yield from _imports(child, "call")
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _imports(child, when)


def _named(source: str, name: str = "") -> Iterator[str]:
    top, _, inner = source.partition(".")
    if top == "eicnb":
        within = f"{inner}.{name}".strip(".")
        yield within if within in modules() else inner
    elif top not in sys.stdlib_module_names:
        yield f"@{top}"


def allowed(module: str) -> tuple[str, ...]:
    """The row of the table for a module."""
    for pattern, names in IMPORTS:
        if fnmatchcase(module, pattern):
            return names
    pytest.fail(f"eicnb.{module} is not in the table of imports")


def is_allowed(names: tuple[str, ...], found: Import) -> bool:
    marks = {"import": ("",), "call": ("", "~"), "types": ("", "%")}[found.when]
    return any(fnmatchcase(mark + found.name, pattern) for mark in marks for pattern in names)


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_the_table_allows(module: str) -> None:
    names = allowed(module)
    assert {found for found in imports(module) if not is_allowed(names, found)} == set()


def test_the_table_names_no_module_that_is_gone() -> None:
    assert [row for row, _ in IMPORTS if not any(fnmatchcase(module, row) for module in modules())] == []


@pytest.mark.parametrize(("package", "door"), DOORS.items())
def test_there_is_one_door_to_each_heavy_package(package: str, door: str) -> None:
    users = {module for module in modules() for found in imports(module) if found.name == f"@{package}"}
    assert {module for module in users if not fnmatchcase(module, door)} == set()


def test_no_module_imports_itself_in_a_circle() -> None:
    waiting = {
        module: {found.name for found in imports(module) if found.when == "import" and not found.name.startswith("@")}
        for module in modules()
    }
    while free := [module for module, needed in waiting.items() if not needed & waiting.keys()]:
        for module in free:
            del waiting[module]
    assert waiting == {}


def python(code: str) -> str:
    """What a fresh Python prints; it knows of this project and of nothing in the environment."""
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, cwd="/").stdout


@pytest.mark.parametrize("statement", ["import eicnb", "import eicnb; dir(eicnb); eicnb.__all__; eicnb.__version__"])
def test_importing_the_package_loads_nothing_heavy(statement: str) -> None:
    heavy = (
        "pandas",
        "numpy",
        "boto3",
        "botocore",
        "IPython",
        "ipywidgets",
        "moto",
        "werkzeug",
        "jmespath",
        "ruamel",
        "aiohttp",
    )
    code = f"{statement}; print(sorted({{name.partition('.')[0] for name in sys.modules}} & set({heavy!r})))"
    assert python(code) == "[]\n"


def test_importing_the_package_takes_under_50_milliseconds() -> None:
    times: dict[str, list[float]] = {"pass": [], "import eicnb": []}
    for _ in range(7):
        for code, taken in times.items():
            started = time.perf_counter()
            python(code)
            taken.append(time.perf_counter() - started)
    without, with_it = map(statistics.median, times.values())
    assert with_it - without < SLOWEST_IMPORT


def test_the_public_names_are_sorted_and_complete() -> None:
    assert eicnb.__all__ == sorted(eicnb.__all__)
    assert set(eicnb.__all__) == {*eicnb._HOME, "sandbox"}
    assert dir(eicnb) == eicnb.__all__


@pytest.mark.parametrize("name", eicnb.__all__)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(eicnb, name)
    assert callable(value)
    assert (value.__doc__ or "").strip()
    home = eicnb._HOME.get(name)
    assert home is None or value is getattr(importlib.import_module(f"eicnb.{home}"), name)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'eicnb' has no attribute 'putt'"):
        _ = eicnb.putt


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Functions, classes and methods, but not what is inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield prefix + child.name, child
        if isinstance(child, ast.ClassDef):
            yield from definitions(child, f"{prefix}{child.name}.")


def is_stub(node: Definition) -> bool:
    """Whether a body is `...` alone, as in a protocol, whose docstring says it."""
    return [ast.unparse(statement) for statement in node.body] == ["..."]


@pytest.mark.parametrize("module", modules())
def test_whatever_is_public_has_a_docstring(module: str) -> None:
    missing = [
        name
        for name, node in definitions(tree(module))
        if not ast.get_docstring(node) and not is_stub(node) and not re.search(r"(^|\.)_", name)
    ]
    assert missing == []
    assert ast.get_docstring(tree(module))


@pytest.mark.parametrize("module", modules())
def test_a_file_is_read_in_one_sitting(module: str) -> None:
    lines = modules()[module].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lengths = {
        f"{node.name}, line {node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(tree(module))
        if isinstance(node, functions)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_the_top_level_holds_nothing_else() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()
    entries = {name.partition("/")[0] for name in listed}
    known = {"pyproject.toml", "README.md", "eicnb", "notebooks", "tests"}
    assert {entry for entry in entries if not entry.startswith(".")} - known == set()


def requirements() -> list[str]:
    """The lines of pyproject.toml that name a dependency of the project or of an extra."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    lines = [line.strip() for line in text.splitlines() if re.match(r'\s+"', line)]
    found = [line for line in lines if re.match(r'"([^"]*)"', line)[1] in wanted]  # type: ignore[index] # they begin so
    assert len(found) == len(wanted)
    return found


@pytest.mark.parametrize("line", requirements())
def test_every_dependency_has_its_reason(line: str) -> None:
    is_an_extra_of_ours = line.startswith('"eicnb[')
    assert is_an_extra_of_ours or re.search(r'",\s+# .*\w.*\w', line)


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
