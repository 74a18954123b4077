"""The operations that describe functions."""

from __future__ import annotations

import pytest

from eicnb.local_aws.seed_words import ShopRegion
from eicnb.local_aws.shop import SHOP
from tests.local_aws.conftest import Shop


def names(shop: Shop, region: str = "us-east-1") -> list[str]:
    return [function["FunctionName"] for function in shop.client(region=region).list_functions()["Functions"]]


@pytest.mark.parametrize("region", SHOP, ids=lambda region: region.name)
def test_functions_are_listed_by_name(seeded: Shop, region: ShopRegion) -> None:
    assert names(seeded, region.name) == sorted(function.name for function in region.functions)


def test_all_versions_come_in_pages_of_50(seeded: Shop) -> None:
    pages = seeded.client().get_paginator("list_functions").paginate(FunctionVersion="ALL")
    pages = [[function["FunctionArn"] for function in page["Functions"]] for page in pages]
    assert [len(page) for page in pages] == [50, 50, 1]
    versions = [arn for page in pages for arn in page if ":my-function:" in arn]
    assert versions == [seeded.arn(f"my-function:{version}") for version in ("$LATEST", 1, 2, 3)]


def test_a_page_never_holds_more_than_50_whatever_is_asked(seeded: Shop) -> None:
    answer = seeded.client().list_functions(FunctionVersion="ALL", MaxItems=10000)
    assert len(answer["Functions"]) == 50


def test_a_listed_function_carries_its_settings_but_not_its_state(seeded: Shop) -> None:
    functions = {f["FunctionName"]: f for f in seeded.client().list_functions()["Functions"]}
    invoices = functions["invoices"]
    assert invoices["FunctionArn"] == seeded.arn("invoices")
    assert invoices["DeadLetterConfig"] == {"TargetArn": seeded.queue("invoice-dead-letters")}
    assert invoices["Role"] == f"arn:aws:iam::{seeded.account_id}:role/shop-billing"
    assert (invoices["Runtime"], invoices["Timeout"], invoices["MemorySize"]) == ("python3.12", 30, 256)
    assert (invoices["Version"], invoices["PackageType"]) == ("$LATEST", "Zip")
    assert "State" not in invoices
    assert "DeadLetterConfig" not in functions["checkout"]
    assert "Runtime" not in functions["invoice-pdf"]
    assert functions["invoice-pdf"]["PackageType"] == "Image"


@pytest.mark.parametrize(
    ("name", "qualifier", "arn", "version"),
    [
        ("my-function", None, "my-function", "$LATEST"),
        ("my-function:$LATEST", None, "my-function:$LATEST", "$LATEST"),
        ("my-function", "2", "my-function:2", "2"),
        ("my-function:GREEN", None, "my-function:GREEN", "2"),
        ("123456789012:function:my-function", "prod", "my-function:prod", "3"),
    ],
)
def test_a_function_is_described_by_any_of_its_qualifiers(
    seeded: Shop, name: str, qualifier: str | None, arn: str, version: str
) -> None:
    query = {"Qualifier": qualifier} if qualifier else {}
    name = name.replace("123456789012", seeded.account_id)
    described = seeded.client().get_function_configuration(FunctionName=name, **query)
    assert (described["FunctionArn"], described["Version"]) == (seeded.arn(arn), version)
    assert (described["State"], described["LastUpdateStatus"]) == ("Active", "Successful")
    whole = seeded.client().get_function(FunctionName=name, **query)
    described.pop("ResponseMetadata")
    assert whole["Configuration"] == described


@pytest.mark.parametrize("tail", ["", "/configuration", "/aliases", "/versions"])
def test_a_missing_function_is_named_by_its_arn(seeded: Shop, tail: str) -> None:
    reply = seeded.send("GET", f"/2015-03-31/functions/nope%3Alive{tail}")
    assert (reply.status, reply.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException")
    assert reply.body == {"Type": "User", "Message": f"Function not found: {seeded.arn('nope:live')}"}


def test_aliases_can_be_narrowed_to_one_version(seeded: Shop) -> None:
    client = seeded.client()
    every = client.list_aliases(FunctionName="my-function")["Aliases"]
    assert [(alias["Name"], alias["FunctionVersion"]) for alias in every] == [
        ("BLUE", "1"),
        ("GREEN", "2"),
        ("prod", "3"),
        ("v1", "1"),
    ]
    assert every[0]["AliasArn"] == seeded.arn("my-function:BLUE")
    first = client.list_aliases(FunctionName="my-function", FunctionVersion="1")["Aliases"]
    assert [alias["Name"] for alias in first] == ["BLUE", "v1"]


def test_aliases_come_in_pages(seeded: Shop) -> None:
    pages = (
        seeded.client()
        .get_paginator("list_aliases")
        .paginate(FunctionName="my-function", PaginationConfig={"PageSize": 3})
    )
    assert [[alias["Name"] for alias in page["Aliases"]] for page in pages] == [
        ["BLUE", "GREEN", "prod"],
        ["v1"],
    ]


def test_versions_come_in_pages_of_50_with_latest_first(seeded: Shop) -> None:
    pages = seeded.client().get_paginator("list_versions_by_function").paginate(FunctionName="order-events")
    versions = [[version["Version"] for version in page["Versions"]] for page in pages]
    assert versions[0][:3] == ["$LATEST", "1", "2"]
    assert [len(page) for page in versions] == [50, 11]


def test_functions_can_be_listed_with_all_versions_or_without(seeded: Shop) -> None:
    reply = seeded.send("GET", "/2015-03-31/functions?FunctionVersion=SOME")
    assert (reply.status, reply.body) == (
        400,
        {
            "message": "1 validation error detected: Value 'SOME' at 'functionVersion' failed to satisfy "
            "constraint: Member must satisfy enum value set: [ALL]"
        },
    )
