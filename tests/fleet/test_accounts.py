"""Several accounts in one audit, and roles whose credentials renew themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest

import eicnb
from eicnb.aws.http.sender import PATIENCE
from eicnb.cli import parser
from eicnb.cli.source import Source
from eicnb.client import commands, connections
from eicnb.client.eic import connection_of
from eicnb.errors import AccessDenied, UsageError
from tests.answering import Answer, Answering, Cut, Seen, Step, identity
from tests.fleet.conftest import Run
from tests.fleet.lambdas import DENIED, EXPIRED, Lambda

LOCKED = "eu-central-1"
ROLE = "arn:aws:iam::222222222222:role/audit"


class Sts(Lambda):
    """A fleet in the account of a role, whose STS issues keys that are valid for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(3, account_id="222222222222")
        self.seconds = seconds
        self.assumed: list[dict[str, str]] = []

    def __call__(self, seen: Seen) -> Step:
        asked = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        if asked.get("Action") == "AssumeRole":
            self.assumed.append(asked)
            ends = datetime.now(UTC) + timedelta(seconds=self.seconds)
            return Answer(
                200,
                f"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE{len(self.assumed)}</AccessKeyId>"
                "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                f"<Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials></AssumeRoleResult>"
                "</AssumeRoleResponse>".encode(),
            )
        return super().__call__(seen)


def test_a_role_is_assumed_by_name_with_its_external_id_and_signs_the_calls(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ana")
    service = Sts(seconds=3600)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url, role_arn=ROLE, external_id="ours")
        assert not server.seen
        frame = run(eic)
        keys = {seen.access_key for seen in server.seen if seen.service == "lambda"}
    assert set(frame.account_id) == {"222222222222"}
    assert keys == {"ROLE1"}
    [asked] = service.assumed
    assert {name: asked[name] for name in ("RoleArn", "RoleSessionName", "ExternalId")} == {
        "RoleArn": ROLE,
        "RoleSessionName": "eicnb-ana",
        "ExternalId": "ours",
    }


def test_the_credentials_of_a_role_are_renewed_before_they_expire(run: Run) -> None:
    service = Sts(seconds=60)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url, role_arn=ROLE)
        run(eic)
        run(eic)
    assert len(service.assumed) > 1


