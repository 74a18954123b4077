"""The account that a sandbox is seeded with: a small web shop, with good configs and mistakes.

Tested in tests/local_aws/test_seed.py.
"""

from __future__ import annotations

from eicnb.local_aws.seed_words import ShopAccount, ShopRole
from eicnb.local_aws.shop_eu_west_1 import EU_WEST_1
from eicnb.local_aws.shop_us_east_1 import US_EAST_1
from eicnb.local_aws.shop_week import BACKLOGS, WEEK

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_DESTINATIONS = ("sqs:SendMessage", "sns:Publish", "lambda:InvokeFunction", "events:PutEvents")
_BUCKETS = ("s3:PutObject", "s3:ListBucket")
_KEYS = ("kms:GenerateDataKey", "kms:Decrypt")

ROLES = (
    ShopRole(
        "shop-events",
        "may write to every kind of destination, encrypted ones too, and to buckets of this account only",
        (*_LOGS, *_DESTINATIONS, *_KEYS),
        in_own_buckets=_BUCKETS,
    ),
    ShopRole(
        "shop-billing",
        "may write to queues, topics and anyone's buckets, but may not use the key of an encrypted queue",
        (*_LOGS, *_DESTINATIONS[:2], *_BUCKETS),
    ),
    ShopRole("shop-topics", "may write to topics only", (*_LOGS, "sns:Publish")),
    ShopRole("shop-basic", "may write logs only, so AWS refuses any destination", _LOGS),
)

SHOP = (US_EAST_1, EU_WEST_1)
REGIONS = tuple(region.name for region in SHOP)

ACCOUNT = ShopAccount(SHOP, ROLES, WEEK, BACKLOGS)
"""The account that a sandbox connects to, which manages an organisation."""
