"""`%config EicMagics` changes how commands behave, and `%eic config` shows the settings and their sources."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError

import eicnb
from eicnb.client import settings
from eicnb.errors import UsageError
from eicnb.notebook.magics import EicMagics
from tests.shell import Notebook


def sources(notebook: Notebook) -> dict[str, tuple[Any, Any]]:
    rows = notebook.run("%eic config").astype(object)
    return {name: (value, source) for name, value, source in rows.itertuples(index=False, name=None)}


def test_every_setting_is_a_trait_with_its_meaning_and_its_default() -> None:
    traits = EicMagics.class_traits(config=True)
    own = {name: trait for name, trait in traits.items() if name in settings.MEANINGS}
    assert list(settings.MEANINGS) == list(settings.Settings.__dataclass_fields__)
    assert {name: trait.help for name, trait in own.items()} == settings.MEANINGS
    defaults = settings.Settings()
    for name, trait in own.items():
        value = trait.default()
        assert (tuple(value) if isinstance(value, list) else value) == getattr(defaults, name)


def test_the_settings_and_where_they_come_from(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_MAX_ROWS", "7")
    notebook.run("%config EicMagics.rate = 12")
    held = sources(notebook)
    assert held["rate"] == ("12.0", "%config")
    assert held["max_rows"] == ("7", "environment")
    assert held["progress"] == ("True", "default")
    assert held["region"] == ("us-east-1", "use")


def test_option_then_use_then_config_then_environment(bare_notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-1")
    bare_notebook.run("%load_ext eicnb")
    assert sources(bare_notebook)["region"] == ("us-west-1", "environment, AWS_DEFAULT_REGION")
    bare_notebook.run("%config EicMagics.region = 'eu-west-2'")
    assert (eicnb.current().region, sources(bare_notebook)["region"]) == ("eu-west-2", ("eu-west-2", "%config"))
    bare_notebook.run("%eic use --region eu-west-3")
    assert (eicnb.current().region, sources(bare_notebook)["region"]) == ("eu-west-3", ("eu-west-3", "use"))


def test_the_profile_of_the_config_is_that_of_the_first_connection(
    bare_notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(bare_notebook.shell.ipython_dir) / "aws-config"
    config.write_text("[profile prod]\nregion = eu-central-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    bare_notebook.run("%load_ext eicnb\n%config EicMagics.profile = 'prod'")
    assert repr(eicnb.current()) == "Eic(region='eu-central-1', profile='prod')"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rate", 0.0, "rate is 0.0"),
        ("max_rows", 0, "max_rows is 0"),
        ("redact_names", [""], "name 1 of 1 to redact is empty"),
        ("region", "us east", "'us east' is not the name of a region"),
        ("region", "", "region is ''"),
    ],
)
def test_an_invalid_setting_changes_nothing(notebook: Notebook, name: str, value: object, message: str) -> None:
    [magics] = [one for one in notebook.shell.configurables if isinstance(one, EicMagics)]
    before = settings.current()
    with pytest.raises(TraitError) as caught:
        setattr(magics, name, value)
    assert str(caught.value).startswith(message)
    assert settings.current() == before
    assert getattr(magics, name) != value


def test_without_interpolation_text_is_what_it_is(notebook: Notebook) -> None:
    notebook.run("name = 'my-function:BLUE'\n%config EicMagics.interpolate = False")
    error = notebook.fail("%eic get ${name}")
    assert isinstance(error, UsageError)
    assert error.message == "the function name '${name}' has a '$', which no function name in AWS can have"
    assert (
        len(notebook.run("%eic get my-function --qualifier $LATEST --query FunctionArn --generate-cli-skeleton") or "")
        == 0
    )
    notebook.run("%config EicMagics.interpolate = True")
    assert notebook.run("%eic get ${name}").qualifier.tolist() == ["BLUE"]


def test_max_rows_cuts_the_display(notebook: Notebook) -> None:
    notebook.run("%config EicMagics.max_rows = 2")
    assert "rows, " in repr(notebook.run("%eic functions"))
    assert repr(notebook.run("%eic use")).endswith("the connections of this notebook  1 row")


def untouched() -> settings.Settings:
    """Return the settings of a process that chooses none, with the journal of the tests."""
    return replace(settings.Settings(), journal=os.environ["EICNB_JOURNAL"])


def test_reloading_leaves_one_of_everything_and_unloading_nothing(notebook: Notebook) -> None:
    shell = notebook.shell

    def own() -> list[Any]:
        return [one for one in shell.configurables if type(one).__name__ == "EicMagics"]

    notebook.run("%config EicMagics.max_rows = 9")
    notebook.run("%reload_ext eicnb\n%reload_ext eicnb")
    assert (len(own()), settings.current().max_rows) == (1, 9)
    notebook.run("%unload_ext eicnb")
    assert (own(), settings.current()) == ([], untouched())
    assert "EicMagics" not in shell.magics_manager.registry
    notebook.run("%load_ext eicnb")
    assert len(own()) == 1


@pytest.mark.parametrize("assignment", ["max_rows = 0", "rate = 0", "rate = 'x'", "region = ''", "maxrows = 3"])
def test_a_refused_value_does_not_prevent_a_reload(notebook: Notebook, assignment: str) -> None:
    notebook.shell.run_cell(f"%config EicMagics.{assignment}")
    notebook.run("%reload_ext eicnb")
    assert settings.current() == untouched()
    assert len(notebook.run("x = %eic get my-function:BLUE\nx")) == 1


def test_a_value_that_is_the_default_is_chosen_over_the_environment(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EICNB_MAX_ROWS", "3")
    monkeypatch.setenv("EICNB_REDACT", "1")
    notebook.run("%config EicMagics.max_rows = 60\n%config EicMagics.redact = False")
    assert (settings.current().max_rows, settings.current().redact) == (60, False)
    assert settings.source("redact") == "chosen"
