"""Every failure between here and AWS raises eicnb's error in time, with its cause and without secrets."""

from __future__ import annotations

import logging
import socket
import ssl
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
import urllib3

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import (
    AccessDenied,
    AwsError,
    ConfigurationError,
    EicError,
    ExpiredCredentials,
    NotFound,
    Throttled,
    UsageError,
)
from tests.answering import (
    FUNCTION_ARN,
    REQUEST_ID,
    Answer,
    Answering,
    Cut,
    Script,
    Seen,
    Silence,
    Stall,
    Step,
    as_json,
    config_answer,
    fault,
    identity,
)
from tests.golden.replay import write_certificate

SECRET = "wJalrSECRETSECRET"
TOKEN = "FwoGTOKENTOKEN"
HTML = Answer(200, b"<html><body>Please log in to the hotel</body></html>", {"Content-Type": "text/html"})
PROXY = "Try: run it again; if it fails again, look for a proxy between here and AWS"

Call = Callable[[Eic], Any]


def get(eic: Eic) -> Any:
    return eic.get("my-function")


def put(eic: Eic) -> Any:
    return eic.put("my-function", maximum_retry_attempts=0)


def update(eic: Eic) -> Any:
    return eic.update("my-function", maximum_retry_attempts=0)


def list_(eic: Eic) -> Any:
    return eic.list("my-function")


def delete(eic: Eic) -> Any:
    return eic.delete("my-function")


def functions(eic: Eic) -> Any:
    return eic.functions()


def named_destination(eic: Eic) -> Any:
    return eic.put("my-function", on_failure="sqs:lost")


VERBS = (get, put, update, list_, delete, functions)


@pytest.fixture(autouse=True)
def _known_keys(monkeypatch: pytest.MonkeyPatch, one_attempt: None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)


def failure(call: Call, eic: Eic) -> EicError:
    with pytest.raises(EicError) as raised:
        call(eic)
    return raised.value


def failure_on(script: Script | Sequence[Step], call: Call = get) -> EicError:
    with Answering(script) as server:
        return failure(call, eicnb.connect(region="us-east-1", endpoint_url=server.url))


@dataclass(frozen=True)
class Refusal:
    answer: Answer
    kind: type[AwsError]
    code: str
    text: str


