"""Failed events of several accounts of an organisation: found, and sent again, each in its own account."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

import eicnb
from eicnb.client.eic import Eic, connection_of
from eicnb.errors import IncompleteReplay
from eicnb.frames.frame import Frame
from tests.fleet.failed_events.samples import call, record, url, visible
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

UNITS = "Workloads/Prod,Workloads/Dev,Playground"
ORGANIZATION = f"--organization --role audit --units {UNITS} --no-progress --rate 1000"
QUICK: dict[str, Any] = {"progress": False, "rate": 1000}
FUNCTION = "place-order:live"


def member(name: str) -> Eic:
    [found] = eicnb.organization("audit", accounts=name)
    return found


def account_of(eic: Eic) -> str:
    return str(connection_of(eic).known_account_id)


def lose(eic: Eic, number: int, function: str = FUNCTION) -> None:
    """Put the record of a failed event into the account's queue."""
    body = record(number, account_id=account_of(eic), function=function)
    call(eic, "sqs", "SendMessage", QueueUrl=url(eic, "failures"), MessageBody=body)


def invoked(eic: Eic) -> list[str]:
    """Return the account of every event that was sent."""
    assert eic.server is not None
    return [one.account_id for one in eic.server.requests() if one.operation == "Invoke"]


@pytest.fixture
def failed(eic: Eic) -> tuple[Eic, Eic]:
    """Return the connections to two accounts whose functions of one name have failed."""
    eicnb.use(eic)
    prod, dev = member("orders-prod"), member("orders-dev")
    lose(prod, 1)
    lose(dev, 2)
    lose(dev, 3)
    return prod, dev


def audit() -> Frame:
    return eicnb.audit(
        connections=eicnb.organization("audit", units=UNITS), regions="us-east-1", errors="rows", **QUICK
    )


def test_lines_read_and_replay_the_events_of_two_accounts(
    notebook: Notebook, eic: Eic, failed: tuple[Eic, Eic]
) -> None:
    prod, dev = map(account_of, failed)
    playground = account_of(member("playground"))
    notebook.run(f"audit = %eic audit {ORGANIZATION} --errors rows")
    records = notebook.run(f"records = %eic records ${{audit}} {ORGANIZATION}\nrecords")
    assert sorted(records.account_id) == sorted([prod, dev, dev])
    assert {prod, dev} <= set(repr(records).split())
    denied = f"arn:aws:sts::{eic.account_id}:user/moto may not assume arn:aws:iam::{playground}:role/audit"
    assert records.attrs["unreadable"] == f"us-east-1, account {playground}: {denied}"
    assert f"not read: us-east-1, account {playground}: " in repr(records)
    would = notebook.run(f"%eic replay ${{records}} {ORGANIZATION} --dry-run")
    assert (
        would.attrs["summary"]
        == f"would send 3 events: 2 to {FUNCTION} (account {dev}), 1 to {FUNCTION} (account {prod})"
    )
    assert invoked(eic) == []
    sent = notebook.run(f"%eic replay ${{records}} {ORGANIZATION}")
    assert (sent.attrs["account_id"], sent.outcome.tolist()) == ("several", ["accepted"] * 3)
    assert sorted(invoked(eic)) == sorted([prod, dev, dev])
    assert [visible(one, "failures") for one in failed] == [0, 0]


def distrust(account: Eic, eic: Eic) -> None:
    """Let the role of an account be assumed by no one, and connect anew, without its earlier credentials."""
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    call(account, "iam", "UpdateAssumeRolePolicy", RoleName="audit", PolicyDocument=policy)
    assert eic.server is not None
    session = boto3.Session("AKIDNEW", "secret", region_name="us-east-1")
    eicnb.use(eicnb.connect(boto3_session=session, endpoint_url=eic.server.url))


def test_an_account_that_cannot_be_entered_any_more_is_reported_and_the_others_go_on(
    eic: Eic, failed: tuple[Eic, Eic]
) -> None:
    prod, dev = map(account_of, failed)
    frame = audit()
    every = eicnb.records(frame, connections=failed, **QUICK)
    distrust(failed[1], eic)
    connections = eicnb.organization("audit", accounts="orders-*")
    records = eicnb.records(frame, connections=connections, **QUICK)
    assert records.account_id.tolist() == [prod]
    denied = f"arn:aws:sts::{eic.account_id}:user/moto may not assume arn:aws:iam::{dev}:role/audit"
    assert f"arn:aws:sqs:us-east-1:{dev}:failures: {denied}" in records.attrs["unreadable"]
    with pytest.raises(IncompleteReplay) as raised:
        eicnb.replay(every, connections=connections, **QUICK)
    sent = raised.value.result
    assert invoked(eic) == [prod]
    assert sent.outcome[sent.account_id == prod].tolist() == ["accepted"]
    refused = sent[sent.account_id == dev]
    assert refused.outcome.tolist() == ["refused"] * 2
    assert set(refused.error) == {f"{FUNCTION} could not be read: {denied}"}


def test_events_of_an_account_without_a_connection_are_refused_and_stay(eic: Eic, failed: tuple[Eic, Eic]) -> None:
    prod, dev = failed
    records = eicnb.records(audit(), connections=[prod, dev], **QUICK)
    with pytest.raises(IncompleteReplay) as raised:
        eicnb.replay(records, connections=[prod], **QUICK)
    [other, _] = records.message_id[records.account_id == account_of(dev)]
    lines = str(raised.value).splitlines()
    assert lines[0] == "not all events were accepted: 1 accepted, 2 refused"
    why = f"refused: no connection reaches account {account_of(dev)}"
    assert f"    {FUNCTION} (account {account_of(dev)}), message {other}: {why}" in lines
    assert (
        lines[-1] == "Try: add a connection to that account: connections= (--organization --role ROLE, or --profiles)"
    )
    assert invoked(eic) == [account_of(prod)]
    assert (visible(prod, "failures"), visible(dev, "failures")) == (0, 2)


def test_a_frame_that_names_another_account_than_the_message_sends_nothing(eic: Eic, failed: tuple[Eic, Eic]) -> None:
    prod, dev = failed
    records = eicnb.records("sqs:failures", connections=[prod], **QUICK)
    prod.put(FUNCTION, on_failure="sqs:failures")
    records["function_arn"] = records.function_arn.str.replace(account_of(prod), account_of(dev))
    dev.put(FUNCTION, on_failure=f"arn:aws:sqs:us-east-1:{account_of(prod)}:failures")
    with pytest.raises(IncompleteReplay, match="the message and the frame name different functions"):
        eicnb.replay(records, connections=[prod, dev], **QUICK)
    assert invoked(eic) == []
