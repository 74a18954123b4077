"""An audit calls the same event handlers as the verbs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

import eicnb
from tests.answering import Answering
from tests.fleet.lambdas import Lambda

WARNING = "the audit was sent through botocore, which is slower, because of event handlers in {}"


def test_a_handler_of_the_users_session_sees_every_request_of_an_audit(own_aws_files: None) -> None:
    session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="b", region_name="us-east-1")

    def mark(request: Any, **_: Any) -> None:
        request.headers["X-Reason"] = "audit"

    session.events.register("before-sign.lambda", mark)
    with Answering(Lambda()) as server:
        eic = eicnb.connect(boto3_session=session, endpoint_url=server.url)
        plain = eicnb.connect(
            boto3_session=boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="b", region_name="us-east-1"),
            endpoint_url=server.url,
        ).audit(progress=False)
        before = len(server.seen)
        with pytest.warns(UserWarning, match="the audit was sent through botocore") as warned:
            frame = eic.audit(progress=False)
        assert [str(warning.message) for warning in warned] == [WARNING.format(__name__)]
        requests = [seen for seen in server.seen[before:] if seen.service == "lambda"]
    assert {seen.headers.get("X-Reason") for seen in requests} == {"audit"}
    assert frame.drop(columns="read_at", errors="ignore").equals(plain.drop(columns="read_at", errors="ignore"))


@contextmanager
def mocked() -> Iterator[None]:
    """Mock AWS as `mock_aws()` does, but without its reset, which would also empty other tests' sandboxes."""
    mock: Any = mock_aws()
    mock.start(reset=False)
    try:
        yield
    finally:
        mock.stop(remove_data=False)


def test_an_audit_inside_mock_aws_reads_the_mocked_functions(
    own_aws_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    with mocked():
        role = boto3.client("iam", "us-east-1").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))
        client = boto3.client("lambda", "us-east-1")
        for name in ("one", "two"):
            client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=role["Role"]["Arn"],
                Handler="index.handler",
                Code={"ZipFile": code.getvalue()},
            )
        client.put_function_event_invoke_config(FunctionName="one", MaximumRetryAttempts=0)
        eic = eicnb.connect(region="us-east-1")
        with pytest.warns(UserWarning, match=r"because of event handlers in moto.core.botocore_stubber"):
            frame = eic.audit(progress=False)
    assert list(frame.function_name) == ["one", "two"]
    assert list(frame.configured) == [True, False]
    assert frame.attrs["complete"]
