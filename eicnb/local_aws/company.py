"""The units and member accounts of the organisation that the shop's account manages.

Development accounts have functions of production accounts, with other settings.
Tested in tests/local_aws/test_organization.py.
"""

from __future__ import annotations

from eicnb.local_aws.seed_words import LIVE, Setting, ShopFunction, ShopMember, ShopRegion, ShopRole

NAME = "shop"
"""The name of the account that manages the organisation."""

AUDIT_ROLE = "audit"
"""The role that member accounts let the management account assume."""

UNITS = ("Security", "Infrastructure", "Data", "Workloads", "Workloads/Prod", "Workloads/Dev", "Playground", "Closed")
"""The paths of the organisational units, each after its parent."""

ROLES = (
    ShopRole(
        "shop-events",
        "may write to every kind of destination",
        ("logs:PutLogEvents", "sqs:SendMessage", "sns:Publish", "lambda:InvokeFunction", "events:PutEvents"),
        in_own_buckets=("s3:PutObject", "s3:ListBucket"),
    ),
)
"""The roles of the functions of every member account."""

_GOOD = Setting(retries=2, age=3600, on_failure="sqs:failures")


def _region(name: str, *functions: ShopFunction) -> ShopRegion:
    return ShopRegion(name, ("failures",), ("alerts",), "failures", "shop", functions, has_listener=False)


_PAYMENTS = (
    _region(
        "us-east-1",
        ShopFunction("charge-card", "safe", versions=3, aliases=LIVE, configs={"live": _GOOD}),
        ShopFunction("fraud-alerts", "no config: failed events are lost", runtime="java21"),
        ShopFunction("refunds", "safe", configs={"$LATEST": Setting(retries=1, age=900, on_failure="sns:alerts")}),
    ),
    _region(
        "eu-west-1",
        ShopFunction("charge-card", "safe", versions=3, aliases=LIVE, configs={"live": _GOOD}),
        ShopFunction("refunds", "only retries are set", configs={"$LATEST": Setting(retries=0)}),
    ),
)
_PAYMENTS_DEV = (
    _region(
        "us-east-1",
        ShopFunction("charge-card", "no destination", versions=3, aliases=LIVE, configs={"live": Setting(retries=0)}),
        ShopFunction("fraud-alerts", "no config", runtime="java21"),
        ShopFunction("refunds", "as in production", configs={"$LATEST": Setting(1, 900, on_failure="sns:alerts")}),
    ),
)
_ORDERS = (
    _region(
        "us-east-1",
        ShopFunction("cancel-order", "safe", configs={"$LATEST": _GOOD}),
        ShopFunction("order-mail", "a dead-letter queue and no config", dead_letter="sqs:failures"),
        ShopFunction("place-order", "safe", versions=3, aliases=LIVE, configs={"live": _GOOD}),
    ),
    _region("eu-west-1", ShopFunction("place-order", "no config: failed events are lost", timeout=60)),
)
_ORDERS_DEV = (
    _region(
        "us-east-1",
        ShopFunction("cancel-order", "no config"),
        ShopFunction("place-order", "as in production", versions=3, aliases=LIVE, configs={"live": _GOOD}),
    ),
)
_CATALOG = (
    _region(
        "eu-west-1",
        ShopFunction("price-import", "safe", timeout=300, configs={"$LATEST": _GOOD}),
        ShopFunction("search-index", "safe", configs={"$LATEST": Setting(2, 21600, on_failure="s3:failures")}),
    ),
)
_CATALOG_DEV = (_region("eu-west-1", ShopFunction("search-index", "no config", timeout=60)),)
_SHARED = (_region("eu-west-1", ShopFunction("send-mail", "safe", configs={"$LATEST": _GOOD})),)
_ANALYTICS = (
    _region(
        "us-east-1",
        ShopFunction("clickstream", "only the age is set", configs={"$LATEST": Setting(age=300)}),
        ShopFunction("daily-report", "no config, and needs none: it runs again every day", timeout=900),
    ),
)
_SECURITY = (_region("us-east-1", ShopFunction("rotate-keys", "safe", configs={"$LATEST": _GOOD})),)
_PLAYGROUND = (_region("us-east-1", ShopFunction("hello-world", "no config")),)

MEMBERS = (
    ShopMember("log-archive", "Security"),
    ShopMember("security-tools", "Security", _SECURITY),
    ShopMember("network", "Infrastructure"),
    ShopMember("shared-services", "Infrastructure", _SHARED),
    ShopMember("analytics", "Data", _ANALYTICS),
    ShopMember("data-lake", "Data"),
    ShopMember("payments-prod", "Workloads/Prod", _PAYMENTS),
    ShopMember("orders-prod", "Workloads/Prod", _ORDERS),
    ShopMember("catalog-prod", "Workloads/Prod", _CATALOG),
    ShopMember("payments-dev", "Workloads/Dev", _PAYMENTS_DEV),
    ShopMember("orders-dev", "Workloads/Dev", _ORDERS_DEV),
    ShopMember("catalog-dev", "Workloads/Dev", _CATALOG_DEV),
    ShopMember("playground", "Playground", _PLAYGROUND, is_trusting=False),
    ShopMember("old-shop", "Closed", is_suspended=True),
)
"""Twelve accounts that trust the management account, one that does not, and a suspended one."""