REFUSALS = {
    "denied": Refusal(
        fault(403, "AccessDeniedException", "User: me is not authorized to perform: lambda:Get…"),
        AccessDenied,
        "AccessDeniedException",
        "User: me is not authorized to perform: lambda:Get…\n"
        "    AccessDeniedException, returned by GetFunctionEventInvokeConfig in us-east-1\n"
        "Try: use a role that may call lambda:GetFunctionEventInvokeConfig, or other credentials",
    ),
    "throttled": Refusal(
        fault(429, "TooManyRequestsException", "Rate exceeded"),
        Throttled,
        "TooManyRequestsException",
        "Rate exceeded\n"
        "    TooManyRequestsException, returned by GetFunctionEventInvokeConfig in us-east-1\n"
        "Try: run it again in a few seconds; the account's other tools share this limit",
    ),
    "expired": Refusal(
        fault(403, "ExpiredTokenException", "The security token included in the request is expired"),
        ExpiredCredentials,
        "ExpiredTokenException",
        "The security token included in the request is expired\n"
        "    ExpiredTokenException, returned by GetFunctionEventInvokeConfig in us-east-1\n"
        "Try: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new credentials, "
        "then run this again",
    ),
    "not found": Refusal(
        fault(404, "ResourceNotFoundException", "The function doesn't exist."),
        NotFound,
        "ResourceNotFoundException",
        "there is no function 'my-function' in us-east-1\n"
        "    ResourceNotFoundException, returned by GetFunctionEventInvokeConfig in us-east-1\n"
        "Try: %eic functions",
    ),
    "refused value": Refusal(
        fault(400, "InvalidParameterValueException", "The destination ARN x is invalid."),
        AwsError,
        "InvalidParameterValueException",
        "The destination ARN x is invalid.\n"
        "    InvalidParameterValueException, returned by GetFunctionEventInvokeConfig in us-east-1",
    ),
    "broken service": Refusal(
        fault(500, "ServiceException", "boom"),
        AwsError,
        "ServiceException",
        "boom\n    ServiceException, returned by GetFunctionEventInvokeConfig in us-east-1",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_an_error_of_aws_has_every_part_of_the_response(refusal: Refusal) -> None:
    error = failure_on([refusal.answer])
    assert type(error) is refusal.kind
    assert str(error) == refusal.text
    assert (error.code, error.operation, error.region, error.request_id, error.exit_code) == (
        refusal.code,
        "GetFunctionEventInvokeConfig",
        "us-east-1",
        REQUEST_ID,
        254,
    )
    assert isinstance(error.__cause__, botocore.exceptions.ClientError)


def test_a_message_that_repeats_the_credentials_is_shown_without_them() -> None:
    error = failure_on([fault(403, "AccessDeniedException", f"no: {TOKEN} with AKIDTEST/{SECRET}")], put)
    assert (error.message, str(error).splitlines()[0]) == ("no: *** with ***/***",) * 2
    assert eicnb.journal().error.item() == "no: *** with ***/***"


@pytest.mark.parametrize("call", VERBS, ids=lambda call: call.__name__)
def test_every_verb_reports_a_refusal_alike(call: Call) -> None:
    error = failure_on([fault(403, "AccessDeniedException", "no")], call)
    assert type(error) is AccessDenied
    assert isinstance(error.__cause__, botocore.exceptions.ClientError)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateways_html_error_is_an_error_of_aws(status: int) -> None:
    error = failure_on([Answer(status, b"<html>oops</html>", {"Content-Type": "text/html"})])
    assert type(error) is AwsError
    assert error.code == str(status)


def test_an_unknown_function_is_not_found(eic: Eic) -> None:
    error = failure(lambda eic: eic.put("no-function", maximum_retry_attempts=0), eic)
    assert type(error) is NotFound
    assert str(error) == (
        "there is no function 'no-function' in us-east-1\n"
        "    ResourceNotFoundException, returned by PutFunctionEventInvokeConfig in us-east-1, SANDBOX, "
        f"account {eic.account_id}\n"
        "Try: %eic functions"
    )
    assert error.request_id


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (get, "%eic list my-function"),
        (update, "add create=True to create the config"),
        (delete, "add missing_ok=True to succeed without a config"),
    ],
    ids=["get", "update, which reads first", "delete, which reads first"],
)
def test_a_missing_config_is_not_found_and_says_what_to_type(eic: Eic, call: Call, hint: str) -> None:
    error = failure(call, eic)
    assert type(error) is NotFound
    assert str(error) == (
        f"The function arn:aws:lambda:us-east-1:{eic.account_id}:function:my-function:$LATEST "
        "doesn't have an EventInvokeConfig\n"
        "    ResourceNotFoundException, returned by GetFunctionEventInvokeConfig in us-east-1, SANDBOX, "
        f"account {eic.account_id}\n"
        f"Try: {hint}"
    )


def test_a_throttled_sandbox_is_throttled_in_the_end() -> None:
    eic = eicnb.sandbox(requests_per_second=1)
    assert eic.server is not None
    try:
        list_(eic)
        error = failure(list_, eic)
    finally:
        eic.server.stop()
    assert type(error) is Throttled
    assert (error.code, error.message) == ("TooManyRequestsException", "Rate exceeded")


def test_botocores_patience_comes_before_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    with Answering([fault(429, "TooManyRequestsException", "Rate exceeded"), config_answer()]) as server:
        get(eicnb.connect(region="us-east-1", endpoint_url=server.url))
        assert len(server.seen) == 2


