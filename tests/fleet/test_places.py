"""An account is determined without STS, and a region without botocore's data."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

import eicnb
from eicnb.errors import EicError, IncompleteAudit
from tests.answering import Answer, Answering, Cut, Seen, Silence, Step
from tests.fleet.conftest import SHORT, Run
from tests.fleet.lambdas import ACCOUNT, EXPIRED, Lambda


class WithoutSts(Lambda):
    """A Lambda in an account whose STS fails."""

    def __init__(self, sts: Step, size: int = 3) -> None:
        super().__init__(size)
        self.sts = sts

    def __call__(self, seen: Seen) -> Step:
        return self.sts if seen.service == "sts" else super().__call__(seen)


REFUSED = Answer(403, b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>")


@pytest.mark.parametrize("sts", [REFUSED, Cut(), Answer(200, b"<html>hotel</html>")], ids=["refused", "cut", "hotel"])
@pytest.mark.parametrize("regions", [None, ["eu-west-1", "us-east-1"]], ids=str)
def test_an_account_that_sts_does_not_name_is_that_of_the_arns(run: Run, sts: Step, regions: Any) -> None:
    with Answering(WithoutSts(sts)) as server:
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=server.url), regions=regions)
    assert set(frame.account_id) == {ACCOUNT}
    assert frame.attrs["account_id"] == ACCOUNT
    assert frame.attrs["complete"]


def test_an_sts_that_is_silent_is_not_waited_for(run: Run) -> None:
    with Answering(WithoutSts(Silence(30))) as server:
        started = time.monotonic()
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=server.url), patience=replace(SHORT, sts=0.2))
    assert set(frame.account_id) == {ACCOUNT}
    assert time.monotonic() - started < 25


def test_an_endpoint_of_lambda_alone_is_enough(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering(Lambda(3)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
        frame = run(eicnb.connect(region="us-east-1"))
    assert (len(frame), set(frame.account_id)) == (3, {ACCOUNT})


def test_an_empty_account_needs_no_sts(run: Run) -> None:
    with Answering(WithoutSts(Cut(), size=0)) as server:
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=server.url))
    assert (len(frame), frame.attrs["complete"]) == (0, True)


@pytest.mark.parametrize(("region", "more"), [("us-east-1", ""), (None, " --region us-east-1")])
def test_a_name_in_an_empty_account_without_sts_is_missing_however_often_it_is_resumed(
    run: Run, region: str | None, more: str
) -> None:
    with Answering(WithoutSts(Cut(), size=0)) as server:
        eic = eicnb.connect(region=region, endpoint_url=server.url)
        resume = None
        for _ in range(2):
            with pytest.raises(IncompleteAudit) as raised:
                run(eic, functions=["nosuch"], regions=["us-east-1"], resume=resume)
            resume = raised.value
            assert raised.value.hint == f"copy the name from the list\n%eic functions{more}"
            assert "    us-east-1: there is no function 'nosuch' in us-east-1" in raised.value.message.splitlines()


def test_an_account_that_cannot_be_identified_is_a_row_per_region(run: Run) -> None:
    def refuses(seen: Seen) -> Step:
        return EXPIRED

    with Answering(refuses) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic, regions=["us-east-1", "eu-west-1"], errors="rows")
    assert list(zip(frame.region, frame.scan_state, strict=True)) == [("eu-west-1", "failed"), ("us-east-1", "failed")]
    assert frame.account_id.isna().all()


def test_a_frame_is_not_resumed_without_its_account(run: Run) -> None:
    with Answering(Lambda(3)) as server:
        first = run(eicnb.connect(region="us-east-1", endpoint_url=server.url))
    with Answering(lambda seen: EXPIRED) as server, pytest.raises(EicError, match="expired"):
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), resume=first)


def regions_of_ec2(*names: str) -> Answer:
    items = "".join(f"<item><regionName>{name}</regionName></item>" for name in names)
    xml = f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    return Answer(200, xml.encode(), {"Content-Type": "text/xml"})


class Everywhere(Lambda):
    """An account with these regions enabled."""

    def __init__(self, *regions: str, account_id: str = "123456789012") -> None:
        super().__init__(2, account_id=account_id)
        self.regions = regions

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "ec2":
            return regions_of_ec2(*self.regions)
        return super().__call__(seen)


NEW = "xx-brandnew-1"


@pytest.mark.parametrize("regions", ["all", [NEW, "us-east-1"]], ids=str)
def test_a_region_that_botocore_does_not_know_yet_is_read_like_the_others(run: Run, regions: Any) -> None:
    with Answering(Everywhere("us-east-1", NEW, "cn-north-1")) as server:
        frame = run(eicnb.connect(region="us-east-1", endpoint_url=server.url), regions=regions)
    assert list(frame.region) == ["us-east-1"] * 2 + [NEW] * 2
    assert frame.attrs["complete"]


def test_an_account_without_any_region_is_an_error_and_not_an_empty_frame(run: Run) -> None:
    with Answering(Everywhere()) as server, pytest.raises(EicError) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), regions="all")
    assert raised.value.message == "DescribeRegions reports no enabled region"
    assert raised.value.hint is not None
    assert raised.value.hint.startswith("name the regions: --regions us-east-1,eu-west-1")


class Undisclosed(Everywhere):
    """An account that `denies` the list of its regions."""

    def __init__(self, *regions: str) -> None:
        super().__init__(*regions, account_id="222222222222")
        self.denies = True

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "ec2" and self.denies:
            error = "<Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error>"
            return Answer(403, f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>".encode())
        return super().__call__(seen)


def test_of_several_accounts_one_that_does_not_list_its_regions_is_a_row_and_is_read_whole_on_resume(run: Run) -> None:
    secretive = Undisclosed("us-east-1", "eu-west-1")
    with Answering(Everywhere("us-east-1")) as one, Answering(secretive) as other:
        both = [eicnb.connect(region="us-east-1", endpoint_url=server.url) for server in (one, other)]
        first = run(both, regions="all", errors="rows")
        [denied] = first[first.scan_state != "ok"].to_dict("records")
        secretive.denies = False
        whole = run(both, regions="all", resume=first)
    assert (denied["account_id"], denied["region"], denied["scan_state"]) == ("222222222222", "us-east-1", "denied")
    assert denied["error"].endswith("or use a role that may call ec2:DescribeRegions")
    assert whole.attrs["complete"]
    assert whole.groupby("account_id").region.nunique().to_dict() == {"123456789012": 1, "222222222222": 2}


def test_a_user_in_the_endpoint_of_the_environment_reads_as_the_verbs_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Answering(Lambda(3)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url.replace("//", "//user:pass@"))
        eic = eicnb.connect(region="us-east-1")
        assert len(eic.functions()) == 3
        assert len(run(eic)) == 3
        hosts = {seen.headers["Host"] for seen in server.seen if seen.service == "lambda"}
    assert hosts == {urlsplit(server.url).netloc}
