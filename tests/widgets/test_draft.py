from __future__ import annotations

from dataclasses import replace

import pytest

import eicnb
from eicnb.model.destination import DestinationArn
from eicnb.model.place import Where
from eicnb.widgets.draft import DestinationDraft, Draft, kind_of

WHERE = Where(partition="aws", region="us-east-1", account_id="123456789012")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost-events"
GOOD = Draft(function_name="my-function", maximum_retry_attempts="1", on_failure=DestinationDraft("sqs", "lost-events"))

FAULTS = [
    (
        {"function_name": ""},
        "function_name",
        "No function is chosen. Try: choose one from the list, or type its name or ARN",
    ),
    (
        {"function_name": "my function"},
        "function_name",
        "'my function' is not the name of a Lambda function. Try: my-function, my-function:live, my-function:7, 12345",
    ),
    (
        {"function_name": "arn:aws:lambda:eu-west-1:123456789012:function:my-function"},
        "function_name",
        "The function is in eu-west-1, but this connection acts in us-east-1. Try: --region eu-west-1",
    ),
    ({"function_name": "my-function:live"}, "qualifier", "The function is named with the qualifier 'live', but"),
    ({"qualifier": "a b"}, "qualifier", "'a b' is not a qualifier. Try: type a version number such as 7"),
    (
        {"maximum_retry_attempts": "3"},
        "maximum_retry_attempts",
        "The maximum number of retry attempts is 3, but AWS allows 0, 1 or 2. Try: give a whole number: 0, 1 or 2",
    ),
    ({"maximum_retry_attempts": "two"}, "maximum_retry_attempts", "The maximum number of retry attempts is 'two', whi"),
    ({"maximum_event_age_in_seconds": "59"}, "maximum_event_age_in_seconds", "The maximum event age is 59, but AWS"),
    ({"maximum_event_age_in_seconds": "7h"}, "maximum_event_age_in_seconds", "The maximum event age is 25200, but"),
    (
        {"maximum_event_age_in_seconds": "an hour"},
        "maximum_event_age_in_seconds",
        "The maximum event age is 'an hour', which is not an age. Try: 6h, 90m, 3600s or 3600: from 1m to 6h",
    ),
    (
        {"on_failure": DestinationDraft("sqs", "")},
        "on_failure",
        "The name of an SQS queue is missing.",
    ),
    (
        {"on_failure": DestinationDraft("sqs", "a.fifo")},
        "on_failure",
        "'a.fifo' is a FIFO queue, to which",
    ),
    ({"on_failure": DestinationDraft("sns", f"{QUEUE[:13]}a")}, "on_failure", "'arn:aws:sqs:ua' is not an ARN"),
    (
        {"on_failure": DestinationDraft("sns", QUEUE)},
        "on_failure",
        f"{QUEUE!r} is an SQS queue, not an SNS topic. Try: choose SQS queue as the kind",
    ),
    (
        {"on_failure": DestinationDraft("sq", "a")},
        "on_failure",
        "'sq' is not a kind of destination. Try: cho",
    ),
    (
        {"on_success": DestinationDraft("s3", "bucket")},
        "on_success",
        "'arn:aws:s3:::bucket' is an S3 bucket",
    ),
    (
        {"on_failure": DestinationDraft("lambda", "my-function")},
        "on_failure",
        "'arn:aws:lambda:us-east-1",
    ),
]


@pytest.mark.parametrize(("typed", "field", "sentence"), FAULTS, ids=lambda case: str(case)[:40])
def test_an_error_is_shown_under_its_field_only(typed: dict[str, str], field: str, sentence: str) -> None:
    validated = replace(GOOD, **typed).check(WHERE)  # type: ignore[arg-type] # each case has its own fields
    assert validated.request is None
    assert list(validated.faults) == [field]
    assert validated.faults[field].startswith(sentence)


def test_all_errors_are_shown_at_once() -> None:
    draft = Draft(function_name="a b", maximum_retry_attempts="9", maximum_event_age_in_seconds="1")
    assert list(draft.check(WHERE).faults) == [
        "function_name",
        "maximum_retry_attempts",
        "maximum_event_age_in_seconds",
    ]


@pytest.mark.parametrize("text", ["lost-events", "sqs:lost-events", QUEUE, f" {QUEUE} "])
def test_a_destination_is_found_by_its_name_and_by_its_arn(text: str) -> None:
    assert DestinationDraft("sqs", text).destination(WHERE) == DestinationArn.parse(QUEUE)


