from __future__ import annotations

from typing import Any

import pytest

import eicnb
from eicnb.client import settings
from eicnb.client.settings import Settings
from eicnb.errors import ConfigurationError, UsageError
from eicnb.redaction import masks


@pytest.fixture(autouse=True)
def no_setting_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EICNB_JOURNAL")


def test_the_defaults() -> None:
    assert settings.current() == Settings(max_rows=60, redact=False, redact_names=())
    assert {settings.source(name) for name in ("max_rows", "redact", "redact_names")} == {"default"}


def test_a_choice_overrides_the_environment_until_it_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_MAX_ROWS", "7")
    monkeypatch.setenv("EICNB_REDACT", "1")
    assert (settings.current(), settings.source("redact")) == (Settings(max_rows=7, redact=True), "environment")
    settings.choose(max_rows=3, redact=False)
    assert (settings.current(), settings.source("redact")) == (Settings(max_rows=3), "chosen")
    assert not masks.active().on
    settings.choose(max_rows=None, redact=None)
    assert settings.current() == Settings(max_rows=7, redact=True)
    assert masks.active().on


def test_names_can_be_chosen_while_the_environment_has_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT", "true")
    settings.choose(redact_names=[" acme ", "shop"])
    assert masks.active() == masks.Redaction(on=True, names=("acme", "shop"))


REFUSED = [
    ({"max_rows": 0}, "max_rows is 0\nTry: set a whole number, 1 or more"),
    ({"max_rows": True}, "max_rows is True\nTry: set a whole number, 1 or more"),
    ({"columns": ["function_name", "retries"]}, "no frame has a column 'retries'\nTry: maximum_retry_attempts"),
    ({"columns": "regoin"}, "no frame has a column 'regoin'\nTry: region"),
    ({"columns": "al"}, "no frame has a column 'al'\nTry: all"),
    ({"columns": ["§"]}, "no frame has a column '§'\nTry: use the names in frame.columns"),
    ({"redact": "yes"}, "redact is 'yes'\nTry: set True or False"),
    ({"redact_names": ["acme", " "]}, "name 2 of 2 to redact is empty\nTry: remove the empty name"),
    ({"redact_names": ["acme", 7]}, "name 2 of 2 to redact is a int\nTry: give a string"),
    ({"redact_names": "acme"}, 'redact_names is a single string\nTry: give a list of names, such as ["my-company"]'),
    (
        {"max_row": 1},
        f"there is no setting 'max_row'\nTry: {', '.join(settings.MEANINGS)}",
    ),
]


@pytest.mark.parametrize(("values", "message"), REFUSED)
def test_a_bad_value_is_refused_and_nothing_is_chosen(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings.choose(redact=True, **values) if "redact" not in values else settings.choose(**values)
    assert str(caught.value) == message
    assert settings.current() == Settings()


VARIABLES = [
    ("EICNB_MAX_ROWS", "many", "EICNB_MAX_ROWS: max_rows is 'many'\nTry: set a whole number, 1 or more"),
    ("EICNB_MAX_ROWS", "0", "EICNB_MAX_ROWS: max_rows is 0\nTry: set a whole number, 1 or more"),
    ("EICNB_COLUMNS", "region,retries", "EICNB_COLUMNS: no frame has a column 'retries'\nTry: maximum_retry_attempts"),
    ("EICNB_REDACT", "maybe", "EICNB_REDACT: redact is 'maybe'\nTry: set 1 or 0"),
    (
        "EICNB_REDACT_NAMES",
        "acme,,shop",
        "EICNB_REDACT_NAMES: name 2 of 3 to redact is empty\nTry: remove the empty name",
    ),
    (
        "EICNB_REDACT_NAMES",
        "acme,",
        "EICNB_REDACT_NAMES: name 2 of 2 to redact is empty\nTry: remove the empty name",
    ),
]


@pytest.mark.parametrize(("name", "text", "message"), VARIABLES)
def test_a_variable_that_cannot_be_used_is_an_error(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(ConfigurationError) as caught:
        settings.current()
    assert str(caught.value) == message


@pytest.mark.parametrize("verb", [eicnb.connect, eicnb.sandbox])
def test_a_variable_that_cannot_be_used_stops_a_script_before_it_connects(
    monkeypatch: pytest.MonkeyPatch, verb: Any
) -> None:
    monkeypatch.setenv("EICNB_REDACT_NAMES", "acme,")
    with pytest.raises(ConfigurationError):
        verb()


@pytest.mark.parametrize("columns", ["function_name, on_failure", ["function_name", "on_failure"]])
def test_columns_are_chosen_in_one_text_or_in_a_list(columns: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.choose(columns=columns).columns == ("function_name", "on_failure")
    settings.choose(columns=None)
    monkeypatch.setenv("EICNB_COLUMNS", "function_name,on_failure")
    assert settings.current().columns == ("function_name", "on_failure")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in settings.VARIABLES:
        monkeypatch.setenv(variable.name, " ")
    assert settings.current() == Settings()


@pytest.mark.parametrize(
    "line", ["import eicnb; s = eicnb.settings", "import eicnb.settings as s", "from eicnb import settings as s"]
)
def test_the_settings_are_reachable_under_their_name(line: str) -> None:
    names: dict[str, Any] = {}
    exec(line, names)  # the ways in which users import it
    assert names["s"].choose is settings.choose
