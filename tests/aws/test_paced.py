"""Requests through boto3, each in its turn, and counted."""

from __future__ import annotations

import eicnb
from eicnb.aws.http.rate_limit import Buckets
from eicnb.aws.http.sender import Tally
from eicnb.aws.paced import Paced, Quotas
from eicnb.client.eic import connection_of
from eicnb.model.verbs import Operation


def paced(eic: eicnb.Eic, quotas: Quotas, tally: Tally, waits: list[float]) -> Paced:
    return Paced(connection_of(eic).aws, eic.account_id, quotas, tally, sleep=waits.append)


def test_each_page_takes_a_turn_of_its_service(eic: eicnb.Eic) -> None:
    tally, waits = Tally(), list[float]()
    with Quotas(Buckets(lambda: 0.0), rate=10) as quotas:
        ask = paced(eic, quotas, tally, waits).ask
        assert len([*ask(Operation.LIST_QUEUES, MaxResults=2)]) > 2
        assert next(ask(Operation.LIST_BUSES))["EventBuses"]
    assert [round(wait, 1) for wait in waits] == [*(number / 10 for number in range(tally.calls - 1)), 0.0]


def test_get_function_has_its_larger_quota_and_iam_one_for_all_regions() -> None:
    with Quotas(Buckets(lambda: 0.0), rate=15) as quotas:
        assert quotas.of("1", "us-east-1", Operation.GET_FUNCTION).rate == 100
        assert quotas.of("1", "us-east-1", Operation.GET_POLICY).rate == 15
        assert quotas.of("1", "us-east-1") is not quotas.of("1", "us-east-1", Operation.GET_POLICY)
        assert quotas.of("1", "us-east-1", "iam") is quotas.of("1", "eu-west-1", "iam")


def test_two_runs_share_the_bucket_of_an_account_and_region() -> None:
    buckets = Buckets(lambda: 0.0)
    with Quotas(buckets, rate=10) as one, Quotas(buckets, rate=4) as other:
        assert one.of("1", "us-east-1") is other.of("1", "us-east-1")
        assert one.of("1", "us-east-1").rate == 4
