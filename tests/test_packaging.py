"""The wheel, installed without extras into an empty environment, works with a sandbox in another process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMAND = """
import eicnb
eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=URL))
row = eicnb.put("my-function", maximum_retry_attempts=0).iloc[0]
print(eicnb.__file__)
print(row.function_name, row.qualifier, row.maximum_retry_attempts, row.account_id)
"""

pytestmark = pytest.mark.timeout(300)  # pip may download build requirements


def run(*words: str | Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "EICNB_", "PYTHON"))}
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd="/", env=kept | environment)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


def dependencies(wheel: metadata.Distribution) -> dict[str, metadata.Distribution]:
    """Return the direct and indirect requirements of a distribution, and check their versions."""
    found: dict[str, metadata.Distribution] = {}
    waiting: list[tuple[metadata.Distribution, tuple[str, ...]]] = [(wheel, ())]
    while waiting:
        one, of_it = waiting.pop()
        for text in one.requires or ():
            needed = Requirement(text)
            if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in ("", *of_it)):
                continue
            distribution = metadata.distribution(needed.name)
            assert needed.specifier.contains(distribution.version, prereleases=True), text
            if needed.name not in found or needed.extras:
                waiting.append((distribution, tuple(needed.extras)))
            found[needed.name] = distribution
    return found


def link(distribution: metadata.Distribution, site_packages: Path) -> None:
    """Copy an installed distribution into another environment."""
    for file in distribution.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = site_packages / Path(*file.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(file))))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with only the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    own = ["--no-build-isolation"] if find_spec("hatchling") else []
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *own, "-w", folder, ROOT)
    (wheel,) = folder.glob("eicnb-*.whl")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel)
    site_packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    [installed] = metadata.distributions(name="eicnb", path=[str(site_packages)])
    for distribution in dependencies(installed).values():
        link(distribution, site_packages)
    return python


@pytest.fixture
def url() -> Iterator[str]:
    """A sandbox served from the environment of the tests."""
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
