"""`eicnb.show` and `%eic show`: other columns and more rows, shown immediately."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client import settings
from eicnb.errors import UsageError
from eicnb.frames.view import SHOW_COMMAND
from tests.shell import Notebook


@pytest.fixture
def configs(notebook: Notebook, eic: eicnb.Eic) -> Notebook:
    notebook.run("configs = %eic list my-function")
    return notebook


def test_a_frame_is_shown_with_all_its_columns(configs: Notebook, eic: eicnb.Eic) -> None:
    configs.run("%eic show ${configs} --columns all")
    printed = configs.printed()
    assert f"arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:BLUE" in printed
    assert "maximum_event_age_in_seconds" in printed


def test_columns_and_rows_are_chosen(configs: Notebook) -> None:
    configs.run("%eic show ${configs} --columns qualifier,on_failure --rows 1")
    assert configs.printed().splitlines()[1:] == [
        "Qualifier  On failure",
        "BLUE       none",
        "%eic show ${frame} --rows all shows all rows",
        "SANDBOX  account 123456789012  us-east-1  2 rows, 1 of them not shown",
    ]


def test_the_setting_is_for_every_frame_and_a_call_wins_over_it(configs: Notebook) -> None:
    configs.run("%config EicMagics.columns = ['region', 'qualifier']")
    configs.run("configs")
    assert configs.printed().splitlines()[1].split() == ["Region", "Qualifier"]
    configs.run("%eic show ${configs} --columns auto")
    assert configs.printed().splitlines()[1].split()[0] == "Function"
    configs.run("%config EicMagics.columns = 'al'")
    assert settings.current().columns == ("region", "qualifier")


def test_names_with_commas_are_columns_in_the_setting_too(configs: Notebook) -> None:
    configs.run("%config EicMagics.columns = 'qualifier, on_failure'\n%reload_ext eicnb")
    configs.run("configs")
    assert configs.printed().splitlines()[-5:] == [
        "Qualifier  On failure",
        "BLUE       none",
        "GREEN      sqs shop-failures",
        "10 columns hidden; %eic show ${frame} --columns all shows all of them",
        "SANDBOX  account 123456789012  us-east-1  2 rows",
    ]
    configs.shell.run_cell("%config EicMagics.columns = ['function_name', 'retries']")
    assert settings.current().columns == ("qualifier", "on_failure")


def test_python_shows_any_frame(capsys: pytest.CaptureFixture[str]) -> None:
    eicnb.show(pd.DataFrame({"a": ["<b>"], "n": [1]}))
    assert capsys.readouterr().out.splitlines() == ["a    n", "<b>  1", "1 row"]


TWICE = pd.DataFrame([[1, 2]], columns=["a", "a"])
EMPTY = pd.DataFrame({"region": pd.array([], dtype="string")})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"frame": "audit"}, "show takes a frame, not 'audit'\nTry: eicnb.show(audit), with a frame of a verb"),
        ({"frame": EMPTY, "columns": ["regoin"]}, "the frame has no column 'regoin'\nTry: region"),
        ({"frame": EMPTY, "columns": "al"}, "the frame has no column 'al'\nTry: all"),
        ({"frame": EMPTY, "rows": 0}, 'rows is 0; it must be a whole number, 1 or more, or all\nTry: rows="all"'),
        (
            {"frame": EMPTY, "rows": "few"},
            "rows is 'few'; it must be a whole number, 1 or more, or all\nTry: rows=\"all\"",
        ),
        ({"frame": EMPTY, "colums": "all"}, "show has no parameter 'colums'\nTry: columns"),
        ({"frame": TWICE}, "the frame has several columns 'a'\nTry: frame.loc[:, ~frame.columns.duplicated()]"),
    ],
)
def test_an_invalid_call_has_a_hint(call: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        eicnb.show(**call)
    assert str(caught.value) == message


def test_the_magic_points_at_a_value_that_is_not_a_frame(configs: Notebook) -> None:
    error = configs.fail("%eic show configs")
    assert isinstance(error, UsageError)
    assert (error.message, error.hint) == (
        "the frame is 'configs', which is text, not a DataFrame",
        "%eic show ${configs}",
    )
    configs.fail("%eic show ${configs} --columns quailfier")
    assert "Try: qualifier" in configs.printed()


def test_a_loop_shows_each_frame_at_once(configs: Notebook) -> None:
    configs.run("import eicnb\nfor count in (1, 2):\n    eicnb.show(configs, columns=['qualifier'], rows=count)")
    assert configs.printed().count("Qualifier\nBLUE\n") == 2


@pytest.mark.parametrize(("rows", "shown"), [("-1", "-1"), ("0", "0"), ("many", "'many'")])
def test_an_impossible_number_of_rows_is_refused_in_a_line(configs: Notebook, rows: str, shown: str) -> None:
    error = configs.fail(f"%eic show ${{configs}} --rows {rows}")
    assert isinstance(error, UsageError)
    assert error.message == f"rows is {shown}; it must be a whole number, 1 or more, or all"
    assert error.hint == "--rows all"
    assert configs.run(f"%eic show ${{configs}} {error.hint}") is not None


def test_the_caption_suggests_the_magic_only_while_it_is_loaded(configs: Notebook) -> None:
    configs.run("%config EicMagics.columns = 'qualifier, on_failure'\nconfigs")
    assert "10 columns hidden; %eic show ${frame} --columns all shows all of them" in configs.printed().splitlines()
    configs.run("%eic show ${configs} --columns all\n%unload_ext eicnb")
    assert "hidden" not in configs.printed()
    assert SHOW_COMMAND.with_all(["columns"]) == 'eicnb.show(frame, columns="all")'