def test_no_region_is_a_configuration_error() -> None:
    error = failure(get, eicnb.connect())
    assert type(error) is ConfigurationError
    assert error.exit_code == 253
    assert str(error) == ("no AWS region is set\nTry: --region us-east-1, connect(region=…) or AWS_REGION")


def test_no_credentials_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    error = failure(get, eicnb.connect(region="us-east-1"))
    assert type(error) is ConfigurationError
    assert str(error) == (
        "no usable AWS credentials: Unable to locate credentials\n"
        "Try: run aws configure or aws sso login; the sandbox needs no account\n    %eic sandbox"
    )
    assert isinstance(error.__cause__, botocore.exceptions.NoCredentialsError)


def test_half_of_the_credentials_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    error = failure(get, eicnb.connect(region="us-east-1"))
    assert type(error) is ConfigurationError
    assert str(error) == (
        "no usable AWS credentials: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY\n"
        "Try: run aws configure or aws sso login; the sandbox needs no account\n    %eic sandbox"
    )
    assert isinstance(error.__cause__, botocore.exceptions.PartialCredentialsError)


PROFILES = "[profile production]\nregion = us-east-1\n[profile staging]\nregion = us-east-1\n"


@pytest.mark.parametrize(
    ("written", "wanted", "text"),
    [
        (PROFILES, "prodution", "there is no AWS profile 'prodution'\nTry: production"),
        (PROFILES, "xyz", "there is no AWS profile 'xyz'\nTry: production, staging"),
        ("", "xyz", "there is no AWS profile 'xyz'\nTry: add the profile to ~/.aws/config"),
    ],
    ids=["a near one", "none near", "none at all"],
)
def test_an_unknown_profile_is_an_error_at_once_with_the_nearest(
    tmp_path: Path, written: str, wanted: str, text: str
) -> None:
    (tmp_path / "config").write_text(written)
    error = failure(lambda _: eicnb.connect(profile=wanted), eicnb.connect())
    assert type(error) is ConfigurationError
    assert str(error) == text
    assert isinstance(error.__cause__, botocore.exceptions.ProfileNotFound)


def test_an_unknown_profile_of_the_environment_is_an_error_at_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "xyz")
    error = failure(lambda _: eicnb.get("my-function"), eicnb.connect())
    assert type(error) is ConfigurationError
    assert error.message == "there is no AWS profile 'xyz'"


def test_a_broken_config_file_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile production\n")
    error = failure(get, eicnb.connect())
    assert type(error) is ConfigurationError
    assert isinstance(error.__cause__, botocore.exceptions.ConfigParseError)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_RETRY_MODE", "stubborn"),
        ("AWS_DEFAULTS_MODE", "usual"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "perhaps"),
        ("AWS_STS_REGIONAL_ENDPOINTS", "here"),
    ],
)
def test_an_unusable_setting_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with Answering([config_answer()]) as server:
        error = failure(get, eicnb.connect(region="us-east-1", endpoint_url=server.url))
        assert server.seen == []
    assert type(error) is ConfigurationError
    assert error.__cause__ is not None


