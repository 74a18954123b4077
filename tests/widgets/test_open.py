from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import eicnb
from eicnb.cli.options import VERBS
from eicnb.widgets.preview import StaticForm
from tests.widgets.driver import button, field, opened, shown

if TYPE_CHECKING:
    from tests.shell import Notebook


def test_without_widgets_the_config_and_a_line_to_edit_are_shown(notebook: Notebook, eic: eicnb.Eic) -> None:
    shown_instead = notebook.run("%eic form my-function --qualifier BLUE")
    assert isinstance(shown_instead, StaticForm)
    assert repr(shown_instead) == (
        f"my-function:BLUE in us-east-1, account {eic.account_id} (SANDBOX)\n"
        "The current config:\n"
        "  Maximum retry attempts  0\n"
        "  Maximum event age       3600 s = 1 hour\n"
        "  On success              none\n"
        "  On failure              none\n"
        "To change it, edit and run:\n"
        "    %eic put my-function --qualifier BLUE --retries 0 --max-age 1h"
    )
    assert notebook.shell.rl_next_input == "%eic put my-function --qualifier BLUE --retries 0 --max-age 1h"
    assert notebook.run(shown_instead.line).maximum_retry_attempts.tolist() == [0]


def test_the_line_to_edit_acts_where_the_form_acts(notebook: Notebook, eic: eicnb.Eic) -> None:
    form = notebook.run("%eic form checkout-eu --qualifier live --region eu-west-1")
    line = "%eic put checkout-eu --qualifier live --region eu-west-1 --retries 2 --max-age 1h "
    assert notebook.shell.rl_next_input == form.line == f"{line}--on-failure sqs:checkout-failures"
    assert notebook.run(form.line).region.tolist() == ["eu-west-1"]
    python = form.preview.commands()["In Python"]
    notebook.run("import eicnb")
    assert notebook.run(python).region.tolist() == ["eu-west-1"]
    eicnb.use(eic.derive(region="eu-west-1"))
    assert "--region us-east-1" in eic.form("my-function", qualifier="BLUE").line


def test_a_line_that_cannot_lead_to_the_form_says_so(eic: eicnb.Eic) -> None:
    eicnb.use(eicnb.connect(region="us-east-1"))
    note = "%eic and eicnb act on the connection in use, which is not this form's."
    assert repr(eic.form("newsletters")).splitlines()[-1] == note


def test_a_line_that_is_refused_as_it_stands_says_so(notebook: Notebook) -> None:
    form = notebook.run("%eic form search-indexer")
    note = (
        "AWS would refuse this line: On failure: 'search-updates.fifo' is a FIFO queue, to which Lambda does "
        "not deliver records of asynchronous events. Try: send to a standard queue"
    )
    assert repr(form).splitlines()[-1] == note
    assert html.escape(note) in form._repr_html_()
    assert isinstance(notebook.fail(form.line), eicnb.UsageError)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function_name": 3}, "3 is not the name of a function"),
        ({"function_name": ["my-function"]}, "a list is not the name of a function"),
        ({"function_name": "my-function", "qualifier": 3}, "the qualifier is 3, not text"),
        ({"function_name": "my-function", "qualifier": pd.NA}, "the qualifier is <NA>, which is not set, not text"),
        ({"function_name": "my-function", "qualifier": ""}, "the qualifier is empty"),
    ],
)
def test_a_form_for_an_invalid_name_is_refused(eic: eicnb.Eic, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(eicnb.UsageError) as raised:
        eic.form(**arguments)
    assert raised.value.message == message


def test_a_missing_qualifier_is_an_error_at_once(eic: eicnb.Eic) -> None:
    with pytest.raises(eicnb.NotFound) as raised:
        eic.form("my-function", qualifier="nope")
    assert raised.value.message == "there is no version or alias 'nope' of my-function"
    form = opened(eic, "my-function", "nope")
    field(form, "Maximum retry attempts").value = "1"
    assert "Not ready: There is no version or alias &#x27;nope&#x27; of my-function." in shown(form)
    assert button(form, "Apply").disabled


CALLS = [
    "%eic form my-function:BLUE",
    "eicnb.form('my-function', qualifier='BLUE')",
    "%eic form --function-name my-function:BLUE",
]


@pytest.mark.parametrize("call", CALLS)
def test_the_calls_are_the_same(notebook: Notebook, call: str) -> None:
    notebook.run("import eicnb")
    assert notebook.run(call).line == "%eic put my-function --qualifier BLUE --retries 0 --max-age 1h"


FAILURES = [
    ("%eic form nobody", "there is no function 'nobody' in us-east-1"),
    ("%eic form my-function:BLUE --qualifier GREEN", "the function is named with the qualifier 'BLUE', but the"),
    ("%eic form --qualifier live", "a qualifier needs a function"),
    ("%eic form my-function --retries 1", "eic form has no option '--retries'"),
]


@pytest.mark.parametrize(("call", "message"), FAILURES)
def test_a_form_that_cannot_open_says_why(notebook: Notebook, call: str, message: str) -> None:
    error = notebook.fail(call)
    assert isinstance(error, eicnb.NotFound if "nobody" in call else eicnb.UsageError)
    assert error.message.startswith(message)


def test_the_verb_takes_the_options_of_a_connection() -> None:
    [verb] = [verb for verb in VERBS if verb.name == "form"]
    assert {"--function-name", "--qualifier", "--region", "--profile"} <= {option.name for option in verb.options}
