from __future__ import annotations

from dataclasses import replace

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.model.age import human
from eicnb.widgets.draft import DestinationDraft, Draft, Validated
from eicnb.widgets.preview import Preview, StaticForm

GREEN = Draft(
    function_name="my-function",
    qualifier="GREEN",
    maximum_retry_attempts="2",
    maximum_event_age_in_seconds="3600",
    on_failure=DestinationDraft("sqs", "shop-failures"),
)


def preview_of(eic: eicnb.Eic, draft: Draft) -> Preview:
    subject = draft.subject()
    live = Live.read(eic._connection, subject)
    return Preview(
        where=eic._connection.where(),
        validated=draft.check(eic._connection.where()),
        subject=subject,
        live=live.config,
        trouble=live.trouble,
    )


CHANGED = """\
Preview: my-function:GREEN in us-east-1, account {account_id} (SANDBOX)
Ready: 2 changes.
  Setting                 Now                                               After Apply       Effect
  Maximum retry attempts  2                                                 2                 unchanged
  Maximum event age       3600 s = 1 hour                                   7200 s = 2 hours  CHANGED
  On success              none                                              none              unchanged
  On failure              arn:aws:sqs:us-east-1:{account_id}:shop-failures  none              \
RESET: settings left out are removed
Apply is one put: it writes all four settings as shown and removes those that are not set.
In a terminal:
    aws lambda put-function-event-invoke-config \\
        --function-name my-function \\
        --qualifier GREEN \\
        --maximum-retry-attempts 2 \\
        --maximum-event-age-in-seconds 7200 \\
        --region us-east-1
In a notebook:
    %eic put my-function --qualifier GREEN --retries 2 --max-age 2h
In Python:
    eicnb.put(
        'my-function',
        qualifier='GREEN',
        maximum_retry_attempts=2,
        maximum_event_age_in_seconds=7200,
    )
This is the SANDBOX: in a terminal the command goes to AWS unless --endpoint-url is added.
If the form above is missing or grey, run its cell again: it needs a running kernel."""


def test_a_preview_shows_before_and_after_the_removed_settings_and_three_commands(eic: eicnb.Eic) -> None:
    preview = preview_of(eic, replace(GREEN, maximum_event_age_in_seconds="2h", on_failure=DestinationDraft()))
    assert preview.text() == CHANGED.format(account_id=eic.account_id)
    place = f"my-function:GREEN in us-east-1, account {eic.account_id} (SANDBOX)"
    assert preview.action() == f"Apply 2 changes to {place}"


VERDICTS = [
    (GREEN, "Nothing to apply: my-function:GREEN already has these settings.", False),
    (replace(GREEN, maximum_retry_attempts="1"), "Ready: 1 change.", True),
    (replace(GREEN, qualifier="prod"), "Ready: 3 changes.", True),
    (Draft(function_name="newsletters"), "Nothing to apply: newsletters:$LATEST has no config, and nothing", False),
    (Draft(function_name="my-function", qualifier="GREEN"), "Ready: 3 changes (delete the config).", True),
    (replace(GREEN, maximum_event_age_in_seconds="59"), "Not ready: 1 field to correct (Maximum event age).", False),
    (Draft(function_name="nobody"), "Not ready: There is no function 'nobody' in us-east-1.", False),
]


@pytest.mark.parametrize(("draft", "verdict", "is_applicable"), VERDICTS)
def test_a_verdict_is_above_the_button(eic: eicnb.Eic, draft: Draft, verdict: str, *, is_applicable: bool) -> None:
    preview = preview_of(eic, draft)
    assert preview.verdict().startswith(verdict)
    assert preview.is_applicable == is_applicable


def test_a_delete_is_announced(eic: eicnb.Eic) -> None:
    preview = preview_of(eic, Draft(function_name="my-function", qualifier="GREEN"))
    place = f"my-function:GREEN in us-east-1, account {eic.account_id} (SANDBOX)"
    assert preview.action() == f"Delete the config of {place} (3 settings removed)"
    assert preview.commands()["In a notebook"] == "%eic delete my-function --qualifier GREEN"


def test_markup_is_shown_as_text(eic: eicnb.Eic) -> None:
    trouble = "<script>alert(1)</script>"
    preview = Preview(
        where=eic._connection.where(), validated=Validated(None, {"function_name": trouble}), trouble=trouble
    )
    assert trouble not in preview.html()
    assert "&lt;script&gt;" in preview.html()
    assert "<script>" not in StaticForm(preview)._repr_html_()


def test_a_queue_whose_name_is_markup_is_shown_as_text(eic: eicnb.Eic) -> None:
    preview = preview_of(eic, replace(GREEN, on_failure=DestinationDraft("sqs", "<img src=x>")))
    assert preview.validated.request is None
    assert "<img" not in preview.html()
    assert "&lt;img src=x&gt;" in preview.html()


LINES = [
    (
        "my-function",
        "GREEN",
        "%eic put my-function --qualifier GREEN --retries 2 --max-age 1h --on-failure sqs:shop-fa",
    ),
    ("newsletters", "$LATEST", "%eic put newsletters --retries 2 --max-age 6h"),
    ("audit-trail", "$LATEST", "%eic put audit-trail --retries 2 --max-age 6h --on-failure s3:shop-events-us-east-1-"),
]


@pytest.mark.parametrize(("name", "qualifier", "line"), LINES)
def test_the_line_to_edit_writes_what_is_there(eic: eicnb.Eic, name: str, qualifier: str, line: str) -> None:
    assert StaticForm(preview_of(eic, Draft(function_name=name, qualifier=qualifier))).line.startswith(line)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 seconds"), (60, "1 minute"), (3661, "1 hour 1 minute 1 second"), (21600, "6 hours")]
)
def test_an_age_in_words(seconds: int, words: str) -> None:
    assert human(seconds) == words