@pytest.mark.parametrize(
    ("region", "endpoint_url", "text"),
    [
        (
            "us east",
            None,
            "'us east' is not the name of a region\nTry: us-east-1",
        ),
        ("us-east-1", "garbage", "'garbage' is not the URL of an endpoint\nTry: http://127.0.0.1:4566"),
    ],
    ids=["region", "endpoint"],
)
def test_an_invalid_region_or_endpoint_is_a_usage_error(region: str, endpoint_url: str | None, text: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.connect(region=region, endpoint_url=endpoint_url)
    assert str(raised.value) == text


def test_an_unreachable_endpoint_is_reported_as_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    error = failure(get, eicnb.connect(region="us-east-1", endpoint_url=url))
    assert type(error) is EicError
    assert error.exit_code == 255
    assert str(error) == (
        "GetFunctionEventInvokeConfig was not sent: Could not connect to the endpoint URL: "
        f'"{url}/2019-09-25/functions/my-function/event-invoke-config"\n'
        "Try: check the region, the endpoint URL and the network"
    )
    assert isinstance(error.__cause__, botocore.exceptions.EndpointConnectionError)


def test_a_cut_connection_is_reported_as_no_response() -> None:
    with Answering([Cut()]) as server:
        error = failure(put, eicnb.connect(region="us-east-1", endpoint_url=server.url))
        url = server.url
    assert type(error) is EicError
    assert str(error) == (
        "the response to the put of my-function:$LATEST was lost (PutFunctionEventInvokeConfig got no response: "
        "Connection was closed before we received a valid response from "
        f'endpoint URL: "{url}/2019-09-25/functions/my-function/event-invoke-config".), and the config can\'t be read '
        "to find out whether it arrived (GetFunctionEventInvokeConfig got no response: "
        "Connection was closed before we received a valid response from "
        f'endpoint URL: "{url}/2019-09-25/functions/my-function/event-invoke-config?Qualifier=%24LATEST".); '
        "this may have reached AWS: retries ? -> 0, age ? -> 6h (default), on-success ? -> none, on-failure ? -> none\n"
        "Try: %eic get my-function"
    )
    assert isinstance(error.__cause__, botocore.exceptions.ConnectionClosedError)


@pytest.mark.parametrize("step", [Silence(60), Stall(b'{"FunctionArn": "arn', 60)], ids=["silent", "stalled"])
def test_a_silent_server_runs_into_the_read_timeout(step: Step) -> None:
    with Answering([step]) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url).derive(read_timeout=1)
        error = failure(get, eic)
    assert type(error) is EicError
    assert error.message.startswith("GetFunctionEventInvokeConfig got no response: Read timeout on endpoint URL")
    assert isinstance(error.__cause__, botocore.exceptions.ReadTimeoutError)


