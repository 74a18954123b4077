"""The wheel, installed without extras into an empty environment, speaks to a sandbox in another process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMAND = """
import eicnb
eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=URL))
row = eicnb.put("my-function", maximum_retry_attempts=0).iloc[0]
print(eicnb.__file__)
print(row.function_name, row.qualifier, row.maximum_retry_attempts, row.account_id)
"""

pytestmark = pytest.mark.timeout(600)  # pip fetches the dependencies


def run(*words: str | Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "EICNB_", "PYTHON"))}
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd="/", env=kept | environment)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the wheel and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    (wheel,) = folder.glob("eicnb-*.whl")
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "-q", wheel)
    return python


@pytest.fixture
def url() -> Iterator[str]:
    """A sandbox that the environment of the tests serves."""
    command = [sys.executable, "-m", "eicnb", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.terminate()


def test_the_wheel_alone_puts_a_config(python: Path, url: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    where, row = run(python, "-c", COMMAND.replace("URL", repr(url)), **keys).splitlines()
    assert Path(where).is_relative_to(python.parents[1])
    assert row == "my-function $LATEST 0 123456789012"


def test_the_installed_command_names_its_programs_and_the_missing_extra(python: Path) -> None:
    command = python.with_name("eicnb")
    assert "eicnb scrub" in run(command, "--help")
    done = subprocess.run([command, "sandbox"], check=False, capture_output=True, text=True, cwd="/")
    assert (done.returncode, done.stderr) == (253, "The sandbox needs moto.\nTry: pip install 'eicnb[sandbox]'\n")


def test_the_metadata_says_what_the_package_is() -> None:
    assert {"Framework :: IPython", "Framework :: Jupyter", "Typing :: Typed"} <= set(PROJECT["classifiers"])
    assert PROJECT["keywords"]
    assert {"sandbox", "notebooks", "test", "dev"} <= PROJECT["optional-dependencies"].keys()
