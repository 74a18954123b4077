"""Which credentials sign a call, and when renewed ones are used."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import boto3
import pytest
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider

import eicnb
from eicnb.aws.login import session_name
from eicnb.client.eic import Eic
from eicnb.errors import AccessDenied, ConfigurationError, ExpiredCredentials
from tests.answering import Answer, Answering, Seen, Step, as_json, config_answer, fault, identity

ROOT = Path(__file__).parents[2]
START_URL = "https://example.awsapps.com/start"
OLD, NEW = "AKIDOLD", "AKIDNEW"
EXPIRED = fault(403, "ExpiredTokenException", "The security token included in the request is expired")

Renew = Callable[[str], None]


@pytest.fixture(autouse=True)
def _own_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, one_attempt: None) -> None:
    # botocore looks up the home directory once, when it is imported.
    for provider in (SSOProvider, SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path / "sso"))


def aws(seen: Seen) -> Step:
    """A fake AWS that accepts only the new key."""
    if seen.access_key != NEW:
        return EXPIRED
    return identity("222222222222") if seen.service == "sts" else config_answer()


def keys(server: Answering) -> list[str | None]:
    return [request.access_key for request in server.seen]


def key_file(path: Path, key: str) -> None:
    path.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n")


def connection(server: Answering, profile: str | None = None) -> Eic:
    return eicnb.connect(profile=profile, region="us-east-1", endpoint_url=server.url)


@pytest.fixture(params=["credentials file", "config file", "credential_process", "environment"])
def renew(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Renew:
    """Puts a key into the source of the credentials."""
    if request.param == "credential_process":
        (tmp_path / "config").write_text(
            f"[default]\ncredential_process = {sys.executable} -c \"print(open('{tmp_path}/answer').read())\"\n"
        )

    def put(key: str) -> None:
        match request.param:
            case "credentials file":
                key_file(tmp_path / "credentials", key)
            case "config file":
                key_file(tmp_path / "config", key)
            case "credential_process":
                answer = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": "secret", "SessionToken": "token"}
                (tmp_path / "answer").write_text(json.dumps(answer))
            case _:
                monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
                monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    return put


@pytest.mark.parametrize(
    ("user", "given", "name"),
    [
        ("ana", None, "eicnb-ana"),
        ("Ana Müller", None, "eicnb-Ana-M-ller"),
        ("DOMAIN\\ana", None, "eicnb-DOMAIN-ana"),
        ("x" * 80, None, f"eicnb-{'x' * 58}"),
        ("ana", "deploy@ci", "deploy@ci"),
        ("ana", "d", "d-"),
        ("ana", "a/b", "a-b"),
    ],
)
def test_the_session_of_a_role_is_named_after_the_user_as_far_as_aws_allows(
    user: str, given: str | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", user)
    if given is not None:
        monkeypatch.setenv("AWS_ROLE_SESSION_NAME", given)
    assert session_name() == name


def test_renewed_credentials_are_used_by_the_next_call(renew: Renew) -> None:
    renew(OLD)
    with Answering(aws) as server:
        eic = connection(server)
        with pytest.raises(ExpiredCredentials):
            eic.get("my-function")
        renew(NEW)
        assert len(eic.get("my-function")) == 1
        assert keys(server) == [OLD, NEW]


def test_credentials_that_were_missing_at_first_are_used_by_the_next_call(renew: Renew) -> None:
    with Answering(aws) as server:
        eic = connection(server)
        with pytest.raises(ConfigurationError, match="no usable AWS credentials"):
            eic.get("my-function")
        renew(NEW)
        assert len(eic.get("my-function")) == 1
        assert keys(server) == [NEW]


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "InvalidSignatureException", "AccessDeniedException"])
def test_refused_credentials_are_read_again(code: str, tmp_path: Path) -> None:
    def script(seen: Seen) -> Step:
        return config_answer() if seen.access_key == NEW else fault(403, code, "no")

    key_file(tmp_path / "credentials", OLD)
    with Answering(script) as server:
        eic = connection(server)
        with pytest.raises(AccessDenied):
            eic.get("my-function")
        key_file(tmp_path / "credentials", NEW)
        assert len(eic.get("my-function")) == 1


def test_a_derived_connection_follows_renewed_credentials_too(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", OLD)
    with Answering(aws) as server:
        eic = connection(server)
        for _ in range(2):
            with pytest.raises(ExpiredCredentials):
                eic.derive(region="eu-west-1").get("my-function")
        key_file(tmp_path / "credentials", NEW)
        assert len(eic.derive(region="eu-west-1").get("my-function")) == 1


ACCOUNTS = {OLD: "111111111111", NEW: "222222222222"}


def aws_of_two_accounts(seen: Seen) -> Step:
    """A fake AWS that accepts two keys, of different accounts."""
    account_id = ACCOUNTS[seen.access_key or ""]
    if seen.service == "sts":
        return identity(account_id)
    return config_answer(FunctionArn=f"arn:aws:lambda:us-east-1:{account_id}:function:my-function:$LATEST")


MOVED = (
    "the credentials now belong to account 222222222222, but this connection is for account 111111111111; "
    "nothing was sent"
)


@pytest.mark.parametrize(
    "call",
    [
        lambda eic: eic.get("my-function"),
        lambda eic: eic.put("my-function", on_failure="sqs:lost"),
        lambda eic: eic.derive(region="eu-west-1").get("my-function"),
        lambda eic: eic.account_id,
        lambda eic: eic.whoami(),
        lambda eic: eic.audit(progress=False),
        lambda eic: eicnb.require(account="111111111111"),
        lambda eic: eicnb.require(account="222222222222"),
    ],
    ids=["get", "put", "another region", "account_id", "whoami", "audit", "require the old one", "require the new one"],
)
@pytest.mark.parametrize(
    ("way", "known_by"),
    [
        ("a refusal", lambda eic: eic.account_id),
        ("credential_process", lambda eic: eic.account_id),
        ("a refusal", lambda eic: eic.get("my-function").account_id.item()),
    ],
    ids=["a refusal", "credential_process", "a refusal, and known by an ARN alone"],
)
def test_a_connection_stops_if_its_account_changes(
    call: Callable[[Eic], object], way: str, known_by: Callable[[Eic], str], tmp_path: Path
) -> None:
    is_refused = False

    def script(seen: Seen) -> Step:
        return EXPIRED if is_refused and seen.access_key == OLD else aws_of_two_accounts(seen)

    process = CredentialProcess(tmp_path)
    if way == "credential_process":
        process.install()
        process.put(OLD, timedelta(minutes=11))
    else:
        key_file(tmp_path / "credentials", OLD)
    with Answering(script) as server:
        eic = eicnb.use(connection(server))
        assert known_by(eic) == "111111111111"
        if way == "credential_process":
            process.put(NEW, timedelta(hours=1))
        else:
            is_refused = True
            with pytest.raises(ExpiredCredentials):
                eic.get("my-function")
            key_file(tmp_path / "credentials", NEW)
        sent = len(server.seen)
        with pytest.raises(ConfigurationError) as raised:
            call(eic)
        assert raised.value.message == MOVED
        assert {request.service for request in server.seen[sent:]} == {"sts"}


class CredentialProcess:
    """A credential_process whose output can be changed."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def install(self) -> None:
        program = f"{sys.executable} -c \"print(open('{self.home}/answer').read())\""
        (self.home / "config").write_text(f"[default]\ncredential_process = {program}\n")

    def put(self, key: str, lasts: timedelta) -> None:
        expires = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = {"AccessKeyId": key, "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": expires}
        (self.home / "answer").write_text(json.dumps({"Version": 1, **keys}))