UNREADABLE: dict[str, Step] = {
    "a list": as_json([]),
    "a text": as_json("x"),
    "null": as_json(None),
    "bytes": Answer(200, b"\xff\xfe\x00"),
    "deeply nested": Answer(200, b"[" * 100_000),
    "retries in words": config_answer(MaximumRetryAttempts="two"),
    "a DestinationConfig that is a text": config_answer(DestinationConfig="x"),
    "a DestinationConfig that is a list": config_answer(DestinationConfig=[]),
    "a destination that is a text": config_answer(DestinationConfig={"OnFailure": "x"}),
    "a LastModified that is no time": config_answer(LastModified="yesterday"),
    "a LastModified that is a list": config_answer(LastModified=[]),
    "a LastModified that is not a number": config_answer(LastModified=float("nan")),
    "a LastModified before there was time": config_answer(LastModified=-1e14),
    "a LastModified after all time": config_answer(LastModified=1e300),
    "a LastModified without end": config_answer(LastModified=float("inf")),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_a_response_that_botocore_cannot_read_is_an_error_with_its_cause(answer: Step) -> None:
    error = failure_on([answer])
    assert type(error) is EicError
    assert error.message.startswith("the response to GetFunctionEventInvokeConfig is malformed: ")
    assert error.hint == PROXY.removeprefix("Try: ")
    assert error.__cause__ is not None


NO_CONFIGS: dict[str, tuple[Step, str]] = {
    "truncated JSON": (Answer(200, b'{"LastModified": 1'), "it has no FunctionArn"),
    "an empty body": (Answer(200), "it has no FunctionArn"),
    "no content": (Answer(204), "it has no FunctionArn"),
    "HTML": (HTML, "it has no FunctionArn"),
    "another object": (as_json({"ok": True}), "it has no FunctionArn"),
    "no FunctionArn": (config_answer(FunctionArn=None), "it has no FunctionArn"),
    "a FunctionArn that is a number": (config_answer(FunctionArn=5), "its FunctionArn is 5"),
    "a FunctionArn that is a name": (config_answer(FunctionArn="my-function"), "its FunctionArn is 'my-function'"),
    "a FunctionArn that is garbage": (config_answer(FunctionArn="a b"), "its FunctionArn is 'a b'"),
    "no LastModified": (config_answer(LastModified=None), "it has no LastModified"),
    "a negative age": (config_answer(MaximumEventAgeInSeconds=-1), "its MaximumEventAgeInSeconds is -1"),
    "an endless age": (
        config_answer(MaximumEventAgeInSeconds=2**70),
        "its MaximumEventAgeInSeconds is 1180591620717411303424",
    ),
    "a destination that is a number": (
        config_answer(DestinationConfig={"OnFailure": {"Destination": 5}}),
        "its Destination is 5",
    ),
}


@pytest.mark.parametrize(("answer", "why"), NO_CONFIGS.values(), ids=NO_CONFIGS)
def test_a_malformed_response_never_becomes_a_row(answer: Step, why: str) -> None:
    error = failure_on([answer])
    assert type(error) is EicError
    assert str(error) == f"AWS's response is malformed: {why}\n{PROXY}"


@pytest.mark.parametrize(("answer", "why"), NO_CONFIGS.values(), ids=NO_CONFIGS)
@pytest.mark.parametrize("call", [put, update], ids=lambda call: call.__name__)
def test_a_write_with_a_malformed_response_may_have_reached_aws(call: Call, answer: Step, why: str) -> None:
    error = failure_on([answer], call)
    assert type(error) is EicError
    lost = f"the response to the {call.__name__} of my-function:$LATEST was lost (AWS's response is malformed"
    assert error.message.startswith(f"{lost}: {why}), and the config can't be read to find out whether it arrived")
    assert "this may have reached AWS: retries ? -> 0" in error.message
    assert error.hint == "%eic get my-function"


@pytest.mark.parametrize(
    ("call", "operation", "key"),
    [
        (list_, "ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs"),
        (functions, "ListFunctions", "Functions"),
    ],
    ids=["list", "functions"],
)
@pytest.mark.parametrize("body", ["{}", "", "<html>", '{"KEY": null}', '{"Items": []}'])
def test_a_list_without_its_member_is_an_error_and_not_an_empty_frame(
    call: Call, operation: str, key: str, body: str
) -> None:
    error = failure_on([Answer(200, body.replace("KEY", key).encode())], call)
    assert type(error) is EicError
    assert str(error) == f"the response to {operation} is malformed: it has no {key}\n{PROXY}"


@pytest.mark.parametrize(
    "item",
    [
        "x",
        5,
        None,
        {},
        {"FunctionArn": None},
        {"FunctionArn": 5},
        {"FunctionArn": "a b"},
        {"FunctionArn": "my-function"},
        {"FunctionArn": FUNCTION_ARN, "Timeout": "long"},
        {"FunctionArn": FUNCTION_ARN, "Timeout": 2**70},
        {"FunctionArn": FUNCTION_ARN, "DeadLetterConfig": "x"},
        {"FunctionArn": FUNCTION_ARN, "DeadLetterConfig": []},
    ],
    ids=str,
)
def test_an_item_that_is_not_a_function_never_becomes_a_row(item: Any) -> None:
    assert type(failure_on([as_json({"Functions": [item]})], functions)) is EicError


@pytest.mark.parametrize("item", ["x", 5, None, {}, {"FunctionArn": FUNCTION_ARN}], ids=str)
def test_an_item_that_is_not_a_config_never_becomes_a_row(item: Any) -> None:
    assert type(failure_on([as_json({"FunctionEventInvokeConfigs": [item]})], list_)) is EicError


@pytest.mark.parametrize("markers", [["a"], ["a", "b"], ["a", "b", "c"]], ids=" ".join)
@pytest.mark.parametrize(
    ("call", "key"), [(list_, "FunctionEventInvokeConfigs"), (functions, "Functions")], ids=["list", "functions"]
)
def test_an_endless_list_is_an_error(call: Call, key: str, markers: list[str]) -> None:
    pages = [as_json({key: [], "NextMarker": markers[number % len(markers)]}) for number in range(100)]
    with Answering([*pages, as_json({key: []})]) as server:
        error = failure(call, eicnb.connect(region="us-east-1", endpoint_url=server.url))
        assert len(server.seen) < 10
    assert type(error) is EicError


def test_a_marker_that_is_not_text_is_a_malformed_response() -> None:
    error = failure_on([as_json({"FunctionEventInvokeConfigs": [], "NextMarker": 5})], list_)
    assert type(error) is EicError


def test_a_page_that_fails_fails_the_list() -> None:
    answers = [
        as_json({"FunctionEventInvokeConfigs": [], "NextMarker": "m"}),
        fault(403, "AccessDeniedException", "no"),
    ]
    error = failure_on(answers, list_)
    assert type(error) is AccessDenied
    assert error.operation == "ListFunctionEventInvokeConfigs"


@pytest.mark.parametrize("answer", [Answer(200), Answer(202), as_json({})], ids=["200", "202", "an object"])
def test_any_2xx_response_to_a_delete_is_success(answer: Answer) -> None:
    with Answering([config_answer(), answer]) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        assert eic.delete("my-function").maximum_retry_attempts.tolist() == [0]


def test_a_page_of_a_proxy_is_not_a_response_to_a_delete() -> None:
    error = failure_on([config_answer(), HTML], delete)
    assert type(error) is EicError
    assert error.message.startswith(
        "the response to the delete of my-function:$LATEST was lost "
        "(the response to the delete is malformed: status 200, text/html), and the config can't be read"
    )


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"<x/>"), Answer(200, b"{}"), Answer(200, b""), HTML, identity("hello"), identity("")],
    ids=["XML", "JSON", "empty", "HTML", "an account in words", "no account"],
)
def test_garbage_from_sts_is_a_malformed_response(answer: Answer) -> None:
    error = failure_on([answer], named_destination)
    assert type(error) is EicError


