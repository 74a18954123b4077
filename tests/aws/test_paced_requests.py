"""Requests through boto3 are rate-limited and counted."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.aws.http.rate_limit import MOST_RATE, Buckets
from eicnb.aws.http.sender import Tally
from eicnb.aws.paced_requests import Paced, Quotas
from eicnb.client.connect import start_sandbox
from eicnb.client.eic import connection_of
from eicnb.model.verbs import Operation

ROLE = "arn:aws:iam::123456789012:role/audit"


def paced(eic: eicnb.Eic, quotas: Quotas, tally: Tally, waits: list[float]) -> Paced:
    return Paced(connection_of(eic).aws, eic.account_id, quotas, tally, sleep=waits.append)


def test_each_page_counts_against_the_rate_of_its_service(eic: eicnb.Eic) -> None:
    tally, waits = Tally(), list[float]()
    with Quotas(Buckets(lambda: 0.0), rate=10) as quotas:
        call = paced(eic, quotas, tally, waits).call
        assert len([*call(Operation.LIST_QUEUES, MaxResults=2)]) > 2
        assert next(call(Operation.LIST_BUSES))["EventBuses"]
    assert [round(wait, 1) for wait in waits] == [*(number / 10 for number in range(tally.calls - 1)), 0.0]


def test_get_function_has_its_larger_quota_and_iam_one_for_all_regions() -> None:
    with Quotas(Buckets(lambda: 0.0), rate=15) as quotas:
        assert quotas.of("1", "us-east-1", Operation.GET_FUNCTION).rate == 100
        assert quotas.of("1", "us-east-1", Operation.GET_POLICY).rate == 15
        assert quotas.of("1", "us-east-1") is not quotas.of("1", "us-east-1", Operation.GET_POLICY)
        assert quotas.of("1", "us-east-1", "iam") is quotas.of("1", "eu-west-1", "iam")


QUOTAS = [(None, MOST_RATE), (15, 10.0), (150, 100.0), (3, 2.0)]


@pytest.mark.parametrize(("quota", "rate"), QUOTAS)
def test_the_usual_rate_is_two_thirds_of_the_quota(quota: float | None, rate: float) -> None:
    eic = start_sandbox(requests_per_second=quota)
    aws = connection_of(eic).aws
    derived = [aws, aws.derived(region="eu-west-1", options={}), aws.assuming(ROLE, None)]
    assert [one.usual_rate for one in derived] == [rate] * 3
    assert aws.derived(endpoint_url="http://127.0.0.1:1", options={}).usual_rate == 10
    with Quotas(Buckets(lambda: 0.0), rate=None) as quotas:
        assert quotas.of("1", "us-east-1", usual_rate=rate).rate == rate


def test_a_sandbox_that_is_throttled_later_has_the_new_rate(eic: eicnb.Eic) -> None:
    assert eic.server is not None
    assert connection_of(eic).aws.usual_rate == MOST_RATE
    eic.server.throttle(30)
    assert connection_of(eic.derive(region="eu-west-1")).aws.usual_rate == 20


def test_two_runs_share_the_bucket_of_an_account_and_region() -> None:
    buckets = Buckets(lambda: 0.0)
    with Quotas(buckets, rate=10) as one, Quotas(buckets, rate=4) as other:
        assert one.of("1", "us-east-1") is other.of("1", "us-east-1")
        assert one.of("1", "us-east-1").rate == 4
