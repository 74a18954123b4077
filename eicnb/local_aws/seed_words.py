"""The vocabulary in which the modules `shop…` describe the seeded account.

Destinations are written `sqs:NAME`, `sns:NAME`, `lambda:NAME`, `events:BUS` and `s3:BUCKET`, in the function's own
region; `seed` makes ARNs of them. A remark states what its function demonstrates.
Tested in tests/local_aws/test_seed.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setting:
    """One event-invoke config as the shop made it; None is a setting that is not set."""

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


@dataclass(frozen=True, slots=True)
class ShopRole:
    """A role of the functions; `actions` are what it may do, on every resource."""

    name: str
    remark: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopRegion:
    """Everything in one region; the bucket's name is completed with the account id."""

    name: str
    queues: tuple[str, ...]
    topics: tuple[str, ...]
    bucket: str
    event_bus: str
    functions: tuple[ShopFunction, ...]


# An alias as most of the shop's functions have it: the traffic goes to version 3.
LIVE = {"live": "3"}
