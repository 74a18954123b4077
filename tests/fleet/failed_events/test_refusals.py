"""Reading and replaying while AWS throttles or denies requests, and with other accounts and keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import eicnb
from eicnb.errors import AccessDenied, AwsError, IncompleteReplay, Throttled, UsageError
from eicnb.frames.frame import Frame
from tests.answering import Answer, Answering, Seen, Step, as_json, fault, identity
from tests.fleet.failed_events.samples import record
from tests.fleet.failed_events.stub import ACCOUNT, QUEUE, Stub

FOREIGN = "arn:aws:sqs:us-east-1:210987654321:theirs"
THROTTLED_QUEUE = as_json({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}, 403)
THROTTLED_FUNCTION = fault(429, "TooManyRequestsException", "Rate exceeded")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def connected(server: Answering) -> eicnb.Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=server.url)


def refusing(wanted: str, step: Step, times: int = 1000) -> Callable[[str, Seen], tuple[Step, bool] | None]:
    """Return a fault that gives `step` to the first requests of an operation, not carried out."""
    counts: Counter[str] = Counter()

    def of(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        counts[operation] += 1
        return (step, False) if operation == wanted and counts[operation] <= times else None

    return of


def replayed(stub: Stub, operation: str, step: Step, times: int = 1000) -> Frame:
    with Answering(stub) as server:
        eic = connected(server)
        frame = eic.records(QUEUE, progress=False, rate=100_000)
        stub.fault = refusing(operation, step, times)
        try:
            return eic.replay(frame, progress=False, rate=100_000)
        except IncompleteReplay as error:
            result: Frame = error.result
            return result


def test_a_throttled_queue_is_said_to_be_throttled_and_keeps_its_messages() -> None:
    stub = Stub({"m1": record(1)}, refusing("ReceiveMessage", THROTTLED_QUEUE))
    with Answering(stub) as server, pytest.raises(Throttled, match=r"^slow down\n") as raised:
        connected(server).records(QUEUE, progress=False)
    assert raised.value.hint == "run it again in a few seconds; the account's other tools share this limit"
    assert (list(stub.messages), stub.receipts) == (["m1"], {})


def test_a_queue_that_is_throttled_for_a_moment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    once = as_json({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}, 400)
    with Answering(Stub({"m1": record(1)}, refusing("ReceiveMessage", once, times=1))) as server:
        assert len(connected(server).records(QUEUE, progress=False)) == 1


def test_a_replay_from_a_throttled_queue_sends_nothing() -> None:
    stub = Stub({"m1": record(1)})
    result = replayed(stub, "ReceiveMessage", THROTTLED_QUEUE)
    assert result[["outcome", "error"]].to_numpy().tolist() == [["not tried", "the queue could not be read: slow down"]]
    assert stub.accepted == []


def test_a_throttled_invocation_failed_and_its_message_stays() -> None:
    stub = Stub({f"m{number}": record(number) for number in range(2)})
    result = replayed(stub, "Invoke", THROTTLED_FUNCTION, times=1)
    assert sorted(result.outcome) == ["accepted", "failed"]
    assert result.error.dropna().tolist() == ["Rate exceeded"]
    assert (stub.deleted, len(stub.messages), stub.receipts) == (stub.accepted, 1, {})


def test_a_throttled_deletion_is_not_taken_as_deleted() -> None:
    stub = Stub({"m1": record(1)})
    result = replayed(stub, "DeleteMessage", THROTTLED_QUEUE)
    assert result[["outcome", "error"]].to_numpy().tolist() == [["not deleted", "accepted, but not deleted: slow down"]]


def test_a_queue_in_another_account_is_read_where_its_policy_allows_it() -> None:
    stub = Stub({"m1": record(1)})
    with Answering(stub) as server:
        eic = connected(server)
        frame = eic.records(FOREIGN, progress=False)
        assert frame.source.tolist() == [FOREIGN]
        bodies = {request.body.decode() for request in server.seen if b"QueueUrl" in request.body}
        assert all(f"{server.url}/210987654321/theirs" in body for body in bodies)
        with pytest.raises(UsageError, match=f"names {FOREIGN}, so anyone could have written it"):
            eic.replay(frame, progress=False)
        assert eic.replay(frame, to="checkout", progress=False).outcome.tolist() == ["accepted"]
    assert stub.messages == {}


DENIALS: Mapping[str, tuple[Answer, type[AwsError], str]] = {
    "another account's": (
        as_json({"__type": "com.amazonaws.sqs#AccessDenied", "message": "Access to the resource is denied."}, 403),
        AccessDenied,
        "use a role that may call sqs:GetQueueAttributes, or other credentials",
    ),
    "another account's that is kept secret": (
        as_json({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."}),
        AwsError,
        "ask the owner in account 210987654321 whether the queue exists and its policy allows you to read it",
    ),
    "encrypted": (
        as_json({"__type": "com.amazonaws.sqs#KmsAccessDenied", "message": "The ciphertext refers to a key …"}, 400),
        AccessDenied,
        "use a role that may call kms:Decrypt, or other credentials",
    ),
}


@pytest.mark.parametrize("case", DENIALS)
def test_a_queue_that_may_not_be_read_is_a_clear_error(case: str) -> None:
    answer, kind, hint = DENIALS[case]
    answer = Answer(answer.status if answer.status != 200 else 400, answer.body, answer.headers)
    with (
        Answering(Stub({}, refusing("GetQueueAttributes", answer))) as server,
        pytest.raises(kind) as raised,
    ):
        connected(server).records(FOREIGN, progress=False)
    assert raised.value.hint == hint


KEYS = [f"aws/lambda/async/checkout/2026/11/25/2026-11-25T1{number}.00.00-a" for number in range(2)]
NO_KEY = (
    "User: arn:aws:iam::123456789012:user/me is not authorized to perform: kms:Decrypt on resource: "
    "arn:aws:kms:us-east-1:123456789012:key/k because no identity-based policy allows the kms:Decrypt action"
)


def bucket(encrypted: set[str]) -> Callable[[Seen], Step]:
    """Return the script of a bucket with objects encrypted by a key that the caller may not use."""
    contents = "".join(f"<Contents><Key>{key}</Key><Size>100</Size></Contents>" for key in KEYS)
    denied = f"<Error><Code>AccessDenied</Code><Message>{NO_KEY}</Message></Error>".encode()

    def script(request: Seen) -> Step:
        if b"GetCallerIdentity" in request.body:
            return identity(ACCOUNT)
        if "list-type=2" in request.path:
            return Answer(200, f"<ListBucketResult>{contents}</ListBucketResult>".encode())
        is_encrypted = any(request.path.endswith(key) for key in encrypted)
        return Answer(403, denied) if is_encrypted else Answer(200, record(1).encode())

    return script


def test_an_object_without_the_key_is_a_row_that_says_so() -> None:
    with Answering(bucket({KEYS[1]})) as server:
        frame = connected(server).records("s3:failures", progress=False)
    assert frame[["state", "message_id"]].to_numpy().tolist() == [["no-record", KEYS[1]], ["ok", KEYS[0]]]
    assert frame.error_message[0] == f"it could not be read: {NO_KEY}"


def test_a_bucket_without_the_key_is_a_clear_error() -> None:
    with Answering(bucket(set(KEYS))) as server, pytest.raises(AccessDenied) as raised:
        connected(server).records("s3:failures", progress=False)
    assert raised.value.message == NO_KEY
    assert raised.value.hint == "use a role that may call kms:Decrypt, or other credentials"


def test_a_replay_of_an_object_whose_key_was_taken_away_fails_and_sends_nothing() -> None:
    encrypted: set[str] = set()
    script = bucket(encrypted)
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout:$LATEST"

    def both(request: Seen) -> Any:
        if "/functions/" in request.path:
            if request.path.endswith("/list"):
                return as_json({"FunctionEventInvokeConfigs": []})
            return as_json({"Configuration": {"FunctionArn": arn, "FunctionName": "checkout"}})
        return script(request)

    with Answering(both) as server:
        eic = connected(server)
        frame = eic.records("s3:failures", progress=False)
        encrypted.update(KEYS)
        with pytest.raises(IncompleteReplay) as raised:
            eic.replay(frame, to="checkout", progress=False)
    assert raised.value.result.outcome.tolist() == ["failed", "failed"]
    assert set(raised.value.result.error) == {NO_KEY}
