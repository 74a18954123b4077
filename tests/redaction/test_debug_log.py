"""`--debug` shows requests and responses, but no credentials."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eicnb
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.client import commands
from eicnb.redaction.debug_log import logged, without_secrets
from tests.answering import Answering, config_answer, fault

KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjE//token+w=="

HIDDEN = """
{'X-Amz-Security-Token': b'SECRET', 'X-Amz-Date': b'20261124T000000Z'}
x-amz-security-token:SECRET
"Authorization": "Bearer SECRET"
Authorization: AWS4-HMAC-SHA256 Credential=SECRET/20261124/us-east-1/lambda/aws4_request, Signature=SECRET
https://s3.amazonaws.com/b?X-Amz-Credential=SECRET&X-Amz-Signature=SECRET
{"roleCredentials":{"accessKeyId":"SECRET","secretAccessKey":"SECRET","sessionToken":"SECRET"}}
<Credentials><AccessKeyId>SECRET</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey></Credentials>
<SessionToken>SECRET</SessionToken>
b'{"clientSecret": "SECRET", "refreshToken": "SECRET", "grantType": "refresh_token"}'
"{\\"clientSecret\\": \\"SECRET\\", \\"idToken\\":\\"SECRET\\"}"
{'body': {'WebIdentityToken': 'SECRET', 'RoleArn': 'arn:aws:iam::123456789012:role/r'}}
{'x-amz-sso_bearer_token': 'SECRET'}
X-aws-ec2-metadata-token: SECRET
aws_secret_access_key = SECRET
password=SECRET
"""


@pytest.mark.parametrize("line", HIDDEN.strip().splitlines())
@pytest.mark.parametrize("secret", ["SECRET", "a/b+c==", "it-is.a~secret_1"])
def test_the_value_after_the_name_of_a_secret_is_masked(line: str, secret: str) -> None:
    assert secret not in without_secrets(line.replace("SECRET", secret))


@given(st.text("abcXYZ019+/=._-~", min_size=12, max_size=60))
def test_a_known_secret_is_masked_everywhere(secret: str) -> None:
    assert secret not in without_secrets(f"before{secret}after {secret!r}", {secret})


@pytest.mark.parametrize(
    "line",
    [
        "Found credentials in shared credentials file: ~/.aws/credentials",
        "Looking for credentials via: assume-role",
        '"FunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST"',
        "SignedHeaders=host;x-amz-date;x-amz-security-token",
    ],
)
def test_other_text_is_unchanged(line: str) -> None:
    assert without_secrets(line) == line


@pytest.fixture
def caught() -> Iterator[list[str]]:
    """Return what another handler of the process receives."""
    seen: list[str] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    handler = Other()
    logging.getLogger().addHandler(handler)
    yield seen
    logging.getLogger().removeHandler(handler)


def run(line: str) -> str:
    log: list[str] = []
    try:
        commands.run(parser.parse(Source(line), {}), commands.Context(lambda _: None, log.append))
    finally:
        run.log = "".join(log)  # type: ignore[attr-defined] # for a command that fails
    return "".join(log)


@pytest.fixture
def real_looking_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def test_a_call_is_logged_completely_except_for_its_credentials(real_looking_keys: None, caught: list[str]) -> None:
    with Answering([config_answer()]) as server:
        log = run(f"put my-function --retries 0 --debug --endpoint-url {server.url}")
        signatures = [seen.headers["Authorization"].rpartition("Signature=")[2] for seen in server.seen]
    assert "Making request for OperationModel(name=PutFunctionEventInvokeConfig)" in log
    assert "Response body" in log
    assert "put my-function --retries 0 --debug" in log
    assert [secret for secret in (KEY, SECRET, TOKEN, *signatures) if secret in log] == []
    assert caught == []


def test_a_call_that_is_refused_is_logged_too(real_looking_keys: None) -> None:
    with Answering([fault(403, "AccessDeniedException", "no")]) as server, pytest.raises(eicnb.AccessDenied):
        run(f"get my-function --debug --endpoint-url {server.url}")
    assert "AccessDeniedException" in run.log  # type: ignore[attr-defined] # set by run


def test_without_the_option_nothing_is_logged(eic: eicnb.Eic, caught: list[str]) -> None:
    assert run("get my-function:BLUE") == ""
    assert caught == []


def test_afterwards_the_loggers_are_as_before(eic: eicnb.Eic) -> None:
    loggers = [logging.getLogger(name) for name in ("boto3", "botocore", "urllib3")]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    run("get my-function:BLUE --debug")
    assert [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers] == before


def test_other_handlers_receive_what_they_would_have_received(caught: list[str]) -> None:
    with logged(lambda _: None):
        logging.getLogger("botocore.credentials").warning("about to expire")
        logging.getLogger("botocore.auth").debug("not for others")
    assert caught == ["about to expire"]


LOGGERS = ("boto3", "botocore", "urllib3")


def _states() -> list[tuple[int, bool, int]]:
    loggers = [logging.getLogger(name) for name in LOGGERS]
    return [(logger.level, logger.propagate, len(logger.handlers)) for logger in loggers]


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_logs_that_overlap_leave_every_logger_as_it_was(first_to_end: int) -> None:
    before = _states()
    logs = [logged(lambda _text: None), logged(lambda _text: None)]
    for log in logs:
        log.__enter__()
    logs.pop(first_to_end).__exit__(None, None, None)
    assert [level for level, _, _ in _states()] == [logging.DEBUG] * 3
    logs.pop().__exit__(None, None, None)
    assert _states() == before


def test_a_log_continues_after_an_overlapping_one_has_stopped() -> None:
    texts: list[list[str]] = [[], []]
    first, second = (logged(text.append) for text in texts)
    with second:
        with first:
            logging.getLogger("botocore.auth").debug("to both")
        logging.getLogger("botocore.auth").debug("to one")
    assert [[text.rpartition(" - ")[2] for text in heard] for heard in texts] == [
        ["to both\n"],
        ["to both\n", "to one\n"],
    ]


def test_a_handler_of_a_library_receives_no_more_than_before(caught: list[str]) -> None:
    logger, handler = logging.getLogger("botocore"), logging.getLogger().handlers[-1]
    logger.addHandler(handler)
    try:
        with logged(lambda _: None):
            logging.getLogger("botocore.auth").debug("Signature")
        assert caught == []
        assert handler.filters == []
    finally:
        logger.removeHandler(handler)
