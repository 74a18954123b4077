"""The missing permission of a role, named by a rejected put and by a dry run before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import eicnb
from eicnb.errors import AwsError
from tests.answering import Answering, Seen, Step, fault, identity

ROLE = "arn:aws:iam::{account}:role/shop-basic"
QUEUE = "arn:aws:sqs:us-east-1:{account}:shop-failures"
HINT = (
    f"allow sqs:SendMessage to the role {ROLE}:\n"
    '{{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "' + QUEUE + '"}}\n'
    "A new role or policy takes about ten seconds to work."
)

PUT = "put customer-export --on-failure sqs:shop-failures"
WRITES: list[Callable[[eicnb.Eic], Any]] = [
    lambda eic: eic.put("customer-export", on_failure="sqs:shop-failures"),
    lambda eic: eicnb.run(PUT),
    lambda eic: eicnb.run(f"{PUT} --quiet"),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_refused_put_names_the_role_the_action_and_the_statement(
    eic: eicnb.Eic, write: Callable[[eicnb.Eic], Any]
) -> None:
    with pytest.raises(AwsError) as refused:
        write(eic)
    assert refused.value.hint == HINT.format(account=eic.account_id)


@pytest.mark.parametrize("option", ["--output json", "--query FunctionArn"])
def test_a_refused_put_with_the_output_of_the_aws_cli_reads_no_role(option: str, eic: eicnb.Eic) -> None:
    with pytest.raises(AwsError) as refused:
        eicnb.run(f"{PUT} {option}")
    unnamed = HINT.replace(f"the role {ROLE}", "the function's role").format(account=eic.account_id)
    assert refused.value.hint == unnamed
    assert eic.server is not None
    sent = {request.operation for request in eic.server.requests()}
    assert sent - {"GetCallerIdentity"} == {"PutFunctionEventInvokeConfig"}


def test_a_dry_run_notes_the_missing_permission_of_the_role(eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]) -> None:
    eicnb.run(f"{PUT} --dry-run")
    _, _, note = capsys.readouterr().out.partition("\n")
    why = "Note: AWS rejects this unless the destination's own policy allows it. To make sure, "
    assert note == f"{why}{HINT.format(account=eic.account_id)}\n"


def test_a_dry_run_has_no_note_if_the_role_may_deliver(eic: eicnb.Eic, capsys: pytest.CaptureFixture[str]) -> None:
    eicnb.run("put checkout --on-failure sqs:shop-failures --dry-run")
    assert "Note" not in capsys.readouterr().out


def test_a_role_that_cannot_be_read_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    topic = "arn:aws:sns:us-east-1:123456789012:alerts"
    message = f"The function's execution role does not have permissions to call Publish on {topic}"

    def script(seen: Seen) -> Step:
        if seen.service == "sts":
            return identity("123456789012")
        if seen.method == "PUT":
            return fault(400, "InvalidParameterValueException", message)
        return fault(403, "AccessDeniedException", "no")

    with Answering(script) as server, pytest.raises(AwsError) as refused:
        eicnb.connect(region="us-east-1", endpoint_url=server.url).put("my-function", on_failure=topic)
    assert refused.value.hint == (
        "allow sns:Publish to the function's role:\n"
        f'{{"Effect": "Allow", "Action": "sns:Publish", "Resource": "{topic}"}}\n'
        "A new role or policy takes about ten seconds to work."
    )


def test_another_error_keeps_its_hint(eic: eicnb.Eic) -> None:
    with pytest.raises(AwsError) as refused:
        eic.put("my-function", on_failure=f"arn:aws:lambda:us-east-1:{eic.account_id}:function:nope")
    assert refused.value.hint is None
