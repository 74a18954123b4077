"""The organisation of a sandbox: its accounts, units and pages, as AWS Organizations lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws import account_ids, company
from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop


@pytest.fixture(scope="module")
def one() -> Iterator[Shop]:
    with Sandbox() as sandbox:
        yield Shop(sandbox)


def accounts(shop: Shop) -> dict[str, dict[str, Any]]:
    return {account["Name"]: account for account in shop.client("organizations").list_accounts()["Accounts"]}


def member(shop: Shop, name: str) -> boto3.Session:
    """Return a session with the role of a member account."""
    role = f"arn:aws:iam::{accounts(shop)[name]['Id']}:role/{company.AUDIT_ROLE}"
    keys = shop.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")


def test_the_account_manages_twelve_that_trust_it_one_that_does_not_and_a_suspended_one(one: Shop) -> None:
    found = accounts(one)
    assert found["shop"]["Id"] == one.account_id
    states = {name: (account["State"], account["Status"]) for name, account in found.items()}
    assert states.pop("old-shop") == ("SUSPENDED", "SUSPENDED")
    assert set(states.values()) == {("ACTIVE", "ACTIVE")}
    trusting = states.keys() - {"shop", "playground"}
    assert len(trusting) == 12
    for name in trusting:
        member(one, name)
    for name in ("shop", "playground", "old-shop"):
        with pytest.raises(ClientError, match="AccessDenied"):
            member(one, name)


def test_units_are_nested_and_hold_the_accounts(one: Shop) -> None:
    organizations = one.client("organizations")
    [root] = organizations.list_roots()["Roots"]

    def inside(parent_id: str, path: str = "") -> Iterator[tuple[str, list[str]]]:
        held = organizations.list_accounts_for_parent(ParentId=parent_id)["Accounts"]
        yield path, [account["Name"] for account in held]
        for unit in organizations.list_organizational_units_for_parent(ParentId=parent_id)["OrganizationalUnits"]:
            yield from inside(unit["Id"], f"{path}/{unit['Name']}".lstrip("/"))

    found = dict(inside(root["Id"]))
    assert set(found) == {"", *company.UNITS}
    assert found[""] == ["shop"]
    assert found["Workloads/Dev"] == ["payments-dev", "orders-dev", "catalog-dev"]


def test_the_credentials_of_a_member_act_in_its_account(one: Shop) -> None:
    session = member(one, "analytics")
    account_id = accounts(one)["analytics"]["Id"]
    sts, lambdas = (session.client(name, endpoint_url=one.sandbox.url) for name in ("sts", "lambda"))
    identity = sts.get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (account_id, f"arn:aws:sts::{account_id}:assumed-role/audit/test")
    names = [function["FunctionName"] for function in lambdas.list_functions()["Functions"]]
    assert names == ["clickstream", "daily-report"]
    assert (
        lambdas.get_function_event_invoke_config(FunctionName="clickstream")["FunctionArn"].split(":")[4] == account_id
    )
    with pytest.raises(ClientError, match="Function not found"):
        lambdas.get_function(FunctionName="my-function")


def test_a_write_in_one_account_changes_no_other(one: Shop) -> None:
    prod, dev = (
        member(one, name).client("lambda", endpoint_url=one.sandbox.url) for name in ("payments-prod", "payments-dev")
    )
    dev.put_function_event_invoke_config(FunctionName="fraud-alerts", MaximumRetryAttempts=0)
    with pytest.raises(ClientError, match="doesn't have an EventInvokeConfig"):
        prod.get_function_event_invoke_config(FunctionName="fraud-alerts")


def test_a_member_account_may_not_list_the_organisation(one: Shop) -> None:
    organizations = member(one, "network").client("organizations", endpoint_url=one.sandbox.url)
    with pytest.raises(ClientError, match="You don't have permissions to access this resource"):
        organizations.list_accounts()
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == one.account_id


def test_a_page_has_twenty_accounts_and_new_ones_follow() -> None:
    with Sandbox() as sandbox:
        organizations = Shop(sandbox).client("organizations")
        for number in range(10):
            organizations.create_account(AccountName=f"new-{number}", Email=f"new-{number}@shop.example")
        first = organizations.list_accounts()
        second = organizations.list_accounts(NextToken=first["NextToken"], MaxResults=3)
        assert (len(first["Accounts"]), len(second["Accounts"])) == (20, 3)
        created = second["Accounts"][0]["Id"]
        assert created in account_ids.others(sandbox.account_id)
        role = f"arn:aws:iam::{created}:role/OrganizationAccountAccessRole"
        Shop(sandbox).client("sts").assume_role(RoleArn=role, RoleSessionName="new")
    assert created not in account_ids.others("")


def test_two_sandboxes_have_members_of_their_own_and_the_first_ids_stay_the_same() -> None:
    with Sandbox(account_id="100000000001") as first, Sandbox(account_id="100000000002") as second:
        ids = {account["Id"] for account in accounts(Shop(first)).values()}
        assert not ids & {account["Id"] for account in accounts(Shop(second)).values()}
    with Sandbox(account_id="100000000001") as again:
        assert {account["Id"] for account in accounts(Shop(again)).values()} == ids


def test_a_function_fails_in_each_account_that_has_it(one: Shop) -> None:
    lambdas = member(one, "orders-prod").client("lambda", endpoint_url=one.sandbox.url)
    one.sandbox.fail("cancel-order")
    assert lambdas.invoke(FunctionName="cancel-order")["FunctionError"] == "Unhandled"
    one.sandbox.succeed("cancel-order")
    assert "FunctionError" not in lambdas.invoke(FunctionName="cancel-order")


def test_each_account_has_a_limit_of_its_own() -> None:
    with Sandbox(requests_per_second=0.01, burst=1) as sandbox:
        shop = Shop(sandbox)
        clients = [shop.client(), member(shop, "analytics").client("lambda", endpoint_url=sandbox.url)]
        for client in clients:
            assert client.list_functions()["Functions"]
        with pytest.raises(ClientError, match="Rate exceeded"):
            clients[0].list_functions()
        ids = [request.account_id for request in sandbox.requests() if request.operation == "ListFunctions"]
        assert ids == [sandbox.account_id, accounts(shop)["analytics"]["Id"], sandbox.account_id]
