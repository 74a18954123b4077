"""The form itself, its widgets driven from Python; `tests/browser` drives the same in front ends."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from ipywidgets import HTML, Button, Widget

import eicnb
from eicnb.changes.current import Live
from eicnb.cli.options import VERBS
from eicnb.client import settings
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.background import AtOnce, Background
from eicnb.widgets.destination_form import DestinationForm
from eicnb.widgets.form import Form
from eicnb.widgets.preview import NEEDS_A_KERNEL, StaticForm

if TYPE_CHECKING:
    from tests.shell import Notebook

PUT = "PutFunctionEventInvokeConfig"


@pytest.fixture(autouse=True)
def no_widgets_left() -> Iterator[None]:
    yield
    Widget.close_all()


def opened(
    eic: eicnb.Eic, name: str | None = None, qualifier: str = "$LATEST", background: Background | None = None
) -> Form:
    subject = FunctionRef(name, qualifier) if name else None
    return Form(
        eic._connection,
        eic._connection.where(),
        subject,
        Live.read(eic._connection, subject) if subject else Live(),
        background=background or AtOnce(),
    )


def widgets(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from widgets(child)


def field(form: Any, label: str) -> Any:
    return next(one for one in widgets(form) if getattr(one, "description", "") == label)


def button(form: Any, beginning: str) -> Button:
    found = [one for one in widgets(form) if isinstance(one, Button) and one.description.startswith(beginning)]
    return found[-1]


def shown(form: Any) -> str:
    return "\n".join(one.value for one in widgets(form) if isinstance(one, HTML))


def click(one: Button) -> None:
    """A click as it arrives from a front end, whatever the button has become meanwhile."""
    one._handle_button_msg(one, {"event": "click"}, [])


@pytest.fixture
def writes(eic: eicnb.Eic) -> Callable[[], int]:
    def count() -> int:
        assert eic.server is not None
        return sum(request.operation == PUT for request in eic.server.requests())

    return count


def test_a_form_opens_with_the_live_config(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    labels = ("Function", "Qualifier", "Maximum retry attempts", "Maximum event age", "On failure, send to")
    values = [field(form, label).value for label in labels]
    assert values == ["my-function", "GREEN", "2", "3600", "SQS queue"]
    assert field(form, "Queue on failure").value == "shop-failures"
    assert "search-updates.fifo" not in field(form, "Queue on failure").options
    assert "S3 bucket" not in field(form, "On success, send to").options
    assert button(form, "Apply").disabled
    assert form.result is None


def test_apply_writes_what_is_shown_and_keeps_the_frame(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum event age").value = "2h"
    place = f"my-function:GREEN in us-east-1, account {eic.account_id} (SANDBOX)"
    apply = button(form, f"Apply 1 change to {place}")
    assert not apply.disabled
    for _ in range(5):
        click(apply)
    assert writes() == 1
    assert form.result.maximum_event_age_in_seconds.tolist() == [7200]
    assert f"✓ Applied: 1 change, {place}." in shown(form)
    assert apply.disabled


def test_clicks_queued_behind_one_that_failed_try_nothing_again(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "customer-export")
    field(form, "On failure, send to").value = "sqs"
    field(form, "Queue on failure").value = "shop-failures"
    apply = button(form, "Apply 1 change")
    for _ in range(3):
        click(apply)
    assert writes() == 1
    assert "does not have permissions to call SendMessage" in shown(form)
    again = button(form, "Try again")
    click(again)
    click(again)
    assert writes() == 2
    assert form.result is None


def test_nothing_set_any_more_is_a_delete(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "BLUE")
    field(form, "Maximum retry attempts").value = ""
    field(form, "Maximum event age").value = ""
    click(button(form, "Delete the config of my-function:BLUE"))
    assert form.result.qualifier.tolist() == ["BLUE"]
    with pytest.raises(eicnb.NotFound):
        eic.get("my-function:BLUE")


def test_a_change_made_meanwhile_is_asked_about_once(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum retry attempts").value = "0"
    eic.update("my-function:GREEN", maximum_event_age_in_seconds=60)
    apply = button(form, "Apply 1 change")
    click(apply)
    click(apply)
    assert writes() == 0
    assert "The config was changed since this form opened. Nothing has been written." in shown(form)
    over = button(form, "Overwrite the live config: apply 2 changes")
    eic.update("my-function:GREEN", maximum_event_age_in_seconds=90)
    click(over)
    click(over)
    assert writes() == 0
    click(button(form, "Overwrite the live config"))
    assert (writes(), eic.get("my-function:GREEN").maximum_event_age_in_seconds.item()) == (1, 3600)


def test_a_config_that_was_deleted_meanwhile_is_said_so(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum retry attempts").value = "0"
    eic.delete("my-function:GREEN")
    click(button(form, "Apply 1 change"))
    assert "The config was deleted since this form opened. Nothing has been written." in shown(form)
    click(button(form, "Load the live config"))
    assert field(form, "Maximum event age").value == ""


SETTINGS = ("Maximum retry attempts", "Maximum event age", "On success, send to", "On failure, send to")


def settings_in(form: Form) -> list[str]:
    return [field(form, label).value for label in SETTINGS]


def edit_checkout(eic: eicnb.Eic) -> Form:
    """A form of checkout with two edits that were not applied."""
    form = opened(eic, "checkout")
    field(form, "Maximum retry attempts").value = "0"
    field(form, "On failure, send to").value = ""
    return form


OFFER = "⚠ 2 edits of checkout:$LATEST were not applied: Maximum retry attempts 0, On failure none."
REMINDER = ["1", "900", "", "SQS queue"]


def test_another_function_loads_its_own_config_and_offers_the_edits(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = edit_checkout(eic)
    eic.put("cart-reminder", maximum_retry_attempts=1, maximum_event_age_in_seconds=900, on_failure="sqs:shop-failures")
    before = writes()
    field(form, "Function").value = "cart-reminder"
    assert settings_in(form) == REMINDER
    assert field(form, "Queue on failure").value == "shop-failures"
    assert "Nothing to apply: cart-reminder:$LATEST is as shown already." in shown(form)
    assert OFFER in shown(form)
    click(button(form, "Apply"))
    assert writes() == before
    carry = button(form, "Carry 2 edits over")
    click(carry)
    assert settings_in(form) == ["0", "900", "", ""]
    assert OFFER not in shown(form)
    assert not button(form, "Apply 2 changes to cart-reminder:$LATEST").disabled
    field(form, "Maximum retry attempts").value = "1"
    click(carry)
    assert settings_in(form) == ["1", "900", "", ""]


@pytest.mark.parametrize("way", [["prod"], ["", "prod"], ["pro", "prod"], ["nope", "prod"], ["a b", "prod"]])
def test_another_qualifier_loads_its_own_config(eic: eicnb.Eic, way: list[str]) -> None:
    form = opened(eic, "my-function", "GREEN")
    field(form, "Maximum event age").value = "2h"
    opened_with = settings_in(opened(eic, "my-function", "prod"))
    for qualifier in way:
        field(form, "Qualifier").value = qualifier
    assert settings_in(form) == opened_with
    assert "1 edit of my-function:GREEN was not applied: Maximum event age 2h." in shown(form)


TYPED = [
    ["checkou", "checko", "checkou", "checkout"],
    ["", "checkout"],
    ["nobody", "checkout"],
    ["check out", "checkout"],
    ["checkout:live", "checkout"],
    ["123456789012:function:checkout"],
    ["arn:aws:lambda:us-east-1:123456789012:function:checkout"],
    [" checkout "],
]


@pytest.mark.parametrize("names", TYPED, ids=str)
def test_the_same_function_typed_again_keeps_its_edits(eic: eicnb.Eic, names: list[str]) -> None:
    form = edit_checkout(eic)
    for name in names:
        field(form, "Function").value = name
    assert settings_in(form) == ["0", "3600", "", ""]
    assert "were not applied" not in shown(form)
    assert not button(form, "Apply 2 changes to").disabled


@pytest.mark.parametrize("name", ["nobody", "", "a b", "arn:aws:lambda:us-east-1:999999999999:function:checkout"])
def test_a_name_that_does_not_exist_offers_nothing_to_apply_or_to_copy(eic: eicnb.Eic, name: str) -> None:
    form = edit_checkout(eic)
    field(form, "Function").value = name
    assert button(form, "Apply").disabled
    assert form.preview.commands() == {}
    field(form, "Function").value = "cart-reminder"
    assert field(form, "Maximum retry attempts").value != "0"
    assert OFFER in shown(form)


def test_an_empty_form_says_what_to_do_first(eic: eicnb.Eic) -> None:
    assert button(opened(eic), "Apply").description == "Apply (choose a function first)"


def test_edits_come_back_where_they_were_made(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    for name in ("cart-reminder", "newsletters", "checkout"):
        field(form, "Function").value = name
    assert settings_in(form) == ["2", "3600", "", "SQS queue"]
    click(button(form, "Carry 2 edits over"))
    assert settings_in(form) == ["0", "3600", "", ""]


def test_later_edits_replace_the_offer(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "newsletters"
    assert "1 edit of cart-reminder:$LATEST was not applied: Maximum event age 77." in shown(form)
    assert OFFER not in shown(form)


def test_settings_edited_before_a_function_is_chosen_are_offered(eic: eicnb.Eic) -> None:
    form = opened(eic)
    assert "No function is chosen" in shown(form)
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "checkout"
    assert settings_in(form) == ["2", "3600", "", "SQS queue"]
    assert "⚠ 1 edit was not applied: Maximum retry attempts 0." in shown(form)


def test_the_live_config_read_again_replaces_the_edits_and_offers_them(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Read the live config again"))
    assert settings_in(form) == ["2", "777", "", "SQS queue"]
    assert OFFER in shown(form)


def test_a_conflict_is_withdrawn_with_its_function(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Apply 2 changes"))
    over, take = button(form, "Overwrite the live config: apply 3 changes"), button(form, "Load the live config")
    field(form, "Function").value = "cart-reminder"
    for choice in (over, take):
        click(choice)
    assert writes() == 0
    assert field(form, "Function").value == "cart-reminder"
    assert "Nothing has been written" not in shown(form)


def test_the_preview_shows_what_is_live_during_a_conflict(eic: eicnb.Eic) -> None:
    form = edit_checkout(eic)
    eic.update("checkout", maximum_event_age_in_seconds=777)
    click(button(form, "Apply 2 changes"))
    assert "777 s" in form.preview.text()
    eic.update("checkout", maximum_event_age_in_seconds=888)
    click(button(form, "Load the live config"))
    assert field(form, "Maximum event age").value == "888"


class Later:
    """Work that waits until the test lets it run, as a slow network would."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def start(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        result = work()
        self.waiting.append(lambda: done(result))

    def later(self, seconds: float, action: Callable[[], object]) -> Callable[[], object]:
        self.waiting.append(action)

        def cancel() -> None:
            if action in self.waiting:
                self.waiting.remove(action)

        return cancel

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