def test_without_an_account_a_whole_arn_still_works() -> None:
    nowhere = Where(partition="aws", region="", account_id="")
    assert DestinationDraft("sqs", QUEUE).destination(nowhere) == DestinationArn.parse(QUEUE)
    with pytest.raises(eicnb.UsageError, match="the account is not known, so a name alone is not enough"):
        DestinationDraft("sqs", "lost-events").destination(nowhere)


@pytest.mark.parametrize(
    "reported",
    [
        QUEUE,
        "arn:aws:lambda:us-east-1:123456789012:function:f:live",
        "arn:aws:lambda:us-east-1:123456789012:function:sqs:live",
        "arn:aws:lambda:us-east-1:123456789012:function:lambda:live",
        "arn:aws:sns:eu-west-1:123456789012:topic",
        "arn:aws:events:us-east-1:123456789012:event-bus/aws.partner/shop/1",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_aws_reports_opens_as_what_it_is(reported: str) -> None:
    assert str(DestinationDraft.of(reported, WHERE).destination(WHERE)) == reported


def test_a_fifo_queue_that_is_live_is_shown_and_refused() -> None:
    target = DestinationDraft.of("arn:aws:sqs:us-east-1:123456789012:a.fifo", WHERE)
    assert (target.kind, target.text) == ("sqs", "arn:aws:sqs:us-east-1:123456789012:a.fifo")
    with pytest.raises(eicnb.UsageError, match="is a FIFO queue"):
        target.destination(WHERE)


def test_nothing_set_is_a_delete_and_latest_is_not_written() -> None:
    request = Draft(function_name="my-function").check(WHERE).request
    assert request is not None
    assert (request.verb, request.parameters()) == ("delete", {"FunctionName": "my-function"})


def test_everything_set_is_one_put() -> None:
    request = replace(GOOD, qualifier="live", maximum_event_age_in_seconds="6h").check(WHERE).request
    assert request is not None
    assert request.parameters() == {
        "FunctionName": "my-function",
        "Qualifier": "live",
        "MaximumRetryAttempts": 1,
        "MaximumEventAgeInSeconds": 21600,
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
    }


def test_edits_are_the_settings_that_differ_whatever_the_function() -> None:
    opened = Draft(function_name="a", maximum_event_age_in_seconds="60", on_failure=DestinationDraft("sqs", "lost"))
    edited = replace(
        opened, function_name="b", qualifier="live", maximum_retry_attempts="0", on_failure=DestinationDraft()
    )
    assert edited.edits_since(opened) == {"maximum_retry_attempts": "0", "on_failure": DestinationDraft()}
    assert opened.edits_since(opened) == {}


TYPED_WHOLE = [
    ("sqs:lost-events", DestinationDraft("sqs", "lost-events")),
    (" sns:alerts ", DestinationDraft("sns", "alerts")),
    ("sqs:", DestinationDraft("sqs", "")),
    ("lambda:f:live", DestinationDraft("lambda", "f:live")),
    ("lambda:lambda:live", DestinationDraft("lambda", "lambda:lambda:live")),
    ("s3:bucket", DestinationDraft("s3", "bucket")),
    (QUEUE, DestinationDraft("sqs", QUEUE)),
    ("arn:aws:sns:eu-west-1:123456789012:alerts", DestinationDraft("sns", "arn:aws:sns:eu-west-1:123456789012:alerts")),
]


@pytest.mark.parametrize(("text", "target"), TYPED_WHOLE)
def test_a_whole_destination_brings_its_kind(text: str, target: DestinationDraft) -> None:
    assert DestinationDraft.typed(text) == target


@pytest.mark.parametrize("text", ["queue:lost-events", "arn:", "arn:aws:iam::123456789012:role/r", "https://sqs/q"])
def test_a_whole_destination_of_no_kind_is_refused_in_words(text: str) -> None:
    with pytest.raises(eicnb.UsageError):
        DestinationDraft.typed(text).destination(WHERE)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("SQS queue", "sqs"), ("bucket", "s3"), ("event", "events"), ("sns", "sns"), ("", ""), (" none ", ""), ("q", "q")],
)
def test_a_kind_is_read_by_any_part_that_fits_it_alone(typed: str, kind: str) -> None:
    assert kind_of(typed) == (kind if kind != "q" else "sqs")
