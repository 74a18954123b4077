"""How to connect to an account, as a value without credentials."""

from __future__ import annotations

import pickle

import boto3
import pytest

import eicnb
from eicnb.aws.recipe import Recipe

ROLE = "arn:aws:iam::123456789012:role/audit"


@pytest.fixture(autouse=True)
def _keys_in_the_environment(no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSECRET")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")


def recipe_of(eic: eicnb.Eic) -> Recipe:
    return Recipe.of(eic._connection.aws)


def test_a_recipe_has_the_options_of_a_connection_and_no_credentials() -> None:
    eic = eicnb.connect(region="eu-west-1", endpoint_url="http://127.0.0.1:9", role_arn=ROLE, external_id="shared-id")
    eic.derive(region="us-east-1")
    recipe = recipe_of(eic)
    sent = pickle.dumps(recipe)
    assert b"AKID" not in sent
    assert b"wJalr" not in sent
    assert "shared-id" not in repr(recipe)
    arrived: Recipe = pickle.loads(sent)
    assert arrived == recipe
    aws = arrived.aws("us-east-2")
    assert (aws.region, aws.role_arn, aws.endpoint_url) == ("us-east-2", ROLE, "http://127.0.0.1:9")
    assert aws.roles[0].external_id == "shared-id"


def test_equal_recipes_share_a_login_and_so_the_credentials_of_a_role() -> None:
    recipe = recipe_of(eicnb.connect(region="eu-west-1", role_arn=ROLE))
    again: Recipe = pickle.loads(pickle.dumps(recipe))
    assert recipe.aws("us-east-1")._login is again.aws("us-east-2")._login


def test_roles_are_assumed_one_from_another() -> None:
    second = ROLE.replace("audit", "reader")
    eic = eicnb.connect(region="eu-west-1", role_arn=ROLE).derive(role_arn=second).derive(region="us-east-1")
    assert [role.arn for role in recipe_of(eic).aws("us-east-1").roles] == [ROLE, second]


def test_the_credentials_of_a_boto3_session_are_not_sent() -> None:
    session = boto3.Session("AKIDOWN", "secret", region_name="us-east-1")
    with pytest.raises(eicnb.UsageError) as caught:
        recipe_of(eicnb.connect(boto3_session=session))
    assert str(caught.value) == (
        "the credentials of a boto3 session that you made do not leave this process\n"
        'Try: connect with a role, which workers can assume: eicnb.connect(role_arn="…"); '
        'or send its credentials to an encrypted cluster: credentials="send"'
    )


def test_the_role_of_a_boto3_session_is_assumed_from_the_workers_own_identity() -> None:
    session = boto3.Session("AKIDOWN", "secret", region_name="us-east-1")
    recipe = recipe_of(eicnb.connect(boto3_session=session, role_arn=ROLE))
    assert b"AKIDOWN" not in pickle.dumps(recipe)
    assert recipe.aws("us-east-1").role_arn == ROLE


def test_short_lived_credentials_are_in_a_recipe_only_on_request_and_not_shown() -> None:
    session = boto3.Session("ASIAOWN", "hidden", "the-token", region_name="us-east-1")
    recipe = Recipe.with_keys(eicnb.connect(boto3_session=session)._connection.aws)
    assert "ASIA" not in repr(recipe)
    assert "hidden" not in repr(recipe)
    arrived: Recipe = pickle.loads(pickle.dumps(recipe))
    keys = arrived.aws("us-east-1").keys
    assert arrived.keys is not None
    assert arrived.keys.token == "the-token"
    assert keys is not None


def test_long_lived_credentials_are_never_sent() -> None:
    with pytest.raises(eicnb.UsageError, match="are long-lived, and long-lived ones are never sent"):
        Recipe.with_keys(eicnb.connect(region="us-east-1")._connection.aws)
