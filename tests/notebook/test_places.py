"""A notebook shows its account and region, and stops if they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import eicnb
from eicnb.errors import ConfigurationError, UsageError
from tests.shell import Notebook

Sent = Callable[[], list[str | None]]


def test_connections_have_names_and_are_used_again_by_them(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic use --region eu-west-1 --as europe")
    assert notebook.run("_.region") == "eu-west-1"
    listed = notebook.run("%eic use")
    assert listed[["name", "in_use", "region", "sandbox"]].to_dict("records") == [
        {"name": "sandbox", "in_use": False, "region": "us-east-1", "sandbox": True},
        {"name": "europe", "in_use": True, "region": "eu-west-1", "sandbox": True},
    ]
    assert notebook.run("%eic use sandbox").region == "us-east-1"
    assert eicnb.current().region == "us-east-1"
    assert eicnb.connections().set_index("name").in_use["sandbox"]


def test_another_region_does_not_take_the_name_of_another_connection(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic use --region eu-west-1")
    assert list(notebook.run("%eic use").name) == ["sandbox", "sandbox/eu-west-1"]
    assert notebook.run("%eic use sandbox").region == "us-east-1"
    assert notebook.run("%eic use sandbox/eu-west-1").region == "eu-west-1"


def test_a_profile_is_the_name_of_its_connection(bare_notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Path(bare_notebook.shell.ipython_dir) / "aws-config"
    config.write_text("[profile prod]\nregion = eu-central-1\n[profile dev]\nregion = us-west-2\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    bare_notebook.run("%load_ext eicnb\n%eic use --profile prod\n%eic use --profile dev --region us-east-2")
    listed = bare_notebook.run("%eic use")
    assert dict(zip(listed.name, listed.region, strict=True)) == {"prod": "eu-central-1", "dev": "us-east-2"}
    assert repr(bare_notebook.run("%eic use prod")) == "Eic(region='eu-central-1', profile='prod')"
    assert eicnb.use("dev").region == "us-east-2"


def test_an_unknown_connection_has_the_nearest_as_hint(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic use --region eu-west-1 --as europe")
    assert isinstance(notebook.fail("%eic use euorpe"), UsageError)
    assert notebook.printed() == (
        "UsageError: there is no connection 'euorpe'\n    %eic use euorpe\n             ^^^^^^\nTry: %eic use europe\n"
    )


def test_whoami_returns_account_identity_and_region(notebook: Notebook, eic: eicnb.Eic) -> None:
    row = notebook.run("%eic whoami").iloc[0]
    assert (row.account_id, row.region, row.partition, row.sandbox) == (eic.account_id, "us-east-1", "aws", True)
    assert row.identity_arn.startswith(f"arn:aws:sts::{eic.account_id}:")
    assert row.isna().to_dict() == row.isna().to_dict() | {"account_alias": True, "expires_at": True, "profile": True}


def test_whoami_shows_the_alias_of_the_account(notebook: Notebook, eic: eicnb.Eic) -> None:
    client = eic._connection.aws._client("iam")
    client.create_account_alias(AccountAlias="shop-prod")
    assert notebook.run("%eic whoami").account_alias.tolist() == ["shop-prod"]


@pytest.mark.parametrize(
    "required",
    ["--sandbox", "--region us-east-1", "--account ACCOUNT --region us-east-1 --sandbox", "--account ${number}"],
)
def test_the_required_account_and_region_are_confirmed_in_a_line(
    notebook: Notebook, eic: eicnb.Eic, required: str
) -> None:
    notebook.shell.user_ns["number"] = int(eic.account_id)
    notebook.printed()
    assert notebook.run(f"%eic require {required.replace('ACCOUNT', eic.account_id)}") is None
    assert notebook.printed() == f"us-east-1  {eic.account_id}  SANDBOX  as required\n"


HERE = "but the connection in use is in us-east-1, account ACCOUNT, SANDBOX"
WRONG = [
    ("--account 210987654321", f"this notebook is for account 210987654321, {HERE}"),
    (
        "--region eu-west-1 --account 210987654321",
        f"this notebook is for region eu-west-1 and account 210987654321, {HERE}",
    ),
]


@pytest.mark.parametrize("kind_and_name", ["sqs:shop-failures", "sns:shop-alerts", "events:shop", "lambda:my-function"])
def test_a_required_destination_exists(notebook: Notebook, eic: eicnb.Eic, kind_and_name: str) -> None:
    notebook.run(f"%eic require --account {eic.account_id} --destination {kind_and_name}")
    assert notebook.printed().endswith(f"{kind_and_name.partition(':')[2]}  as required\n")
    assert eicnb.require(destination=kind_and_name) is eic


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        (
            "sqs:nope",
            "this notebook needs the SQS queue nope, which does not exist in HERE",
        ),
        (
            "s3:nope-of-nobody",
            "this notebook needs the S3 bucket nope-of-nobody, which does not exist in HERE",
        ),
        (
            "arn:aws:sqs:us-east-1:210987654321:theirs",
            "this notebook needs the SQS queue theirs, which could not be read, so it may not exist",
        ),
    ],
)
def test_a_destination_that_may_not_exist_stops_the_notebook(
    notebook: Notebook, eic: eicnb.Eic, sent: Sent, destination: str, message: str
) -> None:
    error = notebook.fail(f"%eic require --destination {destination}\n%eic put my-function --retries 0")
    text = message.replace("HERE", f"us-east-1, account {eic.account_id} (SANDBOX)")
    assert str(error) == f"{text}\nTry: name a destination that exists, or create this one"
    assert "PutFunctionEventInvokeConfig" not in sent()


@pytest.mark.parametrize(("required", "message"), WRONG)
def test_the_wrong_place_stops_the_notebook(
    notebook: Notebook, eic: eicnb.Eic, sent: Sent, required: str, message: str
) -> None:
    error = notebook.fail(f"%eic require {required}\n%eic put my-function --retries 0")
    assert isinstance(error, ConfigurationError)
    assert error.message == message.replace("ACCOUNT", eic.account_id)
    assert "PutFunctionEventInvokeConfig" not in sent()


def test_another_region_is_a_line_away(notebook: Notebook) -> None:
    error = notebook.fail("%eic require --region eu-west-1")
    assert isinstance(error, ConfigurationError)
    assert error.hint == "%eic use --region eu-west-1"
    notebook.run(error.hint)
    notebook.run("%eic require --region eu-west-1")


@pytest.mark.parametrize("line", ["%eic sandbox --region us-west-9", "%eic use --region us-west-9"])
def test_an_unknown_region_is_marked_in_the_line(notebook: Notebook, line: str) -> None:
    error = notebook.fail(line)
    marks = " " * line.index("us-west-9") + "^" * len("us-west-9")
    message = f"there is no region 'us-west-9' that botocore knows\n    {line}\n    {marks}\nTry: us-west-2"
    assert str(error) == message


def test_no_destination_is_nothing_to_require(notebook: Notebook) -> None:
    error = notebook.fail("%eic require --destination none")
    assert "require needs a destination that can exist" in str(error)


def test_the_sandbox_is_not_aws(notebook: Notebook, eic: eicnb.Eic) -> None:
    with pytest.raises(ConfigurationError, match="this notebook is for AWS and not the SANDBOX"):
        eicnb.require(sandbox=False)
    eicnb.use(eicnb.connect(region="us-east-1"))
    error = notebook.fail("%eic require --sandbox")
    assert isinstance(error, ConfigurationError)
    assert error.hint == "%eic sandbox"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"account": "12345"}, "'12345' is not an account: it has 5 digits, but AWS's accounts have twelve"),
        ({"account": True}, "True is not an account"),
        ({"account": ["1"]}, "a list is not an account"),
        ({"region": ""}, "the region is '', not the name of a region"),
        ({"region": "us east"}, "'us east' is not the name of a region"),
        ({}, "require needs at least one requirement"),
    ],
)
def test_what_cannot_be_required_is_a_usage_error(eic: eicnb.Eic, values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        eicnb.require(**values)
    assert caught.value.message == message


def test_an_account_that_lost_its_zeros_as_a_number_gets_them_back(eic: eicnb.Eic) -> None:
    with pytest.raises(ConfigurationError, match="this notebook is for account 012345670123"):
        eicnb.require(account=12345670123)  # type: ignore[arg-type] # papermill converts its parameters to numbers
