"""The hint for renewing credentials depends on their source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import ConfigurationError, EicError, ExpiredCredentials
from tests.answering import Answering, fault

KEYS = "aws_access_key_id = a\naws_secret_access_key = b\n"
PORTAL = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
ACCOUNT = "sso_account_id = 222222222222\nsso_role_name = r\n"
SSO = PORTAL + ACCOUNT
PROCESS = f"credential_process = {sys.executable} -c 'raise SystemExit(3)'\n"
ROLE = "role_arn = arn:aws:iam::222222222222:role/r\n"
RUN = "run this in a terminal, then repeat the command; no restart is needed\n    {}"


def hint(eic: Eic) -> str | None:
    """The hint of the error for missing or expired credentials."""
    with pytest.raises(EicError) as raised:
        eic.get("my-function")
    assert isinstance(raised.value, ExpiredCredentials | ConfigurationError)
    return raised.value.hint


PROFILES = {
    "SSO": (f"[profile p]\n{SSO}", RUN.format("aws sso login --profile p")),
    "an SSO session": (
        f"[profile p]\nsso_session = s\n{ACCOUNT}[sso-session s]\n{PORTAL}",
        RUN.format("aws sso login --profile p"),
    ),
    "a role behind SSO": (
        f"[profile p]\n{ROLE}source_profile = base\n[profile base]\n{SSO}",
        RUN.format("aws sso login --profile base"),
    ),
    "keys in a file": (
        f"[profile p]\n{KEYS}",
        "renew the keys of profile 'p' in ~/.aws/credentials, then run this again; no restart is needed",
    ),
    "a process": (
        f"[profile p]\n{PROCESS}",
        "sign in again as the credential_process of profile 'p' requires, then run this again",
    ),
}


@pytest.mark.parametrize(("config", "expected"), PROFILES.values(), ids=PROFILES)
def test_the_hint_fits_the_profile(config: str, expected: str, tmp_path: Path, own_aws_files: None) -> None:
    (tmp_path / "config").write_text(config)
    with Answering([fault(403, "ExpiredTokenException", "expired")]) as server:
        assert hint(eicnb.connect(profile="p", region="us-east-1", endpoint_url=server.url)) == expected


def test_the_default_profile_needs_no_option(tmp_path: Path, own_aws_files: None) -> None:
    (tmp_path / "config").write_text(f"[default]\n{SSO}")
    assert hint(eicnb.connect(region="us-east-1")) == RUN.format("aws sso login")


def test_keys_of_the_environment_and_of_a_session_are_named(
    tmp_path: Path, own_aws_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with Answering([fault(403, "ExpiredTokenException", "expired")]) as server:
        assert hint(eicnb.connect(region="us-east-1", endpoint_url=server.url)) == (
            "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new credentials, then run this again"
        )
        assert hint(eicnb.connect(boto3_session=session, endpoint_url=server.url)) == (
            "connect with a new session: eicnb.use(eicnb.connect(boto3_session=boto3.Session()))"
        )


def test_an_audit_says_it_too(tmp_path: Path, own_aws_files: None) -> None:
    (tmp_path / "config").write_text(PROFILES["keys in a file"][0])
    with Answering([fault(403, "ExpiredTokenException", "expired")]) as server:
        eic = eicnb.connect(profile="p", region="us-east-1", endpoint_url=server.url)
        frame = eic.audit(errors="rows", progress=False)
    assert "Try: renew the keys of profile 'p' in ~/.aws/credentials" in frame.error[0]


def test_an_expired_sign_in_is_not_reported_as_a_response_of_aws(tmp_path: Path, own_aws_files: None) -> None:
    (tmp_path / "answer").write_text(
        '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "t", '
        '"Expiration": "2020-01-01T00:00:00Z"}'
    )
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = {shutil.which('cat')} {tmp_path}/answer\n")
    with pytest.raises(ExpiredCredentials) as raised:
        eicnb.connect(profile="p", region="us-east-1").get("my-function")
    assert "    ExpiredCredentials, before GetFunctionEventInvokeConfig in us-east-1\n" in str(raised.value)


WITHOUT_CRT = """
import sys
sys.modules["awscrt"] = None
sys.modules["awscrt.crypto"] = None
import eicnb
try:
    eicnb.connect(profile="p", region="us-east-1").get("my-function")
except eicnb.ConfigurationError as error:
    print(error)
"""


def test_a_profile_of_aws_login_names_the_extra_that_it_needs(tmp_path: Path, own_aws_files: None) -> None:
    (tmp_path / "config").write_text(
        "[profile p]\nlogin_session = arn:aws:iam::222222222222:user/me\nregion = us-east-1\n"
    )
    done = subprocess.run([sys.executable, "-c", WITHOUT_CRT], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "a profile of `aws login` needs botocore's extra crt\nTry: pip install 'eicnb[crt]'\n"
