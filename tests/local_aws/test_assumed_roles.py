"""The roles of a sandbox that may be assumed, by which callers, and for how long."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop

DENIED = "User: arn:aws:sts::{}:user/moto is not authorized to perform: sts:AssumeRole on resource: {}"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Sandbox() as sandbox:
        yield Shop(sandbox)


def trusting(shop: Shop, name: str, **statement: Any) -> str:
    """Create a role with this statement as its trust policy, and return its ARN."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": shop.account_id}, **statement}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = shop.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(role["Role"]["Arn"])


def test_a_role_that_trusts_the_account_is_assumed(shop: Shop) -> None:
    role = trusting(shop, "of-the-account")
    keys = shop.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    identity = session.client("sts", endpoint_url=shop.sandbox.url).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{shop.account_id}:assumed-role/of-the-account/me"


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::{}:role/nosuch",
        "arn:aws:iam::{}:role/shop-events",
        "arn:aws:iam::210987654321:role/audit",
        "arn:aws:iam::{}:user/somebody",
    ],
    ids=["missing", "trusts Lambda", "of an unknown account", "no role"],
)
def test_any_other_role_is_denied_as_aws_denies_it(shop: Shop, role: str) -> None:
    role_arn = role.format(shop.account_id)
    with pytest.raises(ClientError) as raised:
        shop.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="me")
    response = raised.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDenied", 403)
    assert response["Error"]["Message"] == DENIED.format(shop.account_id, role_arn)


def test_a_role_may_require_an_external_id(shop: Shop) -> None:
    role = trusting(shop, "of-a-partner", Condition={"StringEquals": {"sts:ExternalId": "ours"}})
    sts = shop.client("sts")
    for given in ({}, {"ExternalId": "theirs"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=role, RoleSessionName="me", **given)
    assert sts.assume_role(RoleArn=role, RoleSessionName="me", ExternalId="ours")["Credentials"]


def test_a_session_name_that_aws_refuses_is_refused(shop: Shop) -> None:
    sts = shop.client("sts")
    with pytest.raises(ClientError, match="Value 'a b' at 'roleSessionName' failed to satisfy constraint"):
        sts.assume_role(RoleArn=trusting(shop, "of-names"), RoleSessionName="a b")


def test_credentials_of_a_role_expire() -> None:
    passed = [0.0]
    with Sandbox(now=lambda: time.time() + passed[0]) as sandbox:
        shop = Shop(sandbox)
        role = trusting(shop, "for-an-hour")
        keys = shop.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
        lambdas, sts = (session.client(name, endpoint_url=shop.sandbox.url) for name in ("lambda", "sts"))
        assert lambdas.list_functions()["Functions"]
        passed[0] = 3601.0
        with pytest.raises(ClientError, match=r"\(ExpiredTokenException\).*The security token included"):
            lambdas.list_functions()
        with pytest.raises(ClientError, match=r"\(ExpiredToken\).*The security token included"):
            sts.get_caller_identity()
