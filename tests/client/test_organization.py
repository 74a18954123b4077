"""`eicnb.organization`: a connection to each account, whose role is assumed at first use."""

from __future__ import annotations

import re
from typing import Any

import pytest

import eicnb
from eicnb.client.eic import Eic, connection_of
from eicnb.errors import AccessDenied, UsageError
from tests.answering import Answering
from tests.fleet.organizations import MANAGER, MEMBER, Organization, account

LEFT_OUT = re.compile(r"left out 1 account that is not active: \d{12} \(old-shop\): suspended\n")


def roles(eic: Eic) -> list[Any]:
    """Return the requests for a role's credentials that a sandbox received."""
    assert eic.server is not None
    return [request for request in eic.server.requests() if request.operation == "AssumeRole"]


def named(eic: Eic, name: str) -> Eic:
    [found] = eicnb.organization("audit", accounts=name)
    return found


def test_each_active_account_has_a_connection_and_no_role_is_assumed_yet(
    eic: Eic, capsys: pytest.CaptureFixture[str]
) -> None:
    found = eicnb.organization("audit")
    assert LEFT_OUT.fullmatch(capsys.readouterr().out)
    assert len({connection.account_id for connection in found[:1]}) == 1
    assert len(found) == 14
    assert found[0] is eic
    assert not roles(eic)


def test_a_connection_shows_the_name_of_its_account(eic: Eic) -> None:
    one = named(eic, "analytics")
    account_id = connection_of(one).known_account_id
    role = f"arn:aws:iam::{account_id}:role/audit"
    assert repr(one) == (
        f"Eic(SANDBOX, account_id='{account_id}', account_name='analytics', region='us-east-1', role_arn='{role}')"
    )
    eicnb.use(one, name="analytics")
    assert eicnb.connections().set_index("name").account_name["analytics"] == "analytics"


def test_a_connection_acts_in_its_account_as_the_role(eic: Eic) -> None:
    one = named(eic, "analytics")
    assert one.functions().function_name.tolist() == ["clickstream", "daily-report"]
    assert one.derive(region="eu-west-1").functions().empty
    assert len(roles(eic)) == 1
    assert re.fullmatch(r"arn:aws:sts::\d{12}:assumed-role/audit/eicnb-.+", one.whoami().identity_arn.item())


def test_an_account_without_the_role_is_denied_when_it_is_used_and_the_error_names_it(eic: Eic) -> None:
    one = named(eic, "playground")
    with pytest.raises(AccessDenied) as raised:
        one.functions()
    account_id = connection_of(one).known_account_id
    assert str(raised.value).splitlines()[1] == (
        f"    AccessDenied, returned by AssumeRole in us-east-1, SANDBOX, account {eic.account_id}, "
        f"for account {account_id} (playground)"
    )


def test_the_same_account_is_the_same_connection(eic: Eic) -> None:
    assert named(eic, "network") is named(eic, "net*")


@pytest.mark.parametrize(
    ("role", "options", "message"),
    [
        (
            "arn:aws:iam::123456789012:role/x/audit",
            {},
            "'arn:aws:iam::123456789012:role/x/audit' is the role of one account\nTry: x/audit",
        ),
        ("an audit", {}, "'an audit' is not the name of a role\nTry: audit"),
        ("", {}, "'' is not the name of a role\nTry: audit"),
        (7, {}, "7 is not the name of a role\nTry: audit"),
        (
            "audit",
            {"external_id": "a b"},
            "the external id is not one that STS accepts\nTry: use 2 to 1224 letters, digits and =,.@:/-",
        ),
        ("audit", {"unit": "Data"}, "organization has no parameter 'unit'\nTry: units"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    eic: Eic, role: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.organization(role, **options)
    assert str(raised.value) == message
    assert eic.server is not None
    assert not eic.server.requests()


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_the_roles_are_in_the_partition_of_the_caller(
    region: str, partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with Answering(Organization(accounts=[[account(MEMBER, "payments"), account(MANAGER)]])) as server:
        eicnb.use(eicnb.connect(region=region, endpoint_url=server.url))
        member, own = eicnb.organization("path/audit", external_id="ours")
    assert connection_of(member).aws.role_arn == f"arn:{partition}:iam::{MEMBER}:role/path/audit"
    assert own is eicnb.current()
    assert connection_of(own).aws.role_arn is None


def test_a_sandbox_in_another_partition_manages_the_same_organisation() -> None:
    eic = eicnb.sandbox(region="cn-north-1")
    assert eic.server is not None
    [prod] = eicnb.organization("audit", accounts="payments-prod")
    assert prod.whoami().identity_arn.str.match(r"arn:aws-cn:sts::\d{12}:assumed-role/audit/").all()
    eic.server.stop()