def test_an_error_of_sts_does_not_name_a_permission_of_lambda() -> None:
    xml = (
        b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message>"
        b"</Error><RequestId>r</RequestId></ErrorResponse>"
    )
    error = failure_on([Answer(403, xml)], named_destination)
    assert type(error) is AccessDenied
    assert (error.code, error.operation) == ("InvalidClientTokenId", "GetCallerIdentity")
    assert "lambda:GetCallerIdentity" not in str(error)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidSignatureException", "Signature expired: 20261126T000000Z is now earlier than 20261126T003000Z"),
        ("InvalidSignatureException", "Signature not yet current: 20261126T003000Z is still later than …"),
        ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        ("RequestExpired", "Request has expired."),
    ],
)
def test_a_wrong_clock_is_distinguished_from_wrong_credentials(code: str, message: str) -> None:
    error = failure_on([fault(403, code, message)])
    assert type(error) is AccessDenied
    assert error.hint == "set the clock of this machine: AWS refuses a request whose time is more than 5 minutes off"


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[str]:
    """A server with a self-signed certificate, which is in `cert.pem`."""
    write_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = Answering([config_answer()])
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    with server:
        yield server.url.replace("http:", "https:")


@pytest.mark.parametrize("call", [get, put, list_], ids=lambda call: call.__name__)
def test_an_untrusted_certificate_is_one_line_with_what_to_give(call: Call, tls_server: str, tmp_path: Path) -> None:
    eic = eicnb.connect(region="us-east-1", endpoint_url=tls_server)
    error = failure(call, eic)
    assert "CERTIFICATE_VERIFY_FAILED" in error.message
    assert "was not sent" in error.message
    assert "SSL validation failed" in error.message
    assert "_ssl.c" not in error.message
    assert "\n" not in error.message
    assert error.hint == (
        "give the certificates that your network uses: --ca-bundle PATH, or the variable AWS_CA_BUNDLE"
    )
    assert len(eic.derive(ca_bundle=str(tmp_path / "cert.pem")).get("my-function")) == 1


