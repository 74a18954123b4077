"""The programs that run notebooks, each started as usual, or warm."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

SCRIPTS = Path(sys.executable).parent
Environment = Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """The result of a run: the runner's output, and the notebook that it saved, if any."""

    succeeded: bool
    said: str
    saved: nbformat.NotebookNode | None


Runner = Callable[[Path, Environment], Run]


def written(folder: Path, *cells: str) -> Path:
    """A notebook of these cells; the first one has its parameters."""
    v4: Any = nbformat.v4  # its functions have no types
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "runbook.ipynb"
    nbformat.write(notebook, path)
    return path


def saved_at(path: Path) -> nbformat.NotebookNode | None:
    return nbformat.read(path, as_version=4) if path.exists() else None


def by_nbclient(path: Path, environment: Environment) -> Run:
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=60, resources=place)
    try:
        asyncio.run(client.async_execute(env=dict(environment)))
    except CellExecutionError as error:
        return Run(succeeded=False, said=str(error), saved=notebook)
    return Run(succeeded=True, said="", saved=notebook)


def by_nbconvert(path: Path, environment: Environment) -> Run:
    out = path.with_name("out.ipynb")
    return _command(path, environment, out, "jupyter-nbconvert", "--to=notebook", "--execute", "--output=out", path)


def by_papermill(path: Path, environment: Environment, *more: str) -> Run:
    out = path.with_name("out.ipynb")
    return _command(path, environment, out, "papermill", "--no-progress-bar", path, out, *more)


def by_nbmake(path: Path, environment: Environment) -> Run:
    words = ("-p", "nbmake.pytest_plugin", "--nbmake", "--overwrite", "--rootdir", path.parent, path)
    return _command(path, {**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, path, "pytest", *words)


def _command(path: Path, environment: Environment, out: Path, name: str, *words: str | Path) -> Run:
    command = shutil.which(name, path=environment["PATH"])
    assert command is not None
    done = subprocess.run(
        [command, *words],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        cwd=path.parent,
        env=dict(environment),
    )
    return Run(succeeded=done.returncode == 0, said=done.stdout, saved=saved_at(out))


RUNNERS: Mapping[str, Runner] = {
    "nbclient": by_nbclient,
    "nbconvert": by_nbconvert,
    "papermill": by_papermill,
    "nbmake": by_nbmake,
}


def quiet_home(home: Path) -> dict[str, str]:
    """The environment of a runner with its own files and without this machine's AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "EICNB_", "PYTEST_"))}
    files = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "AWS_CONFIG_FILE")
    own = {"PATH": f"{SCRIPTS}{os.pathsep}{kept['PATH']}", "PYTHONPATH": str(Path(__file__).parents[2])}
    return kept | {name: str(home / name) for name in files} | own


def warmed(environment: Environment, warm_place: Path) -> dict[str, str]:
    """The same environment with runners and kernels that start warm."""
    path = f"{warm_place / 'bin'}{os.pathsep}{environment['PATH']}"
    return {**environment, "PATH": path, "JUPYTER_PATH": str(warm_place)}


def served_by(url: str) -> dict[str, str]:
    """The variables that point a runner to an AWS served by another process."""
    keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    return {**keys, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}


@pytest.fixture
def environment(tmp_path: Path, warm_place: Path, warm_kernels: None) -> Environment:
    return warmed(quiet_home(tmp_path), warm_place)
