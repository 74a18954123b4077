"""JupyterLab and Notebook in a real browser, with a kernel that uses a sandbox of this process."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from eicnb.client.eic import Eic

ROOT = Path(__file__).parents[2]
TOKEN = "of-this-test-alone"
CHROMIUM = os.environ.get("EICNB_CHROMIUM") or shutil.which("chromium")
PICTURES = os.environ.get("EICNB_SCREENSHOTS")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
VIEWPORT = {"width": 1280, "height": 1400}
FRONT_ENDS = {"lab": "lab/tree/{}?reset", "notebook": "notebooks/{}"}
UNUSED = ("debugger", "extensionmanager", "lsp", "terminal")
SETTINGS: dict[str, Any] = {
    "default_setting_overrides.json": {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}},
    "page_config.json": {"disabledExtensions": {f"@jupyterlab/{name}-extension": True for name in UNUSED}},
}
"""Turns off what no test needs, so that a front end starts sooner."""

LAID_OUT = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"
SETUP = """\
import eicnb
%load_ext eicnb
eic = eicnb.use(eicnb.connect(region="us-east-1", endpoint_url="URL"))
"""
SAVE_STATE = """\
import json
from pathlib import Path
from ipywidgets.embed import dependency_state
Path("state.json").write_text(json.dumps(dependency_state(form)))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip these tests without a browser, and say what to install."""
    if CHROMIUM is None:
        why = "no Chromium: apt-get install chromium, or its path in EICNB_CHROMIUM"
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="module")
def aws(shared: Eic) -> Eic:
    """The sandbox that all notebooks use, from this process."""
    return shared


@dataclass(frozen=True)
class Jupyter:
    """A running server: its URL and its folder."""

    url: str
    folder: Path
    environment: Mapping[str, str]

    def trust(self, name: str) -> None:
        """Trust a notebook as `jupyter trust` does, so that its widgets and scripts are shown."""
        notary = NotebookNotary(data_dir=self.environment["JUPYTER_DATA_DIR"])
        notary.sign(nbformat.read(self.folder / name, as_version=4))
        notary.store.close()


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory: pytest.TempPathFactory, warm_place: Path) -> Iterator[Jupyter]:
    """One server for all tests."""
    with serving(tmp_path_factory.mktemp("jupyter"), warm_place) as server:
        yield server


@contextmanager
def serving(home: Path, warm_place: Path | None = None) -> Iterator[Jupyter]:
    """A server with JupyterLab and Notebook, without any settings of this machine."""
    folder = home / "notebooks"
    folder.mkdir()
    for name, settings in SETTINGS.items():
        path = home / "jupyter_config_dir" / "labconfig" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "JUPYTER"))}
    environment |= {name: str(home / name.lower()) for name in own}
    environment |= {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "PYTHONPATH": str(ROOT)}
    if warm_place:
        environment["JUPYTER_PATH"] = str(warm_place)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": TOKEN,
        "LabApp.expose_app_in_browser": True,
        "JupyterNotebookApp.expose_app_in_browser": True,
    }
    python = str(warm_place / "bin" / "python") if warm_place else sys.executable
    words = [python, "-m", "jupyter_server", *(f"--{name}={value}" for name, value in options.items())]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=home)
        try:
            _await(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server)
            yield Jupyter(f"http://127.0.0.1:{port}", folder, environment)
        finally:
            server.terminate()
            server.wait(60)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the Jupyter server runs"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the Jupyter server did not answer within a minute")


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Debian's headless Chromium; while it runs, no other test of the worker can run an event loop."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield launched
        launched.close()


class Page:
    """One notebook in one front end."""

    def __init__(self, page: Any, jupyter: Jupyter, front_end: str) -> None:
        self.page = page
        self.front_end = front_end
        self.jupyter = jupyter
        self.folder = jupyter.folder

    def open(self, name: str) -> None:
        """Open a notebook of the folder."""
        self.page.bring_to_front()
        self.page.evaluate(
            "() => document.querySelector('.jp-Dialog .jp-mod-accept')?.click()"
        )  # the dialog about a kernel that died
        if self.front_end == "lab" and self.page.url.startswith(self.jupyter.url):
            self.command("docmanager:open", path=name)
            self.page.wait_for_function("name => jupyterapp.shell.currentWidget?.context?.path === name", arg=name)
            return
        path = FRONT_ENDS[self.front_end].format(name)
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.jupyter.url}/{path}{joint}token={TOKEN}", timeout=60_000)
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 0", timeout=60_000
        )

    def open_new(self, name: str) -> None:
        """Open a new notebook of empty cells."""
        path = f"{name}-{self.front_end}.ipynb"
        write_notebook(self.folder / path, "", "", "")
        self.open(path)

    def connect(self, aws: Eic) -> None:
        """Clear the notebook, and connect its kernel to a sandbox."""
        self.command("notebook:clear-all-cell-outputs")
        self.run(SETUP.replace("URL", str(aws.endpoint_url)), 0)

    def run(self, source: str, cell: int = 1) -> None:
        """Put the source into a cell, run it, and wait until it finishes, with the page in front."""
        self.page.bring_to_front()
        self.page.evaluate(
            """async ([source, cell]) => {
                const app = window.jupyterapp, panel = app.shell.currentWidget;
                await panel.sessionContext.ready;
                panel.content.model.sharedModel.getCell(cell).setSource(source);
                panel.content.activeCellIndex = cell;
                panel.content.deselectAll();
                await app.commands.execute('notebook:run-cell');  // its value is large, and nobody needs it
            }""",
            [source, cell],
        )

    def start(self, source: str, cell: int = 1) -> None:
        """Put the source into a cell and run it, without waiting."""
        self.page.evaluate(
            """([source, cell]) => {
                const app = window.jupyterapp, panel = app.shell.currentWidget;
                panel.content.model.sharedModel.getCell(cell).setSource(source);
                panel.content.activeCellIndex = cell;
                panel.content.deselectAll();
                void app.commands.execute('notebook:run-cell');
            }""",
            [source, cell],
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of the front end."""
        self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }", [name, arguments]
        )

    def saved_as(self, name: str, *, saves_state: bool) -> Any:
        """Save the notebook under another name, without a kernel to start."""
        model = self.page.evaluate("() => jupyterapp.shell.currentWidget.content.model.toJSON()")
        notebook: Any = nbformat.from_dict(model)
        notebook.metadata.pop("widgets", None)
        if saves_state:
            self.run(SAVE_STATE, cell=2)
            state = json.loads((self.folder / "state.json").read_text())
            notebook.metadata["widgets"] = {
                "application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": state}
            }
        notebook.metadata["kernelspec"] = {"name": "none", "display_name": "none", "language": "python"}
        nbformat.write(notebook, self.folder / name)
        return notebook

    def form(self, *arguments: str) -> Any:
        """Open a new form, and wait for its Apply button."""
        self.run(f"form = eicnb.form({', '.join(arguments)})\nform")
        form = self.page.locator(".jp-NotebookPanel:visible .jp-OutputArea .eicnb-form")
        form.locator(".eicnb-apply").wait_for()
        return form

    def picture(self, name: str) -> None:
        """Save a screenshot if a folder for it is set; each takes half a second."""
        if PICTURES:
            file = f"{self.front_end}-{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
            self.page.screenshot(path=Path(PICTURES) / file)

    @contextmanager
    def as_wide_as(self, width: int) -> Iterator[None]:
        """Set the width of the window, without the file browser, and restore it afterwards."""
        before = self.page.viewport_size
        is_lab = self.front_end == "lab"
        if is_lab:
            self.command("application:toggle-left-area")
        self.page.set_viewport_size({"width": width, "height": 1400})
        self.page.evaluate(LAID_OUT)
        try:
            yield
        finally:
            self.page.set_viewport_size(before)
            if is_lab:
                self.command("application:toggle-left-area")


def write_notebook(path: Path, *cells: str) -> None:
    v4: Any = nbformat.v4  # its functions have no types
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells], metadata=kernel), path)


@pytest.fixture(scope="package", params=FRONT_ENDS)
def front_end(request: pytest.FixtureRequest, jupyter: Jupyter, browser: Any) -> Iterator[Page]:
    """A notebook with a warm kernel, in which every test runs its own cell."""
    context = browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(60_000)
    page = Page(context.new_page(), jupyter, request.param)
    page.open_new("forms")
    yield page
    context.close()


@pytest.fixture(scope="module")
def page(front_end: Page, aws: Eic) -> Page:
    """The notebook, connected to the sandbox of the module."""
    front_end.connect(aws)
    return front_end


@pytest.fixture(scope="package")
def second_page(front_end: Page) -> Page:
    """Another page of the same front end, for notebooks that are reopened or lose their kernel."""
    page = front_end.page.context.new_page()
    page.set_viewport_size(VIEWPORT)
    return Page(page, front_end.jupyter, front_end.front_end)