@pytest.mark.parametrize("way", ["an option", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "the config file"])
def test_a_missing_ca_bundle_is_named(
    way: str, tls_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = str(tmp_path / "none.pem")
    if way.isupper():
        monkeypatch.setenv(way, missing)
    elif way == "the config file":
        (tmp_path / "config").write_text(f"[default]\nca_bundle = {missing}\n")
    options = {"ca_bundle": missing} if way == "an option" else {}
    with pytest.raises(UsageError) as raised:
        eicnb.connect(region="us-east-1", endpoint_url=tls_server).derive(**options).get("my-function")
    assert str(raised.value) == f"there is no CA bundle {missing!r}\nTry: give the path of a PEM file"


def test_a_missing_ca_bundle_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match="there is no CA bundle '/no/such"):
        eicnb.connect(region="us-east-1").derive(ca_bundle="/no/such.pem")


def test_a_missing_ca_bundle_does_not_matter_without_tls_or_without_verification(
    tls_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Answering([config_answer()]) as server:
        plain = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        assert len(plain.derive(ca_bundle="/no/such.pem").get("my-function")) == 1
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert len(eicnb.connect(region="us-east-1").derive(ca_bundle="/no/such.pem").get("my-function")) == 1
    unverified = eicnb.connect(region="us-east-1", endpoint_url=tls_server)
    with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        unverified.derive(ca_bundle="/no/such.pem", no_verify_ssl=True).get("my-function")


def told_by(error: EicError) -> list[str]:
    """All texts of an error and its causes, as in a traceback."""
    return [str(error), repr(error), str(vars(error)), *traceback.format_exception(error)]


LEAKS: dict[str, Script | Sequence[Step]] = {
    "denied": [REFUSALS["denied"].answer],
    "expired": [REFUSALS["expired"].answer],
    "garbage": [HTML],
    "unreadable": [as_json([])],
    "cut": [Cut()],
    "500": [Answer(500)],
}


@pytest.mark.parametrize("script", LEAKS.values(), ids=LEAKS)
def test_no_secret_is_ever_shown(script: Sequence[Step], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="eicnb")
    with Answering(script) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        error = failure(get, eic)
        assert server.seen[0].headers["X-Amz-Security-Token"] == TOKEN
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("eicnb")]
    for text in [*told_by(error), repr(eic), repr(eic.derive(region="x")), *ours]:
        assert SECRET not in text
        assert TOKEN not in text


@pytest.mark.parametrize("name", ["AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\nX"], ids=repr)
def test_credentials_that_were_pasted_with_a_line_break_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, end: str
) -> None:
    monkeypatch.setenv(name, f"{TOKEN}{end}")
    with Answering([config_answer()]) as server:
        error = failure(get, eicnb.connect(region="us-east-1", endpoint_url=server.url))
        assert server.seen == []
    assert type(error) is ConfigurationError
    for text in told_by(error):
        assert TOKEN not in text


def test_a_password_in_an_endpoint_url_is_not_shown() -> None:
    error = failure(
        lambda eic: eic.derive(endpoint_url=f"http://me:{SECRET}@127.0.0.1:9"), eicnb.connect(region="us-east-1")
    )
    for text in told_by(error):
        assert SECRET not in text


def test_one_malformed_response_does_not_break_the_connection() -> None:
    def script(seen: Seen) -> Step:
        return config_answer() if seen.path.startswith("/2019-09-25/functions/my-function/") else HTML

    with Answering(script) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        failure(lambda eic: eic.get("another"), eic)
        assert eic.get("my-function").maximum_retry_attempts.item() == 0
