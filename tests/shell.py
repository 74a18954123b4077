"""A real IPython shell for each test, and what users see in it."""

from __future__ import annotations

import atexit
import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import eicnb
from eicnb.client import connections


class Notebook:
    """Runs cells, and collects what they print and raise."""

    def __init__(self, shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.shell = shell
        self._capsys = capsys

    def run(self, cell: str) -> Any:
        """Run a cell that must succeed, and return its value."""
        outcome = self.shell.run_cell(cell)
        outcome.raise_error()
        return outcome.result

    def fail(self, cell: str) -> BaseException:
        """Run a cell that must fail, and return its error; `printed` returns what it showed."""
        self._capsys.readouterr()
        outcome = self.shell.run_cell(cell)
        error = outcome.error_before_exec or outcome.error_in_exec
        assert isinstance(error, BaseException), f"it succeeded:\n{cell}"
        return error

    def printed(self) -> str:
        """Return what was printed since the last call."""
        seen = self._capsys.readouterr()
        assert seen.err == ""
        return seen.out

    def __getitem__(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.shell.user_ns


@pytest.fixture
def bare_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Notebook]:
    """A fresh shell without eicnb."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.delattr(builtins, "_", raising=False)  # with one left by a doctest, IPython would not set its own
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    before = set(connections._in_use.named().values())
    yield Notebook(shell, capsys)
    for started in set(connections._in_use.named().values()) - before:
        if started.server is not None:
            started.server.stop()  # otherwise its account id stays in use, and the next sandbox gets another one
    atexit.unregister(shell.atexit_operations)
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(eic: eicnb.Eic, bare_notebook: Notebook) -> Notebook:
    """A fresh shell with the magics and its own sandbox."""
    bare_notebook.run("%load_ext eicnb")
    return bare_notebook


@pytest.fixture
def sent(eic: eicnb.Eic) -> Any:
    """The operations sent so far."""

    def operations() -> list[str | None]:
        assert eic.server is not None
        return [request.operation for request in eic.server.requests()]

    return operations