def test_a_connection_works_again_with_credentials_of_its_account(tmp_path: Path) -> None:
    process = CredentialProcess(tmp_path)
    process.install()
    process.put(OLD, timedelta(minutes=11))
    with Answering(aws_of_two_accounts) as server:
        eic = connection(server)
        assert eic.account_id == "111111111111"
        process.put(NEW, timedelta(hours=1))
        with pytest.raises(ConfigurationError):
            eic.get("my-function")
        process.put(OLD, timedelta(hours=1))
        assert eic.get("my-function").account_id.item() == "111111111111"


def test_a_new_connection_is_for_the_new_account(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", OLD)
    with Answering(aws_of_two_accounts) as server:
        assert connection(server).account_id == "111111111111"
        key_file(tmp_path / "credentials", NEW)
        assert connection(server).account_id == "222222222222"


def test_renewed_credentials_of_the_same_account_are_looked_up_once(tmp_path: Path) -> None:
    def script(seen: Seen) -> Step:
        return identity("111111111111") if seen.service == "sts" else config_answer()

    process = CredentialProcess(tmp_path)
    process.install()
    process.put(OLD, timedelta(minutes=11))
    with Answering(script) as server:
        eic = connection(server)
        _ = eic.account_id
        process.put(NEW, timedelta(hours=1))
        for _ in range(3):
            eic.get("my-function")
        assert [(request.service, request.access_key) for request in server.seen] == [
            ("sts", OLD),
            ("sts", NEW),
            *[("lambda", NEW)] * 3,
        ]


def test_require_asks_sts_each_time_so_that_expired_credentials_do_not_pass(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", NEW)
    expired = (
        b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error>"
        b"</ErrorResponse>"
    )
    with Answering([identity("222222222222"), identity("222222222222"), Answer(403, expired)]) as server:
        eic = eicnb.use(connection(server))
        assert eic.account_id == "222222222222"
        eicnb.require(region="us-east-1")
        with pytest.raises(ExpiredCredentials):
            eicnb.require(account="222222222222")
        assert [request.service for request in server.seen] == ["sts"] * 3


def test_a_given_session_signs_every_call(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", OLD)
    session = boto3.Session(aws_access_key_id=NEW, aws_secret_access_key="secret", region_name="eu-west-1")
    with Answering(aws) as server:
        eic = eicnb.connect(boto3_session=session, endpoint_url=server.url)
        assert eic.region == "eu-west-1"
        eic.put("my-function", on_failure="sqs:lost")
        assert [request.service for request in server.seen] == ["sts", "lambda", "lambda"]
        assert {request.access_key for request in server.seen} == {NEW}
        assert json.loads(server.seen[-1].body)["DestinationConfig"] == {
            "OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:222222222222:lost"}
        }
        assert eic.derive(region="us-east-2").account_id == "222222222222"
        eic.derive(region="us-east-2").get("my-function")
        assert set(keys(server)) == {NEW}
        assert eic._connection.aws.session is session


@pytest.mark.parametrize("reads_first", [True, False], ids=["shown by an ARN", "looked up with STS"])
def test_the_account_is_looked_up_once_unless_a_response_showed_it(tmp_path: Path, *, reads_first: bool) -> None:
    key_file(tmp_path / "credentials", NEW)
    with Answering(aws_of_two_accounts) as server:
        eic = connection(server)
        if reads_first:
            eic.get("my-function")
        for _ in range(2):
            eic.put("my-function", on_failure="sqs:lost", on_success="sns:won")
            assert eic.account_id == "222222222222"
        first = "lambda" if reads_first else "sts"
        assert [request.service for request in server.seen] == [first, *["lambda"] * 4]


UNUSABLE = {
    "a process that does not exist": "credential_process = /no/such/program",
    "a process that fails": f"credential_process = {sys.executable} -c 'raise SystemExit(3)'",
    "a process that answers no JSON": f"credential_process = {sys.executable} -c 'print(1, 2)'",
    "a process that answers too little": f"credential_process = {sys.executable} -c 'print(dict(Version=1))'",
    "a token file that does not exist": (
        "web_identity_token_file = /no/such/file\nrole_arn = arn:aws:iam::222222222222:role/r"
    ),
    "a source profile that does not exist": "source_profile = nobody\nrole_arn = arn:aws:iam::222222222222:role/r",
    "a profile that is its own source": "source_profile = default\nrole_arn = arn:aws:iam::222222222222:role/r",
    "an SSO session that does not exist": "sso_session = nobody\nsso_account_id = 222222222222\nsso_role_name = r",
    "half of an SSO profile": f"sso_start_url = {START_URL}\nsso_account_id = 222222222222",
}


@pytest.mark.parametrize("setting", UNUSABLE.values(), ids=UNUSABLE)
def test_unavailable_credentials_are_a_configuration_error_with_its_cause(tmp_path: Path, setting: str) -> None:
    (tmp_path / "config").write_text(f"[default]\n{setting}\n")
    with Answering(aws) as server:
        with pytest.raises(ConfigurationError, match="no usable AWS credentials") as raised:
            connection(server).get("my-function")
        assert server.seen == []
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize("text", ["{}", "key {}.", "SECRET={}", "'{}'", "{}={}"])
def test_no_error_shows_a_secret_that_a_credential_process_printed(tmp_path: Path, text: str) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    program = tmp_path / "process.py"
    program.write_text(f"import sys\nprint({text.format(secret, secret)!r}, file=sys.stderr)\nsys.exit(1)\n")
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {sys.executable} {program}\n")
    with Answering(aws) as server, pytest.raises(ConfigurationError, match="no usable AWS credentials") as raised:
        connection(server).get("my-function")
    assert "SECRET-0001" in str(raised.value)
    assert secret not in f"{raised.value}{raised.value!r}"


def test_expired_credentials_of_a_process_are_reported_as_expired(tmp_path: Path) -> None:
    answer = {"Version": 1, "AccessKeyId": OLD, "SecretAccessKey": "secret", "SessionToken": "token"}
    (tmp_path / "answer").write_text(json.dumps({**answer, "Expiration": "2020-01-01T00:00:00Z"}))
    program = f"{sys.executable} -c \"print(open('{tmp_path}/answer').read())\""
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {program}\n")
    with Answering(aws) as server:
        eic = connection(server)
        with pytest.raises(ExpiredCredentials, match="as the credential_process of profile 'default' requires"):
            eic.get("my-function")
        (tmp_path / "answer").write_text(json.dumps({**answer, "AccessKeyId": NEW}))
        assert len(eic.get("my-function")) == 1
        assert keys(server) == [NEW]


CONNECTS = """
import sys
calls = []
network = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
sys.addaudithook(lambda event, args: event in network and calls.append(event))
import eicnb
for profile in (None, "plain", "sso", "role", "process"):
    eic = eicnb.connect(profile=profile)
    repr(eic), eic.region, eic.endpoint_url, eic.is_sandbox, eic.derive(region="eu-west-1")
    eic._connection.request("put", "my-function", maximum_retry_attempts=0)
    eicnb.use(eic)
print(calls)
"""


def test_connect_makes_no_network_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(
        "[default]\nregion = us-east-1\n"
        "[profile plain]\nregion = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        f"[profile sso]\nregion = us-east-1\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
        "sso_account_id = 222222222222\nsso_role_name = r\n"
        "[profile role]\nregion = us-east-1\nrole_arn = arn:aws:iam::222222222222:role/r\nsource_profile = plain\n"
        "[profile process]\nregion = us-east-1\ncredential_process = /no/such/program\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", CONNECTS], check=False, capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


class SingleSignOn:
    """A profile that signs in through SSO, and the token that `aws sso login` would store."""

    def __init__(self, home: Path, *, session: bool) -> None:
        self.cache = home / "sso"
        self.cache.mkdir()
        self.key = "me" if session else START_URL
        portal = f"sso_start_url = {START_URL}\nsso_region = us-east-1\n"
        account = "sso_account_id = 222222222222\nsso_role_name = operator\n"
        (home / "config").write_text(
            f"[profile me]\nsso_session = me\n{account}\n[sso-session me]\n{portal}"
            if session
            else f"[profile me]\n{portal}{account}"
        )

    def log_in(self, token: str, lasts: timedelta) -> None:
        expires = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        name = hashlib.sha1(self.key.encode()).hexdigest()
        written = {"startUrl": START_URL, "region": "us-east-1", "accessToken": token, "expiresAt": expires}
        (self.cache / f"{name}.json").write_text(json.dumps(written))


def portal(seen: Seen) -> Step:
    """A fake of both the SSO portal and AWS."""
    if not seen.path.startswith("/federation/credentials"):
        return aws(seen)
    if seen.headers.get("x-amz-sso_bearer_token") != "fresh":
        return as_json(
            {"message": "Session token not found or invalid"}, 401, **{"x-amzn-ErrorType": "UnauthorizedException"}
        )
    expires = int((time.time() + 3600) * 1000)
    role = {"accessKeyId": NEW, "secretAccessKey": "secret", "sessionToken": "token", "expiration": expires}
    return as_json({"roleCredentials": role})


@pytest.mark.parametrize("session", [False, True], ids=["sso_start_url", "sso_session"])
@pytest.mark.parametrize("before", ["an expired token", "a revoked token", "no token"])
def test_after_a_new_sso_login_the_next_call_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, *, session: bool
) -> None:
    sign_on = SingleSignOn(tmp_path, session=session)
    if before == "an expired token":
        sign_on.log_in("stale", -timedelta(hours=1))
    elif before == "a revoked token":
        sign_on.log_in("stale", timedelta(hours=1))
    with Answering(portal) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", server.url)
        eic = connection(server, "me")
        with pytest.raises(ConfigurationError if before == "no token" else ExpiredCredentials) as raised:
            eic.get("my-function")
        error = raised.value
        assert error.hint == (
            "run this in a terminal, then repeat the command; no restart is needed\n    aws sso login --profile me"
        )
        assert error.__cause__ is not None
        if isinstance(error, ExpiredCredentials):
            assert error.code in {"UnauthorizedSSOTokenError", "TokenRetrievalError"}
            assert (error.operation, error.region) == ("GetFunctionEventInvokeConfig", "us-east-1")
        sign_on.log_in("fresh", timedelta(hours=1))
        assert len(eic.get("my-function")) == 1
        assert server.seen[-1].access_key == NEW


def test_the_default_connection_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(
        f"[default]\nregion = us-east-1\naws_access_key_id = {OLD}\naws_secret_access_key = secret\n"
        f"[profile production]\nregion = eu-west-1\naws_access_key_id = {NEW}\naws_secret_access_key = secret\n"
    )
    with Answering([config_answer()]) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert eicnb.get("my-function").attrs["region"] == "us-east-1"
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        assert eicnb.get("my-function").attrs["region"] == "us-west-2"
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        monkeypatch.setenv("AWS_PROFILE", "production")
        assert eicnb.get("my-function").attrs["region"] == "eu-west-1"
        monkeypatch.delenv("AWS_PROFILE")
        assert eicnb.get("my-function").attrs["region"] == "us-east-1"
        assert keys(server) == [OLD, OLD, NEW, OLD]


def test_the_default_connection_is_kept_while_the_environment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert eicnb.current() is eicnb.current()


def test_a_chosen_connection_does_not_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = eicnb.use(eicnb.connect(region="us-east-1"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert eicnb.current() is chosen


def at_once(count: int, call: Callable[[int], object]) -> None:
    """Make the same call in several threads, started together."""
    barrier = Barrier(count)

    def one(number: int) -> None:
        barrier.wait()
        call(number)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_eight_threads_share_one_connection(eic: Eic) -> None:
    def work(number: int) -> None:
        for attempts in (0, 1, 2):
            version = f"order-events:{number + 1}"
            written = eic.put(version, maximum_retry_attempts=attempts, on_failure="sqs:shop-failures")
            assert written.maximum_retry_attempts.item() == attempts
            assert eic.get(version).qualifier.item() == str(number + 1)
            assert len(eic.list("order-events")) == 60
            assert eic.derive(region="eu-west-1").region == "eu-west-1"

    at_once(8, work)


def test_eight_threads_survive_a_renewal(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", OLD)
    with Answering(aws) as server:
        eic = connection(server)

        def work(number: int) -> None:
            with pytest.raises(ExpiredCredentials):
                eic.get("my-function")

        at_once(8, work)
        key_file(tmp_path / "credentials", NEW)
        at_once(8, lambda _: eic.get("my-function"))
        assert keys(server) == [OLD] * 8 + [NEW] * 8


def test_an_empty_response_of_sts_is_not_cached(tmp_path: Path) -> None:
    key_file(tmp_path / "credentials", NEW)
    with Answering([Answer(200, b""), identity("222222222222")]) as server:
        eic = connection(server)
        with pytest.raises(eicnb.EicError):
            _ = eic.account_id
        assert eic.account_id == "222222222222"


def test_a_failing_renewal_is_tried_once_for_all_waiting_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(seen: Seen) -> Step:
        return Answer(500) if seen.path.startswith("/keys") else config_answer()

    with Answering(script) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/keys")
        eic = connection(server)

        def work(number: int) -> None:
            with pytest.raises(ConfigurationError):
                eic.get("my-function")

        at_once(16, work)
        assert len(server.seen) <= 6  # botocore tries three times, and a thread may start after the first attempt
