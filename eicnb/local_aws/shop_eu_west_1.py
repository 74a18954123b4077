"""The shop's second region, for its European customers.

Tested in tests/local_aws/test_seed.py.
"""

from __future__ import annotations

from eicnb.local_aws.seed_words import LIVE, Setting, ShopFunction, ShopRegion

_FUNCTIONS = (
    ShopFunction(
        "checkout-eu",
        "safe",
        timeout=15,
        memory=1024,
        versions=3,
        aliases=LIVE,
        configs={"live": Setting(retries=2, age=3600, on_failure="sqs:checkout-failures")},
    ),
    ShopFunction("coupon-expiry", "no config, and needs none: it runs again every day", memory=128),
    ShopFunction(
        "courier-tracker",
        "one half of a loop that AWS does not refuse: delivery-updates is the other",
        configs={"$LATEST": Setting(retries=1, on_success="lambda:delivery-updates")},
    ),
    ShopFunction(
        "customs-forms",
        "a dead-letter topic and an empty config",
        runtime="java17",
        dead_letter="sns:shop-alerts",
        configs={"$LATEST": Setting()},
    ),
    ShopFunction(
        "delivery-updates",
        "the other half of the loop",
        configs={"$LATEST": Setting(retries=1, on_success="lambda:courier-tracker")},
    ),
    ShopFunction(
        "exchange-rates",
        "a loop through a queue: its failures go to shop-failures, which it reads",
        reads="sqs:shop-failures",
        invoked_by={"$LATEST": "events.amazonaws.com"},
        configs={"$LATEST": Setting(retries=0, age=300, on_failure="sqs:shop-failures")},
    ),
    ShopFunction(
        "gdpr-erasure",
        "no retries and no destination, although the law requires proof",
        role="shop-basic",
        timeout=900,
        configs={"$LATEST": Setting(retries=0)},
    ),
    ShopFunction(
        "gdpr-export",
        "a deleted bucket, whose name anyone can take, and a bus without a matching rule",
        timeout=900,
        memory=2048,
        configs={"$LATEST": Setting(2, 21600, on_failure="s3:shop-erased", on_success="events:shop")},
    ),
    ShopFunction("invoices-eu", "a dead-letter queue and no config", dead_letter="sqs:invoice-dead-letters"),
    ShopFunction("newsletters-eu", "no config at all", timeout=600),
    ShopFunction(
        "payments-webhook-eu",
        "what payments-webhook should look like",
        runtime="nodejs22.x",
        role="shop-billing",
        timeout=10,
        versions=3,
        aliases=LIVE,
        configs={"live": Setting(retries=2, age=3600, on_failure="sqs:payment-failures")},
    ),
    ShopFunction(
        "support-tickets",
        "on-failure is a FIFO topic: nothing is ever delivered there",
        configs={"$LATEST": Setting(retries=2, on_failure="sns:ticket-updates.fifo")},
    ),
    ShopFunction(
        "thumbnails-eu",
        "only the age is set; events that reach it are lost",
        runtime="python3.13",
        timeout=60,
        memory=1536,
        configs={"$LATEST": Setting(age=900)},
    ),
    ShopFunction("vat-report", "no config, and runs once a month", role="shop-billing", timeout=900),
)

EU_WEST_1 = ShopRegion(
    "eu-west-1",
    queues=("checkout-failures", "invoice-dead-letters", "payment-failures", "shop-failures"),
    topics=("shop-alerts", "ticket-updates.fifo"),
    bucket="shop-events",
    event_bus="shop",
    functions=_FUNCTIONS,
    has_listener=False,
)
