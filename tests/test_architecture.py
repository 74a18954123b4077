"""The rules of the layout, checked on the source."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import eicnb
from eicnb.model.destination import KINDS
from eicnb.model.verbs import Operation

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "eicnb"
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
SLOWEST_IMPORT = 0.100

ROWS: tuple[tuple[str, ...], ...] = (
    ("", "__main__", "settings"),
    ("notebook",),
    ("client",),
    ("widgets",),
    ("fleet",),
    ("changes",),
    ("aws", "frames", "cli"),
    ("model", "local_aws", "scrub"),
    ("errors",),
    ("redaction",),
)
"""The packages from top to bottom; each imports only from the rows below its own."""

DOORS: dict[str, tuple[str, ...]] = {
    "boto3": ("aws.*",),
    "botocore": ("aws.*",),
    "aiohttp": ("aws.http.*",),
    "yarl": ("aws.http.*",),
    "pandas": ("frames.*", "fleet.*", "changes.*", "widgets.pictures.*", "widgets.explorer.*", "client.*"),
    "itables": ("widgets.explorer.*", "client.explore"),
    "matplotlib": ("widgets.pictures.*", "client.pictures", "client.explanation"),
    "ipywidgets": ("widgets.*",),
    "IPython": ("notebook.*", "widgets.*"),
    "traitlets": ("notebook.*", "widgets.*"),
    "jmespath": ("cli.*",),
    "distributed": ("fleet.parts.cluster", "fleet.parts.worker"),
    "platformdirs": ("changes.journal",),
    "pyarrow": ("fleet.snapshots.parquet",),
    "ruamel": ("cli.*",),
    "moto": ("local_aws.*",),
    "flask": ("local_aws.*",),
    "werkzeug": ("local_aws.*",),
    "_typeshed": ("local_aws.*",),
}
"""The modules that may import each third-party package."""

PURE = ("cli", "model", "redaction")
"""The packages without files, network, processes and clocks; only `cli.files` reads, through a given reader."""

READS = {"cli.files"}
IMPURE = {"asyncio", "io", "pathlib", "shutil", "socket", "ssl", "subprocess", "tempfile", "time", "urllib.request"}
IMPURE_CALLS = {"open", "input", "print"}
MOST_AT_THE_TOP = 14
MOST_NAMES_OF_A_CLASS = 25
LONGEST_CLASS = 200
LONGEST_FIRST_SENTENCE = 100


@cache
def imports(module: str) -> frozenset[str]:
    """All imports of a module, at any level: of the project (`cli.lexer`) and of others (`@pandas`)."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {name for alias in node.names for name in _named(alias.name)}
        elif isinstance(node, ast.ImportFrom):
            found |= {name for alias in node.names for name in _named(node.module or "", alias.name)}
    return frozenset(found)


@cache
def modules() -> dict[str, Path]:
    """All modules by their name within the package; the package itself has the empty name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def _named(source: str, name: str = "") -> Iterator[str]:
    top, _, inner = source.partition(".")
    if top == "eicnb":
        within = f"{inner}.{name}".strip(".")
        yield within if within in modules() else inner
    elif top not in sys.stdlib_module_names:
        yield f"@{top}"


def row_of(module: str) -> int:
    """The row of a module's package; every new package needs a row."""
    package = module.partition(".")[0]
    found = [number for number, packages in enumerate(ROWS) if package in packages]
    assert len(found) == 1, f"eicnb.{package} is in no row"
    return found[0]


def test_a_package_imports_only_from_the_rows_below_it() -> None:
    upwards = {
        (module, name)
        for module in modules()
        for name in imports(module)
        if not name.startswith("@") and name.partition(".")[0] != module.partition(".")[0]
        if row_of(name) <= row_of(module)
    }
    assert upwards == set()


def test_a_third_party_package_is_imported_only_through_its_door() -> None:
    others = {(module, name[1:]) for module in modules() for name in imports(module) if name.startswith("@")}
    assert {name for _, name in others} <= DOORS.keys()
    past = {(module, name) for module, name in others if not any(fnmatchcase(module, door) for door in DOORS[name])}
    assert past == set()


def test_no_module_imports_itself_in_a_circle() -> None:
    needed = {module: {name for name in imports(module) if name in modules()} - {module} for module in modules()}
    TopologicalSorter(needed).prepare()


def test_no_module_has_the_name_of_a_verb() -> None:
    assert top_level() & {*eicnb.__all__, "plan", "export"} == set()


