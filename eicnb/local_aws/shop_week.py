"""The metrics of the shop's asynchronous events, and of two queues, in the last week.

A qualifier that is not listed received no asynchronous event. Tested in tests/local_aws/test_week.py.
"""

from __future__ import annotations

from eicnb.local_aws.seed_words import Backlog, Traffic

_US, _EU = "us-east-1", "eu-west-1"

WEEK = (
    Traffic(_US, "audit-trail", "$LATEST", 3024, dropped=2),
    Traffic(_US, "cart-reminder", "$LATEST", 1512, oldest=55, dropped=42),
    Traffic(_US, "checkout", "live", 10080, oldest=190, dropped=12),
    Traffic(_US, "customer-export", "$LATEST", 14, oldest=1900, dropped=1),
    Traffic(_US, "customer-notify", "$LATEST", 1260, oldest=40, dropped=3),
    Traffic(_US, "fraud-score", "live", 2016, oldest=258, dropped=6),
    Traffic(_US, "inventory-reserve", "$LATEST", 2520, oldest=75),
    Traffic(_US, "inventory-sync", "live", 5040, oldest=400, dropped=9),
    Traffic(_US, "invoices", "$LATEST", 1008, oldest=310, dropped=14, destination_failures=14),
    Traffic(_US, "loyalty-points", "$LATEST", 756, oldest=200, dropped=5, destination_failures=5),
    Traffic(_US, "newsletters", "$LATEST", 1680, oldest=260, dropped=21),
    Traffic(_US, "order-events", "60", 6720, oldest=200, dropped=3),
    Traffic(_US, "payments-reconcile", "$LATEST", 168, oldest=500, dropped=2),
    Traffic(_US, "payments-refund", "$LATEST", 336, oldest=90, dropped=1),
    Traffic(_US, "payments-webhook", "live", 4200, oldest=4, dropped=63),
    Traffic(_US, "returns-label", "$LATEST", 35, dropped=35),
    Traffic(_US, "search-indexer", "$LATEST", 2520, oldest=220, dropped=28, destination_failures=28),
    Traffic(_US, "stock-alert", "$LATEST", 700, oldest=80, dropped=7),
    Traffic(_US, "thumbnails", "$LATEST", 8400, oldest=380, dropped=240, destination_failures=240),
    Traffic(_EU, "checkout-eu", "live", 3360, oldest=180, dropped=4),
    Traffic(_EU, "courier-tracker", "$LATEST", 924, oldest=3),
    Traffic(_EU, "customs-forms", "$LATEST", 420, oldest=220, dropped=3, dead_letter_failures=3),
    Traffic(_EU, "delivery-updates", "$LATEST", 924, oldest=3),
    Traffic(_EU, "exchange-rates", "$LATEST", 168, oldest=30, dropped=6),
    Traffic(_EU, "gdpr-erasure", "$LATEST", 7, dropped=1),
    Traffic(_EU, "gdpr-export", "$LATEST", 84, oldest=2000, dropped=1, destination_failures=1),
    Traffic(_EU, "invoices-eu", "$LATEST", 504, oldest=210, dropped=4),
    Traffic(_EU, "payments-webhook-eu", "live", 1344, oldest=200, dropped=2),
    Traffic(_EU, "support-tickets", "$LATEST", 336, oldest=210, dropped=5, destination_failures=5),
    Traffic(_EU, "thumbnails-eu", "$LATEST", 2016, oldest=520, dropped=31),
)

BACKLOGS = (
    Backlog(_US, "shop-failures", oldest=5400),
    Backlog(_EU, "invoice-dead-letters", oldest=330_000, is_read=False),
)