@pytest.mark.parametrize("name", ["checkout", None])
def test_what_is_typed_under_the_new_name_stays_with_it(eic: eicnb.Eic, name: str | None) -> None:
    background = Later()
    form = opened(eic, name, background=background)
    background.run()
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    assert button(form, "Apply").disabled
    assert form.preview.commands() == {}
    background.run()
    assert settings_in(form) == ["2", "77", "", "SQS queue"]
    assert "1 edit" in shown(form)
    assert "not applied: Maximum retry attempts 0." in shown(form)


def test_a_click_that_overtakes_an_edit_applies_nothing(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    background = Later()
    form = opened(eic, "newsletters", background=background)
    background.run()
    field(form, "On failure, send to").value = "events:s"
    click(button(form, "Apply"))
    assert writes() == 0
    assert "Nothing was applied: the click came with the last edit." in shown(form)
    field(form, "On failure, send to").value = "events:shop"
    assert "Nothing was applied" not in shown(form)
    background.run()
    click(button(form, "Apply"))
    click(button(form, "Apply"))
    assert writes() == 1
    assert form.result.on_failure.tolist() == [f"arn:aws:events:us-east-1:{eic.account_id}:event-bus/shop"]


def test_what_was_typed_under_another_name_does_not_come_back_with_the_first_one(eic: eicnb.Eic) -> None:
    background = Later()
    form = opened(eic, "checkout", background=background)
    background.run()
    field(form, "Maximum retry attempts").value = "0"
    field(form, "Function").value = "cart-reminder"
    field(form, "Maximum event age").value = "77"
    field(form, "Function").value = "checkout"
    background.run()
    assert settings_in(form) == ["0", "3600", "", "SQS queue"]
    assert "1 edit of cart-reminder:$LATEST was not applied: Maximum event age 77." in shown(form)


def test_a_config_that_arrives_late_changes_nothing(eic: eicnb.Eic) -> None:
    subject, background = FunctionRef("checkout", "$LATEST"), Later()
    form = Form(
        eic._connection, eic._connection.where(), subject, Live.read(eic._connection, subject), background=background
    )
    background.run()
    field(form, "Function").value = "cart-reminder"
    background.waiting.pop(0)()
    field(form, "Function").value = "checkout"
    field(form, "Maximum retry attempts").value = "0"
    background.run()
    assert settings_in(form) == ["0", "3600", "", "SQS queue"]


KINDS = [
    (["SNS topic"], ""),
    (["S", "SN", "SNS topic"], ""),
    (["", "SNS topic"], ""),
    (["SNS topic", "Lambda function"], ""),
    (["SQS queu", "SQS queue"], "checkout-failures"),
    (["SNS topic", "SQS queue"], "checkout-failures"),
    (["s", "SQS queue"], "checkout-failures"),
]


@pytest.mark.parametrize(("kinds", "name"), KINDS, ids=str)
def test_a_name_stays_with_its_kind(eic: eicnb.Eic, kinds: list[str], name: str) -> None:
    form = opened(eic, "checkout")
    for kind in kinds:
        field(form, "On failure, send to").value = kind
    [one] = [one for one in widgets(form) if getattr(one, "description", "").endswith(" on failure")]
    assert one.value == name


WHOLE = [
    ("sqs:shop-failures", "arn:aws:sqs:us-east-1:{}:shop-failures"),
    ("sns:shop-alerts", "arn:aws:sns:us-east-1:{}:shop-alerts"),
    ("arn:aws:events:us-east-1:{}:event-bus/shop", "arn:aws:events:us-east-1:{}:event-bus/shop"),
]


@pytest.mark.parametrize(("typed", "arn"), WHOLE)
def test_the_kind_takes_a_whole_destination(eic: eicnb.Eic, typed: str, arn: str) -> None:
    form = opened(eic, "newsletters")
    field(form, "On failure, send to").value = typed.format(eic.account_id)
    click(button(form, "Apply 1 change"))
    assert form.result.on_failure.tolist() == [arn.format(eic.account_id)]


MISSING = [
    ("SQS queue", "nope", "SQS queue nope"),
    ("SNS topic", "nope", "SNS topic nope"),
    ("Lambda function", "nope", "Lambda function nope"),
    ("EventBridge bus", "nope", "EventBridge bus nope"),
    ("S3 bucket", "no-such-bucket-anywhere", "S3 bucket no-such-bucket-anywhere"),
    ("sqs:nope", "", "SQS queue nope"),
    ("arn:aws:sqs:us-east-1:123456789012:nope", "", "SQS queue nope"),
]


@pytest.mark.parametrize(("kind", "name", "words"), MISSING)
def test_a_destination_that_does_not_exist_is_noted_at_its_field_and_on_the_button(
    eic: eicnb.Eic, kind: str, name: str, words: str
) -> None:
    form = opened(eic, "newsletters")
    field(form, "On failure, send to").value = kind
    if name:
        [one] = [one for one in widgets(form) if getattr(one, "description", "").endswith(" on failure")]
        one.value = name
    assert f"⚠ Note: the {words} does not exist" in shown(form)
    apply = button(form, "Apply 1 change")
    assert apply.description.endswith(f"⚠ {words} does not exist")
    assert not apply.disabled


EXISTING = [
    ("sqs:shop-failures", 0),
    ("sns:shop-alerts", 0),
    ("events:shop", 0),
    ("lambda:my-function", 0),
    ("lambda:my-function:prod", 1),
    ("arn:aws:sqs:eu-west-1:123456789012:elsewhere", 0),
    ("arn:aws:sqs:us-east-1:999999999999:theirs", 0),
]


@pytest.mark.parametrize(("typed", "reads"), EXISTING)
def test_a_destination_that_may_exist_has_no_note(eic: eicnb.Eic, typed: str, reads: int) -> None:
    form = opened(eic, "newsletters")
    assert eic.server is not None
    before = len(eic.server.requests())
    field(form, "On failure, send to").value = typed
    assert "does not exist" not in shown(form)
    assert "does not exist" not in button(form, "Apply 1 change").description
    looked_up = [one.operation for one in eic.server.requests()[before:] if one.operation not in LISTS]
    assert len(looked_up) == reads


LISTS = {"ListQueues", "ListTopics", "ListEventBuses", "ListFunctions", "ListBuckets"}


def test_a_destination_that_was_created_meanwhile_is_found_when_the_config_is_read_again(eic: eicnb.Eic) -> None:
    eic.put("newsletters", on_failure="sqs:to-come")
    form = opened(eic, "newsletters")
    assert "the SQS queue to-come does not exist in us-east-1" in shown(form)
    assert eic.server is not None
    session = boto3.Session("any", "any", region_name="us-east-1")
    session.client("sqs", endpoint_url=eic.server.url).create_queue(QueueName="to-come")
    click(button(form, "Read the live config again"))
    assert "does not exist" not in shown(form)


def test_a_qualifier_that_the_function_lacks_names_those_that_it_has(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREN")
    note = (
        "⚠ Note: the function has no version or alias &#x27;GREN&#x27;. It has $LATEST, BLUE, GREEN, prod, v1, 3, 2, 1."
    )
    assert note in shown(form)


def test_credentials_of_another_account_write_nothing(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    where = Where(partition="aws", region="us-east-1", account_id="999999999999", sandbox=True)
    subject = FunctionRef("my-function", "GREEN")
    form = Form(eic._connection, where, subject, Live.read(eic._connection, subject), background=AtOnce())
    field(form, "On failure, send to").value = ""
    click(button(form, "Apply"))
    assert f"the credentials are now those of account {eic.account_id}" in shown(form)
    assert writes() == 0


def test_a_bug_stands_in_the_form_and_not_in_the_log(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    form._where = None  # type: ignore[assignment] # nothing that a form could work with
    field(form, "Maximum event age").value = "2h"
    assert "This is a bug of eicnb." in shown(form)
    assert "AttributeError" in shown(form)


def test_every_control_has_a_label_and_none_is_one_that_hides_a_fault(eic: eicnb.Eic) -> None:
    form = opened(eic, "my-function", "GREEN")
    controls = [one for one in widgets(form) if hasattr(one, "description") and not isinstance(one, HTML)]
    assert {type(one).__name__ for one in controls} == {"Text", "Combobox", "Button"}
    assert [one for one in controls if not one.description] == []


def test_what_stands_in_for_the_form_is_text_and_html_without_json(eic: eicnb.Eic) -> None:
    bundle = opened(eic, "my-function", "GREEN")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    for text in (bundle["text/plain"], bundle["text/html"]):
        assert NEEDS_A_KERNEL in text
        assert "shop-failures" in text
        assert "%eic put my-function --qualifier GREEN --retries 2 --max-age 1h --on-failure sqs:shop-failures" in text


def test_markup_in_a_field_is_shown_as_text(eic: eicnb.Eic) -> None:
    form = opened(eic)
    field(form, "Function").value = "<img src=x>"
    field(form, "On success, send to").value = "sqs"
    field(form, "Queue on success").value = "<script>"
    assert "<img" not in shown(form)
    assert "<script" not in shown(form)
    assert "&lt;img src=x&gt;" in shown(form)


def test_a_destination_form_has_a_value_to_observe(eic: eicnb.Eic) -> None:
    form = DestinationForm(eic._connection, eic._connection.where(), AtOnce())
    seen: list[Any] = []
    form.observe(lambda change: seen.append(change["new"]), "value")
    field(form, "On failure, send to").value = "SNS topic"
    assert form.value is None
    with pytest.raises(eicnb.UsageError, match="The name of an SNS topic is missing"):
        form.to_json()
    field(form, "Topic on failure").value = "shop-alerts"
    arn = f"arn:aws:sns:us-east-1:{eic.account_id}:shop-alerts"
    assert form.to_shorthand() == f"OnFailure={{Destination={arn}}}"
    assert form.to_json() == f'{{"OnFailure": {{"Destination": "{arn}"}}}}'
    assert seen[-1] is form.value
    assert eic.put("newsletters", destination_config=form.value).on_failure.tolist() == [arn]


def test_without_widgets_the_config_and_a_line_to_edit_are_shown(notebook: Notebook, eic: eicnb.Eic) -> None:
    shown_instead = notebook.run("%eic form my-function --qualifier BLUE")
    assert isinstance(shown_instead, StaticForm)
    assert repr(shown_instead) == (
        f"my-function:BLUE in us-east-1, account {eic.account_id} (SANDBOX)\n"
        "The config as it is:\n"
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
        "As it is, the line is refused: On failure: 'search-updates.fifo' is a FIFO queue, to which Lambda does "
        "not deliver records of asynchronous events. Try: send to a standard queue"
    )
    assert repr(form).splitlines()[-1] == note
    assert html.escape(note) in form._repr_html_()
    assert isinstance(notebook.fail(form.line), eicnb.UsageError)


def test_a_qualifier_that_is_missing_is_said_at_once(eic: eicnb.Eic) -> None:
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
    ("%eic form --qualifier live", "a qualifier is given without a function"),
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


def test_a_destination_form_works_without_an_account() -> None:
    eicnb.use(eicnb.connect(region="us-east-1"))
    form = eicnb.destination_form()
    assert (form.value, form.to_json(), form.to_shorthand()) == (eicnb.DestinationConfig(), "{}", "{}")
    assert NEEDS_A_KERNEL in form._repr_mimebundle_()["text/html"]


def test_with_redaction_the_form_says_no_account(eic: eicnb.Eic) -> None:
    settings.choose(redact=True)
    form = opened(eic, "my-function", "BLUE")
    field(form, "Maximum retry attempts").value = "2"
    assert "ACCOUNT-0001" in button(form, "Apply 1 change").description
    bundle = form._repr_mimebundle_()
    for text in (button(form, "Apply").description, shown(form), bundle["text/plain"], bundle["text/html"]):
        assert eic.account_id not in text
