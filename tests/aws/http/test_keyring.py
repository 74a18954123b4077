"""One caller reads or renews the credentials, and the others wait for the result."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

import eicnb
from eicnb.aws.http.keyring import FixedKeys, Keyring
from eicnb.aws.keys import Keys
from eicnb.errors import EicError
from tests.answering import Answer, Answering, Seen, Step, as_json
from tests.fleet.conftest import Run
from tests.fleet.lambdas import EXPIRED, Lambda

OLD, NEW, OTHER = (Keys(name, "secret") for name in ("OLD", "NEW", "OTHER"))
CALLERS = 50


class Source:
    """Credentials that a test sets; `calls` counts how often they were read."""

    def __init__(self, *sequence: Keys | EicError, renewed: Keys | EicError | None = None) -> None:
        self.sequence = list(sequence)
        self.renewal = renewed
        self.calls = 0

    def keys(self) -> Keys:
        self.calls += 1
        time.sleep(0.05)
        found = self.sequence.pop(0) if len(self.sequence) > 1 else self.sequence[0]
        if isinstance(found, EicError):
            raise found
        return found

    def renewed_keys(self, refused: Keys) -> Keys | None:
        assert refused == OLD
        self.calls += 1
        time.sleep(0.05)
        if isinstance(self.renewal, EicError):
            raise self.renewal
        return self.renewal


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_many_callers_at_once_read_once() -> None:
    source = Source(OLD)

    async def main() -> list[Keys]:
        keyring = Keyring(source)
        return await asyncio.gather(*(keyring.keys() for _ in range(CALLERS)))

    assert asyncio.run(main()) == [OLD] * CALLERS
    assert source.calls == 1


def test_keys_are_read_again_after_five_seconds() -> None:
    source, clock = Source(OLD, NEW), Clock()

    async def main() -> list[Keys]:
        keyring = Keyring(source, clock)
        found = []
        for now in (0, 4, 6):
            clock.now = now
            found.append(await keyring.keys())
        return found

    assert asyncio.run(main()) == [OLD, OLD, NEW]


def test_a_failure_reaches_every_caller_and_is_final() -> None:
    source = Source(EicError("500"))

    async def main() -> list[Keys | BaseException]:
        keyring = Keyring(source)
        first = await asyncio.gather(*(keyring.keys() for _ in range(CALLERS)), return_exceptions=True)
        return [*first, *await asyncio.gather(keyring.keys(), return_exceptions=True)]

    assert [str(error) for error in asyncio.run(main())] == ["500"] * (CALLERS + 1)
    assert source.calls == 1


@pytest.mark.parametrize(("renewal", "outcome"), [(NEW, True), (None, False), (EicError("500"), "500")], ids=str)
def test_many_refusals_at_once_renew_once(renewal: Keys | EicError | None, outcome: object) -> None:
    source = Source(OLD, renewed=renewal)

    async def main() -> list[bool | BaseException]:
        keyring = Keyring(source)
        await keyring.keys()
        return await asyncio.gather(*(keyring.renewed(OLD) for _ in range(CALLERS)), return_exceptions=True)

    found = [str(one) if isinstance(one, EicError) else one for one in asyncio.run(main())]
    assert found == [outcome] * CALLERS
    assert source.calls == 2


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("1", None),
        ("2", "the credentials changed during the audit: they were of account 1, and now belong to account 2"),
        (
            None,
            "the credentials changed during the audit: they were of account 1, and now cannot be matched to an account",
        ),
    ],
)
def test_keys_of_another_account_are_never_returned(found: str | None, message: str | None) -> None:
    source, clock = Source(OLD, NEW), Clock()

    async def find_account(keys: Keys) -> str | None:
        assert keys == NEW
        return found

    async def main() -> Keys:
        keyring = Keyring(source, clock)
        keyring.guard("1", find_account)
        await keyring.keys()
        clock.now = 6
        return await keyring.keys()

    if message is None:
        assert asyncio.run(main()) == NEW
        return
    with pytest.raises(EicError) as raised:
        asyncio.run(main())
    assert raised.value.message == message


def test_fixed_keys_are_not_renewed() -> None:
    assert asyncio.run(FixedKeys(OTHER).keys()) == OTHER
    assert not asyncio.run(FixedKeys(OTHER).renewed(OTHER))


def test_a_container_that_cannot_renew_credentials_is_not_called_by_every_reader(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Container(Lambda):
        is_broken = False
        calls_since = 0

        def __call__(self, seen: Seen) -> Step:
            if seen.path == "/creds":
                self.calls_since += self.is_broken
                ends = datetime.now(UTC) + timedelta(hours=6)
                credentials = {"AccessKeyId": "C", "SecretAccessKey": "s", "Token": "t", "Expiration": f"{ends:%FT%TZ}"}
                return Answer(500) if self.is_broken else as_json(credentials)
            if "event-invoke-config" in seen.path and seen.path.split("/")[3] >= "f0020":
                self.is_broken = True
                return EXPIRED
            return super().__call__(seen)

    service = Container(100)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with Answering(service) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/creds")
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic, regions=["us-east-1", "us-east-2", "eu-west-1"], errors="rows")
    assert frame.attrs["functions"] >= 150
    assert set(frame.scan_state) == {"ok", "failed"}
    assert 1 <= service.calls_since <= 6
