from __future__ import annotations

import boto3
import pytest

from eicnb.errors import UsageError
from eicnb.model.place import Where, check_region, partition_of

BOTOCORE = boto3.Session()
REGIONS = [
    (region, partition)
    for partition in BOTOCORE.get_available_partitions()
    for region in BOTOCORE.get_available_regions("lambda", partition)
]


@pytest.mark.parametrize(("region", "partition"), [*REGIONS, ("us-isof-west-9", "aws-iso-f"), ("xx-new-1", "aws")])
def test_a_region_is_in_the_partition_that_botocore_knows(region: str, partition: str) -> None:
    assert partition_of(region) == partition


@pytest.mark.parametrize("region", [None, "", "us-east-1", "eusc-de-east-1", "xx-new-1"])
def test_a_region_that_may_exist_is_accepted(region: str | None) -> None:
    check_region(region)


@pytest.mark.parametrize("region", ["us east 1", "-us", "us-east-1\n", "é", "us.east"])
def test_a_text_that_cannot_be_a_region_is_refused(region: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_region(region)
    assert str(caught.value) == f"{region!r} is not the name of a region\nTry: us-east-1"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where(partition="aws", region="us-east-1", account_id="123456789012"), "us-east-1, account 123456789012"),
        (Where(partition="aws", region="us-east-1", account_id=""), "us-east-1, account not known"),
        (
            Where(partition="aws", region="us-east-1", account_id="123456789012", sandbox=True),
            "us-east-1, account 123456789012 (SANDBOX)",
        ),
    ],
)
def test_a_place_in_words(where: Where, words: str) -> None:
    assert str(where) == words
