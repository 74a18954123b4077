"""The shop's first region, with most of its functions and most of its mistakes.

Tested in tests/local_aws/test_seed.py.
"""

from __future__ import annotations

from eicnb.local_aws.seed_words import LIVE, Setting, ShopFunction, ShopRegion

_FUNCTIONS = (
    ShopFunction(
        "my-function",
        "the function of AWS's documented commands; $LATEST, v1 and prod have no config",
        versions=3,
        aliases={"BLUE": "1", "GREEN": "2", "v1": "1", "prod": "3"},
        configs={
            "BLUE": Setting(retries=0, age=3600),
            "GREEN": Setting(retries=2, age=3600, on_failure="sqs:shop-failures"),
        },
    ),
    ShopFunction(
        "order-events",
        "a config for each of 60 versions: its list has two pages",
        timeout=60,
        versions=60,
        aliases={"live": "60"},
        configs={
            str(version): Setting(retries=version % 3, age=60 * version, on_failure="sqs:order-failures")
            for version in range(1, 61)
        },
    ),
    ShopFunction(
        "audit-trail",
        "safe: records of failures go to the bucket",
        configs={"$LATEST": Setting(retries=2, age=21600, on_failure="s3:shop-events")},
    ),
    ShopFunction(
        "cart-reminder",
        "an age of 60 leaves no time for its 2 retries",
        runtime="nodejs22.x",
        configs={"$LATEST": Setting(retries=2, age=60, on_failure="sqs:shop-failures")},
    ),
    ShopFunction(
        "checkout",
        "safe: the alias like $LATEST, and an encrypted queue that its role may write to",
        stack="shop-checkout",
        invoked_by={"live": "sns.amazonaws.com"},
        timeout=15,
        memory=1024,
        versions=3,
        aliases=LIVE,
        configs={
            "$LATEST": Setting(retries=2, age=3600, on_failure="sqs:checkout-failures"),
            "live": Setting(retries=2, age=3600, on_failure="sqs:checkout-failures"),
        },
    ),
    ShopFunction(
        "customer-export",
        "no config, and its role may not write to any destination",
        role="shop-basic",
        timeout=900,
        memory=2048,
    ),
    ShopFunction(
        "customer-notify",
        "safe: failures page the engineer on call",
        runtime="nodejs22.x",
        configs={"$LATEST": Setting(retries=1, age=1800, on_failure="sns:shop-alerts")},
    ),
    ShopFunction("failure-triage", "receives failures of other functions, but has no destination for its own"),
    ShopFunction(
        "fraud-score",
        "safe: a late score is worthless, so events expire early",
        runtime="java21",
        memory=2048,
        versions=3,
        aliases=LIVE,
        configs={"live": Setting(retries=1, age=300, on_failure="sqs:payment-failures")},
    ),
    ShopFunction(
        "inventory-reserve",
        "sends records of successes to the bus, and of failures to a topic",
        runtime="java21",
        configs={"$LATEST": Setting(1, 900, on_failure="sns:shop-alerts", on_success="events:shop")},
    ),
    ShopFunction(
        "inventory-sync",
        "the config is on $LATEST, but the traffic goes to live, where AWS's defaults apply",
        invoked_by={"live": "events.amazonaws.com"},
        versions=3,
        aliases=LIVE,
        configs={"$LATEST": Setting(retries=2, age=7200, on_failure="sqs:shop-failures")},
    ),
    ShopFunction(
        "invoice-pdf",
        "a container image, which has no runtime; failures go to the bucket",
        runtime=None,
        role="shop-billing",
        timeout=300,
        memory=3008,
        configs={"$LATEST": Setting(retries=2, on_failure="s3:shop-events")},
    ),
    ShopFunction(
        "invoices",
        "a dead-letter queue and an on-failure destination, whose key its role may not use",
        role="shop-billing",
        dead_letter="sqs:invoice-dead-letters",
        configs={"$LATEST": Setting(retries=2, age=14400, on_failure="sqs:invoice-failures")},
    ),
    ShopFunction(
        "loyalty-points",
        "its role could write to its failure queue when the config was made, and no longer can",
        runtime="nodejs22.x",
        role="shop-topics",
        configs={"$LATEST": Setting(2, 3600, on_failure="sqs:shop-failures", on_success="sns:loyalty-updates")},
    ),
    ShopFunction(
        "newsletter-bounces",
        "a config that exists and sets nothing",
        runtime="nodejs20.x",
        configs={"$LATEST": Setting()},
    ),
    ShopFunction(
        "newsletters",
        "no config: AWS's defaults apply, and failures leave no record",
        timeout=600,
        invoked_by={"$LATEST": "sns.amazonaws.com"},
    ),
    ShopFunction(
        "payments-reconcile",
        "no config, and a dead-letter queue that deletes messages after an hour",
        role="shop-billing",
        timeout=600,
        stack="shop-payments",
        dead_letter="sqs:payment-dead-letters",
    ),
    ShopFunction(
        "payments-refund",
        "safe: one retry, then a failure queue",
        role="shop-billing",
        stack="shop-payments",
        configs={"$LATEST": Setting(retries=1, age=3600, on_failure="sqs:payment-failures")},
    ),
    ShopFunction(
        "payments-webhook",
        "no retries and no destination: the first error loses the event",
        runtime="nodejs22.x",
        role="shop-billing",
        stack="shop-payments",
        invoked_by={"live": "s3.amazonaws.com"},
        timeout=10,
        versions=3,
        aliases=LIVE,
        configs={"$LATEST": Setting(retries=0), "live": Setting(retries=0, age=60)},
    ),
    ShopFunction(
        "price-feed",
        "its settings have no effect: only a stream invokes it, synchronously",
        reads="dynamodb:prices",
        configs={"$LATEST": Setting(retries=0, age=60, on_failure="sqs:shop-failures")},
    ),
    ShopFunction(
        "returns-label",
        "stopped since its runtime became outdated: every event is dropped",
        runtime="python3.9",
        reserved_concurrency=0,
    ),
    ShopFunction(
        "reviews-moderation",
        "a config with AWS's defaults, which is not the same as no config",
        configs={"$LATEST": Setting(retries=2, age=21600)},
    ),
    ShopFunction(
        "search-indexer",
        "on-failure is a FIFO queue: nothing is ever delivered there",
        runtime="provided.al2023",
        configs={"$LATEST": Setting(retries=2, age=1800, on_failure="sqs:search-updates.fifo")},
    ),
    ShopFunction("sessions-cleanup", "no config, and needs none: it runs again in an hour", memory=128),
    ShopFunction(
        "stock-alert",
        "failures go to another function",
        configs={"$LATEST": Setting(retries=1, age=600, on_failure="lambda:failure-triage")},
    ),
    ShopFunction(
        "thumbnails",
        "on-failure is a deleted queue, so failures are lost",
        runtime="python3.13",
        timeout=60,
        memory=1536,
        configs={"$LATEST": Setting(retries=2, age=3600, on_failure="sqs:thumbnails-failed-2024")},
    ),
)

US_EAST_1 = ShopRegion(
    "us-east-1",
    queues=(
        "checkout-failures",
        "invoice-dead-letters",
        "invoice-failures",
        "order-failures",
        "payment-dead-letters",
        "payment-failures",
        "search-updates.fifo",
        "shop-failures",
    ),
    topics=("loyalty-updates", "order-updates.fifo", "shop-alerts"),
    bucket="shop-events",
    event_bus="shop",
    functions=_FUNCTIONS,
    retention={"payment-dead-letters": 3600},
    encrypted=("checkout-failures", "invoice-failures"),
)
