"""The fixtures of all tests and doctests: an AWS for each, and no settings of this machine."""

from __future__ import annotations

import compileall
import fcntl
import gc
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

import eicnb
from eicnb.client import connections, settings
from eicnb.frames.view import SHOW_COMMAND
from eicnb.redaction import masks
from tests import warm

warm.lighten_imports()

# A busy machine must not fail a test.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

_USES_EIC = re.compile(r"\beic\.|\bconnection[],.)]")
_USES_CONNECTION = re.compile(r"\bconnection[],.)]")
_MAKES_EIC = re.compile(r"\beic =")


_JOURNALS = itertools.count(1)
_BROWSER = "tests/browser"
_SLOW = ("browser", "runners", "test_notebooks", "test_runbooks", "test_packaging", "fleet", "golden")
_APART = ("test_notebooks", "test_runbooks")
"""The files whose tests share nothing and wait for a kernel: each test runs on any free worker."""


gc.set_threshold(50_000, 20, 20)  # imported modules stay alive, and scanning them would take a sixth of the time


def pytest_configure(config: pytest.Config) -> None:
    """Compile eicnb once, even if Python is set to write no bytecode, because many test processes import it."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(eicnb.__file__).parent, quiet=2)


def pytest_collection_finish() -> None:
    """Exclude what was imported and collected from garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Use three workers more than there are processors: many tests wait for a kernel, browser or program."""
    return (os.cpu_count() or 1) + 3


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker a whole file at a time, in the order of the tests instead of by size."""
    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = _unit_of_work
    return scheduler


def _unit_of_work(nodeid: str) -> str:
    """Return what one worker runs: a file, whose tests share fixtures, or the folder that shares a browser."""
    file = nodeid.partition("::")[0]
    if Path(file).stem in _APART:
        return nodeid
    return _BROWSER if file.startswith(_BROWSER) else file


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the slow tests first."""
    items.sort(key=lambda item: next((at for at, name in enumerate(_SLOW) if name in item.nodeid), len(_SLOW)))


class Folder(pytest.Package):
    """A folder whose fixtures of scope "package" end with its last test, although it is not a Python package."""

    def setup(self) -> None:
        """Import nothing."""


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Close the browser after its tests: while it runs, no other test of the worker can run an event loop."""
    return Folder.from_parent(parent, path=path) if path == Path(__file__).parents[1] / _BROWSER else None


@pytest.fixture(autouse=True, scope="session")
def own_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the tests' journals; the first is set before anything starts."""
    place = tmp_path_factory.mktemp("own")
    os.environ["EICNB_JOURNAL"] = str(place / "journal")
    return place


@pytest.fixture(autouse=True)
def no_aws_of_this_machine(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove credentials, profiles, connections and settings from outside the test."""
    ours = {variable.name for variable in settings.VARIABLES}
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy") or name in ours:
            monkeypatch.delenv(name)
    monkeypatch.setattr(settings, "_chosen", {})
    monkeypatch.setattr(SHOW_COMMAND, "is_magic", False)
    monkeypatch.setattr(masks, "_active", type(masks._active)())
    monkeypatch.setattr(SHOW_COMMAND, "is_magic", False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(own_place / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(own_place / "no-credentials"))
    monkeypatch.setenv("EICNB_JOURNAL", str(own_place / f"journal-{next(_JOURNALS)}"))
    monkeypatch.setattr(connections, "_in_use", type(connections._in_use)())


@pytest.fixture(scope="session")
def warm_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder where Jupyter finds a kernel that starts warm, and in `bin` runners that do.

    They are forked from a process that all workers share; the first that needs it starts it.
    """
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    path = str(place / "socket")
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            staying = warm.stay(path)
        except OSError:
            Path(path).unlink(missing_ok=True)
            environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
            with (place / "log").open("w") as log:
                words = [sys.executable, warm.__file__, path]
                subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
            staying = warm.stay(path)
            _write_starters(place, [sys.executable, "-I", "-S", warm.__file__, path])
    with staying:
        yield place


def _write_starters(place: Path, start: list[str]) -> None:
    """Write a command for each runner, and a kernel spec for Jupyter."""
    for name in warm.PROGRAMS:
        command = place / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.join([*start, name])} "$@"\n', encoding="utf-8")
        command.chmod(0o700)
    spec = {"argv": [*start, "jupyter-kernel", "-f", "{connection_file}"], "display_name": "warm", "language": "python"}
    kernel = place / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


@pytest.fixture
def warm_python(warm_place: Path) -> str:
    """A Python that has already imported eicnb; it accepts `-c code` or `-m module`."""
    return str(warm_place / "bin" / "python")


@pytest.fixture
def warm_kernels(warm_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every kernel that Jupyter starts here start warm."""
    monkeypatch.setenv("JUPYTER_PATH", str(warm_place))


@pytest.fixture
def eic(no_aws_of_this_machine: None) -> Iterator[eicnb.Eic]:
    """A connection to a sandbox for this test, which is also the connection in use."""
    connection = eicnb.sandbox()
    yield connection
    assert connection.server is not None
    connection.server.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[eicnb.Eic]:
    """Return a sandbox that the tests of a module share; it is not the connection in use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_in_use", type(connections._in_use)())
        connection = eicnb.sandbox()
    yield connection
    assert connection.server is not None
    connection.server.stop()


@pytest.fixture
def keys(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials that a sandbox accepts."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")


@pytest.fixture
def one_attempt(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off botocore's retries, so that failures are immediate."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture(autouse=True)
def eic_of_a_doctest(request: pytest.FixtureRequest) -> None:
    """Provide `eic` to the examples that use it, and start no sandbox for the others."""
    examples = "".join(example.source for example in getattr(getattr(request.node, "dtest", None), "examples", ()))
    if _USES_EIC.search(examples) and not _MAKES_EIC.search(examples):
        request.getfixturevalue("doctest_namespace")["eic"] = request.getfixturevalue("eic")
    if _USES_CONNECTION.search(examples):
        connection = request.getfixturevalue("eic")._connection
        request.getfixturevalue("doctest_namespace")["connection"] = connection