def test_a_newcomer_can_read_the_top_level() -> None:
    assert len(top_level()) <= MOST_AT_THE_TOP
    assert {name for row in ROWS for name in row} == {*top_level(), "", "__main__"}


def top_level() -> set[str]:
    return {module.partition(".")[0] for module in modules()} - {"", "__main__"}


def test_the_pure_packages_do_no_io() -> None:
    pure = [module for module in modules() if module.partition(".")[0] in PURE and module not in READS]
    assert {module: found for module in pure if (found := io_of(module))} == {}


def io_of(module: str) -> set[str]:
    """The imports and calls of a module that are for input or output."""
    used = {alias.name for node in ast.walk(tree(module)) if isinstance(node, ast.Import) for alias in node.names}
    used |= {node.module or "" for node in ast.walk(tree(module)) if isinstance(node, ast.ImportFrom)}
    calls = {
        node.func.id
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return (used & IMPURE) | (calls & IMPURE_CALLS)


def test_a_class_is_small() -> None:
    classes = {node.name: node for _, _, node in everything_defined() if isinstance(node, ast.ClassDef)}
    large = {}
    for module, name, node in everything_defined():
        if isinstance(node, ast.ClassDef):
            public = public_names(node, classes)
            lines = (node.end_lineno or 0) - node.lineno + 1
            if len(public) > MOST_NAMES_OF_A_CLASS or lines > LONGEST_CLASS:
                large[module, name] = (len(public), lines)
    assert {place: size for place, size in large.items() if not says_why_it_is_large(*place)} == {}


def public_names(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> set[str]:
    """The public methods, properties and fields of a class, and those that it inherits from classes of the package."""
    own = {child.name for _, child in definitions(node)}
    own |= {ast.unparse(child.target) for child in node.body if isinstance(child, ast.AnnAssign)}
    bases = [classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
    inherited = [public_names(base, classes) for base in bases]
    return {name for name in own if not name.startswith("_")}.union(*inherited)


def says_why_it_is_large(module: str, name: str) -> bool:
    """Whether the docstring of a class gives the reason for its size."""
    docstrings = {found: ast.get_docstring(node) or "" for found, node in definitions(tree(module))}
    return "One class, because" in docstrings[name]


RULES_OF_AWS = re.compile(
    r"docs\.aws\.amazon\.com|arn:aws|aws-(cn|us-gov|iso|eusc)|21600|60 to|0, 1 or 2|"
    r"\.fifo|\\w\+=,\.@|s3:PutObject|"
    + "|".join(
        rf"\b{name}\b"
        for operation in Operation
        for name in (operation, operation.command, operation.action)
        if not (name.isalpha() and name.islower())  # `invoke` is also an ordinary word
    )
    + "|"
    + "|".join(KINDS.values())
)
EXEMPT = {"model", "local_aws", "redaction"}
"""`model` has the rules; the embedded AWS has its own, to not share our mistakes; redaction is below `model`."""


def test_aws_s_rules_are_only_in_the_model() -> None:
    rules = {
        (module, text)
        for module in modules()
        if module.partition(".")[0] not in EXEMPT
        for text in constants(module)
        if RULES_OF_AWS.search(text)
    }
    assert rules == set(), "take it from eicnb.model"


def constants(module: str) -> list[str]:
    """The text and number constants of a module as text, without docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree(module)) if isinstance(node, ast.Expr)}
    return [
        str(node.value)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int) and id(node) not in docstrings
    ]


def test_a_class_name_occurs_once() -> None:
    homes: dict[str, list[str]] = {}
    for module, name, node in everything_defined():
        if isinstance(node, ast.ClassDef):
            homes.setdefault(name.rpartition(".")[2].lstrip("_"), []).append(module)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_a_connection_offers_its_verbs_and_no_plumbing() -> None:
    offered = {name for name in dir(eicnb.Eic) if not name.startswith("_")}
    assert offered == {
        *("put", "update", "get", "list", "delete", "functions", "audit", "check", "plan", "losses", "refresh"),
        *("records", "send", "replay"),
        *("whoami", "explain", "form", "destination_form"),
        *("derive", "region", "account_id", "profile", "endpoint_url", "is_sandbox", "server"),
    }


def python(code: str) -> str:
    """Run code in a new Python that ignores the environment, and return what it prints."""
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


def test_importing_the_package_takes_next_to_no_time() -> None:
    """Take the best of several runs: 12 ms on an idle machine, with room for a busy one."""
    times: dict[str, list[float]] = {"pass": [], "import eicnb": []}
    for _ in range(7):
        for code, taken in times.items():
            started = time.perf_counter()
            python(code)
            taken.append(time.perf_counter() - started)
    without, with_it = map(min, times.values())
    assert with_it - without < SLOWEST_IMPORT


def test_the_public_names_are_sorted_and_complete() -> None:
    assert eicnb.__all__ == sorted(eicnb.__all__)
    assert set(eicnb.__all__) == {*eicnb._HOME}
    assert dir(eicnb) == eicnb.__all__


@pytest.mark.parametrize("name", eicnb.__all__)
def test_a_public_name_exists_and_is_documented(name: str) -> None:
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
    """Yield functions, classes and methods, but not those inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield prefix + child.name, child
        if isinstance(child, ast.ClassDef):
            yield from definitions(child, f"{prefix}{child.name}.")


def everything_defined() -> list[tuple[str, str, Definition]]:
    """All definitions: the module, the name in it, and the node."""
    return [(module, name, node) for module in modules() for name, node in definitions(tree(module))]


def is_stub(node: Definition) -> bool:
    """Whether a body is only `...`, as in a protocol, whose docstring describes it."""
    return [ast.unparse(statement) for statement in node.body] == ["..."]


def test_whatever_is_public_has_a_docstring() -> None:
    missing = [
        (module, name)
        for module, name, node in everything_defined()
        if not ast.get_docstring(node) and not is_stub(node) and not re.search(r"(^|\.)_", name)
    ]
    assert missing == []
    assert [module for module in modules() if not ast.get_docstring(tree(module))] == []


def test_a_file_is_read_in_one_sitting() -> None:
    lines = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in modules().items()}
    assert {module: length for module, length in lines.items() if length > LONGEST_FILE} == {}
    lengths = {
        f"{module}.{node.name}, line {node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_the_top_level_has_no_other_names() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()
    entries = {name.partition("/")[0] for name in listed}
    known = {"pyproject.toml", "README.md", "eicnb", "notebooks", "tests"}
    assert {entry for entry in entries if not entry.startswith(".")} - known == set()


def requirements() -> list[str]:
    """The lines of pyproject.toml with a dependency of the project or of an extra."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    lines = [line.strip() for line in text.splitlines() if re.match(r'\s+"', line)]
    found = [line for line in lines if re.match(r'"([^"]*)"', line)[1] in wanted]  # type: ignore[index] # all lines match
    assert len(found) == len(wanted)
    return found


@pytest.mark.parametrize("line", requirements())
def test_every_dependency_has_its_reason(line: str) -> None:
    is_an_extra_of_ours = line.startswith('"eicnb[')
    assert is_an_extra_of_ours or re.search(r'",\s+# .*\w.*\w', line)


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_a_module_has_a_test_file_of_its_name_or_names_the_one_that_covers_it() -> None:
    assert [module for module in modules() if module and not is_covered(module)] == []


def is_covered(module: str) -> bool:
    """Whether a module has its test file, names an existing one, or has only a docstring."""
    if modules()[module].name == "__init__.py" and len(tree(module).body) == 1:
        return True
    package, _, name = module.rpartition(".")
    mirrored = ROOT / "tests" / package.replace(".", "/") / f"test_{name.strip('_')}.py"
    named = re.findall(r"tests/[\w/]+\.py", ast.get_docstring(tree(module)) or "")
    return mirrored.is_file() or bool(named and all((ROOT / one).is_file() for one in named))


def test_the_first_sentence_of_a_docstring_is_short() -> None:
    nodes = [*((module, "", tree(module)) for module in modules()), *everything_defined()]
    first = {(module, name): first_sentence(ast.get_docstring(node) or "") for module, name, node in nodes}
    assert {name: text for name, text in first.items() if len(text) > LONGEST_FIRST_SENTENCE} == {}


def first_sentence(docstring: str) -> str:
    """Return the first sentence, which a semicolon does not end.

    >>> first_sentence("Return a name; None without one. Or a number.")
    'Return a name; None without one.'
    """
    paragraph = " ".join(docstring.partition("\n\n")[0].split())
    return re.split(r"(?<=[.:?!])\s", paragraph)[0]


def test_a_property_is_described_by_what_it_is() -> None:
    described_as_calls = [
        (module, name)
        for module, name, node in everything_defined()
        if not isinstance(node, ast.ClassDef)
        and any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
        and (ast.get_docstring(node) or "").startswith(("Return ", "Get ", "Give "))
    ]
    assert described_as_calls == []
