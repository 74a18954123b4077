"""Writes whose response is lost: confirmed by reading, sent again, or an error that states the doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ipywidgets import Widget

import eicnb
from eicnb.changes.current import Live
from eicnb.errors import AwsError, EicError
from eicnb.model.function import FunctionRef
from eicnb.widgets.background import AtOnce
from eicnb.widgets.form import Form
from tests.answering import Answering
from tests.changes.lossy import LOSSES, Losing, Loss, writes
from tests.shell import Notebook, bare_notebook, notebook

pytestmark = pytest.mark.usefixtures("keys")

__all__ = ["bare_notebook", "notebook"]

Call = Callable[[eicnb.Eic], Any]

VERBS: dict[str, Call] = {
    "put": lambda eic: eic.put("my-function:GREEN", maximum_retry_attempts=0),
    "update": lambda eic: eic.update("my-function:GREEN", maximum_retry_attempts=0),
    "update of one destination": lambda eic: eic.update("my-function:GREEN", on_success="sqs:shop-failures"),
    "delete": lambda eic: eic.delete("my-function:GREEN"),
    "a first put": lambda eic: eic.put("newsletters", maximum_retry_attempts=0),
}
TARGETS = dict.fromkeys(VERBS, "my-function:GREEN") | {"a first put": "newsletters:$LATEST"}


def config_of(eic: eicnb.Eic, target: str) -> Any:
    """The settings of a config, directly from the sandbox, or None without a config."""
    name, _, qualifier = target.partition(":")
    found = eic.list(name)
    rows = found[found.qualifier == qualifier].drop(columns="last_modified")
    return rows.iloc[0].to_dict() if len(rows) else None


def through(proxy: Answering) -> eicnb.Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=proxy.url)


def wanted(verb: str) -> Any:
    """The settings in the sandbox after an undisturbed write."""
    eic = eicnb.sandbox()
    assert eic.server is not None
    VERBS[verb](eic)
    found = config_of(eic, TARGETS[verb])
    eic.server.stop()
    return found and {
        key: value for key, value in found.items() if key in {"maximum_retry_attempts", "on_success_type"}
    }


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_lost_write_is_carried_out_once_if_no_one_else_writes(eic: eicnb.Eic, verb: str, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss)) as proxy:
        frame = VERBS[verb](through(proxy))
        assert len(writes(proxy)) == (1 if loss.endswith("after") else 2)
    assert len(frame) == 1
    found, expected = config_of(eic, TARGETS[verb]), wanted(verb)
    assert found == expected if expected is None else expected.items() <= found.items()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("verb", ["put", "update", "delete", "a first put"])
def test_a_config_that_another_writer_changed_meanwhile_is_shown_and_stays(
    eic: eicnb.Eic, verb: str, loss: Loss
) -> None:
    assert eic.server is not None

    def others() -> None:
        eic.put(TARGETS[verb], maximum_retry_attempts=1)

    with Answering(Losing(eic.server.url, loss, others)) as proxy:
        with pytest.raises(EicError) as raised:
            VERBS[verb](through(proxy))
        assert len(writes(proxy)) == 1
    name = verb.rpartition(" ")[2]
    assert raised.value.message.startswith(f"the response to the {name} of {TARGETS[verb]} was lost (")
    assert (
        "), and another writer changed the config meanwhile: it is now retries 1, age 6h, on-failure none, "
        "on-success none; this may have reached AWS before: retries "
    ) in raised.value.message
    function, _, qualifier = TARGETS[verb].partition(":")
    assert raised.value.hint == f"%eic get {function}" + (f" --qualifier {qualifier}" if "GREEN" in qualifier else "")
    assert config_of(eic, TARGETS[verb])["maximum_retry_attempts"] == 1


@pytest.mark.parametrize("verb", ["put", "update"])
@pytest.mark.parametrize("loss", ["cut before", "cut after"])
def test_a_config_that_someone_else_deleted_meanwhile_stays_deleted(eic: eicnb.Eic, verb: str, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss, lambda: eic.delete("my-function:GREEN"))) as proxy:
        with pytest.raises(EicError, match="another writer changed the config meanwhile: it is now no config;"):
            VERBS[verb](through(proxy))
        assert len(writes(proxy)) == 1
    assert config_of(eic, "my-function:GREEN") is None


def test_the_old_settings_written_back_by_someone_else_are_no_reason_to_write_again(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    before: dict[str, Any] = {
        "maximum_retry_attempts": 2,
        "maximum_event_age_in_seconds": 3600,
        "on_failure": "sqs:shop-failures",
    }
    with (
        Answering(Losing(eic.server.url, "cut after", lambda: eic.put("my-function:GREEN", **before))) as proxy,
        pytest.raises(EicError, match="another writer changed the config meanwhile"),
    ):
        VERBS["put"](through(proxy))
    assert len(writes(proxy)) == 1


def test_a_delete_that_someone_else_made_too_is_done(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    losing = Losing(eic.server.url, "cut before", lambda: eic.delete("my-function:GREEN"))
    with Answering(losing) as proxy:
        assert VERBS["delete"](through(proxy)).qualifier.tolist() == ["GREEN"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_write_is_sent_three_times_at_most(eic: eicnb.Eic, verb: str) -> None:
    assert eic.server is not None
    before = config_of(eic, TARGETS[verb])
    with Answering(Losing(eic.server.url, "cut before", times=10)) as proxy:
        with pytest.raises(EicError) as raised:
            VERBS[verb](through(proxy))
        assert len(writes(proxy)) == 3
    assert " was sent 3 times, each response was lost (" in raised.value.message
    assert raised.value.message.endswith("and the config has not changed")
    assert config_of(eic, TARGETS[verb]) == before


@pytest.mark.parametrize("loss", ["cut after", "503 before", "a page after"])
@pytest.mark.parametrize("verb", ["put", "update", "delete"])
def test_without_a_read_the_error_states_what_may_have_reached_aws(eic: eicnb.Eic, verb: str, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss, unreadable=True)) as proxy:
        with pytest.raises(EicError) as raised:
            VERBS[verb](through(proxy))
        assert len(writes(proxy)) == 1
    assert "and the config can't be read to find out whether it arrived (" in raised.value.message
    assert "this may have reached AWS: retries 2 -> " in raised.value.message
    assert isinstance(raised.value, AwsError) == loss.startswith("503")


def test_a_line_notes_that_its_write_was_confirmed_by_reading(notebook: Notebook, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, "cut after", times=2)) as proxy:
        eicnb.use(through(proxy))
        notebook.printed()
        notebook.run("%%eic\nupdate my-function:GREEN --retries 0\nput my-function:BLUE --retries 1")
    assert [line.rpartition("  ")[2] for line in notebook.printed().splitlines()[:2]] == ["confirmed by reading"] * 2


def test_a_run_stops_at_a_write_that_is_uncertain(eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]) -> None:
    assert eic.server is not None
    losing = Losing(eic.server.url, "503 after", lambda: eic.put("my-function:BLUE", maximum_retry_attempts=2))
    with Answering(losing) as proxy:
        eicnb.use(through(proxy))
        lines = ["put my-function:BLUE --retries 1", "put newsletters --retries 0"]
        with pytest.raises(EicError, match="another writer changed the config meanwhile: it is now retries") as raised:
            eicnb.run(lines)
    assert raised.value.__notes__ == [
        f"0 of 2 commands ran before it\n    failed    {lines[0]}\n    not done  {lines[1]}"
    ]


SILENT = [
    ("cut after", "%eic put my-function:GREEN --retries 0;", True),
    ("cut after", "%eic put my-function:GREEN --retries 0 --quiet", True),
    ("cut before", "%eic delete my-function:GREEN;", True),
    ("cut before", "%eic put my-function:GREEN --retries 0;", False),
]


@pytest.mark.parametrize(("loss", "cell", "is_done"), SILENT)
def test_a_write_without_a_line_is_confirmed_or_notes_that_the_config_was_not_read_before(
    notebook: Notebook, eic: eicnb.Eic, loss: Loss, cell: str, *, is_done: bool
) -> None:
    assert eic.server is not None
    eic.update("my-function:GREEN", maximum_event_age_in_seconds=60)
    with Answering(Losing(eic.server.url, loss)) as proxy:
        eicnb.use(through(proxy))
        if is_done:
            notebook.run(cell)
            return
        error = notebook.fail(cell)
    reason = "the config differs from the request, and was not read before the write"
    assert f"{reason}: it is now retries 2, age 1m," in str(error)


def test_a_config_that_is_older_than_a_silent_write_was_not_written_by_it(notebook: Notebook, eic: eicnb.Eic) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, "cut before")) as proxy:
        eicnb.use(through(proxy))
        notebook.run("%eic put my-function:GREEN --retries 0;")
        assert len(writes(proxy)) == 2


OUTPUTS = [
    ("put my-function:GREEN --retries 0", "cut after", None),
    ("update my-function:GREEN --retries 0", "503 before", None),
    ("delete my-function:GREEN", "503 after", "may have deleted it"),
]


@pytest.mark.parametrize(("command", "loss", "message"), OUTPUTS)
def test_with_output_botocore_sends_again_as_the_aws_cli_does(
    notebook: Notebook, eic: eicnb.Eic, command: str, loss: Loss, message: str | None
) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss)) as proxy:
        eicnb.use(through(proxy))
        if message is None:
            notebook.run(f"%eic {command} --output json")
        else:
            assert message in str(notebook.fail(f"%eic {command} --output json"))
        assert len(writes(proxy)) == 2


@pytest.mark.parametrize("loss", ["cut after", "503 before", "a page before"])
def test_with_output_an_error_states_what_may_have_reached_aws(notebook: Notebook, eic: eicnb.Eic, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss, times=10)) as proxy:
        eicnb.use(through(proxy))
        error = notebook.fail("%eic put my-function:GREEN --retries 0 --max-age 1h --output json")
    assert isinstance(error, EicError)
    assert error.message.startswith("the response to the put of my-function:GREEN was lost (")
    assert error.message.endswith("); this may have reached AWS: retries 0, age 1h, on-failure none, on-success none")


def applied(proxy: Answering, age: str) -> tuple[Form, str]:
    """A form for GREEN in which Apply was clicked with another age, and what it shows."""
    connection, subject = through(proxy)._connection, FunctionRef("my-function", "GREEN")
    live = Live.read(connection, subject)
    form = Form(connection, connection.where(), subject, live, background=AtOnce())
    boxes = [form]
    for box in boxes:
        boxes += getattr(box, "children", ())
    next(one for one in boxes if getattr(one, "description", "") == "Maximum event age").value = age
    form._apply.widget.click()
    after = [form]
    for box in after:
        after += getattr(box, "children", ())
    text = "\n".join(str(getattr(one, "value", "")) for one in after)
    Widget.close_all()
    return form, text


@pytest.mark.parametrize("loss", LOSSES)
def test_one_click_on_apply_is_one_write(eic: eicnb.Eic, loss: Loss) -> None:
    assert eic.server is not None
    with Answering(Losing(eic.server.url, loss)) as proxy:
        form, text = applied(proxy, "2h")
        assert len(writes(proxy)) == (1 if loss.endswith("after") else 2)
    assert form.result.maximum_event_age_in_seconds.tolist() == [7200]
    assert ("confirmed by reading" in text) == loss.endswith("after")


@pytest.mark.parametrize("loss", LOSSES)
def test_apply_does_not_overwrite_a_colleagues_change(eic: eicnb.Eic, loss: Loss) -> None:
    assert eic.server is not None
    losing = Losing(eic.server.url, loss, lambda: eic.put("my-function:GREEN", maximum_retry_attempts=1))
    with Answering(losing) as proxy:
        form, text = applied(proxy, "2h")
        assert len(writes(proxy)) == 1
    assert form.result is None
    assert "another writer changed the config meanwhile: it is now retries 1, age 6h" in text
    assert eic.get("my-function:GREEN").maximum_retry_attempts.tolist() == [1]