@pytest.mark.parametrize("way", ["profile", "session", "derived", "magic"])
def test_a_role_works_with_every_kind_of_connection(
    run: Run, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile tools]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text("[tools]\naws_access_key_id = TOOLS\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    service = Sts(seconds=3600)
    with Answering(service) as server:
        if way == "profile":
            eic = eicnb.connect("tools", endpoint_url=server.url, role_arn=ROLE)
        elif way == "session":
            session = boto3.Session(profile_name="tools")
            eic = eicnb.connect(boto3_session=session, endpoint_url=server.url, role_arn=ROLE)
        elif way == "derived":
            eic = eicnb.connect("tools", endpoint_url=server.url).derive(role_arn=ROLE)
        else:
            source = Source(f"use --profile tools --endpoint-url {server.url} --role-arn {ROLE}")
            eic = commands.run(parser.parse(source, {}), commands.Context(print))
        assert set(run(eic).region) == {"eu-west-1"}
        assert [seen.access_key for seen in server.seen if b"AssumeRole" in seen.body] == ["TOOLS"]


def test_a_role_that_may_not_be_assumed_is_denied_with_a_hint(eic: eicnb.Eic) -> None:
    denied = (
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message>"
        "</Error></ErrorResponse>"
    )
    with Answering([Answer(403, denied.encode())]) as server, pytest.raises(AccessDenied) as raised:
        eicnb.connect(region="us-east-1", endpoint_url=server.url, role_arn=ROLE).get("my-function")
    assert raised.value.operation == "AssumeRole"
    assert raised.value.hint == (
        "create the role audit in account 222222222222, or let its trust policy allow the caller to assume it; "
        "the caller also needs sts:AssumeRole, and --external-id if the role requires one"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"role_arn": "audit"}, "'audit' is not the ARN of a role\nTry: arn:aws:iam::123456789012:role/audit"),
        (
            {"role_arn": "arn:aws:iam::123456789012:user/x"},
            "'arn:aws:iam::123456789012:user/x' is not the ARN of a role",
        ),
        ({"external_id": "x1"}, "an external id needs a role, but none is given"),
        ({"role_arn": ROLE, "external_id": "a b"}, "the external id is not one that STS accepts"),
    ],
    ids=str,
)
def test_an_invalid_role_is_rejected(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        eicnb.connect(region="us-east-1", **options)


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Three profiles of three accounts, each with its own AWS; two more name the first account again."""
    accounts = {"prod": "111111111111", "staging": "222222222222", "tools": "333333333333"}
    with ExitStack() as stack:
        lines = []
        for name, account_id in accounts.items():
            fleet = Lambda(2, lambda seen, region, name: DENIED if region == LOCKED else None, account_id)
            server = stack.enter_context(Answering(fleet))
            lines.append(f"[profile {name}]\nregion = us-east-1\nendpoint_url = {server.url}\n")
        lines.append(lines[0].replace("[profile prod]", "[profile again]"))
        keys = [
            f"[{name}]\naws_access_key_id = {name.upper()}\naws_secret_access_key = s\n"
            for name in (*accounts, "again")
        ]
        (tmp_path / "credentials").write_text("".join(keys))
        (tmp_path / "config").write_text("".join(lines))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        yield list(accounts)


def run_command(line: str) -> Any:
    return commands.run(parser.parse(Source(line), {}), commands.Context(print))


def test_several_profiles_are_one_frame_in_the_order_of_their_accounts(profiles: list[str]) -> None:
    frame = run_command("audit --profiles tools,prod,staging --rate 100 --no-progress")
    accounts = ["111111111111", "222222222222", "333333333333"]
    assert list(frame.account_id) == [account for account in accounts for _ in range(2)]
    assert frame.attrs["account_id"] == "several"
    assert frame.provenance == "several accounts  us-east-1"


def test_several_connections_and_regions_are_one_frame(profiles: list[str]) -> None:
    connections = [eicnb.connect(profile) for profile in profiles]
    frame = eicnb.audit(connections=connections, regions=["us-east-1", "eu-west-1"], rate=100, progress=False)
    assert len(frame) == 3 * 2 * 2
    assert eicnb.audit(connections=connections, resume=frame, progress=False).equals(frame)


def test_two_profiles_of_one_account_are_rejected_and_the_account_is_named(profiles: list[str]) -> None:
    with pytest.raises(UsageError, match="two of the connections are to account 111111111111 in us-east-1"):
        run_command("audit --profiles prod,again")


def test_profile_and_profiles_do_not_go_together(profiles: list[str]) -> None:
    with pytest.raises(UsageError, match="--profile and --profiles are both given"):
        run_command("audit --profiles prod,tools --profile prod")


def test_a_missing_profile_is_an_error_before_anything_is_sent(profiles: list[str]) -> None:
    with pytest.raises(eicnb.ConfigurationError, match="there is no AWS profile 'prodd'"):
        run_command("audit --profiles prodd,tools")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "profile 'nocred': no usable AWS credentials: Unable to locate credentials"),
        (f" --role-arn {ROLE}", f"role {ROLE}: no usable AWS credentials: Unable to locate credentials"),
    ],
    ids=["profile", "role"],
)
def test_an_account_without_credentials_is_named(
    profiles: list[str], monkeypatch: pytest.MonkeyPatch, options: str, message: str
) -> None:
    add_profile("nocred", "region = us-east-1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(eicnb.ConfigurationError) as raised:
        run_command(f"audit --profiles nocred{options} --no-progress")
    assert raised.value.message == message
    with pytest.raises(eicnb.ConfigurationError) as raised:
        run_command("audit --profiles prod,nocred --no-progress")
    assert raised.value.message == "profile 'nocred': no usable AWS credentials: Unable to locate credentials"


def test_a_profile_without_a_region_is_named(profiles: list[str]) -> None:
    add_profile("nowhere", "output = json")
    with pytest.raises(eicnb.ConfigurationError, match=r"^profile 'nowhere': no AWS region is set"):
        run_command("audit --profiles prod,nowhere --no-progress")


def add_profile(name: str, line: str) -> None:
    with Path(os.environ["AWS_CONFIG_FILE"]).open("a") as config:
        config.write(f"[profile {name}]\n{line}\n")


def test_the_connection_in_use_does_not_change(eic: eicnb.Eic, profiles: list[str]) -> None:
    run_command("audit --profiles prod,tools --rate 100 --no-progress")
    assert connections.current() is eic


@pytest.mark.parametrize(
    ("options", "again"),
    [
        (f"--profiles tools,prod --rate 100 --regions {LOCKED}", "--profiles tools,prod"),
        (f"--profile prod --regions us-east-1,{LOCKED}", "--profile prod"),
        (
            f"--profile prod --no-verify-ssl --cli-read-timeout 9 --regions {LOCKED}",
            "--profile prod --no-verify-ssl --cli-read-timeout 9",
        ),
    ],
)
def test_the_hint_that_resumes_names_the_accounts_again(profiles: list[str], options: str, again: str) -> None:
    with pytest.raises(eicnb.IncompleteAudit) as raised:
        run_command(f"audit {options} --no-progress")
    assert raised.value.hint == f"%eic audit {again} --resume ${{sys.last_value}}"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("--profiles tools,prod --rate 100", "--profile tools"),
        ("--profiles tools,prod --regions eu-west-1", "--profile tools --region eu-west-1"),
        ("--profile prod --regions us-east-1,eu-west-1", "--profile prod"),
        ("--profile prod --region eu-west-1 --no-verify-ssl", "--profile prod --no-verify-ssl --region eu-west-1"),
    ],
)
def test_the_hint_that_lists_functions_names_an_audited_account_and_region(
    profiles: list[str], options: str, line: str
) -> None:
    with pytest.raises(eicnb.IncompleteAudit) as raised:
        run_command(f"audit {options} --functions nosuch --no-progress")
    assert raised.value.hint == f"copy the name from the list\n%eic functions {line}"
    assert len(run_command(f"functions {line}")) == 2


def test_errors_of_several_accounts_name_the_account(eic: eicnb.Eic) -> None:
    eicnb.use(eic)
    connections = eicnb.organization("nosuch", accounts=["log-archive", "playground"])
    with pytest.raises(eicnb.IncompleteAudit) as raised:
        eicnb.audit(connections=connections, progress=False)
    assert [line.partition(": ")[0] for line in raised.value.message.splitlines()[1:3]] == [
        "    160493826049, us-east-1",
        "    604938270493, us-east-1",
    ]


class Turning(Sts):
    """A role whose credentials, once renewed, belong to another account."""

    def __call__(self, seen: Seen) -> Step:
        if b"GetCallerIdentity" in seen.body and seen.access_key != "ROLE1":
            return identity("333333333333")
        if seen.service == "lambda" and seen.access_key == "ROLE1" and seen.path.count("f0001"):
            return EXPIRED
        return super().__call__(seen)


@pytest.mark.parametrize("sts", [True, False], ids=["named by STS", "seen in ARNs"])
def test_credentials_that_renew_into_another_account_read_nothing_there_and_the_rows_say_so(
    run: Run, *, sts: bool
) -> None:
    class Service(Turning):
        def __call__(self, seen: Seen) -> Step:
            if b"GetCallerIdentity" in seen.body and not sts:
                return Cut()
            if seen.access_key == "ROLE2" and seen.service == "lambda":
                return theirs(seen)
            return super().__call__(seen)

    service, theirs = Service(3600), Lambda(3, account_id="333333333333")
    service.names = theirs.names = [f"f{number:04}" for number in range(30)]
    with Answering(service) as server, Answering(Lambda(2)) as other:
        turning = eicnb.connect(region="us-east-1", endpoint_url=server.url, role_arn=ROLE)
        steady = eicnb.connect(region="us-east-1", endpoint_url=other.url)
        frame = run([turning, steady], errors="rows", patience=PATIENCE)
        read = [seen.path for seen in server.seen if seen.access_key == "ROLE2" and seen.service == "lambda"]
    assert set(frame.account_id) == {"222222222222", "123456789012"}
    mine = frame[frame.account_id == "222222222222"]
    assert len(mine) == 30
    assert set(mine.scan_state) == {"ok", "failed"}
    errors = mine.error.dropna()
    assert errors.str.contains("333333333333").all()
    assert errors.str.contains("222222222222").all()
    assert not [path for path in read if "event-invoke-config" in path]
    assert set(frame[frame.account_id == "123456789012"].scan_state) == {"ok"}


class Untrusting(Sts):
    """A role that does not trust the caller until `trusts` is set."""

    def __init__(self) -> None:
        super().__init__(3600)
        self.trusts = False

    def __call__(self, seen: Seen) -> Step:
        if b"AssumeRole" in seen.body and not self.trusts:
            error = "<Error><Code>AccessDenied</Code><Message>may not assume it</Message></Error>"
            return Answer(403, f"<ErrorResponse>{error}</ErrorResponse>".encode())
        return super().__call__(seen)


def test_a_role_that_cannot_be_assumed_is_a_row_for_each_region_of_its_account_and_is_read_on_resume(run: Run) -> None:
    service = Untrusting()
    regions = ["us-east-1", "eu-west-1"]
    with Answering(Lambda(2)) as own, Answering(service) as server:
        member = eicnb.connect(region="us-east-1", endpoint_url=server.url, role_arn=ROLE)
        connection_of(member).aws.name_account("222222222222", "payments")
        both = [eicnb.connect(region="us-east-1", endpoint_url=own.url), member]
        first = run(both, regions=regions, errors="rows")
        again = run(both, regions=regions, errors="rows", resume=first)
        sent = [seen for seen in server.seen if b"AssumeRole" in seen.body]
        service.trusts = True
        whole = run(both, resume=again)
    denied = first[first.account_id == "222222222222"]
    assert denied.region.tolist() == ["eu-west-1", "us-east-1"]
    assert set(denied.scan_state) == {"denied"}
    assert denied.error.str.startswith(
        "may not assume it\n"
        "    AccessDenied, returned by AssumeRole in us-east-1, for account 222222222222 (payments)\n"
    ).all()
    assert set(first[first.account_id == "123456789012"].scan_state) == {"ok"}
    assert again.drop(columns="read_at").equals(first.drop(columns="read_at"))
    assert len(sent) == 2
    assert whole.attrs["complete"]
    assert len(whole[whole.account_id == "222222222222"]) == 6
