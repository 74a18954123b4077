"""The types with which the modules `shop…` describe the seeded account.

Destinations are written `sqs:NAME`, `sns:NAME`, `lambda:NAME`, `events:BUS` and `s3:BUCKET`, and are in the function's
own region; `seed` turns them into ARNs. A remark states what its function demonstrates.
Tested in tests/local_aws/test_seed.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setting:
    """One event-invoke config of the shop; None is a setting that is not set."""

    retries: int | None = None
    age: int | None = None
    on_failure: str | None = None
    on_success: str | None = None


@dataclass(frozen=True, slots=True)
class ShopFunction:
    """One function of the shop; a runtime of None is a container image."""

    name: str
    remark: str
    runtime: str | None = "python3.12"
    role: str = "shop-events"
    timeout: int = 30
    memory: int = 256
    versions: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)
    dead_letter: str | None = None
    configs: Mapping[str, Setting] = field(default_factory=dict)
    stack: str | None = None
    reserved_concurrency: int | None = None
    invoked_by: Mapping[str, str] = field(default_factory=dict)
    """The service that may invoke each qualifier; `$LATEST` is the function without a qualifier."""
    reads: str | None = None
    """The queue (`sqs:NAME`) or stream (`dynamodb:TABLE`) that an event source mapping reads for it."""


@dataclass(frozen=True, slots=True)
class ShopRole:
    """An execution role: what it may do on every resource, and what only in buckets of its own account."""

    name: str
    remark: str
    actions: tuple[str, ...]
    in_own_buckets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShopRegion:
    """Everything in one region; `seed` appends the region and the account id to the bucket's name."""

    name: str
    queues: tuple[str, ...]
    topics: tuple[str, ...]
    bucket: str
    event_bus: str
    functions: tuple[ShopFunction, ...]
    retention: Mapping[str, int] = field(default_factory=dict)
    """The retention in seconds of the queues that do not have SQS's default of four days."""
    encrypted: tuple[str, ...] = ()
    """The queues that are encrypted with the key `KEY_ID`, which belongs to the account."""
    has_listener: bool = True
    """Whether a rule of the event bus matches what Lambda sends to it."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A week of one qualifier's asynchronous events: counts, and the age of the oldest event in seconds."""

    region: str
    function_name: str
    qualifier: str
    received: int
    oldest: int = 1
    dropped: int = 0
    destination_failures: int = 0
    dead_letter_failures: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """A week of one queue: the current age of its oldest message in seconds, and whether it is read."""

    region: str
    queue: str
    oldest: int
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class ShopAccount:
    """Everything in one account."""

    regions: tuple[ShopRegion, ...] = ()
    roles: tuple[ShopRole, ...] = ()
    week: tuple[Traffic, ...] = ()
    backlogs: tuple[Backlog, ...] = ()


@dataclass(frozen=True, slots=True)
class ShopMember:
    """A member account of the shop's organisation; `unit` is the path of its organisational unit."""

    name: str
    unit: str
    regions: tuple[ShopRegion, ...] = ()
    is_trusting: bool = True
    """Whether it has the role that the management account may assume."""
    is_suspended: bool = False


# The alias that most of the shop's functions have; it points at version 3.
LIVE = {"live": "3"}

# The customer-managed key of each region; fixed, so that outputs do not change.
KEY_ID = "0b3c7d52-5f0e-4f0e-9a4e-2d6c1f7a8e90"
