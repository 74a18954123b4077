"""A notebook with redaction on, in a real shell: its outputs, its errors and what it prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import eicnb
from eicnb.client import settings
from eicnb.errors import ConfigurationError, NotFound, UsageError
from eicnb.notebook.masked_display import MaskedFormat

if TYPE_CHECKING:
    from tests.shell import Notebook


@pytest.fixture
def redacted(notebook: Notebook, eic: eicnb.Eic) -> Notebook:
    settings.choose(redact=True, redact_names=["my-function"])
    return notebook


def bundle(notebook: Notebook, cell: str) -> dict[str, Any]:
    """Return all representations of a cell's value."""
    shown, _ = notebook.shell.display_formatter.format(notebook.run(cell))
    notebook.printed()
    assert isinstance(shown, dict)
    return shown


def test_a_frame_is_html_and_text_and_nothing_else(notebook: Notebook) -> None:
    assert bundle(notebook, "%eic list my-function").keys() == {"text/html", "text/plain"}


SHOWN = [
    "%eic list my-function",
    "%eic list my-function --query 'FunctionEventInvokeConfigs[].FunctionArn'",
    "%eic get my-function:BLUE --query FunctionArn",
    "%eic list my-function --query 'FunctionEventInvokeConfigs[].{arn: FunctionArn}'",
    "x = %eic list my-function\nx[['function_arn']]",
    "x = %eic list my-function\nx.function_arn",
    "x = %eic list my-function\nx.attrs",
    "x = %eic list my-function\nx.merge(x, on='qualifier').set_index('function_arn_x')",
    "import eicnb\neicnb.current()",
]


@pytest.mark.parametrize("cell", SHOWN)
def test_whatever_a_cell_shows_is_masked(redacted: Notebook, eic: eicnb.Eic, cell: str) -> None:
    shown = bundle(redacted, cell)
    assert "ACCOUNT-0001" in shown["text/plain"]
    for text in shown.values():
        assert not re.search(rf"{eic.account_id}|my-func", text)


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml", "yaml-stream"])
def test_what_output_prints_is_masked(redacted: Notebook, eic: eicnb.Eic, output: str) -> None:
    redacted.run(f"%eic list my-function --output {output}")
    printed = redacted.printed()
    assert f"arn:aws:lambda:{eic.region}:ACCOUNT-0001:function:NAME-0001:BLUE" in printed
    assert not re.search(rf"{eic.account_id}|my-func", printed)


def test_a_printed_table_keeps_its_borders(redacted: Notebook) -> None:
    redacted.run("%eic get my-function:BLUE --output table")
    assert len({len(line) for line in redacted.printed().splitlines()}) == 1


def test_a_query_selects_from_the_real_response(redacted: Notebook, eic: eicnb.Eic) -> None:
    query = f'FunctionEventInvokeConfigs[?contains(FunctionArn, `"{eic.account_id}"`)] | length(@)'
    redacted.run(f"%eic list my-function --query '{query}' --output text")
    assert redacted.printed() == "2\n"


def test_help_is_not_masked(redacted: Notebook) -> None:
    settings.choose(redact_names=["maximum"])
    redacted.run("%eic help put")
    assert "--maximum-retry-attempts" in redacted.printed()


FAILING = [
    (UsageError, "put arn:aws:lambda:us-east-1:{account}:function:my-function --retries 3"),
    (UsageError, "put my-function --retries 0 --on-failure sqs:my-function --retrys 1"),
    (NotFound, "get my-function:v1"),
]


@pytest.mark.parametrize("mode", ["Context", "Verbose", "Plain", "Minimal"])
@pytest.mark.parametrize(("kind", "command"), FAILING)
def test_an_error_is_masked_in_every_mode(
    *, redacted: Notebook, eic: eicnb.Eic, mode: str, kind: type[eicnb.EicError], command: str
) -> None:
    redacted.run(f"%xmode {mode}")
    error = redacted.fail(f"%eic {command.format(account=eic.account_id)}")
    assert isinstance(error, kind)
    printed = redacted.printed()
    for text in (printed, str(error), repr(error)):
        assert not re.search(rf"{eic.account_id}|my-function", text)
    assert "NAME-0001" in printed


