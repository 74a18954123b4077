from __future__ import annotations

import boto3
import pytest

import eicnb
from tests.widgets.driver import button, click, field, opened, shown, widgets

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
    assert looked_up == ["GetFunctionConfiguration"] * reads + SIMULATES


SIMULATES = ["GetFunctionConfiguration", "SimulatePrincipalPolicy"]


def test_what_the_role_may_not_deliver_to_is_noted_at_its_field(eic: eicnb.Eic) -> None:
    form = opened(eic, "customer-export")
    field(form, "On failure, send to").value = "sqs:shop-failures"
    assert "⚠ Note: the role may not deliver there." in shown(form)
    assert "allow sqs:SendMessage to the role" in shown(form)
    field(form, "On failure, send to").value = "none"
    assert "may not deliver" not in shown(form)


def test_the_destination_of_the_live_config_is_not_simulated(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    before = len(eic.server.requests())
    opened(eic, "cart-reminder")
    assert "SimulatePrincipalPolicy" not in [one.operation for one in eic.server.requests()[before:]]


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
