"""Where a call goes: partition, region and account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from eicnb.errors import UsageError, shown


def check_region(region: str | None) -> None:
    """Refuse text that cannot be the name of a region; AWS decides which regions exist."""
    if region is not None and not isinstance(region, str):
        raise UsageError(f"the region is {shown(region)}, not text", hint="us-east-1")
    if region and not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", region):
        raise UsageError(f"{region!r} is not the name of a region", hint="us-east-1", culprit=region)


_PARTITIONS = {
    "cn": "aws-cn",
    "eu-isoe": "aws-iso-e",
    "eusc": "aws-eusc",
    "us-gov": "aws-us-gov",
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "us-isof": "aws-iso-f",
}
"""The partitions other than `aws`, by the prefix of their regions' names."""


def partition_of(region: str) -> str:
    """Return the partition of a region for use in text; for calls, `aws/` uses botocore's.

    >>> partition_of("us-isof-south-1"), partition_of("us-east-1")
    ('aws-iso-f', 'aws')
    """
    return next((partition for begin, partition in _PARTITIONS.items() if region.startswith(f"{begin}-")), "aws")


class Place(Protocol):
    """The place that a call goes to; reading a part may send a request, so read only what is needed."""

    @property
    def partition(self) -> str: ...

    @property
    def region(self) -> str: ...

    @property
    def account_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A known place, and how to reach it; an empty `account_id` means that it is unknown."""

    partition: str
    region: str
    account_id: str
    sandbox: bool = False
    profile: str | None = None
    endpoint_url: str | None = None

    def __str__(self) -> str:
        account = f"account {self.account_id}" if self.account_id else "account not known"
        return f"{self.region}, {account}{' (SANDBOX)' if self.sandbox else ''}"