def test_the_caret_is_under_the_word(redacted: Notebook, eic: eicnb.Eic) -> None:
    redacted.fail(f"%eic put arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function --retries 3")
    line, pointer = redacted.printed().splitlines()[1:3]
    assert line[pointer.index("^")] == "3"


def test_the_notes_of_a_cell_are_masked(redacted: Notebook) -> None:
    redacted.fail("%%eic\nget my-function:BLUE\nget my-function:v1")
    assert "    done      get NAME-0001:BLUE\n    failed    get NAME-0001:v1\n" in redacted.printed()


def test_a_number_in_displayed_json_stays_one_and_an_account_id_is_hidden(redacted: Notebook) -> None:
    settings.choose(redact_names=["12"])
    value = "{'n': [137438953472, 137438953472.5, 12, 1e30, True], 'accounts': [123456789012, 123456789012.0]}"
    shown = bundle(redacted, f"from IPython.display import JSON\nJSON({value})")["application/json"]
    assert shown == {"n": [137438953472, 137438953472.5, 12, 1e30, True], "accounts": [1, 1.0]}
    again = bundle(redacted, "JSON({'x': 123456789012, '123456789012': 1})")["application/json"]
    assert again == {"x": 1, "ACCOUNT-0001": 1}


@pytest.mark.parametrize("shown_as", ["account[0]", "to_dict()", "to_csv()"])
def test_an_account_that_became_a_float_is_masked(redacted: Notebook, eic: eicnb.Eic, shown_as: str) -> None:
    cell = f"import pandas as pd\npd.DataFrame({{'account': [{eic.account_id}, None]}}).{shown_as}"
    text = bundle(redacted, cell)["text/plain"]
    assert "ACCOUNT-0001" in text
    assert eic.account_id not in text


def test_the_values_stay_real(redacted: Notebook, eic: eicnb.Eic) -> None:
    frame = redacted.run("x = %eic list my-function\nx")
    assert set(frame.account_id) == {eic.account_id}
    assert redacted.run("x = %eic get my-function:BLUE --query FunctionArn\nx") in set(frame.function_arn)


def test_with_redaction_off_everything_is_shown_as_it_is(notebook: Notebook, eic: eicnb.Eic) -> None:
    assert eic.account_id in bundle(notebook, "x = %eic list my-function\nx.function_arn")["text/plain"]


def test_loading_again_masks_once_and_unloading_leaves_nothing(notebook: Notebook) -> None:
    notebook.run("%reload_ext eicnb")
    notebook.run("%reload_ext eicnb")
    shown_by = notebook.shell.display_formatter.format
    assert isinstance(shown_by, MaskedFormat)
    assert not isinstance(shown_by.plain, MaskedFormat)
    notebook.run("%unload_ext eicnb")
    assert notebook.shell.display_formatter.format == shown_by.plain


def test_a_variable_that_cannot_be_used_stops_the_command(
    notebook: Notebook, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EICNB_REDACT_NAMES", "acme,,shop")
    error = notebook.fail("%eic put my-function --retries 0")
    assert isinstance(error, ConfigurationError)
    assert sent() == []


def test_a_variable_that_cannot_be_used_stops_the_loading(
    bare_notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EICNB_REDACT", "perhaps")
    assert isinstance(bare_notebook.fail("%load_ext eicnb"), ConfigurationError)


@pytest.mark.parametrize(
    "cell",
    [
        "%eic put my-function:BLUE --retries 1;",
        "%eic put my-function:BLUE --retries 1 --dry-run",
        "%eic whoami",
        "%eic use",
        "%eic use --region eu-west-1 --as my-function",
        "%eic require --sandbox",
        "%eic config",
        "%eic audit --functions my-function --no-progress",
    ],
)
def test_whatever_a_command_says_is_masked(redacted: Notebook, eic: eicnb.Eic, cell: str) -> None:
    redacted.printed()
    result = redacted.run(cell)
    shown = redacted.printed()
    if result is not None:
        shown += "\n".join(bundle(redacted, "_" if cell.endswith(";") else cell).values())
    assert not re.search(rf"{eic.account_id}|my-func", shown)
